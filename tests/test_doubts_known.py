"""What is in doubt, kept from one run to the next: never another than would be found anew."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import doubtful_tables as tables
import pandas as pd
import pytest
from doubtful_ledgers import INDICATORS, make_world, write_world
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.chain import Chain
from hbgeo.measure.counting import Case
from hbgeo.measure.doubt import found as finding
from hbgeo.measure.doubt import known as known_module
from hbgeo.measure.doubt.known import Known, known_doubts, layers_named
from hbgeo.measure.doubt.packed import BESIDE, pack_firmness, unpack_firmness
from hbgeo.measure.doubt.question import Fewest, Span
from hbgeo.measure.doubt.result import DOUBT_COLUMNS, Doubts, Firmness
from hbgeo.measure.doubt.standing import Standing
from hbgeo.measure.places import LAYERS
from hbgeo.read.keys import GAZETTEER, POPULATION
from hbgeo.store.folder import StoreFolder
from hbgeo.workspace import Workspace

NUMBERS = st.fractions() | st.integers().map(lambda n: n * 10**20) | st.none()
SPANS = st.builds(Span, NUMBERS, NUMBERS, st.booleans())
SOME = st.lists(st.integers(0, 99), max_size=3).map(tuple)
FEWEST = st.none() | st.builds(Fewest, SOME, SOME, st.none() | st.integers(0, 9), st.integers(0, 9))


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The indicators of which something was found anew, in order."""
    made, find = list[str](), finding._firmness

    def note(a: Assessment, case: Case | Chain, standing: Standing) -> Firmness:
        made.append(a.indicator.id)
        return find(a, case, standing)

    monkeypatch.setattr(finding, "_firmness", note)
    return made


def same(one: Doubts, other: Doubts) -> None:
    assert_frame_equal(one.rows, other.rows, check_exact=True)
    assert one.of.keys() == other.of.keys()
    for indicator, firmness in one.of.items():
        same_firmness(firmness, other.of[indicator])


def same_firmness(one: Firmness, other: Firmness) -> None:
    assert plain(one) == plain(other)
    assert_frame_equal(one.units, other.units, check_exact=True)
    assert_frame_equal(one.rows, other.rows, check_exact=True)


def plain(one: Firmness) -> dict[str, Any]:
    few = [None if f is None else (*f.choosers, "", *f.options, f.rows, f.at_least) for f in (one.turning, one.settling)]  # fmt: skip
    parts = {level: dict(of) for level, of in one.parts.items()}
    return vars(one) | {
        "units": 0,
        "rows": 0,
        "turning": few[0],
        "settling": few[1],
        "parts": parts,
    }


def without_memory(folder: Path, tmp_path: Path, *asked: str) -> Doubts:
    """What is in doubt where nothing was found before."""
    other = tmp_path / "other"
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(folder / "layers", other / "layers")
    return Workspace.open(other).doubts(asked)


def written(facts: Sequence[Any], chain: Sequence[Any], folder: Path) -> None:
    shutil.rmtree(folder / "layers", ignore_errors=True)
    tables.write_tables(facts, chain, folder)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_found_again_is_what_would_be_found_anew(
    seed: int, tmp_path: Path, anew: list[str]
) -> None:
    """After each change of a ledger, and of both; and of nothing."""
    home, asked = tmp_path / "w", ("county-central-care", "three-level-network")
    facts, chain = tables.make_facts(seed), tables.make_chain(seed)
    others = tables.make_facts(seed + 500), tables.make_chain(seed + 500)
    steps = [
        (facts, chain, asked), (facts, chain, ()), (others[0], chain, asked[:1]),
        (others[0], others[1], asked[1:]), (facts, chain, asked),
    ]  # fmt: skip
    for some, steady, found_anew in steps:
        written(some, steady, home)
        anew.clear()
        doubts = Workspace.open(home).doubts(asked)
        assert (doubts.of.keys(), anew) == (set(asked), [*found_anew])
        same(doubts, without_memory(home, tmp_path, *asked))


@pytest.mark.parametrize("seed", range(8))
def test_a_ledger_of_every_kind_of_doubt_is_found_again(
    seed: int, tmp_path: Path, anew: list[str]
) -> None:
    home = tmp_path / "w"
    write_world(make_world(seed), home)
    first = Workspace.open(home).doubts(INDICATORS)
    anew.clear()
    again = Workspace.open(home).doubts(INDICATORS)
    assert not anew
    same(again, first)
    shutil.rmtree(home / "layers")
    write_world(make_world(seed + 300), home)
    same(Workspace.open(home).doubts(INDICATORS), without_memory(home, tmp_path, *INDICATORS))


def test_every_layer_that_is_looked_at_is_named(
    sample: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a change of it would be missed."""
    known = {k for k, la in sample.catalog.layers.items() if la.role not in {"facilities", "table"}}
    known |= {POPULATION, GAZETTEER, *LAYERS.values()}
    asked, find = set[str](), Workspace.find_layer

    def note(self: Workspace, key: str) -> Any:
        asked.add(key)
        return find(self, key)

    monkeypatch.setattr(Workspace, "find_layer", note)
    monkeypatch.setattr(Known, "find", lambda *_: None)
    for one in sample.choose():
        asked.clear()
        sample.doubts([one.id])
        assert asked <= known | set(layers_named(one)), one.id


def test_what_was_kept_and_is_no_more_what_it_was_is_found_anew(
    tmp_path: Path, anew: list[str]
) -> None:
    write_world(make_world(1), tmp_path)
    workspace = Workspace.open(tmp_path)
    first = workspace.doubts(INDICATORS)
    [entry] = (tmp_path / "maps" / ".cache").glob("*.doubts")
    whole = entry.read_bytes()
    entry.write_bytes(whole[:-9] + b"x" + whole[-8:])
    anew.clear()
    same(workspace.doubts(INDICATORS), first)
    assert set(anew) == {*first.of}


@pytest.mark.parametrize(
    "kept", [[], 3, {"of": 3}, {"of": [1]}, {"of": {"x": 1}, "told": {"y": []}}]
)
def test_an_entry_of_another_form_is_none(kept: Any, tmp_path: Path, anew: list[str]) -> None:
    write_world(make_world(1), tmp_path)
    workspace = Workspace.open(tmp_path)
    measured, asked = workspace.measure(INDICATORS), workspace.options()
    first = workspace.doubts(measured=measured)
    store = StoreFolder(workspace.store, "doubts")
    known = known_doubts(workspace.layers, store, measured, asked)
    store.put(known._question, json.dumps(kept).encode(), known._question)
    anew.clear()
    same(workspace.doubts(measured=measured), first)
    assert set(anew) == {*first.of}


def test_another_reading_of_another_indicator_is_another_question(
    tmp_path: Path, anew: list[str]
) -> None:
    """Which rows of a layer are in doubt is asked by all that is measured on it, and by the target."""
    write_world(make_world(1), tmp_path)
    workspace = Workspace.open(tmp_path)
    measured, options = workspace.measure(INDICATORS), workspace.options()
    few = replace(measured, assessments=measured.assessments[:1])
    one, other = measured.assessments[0], measured.assessments[1].indicator.id
    assert one.indicator.id in workspace.doubts(measured=few).of
    store = StoreFolder(workspace.store, "doubts")
    known = lambda of: known_doubts(workspace.layers, store, of, options)  # noqa: E731
    assert known(few).find(one) is not None
    case = measured.cases[other]
    read = replace(case, one=replace(case.one, status=("在建",)))
    assert known(replace(few, cases={**few.cases, other: read})).find(one) is None
    goals = tuple(replace(target, pct=Decimal(1)) for target in one.indicator.targets)
    assert known(few).find(replace(one, indicator=replace(one.indicator, targets=goals))) is None
    assert known(few).find(replace(one, whole=False)) is None
    anew.clear()
    workspace.doubts(measured=few)
    assert not anew


FIRMNESS = st.builds(
    Firmness, st.just("x"), SPANS, st.none() | st.booleans(),
    st.dictionaries(st.just("county"), st.dictionaries(st.text(max_size=3), SPANS, max_size=3)),
    st.lists(st.floats(allow_nan=False), max_size=3).map(
        lambda ends: pd.DataFrame(
            {"low": ends, "high": ends}, dtype=float,
            index=pd.Index([f"42{n}" for n in range(len(ends))], dtype="str", name="code"),
        )
    ),
    st.builds(lambda: pd.DataFrame(columns=[*DOUBT_COLUMNS, *BESIDE], index=pd.RangeIndex(0))),
    FEWEST, FEWEST, st.lists(st.text(max_size=4), max_size=2).map(tuple), st.integers(0, 9),
    st.none() | SPANS,
)  # fmt: skip


@given(FIRMNESS)
def test_a_firmness_comes_back_as_it_was(made: Firmness) -> None:
    kept = json.loads(json.dumps(pack_firmness(made)))
    same_firmness(unpack_firmness("x", kept), made)


def test_of_more_rows_than_are_kept_nothing_is_kept_and_all_is_found_anew(
    tmp_path: Path, anew: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_world(make_world(1), tmp_path)
    monkeypatch.setattr(known_module, "_MOST_ROWS", 0)
    first = Workspace.open(tmp_path).doubts()
    assert len(first.rows)
    count = len(anew)
    same(Workspace.open(tmp_path).doubts(), first)
    assert len(anew) == 2 * count > 0
