"""The program as it is started from a command line: it runs, and ends without taking itself apart."""

from __future__ import annotations

import atexit
import os
import sys
import threading

from hbgeo.cli.app import main

_MEASURING = {"cProfile", "profile"}  # modules that tell of a run after it


def program() -> None:
    """Run the command line, and end the process.

    What is left to Python at the end of a program is to free, one by one, all objects of the
    libraries and ledgers that were loaded: of a command over kept layers a sixth of its time. The
    system frees a process at once. All that was asked to be done at the end is done before.
    """
    try:
        main()
    except SystemExit as done:
        _end(done.code)
        raise


def _end(status: object) -> None:
    """End the process, if nobody has anything more to do in it and all that was said has been heard."""
    if not isinstance(status, int | None) or _is_watched() or _has_other_work():
        return
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no other way to have it done
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()  # of what was said at the end too
    except (OSError, ValueError):
        return  # Python says so
    os._exit(status or 0)


def _is_watched() -> bool:
    """Whether the interpreter is asked for something after the program: to be looked at, or measured."""
    watched = sys.gettrace() or sys.getprofile() or sys.flags.inspect or sys.flags.interactive
    return bool(watched) or bool(_MEASURING & sys.modules.keys())


def _has_other_work() -> bool:
    """Whether a thread is at work that Python would wait for."""
    mine = threading.main_thread()
    return any(not thread.daemon for thread in threading.enumerate() if thread is not mine)
