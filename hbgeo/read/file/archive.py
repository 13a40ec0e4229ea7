"""Zip archives (and KMZ): unpacked into a folder of their own, or refused."""

from __future__ import annotations

import lzma
import shutil
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hbgeo.errors import LayerError
from hbgeo.read.file.endings import LEDGERS
from hbgeo.read.file.others import HOLD_FILES, HOLD_LAYERS, HOLD_ROWS, is_litter, way_out

_MOST_BYTES = 4 << 30  # unpacked; a province's parcels fit
_MOST_FILES = 10_000
_FREE_BYTES = 100 << 20  # below this no ratio is too high: blank tables pack well
_MOST_RATIO = 200  # unpacked to packed; shapefiles of real data stay below 50
_LEDGERS = LEDGERS - {".txt"}  # that is a note more often
_UTF8_FLAG = 0x800
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    EOFError, NotImplementedError, OSError, ValueError, IndexError, MemoryError,
)  # fmt: skip


def unpack(path: Path, folder: Path) -> list[Path]:
    """Unpack an archive into an empty folder.

    Returns
    -------
    files
        What was unpacked, by name.

    Raises
    ------
    LayerError
        If it is no zip archive, is damaged or protected, a member is a link or leads out of
        the folder, or it unpacks to far more than it holds (a bomb).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            members = [m for m in members if not is_litter(_path_of(m))]
            _check(members, path)
            return sorted(_unpack_one(archive, m, folder, path) for m in members)
    except LayerError:
        raise
    except _DAMAGED as err:
        why = "有密码保护，请取消密码" if "password" in str(err) else "不是有效的压缩包，或已损坏"
        raise LayerError(f"{path.name}：{why}") from None
    except RuntimeError:  # what zipfile raises for a protected member
        raise LayerError(f"{path.name}：有密码保护；请取消密码后再压缩") from None


def _check(members: list[zipfile.ZipInfo], path: Path) -> None:
    size, packed = sum(m.file_size for m in members), max(path.stat().st_size, 1)
    too_dense = size > _FREE_BYTES and size > _MOST_RATIO * packed
    if len(members) > _MOST_FILES or size > _MOST_BYTES or too_dense:
        msg = f"{path.name}：展开后有 {len(members):,} 个文件、{size:,} 字节，异常；请解压后检查"
        raise LayerError(msg)
    for member in members:
        name = _path_of(member)
        if not name.parts or name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
            raise LayerError(f"{path.name}：其中的“{name}”指向压缩包之外；不能读取")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise LayerError(f"{path.name}：其中的“{name}”是链接；请换成文件")


@dataclass(frozen=True)
class Inside:
    """What an archive holds beside its layers.

    Attributes
    ----------
    others
        Files that may hold data and cannot be read from an archive → what to do.
    litter
        How many files are what other programs left.
    """

    others: dict[str, str]
    litter: int


def look_inside(path: Path) -> Inside:
    """Look at the names in an archive that `unpack` can read."""
    with zipfile.ZipFile(path) as archive:
        names = [_path_of(m) for m in archive.infolist() if not m.is_dir()]
    others = {}
    for name in sorted(n for n in names if not is_litter(n)):
        whole = next((p for p in (*reversed(name.parents), name) if _is_other(p)), None)
        if whole:
            others[whole.name] = _way_out(whole.suffix.lower())
    return Inside(others, sum(is_litter(n) for n in names))


def _is_other(name: PurePosixPath) -> bool:
    return name.suffix.lower() in HOLD_FILES | HOLD_LAYERS | HOLD_ROWS | _LEDGERS


def _way_out(suffix: str) -> str:
    if suffix == ".zip":
        return "压缩包里不能再套压缩包，请解压后把里面的文件直接压成一个 .zip"
    return way_out(suffix) or "台账请解压后单独放，用 path 指明"


def _path_of(member: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(_name(member).replace("\\", "/"))


def _name(member: zipfile.ZipInfo) -> str:
    """The member's name: Windows programs write it in GBK and do not say so."""
    if member.flag_bits & _UTF8_FLAG or member.filename.isascii():
        return member.filename
    raw = member.filename.encode("cp437")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _unpack_one(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, path: Path
) -> Path:
    target = folder.joinpath(*_path_of(member).parts)
    if target.exists():
        raise LayerError(f"{path.name}：其中有两个“{target.name}”")
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as packed, target.open("xb") as file:
        shutil.copyfileobj(packed, file, 1 << 20)  # no more than file_size: zipfile stops there
    return target
