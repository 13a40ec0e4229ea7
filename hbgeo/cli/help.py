"""How the command line explains itself, and what is wrong with a command, in Chinese."""

from __future__ import annotations

import re
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

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

    def get_help(self, ctx: Any) -> str:
        """The help text."""
        return in_chinese(super().get_help(ctx))


class Group(TyperGroup):
    """The commands, whose help is in Chinese."""

    def get_help(self, ctx: Any) -> str:
        """The help text."""
        return in_chinese(super().get_help(ctx))


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
