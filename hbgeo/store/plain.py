"""Plain files: what is a pipe, a device or a folder is never opened, for that may never end."""

from __future__ import annotations

import errno
import stat
from pathlib import Path
from typing import IO

from hbgeo.errors import HbgeoError, RequestError

_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.EBADF, errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL}
_CUT_OFF = {53, 59, 64, 67, 121, 1231}  # of Windows: a share that is not reached is no absence


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
    OSError
        If that cannot be told.
    """
    try:
        kind = path.stat().st_mode
    except ValueError:
        return False
    except OSError as err:  # of a share that has gone nobody knows what was there
        if is_absence(err):
            return False
        raise
    if not stat.S_ISREG(kind):
        what = "文件夹" if stat.S_ISDIR(kind) else "管道、设备之类的特殊文件"
        raise error(f"{path}：是{what}，不是普通文件，不能读取；请换成普通文件")
    return True


def is_absence(err: OSError) -> bool:
    """Whether an error says that nothing is there, and not that nobody can tell."""
    return err.errno in _ABSENT and getattr(err, "winerror", None) not in _CUT_OFF


def is_of_one_file(err: OSError) -> bool:
    """Whether an error is about a single file: lacking, held by another program, or not allowed."""
    alone = {errno.ENOENT, errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY}
    return err.errno in alone and getattr(err, "winerror", None) not in _CUT_OFF
