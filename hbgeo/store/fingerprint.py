"""Fingerprints: of a file's content, of the code that reads it, of all that a layer is made from.

What is kept from one run to the next is found again by them, so a figure can never come from
inputs, settings or code other than those at hand.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

import pyproj
import shapely

_SAMPLE = "_sample"  # a workspace's files have fingerprints of their own
_LIBRARIES = (  # those that a kept result depends on
    "geopandas", "numpy", "pandas", "pyarrow", "pyogrio", "pypinyin", "python-calamine", "rapidfuzz",
    "scipy", "topojson",
)  # fmt: skip
_BESIDE = (".aux.xml", ".msk")  # of a raster's file
Stamp = tuple[tuple[str, int, int], ...]  # name, bytes and time of each file
Seen = Mapping[Path, tuple[int, int, bytes]]  # size, time and SHA-256 of files
_SHORT = 16  # hexadecimal digits


def fingerprint(content: bytes) -> str:
    """Sixteen hexadecimal digits that stand for some bytes."""
    return hashlib.sha256(content).hexdigest()[:_SHORT]


def joined(parts: Iterable[str]) -> str:
    """The fingerprint of several texts; "" if one of them is "", which stands for unknown."""
    known = list(parts)
    return fingerprint("\n".join(known).encode(errors="surrogatepass")) if all(known) else ""


def fingerprint_file(path: Path, seen: Seen = MappingProxyType({})) -> str:
    """The fingerprint of a file's content, or of all the files of a shapefile.

    Parameters
    ----------
    seen
        What the very same command has just read of files: those that have not been touched since are
        not read again.
    """
    made = hashlib.sha256()
    for file in filter(Path.is_file, belongings(path)):
        made.update(digest_of(file, seen))
    return made.hexdigest()[:_SHORT]


def digest_of(path: Path, seen: Seen = MappingProxyType({})) -> bytes:
    """The SHA-256 of a file's content; one that was `seen` and has not been touched since is not read again."""
    if (known := seen.get(path)) is not None:
        about = path.stat()
        if known[:2] == (about.st_size, about.st_mtime_ns):
            return known[2]
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def belongings(path: Path) -> list[Path]:
    """The files that a layer's file is read together with, itself among them."""
    if path.suffix.lower() == ".shp":
        return sorted(path.parent.glob(f"{path.stem}.*"))
    if path.suffix.lower() in {".tif", ".tiff"}:  # where its cells are, which of them are none
        beside = [path.with_suffix(".tfw"), *(path.with_name(path.name + s) for s in _BESIDE)]
        return [path, *filter(Path.exists, beside)]
    # SQLite's: what is not yet in a .gpkg itself, or to be taken back
    journals = [path.with_name(f"{path.name}-{kind}") for kind in ("wal", "journal")]
    return [path, *filter(Path.exists, journals)]


def stamp(path: Path) -> Stamp:
    """Name, size and time of a file and its belongings: whether it changed while it was read."""
    made = []
    for file in belongings(path):
        about = file.stat()
        made.append((file.name, about.st_size, about.st_mtime_ns))
    return tuple(made)


@cache
def fingerprint_code() -> str:
    """The fingerprint of what reads and checks: this package's own files, and the libraries."""
    made = hashlib.sha256()
    for name in _LIBRARIES:
        made.update(f"{name} {version_of(name)}\n".encode())
    made.update(f"{shapely.geos_version_string} {pyproj.proj_version_str} {os.name}\n".encode())
    home = str(files("hbgeo"))
    for name in sorted(_files_in(home)):
        made.update(f"{name}\n".encode())
        with open(f"{home}/{name}", "rb") as file:  # noqa: PTH123 - hundreds of them, at every start
            made.update(hashlib.sha256(file.read()).digest())
    return made.hexdigest()[:_SHORT]


def _files_in(home: str) -> Iterator[str]:
    """Every file of the package by name; not what Python makes of it, nor the sample."""
    for folder, inner, names in os.walk(home):
        inner[:] = {*inner} - {"__pycache__", *([_SAMPLE] if folder == home else [])}
        at = folder[len(home) + 1 :].replace(os.sep, "/")
        yield from (f"{at}/{name}" if at else name for name in names)


def version_of(library: str) -> str:
    """The version of a library that is installed.

    Raises
    ------
    PackageNotFoundError
        If it is not.
    """
    # the first lines of a file of many: all of them read as a message take six times as long
    head, _, _ = (distribution(library).read_text("METADATA") or "").partition("\n\n")
    said = [line for line in head.splitlines() if line.startswith("Version:")]
    return said[0].removeprefix("Version:").strip() if said else distribution(library).version
