"""However a command is stopped, it says so in one line, leaves no process behind, and has its status."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from hbgeo import __version__
from hbgeo.cli import app

_BUSY = """
import time
import zlib
from hbgeo import __version__
from hbgeo.cli import app
from hbgeo.worker import shared

def work(**_):
    if COPIED:
        shared().begin_as_copy()
        print(shared()._process is not None)
    piece = shared().give(time.sleep, 60)
    print(shared()._process.popen.pid, flush=True)
    piece.take()

app.app = work
app.main()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("copied", [False, True] if sys.platform == "linux" else [False])
@pytest.mark.parametrize(
    ("how", "status", "said"),
    [
        (signal.SIGINT, 130, "hbgeo：已中断\n"),
        (signal.SIGTERM, 143, "hbgeo：已被系统或其他程序中止\n"),
    ],
)
def test_a_signal_ends_it_and_its_worker(
    how: signal.Signals, status: int, said: str, *, copied: bool
) -> None:
    pipe = subprocess.PIPE
    # a shell's background job has Ctrl-C ignored, and hands that on
    start = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    start += f"COPIED = {copied}\n{_BUSY}"
    with subprocess.Popen([sys.executable, "-c", start], stdout=pipe, stderr=pipe) as running:
        assert running.stdout is not None
        if copied:
            assert running.stdout.readline() == b"True\n"
        other = int(running.stdout.readline())
        time.sleep(0.2)  # it waits for the answer by now
        running.send_signal(how)
        _, told = running.communicate(timeout=60)
    assert (running.returncode, told.decode()) == (status, said)
    assert not Path(f"/proc/{other}").exists()


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        ImportError("libgdal.so.38: failed to map segment from shared object"),
        RuntimeError("can't start new thread"),
    ],
)
def test_lack_of_memory_is_one_line(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(**_: object) -> None:
        raise error

    monkeypatch.setattr(app, "app", work)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        app.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == f"hbgeo：{app._NO_MEMORY}\n"


def test_what_is_no_lack_of_memory_is_not_called_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(**_: object) -> None:
        raise RuntimeError("something else")

    monkeypatch.setattr(app, "app", work)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(RuntimeError, match="something else"):
        app.main()


def test_the_versions_are_said() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hbgeo", "--version"],
        env=os.environ | {"PYTHONUTF8": "1"}, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    python = ".".join(map(str, sys.version_info[:3]))
    assert (
        done.stdout == f"hbgeo {__version__}（Python {python}，zlib {zlib.ZLIB_RUNTIME_VERSION}）\n"
    )
    assert done.stderr == ""
