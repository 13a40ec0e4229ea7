"""A layer's files: found by name, list or glob; databases by their address."""

from __future__ import annotations

import glob
import itertools
import re
from dataclasses import dataclass
from pathlib import Path

from hbgeo.errors import CatalogError, HbgeoError
from hbgeo.read.catalog import DATABASE, Layer
from hbgeo.read.file.others import is_litter, way_out
from hbgeo.store.fingerprint import belongings
from hbgeo.store.plain import is_plain

_MOST = 100_000  # files of a layer
_DEEPEST = 12  # folders inside each other that a glob may name


@dataclass(frozen=True)
class Database:
    """A database as the catalogue names it, with `${NAME}` where the password stands."""

    url: str

    @property
    def name(self) -> str:
        """Host and database, for messages and the column `file`."""
        found = DATABASE.fullmatch(self.url)
        return f"{found['host']}/{found['database']}" if found else "数据库"


def find_files(layer: Layer, folder: Path) -> list[Path | Database]:
    """Find a layer's files: beside the catalogue, by name, list or glob, or absolute; databases.

    Raises
    ------
    CatalogError
        If a path is not there, or leads out of the workspace.
    """
    found: list[Path | Database] = []
    for given in layer.paths:
        at = f"catalog.toml [{layer.key}]:path = “{given}”"
        if "://" in given:  # a database: the catalogue has checked the address
            found.append(Database(given))
            continue
        path = Path(given)
        if ".." in re.split(r"[/\\]", given):
            raise CatalogError(f"{at} 含有“..”；只能用本目录下的文件或绝对路径")
        try:
            matches = [path] if path.is_absolute() else beside(folder, given)
            there = bool(matches) and matches[0].exists()
        except (OSError, ValueError, NotImplementedError) as err:
            raise CatalogError(f"{at} 不是可用的文件名或通配符（{_say(err)}）") from None
        if not there:
            raise CatalogError(f"{at} 没有这个文件；{_hint(path, folder)}")
        _refuse_folder(matches[0], given, at)
        if not path.is_absolute():
            _refuse_links(matches, folder, at)
        for match in matches:
            is_ready(match, CatalogError)
        found.extend(matches)
    return list(dict.fromkeys(found))


def beside(folder: Path, given: str) -> list[Path]:
    """The files that a name or a glob means; a glob means neither litter nor folders of files.

    Raises
    ------
    ValueError
        If the glob is none, walks through everything more than once, or means too many files.
    """
    if not glob.has_magic(given):
        return [folder / given]
    if given.count("**") > 1 or len(Path(given).parts) > _DEEPEST:
        raise ValueError(f"** 至多一个，至多 {_DEEPEST} 层")
    found = (p for p in folder.glob(given) if not is_litter(p.relative_to(folder)))
    here = (p for p in found if way_out(p.suffix) or (p.exists() and not p.is_dir()))
    files = list(itertools.islice(here, _MOST + 1))
    if len(files) > _MOST:
        raise ValueError(f"多于 {_MOST:,} 个文件")
    return sorted(files, key=Path.as_posix)  # Windows would put capitals among the small letters


def is_ready(path: Path, error: type[HbgeoError]) -> bool:
    """Whether a file is there, and what is read with it can be read to its end.

    Raises
    ------
    HbgeoError
        `error`, if it or one of those is no plain file; a database that is a folder may be one.
    """
    beside = [f for f in belongings(path) if f != path and not f.is_dir()]
    for file in beside:
        is_plain(file, error)
    return (path.is_dir() and bool(way_out(path.suffix))) or is_plain(path, error)


def _say(err: Exception) -> str:
    text = str(err)
    return text if isinstance(err, ValueError) and not text.isascii() else "名称太长或写法不对"


def _hint(path: Path, folder: Path) -> str:
    if path.is_absolute() and glob.has_magic(str(path)):
        return "绝对路径不能用通配符"
    return f"路径相对于 {folder}"


def _refuse_folder(path: Path, given: str, at: str) -> None:
    if path.is_dir() and not way_out(path.suffix):
        inside = given.rstrip("/\\")
        raise CatalogError(f"{at} 是文件夹；要读其中的文件，请写成如 “{inside}/*.xlsx”")


def _refuse_links(paths: list[Path], folder: Path, at: str) -> None:
    home = folder.resolve().parent
    for path in paths:
        if not path.resolve().is_relative_to(home):
            raise CatalogError(f"{at} 是指向工作区之外的链接；请改用绝对路径")
