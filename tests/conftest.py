"""What every test shares; `system` tests run only where HBGEO_TEST=all or -m asks for them."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import settings

from hbgeo import cli
from hbgeo.process import AUTO, STORAGE
from hbgeo.workspace import Workspace

ROOT = Path(__file__).parent.parent
# no test asserts a time; what must be repeatable draws the same examples every time
settings.register_profile("hbgeo", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("hbgeo")
_LEFT_OUT = pytest.StashKey[int]()
_THRESHOLDS = gc.get_threshold()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave `system` tests out, unless they are asked for; a missing program is then a failure."""
    if os.environ.get("HBGEO_TEST") == "all" or config.option.markexpr:
        return
    out = [item for item in items if item.get_closest_marker("system")]
    config.stash[_LEFT_OUT] = len(out)
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if not item.get_closest_marker("system")]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where several processes share the tests: each was given all of them, and left out the same."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash.get(_LEFT_OUT, 0)


class _OfWorkers:
    """What the first process hears from those that share the tests."""

    def pytest_testnodedown(self, node: Any) -> None:
        """Take over how many were left out; a process that died has not said."""
        if left_out := getattr(node, "workeroutput", {}).get("left_out", 0):
            node.config.stash[_LEFT_OUT] = left_out


def pytest_configure(config: pytest.Config) -> None:
    """Listen to the processes that share the tests, where there are any."""
    if config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(_OfWorkers())


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how many tests were left out, and how to run them."""
    if left_out := config.stash.get(_LEFT_OUT, 0):
        terminalreporter.write_line(
            f"略去 {left_out} 项需要外部程序（Chromium、PostgreSQL、LibreOffice 等）的测试；"
            "装好程序后设 HBGEO_TEST=all 再运行"
        )


@pytest.fixture(autouse=True)
def _as_started() -> None:
    """A command sets up its process for itself; the test after it has a process as they start."""
    gc.set_threshold(*_THRESHOLDS)
    pd.set_option(STORAGE, AUTO)


@pytest.fixture
def _links(tmp_path: Path) -> None:
    """For tests of symbolic links: not every Windows makes them, or follows them."""
    (tmp_path / "there.txt").write_bytes(b"")
    try:
        (tmp_path / "link.txt").symlink_to(tmp_path / "there.txt")
        follows = (tmp_path / "link.txt").is_file()
    except OSError:
        follows = False
    if not follows and os.name == "nt":
        pytest.skip("this Windows follows no symbolic links")
    (tmp_path / "link.txt").unlink()
    (tmp_path / "there.txt").unlink()


@pytest.fixture(scope="session")
def sample() -> Workspace:
    """The repository's own workspace, read once."""
    return Workspace.open(ROOT)


@pytest.fixture
def typed_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Type a command in a workspace: how it ends, what it prints, and what it warns of."""

    def run(home: Path, *words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["hbgeo", "-C", str(home), *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run
