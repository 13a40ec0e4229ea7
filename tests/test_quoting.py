"""A command that is printed can be pasted: the shell gives the program the very same words."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.cli.quoting import command, quote

PATHS = [
    "我的县",
    "我的 县",
    "/home/民政局/2023 年",
    "it's (终稿)",
    "a&b",
    "$HOME",
    "`x`",
    "~",
    "甲；乙",
    "100%",
    "a,b=c",
]


@pytest.mark.parametrize(
    ("word", "linux", "windows"),
    [
        ("我的县", "我的县", "我的县"),
        ("我的 县", "'我的 县'", '"我的 县"'),
        ("/data/远安县_2023", "/data/远安县_2023", "/data/远安县_2023"),
        (r"D:\民政\我的县", r"'D:\民政\我的县'", r"D:\民政\我的县"),
        ("D:\\民政 数据\\", "'D:\\民政 数据\\'", '"D:\\民政 数据\\\\"'),
        (r"\\服务器\共享\2023 年", r"'\\服务器\共享\2023 年'", r'"\\服务器\共享\2023 年"'),
        ("D:\\", "'D:\\'", "D:\\"),
        ("a&b", "'a&b'", '"a&b"'),
        ("报表（终稿）", "'报表（终稿）'", '"报表（终稿）"'),
        ("it's", "'it'\"'\"'s'", '"it\'s"'),
        ("a,b=c", "a,b=c", '"a,b=c"'),
        ("", "''", '""'),
    ],
)
def test_a_word_is_quoted_as_each_system_wants_it(word: str, linux: str, windows: str) -> None:
    assert quote(word, "posix") == linux
    assert quote(word, "nt") == windows


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_posix_shell_takes_every_word_as_it_was(word: str) -> None:
    assert shlex.split(quote(word, "posix")) == [word]


def _as_windows_parts(line: str) -> list[str]:
    """The words that a program gets, by the rules of Microsoft's C runtime."""
    words, word, quoted, slashes, begun = [], "", False, 0, False
    for sign in line:
        if sign == "\\":
            slashes += 1
            begun = True
            continue
        if sign == '"':
            word += "\\" * (slashes // 2)
            begun = True
            if slashes % 2:
                word += '"'
            else:
                quoted = not quoted
        elif sign in " \t" and not quoted:
            word += "\\" * slashes
            if begun:
                words.append(word)
            word, begun = "", False
        else:
            word += "\\" * slashes + sign
            begun = True
        slashes = 0
    word += "\\" * slashes
    return [*words, word] if begun else words


@given(st.text(st.characters(exclude_characters='\0\n\r"', exclude_categories=["Cs"])))
def test_a_windows_program_gets_every_word_that_a_path_can_be(word: str) -> None:
    line = f"hbgeo -C {quote(word, 'nt')} run"
    assert _as_windows_parts(line) == ["hbgeo", "-C", word, "run"]


@pytest.mark.parametrize("sign", [*"&|<>()^;=, '!~{}[]`$%"])
def test_signs_that_cmd_takes_for_its_own_stand_in_quotes(sign: str) -> None:
    assert quote(f"甲{sign}乙", "nt") == f'"甲{sign}乙"'


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
@pytest.mark.parametrize("name", PATHS)
def test_what_init_says_can_be_pasted_into_the_shell(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name.lstrip("/") / ("很长的文件夹名" * 8) / "工作区"  # longer than a line
    folder.parent.mkdir(parents=True)
    run = [sys.executable, "-m", "hbgeo"]
    home = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "PYTHONUTF8": "1"}
    made = subprocess.run(
        [*run, "init", str(folder)], env=home, capture_output=True, encoding="utf-8", check=True
    )
    line = made.stdout.strip().split("下一步：")[1]
    assert line == f"hbgeo -C {quote(str(folder))} run"
    pasted = line.replace("hbgeo", 'printf "%s\\n"', 1)
    said = subprocess.run(["sh", "-c", pasted], capture_output=True, encoding="utf-8", check=True)
    assert said.stdout == f"-C\n{folder}\nrun\n"


def test_a_whole_command_begins_with_the_program() -> None:
    assert command("-C", "我的县", "run") == "hbgeo -C 我的县 run"
