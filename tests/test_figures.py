"""Figures kept from one run to the next: the very ones that would be measured, and none that rests on what changed."""

from __future__ import annotations

import pickle
import shutil
import struct
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from golden_cases import Case, make_workspace
from pandas.testing import assert_frame_equal
from test_golden import LOOKED_AT
from test_page_kept import MORE

from hbgeo.errors import HbgeoError
from hbgeo.measure import assess, figures
from hbgeo.measure.assess import measure
from hbgeo.measure.assessment import Measured
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.figures import KnownFigures
from hbgeo.measure.lazily import Lazily
from hbgeo.measure.prints import EVERY, Prints
from hbgeo.read.indicator import Indicator
from hbgeo.store.folder import StoreFolder
from hbgeo.workspace import Workspace


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_workspace(MORE, tmp_path / "world").root


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The indicators that were measured anew, in order."""
    made, really = list[str](), assess._measure_one

    def note(one: Indicator, *given: Any, **how: Any) -> None:
        made.append(one.id)
        really(one, *given, **how)

    monkeypatch.setattr(assess, "_measure_one", note)
    return made


def measured(root: Path) -> Measured:
    return Workspace.open(root).measure(with_nearest=True)


def without_memory(root: Path) -> Measured:
    """What is measured where nothing was before."""
    workspace = Workspace.open(root)
    every = workspace.policy.values()
    return measure(every, workspace, workspace.options(), with_nearest=True)


def same(one: Measured, other: Measured) -> None:
    """Both say the very same of every indicator, to the last bit and in the same order."""
    assert [a.indicator.id for a in one.assessments] == [a.indicator.id for a in other.assessments]
    for a, b in zip(one.assessments, other.assessments, strict=True):
        assert replace(a, coverage=None) == replace(b, coverage=None)
        assert (a.figure, a.status, a.short, a.met) == (b.figure, b.status, b.short, b.met)
        assert a.basis_lines == b.basis_lines
        same_coverage(a.coverage, b.coverage)
    for table in ("qualified", "nearest", "waiting"):
        mine, its = getattr(one, table), getattr(other, table)
        assert list(mine) == list(its), table
        for name in mine:
            assert_frame_equal(mine[name], its[name], check_exact=True)
    assert one.beyond == other.beyond
    assert list(one.cases) == list(other.cases)
    assert list(one.serving) == list(other.serving)
    for a in one.assessments:
        if a.coverage is not None and "x" in one.qualified[a.indicator.id]:
            pairs = (m.reach(a.indicator.id, a.coverage.units.index) for m in (one, other))
            for mine, its in zip(*pairs, strict=True):
                np.testing.assert_array_equal(mine, its)


def same_coverage(one: Coverage | None, other: Coverage | None) -> None:
    assert (one is None) == (other is None)
    if one is None or other is None:
        return
    for name in ("units", "parents", "apart"):
        assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)
    plain = {f.name for f in fields(Coverage)} - {"units", "parents", "apart", "serving"}
    for name in plain:
        assert getattr(one, name) == getattr(other, name), name
    assert type(one.basis.filters) is tuple


def test_every_figure_of_the_policy_comes_back_as_it_was_measured(
    sample: Workspace, anew: list[str]
) -> None:
    sample.measure(with_nearest=True)  # kept now, if it was not before
    anew.clear()
    again = Workspace.open(sample.root).measure(with_nearest=True)
    assert not anew
    every = measure(
        sample.policy.values(),
        sample,
        sample.options(),
        with_nearest=True,
        placements=sample.placements,
    )
    same(again, every)
    assert {a.indicator.measure for a in again.assessments if a.coverage} >= {
        "presence", "flag", "chain", "count", "sum", "ratio"
    }  # fmt: skip


SOME = LOOKED_AT[::4]  # each takes all indicators; the figures of all are in `test_golden`


@pytest.mark.parametrize("case", SOME, ids=[f"{c.file}: {c.name}" for c in SOME])
def test_golden_cases_come_back_as_it_was_measured(
    case: Case, tmp_path: Path, anew: list[str]
) -> None:
    try:
        root = make_workspace(case.text, tmp_path).root
        measured(root)
    except HbgeoError:
        return  # what cannot be measured keeps nothing
    anew.clear()
    again = measured(root)
    assert not anew
    same(again, without_memory(root))


def test_what_was_not_kept_is_measured_when_it_is_asked_for(home: Path, anew: list[str]) -> None:
    first = measured(home)
    anew.clear()
    again = measured(home)
    assert not anew
    table = again.serving["cemetery-township"].table
    assert_frame_equal(table, first.serving["cemetery-township"].table)
    assert len(table)
    assert again.cases["cemetery-township"].one == first.cases["cemetery-township"].one
    assert anew == ["cemetery-township"]  # once for both


def test_figures_of_so_many_facilities_are_counted_again(
    home: Path, anew: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("hbgeo.measure.figures", "hbgeo.measure.assess"):
        monkeypatch.setattr(f"{module}.MOST", 0)
    first = measured(home)
    anew.clear()
    again = measured(home)
    assert not anew
    assert "cemetery-township" not in again.known
    same(again, first)
    assert "cemetery-township" in anew


CHANGES: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "a row of one ledger": (
        lambda root: edit(root, "cemetery", "2019-05-01", "2024-05-01"),
        {"cemetery"},
    ),
    "a row of the other": (
        lambda root: edit(root, "eldercare", "2020-05-01", "2024-05-01"),
        {"eldercare"},
    ),
    "the date": (lambda root: edit(root, "catalog", "2023-12-31", "2023-12-30"), {"*"}),
    "a unit": (lambda root: rename(root, "示例乙镇", "示例丙镇"), {"*"}),
    "what the catalogue says of one": (
        lambda root: edit(root, "catalog", "[cemetery]", "[cemetery]\nsample = true"),
        {"cemetery"},
    ),
    "nothing": (lambda _: None, set()),
}  # fmt: skip


def edit(root: Path, key: str, old: str, new: str) -> None:
    path = next((root / "layers").glob(f"{key}.*"))
    raw = path.read_bytes()
    enc = "utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8"
    text = raw.decode(enc)
    assert old in text, path
    path.write_bytes(text.replace(old, new, 1).encode(enc))


def rename(root: Path, old: str, new: str) -> None:
    path = root / "layers" / "township.parquet"
    units = gpd.read_parquet(path)
    assert (units == old).any(axis=None)
    units.replace(old, new).to_parquet(path)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_measures_what_rests_on_it_and_nothing_else(
    change: str, home: Path, anew: list[str]
) -> None:
    make, layers = CHANGES[change]
    measured(home)
    make(home)
    anew.clear()
    again = measured(home)
    policy = Workspace.open(home).policy
    rest = {one for one, what in policy.items() if names(what) & layers or "*" in layers}
    assert set(anew) == rest
    same(again, without_memory(home))


def names(one: Indicator) -> set[str]:
    return {one.layer, one.beside, *one.needs, *(link.layer for link in one.links)}


def test_other_options_are_measured_anew_and_kept_by_nobody(home: Path, anew: list[str]) -> None:
    measured(home)
    workspace = Workspace.open(home)
    own = workspace.options()
    for asked in (
        replace(own, as_of=date(2019, 1, 1)),
        replace(own, undated="exclude"),
        replace(own, status=("在建",)),
        replace(own, within="420525"),
    ):
        anew.clear()
        workspace.measure(options=asked, with_nearest=True)
        assert set(anew) == set(workspace.policy)
    anew.clear()
    workspace.measure(with_nearest=True)
    assert not anew  # those of its own were left as they were


def test_who_asks_for_figures_alone_gets_no_more(home: Path, anew: list[str]) -> None:
    measured(home)
    anew.clear()
    plain = Workspace.open(home).measure()
    assert not anew
    assert not plain.nearest
    assert not plain.waiting
    assert not plain.prints


def test_figures_alone_are_not_kept(home: Path, anew: list[str]) -> None:
    """Nobody measured what is nearest: who asks for that would not find it."""
    Workspace.open(home).measure()
    anew.clear()
    measured(home)
    assert set(anew) == set(Workspace.open(home).policy)


@pytest.mark.parametrize("harm", [lambda c: c[:-3], lambda c: c[:-1] + bytes([c[-1] ^ 1]), lambda _: b""])  # fmt: skip
def test_a_damaged_entry_is_as_if_it_were_not_there(
    harm: Callable[[bytes], bytes], home: Path, anew: list[str]
) -> None:
    measured(home)
    for entry in (home / "maps" / ".cache").glob("*.figure"):
        entry.write_bytes(harm(entry.read_bytes()))
    anew.clear()
    same(measured(home), without_memory(home))
    assert set(anew) == set(Workspace.open(home).policy)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xff\xff\xff", *(struct.pack("<I", len(head)) + head for head in (
        b"{}", b"[]", b"3", b"{", b'{"missing": 1, "beyond": null, "parts": {}, "method": "x"}',
        b'{"missing": [], "beyond": null, "parts": {"units": [0, 9]}, "method": "presence", "own": 3}',
    ))],
)  # fmt: skip
def test_an_entry_of_another_form_is_none(content: bytes, home: Path) -> None:
    workspace = Workspace.open(home)
    prints = Prints(workspace.layers, workspace.options())
    store = StoreFolder(workspace.store, "figure", most=None)
    one = workspace.policy["cemetery-township"]
    store.put(figures._key(one), content, prints.of_figure(one))
    assert KnownFigures(store, prints).find(one, workspace.placements) is None


def test_a_file_that_changed_while_it_was_measured_keeps_nothing(
    home: Path, anew: list[str]
) -> None:
    workspace = Workspace.open(home)
    workspace.issues()  # read, and fingerprinted
    edit(home, "cemetery", "2019-05-01", "2024-05-01")
    workspace.measure(with_nearest=True)
    anew.clear()
    same(measured(home), without_memory(home))
    assert "cemetery-township" in anew


def test_prints_are_there_for_every_indicator_and_for_what_all_rest_on(home: Path) -> None:
    made = measured(home)
    assert made.prints.keys() == {*Workspace.open(home).policy, EVERY}
    assert all(made.prints.values())
    shutil.rmtree(home / "maps")
    assert measured(home).prints == made.prints


def test_what_is_found_later_is_found_once_and_known_to_be_there_before() -> None:
    asked = list[str]()

    def find(name: str) -> Callable[[], int]:
        return lambda: asked.append(name) or len(name)  # type: ignore[func-returns-value]

    lazily: Lazily[int] = Lazily()
    lazily["a"] = 7
    lazily.later("bb", find("bb"))
    lazily.later("ccc", find("ccc"))
    assert (list(lazily), len(lazily), "bb" in lazily, "d" in lazily) == (["a", "bb", "ccc"], 3, True, False)  # fmt: skip
    assert not asked
    assert (lazily["bb"], lazily.get("bb"), lazily.get("d")) == (2, 2, None)
    assert asked == ["bb"]
    assert pickle.loads(pickle.dumps(lazily)) == {"a": 7, "bb": 2, "ccc": 3}  # noqa: S301 - our own
    del lazily["ccc"]
    lazily["bb"] = 9
    assert dict(lazily) == {"a": 7, "bb": 9}
    with pytest.raises(KeyError):
        lazily["ccc"]
