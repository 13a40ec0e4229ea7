"""The program `hbgeo`: finds the command, and turns what went wrong into one line."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from hbgeo import __version__
from hbgeo.cli.help import Command, Group, UsageError, what_is_wrong
from hbgeo.cli.here import Here
from hbgeo.cli.table import COMMANDS
from hbgeo.errors import HbgeoError, why_not
from hbgeo.loading import settle

_HOW: dict[str, Any] = {
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
}


class _Commands(Mapping[str, Any]):
    """The commands, each loaded when it is asked for: nobody waits for the others."""

    def __len__(self) -> int:
        return len(COMMANDS)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __getitem__(self, name: str) -> Any:
        return _load(name)


class _Program(Group):
    """The program: what its commands do is told without them."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given | {"commands": _Commands()})
        self._telling = False

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - so Typer asks
        """The names of the commands, in the order in which they are told."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command; while help is told, only its name and its line."""
        if self._telling:
            return Command(cmd_name, help=COMMANDS[cmd_name].line)
        return super().get_command(ctx, cmd_name)

    def get_help(self, ctx: Any) -> str:
        """The help text."""
        self._telling = True
        try:
            return super().get_help(ctx)
        finally:
            self._telling = False


@cache
def _load(name: str) -> Any:
    """A command by its name, as Typer makes it of a function.

    Raises
    ------
    KeyError
        If there is none.
    """
    entry = COMMANDS[name]
    from hbgeo.cli.options import lists

    command = getattr(import_module(f"hbgeo.cli.{entry.home}"), entry.name or name)
    if entry.looks:
        from hbgeo.cli.answering import looks

        command = looks(command)
    alone = typer.Typer(**_HOW)
    alone.command(name, cls=Command)(lists(name, command) if entry.lists else command)
    return typer.main.get_command(alone)


app = typer.Typer(
    cls=_Program,
    help="民政设施覆盖率：按政策指标计算、列出未覆盖单位、绘制离线地图。",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    **_HOW,
)
_INTERRUPTED = 130
_NO_MEMORY = "内存不足，没有完成，原有文件未改动；请关闭其他程序再试，或按县拆分数据"


def _say_version(asked: bool) -> None:
    """Say the versions: outputs are the same byte for byte where all three are."""
    if asked:
        import platform
        import zlib

        python = platform.python_version()
        print(f"hbgeo {__version__}（Python {python}，zlib {zlib.ZLIB_RUNTIME_VERSION}）")
        raise typer.Exit


@app.callback()
def _main(
    workspace: Annotated[
        Path,
        typer.Option(
            "--workspace", "-C", metavar="目录", help="工作区：含 layers/catalog.toml 的文件夹"
        ),
    ] = Path(),
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=_say_version,
            help="显示 hbgeo、Python、zlib 的版本",
        ),
    ] = False,
) -> None:
    Here.root = workspace


def main() -> None:
    """Run the command line; a problem the user can mend is one line on stderr and exit 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a cp936 console lacks some official characters
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, _end)
    settle()
    # what is loaded stays: nothing to look through again and again
    gc.set_threshold(100_000, 50, 50)
    try:
        sys.exit(_run())
    except UsageError as err:
        if type(err).__name__ == "NoArgsIsHelpError":
            print(err)
        else:
            _say(what_is_wrong(err))
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        print("hbgeo：已中断", file=sys.stderr)
        sys.exit(_INTERRUPTED)
    except _EndedError:
        print("hbgeo：已被系统或其他程序中止", file=sys.stderr)
        sys.exit(143)
    except (MemoryError, ImportError, RuntimeError) as err:
        if not _lacks_memory(err):
            raise
        print(f"hbgeo：{_NO_MEMORY}", file=sys.stderr)
        sys.exit(1)
    except (HbgeoError, OSError) as err:
        _say(str(err) if isinstance(err, HbgeoError) else _os_error(err))
        sys.exit(1)


def _run() -> int:
    """Run the command that was typed; Typer makes a number of Ctrl-C, which says nothing."""
    status: int = app(prog_name="hbgeo", standalone_mode=False)
    if status == _INTERRUPTED:
        raise KeyboardInterrupt
    return status


def _say(text: str) -> None:
    """One line on stderr, whatever names and values stand in it."""
    from hbgeo.read.cell.personal import fit_to_show

    print(f"hbgeo：{fit_to_show(text)}", file=sys.stderr)


class _EndedError(BaseException):
    """Somebody asked this process to end (SIGTERM)."""


def _end(*_: object) -> None:
    """Unwind as after Ctrl-C: nothing half written and no other process is left behind."""
    raise _EndedError


def _lacks_memory(err: BaseException) -> bool:
    """Whether memory is what lacks: a library that finds no room, or a thread, says so in its words."""
    words = ("failed to map", "allocate", "can't start new thread")
    return isinstance(err, MemoryError) or any(word in str(err) for word in words)


def _os_error(err: OSError) -> str:
    return f"{os.fsdecode(err.filename or '')}：{why_not(err)}".lstrip("：")
