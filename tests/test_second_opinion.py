"""Every indicator, computed twice from raw files: by hbgeo, and by a slow and obvious second one."""

from __future__ import annotations

import ast
import datetime as dt
import sys
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path

import pytest
import second_capacity
import second_names
import second_opinion as second
import second_places
import second_reader
import second_world
from dirty_worlds import AS_OF, make_world
from second_opinion import Asked
from second_reader import CellError, day, number
from two_opinions import compare, differences, outside_bounds

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.doubt import places
from hbgeo.measure.figures import KnownFigures
from hbgeo.measure.options import Options
from hbgeo.workspace import Workspace

RULES = second.rules()
HOME = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def world() -> second_world.World:
    return second_world.read_world(HOME)


@pytest.fixture(scope="module")
def measured(sample: Workspace) -> dict[str, Assessment]:
    return {a.indicator.id: a for a in sample.assess()}


@pytest.mark.parametrize("one", RULES)
def test_both_say_the_same_of_the_sample(
    one: str, world: second_world.World, measured: dict[str, Assessment]
) -> None:
    again = second.answer(world, RULES[one], Asked(AS_OF))
    assert compare(measured[one], again) == []


@pytest.mark.parametrize("seed", range(25))
def test_both_say_the_same_of_dirty_workspaces(seed: int, tmp_path: Path) -> None:
    asked = make_world(seed, tmp_path)
    assert differences(tmp_path, [asked[0], asked[1 + seed % 3]]) == []


@pytest.mark.parametrize(
    ("most", "seeds", "least"), [(places.MOST, range(200, 208), 500), (0, range(208, 214), 300)]
)
def test_bounds_hold_the_second_figure_of_dirty_workspaces(
    most: int, seeds: range, least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they are, and where no place of a row of no known place is tried."""
    monkeypatch.setattr(places, "MOST", most)
    many = 0
    for seed in seeds:
        asked = make_world(seed, tmp_path / str(seed))
        said, held = outside_bounds(tmp_path / str(seed), asked[seed % 4])
        assert said == []
        many += held
    assert many > least


def test_bounds_found_again_hold_the_second_figure_after_a_ledger_changed(tmp_path: Path) -> None:
    """What is kept of the other ledgers' figures is held against a reading of all of them anew."""
    many = changed = 0
    for seed in range(300, 306):
        home = tmp_path / str(seed)
        asked = make_world(seed, home)[seed % 4]
        said, _ = outside_bounds(home, asked)
        assert said == []
        for ledger in sorted((home / "layers").glob("*/*.csv")):
            lines = ledger.read_bytes().splitlines(keepends=True)
            if len(lines) < 4 or not (home / "maps" / ".cache").exists():
                continue
            ledger.write_bytes(b"".join(lines[:-1]))
            said, held = outside_bounds(home, asked)
            assert said == [], ledger
            many, changed = many + held, changed + 1
    assert (many > 500, changed > 5) == (True, True)


def test_figures_kept_are_those_of_the_second_opinion_after_a_ledger_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a workspace that keeps its figures each ledger in turn loses a row; all are held against a second reading."""
    found, find = list[bool](), KnownFigures.find
    monkeypatch.setattr(
        KnownFigures,
        "find",
        lambda *given: found.append((kept := find(*given)) is not None) or kept,
    )
    changed = 0
    for seed in range(400, 404):
        home = tmp_path / str(seed)
        make_world(seed, home)
        own = Asked(Workspace.open(home).catalog.as_of)
        Workspace.open(home).measure(with_nearest=True)
        for ledger in sorted((home / "layers").glob("*/*.csv")):
            lines = ledger.read_bytes().splitlines(keepends=True)
            if len(lines) < 4:
                continue
            ledger.write_bytes(b"".join(lines[:-1]))
            Workspace.open(home).measure(with_nearest=True)
            found.clear()
            assert differences(home, [own]) == [], ledger
            assert found
            assert all(found)
            changed += 1
    assert changed > 5


NORMS = """
system = "other"
title = "示例"
[[indicator]]
id = "norm-township"
name = "每千名老人床位(乡镇)"
measure = "ratio"
per = 1000
units = "township"
unit = "张/千人"
layer = "eldercare"
numerator = "beds"
denominator = { layer = "population", column = "population_60" }
[[indicator]]
id = "norm-county"
name = "每万人床位(县)"
measure = "ratio"
per = 10000
units = "county"
layer = "eldercare"
numerator = "beds"
where = { kind = ["养老机构", "农村福利院"] }
denominator = { layer = "population", column = "population" }
[[indicator.variant]]
id = "towns"
name = "镇"
units = "township"
among = { kind = ["镇"] }
[[indicator]]
id = "norm-table"
name = "每万人社会组织"
measure = "ratio"
per = 10000
units = "county"
layer = "organisation"
numerator = "total"
where = { kind = ["社区社会组织"] }
year = { column = "year", is = "latest" }
denominator = { layer = "population", column = "population" }
"""


def test_both_say_the_same_of_norms_of_dirty_workspaces(tmp_path: Path) -> None:
    figures = set()
    for seed in range(100, 106):
        folder = tmp_path / str(seed)
        asked = make_world(seed, folder)
        (folder / "layers" / "policy").mkdir(exist_ok=True)
        (folder / "layers" / "policy" / "norms.toml").write_text(NORMS, "utf-8")
        rules, workspace = second.rules(folder), Workspace.open(folder)
        world = second_world.read_world(folder)
        norms = [one for one, rule in rules.items() if isinstance(rule.get("denominator"), dict)]
        for one in (asked[0], asked[1 + seed % 3]):
            for a in workspace.assess(norms, options=Options(**asdict(one))):
                again = second.answer(world, rules[a.indicator.id], one)
                assert compare(a, again, ("county", "prefecture")[seed % 2]) == [], a.indicator.id
                figures |= {a.indicator.id} if a.figure else set()
    assert figures >= {"norm-township", "norm-table"}  # what is never a figure is never compared


def test_dirty_workspaces_are_dirty_and_still_give_figures(tmp_path: Path) -> None:
    wrong: set[str] = set()
    for seed in range(6):
        folder = tmp_path / str(seed)
        make_world(seed, folder)
        workspace = Workspace.open(folder)
        found = workspace.assess()
        assert sum(a.coverage is not None for a in found) > 30
        assert sum(bool(a.figure) for a in found) > 5
        wrong |= set(workspace.issues()["rule"])
    assert wrong >= {"E04", "E05", "E06", "E07", "E11", "E13", "E14", "E18", "W01", "W06", "W19"}


def test_a_seed_is_a_workspace(tmp_path: Path) -> None:
    one, again, other = (tmp_path / n for n in "abc")
    assert make_world(3, one) == make_world(3, again)
    make_world(4, other)

    def texts(folder: Path) -> list[bytes]:
        return [f.read_bytes() for f in sorted(folder.rglob("*.csv"))]

    assert texts(one) == texts(again) != texts(other)


def test_the_second_opinion_shares_nothing_with_the_package() -> None:
    for module in (
        second, second_capacity, second_places, second_reader, second_names, second_world,
    ):  # fmt: skip
        tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
        named = {
            name.split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [a.name for a in node.names]
            )
        }
        own = {
            "second_capacity",
            "second_reader",
            "second_world",
            "second_names",
            "second_places",
            "shapely",
            "pyproj",
            "openpyxl",
            "__future__",
        }
        assert named <= own | sys.stdlib_module_names


def test_the_second_opinion_can_disagree(
    world: second_world.World, measured: dict[str, Assessment]
) -> None:
    rule = dict(RULES["cemetery-county"], among={"kind": ["县"]})
    again = second.answer(world, rule, Asked(AS_OF))
    assert again is not None
    whole = again.figure()
    assert isinstance(whole, tuple)
    assert whole[1] == Fraction(35)
    assert {d.split(":")[0] for d in compare(measured["cemetery-county"], again)} >= {
        "figure",
        "uncovered",
    }
    same = second.answer(world, RULES["cemetery-county"], Asked(AS_OF))
    assert same is not None
    assert compare(measured["cemetery-county"], replace(same, aside=same.aside + 1)) == [
        "aside: 45 and 46"
    ]


# ------------------------------------------------------------------ the second one's own reading, by hand


@pytest.mark.parametrize(
    ("text", "bound", "right"),
    [
        ("2021.6.5", "end", dt.date(2021, 6, 5)), ("2021年6月", "end", dt.date(2021, 6, 30)),
        ("2021年6月", "start", dt.date(2021, 6, 1)), ("2021", "end", dt.date(2021, 12, 31)),
        ("20210605", "end", dt.date(2021, 6, 5)), ("44348", "end", dt.date(2021, 6, 1)),
        ("2021 年 6 月 5 日", "end", dt.date(2021, 6, 5)), ("", "end", None),
    ],
)  # fmt: skip
def test_a_day(text: str, bound: str, right: dt.date | None) -> None:
    assert day(text, bound) == right


@pytest.mark.parametrize("text", ["2021.13", "2021-02-30", "十三五期间", "2021065"])
def test_no_day(text: str) -> None:
    with pytest.raises(CellError):
        day(text, "end")


def test_a_number_is_its_digits() -> None:
    assert number("1,002.3") == Fraction(10023, 10)
    assert number("0.1") == Fraction(1, 10)
    assert number("—") is None
    for text in ("约200", "1,00", "12人"):
        with pytest.raises(CellError):
            number(text)


def test_metres_by_hand() -> None:
    """A hundredth of a degree of longitude at 30°N is 964.86 m on GRS80, of latitude 1108.5 m."""
    square = second_world.shapely.box(110.0, 29.0, 111.0, 31.0)
    assert second_world._metres((111.01, 30.0), square) == pytest.approx(964.86, abs=0.05)
    assert second_world._metres((110.5, 31.01), square) == pytest.approx(1108.6, abs=0.3)
