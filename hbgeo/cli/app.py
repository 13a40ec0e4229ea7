"""The program `hbgeo`: finds the command, and turns what went wrong into one line."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from hbgeo.cli.commands import COMMANDS
from hbgeo.cli.help import Command, Group, UsageError, what_is_wrong
from hbgeo.cli.options import Here
from hbgeo.errors import HbgeoError, why_not
from hbgeo.read.cell.personal import fit_to_show

app = typer.Typer(
    cls=Group,
    help="民政设施覆盖率:按政策指标计算、列出未覆盖单位、绘制离线地图。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name, _command in COMMANDS.items():
    app.command(_name, cls=Command)(_command)


@app.callback()
def _main(
    workspace: Annotated[
        Path,
        typer.Option(
            "--workspace", "-C", metavar="目录", help="工作区:含 layers/catalog.toml 的文件夹"
        ),
    ] = Path(),
) -> None:
    Here.root = workspace


def main() -> None:
    """Run the command line; a problem the user can mend is one line on stderr and exit 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a cp936 console lacks some official characters
            stream.reconfigure(errors="replace")
    try:
        sys.exit(app(prog_name="hbgeo", standalone_mode=False))
    except UsageError as err:
        if type(err).__name__ == "NoArgsIsHelpError":
            print(err)
        else:
            _say(what_is_wrong(err))
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        print("hbgeo:已中断", file=sys.stderr)
        sys.exit(130)
    except (HbgeoError, OSError) as err:
        _say(str(err) if isinstance(err, HbgeoError) else _os_error(err))
        sys.exit(1)


def _say(text: str) -> None:
    """One line on stderr, whatever names and values stand in it."""
    print(f"hbgeo:{fit_to_show(text)}", file=sys.stderr)


def _os_error(err: OSError) -> str:
    return f"{os.fsdecode(err.filename or '')}:{why_not(err)}".lstrip(":")
