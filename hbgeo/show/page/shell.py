"""The file of a page: its shell, as it was drawn before or is drawn now, and what it shows inside."""

from __future__ import annotations

from hbgeo.show.page.content import Content, as_read
from hbgeo.store.fingerprint import fingerprint, fingerprint_code, version_of

SHOWN = '<script type="text/plain" id="@"></script>'  # where the data stand in a shell
_DRAWS = (
    "branca",
    "django-js-lib-leaflet",
    "folium",
    "jinja2",
)  # whose versions a shell depends on


def page_bytes(content: Content) -> bytes:
    """The file of a page.

    Nothing of the shell depends on what is shown but for what `_key` says: of the very same it is
    taken as it was drawn, and folium is not even loaded.
    """
    key = _key(content)
    kept = None if content.shells is None else content.shells.get(key)
    shell = _drawn(content) if kept is None else kept.decode()
    if kept is None and content.shells is not None:
        content.shells.put(key, shell.encode())
    before, _, after = shell.partition(SHOWN)
    return f"{before}{as_read(content.data)}{after}".encode()


def _drawn(content: Content) -> str:
    """The shell as folium draws it.

    Raises
    ------
    ValueError
        If what is shown would not stand in it once.
    """
    from hbgeo.show.page.draw import as_map

    shell = str(as_map(content, SHOWN).get_root().render())
    if shell.count(SHOWN) != 1:
        raise ValueError(SHOWN)
    return shell


def _key(content: Content) -> str:
    """The fingerprint of all that a shell is drawn from."""
    versions = [f"{name} {version_of(name)}" for name in _DRAWS]
    said = (content.title, content.centre, content.basemap, content.script, versions)
    return fingerprint(f"{fingerprint_code()}{said!r}".encode(errors="surrogatepass"))
