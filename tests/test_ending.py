"""The program ends at once: with its status, all that it said, and what was asked to be done at the end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_START = """
import atexit, os, sys, threading, time
from hbgeo.cli.ending import program
import hbgeo.cli.ending as home

leave = os._exit

def at_once(status):
    os.write(2, b"at once\\n")
    leave(status)

os._exit = at_once
atexit.register(os.write, 2, b"at exit\\n")

def ending(status):
    def main():
        print("said", end="")
        sys.exit(status)
    home.main = main
"""


def ended(code: str, *, words: tuple[str, ...] = ()) -> tuple[int, str, list[str]]:
    """Status, what was said and what was done at the end, of a program of its own."""
    done = subprocess.run(
        [sys.executable, *words, "-c", _START + code], capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout, done.stderr.splitlines()


@pytest.mark.parametrize(("given", "status"), [("0", 0), ("None", 0), ("1", 1), ("130", 130)])
def test_it_ends_with_its_status_and_takes_nothing_apart(given: str, status: int) -> None:
    assert ended(f"ending({given})\nprogram()") == (status, "said", ["at exit", "at once"])


def test_what_is_said_at_the_end_is_heard() -> None:
    said = "atexit.register(lambda: print(' and more', end=''))\nending(0)\nprogram()"
    assert ended(said) == (0, "said and more", ["at exit", "at once"])


def test_what_is_said_instead_of_a_status_is_said_by_python() -> None:
    assert ended("ending('nothing done')\nprogram()") == (1, "said", ["nothing done", "at exit"])


def test_an_error_that_nobody_expected_is_shown_whole() -> None:
    status, _, told = ended(
        "def main(): raise RuntimeError('unexpected')\nhome.main = main\nprogram()"
    )
    assert (status, told[-2:]) == (1, ["RuntimeError: unexpected", "at exit"])


@pytest.mark.parametrize(
    "watched",
    [
        "sys.settrace(lambda *_: None)",
        "sys.setprofile(lambda *_: None)",
        "import cProfile",
        "import profile",
    ],
)
def test_who_watches_it_sees_its_end(watched: str) -> None:
    assert ended(f"{watched}\nending(0)\nprogram()") == (0, "said", ["at exit"])


def test_a_thread_at_work_is_waited_for() -> None:
    work = "threading.Thread(target=lambda: (time.sleep(0.5), os.write(2, b'worked\\n'))).start()"
    found = ended(f"{work}\nending(0)\nprogram()")
    assert found == (0, "said", ["worked", "at exit"])


def test_a_thread_that_nobody_waits_for_is_not() -> None:
    work = "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    assert ended(f"{work}\nending(0)\nprogram()") == (0, "said", ["at exit", "at once"])


def test_what_cannot_be_said_is_told_by_python() -> None:
    code = "ending(0)\nsys.stdout = open(os.dup(1), 'w')\nos.close(sys.stdout.fileno())\nprogram()"
    status, said, told = ended(code)
    assert (status, said) == (120, "")
    assert "at exit" in told
    assert "at once" not in told


def test_without_streams_it_ends_as_well() -> None:
    code = "ending(0)\nhome.main = lambda: sys.exit(0)\nsys.stdout = sys.stderr = None\nprogram()"
    assert ended(code) == (0, "", ["at exit", "at once"])


def test_the_command_is_that_program(tmp_path: Path) -> None:
    run = [sys.executable, "-X", "importtime", "-m", "hbgeo", "-C", str(tmp_path), "stats"]
    done = subprocess.run(run, capture_output=True, env=os.environ, timeout=60)
    told = done.stderr.decode("utf-8", "replace")
    assert done.returncode == 1
    assert "catalog.toml" in told
    assert "hbgeo.cli.ending" in told
