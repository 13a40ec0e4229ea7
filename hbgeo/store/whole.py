"""A workspace as a whole: one fingerprint of all that a command may read in it."""

from __future__ import annotations

import os
import platform
import stat
import tomllib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import MappingProxyType

from hbgeo.store.fingerprint import Seen, digest_of, fingerprint, fingerprint_code, version_of
from hbgeo.store.folder import CACHE
from hbgeo.store.rests import PREFIX

LAYERS = "layers/"
SNAPSHOTS, DATED = "snapshots", "????-??-??.parquet"  # in maps/: those that commands look back at
_MOST_KEPT = 1 << 30  # bytes of maps/ in its folders: snapshots, plans and tasks are smaller
_MOST = 1 << 31  # bytes in all: of more, finding them the same takes longer than it saves
_WRITERS = (  # the libraries that a file's bytes, or a line on the terminal, depend on besides
    "XlsxWriter", "branca", "folium", "matplotlib", "pillow", "python-docx", "rich",
)  # fmt: skip
Stamps = tuple[tuple[str, int, int], ...]  # name, bytes and time of each file
Found = tuple[str, Path | None]  # a file by name; a folder, or what only has to be there, has none


class _CannotTellError(Exception):
    """Something is read that no fingerprint of files stands for."""


@dataclass(frozen=True)
class Whole:
    """What a workspace was at one moment.

    Attributes
    ----------
    root
        Its folder.
    fingerprint
        Of the code, of every file under `layers/`, and of what is kept in the folders of `maps/`;
        "" where that does not tell all: a layer of a database or from outside the workspace. Of
        snapshots without a date of their own (replaced, of a scenario) only the names: no command
        reads them unless it is given their path.
    stamps
        Name, size and time of those files.
    digests
        Name → SHA-256 of a file's content.
    """

    root: Path
    fingerprint: str
    stamps: Stamps
    digests: Mapping[str, bytes]

    @property
    def seen(self) -> Seen:
        """What was read of each file."""
        return {self.root / name: (size, at, self.digests[name]) for name, size, at in self.stamps}

    def is_same(self) -> bool:
        """Whether all files are still as they were, by name, size and time."""
        try:
            return self.stamps == _stamps(_files(self.root))
        except (_CannotTellError, OSError):
            return False

    def differing(self, later: Whole) -> set[Path]:
        """The files that came, went, or have another content; of layers also those written anew."""
        one, other = set(self.digests.items()), set(later.digests.items())
        names = {name for name, _ in one ^ other}
        touched = set(self.stamps) ^ set(later.stamps)
        names |= {name for name, *_ in touched if name.startswith(LAYERS)}
        return {self.root / name for name in names}


def look_at(root: Path, *others: Path, seen: Seen = MappingProxyType({})) -> Whole:
    """Take the fingerprint of a workspace, and of other folders that commands read from.

    The content of every file is read: no time or size is believed.

    Parameters
    ----------
    seen
        What the very same command has just read of files (`fingerprint.digest_of`).
    """
    try:
        _check_catalog(root / "layers" / "catalog.toml")
        files = list(_files(root))
        stamps = _stamps(files)
        if sum(size for _, size, _ in stamps) > _MOST:
            raise _CannotTellError
        for at, folder in enumerate(others):
            files += [(f"{at}/{name}", path) for name, path in _tree(folder, "")]
        digests = {name: digest_of(path, seen) if path else b"" for name, path in files}
        made = sha256(f"{fingerprint_code()} {_versions()}\n".encode())
        for name, content in digests.items():
            made.update(f"{name}\n".encode(errors="surrogatepass") + content)
        return Whole(root, fingerprint(made.digest()), stamps, digests)
    except (_CannotTellError, OSError, ValueError, RecursionError):
        return Whole(root, "", (), {})


def _files(root: Path) -> Iterator[Found]:
    """Every file that a command may read in a workspace, by name, in order."""
    maps = root / "maps"
    for folder in (root, maps):  # files in the making, or moves that were not completed
        if folder.is_dir() and any(p.name.startswith(PREFIX) for p in folder.iterdir()):
            raise _CannotTellError
    yield from _tree(root / "layers", LAYERS)
    whole = 0
    kept = sorted(maps.iterdir()) if maps.is_dir() else []
    for folder in kept:
        if folder.name != CACHE and folder.is_dir():
            for name, path in _tree(folder, f"maps/{folder.name}/"):
                if path and folder.name == SNAPSHOTS and not path.match(DATED):
                    yield name, None
                    continue
                whole += path.stat().st_size if path else 0
                if whole > _MOST_KEPT:
                    raise _CannotTellError
                yield name, path


def _tree(folder: Path, before: str) -> Iterator[Found]:
    """The files of a folder and all in it; links to folders and what is no file are not told."""
    if folder.is_symlink():
        raise _CannotTellError
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        path, name = Path(entry.path), f"{before}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            if entry.name != "__pycache__":
                yield f"{name}/", None  # that it is there, with nothing in it
                yield from _tree(path, f"{name}/")
        elif entry.is_symlink() or not stat.S_ISREG(entry.stat().st_mode):
            raise _CannotTellError
        else:
            yield name, path


def _stamps(files: Iterable[Found]) -> Stamps:
    made = []
    for name, path in files:
        about = path.stat() if path else None
        made.append((name, about.st_size, about.st_mtime_ns) if about else (name, 0, 0))
    return tuple(made)


def _check_catalog(path: Path) -> None:
    """Refuse a catalogue that names what is no file of the workspace's own."""
    with path.open("rb") as file:
        catalog = tomllib.load(file)
    for entry in catalog.values():
        given = entry.get("path", []) if isinstance(entry, dict) else []
        for one in given if isinstance(given, list) else [given]:
            if not isinstance(one, str):  # who reads the catalogue says so
                raise _CannotTellError
            away = PureWindowsPath(one).drive or "://" in one or ".." in one
            if away or PurePosixPath(one).is_absolute() or PureWindowsPath(one).is_absolute():
                raise _CannotTellError


@cache
def _versions() -> str:
    """What the bytes of a file depend on beside the code."""
    said = [platform.python_version(), zlib.ZLIB_RUNTIME_VERSION]
    for name in _WRITERS:
        with suppress(PackageNotFoundError):
            said.append(f"{name} {version_of(name)}")
    return " ".join(said)
