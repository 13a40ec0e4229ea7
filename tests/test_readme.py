"""The README says every command and option there is, and every command it says runs."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from hbgeo.cli.app import app
from hbgeo.cli.table import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
OUTSIDE = ("brief", "poster")  # need a Chinese font on the machine
POINTS = "名称,经度,纬度\n示例点,111.6,31.1\n"


def commands() -> dict[str, Any]:
    """Name → command as the program has it; the program itself under ""."""
    group: Any = typer.main.get_command(app)
    return {"": group, **group.commands}


def options(command: Any) -> set[str]:
    return {o for p in command.params for o in (*p.opts, *p.secondary_opts) if o.startswith("-")}


ANSWERS = {  # what is typed: cemetery, in place of the one there, no such state, source, sample, copied, yes
    "-C 我的县 add 公墓.xlsx": "1\n1\n\n示例县民政局，2023年12月\n是\n1\n是\n",
    "-C 我的县 add 标志.xlsx": "1\n1\n1\n示例县民政局，2023年12月\n是\n1\n是\n",
    "add": "\n" * 9,
}


def table_rows() -> list[list[str]]:
    """The table of options: its cells, row by row."""
    part = README.split("| 选项 | 哪些命令 | 作用 |\n|---|---|---|\n")[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines()]


def said() -> list[str]:
    """Every command line of the README: in its plain blocks, and in the text between marks."""
    every = re.findall(r"^```([^\n]*)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    blocks = [block for language, block in every if not language]  # the set-up blocks are `sh`
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    fenced = [re.split(r"\s{2,}", line)[0] for line in lines if line.startswith("hbgeo ")]
    text = re.sub(r"^```.*?^```", "", README, flags=re.DOTALL | re.MULTILINE)
    return list(dict.fromkeys([*fenced, *re.findall(r"`(hbgeo [^`<]+)`", text)]))


def test_every_command_is_said() -> None:
    named = {word for line in said() for word in shlex.split(line) if word in COMMANDS}
    assert named == set(COMMANDS)


def test_every_option_is_said_and_no_other() -> None:
    shown = {o for row in table_rows() for o in re.findall(r"`(-[\w-]+)`", row[0])}
    shown |= {o for row in table_rows() for o in re.findall(r"`(--[\w-]+)", row[0])}
    have = set().union(*(options(command) for command in commands().values())) | {"-h", "--help"}
    assert shown == have


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_table_of_options_names_the_commands_that_have_one(name: str) -> None:
    asked = [
        "run",
        "stats",
        "doubts",
        "uncovered",
        "tasks",
        "why",
        "targets",
        "brief",
        "map",
        "poster",
        "access",
        "plan",
        "agenda",
        "publish",
    ]
    here = set()
    for cells in table_rows():
        who = cells[1].replace("算数字的命令¹", "、".join(asked))
        whose = set(re.findall(r"[a-z]+", who))
        if who.startswith("除"):
            whose = set(COMMANDS) - whose
        if cells[1] == "各命令":
            whose = set(COMMANDS)
        if name in whose:
            wanted = re.findall(r"`(--?[\w-]+)`", cells[0])
            here |= {"--crs"} if name == "import" and "--crs" in wanted else set(wanted)
    assert here - {"-h", "--help"} == options(commands()[name]) - {"-h", "--help"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the sample, with the files that the README's commands name."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "layers", folder / "layers")
    (folder / "maps").mkdir()
    shutil.copy(ROOT / "layers" / "cemetery.xlsx", folder / "台账.xlsx")
    shutil.copy(ROOT / "layers" / "cemetery.xlsx", folder / "公墓.xlsx")
    shutil.copy(ROOT / "layers" / "signs.xlsx", folder / "标志.xlsx")
    (folder / "报送").mkdir()
    shutil.copy(ROOT / "layers" / "cemetery.xlsx", folder / "报送" / "长阳县公墓.xlsx")
    (folder / "点.csv").write_text(POINTS, "utf-8")
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(one, marks=[pytest.mark.system] if one.split()[1] in OUTSIDE else [])
        for one in said()
    ],
)
def test_a_command_of_the_readme_runs(line: str, home: Path) -> None:
    words = shlex.split(line)[1:]
    if "我的县" in words and words[0] != "init" and not (home / "我的县").exists():
        (home / "我的县").mkdir()
        shutil.copytree(home / "layers", home / "我的县" / "layers")
    if words[0] == "init":
        shutil.rmtree(home / words[1], ignore_errors=True)
    if words[0] == "brief":
        words.append("--sample-ok")
    extra = {"TIANDITU_KEY": "0" * 32, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "hbgeo", *words]
    done = subprocess.run(
        command,
        cwd=home,
        env=os.environ | extra,
        input=ANSWERS.get(" ".join(words), ""),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    if "-o" in words:
        made = home / words[words.index("-o") + 1]
        assert list(made.iterdir()) if made.is_dir() else made.stat().st_size
