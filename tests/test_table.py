"""What `--help` tells of commands is what they say of themselves; what is typed is taken as Typer takes it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from hbgeo.cli.app import app
from hbgeo.cli.table import COMMANDS

GROUP: Any = typer.main.get_command(app)


def test_each_command_is_told_by_the_first_line_of_its_own_help() -> None:
    for name, entry in COMMANDS.items():
        command = GROUP.commands[name]
        assert command.name == name
        assert command.help.splitlines()[0] == entry.line


def test_an_unknown_command_is_none() -> None:
    assert GROUP.commands.get("nothing") is None
    assert list(GROUP.commands) == list(COMMANDS)
    assert len(GROUP.commands) == len(COMMANDS)


def test_help_loads_no_command() -> None:
    probe = (
        "import sys; sys.argv = ['hbgeo', '--help']\n"
        "from hbgeo import cli\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "print(sorted(m for m in sys.modules if m.startswith('hbgeo.cli.')))"
    )
    made = subprocess.run(
        [sys.executable, "-c", probe],
        capture_output=True,
        encoding="utf-8",
        errors="replace",  # the help speaks as the console does
        check=True,
    )
    used = ["app", "ending", "help", "here", "table"]
    assert made.stdout.splitlines()[-1] == str([f"hbgeo.cli.{name}" for name in used])


@pytest.fixture
def unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "secret.csv"
    path.write_text("")
    asked = os.access
    monkeypatch.setattr(os, "access", lambda p, how: str(p) != str(path) and asked(p, how))
    return path


def test_what_is_typed_is_taken_as_typer_takes_it(tmp_path: Path, unreadable: Path) -> None:
    texts = ["", " ", "公墓", "a\tb", "a\u3000b", "\udcff", str(tmp_path), "nothing.csv", "-", "1"]
    texts.append(str(unreadable))
    for command in [GROUP, *GROUP.commands.values()]:
        ctx = typer.Context(command)
        for one in command.get_params(ctx):
            many = one.multiple or one.nargs == -1
            kind = one.type_descriptor.annotation
            values = [None, False, True] if kind is bool else [None, *texts]
            for value in values:
                given = [value, "x"] if many and value is not None else value
                assert _taken(one, given, ctx) == _taken(one, given, ctx, by_typer=True)


def _taken(one: Any, value: Any, ctx: Any, *, by_typer: bool = False) -> Any:
    kept = one._runtime_param
    if by_typer:
        one._runtime_param = None
    try:
        made = one.get_runtime_param().coerce(value, param=one, ctx=ctx)
        return type(made), made
    except Exception as err:  # noqa: BLE001 - what is refused is refused alike
        return type(err), str(err)
    finally:
        one._runtime_param = kept
