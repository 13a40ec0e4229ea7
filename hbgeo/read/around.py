"""What lies about a layer's files and is not read: left by other programs, or like what is read."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePath

from hbgeo.errors import HbgeoError
from hbgeo.read.catalog import Catalog, Layer
from hbgeo.read.file.endings import LEDGERS, MAPS, RASTERS
from hbgeo.read.file.find import beside, find_files
from hbgeo.read.file.others import (
    HOLD_FILES,
    HOLD_LAYERS,
    HOLD_ROWS,
    is_litter,
    way_out,
)
from hbgeo.read.inputs import ALIASES, CHANGES
from hbgeo.read.issues import Issue

_MOST_SEEN, _MOST_SAID = 10_000, 100  # files looked at, and named, for one glob


def look_around(layer: Layer, catalog: Catalog) -> list[Issue]:
    """Say which files of a layer's globs are passed over, and which beside them are not read.

    Returns
    -------
    issues
        Warnings: one a glob for what other programs left there, one a file that looks like those
        read (another ending, upper case, in a folder below) and that no layer reads.
    """
    issues: list[Issue] = []
    for given in layer.paths:
        if "://" in given or Path(given).is_absolute() or not glob.has_magic(given):
            continue
        litter = [p for p in catalog.folder.glob(given) if is_litter(p.relative_to(catalog.folder))]
        issues += _say_litter(layer, given, sorted(litter, key=Path.as_posix))
        near = sorted(_like(layer, given, catalog.folder) - _read(catalog), key=Path.as_posix)
        issues += [_say_unread(layer, given, path, catalog.folder) for path in near[:_MOST_SAID]]
        if len(near) > _MOST_SAID:
            said = f"“{given}”旁边另有 {len(near) - _MOST_SAID} 个文件没有读入"
            issues.append(_issue(layer, "", said, "请整理文件夹"))
    return issues


def _say_litter(layer: Layer, given: str, litter: list[Path]) -> list[Issue]:
    if not litter:
        return []
    names = "、".join(p.name for p in litter[:5]) + (" 等" if len(litter) > 5 else "")
    opened = any(p.name.startswith(("~$", ".~")) for p in litter)
    said = f"“{given}”中有 {len(litter)} 个临时或系统文件没有读（{names}），它们不是数据"
    fix = "文件正被打开的，请保存、关闭后再运行" if opened else "不必理会"
    return [_issue(layer, litter[0].name, said, fix)]


def _say_unread(layer: Layer, given: str, path: Path, folder: Path) -> Issue:
    name = path.relative_to(folder).as_posix()
    said = f"“{name}”与“{given}”中的文件相像而不在其中，没有读入"
    pattern = PurePath(given)
    own = (path.relative_to(folder).parent / f"*{path.suffix}").as_posix()
    if out := way_out(path.suffix):
        fix = f"{out}；不是本图层的数据则不必理会"
    else:
        kept = ", ".join(f'"{p}"' for p in (*layer.paths, own))
        fix = f"是本图层的数据，请写 path = [{kept}]，或另存为 {pattern.suffix or '同样的格式'} 放在一起；不是则不必理会"
    return _issue(layer, path.name, said, fix)


def _issue(layer: Layer, file: str, said: str, fix: str) -> Issue:
    return Issue(layer.key, file, "", None, "", "", "W13", "warning", said, fix)


def _like(layer: Layer, given: str, folder: Path) -> set[Path]:
    """The files beside those of a glob, and in the folders below, that may hold the same."""
    pattern, wanted = PurePath(given), _suffixes(layer)
    found = set(beside(folder, given))
    homes = [p for p in folder.glob(str(pattern.parent)) if p.is_dir()] if pattern.parts[1:] else []
    homes = [p for p in homes or [folder] if not is_litter(p.relative_to(folder))]
    seen = (path for home in homes for path in _below(home))
    return {
        path
        for path in seen
        if path not in found
        and path.suffix.lower() in wanted
        and fnmatch(path.stem.casefold(), pattern.stem.casefold())
    }


def _suffixes(layer: Layer) -> frozenset[str]:
    if layer.role == "grid":
        return RASTERS
    maps = MAPS | HOLD_LAYERS | HOLD_FILES
    return maps if layer.role in {"units", "background", "lines"} else maps | LEDGERS | HOLD_ROWS


def _below(home: Path) -> Iterator[Path]:
    """The files of a folder and of those in it; a database that is a folder is one of them."""
    left = _MOST_SEEN
    for at, folders, files in os.walk(home):
        whole = [name for name in folders if PurePath(name).suffix.lower() in HOLD_LAYERS]
        folders[:] = sorted(
            name for name in folders if name not in whole and not is_litter(PurePath(name))
        )
        for name in sorted([*files, *whole]):
            if not is_litter(PurePath(name)):
                yield Path(at, name)
                left -= 1
        if left <= 0:
            return


def _read(catalog: Catalog) -> set[Path]:
    """The files that some layer of the catalogue reads, and the house's own tables."""
    found = {catalog.folder / name for name in (ALIASES, CHANGES)}
    for layer in catalog.layers.values():
        try:
            found |= {p for p in find_files(layer, catalog.folder) if isinstance(p, Path)}
        except HbgeoError:  # said where that layer is read
            continue
    return found
