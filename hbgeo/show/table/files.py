"""Files written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from hbgeo.errors import OutputError

_WHY = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EROFS: "所在位置只读",
    errno.EACCES: "没有写入权限,或文件正被其他程序(如 Excel)打开,请关闭后再试",
    errno.EPERM: "没有写入权限",
    errno.ENOENT: "文件夹不存在",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EISDIR: "这是一个文件夹",
    errno.ETXTBSY: "文件正被其他程序打开,请关闭后再试",
    errno.ENAMETOOLONG: "文件名太长",
}


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write several files, all or none: each beside its place first, then moved onto it.

    Raises
    ------
    OutputError
        If one cannot be written; what stood there before is untouched.
    """
    staged: dict[Path, Path] = {}
    kept: dict[Path, Path | None] = {}
    moved: list[Path] = []
    current = Path()
    try:
        for current, content in files.items():
            staged[current] = _stage(current, content)
        for current, beside in staged.items():
            kept[current] = _keep(current)
            beside.replace(current)
            moved.append(current)
    except OSError as err:
        for path in moved:  # a later file failed: undo the earlier ones
            before = kept[path]
            path.unlink() if before is None else before.replace(path)
        raise unwritable(current, err) from None
    finally:
        for left in (*staged.values(), *kept.values()):
            if left is not None:
                left.unlink(missing_ok=True)


def unwritable(path: Path, err: OSError) -> OutputError:
    """What to say of a file that could not be written; what stood there before still does."""
    why = _WHY.get(err.errno or 0, err.strerror or str(err))
    return OutputError(f"{path}:无法写入:{why};原有文件未改动")


def _stage(path: Path, content: bytes) -> Path:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return beside


def _keep(path: Path) -> Path | None:
    """A second name (or, where there are no links, a copy) for what stands at `path`."""
    if not path.exists():
        return None
    before = path.with_name(f".{path.name}.{secrets.token_hex(4)}.old")
    try:
        os.link(path, before)
    except OSError:  # shares and some drives have no hard links
        shutil.copy2(path, before)
    return before
