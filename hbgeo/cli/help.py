"""How the command line explains itself, and what is wrong with a command, in Chinese."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

# what is typed → what makes it of a text
_PLAIN: dict[Any, Callable[[str], Any]] = {str: str, list[str]: str, Path: Path, bool: bool}
UsageError: type[Exception] = typer.BadParameter.__mro__[1]  # typer does not export it

_WORDS = (
    (re.compile(r"^Usage: ?", re.MULTILINE), "用法："),
    (re.compile(r"^Options:$", re.MULTILINE), "选项："),
    (re.compile(r"^Commands:$", re.MULTILINE), "命令："),
    (re.compile(r"^Arguments:$", re.MULTILINE), "参数："),
    (re.compile(r"\[OPTIONS\]"), "[选项]"),
    (re.compile(r" <(?:list\[)?(?:str|path|int|float)\]?>"), ""),  # types mean nothing to a planner
    (re.compile(r"COMMAND \[ARGS\]\.\.\."), "命令 [参数]..."),
    (re.compile(r"Show this message and exit\."), "显示这份说明"),
    (re.compile(r"\[required\]"), "[必填]"),
    (re.compile(r"\[default: (.*?)\]", re.DOTALL), r"[默认：\1]"),
)
_EXTRA = re.compile(r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)")
_NO_COMMAND = re.compile(r"No such command ('[^']*'|\S+?)(?:\.|$)")


class Command(TyperCommand):
    """A command whose help is in Chinese."""

    def get_params(self, ctx: Any) -> list[Any]:
        """What it can be given, `--help` among it."""
        return _spared(super().get_params(ctx))

    def get_help(self, ctx: Any) -> str:
        """The help text."""
        return in_chinese(super().get_help(ctx))


class Group(TyperGroup):
    """The commands, whose help is in Chinese."""

    def get_params(self, ctx: Any) -> list[Any]:
        """What it can be given, `--help` among it."""
        return _spared(super().get_params(ctx))

    def get_help(self, ctx: Any) -> str:
        """The help text."""
        return in_chinese(super().get_help(ctx))


def _spared(params: list[Any]) -> list[Any]:
    """Have texts and paths taken as they are typed.

    Typer converts every value by Pydantic, a tenth of a second to load; of a plain text it makes
    the same text. A version of Typer that keeps its conversion elsewhere is left to it.
    """
    for one in params:
        kind = getattr(getattr(one, "type_descriptor", None), "annotation", None)
        if kind in _PLAIN and getattr(one, "_runtime_param", one) is None:
            one._runtime_param = _AsTyped(_PLAIN[kind])  # noqa: SLF001 - it offers no other way
    return params


@dataclass(frozen=True)
class _AsTyped:
    """What Typer makes of what was typed, where that needs no look at it."""

    make: Callable[[str], Any]

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value of a parameter; by Typer's own way where it is not plain."""
        many = param.multiple or param.nargs == -1
        if value is None:
            return () if many else None
        values = value if many else [value]
        if isinstance(values, (list, tuple)) and all(_is_plain(one, self.make) for one in values):
            made = [self.make(one) for one in values]
            return made if many else made[0]
        param._runtime_param = None  # noqa: SLF001 - as above
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)


def _is_plain(value: Any, make: Callable[[str], Any]) -> bool:
    """Whether a value is a text that can be encoded, and no file that cannot be read."""
    if make is bool:
        return isinstance(value, bool)
    if make is Path and isinstance(value, Path):
        value = str(value)
    if not isinstance(value, str) or not value.isprintable():
        return False
    return make is str or not os.path.exists(value) or os.access(value, os.R_OK)  # noqa: PTH110


def in_chinese(text: str) -> str:
    """Put the fixed words of a help text into Chinese; the rest is Chinese already."""
    for pattern, words in _WORDS:
        text = pattern.sub(words, text)
    return text


def what_is_wrong(err: Exception) -> str:
    """One line on a command that cannot be understood."""
    kind = type(err).__name__
    if kind == "NoSuchOption":
        near = "、".join(sorted(getattr(err, "possibilities", None) or ()))
        said = f"没有选项 {getattr(err, 'option_name', '')}" + (
            f"；是否想写 {near}？" if near else ""
        )
    elif kind == "MissingParameter":
        said = f"缺少{_parameter(err)}"
    elif kind == "BadOptionUsage":
        said = f"选项 {getattr(err, 'option_name', '')} 后面要写一个值"
    elif kind == "BadParameter":
        said = f"{_parameter(err)}的值不对：{getattr(err, 'message', err)}"
    elif found := _NO_COMMAND.search(str(err)):
        said = f"没有命令 {found.group(1)}{_near_commands(err, found.group(1))}"
    elif found := _EXTRA.search(str(err)):
        said = f"多出的参数 {found.group(1)}"
    else:
        said = str(err)
    context = getattr(err, "ctx", None)
    path = context.command_path if context else "hbgeo"
    return f"{said}{'' if said.endswith('？') else '；'}用 {path} --help 查看用法"


def _near_commands(err: Exception, given: str) -> str:
    """The commands that an unknown one may mean, by name or by what they do; else all of them."""
    from hbgeo.read.near import ask_whether

    context = getattr(err, "ctx", None)
    commands = getattr(getattr(context, "command", None), "commands", {})
    known = {name: name for name in commands}
    known |= {str(one.help or ""): name for name, one in commands.items()}
    near = ask_whether(given.strip("'\""), known)
    return f"；{near}" if near else f"；可用：{'、'.join(commands)}" if commands else ""


def _parameter(err: Exception) -> str:
    """The parameter as the user writes it: --units, or [指标]."""
    parameter = getattr(err, "param", None)
    if parameter is None:
        return "参数"
    option = next((o for o in parameter.opts if o.startswith("--")), "")
    metavar = str(parameter.metavar or parameter.name)
    return f"选项 {option} {metavar}" if option else f"参数 {metavar}"
