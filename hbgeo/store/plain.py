"""Plain files: what is a pipe, a device or a folder is never opened, for that may never end."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import IO

from hbgeo.errors import HbgeoError, RequestError


def open_plain(path: Path, most: int) -> IO[bytes]:
    """Open a file of our own for reading: no link, and no larger than what we write.

    Raises
    ------
    OSError
        If it is not there, or something else.
    """
    about = path.lstat()
    if not stat.S_ISREG(about.st_mode) or about.st_size > most:
        raise OSError(f"{path}: not a plain file of at most {most} bytes")
    return path.open("rb")


def is_plain(path: Path, error: type[HbgeoError] = RequestError) -> bool:
    """Whether a file that a user names is there; a link to one is one.

    Raises
    ------
    HbgeoError
        `error`, if something is there that is no file.
    """
    try:
        kind = path.stat().st_mode
    except (OSError, ValueError):
        return False
    if not stat.S_ISREG(kind):
        what = "文件夹" if stat.S_ISDIR(kind) else "管道、设备之类的特殊文件"
        raise error(f"{path}：是{what}，不是普通文件，不能读取；请换成普通文件")
    return True
