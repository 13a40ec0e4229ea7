"""Files in the making: their names say who makes them, so what a dead process left can be told.

A part is called `.hbgeo-HOST-BOOT-PROCESS-WORD.part`: fingerprints of the machine and of its start,
and the number of the process. Where the start of a machine is not known (Windows), or the part is
another machine's, a part counts as left behind when it is a day old.
"""

from __future__ import annotations

import contextlib
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

from hbgeo.store.fingerprint import fingerprint

PREFIX = ".hbgeo-"
_PART = ".part"
_NAME = re.compile(rf"{re.escape(PREFIX)}(\w+)-(\w+)-(\d+)-\w+{re.escape(_PART)}")
_UNKNOWN = "unknown"
_DAY = 86_400  # seconds


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
    host, boot = _here()
    return f"{PREFIX}{host}-{boot}-{os.getpid()}-{secrets.token_hex(4)}"


@cache
def _here() -> tuple[str, str]:
    """The machine (each container is one), and its start."""
    try:
        boot = fingerprint(Path("/proc/sys/kernel/random/boot_id").read_bytes())[:8]
        numbers = str(Path("/proc/self/ns/pid").readlink())  # whose process numbers these are
    except OSError:
        boot, numbers = _UNKNOWN, ""
    return fingerprint(f"{platform.node()} {numbers}".encode())[:8], boot


def _is_left(part: Path, host: str, boot: str, process: str) -> bool:
    here = _here()
    if host == here[0] and _UNKNOWN not in {boot, here[1]}:
        return boot != here[1] or not _runs(int(process))
    try:
        return part.lstat().st_mtime < time.time() - _DAY
    except OSError:  # somebody else removed it meanwhile
        return False


def _runs(process: int) -> bool:
    """Whether a process of this machine, a Linux one, is alive: dead and not yet buried is dead."""
    try:
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat").read_bytes().rpartition(b") ")[2][:1]
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # another user's
        return True
    return state not in {b"Z", b"X"}


def _is_folder(part: Path) -> bool:
    return part.is_dir() and not part.is_symlink()
