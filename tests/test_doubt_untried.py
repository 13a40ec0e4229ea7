"""Rows that may stand in too many units to try each: what is said encloses every combination all the same."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import doubtful_tables as tables
import numpy as np
import pytest
from doubtful_ledgers import INDICATORS, covered, figure, is_met, make_world, write_world
from golden_cases import make_workspace

from hbgeo.measure.doubt import places
from hbgeo.measure.doubt.result import Firmness
from hbgeo.workspace import Workspace


def encloses(found: Firmness, values: list[Fraction]) -> bool:
    """Whether a span holds all values, or says that nothing bounds it from above."""
    low, high = found.span.low, found.span.high
    assert low is not None
    return low <= min(values) and (high is None or max(values) <= high)


@pytest.mark.parametrize("most", [0, 3])
@pytest.mark.parametrize("seed", range(24))
def test_bounds_enclose_all_combinations(
    seed: int, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MOST", most)
    world = make_world(seed)
    write_world(world, tmp_path)
    doubts = Workspace.open(tmp_path).doubts(INDICATORS).of
    tried = [some for some, _ in world.combinations()]
    for indicator in INDICATORS:
        values = [v for some in tried if (v := figure(some, indicator)) is not None]
        if not values or indicator not in doubts:
            continue
        found = doubts[indicator]
        if indicator == "case-ratio" and found.unbounded:
            assert found.firm is None
            continue
        assert encloses(found, values), indicator
        met = {is_met(world, value, indicator) for value in values}
        assert found.firm is None or found.firm is (len(met) == 1), indicator
        if not indicator.startswith("case-"):
            sets = [covered(some, indicator) for some in tried]
            wanted = set.union(*sets) - set.intersection(*sets)
            assert wanted <= set(found.units.index), indicator


@pytest.mark.parametrize("seed", range(40))
def test_facts_and_chains_enclose_all_combinations(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MOST", seed % 4)
    facts, chain = tables.make_facts(seed), tables.make_chain(seed)
    tables.write_tables(facts, chain, tmp_path)
    found = Workspace.open(tmp_path).doubts(["county-central-care", "three-level-network"]).of
    tried = [tables.central_care(some) for some in tables.combinations(facts)]
    villages = [Fraction(len(tables.network(some))) for some in tables.combinations(chain)]
    care, chained = found["county-central-care"], found["three-level-network"]
    met = {c >= total for c, total in tried if total}
    assert care.firm is None if care.unbounded else care.firm is (len(met) == 1)
    for one, values in ((care, [Fraction(c) for c, _ in tried]), (chained, villages)):
        assert encloses(one, values) or one.unbounded


def test_the_worlds_have_rows_that_are_not_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the laws above would hold of nothing."""
    monkeypatch.setattr(places, "MOST", 0)
    said = dict.fromkeys(INDICATORS, 0)
    for seed in range(24):
        write_world(make_world(seed), tmp_path / str(seed))
        for one, found in Workspace.open(tmp_path / str(seed)).doubts(INDICATORS).of.items():
            said[one] += any("没有逐一比较" in line for line in found.unbounded)
    assert min(said.values()) > 2


HAND = {
    "county": [
        {"code": "420528", "name": "长阳土家族自治县"},
        {"code": "420525", "name": "远安县"},
    ],
    "township": [
        {"code": f"42052{county}10{n}", "name": f"示例{county}{n}镇", "county": f"42052{county}"}
        for county, many in ((8, 4), (5, 2))
        for n in range(1, many + 1)
    ],
    "cemetery": (
        "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇\n"
        "G1 | 公墓G1(示例) | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 长阳县 | 示例81镇\n"
        "G2 | 公墓G2(示例) | 公墓 | 公益性 | 乡镇级 | 运营 |  | 长阳县 | 示例82镇\n"
        "N1 | 公墓N1(示例) | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 某县 | 某镇\n"
        "N2 | 公墓N2(示例) | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 某县 | 某镇\n"
        "N3 | 公墓N3(示例) | 公墓 | 经营性 | 乡镇级 | 运营 | 2020-05-01 | 某县 | 某镇\n"
    ),
}


def test_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six townships, one covered and one perhaps; two rows of no known place cover two more at the most.

    The third could not count anywhere. Of the county of two townships both may be covered, and no more.
    """
    monkeypatch.setattr(places, "MOST", 17)  # three rows, six places each
    home = make_workspace(HAND, tmp_path / "few")
    found = home.doubts(["cemetery-township"]).of["cemetery-township"]
    assert (found.span.low, found.span.high, found.span.exact) == (1, 4, False)
    spans = {code: (span.low, span.high) for code, span in found.parts["county"].items()}
    assert spans == {"420528": (1, 4), "420525": (0, 2)}
    assert len(found.units) == 5
    assert found.unbounded == ("2 行可能所在的单元太多，没有逐一比较，最高按全部计入估计",)
    assert set(found.rows["id"]) == {"G2"}
    told = home.doubts(["cemetery-township"]).rows
    assert {"N1", "N2", "N3"} <= set(told["id"])
    monkeypatch.setattr(places, "MOST", 18)
    again = make_workspace(HAND, tmp_path / "all")
    tried = again.doubts(["cemetery-township"]).of["cemetery-township"]
    assert (tried.span.low, tried.span.high, tried.span.exact) == (1, 4, True)


def test_no_more_than_all_are_covered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MOST", 0)
    more = "N1 | 公墓N1(示例) | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 某县 | 某镇\n"
    rows = HAND["cemetery"] + "".join(more.replace("N1", f"M{n}") for n in range(9))
    found = make_workspace(HAND | {"cemetery": rows}, tmp_path).doubts(["cemetery-township"])
    one = found.of["cemetery-township"]
    assert (one.span.low, one.span.high, one.firm) == (1, 6, None)
    spans = {code: (span.low, span.high) for code, span in one.parts["county"].items()}
    assert spans == {"420528": (1, 4), "420525": (0, 2)}


VILLAGES = {
    "county": [{"code": "420525", "name": "远安县"}],
    "township": [{"code": "420525101", "name": "示例甲镇", "county": "420525"}],
    "village": "村代码 | 村名 | 类别 | 所在县 | 所属乡镇\n"
    + "".join(f"42052510120{n} | 东{n}村 | 行政村 | 远安县 | 示例甲镇\n" for n in range(1, 6)),
    "sign": "编号 | 名称 | 类别 | 所在县 | 所在乡镇 | 所在村 | 设置时间 | 状态\n"
    + "".join(
        f"B{n} | {village}(示例) | 村牌 | 远安县 | 示例甲镇 | {village} | 2020-05-01 | 完好\n"
        for n, village in enumerate(["东1村", "无此一村", "无此二村"])
    ),
}


@pytest.mark.parametrize(("most", "said"), [(10, 0), (9, 1)])
def test_villages_that_their_township_does_not_have(
    most: int, said: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One village has its sign; two signs of villages unheard of are those of two of the other four."""
    monkeypatch.setattr(places, "MOST", most)  # two rows, five places each
    found = make_workspace(VILLAGES, tmp_path).doubts(["sign-village"]).of["sign-village"]
    assert (found.span.low, found.span.high, found.span.exact) == (1, 3, not said)
    assert (len(found.units), len(found.unbounded)) == (4, said)


def test_rows_of_few_places_are_tried_first() -> None:
    sizes = np.array([5, 1, 5, 2])
    limits = [("1", 1), ("1 2", 3), ("1 2", 12), ("1 2 5 5", 13)]
    for said, most in limits:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(places, "MOST", most)
            tried = sorted(sizes[places.few_enough(sizes)].tolist())
            assert " ".join(map(str, tried)) == said
