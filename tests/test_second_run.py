"""The second run: what it takes as it was made before is what a run that kept nothing makes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from golden_cases import make_workspace
from test_figures import CHANGES
from test_page_kept import MORE

import hbgeo
from hbgeo import checking, scenarios
from hbgeo.answers import Answers
from hbgeo.cli import running
from hbgeo.show.page import shell
from hbgeo.show.page.content import Content

ROOT = Path(__file__).parent.parent
POLICY = """
system = "other"
title = "示例"
[[indicator]]
id = "own-fact"
name = "示例指标"
measure = "flag"
units = "county"
layer = "facts"
where = { fact = ["事项甲"] }
"""
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_workspace(MORE, tmp_path / "world").root


def written(root: Path, where: Path) -> dict[str, bytes]:
    hbgeo.run(root).write(where)
    return {p.relative_to(where).as_posix(): p.read_bytes() for p in where.rglob("*.*") if p.is_file()}  # fmt: skip


def without_memory(root: Path, where: Path) -> dict[str, bytes]:
    other = where.parent / "other"
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(root / "layers", other / "layers")
    return written(other, where)


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_every_file_is_that_of_a_first_run(
    change: str, home: Path, tmp_path: Path
) -> None:
    written(home, tmp_path / "before")
    CHANGES[change][0](home)
    again = written(home, tmp_path / "again")
    assert again == without_memory(home, tmp_path / "anew")
    assert len(again) == 5


def test_two_changes_and_back(home: Path, tmp_path: Path) -> None:
    """What is kept of one state is not taken for another that has been there in between."""
    first = written(home, tmp_path / "0")
    ledger = home / "layers" / "cemetery.csv"
    was = ledger.read_bytes()
    CHANGES["a row of one ledger"][0](home)
    changed = written(home, tmp_path / "1")
    assert changed["coverage.csv"] != first["coverage.csv"]
    assert changed["index.html"] != first["index.html"]
    ledger.write_bytes(was)
    assert written(home, tmp_path / "2") == first


def test_who_could_serve_is_asked_again_only_of_figures_that_changed(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, really = dict[str, list[str]](), scenarios.who_could_serve

    def note(workspace: Any, key: str, some: Any, options: Any) -> Any:
        asked[key] = [one.id for one in some]
        return really(workspace, key, some, options)

    monkeypatch.setattr(scenarios, "who_could_serve", note)
    written(home, tmp_path / "0")
    every = dict(asked)
    assert sorted(every) == ["cemetery", "eldercare"]
    assert "cemetery-township" in every["cemetery"]
    asked.clear()
    written(home, tmp_path / "1")
    assert not asked
    CHANGES["a row of the other"][0](home)
    written(home, tmp_path / "2")
    assert asked == {"eldercare": every["eldercare"]}


def test_who_could_serve_is_not_asked_of_a_layers_other_figures(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that needs a list of townships besides is asked anew when that changes, the others are not."""
    listed = home / "layers" / "eligible-township.csv"
    listed.write_text("所在县,乡镇名称,是否有条件,文号\n远安县,示例甲镇,是,示例\n", "utf-8-sig")
    catalog = home / "layers" / "catalog.toml"
    entry = '[eligible-township]\nrole = "table"\nlevel = "township"\npath = "eligible-township.csv"\nsource = "示例"\n'
    catalog.write_text(f"{catalog.read_text('utf-8')}\n{entry}", "utf-8")
    written(home, tmp_path / "0")
    asked, really = list[str](), scenarios.who_could_serve

    def note(workspace: Any, key: str, some: Any, options: Any) -> Any:
        asked.extend(one.id for one in some)
        return really(workspace, key, some, options)

    monkeypatch.setattr(scenarios, "who_could_serve", note)
    listed.write_bytes(listed.read_bytes().replace("是".encode(), "否".encode()))
    again = written(home, tmp_path / "1")
    assert asked == ["elder-township"]
    assert again == without_memory(home, tmp_path / "anew")


def test_what_indicators_tell_of_rows_is_asked_again_only_of_the_ledger_that_changed(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, really = list[str](), checking.check_asked

    def note(workspace: Any, some: Any) -> Any:
        asked.append(some[0].layer)
        return really(workspace, some)

    monkeypatch.setattr(checking, "check_asked", note)
    written(home, tmp_path / "0")
    assert {"cemetery", "eldercare"} <= set(asked)
    assert len(asked) == len(set(asked))
    asked.clear()
    written(home, tmp_path / "1")
    assert not asked
    CHANGES["a row of the other"][0](home)
    written(home, tmp_path / "2")
    assert asked == ["eldercare"]


def test_another_policy_has_other_problems(home: Path) -> None:
    """A matter that no indicator asks for is told of; once one does, no more."""
    facts = "县（市、区）,事项,是否完成\n远安县,示例事项,是\n"
    (home / "layers" / "facts.csv").write_text(facts, "utf-8-sig")
    catalog = home / "layers" / "catalog.toml"
    entry = (
        '[facts]\nrole = "table"\nlevel = "county"\nschema = "county-facts"\npath = "facts.csv"\n'
        'source = "示例"\n'
    )
    catalog.write_text(f"{catalog.read_text('utf-8')}\n{entry}", "utf-8")
    own = home / "layers" / "policy" / "own.toml"
    own.parent.mkdir(exist_ok=True)

    def told(fact: str) -> list[str]:
        own.write_text(POLICY.replace("事项甲", fact), "utf-8")
        issues = hbgeo.Workspace.open(home).issues()
        return list(issues.loc[issues["rule"] == "W31", "value"])

    assert told("事项甲") == ["示例事项"]
    assert told("示例事项") == []
    assert told("事项甲") == ["示例事项"]


def test_the_second_page_is_drawn_without_folium(home: Path, tmp_path: Path) -> None:
    """And by a run of a small workspace in one process."""
    run(home)
    before = (home / "maps" / "index.html").read_bytes()
    CHANGES["a row of one ledger"][0](home)
    loaded = run(home, "-X", "importtime")
    names = {line.rpartition("|")[2].strip() for line in loaded.splitlines() if "|" in line}
    assert "pandas" in names
    assert not names & {"folium", "jinja2", "branca"}
    assert loaded.count("pandas._libs.lib\n") == 1  # of one process
    page = (home / "maps" / "index.html").read_bytes()
    assert page != before
    assert page == without_memory(home, tmp_path / "anew")["index.html"]


def run(home: Path, *python: str) -> str:
    done = subprocess.run(
        [sys.executable, *python, "-m", "hbgeo", "-C", str(home), "run"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=True,
    )
    return done.stderr


def content(**other: Any) -> Content:
    head = {"indicators": [], "layers": [], "names": None, "beyond": [], "plans": [], "doubts": None}  # fmt: skip
    told: dict[str, Any] = {"title": "示例", "centre": (30.0, 111.0), "head": head, "parts": {}}
    return Content(**told | other)


class Kept(dict[str, bytes]):
    def put(self, key: str, data: bytes) -> None:
        self[key] = data


def test_a_shell_is_that_of_its_title_place_and_script_and_holds_whatever_is_shown() -> None:
    from hbgeo.show.page.draw import as_map

    shells, head = Kept(), content().head
    others: list[dict[str, Any]] = [
        {}, {"parts": {"a": "x"}}, {"title": '<script type="text/plain" id="@"></script>'},
        {"title": "a\r\nb\0"}, {"centre": (31.0, 111.0)}, {"head": head | {"plans": [1]}},
        {"parts": {"\r\n<": "y"}},
    ]  # fmt: skip
    for other in [*others, *others]:
        made = content(**other)
        plain = str(as_map(made).get_root().render()).encode()
        assert shell.page_bytes(made) == plain
        assert shell.page_bytes(content(**other, shells=shells)) == plain
    assert len(shells) == 5


class _Found:
    def __init__(self, every: int, unseen: int) -> None:
        self.size, self._unseen = every, unseen

    def unseen(self, _: str) -> int:
        return self._unseen


@pytest.mark.parametrize(
    ("every", "unseen", "much"),
    [(7 << 20, 0, False), (7 << 20, 5000, False), (7 << 20, 2 << 20, True), (90 << 20, 0, True), (0, 0, True)],
)  # fmt: skip
def test_two_processes_are_for_much_that_is_new_or_large(
    every: int, unseen: int, *, much: bool
) -> None:
    assert running._is_much(_Found(every, unseen), "") is much  # type: ignore[arg-type]


def test_what_is_unseen_is_told_in_bytes_of_layers(home: Path) -> None:
    ledger = home / "layers" / "cemetery.csv"
    every = sum(p.stat().st_size for p in (home / "layers").iterdir())
    assert Answers.of(home).unseen("run") == Answers.of(home).size == every
    Answers.of(home).see("run")
    assert Answers.of(home).unseen("run") == 0
    assert Answers.of(home).unseen("another question") == every
    CHANGES["a row of one ledger"][0](home)
    assert Answers.of(home).unseen("run") == ledger.stat().st_size
    [entry] = (home / "maps" / ".cache").glob("seen-*")
    entry.write_bytes(b"")
    assert Answers.of(home).unseen("run") == every
