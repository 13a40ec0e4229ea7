"""Chains: equal to the AND of the presences of their links, never above any, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from golden_cases import make_workspace
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.table import Table

from hbgeo import history
from hbgeo.errors import PolicyError
from hbgeo.measure.assess import assess, measure
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.check.policy import check_policy
from hbgeo.measure.options import Options
from hbgeo.measure.snapshot_file import read_snapshot, snapshot_bytes
from hbgeo.measure.trend import compare
from hbgeo.read.indicator import Indicator
from hbgeo.read.policy import read_policy
from hbgeo.read.schema.records import Schema, read_schema
from hbgeo.read.table import LayerTable
from hbgeo.show import terminal
from hbgeo.show.excel.kept import KeptSheets
from hbgeo.show.excel.lists import uncovered_sheet
from hbgeo.show.table.units import uncovered_rows
from hbgeo.workspace import Workspace

ON = date(2023, 12, 31)
TOWNS = ["420525101", "420525102", "420528101"]
VILLAGES = [f"{town}2{n:02d}" for town in TOWNS for n in (1, 2, 3)]
STATES = ("运营", "在建", "停用", "")
DAYS = (None, "2020-01-01", "2023-12-31", "2024-01-01")
HEAD = 'system = "eldercare"\ntitle = "示例"\n'
STATION = '{ kind = ["日间照料中心", "幸福食堂"] }'
CENTRE = '[{ kind = ["综合性社区养老服务机构"] }, { kind = ["农村福利院"], via = ["named"] }]'
PLATFORM = '{ kind = ["县级养老服务指导中心"] }'


def chain_of(links: str, units: str = "village", more: str = "") -> str:
    name = 'id = "chain"\nname = "示例链条"\nmeasure = "chain"'
    return f'{HEAD}[[indicator]]\n{name}\nunits = "{units}"\nlinks = [{links}]\n{more}'


def presence_of(one: str, units: str, where: str) -> str:
    name = f'id = "{one}"\nname = "示例"\nmeasure = "presence"\nunits = "{units}"'
    return f'[[indicator]]\n{name}\nlayer = "eldercare"\nwhere = {where}\n'


LINKS = f"""
  {{ units = "village", name = "站点", layer = "eldercare", where = {STATION} }},
  {{ units = "township", name = "中心", layer = "eldercare", where = {CENTRE} }},
  {{ units = "county", name = "平台", layer = "eldercare", where = {PLATFORM} }},
"""
POLICY = (
    chain_of(LINKS)
    + presence_of("station", "village", STATION)
    + presence_of("centre", "township", CENTRE)
    + presence_of("platform", "county", PLATFORM)
)


def read(folder: Path, text: str) -> dict[str, Indicator]:
    (folder / "chain.toml").write_text(text, "utf-8")
    return read_policy([folder])


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Indicator]:
    return read(tmp_path_factory.mktemp("policy"), POLICY)


class Source:
    """Units without shapes, and layers of facilities that name the units they are of."""

    def __init__(self, units: dict[str, LayerTable], **layers: LayerTable) -> None:
        self.units, self.layers = units, layers

    def find_units(self, level: str) -> LayerTable | None:
        return self.units.get(level)

    def find_index(self, level: str) -> None:  # noqa: ARG002 - as `Source` has it
        return None

    def find_layer(self, key: str) -> LayerTable | None:
        return self.layers.get(key)

    def schema_of(self, key: str) -> Schema:
        return read_schema(key)


def make_units(**parents: str) -> dict[str, LayerTable]:
    """Three townships of three villages in two counties; `parents` moves a village: v… = township."""
    made = {}
    for level, codes in (
        ("county", ["420525", "420528"]), ("township", TOWNS), ("village", VILLAGES),
    ):  # fmt: skip
        index = pd.Index(codes, dtype="str", name="code")
        frame = pd.DataFrame({"name": index.to_numpy(), "kind": "示例"}, index=index)
        frame["county_code"] = [c[:6] for c in codes]
        frame["county"] = frame["county_code"]
        frame["prefecture_code"], frame["prefecture"] = "420500", "宜昌市"
        frame["province_code"], frame["province"] = "420000", "湖北省"
        frame["people"] = np.arange(1.0, len(codes) + 1)
        if level == "village":
            frame["township_code"] = [parents.get(f"v{c}", c[:9]) for c in codes]
        made[level] = LayerTable(level, frame, level=level, source=f"示例{level}")
    return made


def make_facilities(rows: list[dict[str, Any]], **more: Any) -> LayerTable:
    """A ledger: `at` names a village, township or county; `served` is a tuple of codes."""
    frame = pd.DataFrame(
        {
            "name": [f"设施{n}" for n in range(len(rows))],
            "kind": pd.array([row["kind"] for row in rows], dtype="str"),
            "status": pd.array([row.get("status", "运营") for row in rows], dtype="str"),
            "opened_on": pd.to_datetime([row.get("opened", "2020-01-01") for row in rows]),
            "closed_on": pd.to_datetime([row.get("closed") for row in rows]),
        },
        index=pd.Index([f"F{n}" for n in range(len(rows))], dtype="str", name="id"),
    )
    at = [row["at"] for row in rows]
    for level, digits in (("county", 6), ("township", 9), ("village", 12)):
        codes = [code[:digits] if len(code) >= digits else "" for code in at]
        frame[f"{level}_code"] = pd.array(codes, dtype="str")
    served = np.empty(len(rows), dtype=object)
    served[:] = [row.get("served", ()) for row in rows]
    frame["served"] = served
    return LayerTable("eldercare", frame, "养老设施", "eldercare", source="示例台账", **more)


FULL = [
    {"kind": "日间照料中心", "at": VILLAGES[0]},
    {"kind": "综合性社区养老服务机构", "at": TOWNS[0]},
    {"kind": "县级养老服务指导中心", "at": "420525"},
]


def one_chain(policy: dict[str, Indicator], source: Source, **options: Any) -> Assessment:
    return assess([policy["chain"]], source, Options(as_of=ON, **options))[0]


# ------------------------------------------------------------------ laws

facility = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(
            ["日间照料中心", "幸福食堂", "综合性社区养老服务机构", "农村福利院",
             "县级养老服务指导中心", "养老机构"]
        ),
        "at": st.sampled_from([*VILLAGES, *TOWNS, "420525", "420528"]),
        "status": st.sampled_from(STATES),
        "opened": st.sampled_from(DAYS),
        "closed": st.sampled_from(DAYS),
        "served": st.lists(
            st.sampled_from([*VILLAGES, *TOWNS, "420525", "420528"]), max_size=2, unique=True
        ).map(tuple),
    }
)  # fmt: skip
worlds = st.lists(facility, min_size=1, max_size=25)
asked = st.fixed_dictionaries(
    {
        "undated": st.sampled_from(["", "include", "exclude"]),
        "status": st.sampled_from([(), ("在建",)]),
        "as_if": st.sampled_from([(), ("F0",), ("F0", "F3")]),
        "within": st.sampled_from(["", "420525", "420528"]),
    }
)


@settings(max_examples=60, deadline=None)
@given(rows=worlds, options=asked)
def test_a_chain_is_the_and_of_the_presences_of_its_links(policy, rows, options) -> None:
    source = Source(make_units(), eldercare=make_facilities(rows))
    chosen = [policy[one] for one in ("chain", "station", "centre", "platform")]
    given_ = Options(as_of=ON, **options)
    whole, *steps = assess(chosen, source, replace(given_, within=""))
    assert all(a.coverage is not None for a in (whole, *steps))
    own, centre, platform = (a.coverage.units["covered"] > 0 for a in steps)
    [chain] = assess(chosen[:1], source, given_)
    units = chain.coverage.units
    for code, unit in units.iterrows():
        holds = [own[code], centre[code[:9]], platform[code[:6]]]
        names = [
            name for name, held in zip(("站点", "中心", "平台"), holds, strict=True) if not held
        ]
        assert unit["covered"] == float(all(holds))
        assert unit["via"] == (names[0] if names else "")
    mine = [c for c in VILLAGES if c.startswith(options["within"])]
    assert list(units.index) == mine
    assert chain.coverage.basis.links == {
        "站点": sum(own[c] for c in mine),
        "中心": sum(centre[c[:9]] for c in mine),
        "平台": sum(platform[c[:6]] for c in mine),
    }
    # never above any of its links
    assert chain.coverage.share.covered <= min(chain.coverage.basis.links.values())
    used = [a.coverage.basis.used for a in steps]
    assert whole.coverage.basis.used == sum(used)
    aside = [sum(a.coverage.basis.set_aside.values()) for a in steps]
    assert sum(whole.coverage.basis.set_aside.values()) == sum(aside)


@settings(max_examples=30, deadline=None)
@given(rows=worlds, more=facility)
def test_a_facility_more_breaks_no_chain_and_a_link_more_mends_none(policy, rows, more) -> None:
    def covered(one: Indicator, given: list[dict[str, Any]]) -> pd.Series:
        source = Source(make_units(), eldercare=make_facilities(given))
        return assess([one], source, Options(as_of=ON))[0].coverage.units["covered"]

    chain = policy["chain"]
    assert (covered(chain, [*rows, more]) >= covered(chain, rows)).all()
    short = replace(chain, links=chain.links[:2])
    assert (covered(chain, rows) <= covered(short, rows)).all()


# ------------------------------------------------------------------ by hand


def test_the_parts_of_a_chain_have_their_own_links(policy) -> None:
    rows = [*FULL, {"kind": "日间照料中心", "at": VILLAGES[6]}]
    a = one_chain(policy, Source(make_units(), eldercare=make_facilities(rows)))
    assert (a.coverage.share.covered, a.coverage.share.total) == (1, 9)
    parts = {code: part for (code, _), part in a.coverage.by("county").items()}
    assert parts["420525"].basis.links == {"站点": 1, "中心": 3, "平台": 6}
    assert parts["420528"].basis.links == {"站点": 1, "中心": 0, "平台": 0}
    assert [part.share.covered for part in parts.values()] == [1, 0]
    assert a.coverage.units["facilities"].tolist() == [3, 2, 2, 1, 1, 1, 1, 0, 0]
    assert a.coverage.units["held"].tolist() == [7, 6, 6, 4, 4, 4, 1, 0, 0]


def test_a_village_of_a_township_that_is_not_known_lacks_that_link(policy) -> None:
    rows = [*FULL, {"kind": "日间照料中心", "at": VILLAGES[1]}]
    lost = {f"v{VILLAGES[0]}": "", f"v{VILLAGES[8]}": "420528199"}
    source = Source(make_units(**lost), eldercare=make_facilities(rows))
    a = one_chain(policy, source)
    assert a.coverage.units["covered"].tolist() == [0, 1, 0, 0, 0, 0, 0, 0, 0]
    assert a.coverage.units["via"][VILLAGES[0]] == "中心"
    assert a.coverage.basis.filters[-1] == "所属乡镇（街道）不明的单元 2 个，按缺该环计"
    near = one_chain(policy, source, within="420525")
    assert near.coverage.basis.filters[-1] == "所属乡镇（街道）不明的单元 1 个，按缺该环计"
    whole = one_chain(policy, Source(make_units(), eldercare=make_facilities(rows)))
    assert not any("不明" in said for said in whole.coverage.basis.filters)


def test_a_chain_counts_people_where_it_is_asked_to(policy) -> None:
    source = Source(make_units(), eldercare=make_facilities(FULL))
    source.units["village"].frame.loc[VILLAGES[8], "people"] = np.nan
    one = replace(policy["chain"], weight="people")
    [a] = assess([one], source, Options(as_of=ON))
    assert (a.coverage.share.covered, a.coverage.share.total) == (1, 36)
    assert a.coverage.basis.unweighted == (VILLAGES[8],)
    assert a.coverage.basis.links == {"站点": 1, "中心": 3, "平台": 6}  # units, not people


def test_what_is_missing_to_any_link_is_named_once(policy) -> None:
    units, ledger = make_units(), make_facilities(FULL)

    def missing(units: dict[str, LayerTable], **layers: LayerTable) -> tuple[str, ...]:
        a = one_chain(policy, Source(units, **layers))
        assert a.coverage is None
        assert a.status == "no-data"
        return a.missing

    assert missing(units) == ("养老设施（eldercare）",)
    no_town = {level: units[level] for level in ("county", "village")}
    assert missing(no_town, eldercare=ledger) == ("乡镇（街道）图层（township）",)
    bare = replace(units["village"], frame=units["village"].frame.drop(columns="township_code"))
    assert missing({**units, "village": bare}, eldercare=ledger) == (
        "村（社区）图层的列“乡镇代码”",
    )
    kindless = replace(ledger, frame=ledger.frame.drop(columns=["kind", "opened_on"]))
    assert missing(units, eldercare=kindless) == (
        "养老设施（eldercare）的列“机构类型”", "养老设施（eldercare）的列“启用时间”",
    )  # fmt: skip
    table = replace(ledger, frame=ledger.frame.assign(unit_code="420525"), level="county")
    assert missing(units, eldercare=table) == (
        "养老设施（eldercare）的设施图层；现在是按单元填报的表",
    )
    assert missing({}, eldercare=ledger) == (
        "村（社区）图层（village）", "乡镇（街道）图层（township）", "县（市、区）图层（county）",
    )  # fmt: skip


def test_the_ground_of_a_chain_says_each_link_and_its_units(policy) -> None:
    units = make_units()
    units["township"] = replace(units["township"], approximate=True)
    rows = [*FULL, {"kind": "幸福食堂", "at": VILLAGES[3], "status": "在建"}]
    ledger = make_facilities(rows, sample=True, aside=4)
    a = one_chain(policy, Source(units, eldercare=ledger), count_mixed=True)
    lines = a.basis_lines
    assert lines[0] == (
        "截至 2023-12-31。分母：村（社区）；同时具备 3 环才算；"
        "站点（按村（社区）查）养老设施，计入：机构类型=日间照料中心、幸福食堂，状态：运营；"
        "中心（按乡镇（街道）查）养老设施，计入：机构类型=综合性社区养老服务机构；或 "
        "机构类型=农村福利院，方式=按名称，状态：运营；"
        "平台（按县（市、区）查）养老设施，计入：机构类型=县级养老服务指导中心，状态：运营；"
        "情景：计入含公益性墓区的经营性公墓。"
    )
    assert lines[1:4] == [
        "应覆盖 9（单元 9 个），已覆盖 1。",
        "各环具备的单元：站点 1 个、中心 3 个、平台 6 个。",
        "计入 3 行次（几环都认的设施各计一次）；未计入：站点：状态为在建 1、数据有误 4。",
    ]
    assert lines[-6:] == [
        "边界为近似示意。", "示例数据，非真实统计。", "来源：示例village", "来源：示例台账",
        "来源：示例township", "来源：示例county",
    ]  # fmt: skip
    assert (a.coverage.basis.approximate, a.coverage.basis.sample) == (True, True)


def test_ways_and_states_are_those_of_each_link(tmp_path) -> None:
    links = """
      { units = "township", name = "中心", layer = "eldercare", via = ["named"], status = ["在建"] },
      { units = "county", layer = "eldercare", where = { kind = ["养老机构"] }, via = ["served"] },
    """
    one = read(tmp_path, chain_of(links, "township"))
    rows = [
        {"kind": "日间照料中心", "at": TOWNS[0], "status": "在建", "served": (TOWNS[1],)},
        {"kind": "日间照料中心", "at": TOWNS[2], "status": "运营"},
        {"kind": "养老机构", "at": "420528", "served": ("420525",)},
    ]
    a = one_chain(one, Source(make_units(), eldercare=make_facilities(rows)))
    assert a.coverage.units["covered"].tolist() == [1, 0, 0]
    assert a.coverage.units["via"].tolist() == ["", "中心", "中心"]
    assert a.coverage.basis.links == {"中心": 1, "县级": 2}
    assert "状态：在建，方式：按名称" in a.coverage.basis.filters[2]
    assert a.coverage.basis.filters[3].endswith("状态：运营，方式：服务范围")


def test_a_chain_of_one_link_is_a_presence_and_has_no_facility_of_its_own(policy) -> None:
    rows = [*FULL, {"kind": "县级养老服务指导中心", "at": "420528", "closed": "2023-01-01"}]
    source = Source(make_units(), eldercare=make_facilities(rows))
    short = replace(policy["chain"], units="county", links=policy["chain"].links[2:])
    found = measure([short, policy["platform"]], source, Options(as_of=ON), with_nearest=False)
    chain, presence = found.assessments
    assert chain.coverage.units["covered"].equals(presence.coverage.units["covered"])
    assert chain.coverage.units["via"].tolist() == ["", "平台"]
    assert (len(found.links["chain"]), len(found.qualified["chain"])) == (0, 0)
    with_more = measure([policy["chain"]], source, Options(as_of=ON), with_nearest=True)
    assert (with_more.nearest, with_more.waiting, with_more.beyond) == ({}, {}, {})


def test_no_units_no_rate(policy) -> None:
    units = make_units()
    none = replace(units["village"], frame=units["village"].frame.iloc[:0])
    a = one_chain(policy, Source({**units, "village": none}, eldercare=make_facilities(FULL)))
    assert (a.status, a.shown, a.coverage.basis.links) == (
        "not-applicable", "—", {"站点": 0, "中心": 0, "平台": 0},
    )  # fmt: skip


# ------------------------------------------------------------------ the policy file

ONE = '{ units = "county", layer = "eldercare" }'
TOWN = '{ units = "township", layer = "eldercare" }'


@pytest.mark.parametrize(
    ("links", "units", "more", "said"),
    [
        ("", "village", "", "links 应有 1 至 32 环，现有 0 环"),
        (",".join([ONE] * 33), "village", "", "links 应有 1 至 32 环，现有 33 环"),
        (f"{ONE}, {ONE}", "village", "", "links 有两环都叫“县级”；请用 name 各起一个名称"),
        (TOWN, "county", "", "links 的 units = “township”低于指标的级别“county”（县（市、区））"),
        ('{ units = "town", layer = "eldercare" }', "village", "", "links 的 units = “town”不在可选值"),
        ('{ units = "county" }', "village", "", "layer"),
        ('{ units = "county", layer = "eldercare", whree = {} }', "village", "", "whree"),
        ('{ units = "county", layer = "eldercare", name = " " }', "village", "", "name 不能为空"),
        ('{ units = "county", layer = "eldercare", via = ["by"] }', "village", "", "via = “by”"),
        ('"county"', "village", "", "links 应为表的列表"),
        (ONE, "village", 'layer = "eldercare"', "measure = “chain”的 layer 应写在 links 的每一环里"),
        (ONE, "village", 'where = { kind = ["公墓"] }\nstatus = ["运营"]', "的 where、status 应写在"),
    ],
)  # fmt: skip
def test_a_chain_that_is_written_wrongly_is_refused_in_one_line(
    links: str, units: str, more: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(PolicyError) as refused:
        read(tmp_path, chain_of(links, units, more))
    assert said in str(refused.value)
    assert str(refused.value).startswith("chain.toml 指标 chain：")
    assert "\n" not in str(refused.value)


def test_a_chain_needs_links_and_no_other_measure_has_them(tmp_path) -> None:
    text = chain_of(ONE).replace(f"links = [{ONE}]", "")
    with pytest.raises(PolicyError, match="measure = “chain”缺少键 links"):
        read(tmp_path, text)
    text = chain_of(ONE, more='layer = "eldercare"').replace('"chain"\nunits', '"presence"\nunits')
    with pytest.raises(PolicyError, match="links 只用于 measure = “chain”"):
        read(tmp_path, text)


def test_a_variant_of_a_chain_replaces_its_links_whole(tmp_path) -> None:
    more = f'[[indicator.variant]]\nid = "short"\nname = "只到县"\nlinks = [{ONE}]'
    found = read(tmp_path, chain_of(LINKS, more=more))
    assert [link.name for link in found["chain"].links] == ["站点", "中心", "平台"]
    assert [link.name for link in found["chain@short"].links] == ["县级"]


def test_what_no_row_of_a_link_can_have_is_said(tmp_path) -> None:
    links = """
      { units = "village", name = "站点", layer = "eldercare", where = { kind = ["日间照料站点"], colour = ["红"] } },
      { units = "county", layer = "cemetery", status = ["运行"] },
    """
    one = read(tmp_path, chain_of(links, more='among = { kindd = ["社区"] }'))["chain"]
    issues = check_policy([one], Source({}))
    assert [(i.rule, i.column, i.value) for i in issues] == [
        ("P02", "links“站点”的 where.kind", "日间照料站点"),
        ("P01", "links“站点”的 where", "colour"),
        ("P02", "links“县级”的 status.status", "运行"),
        ("P01", "among", "kindd"),
    ]
    said = "chain.toml 指标 chain：links“站点”的 where.kind 的值“日间照料站点”在养老设施中没有"
    assert issues[0].message.startswith(said)


# ------------------------------------------------------------------ two dates, and what is shown

CHAIN = chain_of(
    """
  { units = "township", name = "镇公墓", layer = "cemetery", where = { level = ["乡镇级"] } },
  { units = "county", name = "县公墓", layer = "cemetery", where = { level = ["县级"] } },
""",
    "township",
    '[[indicator.target]]\npct = 100\nsource = "示例"\n',
)
LEDGER = """
编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 关闭时间 | 所在县 | 所在乡镇
G1 | 甲公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 2023-06-30 | 远安县 | 示例甲镇
G2 | 乙公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2023-05-01 | | 远安县 | 示例乙镇
G3 | 丙公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | | 远安县 | 示例丙镇
G4 | 县公墓 | 公墓 | 公益性 | 县级 | 运营 | 2020-05-01 | | 远安县 |
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    names = ("示例甲镇", "示例乙镇", "示例丙镇", "示例丁镇")
    text = {
        "county": [{"code": "420525", "name": "远安县"}],
        "township": [{"code": f"42052510{n}", "name": name} for n, name in enumerate(names, 1)],
        "cemetery": LEDGER,
        "policy": CHAIN,
    }
    return make_workspace(text, tmp_path_factory.mktemp("chain"))


def test_a_trend_says_which_units_gained_a_whole_chain_and_which_lost_it(workspace) -> None:
    shots = []
    for on in (date(2022, 12, 31), ON):
        options = Options(as_of=on)
        shots.append(
            history.take(workspace, workspace.measure(["chain"], options=options), options)
        )
    kept = read_snapshot(snapshot_bytes(shots[0]), "示例")
    trend = compare(kept, shots[1], {"township": workspace.units("township")})
    [change] = trend.changes.to_dict("records")
    assert (change["old_covered"], change["new_covered"], change["new_total"]) == (2, 2, 4)
    assert (change["gained"], change["lost"], change["unmatched"]) == (1, 1, 0)
    assert trend.units[["code", "change", "reason", "facilities"]].to_numpy().tolist() == [
        ["420525101", "失去覆盖", "有环中断", ""],
        ["420525102", "新增覆盖", "各环补齐", ""],
    ]


def test_the_uncovered_say_which_link_is_missing(workspace) -> None:
    [a] = workspace.assess(["chain"])
    units = {"township": workspace.units("township")}
    rows = uncovered_rows(a, units, {})
    assert rows[["code", "via", "facilities"]].to_numpy().tolist() == [
        ["420525101", "镇公墓", 1], ["420525104", "镇公墓", 1],
    ]  # fmt: skip
    table = next(t for t in terminal.uncovered(a, rows) if isinstance(t, Table))
    shown = {column.header: list(column.cells) for column in table.columns}
    assert shown["缺的环节"] == ["镇公墓", "镇公墓"]
    assert "最近设施" not in shown
    sheet = uncovered_sheet([a], units, "示例", KeptSheets(), nearest={}, waiting={})
    assert [row[-3:-1] for row in sheet.rows] == [["缺“镇公墓”", "补齐这一环"]] * 2
    assert (a.met, a.short, a.shown) == (False, 2, "50.00")


# ------------------------------------------------------------------ what is shipped


def test_the_shipped_networks_have_goals_in_words_or_none() -> None:
    shipped = read_policy()
    three, five = shipped["three-level-network"], shipped["minors-network"]
    assert [(t.words, str(t.deadline), t.scope, t.reliability) for t in three.targets] == [
        ("基本建成", "2027-12-31", "province", "A-"),
        ("基本建成", "2029-12-31", "nation", "A"),
        ("更加健全", "2035-12-31", "nation", "A"),
    ]
    assert [(link.units, link.name) for link in three.links] == [
        ("village", "村级站点"), ("township", "乡镇（街道）中心"), ("county", "县级平台"),
    ]  # fmt: skip
    assert [link.units for link in five.links] == [
        "village", "township", "county", "prefecture", "province",
    ]  # fmt: skip
    assert (five.targets, five.quantified) == ((), False)


def test_the_sample_says_how_far_the_networks_are(sample: Workspace) -> None:
    """The second implementation says the same."""
    options = Options(as_of=date(2026, 11, 25))
    three, broad, five = sample.assess(
        ["three-level-network", "three-level-network@broad", "minors-network"], options=options
    )
    said = [(a.shown, a.status, a.met, dict(a.coverage.basis.links)) for a in (three, broad, five)]
    assert said == [
        ("5.53", "no-target", None, {"村级站点": 3940, "乡镇（街道）中心": 7224, "县级平台": 20795}),
        ("6.72", "no-target", None, {"村级站点": 4161, "乡镇（街道）中心": 10503, "县级平台": 20795}),
        ("4.03", "no-target", None,
         {"村（社区）级": 2600, "乡镇（街道）级": 13133, "县级": 20915, "市州级": 24925, "省级": 25595}),
    ]  # fmt: skip
    assert (three.coverage.share.covered, three.coverage.share.total) == (1415, 25595)
    assert [three.state_of(t) for t in three.indicator.targets] == ["coming"] * 3
    assert [three.days_to(t) for t in three.indicator.targets] == [401, 1132, 3323]
