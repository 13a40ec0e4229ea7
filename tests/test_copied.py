"""The worker as a copy of the first process: it does what a new one does, and loads nothing again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hbgeo.sample import make_workspace

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="processes are copied on Linux only"
)
FILES = ("index.html", "report.xlsx", "coverage.csv", "issues.csv", "snapshots/2023-12-31.parquet")
_BEFORE = """
import operator, os, signal, sys, threading, time
from hbgeo.loading import settle
settle()
import pandas as pd
from hbgeo.process import GoneError, can_copy
from hbgeo.worker import Worker
worker = Worker()
loaded = "'pandas' in __import__('sys').modules"
"""


def told(code: str) -> list[str]:
    """What a process of its own prints, line by line."""
    done = subprocess.run(
        [sys.executable, "-c", _BEFORE + code], capture_output=True, text=True, timeout=60
    )
    assert done.returncode in {0, -9}, done.stderr
    assert not done.stderr
    return done.stdout.splitlines()


def test_it_has_loaded_what_we_have() -> None:
    copied = "worker.begin_as_copy()\nprint(worker.give(eval, loaded).take())"
    assert told(copied) == ["True"]
    assert told(copied.replace("worker.begin_as_copy()", "")) == ["False"]


def test_it_is_another_process_which_prints_nothing_and_reads_nothing() -> None:
    code = """
worker.begin_as_copy()
print(worker.give(os.getppid).take() == os.getpid())
worker.give(print, "a word that is no part of the answer").take()
worker.give(os.write, 2, b"nor is this").take()
print(worker.give(eval, "__import__('sys').stdin.read()").take() == "")
print(worker.give(operator.mul, pd.Series([1, 2]), 2).take().tolist())
print(worker.give(signal.pthread_sigmask, signal.SIG_BLOCK, ()).take())
print(signal.pthread_sigmask(signal.SIG_BLOCK, ()))
"""
    assert told(code) == ["True", "True", "[2, 4]", "set()", "set()"]


def test_with_another_thread_it_would_not_be_whole() -> None:
    code = """
done = threading.Event()
print(can_copy())
threading.Thread(target=done.wait).start()
print(can_copy())
worker.begin_as_copy()
print(worker._process)
print(worker.give(eval, loaded).take(), worker.give(os.getppid).take() == os.getpid())
done.set()
"""
    assert told(code) == ["True", "False", "None", "False True"]


def test_nor_is_one_made_where_a_file_could_not_be_bounded() -> None:
    code = "os.environ['ARROW_DEFAULT_MEMORY_POOL'] = 'jemalloc'\nprint(can_copy())"
    assert told(code) == ["False"]


def test_where_it_dies_a_new_one_is_started() -> None:
    code = """
worker.begin_as_copy()
try:
    worker.give(os._exit, 1).answer.result()
except GoneError:
    print("gone")
while worker._process.alive:
    time.sleep(0.01)
print(worker._process.popen.returncode)
print(worker.give(eval, loaded).take())
"""
    assert told(code) == ["gone", "1", "False"]


def test_it_ends_with_the_first_however_that_ends() -> None:
    code = """
worker.begin_as_copy()
worker.give(time.sleep, 60)
print(worker._process.popen.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    [number] = told(code)
    for _ in range(200):
        stat = Path(f"/proc/{number}/stat")
        if not stat.exists() or ") Z " in stat.read_text():
            return  # ended; nobody may have asked for how
        time.sleep(0.05)
    pytest.fail("it lives on")


@pytest.mark.parametrize("how", ["", "print(time.sleep(0.1))", "worker.close()"])
def test_it_ends_with_the_first_that_has_done_its_work(how: str) -> None:
    code = f"""
worker.begin_as_copy()
worker.give(time.sleep, 60)
print(worker._process.popen.pid, flush=True)
{how}
"""
    number = told(code)[0]
    assert not Path(f"/proc/{number}").exists()


def test_a_run_loads_once_what_both_processes_do_and_writes_the_same(tmp_path: Path) -> None:
    times, written = {}, {}
    for threads in ("1", "2"):  # with a thread of the library's there is no copy
        home = tmp_path / threads
        home.mkdir()
        make_workspace(home)
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "hbgeo", "-C", str(home), "run"],
            env=os.environ | {"OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=True,
        )
        names = [line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()]
        times[threads] = names.count("pandas"), names.count("folium")
        written[threads] = [(home / "maps" / name).read_bytes() for name in FILES]
    # with one processor there is no second process
    assert times == {"1": (1, 1), "2": (min(2, os.cpu_count() or 1), 1)}
    assert written["1"] == written["2"]
