"""Files in the making: their names say who makes them, so what a dead process left can be told.

A part is called `.hbgeo-HOST-BOOT-PROCESS-WORD.part`: fingerprints of the machine and of its start,
and the number of the process. A part is left behind when that process is gone; where another may
bear its number by now (the start of the machine is not known, on Windows), or the part is another
machine's, when it is a day old.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from hbgeo.store.fingerprint import fingerprint

PREFIX = ".hbgeo-"
_PART = ".part"
_NAME = re.compile(rf"{re.escape(PREFIX)}(\w+)-(\w+)-(\d+)-\w+{re.escape(_PART)}")
UNKNOWN = "unknown"
_DAY = 86_400  # seconds
_QUERY, _DENIED, _ALIVE = 0x1000, 5, 259  # what Windows calls a look at a process, and its answers


def part_beside(target: Path, kind: str = _PART) -> Path:
    """A name of its own beside a file, to be written under until all of it is there."""
    return target.with_name(f"{_new_name()}{kind}{target.suffix.lower()}")


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder outside the workspace for as long as the context lasts; what was left goes first."""
    remove_rests(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=f"{_new_name()}{_PART}") as folder:
        yield Path(folder)


def remove_rests(folder: Path) -> None:
    """Remove from a folder the parts whose makers are gone; what cannot be removed stays."""
    for part in folder.glob(f"{PREFIX}*"):
        if (found := _NAME.match(part.name)) and _is_left(part, *found.groups()):
            with contextlib.suppress(OSError):
                shutil.rmtree(part) if _is_folder(part) else part.unlink()


def _new_name() -> str:
    host, boot = this_machine()
    return f"{PREFIX}{host}-{boot}-{os.getpid()}-{secrets.token_hex(4)}"


@cache
def this_machine() -> tuple[str, str]:
    """The machine (each container is one), and its start."""
    try:
        boot = fingerprint(Path("/proc/sys/kernel/random/boot_id").read_bytes())[:8]
        numbers = str(Path("/proc/self/ns/pid").readlink())  # whose process numbers these are
    except OSError:
        boot, numbers = UNKNOWN, ""
    return fingerprint(f"{platform.node()} {numbers}".encode())[:8], boot


def _is_left(part: Path, host: str, boot: str, process: str) -> bool:
    here = this_machine()
    if host == here[0] and not runs(int(process)):
        return True
    if host == here[0] and UNKNOWN not in {boot, here[1]}:
        return boot != here[1]
    try:
        return part.lstat().st_mtime < time.time() - _DAY
    except OSError:  # somebody else removed it meanwhile
        return False


def runs(process: int) -> bool:
    """Whether a process of this machine is alive: dead and not yet buried is dead."""
    if os.name == "nt":
        return _runs_on_windows(process)
    try:
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat").read_bytes().rpartition(b") ")[2][:1]
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # another user's
        return True
    return state not in {b"Z", b"X"}


def _runs_on_windows(process: int) -> bool:
    kernel: Any = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
    kernel.OpenProcess.restype = handle_type = ctypes.c_void_p
    kernel.GetExitCodeProcess.argtypes = (handle_type, ctypes.c_void_p)
    kernel.CloseHandle.argtypes = (handle_type,)
    handle = kernel.OpenProcess(_QUERY, 0, process & 0xFFFFFFFF)
    if not handle:
        return ctypes.get_last_error() == _DENIED  # type: ignore[attr-defined, no-any-return]
    code = ctypes.c_uint32()
    known = kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return not known or code.value == _ALIVE


def _is_folder(part: Path) -> bool:
    return part.is_dir() and not part.is_symlink()
