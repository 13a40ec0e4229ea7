"""Progress: on a terminal only, only once it takes long, and gone when it is over."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from hbgeo.cli import console


class Screen(io.StringIO):
    """What a terminal is sent."""

    def isatty(self) -> bool:
        return True


def watch(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """A terminal in place of the error stream."""
    text = Screen()
    monkeypatch.setattr("sys.stderr", text)
    monkeypatch.setattr(console, "_stderr", lambda: Console(file=text, force_terminal=True))
    return text


def wait_for(screen: Screen, said: str) -> None:
    """Wait until the bar, which is drawn beside the work, says something."""
    for _ in range(1000):
        if said in screen.getvalue():
            return
        time.sleep(0.01)


def test_what_takes_long_shows_how_much_is_read_and_leaves_nothing(monkeypatch):
    screen = watch(monkeypatch)
    monkeypatch.setattr(console, "_PATIENCE", 0)
    with console.count_read() as progress:
        assert progress is not None
        progress(1234, 5000)
        wait_for(screen, "读取 1,234/5,000")
    assert "读取 1,234/5,000" in screen.getvalue()
    assert screen.getvalue().rstrip("\n").endswith("\x1b[2K")  # its line is erased


def test_what_is_quick_shows_nothing(monkeypatch):
    screen = watch(monkeypatch)
    with console.count_read() as progress:
        assert progress is not None
        progress(1, 2)
    assert screen.getvalue() == ""


def test_nobody_is_told_in_a_pipe(capsys):
    with console.count_read() as progress:
        assert progress is None
    assert capsys.readouterr().err == ""
