"""The files that are counted: named one by one, by a glob, or by their folder."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path

from hbgeo.errors import RequestError
from hbgeo.read.file.endings import READ
from hbgeo.read.file.find import beside, is_ready
from hbgeo.read.file.others import is_litter

_SHOWN = 6  # names in a message


def find_points(given: Sequence[str | Path]) -> tuple[list[Path], list[str]]:
    """Find the files that names, globs and folders mean, each once, in the order of what was given.

    A folder means the files in it, not those of its folders.

    Returns
    -------
    files
        Within a folder or glob by name.
    said
        What of a folder is not read, and which file was named twice.

    Raises
    ------
    RequestError
        If one is not there, or a folder or glob means no file that can be read.
    """
    found, said = list[Path](), list[str]()
    for one in map(str, given):
        path = Path(one)
        if path.is_dir() and path.suffix.lower() not in READ:
            found += _inside(path, said)
        elif glob.has_magic(one) and not path.exists():
            found += _matching(one)
        elif is_ready(path, RequestError):
            found.append(path)
        else:
            raise RequestError(f"{one}：没有这个文件或文件夹")
    once: dict[Path, Path] = {}
    for path in found:
        once.setdefault(path.resolve(), path)
    files = list(once.values())
    if len(files) < len(found):
        said.append(f"有 {len(found) - len(files)} 个文件写了不止一次，各只计一次。")
    return files, said


def _inside(folder: Path, said: list[str]) -> list[Path]:
    own = sorted(p for p in folder.iterdir() if not is_litter(p.relative_to(folder)))
    files = [p for p in own if p.suffix.lower() in READ and is_ready(p, RequestError)]
    if not files:
        raise RequestError(f"{folder}：文件夹里没有能读的点文件；可用 {_endings()}")
    if others := [p.name for p in own if p not in files and not p.name.startswith(("_", "."))]:
        more = f"等 {len(others)} 个" if len(others) > _SHOWN else ""
        said.append(f"{folder} 里没有读的：{'、'.join(others[:_SHOWN])}{more}。")
    return files


def _matching(pattern: str) -> list[Path]:
    anchor = Path(Path(pattern).anchor)
    inside = Path(pattern).relative_to(anchor) if Path(pattern).is_absolute() else Path(pattern)
    try:
        found = beside(anchor, str(inside))
    except (OSError, ValueError, NotImplementedError) as err:
        raise RequestError(f"{pattern}：不是可用的通配符（{err}）") from None
    files = [p for p in found if is_ready(p, RequestError)]
    if not files:
        raise RequestError(f"{pattern}：没有符合的文件")
    return files


def _endings() -> str:
    return " ".join(sorted(READ))
