"""A layer is known by its own record: its key need not be its schema's name."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from golden_cases import make_workspace

from hbgeo.measure.options import Options
from hbgeo.products import draw_page, with_works
from hbgeo.read.catalog import Layer
from hbgeo.read.issues import ISSUE_COLUMNS, Issue
from hbgeo.read.table import LayerTable, from_frames, of_layer, to_frames
from hbgeo.show.page.pack import unpack
from hbgeo.workspace import Workspace

LEDGER = """
    编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 备注
    G1 | 示例公墓一 | 公墓 | 公益性 | 乡镇级 | 运营 | 2019-05-01 | 远安县 | 示例甲镇 | 在山坡上
    G2 | 示例公墓二 | 公墓 | 公益性 | 乡镇级 | 运营 | 2022-05-01 | 远安县 | 示例乙镇 |
    G3 | 示例公墓三 | 公墓 | 公益性 | 乡镇级 | 在建 | | 远安县 | 示例丙镇 |
"""
POLICY = """
system = "funeral"
title = "本地"
[[indicator]]
id = "mine"
name = "本地乡镇公墓"
measure = "presence"
units = "township"
layer = "gongmu"
where = { nature = ["公益性"] }
[[indicator.target]]
pct = 50
source = "示例文件"
"""


def test_what_a_layer_does_not_say_of_itself() -> None:
    table = LayerTable("k", pd.DataFrame({"a": [1, 2]}))
    assert (table.schema, table.title, table.level, table.source) == ("facility", "", "", "")
    assert (table.sample, table.approximate, table.population_sample) == (False, False, False)
    assert (table.year, table.aside, table.apart, len(table)) == (None, 0, 0, 2)
    assert (len(table.issues), table.issues.columns.tolist()) == (0, ISSUE_COLUMNS)
    assert table.senders.columns.tolist() == ["file", "sheet", "row", "county_code"]
    assert table.assign(b=3).frame.to_dict("list") == {"a": [1, 2], "b": [3, 3]}
    assert table.where(np.array([False, True])).frame["a"].tolist() == [2]
    layer = Layer("k", "facilities", ("a.csv",), "示例")
    assert (layer.sample, layer.approximate, layer.year, layer.columns) == (False, False, None, {})


def test_a_layer_put_together_again_is_the_one_taken_apart() -> None:
    layer = Layer("k", "facilities", ("a.csv",), "示例", schema="cemetery", sample=True, year=2023)
    senders = pd.DataFrame(
        [["a.csv", "", 2, "420525"]], columns=["file", "sheet", "row", "county_code"]
    )
    issue = Issue("k", "a.csv", "", 2, "列", "值", "W04", "warning", "话", "法")
    table = of_layer(layer, pd.DataFrame({"a": [1, 2]}), [issue], aside=3, apart=4, senders=senders)
    again = from_frames(layer, to_frames(table))
    assert (again.aside, again.apart, again.sample, again.year, again.title) == (
        3, 4, True, 2023, table.title,
    )  # fmt: skip
    for name in ("frame", "issues", "senders"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(table, name))
    assert again.issues[["rule", "row", "message"]].to_numpy().tolist() == [["W04", 2, "话"]]


@pytest.fixture
def renamed(tmp_path: Path) -> Workspace:
    return make_renamed(tmp_path)


def make_renamed(tmp_path: Path) -> Workspace:
    """A cemetery ledger under a key of the user's own."""
    text: dict[str, Any] = {
        "county": [{"code": "420525", "name": "远安县"}],
        "township": [
            {"code": f"42052510{n}", "name": f"示例{name}镇"} for n, name in enumerate("甲乙丙丁")
        ],
        "cemetery": LEDGER,
        "policy": POLICY,
    }
    make_workspace(text, tmp_path)
    catalog = tmp_path / "layers" / "catalog.toml"
    said = catalog.read_text("utf-8")
    entry = '[gongmu]\nschema = "cemetery"\nsample = true'
    catalog.write_text(said.replace("[cemetery]", entry), "utf-8")
    return Workspace.open(tmp_path)


def _part(html: str, name: str) -> Any:
    raw = unpack(re.search(f'id="data-{name}">([^<]*)<', html)[1])  # type: ignore[index]
    if name == "head":
        return json.loads(raw)
    return json.loads(raw[4 : 4 + int.from_bytes(raw[:4], "little")])


def test_the_record_says_what_the_catalogue_says(renamed: Workspace) -> None:
    table = renamed.layers.table("gongmu")
    assert (table.key, table.schema, table.title) == ("gongmu", "cemetery", "公墓")
    assert (table.sample, table.source, table.aside) == (True, "示例", 0)
    units = renamed.find_units("township")
    assert units is not None
    assert (units.title, units.level, units.approximate) == ("乡镇（街道）", "township", False)


def test_what_works_is_told_by_the_schema_not_by_the_key(renamed: Workspace) -> None:
    works = with_works(renamed, "gongmu", Options(as_of=date(2020, 1, 1))).frame["works"]
    assert works.to_dict() == {"G1": True, "G2": False, "G3": False}


def test_the_page_knows_the_states_the_columns_and_the_rule_of_such_a_layer(
    renamed: Workspace,
) -> None:
    options = renamed.options()
    html = draw_page(renamed, renamed.measure(["mine"]), options).get_root().render()
    head = _part(html, "head")
    [one] = head["indicators"]
    assert (one["rule"]["column"], one["rule"]["states"]) == ("status", ["运营"])
    assert (one["rule"]["since"], one["rule"]["undated"]) == ("opened_on", False)
    [layer] = head["layers"]
    assert (layer["title"], layer["states"][0]) == ("公墓", ["运营", 2, "working"])
    assert ["公墓", "示例", "示例"] in head["sources"]
    extra = [heading for heading, _ in _part(html, "facts-gongmu")["extra"]]
    assert {"公墓性质", "级别", "备注"} <= set(extra)


def test_the_basis_speaks_of_such_a_layer_by_its_kind(renamed: Workspace) -> None:
    [one] = renamed.assess(["mine"])
    assert one.coverage is not None
    assert "计入：公墓性质=公益性" in one.coverage.basis.filters
    assert one.coverage.basis.set_aside == {"状态为在建": 1}
    lacking = replace(renamed.policy["mine"], column="beds", measure="sum")
    renamed.policy["mine"] = lacking
    [one] = renamed.assess(["mine"])
    assert one.missing == ("公墓（gongmu）的列“beds”",)
