"""Indicators measured on the layers they name: what is missing, and what stands beside a figure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from golden_cases import make_workspace

from hbgeo.measure.assess import _pick, restrict
from hbgeo.measure.assessment import Measured
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.pairs import Pairs, Serving, via_bits

TWO = [{"code": "420525", "name": "远安县"}, {"code": "420526", "name": "兴山县"}]
HEAD = (
    'system = "other"\ntitle = "示例"\n[[indicator]]\nid = "a"\nname = "示例"\nunits = "county"\n'
)
FACTS = (
    HEAD
    + """
measure = "flag"
layer = "county-facts"
where = { fact = ["农村福利院县级直管"] }
listed = { fact = ["设有农村福利院"] }
"""
)
HOMES = HEAD + 'measure = "presence"\nlayer = "facility"\n'


def measured(folder: Path, policy: str, **layers: object) -> Measured:
    workspace = make_workspace({**layers, "policy": policy}, folder)
    return workspace.measure(["a"], with_nearest=True)


def test_a_unit_that_is_listed_later_is_told_where_the_table_says_yes_of_it(tmp_path: Path) -> None:
    table = """
所在县 | 事项 | 是否完成 | 完成时间
远安县 | 农村福利院县级直管 | 是 | 2021-05-01
兴山县 | 农村福利院县级直管 | 是 | 2021-05-01
远安县 | 设有农村福利院 | 是 | 2021-01-01
"""
    found = measured(tmp_path, FACTS, county=TWO, **{"county-facts": table})
    [one] = found.assessments
    assert one.coverage is not None
    assert one.coverage.units["covered"].to_dict() == {"420525": 1.0}
    assert found.beyond == {"a": ("420526",)}


def test_every_unit_has_its_nearest_facility_from_its_seat(tmp_path: Path) -> None:
    """Counties of one degree side by side from 110°E 30°N: their seats are their middles."""
    table = """
编号 | 名称 | 状态 | 启用时间 | 所在县 | 经度 | 纬度
G1 | 甲 | 运营 | 2020-05-01 | 远安县 | 110.5 | 30.5
"""
    found = measured(tmp_path, HOMES, county=TWO, facility=table).nearest["a"]
    assert found["nearest_name"].to_dict() == {"420525": "甲", "420526": "甲"}
    # a degree of longitude at 30.5°N on the ellipsoid, to ten metres
    assert found["nearest_km"].round(2).to_dict() == {"420525": 0.0, "420526": 96.0}


def test_what_is_not_there_is_said_and_nothing_is_guessed(tmp_path: Path) -> None:
    [one] = measured(tmp_path, HOMES, township=[]).assessments
    assert (one.coverage, one.missing) == (None, ("县（市、区）图层（county）", "设施（facility）"))


def test_what_is_kept_of_one_county_or_prefecture() -> None:
    where = pd.DataFrame(
        {"county_code": ["420501", "420502", "420601"], "prefecture_code": ["420500", "420500", "420600"]},
        index=list("abc"),
    )  # fmt: skip
    at = np.array([0, 1, 2, 1], dtype=np.int32)
    pairs = Pairs(at, np.arange(4, dtype=np.int32), np.full(4, via_bits(["inside"]), np.int8))
    serving = Serving(pairs, where.index, pd.Index(list("wxyz")))
    basis = Basis(used=4, unweighted=("b", "c"), earlier=("a", "c"))
    whole = Coverage(
        "x", "sum", basis, where, serving, parents=where, apart=where.assign(value=1.0)
    )
    for code, kept in (("420501", "a"), ("420500", "ab"), ("420600", "c"), ("420700", "")):
        made = restrict(whole, code)
        for frame in (made.units, made.parents, made.apart):
            assert frame.index.tolist() == list(kept)
        assert made.links["unit"].tolist() == [u for u in "abcb" if u in kept]
        assert made.basis.unweighted == tuple(u for u in "bc" if u in kept)
        assert made.basis.earlier == tuple(u for u in "ac" if u in kept)
        assert (made.indicator, made.method, made.basis.used) == ("x", "sum", 4)
    assert restrict(replace(whole, apart=pd.DataFrame()), "420501").apart.empty


def test_beyond_the_list_stand_only_units_that_say_yes(tmp_path: Path) -> None:
    three = [*TWO, {"code": "420527", "name": "秭归县"}]
    table = """
所在县 | 事项 | 是否完成 | 完成时间
远安县 | 农村福利院县级直管 | 是 | 2021-05-01
兴山县 | 农村福利院县级直管 | 是 | 2021-05-01
秭归县 | 农村福利院县级直管 | 否 |
远安县 | 设有农村福利院 | 是 | 2021-01-01
"""
    found = measured(tmp_path, FACTS, county=three, **{"county-facts": table})
    assert found.beyond == {"a": ("420526",)}


def test_where_there_is_no_nearest_nothing_is_named() -> None:
    picked = np.array([1, -1, 0])
    assert list(_pick(pd.Series(["甲", "乙"]), picked)) == ["乙", "", "甲"]
    assert list(_pick(pd.Index(["G1", "G2"]), picked)) == ["G2", "", "G1"]
    assert _pick(None, picked) == ""
