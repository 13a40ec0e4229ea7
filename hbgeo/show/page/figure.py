"""An offline Figure: known assets stand in the page itself, an unknown one is refused by name."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from functools import cache
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink
from folium.template import Template

from hbgeo.errors import OutputError
from hbgeo.show.look import KEY_LINE
from hbgeo.show.page.basemap import Basemap
from hbgeo.show.page.content import as_read

FRAME_HEIGHT = (
    720  # pixels in a notebook: a laptop's screen holds it, no panel folds (see page.css)
)
# folium's own uses of jQuery: $(`html`)[0] and $(document).ready(f)
_JQUERY = """window.$ = window.jQuery = (what) => {
  if (typeof what !== 'string') return { ready: (run) => setTimeout(run, 0) };
  const holder = document.createElement('template');
  holder.innerHTML = what.trim();
  return [holder.content.firstElementChild];
};"""
_EXTERNAL = re.compile(
    r"""<(?:script|link|img|iframe|object|embed|video|audio|source)\b[^>]*?"""
    r"""\s(?:src|href|data)\s*=\s*["']?(?:https?:)?//"""
)
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# what a folium layer's own script would fetch, or needs and would not find
_LOADS = {
    r"L\.(?:tileLayer(?:\.\w+)?|imageOverlay|videoOverlay)\(\s*[\"'](?:https?:)?//[^\"'{]+": "底图或影像",
    r"(?:\$\.(?:getJSON|ajax|get)|fetch)\(\s*[^)]{0,80}": "网上数据",
    r"L\.AwesomeMarkers\.\w+": "awesome_markers(folium.Icon)；可用 CircleMarker 或 DivIcon",
}
_POLICY = "@hbgeo-policy@"


class Raw(Element):
    """Text that goes out untouched: branca would compile `{{` and `{#` in it as a template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name = "Raw"
        self.text = text

    def render(self, **_: Any) -> str:
        """Return the text as it was given."""
        return self.text


class OfflineFigure(Figure):
    """A Figure whose header inlines every known link and refuses the others.

    Every script and style sheet that any folium element asks for passes through the header, so
    no plugin can slip a request in.
    """

    _template = Template(
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n'
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        "<title>{{ this.title | e }}</title>\n"
        "{{ this.header.render(**kwargs) }}\n</head>\n"
        "<body>\n{{ this.html.render(**kwargs) }}\n"
        "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n</body>\n</html>\n"
    )

    def __init__(self, title: str, basemap: Basemap | None = None) -> None:
        super().__init__(title=title)
        self._id = "hbgeo"
        self.basemap = basemap
        self.header = _Header(self)

    def render(self, **kwargs: Any) -> str:
        """Return the whole page.

        Raises
        ------
        OutputError
            If an element needs an asset that is not at hand offline.
        """
        page = str(super().render(**kwargs))
        _refuse_loads(self.script._children.values())  # noqa: SLF001 - branca has no other way
        found = _EXTERNAL.search(page)
        if found:
            raise OutputError(f"离线页面不能引用外部资源：{page[found.start() : found.end() + 60]}")
        page = as_read(page)  # the hashes of the policy are of that text
        return page.replace(_POLICY, _policy(page, self.basemap), 1)


def _policy(page: str, basemap: Basemap | None) -> str:
    """Forbid the browser whatever would be fetched, and every script but those of the page."""
    digests = [hashlib.sha256(code.encode()).digest() for code in _SCRIPT.findall(page)]
    scripts = " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in digests)
    pictures = " ".join(["data:", "blob:", *(basemap.hosts if basemap else ())])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; "
        f"img-src {pictures}; base-uri 'none'; form-action 'none'"
    )


def _refuse_loads(scripts: Iterable[Element]) -> None:
    """Refuse a folium layer whose script would fetch something, by what it would fetch."""
    for element in scripts:
        if isinstance(element, Raw):
            continue
        text = element.render()
        for pattern, what in _LOADS.items():
            found = re.search(pattern, text)
            if found:
                raise OutputError(f"离线页面没有{what}：{' '.join(found.group().split())[:120]}")


class PlannerMap(folium.Map):
    """A folium map with fixed ids, without folium's ban on zooming by fingers."""

    _template = Template(
        """
        {% macro html(this, kwargs) %}<div class="folium-map" id="{{ this.get_name() }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}var {{ this.get_name() }} = L.map(
          "{{ this.get_name() }}",
          {center: {{ this.location | tojson }}, ...{{ this.options | tojavascript }}});
        {% endmacro %}"""
    )

    def __init__(self, location: tuple[float, float], **options: Any) -> None:
        super().__init__(location=location, tiles=None, **options)
        self._id = "hbgeo"

    def _repr_html_(self, **_: Any) -> str:
        """The whole page in a frame, as a notebook shows it.

        The frame is high enough for the panels beside the map. It may run the page's own script
        and let lists be saved, but reaches neither the notebook round it nor the network.
        """
        figure = self.get_root()
        title = escape(str(getattr(figure, "title", "")), quote=True)
        page = escape(figure.render(), quote=True)
        look = f"display:block;width:100%;height:{FRAME_HEIGHT}px;border:1px solid {KEY_LINE}"
        allowed = "allow-scripts allow-downloads allow-modals"
        return (
            f'<iframe title="{title}" sandbox="{allowed}" style="{look}" srcdoc="{page}"></iframe>'
        )


class _Header(Element):
    """The one gate that every link of a folium page goes through."""

    def __init__(self, figure: Figure) -> None:
        super().__init__()
        self._id, self._parent = "hbgeo", figure

    def add_child(
        self, child: Element, name: str | None = None, index: int | None = None
    ) -> Element:
        if isinstance(child, JavascriptLink | CssLink):
            child = Raw(_inline(child, name or ""))
        return super().add_child(child, name=name, index=index)


def _inline(link: JavascriptLink | CssLink, name: str) -> str:
    """Return the element that replaces `link`; empty where the page does without it."""
    if name not in _ASSETS:
        msg = f"离线页面没有外部资源 “{name}”（{link.url}）；可用的有 {'、'.join(_ASSETS)}"
        raise OutputError(msg)
    asset = _ASSETS[name]
    if asset is None:
        return ""
    if isinstance(link, CssLink):
        return f"<style>{asset()}</style>"
    return f"<script>{asset()}</script>"


@cache
def _leaflet_js() -> str:
    images = _leaflet() / "images"
    icons = {
        "iconUrl": _data_uri(images / "marker-icon.png"),
        "iconRetinaUrl": _data_uri(images / "marker-icon-2x.png"),
        "shadowUrl": _data_uri(images / "marker-shadow.png"),
    }
    options = ",".join(f'{key}:"{uri}"' for key, uri in icons.items())
    code = (_leaflet() / "leaflet.js").read_text(encoding="utf-8")
    code = re.sub(r"//# sourceMappingURL=\S+", "", code)
    return f'{code}\nL.Icon.Default.imagePath="";L.Icon.Default.mergeOptions({{{options}}});'


@cache
def _leaflet_css() -> str:
    css = (_leaflet() / "leaflet.css").read_text(encoding="utf-8")

    def embed(found: re.Match[str]) -> str:
        target = found.group(1)
        return f"url({target if target.startswith('#') else _data_uri(_leaflet() / target)})"

    return re.sub(r"url\(([^)]+)\)", embed, css)


def _leaflet() -> Traversable:
    return files("js_lib_leaflet") / "static" / "js_lib_leaflet"


def _data_uri(image: Traversable) -> str:
    return f"data:image/png;base64,{base64.b64encode(image.read_bytes()).decode()}"


# None: folium asks for it, the page does without
_ASSETS: dict[str, Callable[[], str] | None] = {
    "leaflet": _leaflet_js,
    "leaflet_css": _leaflet_css,
    "jquery": lambda: _JQUERY,
    "bootstrap": None,
    "bootstrap_css": None,
    "awesome_markers": None,
    "awesome_markers_css": None,
    "awesome_markers_font_css": None,
    "awesome_rotate_css": None,
    "glyphicons_css": None,
}
