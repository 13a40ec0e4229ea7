"""Bounds on a process, most on one that reads a foreign file: its memory, its time, its life without the first."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_MEMORY, _MEMORY_PER_BYTE = 1_600 << 20, 60  # bytes; the larger of the two is what a file may take
_SECONDS, _SECONDS_PER_MB = 10.0, 6.0  # the sum of the two is
_NULL = Path(os.devnull)
_EXTENDED_LIMITS = 9  # what Windows calls a job's limits
_OF_MEMORY, _KILL_ON_CLOSE = 0x100, 0x2000
_PARENT_DEATH = 1  # PR_SET_PDEATHSIG
_JOBS: list[int] = []  # that this process is in, by its own doing


def seconds_for(size: int) -> float:
    """How long reading a file of so many bytes may take: far longer than it does anywhere."""
    return _SECONDS + _SECONDS_PER_MB * size / (1 << 20)


def memory_for(size: int) -> int:
    """How many bytes reading a file of so many bytes may take."""
    return max(_MEMORY, _MEMORY_PER_BYTE * size)


@contextlib.contextmanager
def bounded(seconds: float, memory: int) -> Iterator[None]:
    """End this process where what is done takes longer; let it have no more memory than that beside what it holds.

    The clock is a thread without Python: code that holds the interpreter does not stop it.
    """
    with _NULL.open("wb") as null:
        faulthandler.dump_traceback_later(seconds, exit=True, file=null)
        try:
            with _memory_bounded(memory):
                yield
        finally:
            faulthandler.cancel_dump_traceback_later()


@contextlib.contextmanager
def _memory_bounded(memory: int) -> Iterator[None]:
    if os.name == "nt":
        with contextlib.suppress(OSError):  # a system that bounds nothing
            if not _JOBS:
                _JOBS.append(_new_job(_kernel().GetCurrentProcess()))
            _limit_job(_JOBS[0], memory=memory + _held_on_windows())
        try:
            yield
        finally:
            if _JOBS:
                _limit_job(_JOBS[0])
        return
    import resource  # there is none on Windows

    # Linux counts what is written to; elsewhere only the whole of the addresses is bounded
    which = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    soft, hard = resource.getrlimit(which)
    known = [n for n in (soft, hard, memory + _held()) if n != resource.RLIM_INFINITY]
    with contextlib.suppress(ValueError, OSError):  # a system that bounds nothing
        resource.setrlimit(which, (min(known), hard))
    try:
        yield
    finally:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(which, (soft, hard))


def _held() -> int:
    """How many bytes of what is bounded this process has already; 0 where the system does not tell."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[5])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def give_memory_back() -> None:
    """Give the system what was freed: glibc keeps it for later, beside all that is asked for meanwhile."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)


def end_with_parent() -> None:
    """End this process when the thread that started it ends, where the system can do that."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)


def end_with_us(process: subprocess.Popen[bytes]) -> None:
    """Have Windows end a process that was started when this one ends, however it does."""
    if os.name == "nt":
        handle = int(process._handle)  # type: ignore[attr-defined]  # noqa: SLF001
        with contextlib.suppress(OSError):
            _limit_job(_new_job(handle), kill=True)  # the job is closed when we end


# ---------------------------------------------------------------- jobs of Windows


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("user_time", ctypes.c_int64),
        ("job_user_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("least_working_set", ctypes.c_size_t),
        ("most_working_set", ctypes.c_size_t),
        ("processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint32),
        ("scheduling", ctypes.c_uint32),
    )


class _Limits(ctypes.Structure):
    _fields_ = (
        ("basic", _BasicLimits),
        ("counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


class _Memory(ctypes.Structure):
    _fields_ = (
        ("size", ctypes.c_uint32),
        ("faults", ctypes.c_uint32),
        ("sets_and_quotas", ctypes.c_size_t * 6),
        ("committed", ctypes.c_size_t),
        ("most_committed", ctypes.c_size_t),
    )


def _kernel() -> Any:
    library: Any = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
    handle = ctypes.c_void_p
    library.GetCurrentProcess.restype = library.CreateJobObjectW.restype = handle
    library.CreateJobObjectW.argtypes = (handle, ctypes.c_wchar_p)
    library.AssignProcessToJobObject.argtypes = (handle, handle)
    library.K32GetProcessMemoryInfo.argtypes = (handle, ctypes.c_void_p, ctypes.c_uint32)
    library.SetInformationJobObject.argtypes = (handle, ctypes.c_int, handle, ctypes.c_uint32)
    return library


def _new_job(process: int) -> int:
    job = _kernel().CreateJobObjectW(None, None)
    if not job or not _kernel().AssignProcessToJobObject(job, process):
        raise OSError("no job for the process")
    return int(job)


def _limit_job(job: int, *, memory: int = 0, kill: bool = False) -> None:
    limits = _Limits(process_memory=memory)
    limits.basic.flags = (_OF_MEMORY if memory else 0) | (_KILL_ON_CLOSE if kill else 0)
    size = ctypes.sizeof(limits)
    if not _kernel().SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(limits), size):
        raise OSError("no limits for the job")


def _held_on_windows() -> int:
    """How many bytes this process has been promised, which is what a job bounds."""
    told = _Memory(size=ctypes.sizeof(_Memory))
    library = _kernel()
    if not library.K32GetProcessMemoryInfo(
        library.GetCurrentProcess(), ctypes.byref(told), told.size
    ):
        return 0
    return int(told.committed)
