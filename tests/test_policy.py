"""Every fact of the conference has its indicator: measured, or refused with its reason."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from hbgeo.errors import PolicyError
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.cases import NO_DEFINITION
from hbgeo.measure.check.policy import check_policy
from hbgeo.read.indicator import Indicator
from hbgeo.read.policy import SYSTEMS, read_policy
from hbgeo.read.schema.records import read_schema
from hbgeo.show.table.stats import stats_rows
from hbgeo.show.table.targets import target_rows
from hbgeo.show.words import is_norm, is_ratio, verdict
from hbgeo.workspace import Workspace

# The conference's 34 facts: class and the indicators that answer them. SP spatial, AT attribute of
# units, PT dated points, PC provincial count out of county totals, NQ stated without a number.
FACTS = {
    "R1": ("PC", ["community-organisations-new"]),
    "R2": ("PC", ["charity-organisations"]),
    "R3": ("PC", ["social-workers", "volunteers"]),
    "R4": ("PT", ["elder-complex-2022", "mutual-care-2022"]),
    "R5": ("PC", ["home-adaptation-2022"]),
    "R6": ("SP", ["cemetery-county-building"]),
    "R7": ("NQ", ["marriage-registration"]),
    "K1a": ("AT", ["elder-service-list"]),
    "K1b": ("PT", ["elder-complex-new"]),
    "K1c": ("PT", ["mutual-care-upgraded"]),
    "K1d": ("PC", ["home-adaptation"]),
    "K1e": ("NQ", ["canteen-new"]),
    "K1f": ("PT", ["elder-beds-new"]),
    "K1g": ("AT", ["county-central-care"]),
    "K2a": ("NQ", ["pioneer-plan"]),
    "K2b": ("PC", ["community-organisations"]),
    "K3": ("NQ", ["community-services"]),
    "S1": ("AT", ["assistance-ratio"]),
    "S1b": ("NQ", ["disability-subsidies"]),
    "S2": ("NQ", ["village-service-facility"]),
    "S3a": ("SP", ["elder-guidance-county"]),
    "S3b": ("SP", ["elder-street"]),
    "S3c": ("SP", ["elder-township"]),
    "S3d": ("SP", ["elder-community"]),
    "S4": ("AT", ["registration-online"]),
    "S5": ("NQ", ["minors-protection"]),
    "S5b": ("NQ", ["minors-model-county"]),
    "S6a": ("SP", ["burial-county"]),
    "S6b": ("SP", ["burial-central-village"]),
    "S6c": ("SP", ["cemetery-county"]),
    "S6d": ("SP", ["cemetery-township"]),
    "S7a": ("SP", ["sign-village"]),
    "S7b": ("AT", ["heritage-list"]),
    "S7c": ("NQ", ["place-name-database"]),
}
MEASURES = {"SP": {"presence"}, "AT": {"flag", "ratio"}, "PT": {"count", "sum"}, "PC": {"sum"}}
# what the conference sets: percent or amount, and by when
GOALS = {
    "cemetery-county": (55, date(2023, 12, 31)),
    "cemetery-township": (35, date(2023, 12, 31)),
    "burial-county": (100, date(2025, 12, 31)),
    "burial-central-village": (60, date(2025, 12, 31)),
    "elder-guidance-county": (100, date(2025, 12, 31)),
    "elder-street": (100, date(2025, 12, 31)),
    "elder-township": (100, date(2025, 12, 31)),
    "elder-community": (100, date(2025, 12, 31)),
    "elder-service-list": (100, date(2023, 12, 31)),
    "elder-complex-new": (100, date(2023, 12, 31)),
    "mutual-care-upgraded": (200, date(2023, 12, 31)),
    "home-adaptation": (25000, date(2023, 12, 31)),
    "elder-beds-new": (10000, date(2023, 12, 31)),
    "county-central-care": (100, date(2023, 12, 31)),
    "community-organisations": (100000, date(2023, 12, 31)),
    "assistance-ratio": (75, date(2025, 12, 31)),
    "registration-online": (100, None),
    "sign-village": (100, None),
    "heritage-list": (100, None),
    "elder-complex-2022": (80, date(2022, 12, 31)),
    "mutual-care-2022": (200, date(2022, 12, 31)),
}
# targets of other documents: the province's plan for the elderly, the national plan
PLANS = {
    "elder-general-township": 60,
    "elder-complex-plan": 500,
    "elder-beds": 500000,
    "nursing-beds-share": 60,
    "day-care-community": 100,
    "burial-county-national": 100,
}
# later documents: number or words, unit, deadline, scope, draft, reliability; the rest of PLANS stay
LATER = {
    "elder-beds": [("540000", date(2027, 12, 31), "province", False, "A-")],
    "nursing-beds-share": [
        ("75", date(2027, 12, 31), "province", False, "A-"),
        ("73", date(2030, 12, 31), "nation", True, "A-"),
    ],
    "community-elder-facility": [("100", date(2027, 12, 31), "province", False, "A-")],
    "medical-elder-institutions": [("500", date(2027, 12, 31), "province", False, "A-")],
    "medical-elder-beds": [("120000", date(2027, 12, 31), "province", False, "A-")],
    "private-elder-institutions": [("1000", date(2027, 12, 31), "province", False, "A-")],
    "county-disabled-care": [("100", date(2025, 12, 31), "nation", False, "A")],
    "rural-service-facility": [("80", date(2025, 12, 31), "nation", False, "A-")],
    "rural-service-area": [("30", date(2025, 12, 31), "nation", False, "A-")],
    "new-housing-elder-space": [("20", None, "province", False, "A-")],
}
# later matters of which the sample has no ledger: what each lacks
LACKING = {
    "medical-elder-institutions": ["养老设施（eldercare）的列“是否医养结合机构”"],
    "medical-elder-beds": ["养老设施（eldercare）的列“是否医养结合机构”"],
    "home-care-operator": [
        "县级事项（county-facts）中“事项=有连锁化居家养老服务主体、连锁化居家养老服务主体”的行"
    ],
    "county-disabled-care": [
        "县级事项（county-facts）中“事项=县级失能照护特困供养机构、以失能照护为主的县级特困人员供养服务机构”的行"
    ],
    "rural-service-area": [
        "村（社区）综合服务设施（service-facility）的列“建筑面积（平方米）”",
        "人口（population）的列“户数”",
    ],
    "new-housing-elder-space": [
        "以小区为单位的图层和台账（小区不是单元层级：这里的单元只到村和社区）"
    ],
}
# the invented sample's own figures: covered and total, or the amount
SAMPLE = {
    "cemetery-county": (56, 103),
    "cemetery-county@county-cities": (35, 64),
    "cemetery-township": (311, 922),
    "elder-street": (213, 338),
    "sign-village": (8413, 20829),
    "elder-service-list": (97, 103),
    "heritage-list": (53, 103),
    "registration-online": (94, 103),
    "marriage-registration": (14, 17),
    "county-central-care": (37, 88),
    "minors-protection@prefecture": (15, 17),
    "elder-complex-new": 93,
    "elder-complex-2022": 80,
    "mutual-care-upgraded": 187,
    "elder-beds-new": 8900,
    "home-adaptation": 23600,
    "home-adaptation-2022": 17500,
    "community-organisations": 96400,
    "community-organisations-new": 21800,
    "charity-organisations": 371,
}


@pytest.fixture(scope="module")
def policy() -> dict[str, Indicator]:
    return read_policy()


@pytest.fixture(scope="module")
def measured(sample: Workspace) -> dict[str, Assessment]:
    return {a.indicator.id: a for a in sample.assess()}


def test_there_are_34_facts_and_each_has_its_indicators(policy: dict[str, Indicator]) -> None:
    assert len(FACTS) == 34
    found: dict[str, list[str]] = {}
    for one in policy.values():
        if one.row and one.variant is None:
            found.setdefault(one.row, []).append(one.id)
    assert {k: sorted(v) for k, v in found.items()} == {k: sorted(v) for k, (_, v) in FACTS.items()}


@pytest.mark.parametrize("row", FACTS)
def test_each_fact_is_measured_or_refused_with_its_reason(
    row: str, measured: dict[str, Assessment]
) -> None:
    kind, ids = FACTS[row]
    for one in ids:
        a = measured[one]
        if a.indicator.measure == "none":
            assert kind == "NQ"
            assert a.missing == (NO_DEFINITION,)
            assert verdict(a) == "不计算"
            continue
        assert a.coverage is not None, a.missing
        assert a.coverage.basis.sample, "the sample's data are invented"
        assert a.figure, one
        if kind in MEASURES:
            assert a.indicator.measure in MEASURES[kind]


@pytest.mark.parametrize("row", [r for r, (kind, _) in FACTS.items() if kind == "NQ"])
def test_nothing_unquantified_is_ever_met_or_missed(
    row: str, measured: dict[str, Assessment]
) -> None:
    for a in measured.values():
        if a.indicator.row == row:
            assert not a.indicator.quantified
            assert not a.indicator.targets
            assert (a.met, a.short, a.target) == (None, None, None)
            assert verdict(a) in {"未量化", "不计算"}


def test_targets_are_those_of_the_conference(policy: dict[str, Indicator]) -> None:
    found = {
        one.id: (int(t.pct if t.pct is not None else t.value or 0), t.deadline)
        for one in policy.values()
        for t in one.targets
        if one.row and one.variant is None
    }
    assert found == GOALS


def test_second_sources_are_targets_of_their_own_documents(policy: dict[str, Indicator]) -> None:
    found = {}
    for one in PLANS:
        target = policy[one].targets[0]
        assert "规划" in target.source
        assert target.deadline == date(2025, 12, 31)
        found[one] = int(target.pct if target.pct is not None else target.value or 0)
    assert found == PLANS


def test_a_second_document_of_the_same_number_is_a_second_source(
    policy: dict[str, Indicator],
) -> None:
    [target] = policy["elder-general-township"].targets
    first, second = target.sources
    assert (first[:6], second[:9], target.reliability) == ("湖北省养老服", "民政部等22部门关", "A")


@pytest.mark.parametrize("one", LATER)
def test_later_targets_are_those_of_their_documents(one: str, policy: dict[str, Indicator]) -> None:
    targets = policy[one].targets[1 if one in PLANS else 0 :]
    found = [
        (str(t.pct if t.pct is not None else t.value), t.deadline, t.scope, t.draft, t.reliability)
        for t in targets
    ]
    assert found == LATER[one]


def test_names_say_whose_plan_only_where_no_second_document_stands(
    policy: dict[str, Indicator],
) -> None:
    said = {one.id for one in policy.values() if "（省规划）" in one.name}
    assert said == {"elder-complex-plan", "day-care-community"}


@pytest.mark.parametrize("one", LACKING)
def test_what_the_sample_has_no_ledger_of_is_refused_with_what_it_lacks(
    one: str, measured: dict[str, Assessment]
) -> None:
    a = measured[one]
    assert (list(a.missing), verdict(a), a.met) == (LACKING[one], "无法计算", None)


def test_on_a_later_date_six_targets_are_ahead_and_three_of_them_measured(
    sample: Workspace,
) -> None:
    on = date(2026, 11, 25)
    found = sample.assess([*LATER, *PLANS], options=replace(sample.options(), as_of=on))
    rows = [row for a in found if a.indicator.variant is None for row in stats_rows(a)]
    ahead = [
        (row["indicator"], t["pct"] or t["value"], t["unit"], t["state"], t["days"], row["status"])
        for row in rows
        for t in row["targets"]
        if t["state"] != "passed"
    ]
    assert ahead == [
        ("elder-beds", 540000, "张", "running", 401, "measured"),
        ("nursing-beds-share", 75, "%", "running", 401, "measured"),
        ("nursing-beds-share", 73, "%", "coming", 1497, "measured"),
        ("community-elder-facility", 100, "%", "running", 401, "measured"),
        ("medical-elder-institutions", 500, "家", "running", 401, "no-data"),
        ("medical-elder-beds", 120000, "张", "running", 401, "no-data"),
        ("private-elder-institutions", 1000, "家", "running", 401, "measured"),
        ("new-housing-elder-space", 20, "平方米/百户", "running", None, "no-data"),
    ]
    for row in rows:
        assert all(t["source"] for t in row["targets"])
        if row["indicator"] in LATER:
            assert row["targets"][-1]["reliability"] in {"A", "A-"}


def test_the_province_s_own_number_decides_though_the_nation_s_runs_later(
    sample: Workspace,
) -> None:
    options = replace(sample.options(), as_of=date(2028, 6, 1))
    [a] = sample.assess(["nursing-beds-share"], options=options)
    [row] = stats_rows(a)
    assert (row["target_pct"], row["deadline"], row["met"]) == (75, "2027-12-31", False)
    assert [(t["pct"], t["state"]) for t in row["targets"]] == [
        (60, "passed"), (75, "passed"), (73, "coming"),
    ]  # fmt: skip


def test_the_example_is_right_once_it_is_renamed(tmp_path: Path) -> None:
    example = Path(__file__).parent.parent / "layers" / "policy" / "example.toml.txt"
    plain = read_policy([example.parent])
    assert plain == read_policy()  # as it is shipped nobody reads it
    (tmp_path / "本县.toml").write_text(example.read_text("utf-8"), "utf-8")
    mine = read_policy([tmp_path])
    assert {*mine} - {*plain} == {"my-ash-hall-township"}

    def own(one: str) -> list[tuple[str, bool]]:
        added = [t for t in mine[one].targets if t.scope == "420525"]
        assert all("示例" in source for t in added for source in t.sources)
        return [(str(t.pct or t.value or t.words), t.draft) for t in added]

    ids = ["cemetery-township", "elder-beds", "nursing-beds-share", "my-ash-hall-township"]
    assert [own(one) for one in ids] == [
        [("60", False)], [("1500", False)], [("稳步提高", True)], [("20", False)],
    ]  # fmt: skip
    assert len(mine["cemetery-township"].targets[-1].sources) == 2


def test_a_norm_is_read_with_the_layer_of_its_denominator(policy: dict[str, Indicator]) -> None:
    one = policy["rural-service-area"]
    assert (one.beside, one.denominator, one.per) == ("population", "households", 100)
    assert (one.counted, is_norm(one), is_ratio(one)) == (True, True, False)
    none = policy["new-housing-elder-space"]
    assert (none.measure, none.counted, none.unit) == ("none", True, "平方米/百户")


def test_every_indicator_names_its_document(policy: dict[str, Indicator]) -> None:
    for one in policy.values():
        sources = [t.source for t in one.targets] or [one.source]
        assert all(len(s) > 10 for s in sources), one.id


def test_all_seven_systems_are_there(policy: dict[str, Indicator]) -> None:
    assert {one.system for one in policy.values()} == set(SYSTEMS)


@pytest.mark.parametrize("one", SAMPLE)
def test_the_sample_says_what_it_was_made_to_say(one: str, measured: dict[str, Assessment]) -> None:
    a, wanted = measured[one], SAMPLE[one]
    assert a.coverage is not None
    if isinstance(wanted, tuple):
        assert (a.coverage.share.covered, a.coverage.share.total) == wanted
    else:
        assert a.coverage.value == wanted


def test_township_cemeteries_are_12_short(measured: dict[str, Assessment]) -> None:
    a = measured["cemetery-township"]
    assert (a.shown, a.short, a.met) == ("33.73", 12, False)


@pytest.mark.parametrize(
    ("one", "empty"), [("cemetery-township", 14), ("elder-street", 42)], ids=["乡镇", "街道"]
)
def test_counties_with_nothing_to_cover_have_no_rate(
    one: str, empty: int, measured: dict[str, Assessment]
) -> None:
    coverage = measured[one].coverage
    assert coverage is not None
    parts = coverage.by("county")
    assert len(parts) == 103
    none = [part for part in parts.values() if part.share.pct is None]
    assert len(none) == empty
    assert all(len(part.units) == 0 for part in none)


def test_a_rate_that_is_a_ratio_is_short_in_points_not_in_yuan(
    measured: dict[str, Assessment],
) -> None:
    assert re.fullmatch(r"差 \d\.\d\d 个百分点", verdict(measured["assistance-ratio"]))


def test_the_shipped_policy_asks_for_nothing_a_schema_lacks(sample: Workspace) -> None:
    assert check_policy(sample.policy.values(), sample) == []


def test_a_filter_no_row_can_match_is_said(tmp_path: Path) -> None:
    (tmp_path / "local.toml").write_text(
        'system = "funeral"\ntitle = "本地"\n[[indicator]]\nid = "x"\nname = "示例"\n'
        'measure = "presence"\nunits = "county"\nlayer = "cemetery"\n'
        'where = { kind = ["公幕"], colour = ["红"] }\n',
        "utf-8",
    )
    one = read_policy([tmp_path])["x"]

    class NoLayers:
        def find_units(self, level: str) -> None: ...
        def find_layer(self, key: str) -> None: ...
        def schema_of(self, key: str):
            return read_schema(key)

    issues = check_policy([one], NoLayers())  # type: ignore[arg-type]
    assert [(i.rule, i.file, i.column, i.value) for i in issues] == [
        ("P02", "local.toml", "where.kind", "公幕"),
        ("P01", "local.toml", "where", "colour"),
    ]
    assert [(i.layer, i.severity, i.fix) for i in issues] == [
        ("policy", "error", "改正政策文件")
    ] * 2
    value, column = (i.message for i in issues)
    said = "local.toml 指标 x：where.kind 的值“公幕”在公墓中没有，永远不会有计入的行；可用："
    assert value.startswith(said.replace("公墓", read_schema("cemetery").title))
    assert "、骨灰堂、" in value
    assert "where 的列“colour”" in column
    assert column.endswith("、".join(read_schema("cemetery").columns))


ODD = """
system = "funeral"
title = "本地"
[[indicator]]
id = "a"
name = "示例"
measure = "sum"
units = "county"
layer = "eldercare"
column = "bedz"
where = { care = ["全托+日拖"] }
among = { kindd = ["县"], kind = ["县"] }
status = ["运行"]
year = { column = "built", is = 2023 }
filled = ["number_"]
[[indicator]]
id = "d"
name = "示例"
measure = "ratio"
per = 100
units = "county"
layer = "eldercare"
numerator = "bedz"
denominator = { layer = "population", column = "houses" }
[[indicator]]
id = "b"
name = "示例"
measure = "ratio"
units = "village"
layer = "eldercare"
numerator = "beds"
denominator = "bedz"
weight = "weigh"
among = { urban_rural_code = ["121"] }
[[indicator]]
id = "c"
name = "示例"
measure = "presence"
units = "county"
layer = "eldercare"
weight = "population"
where = [{ extra = ["1"] }]
"""


def test_every_key_of_an_indicator_is_held_against_the_schema(tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_text(ODD, "utf-8")
    found = read_policy([tmp_path])

    class Layers:
        def __init__(self, *columns: str) -> None:
            self.columns = columns

        def find_units(self, level: str) -> None: ...
        def find_layer(self, _key: str):
            return {c: [] for c in self.columns} if self.columns else None

        def schema_of(self, key: str):
            return read_schema(key)

    def told(*columns: str) -> list[tuple[str, str, str]]:
        issues = check_policy([found[one] for one in "abcd"], Layers(*columns))  # type: ignore[arg-type]
        return [(i.rule, i.column, i.value) for i in issues]

    care = next(k for k, c in read_schema("eldercare").columns.items() if "日托" in c.choices)
    assert care != "care"
    assert told() == [
        ("P01", "where", "care"), ("P01", "among", "kindd"), ("P02", "status.status", "运行"),
        ("P01", "column", "bedz"), ("P01", "filled", "number_"), ("P01", "year", "built"),
        ("P01", "denominator", "bedz"), ("P01", "weight", "weigh"), ("P01", "where", "extra"),
        ("P01", "numerator", "bedz"), ("P01", "denominator", "houses"),
    ]  # fmt: skip
    assert told("care", "kindd", "bedz", "number_", "built", "extra") == [
        ("P01", "among", "kindd"), ("P02", "status.status", "运行"), ("P01", "weight", "weigh"),
        ("P01", "denominator", "houses"),
    ]  # fmt: skip


BAD = {
    "unknown key": ("wehre = {}", "wehre"),
    "wrong type": ("units = 3", "units"),
    "no source": ("[[indicator.target]]\npct = 3", "source"),
    "empty source": ('[[indicator.target]]\npct = 3\nsource = " "', "source"),
    "bad date": ('[[indicator.target]]\npct = 3\nsource = "x"\ndeadline = "明年"', "deadline"),
    "two goals": ('[[indicator.target]]\npct = 3\nvalue = 4\nsource = "x"', "pct"),
    "amount as percent": ('measure = "count"\n[[indicator.target]]\npct = 3\nsource = "x"', "value"),
    "no such measure": ('measure = "guess"', "measure"),
    "year without years": ('measure = "count"\nyear = { column = "a", is = [] }', "year"),
    "year in words": ('measure = "count"\nyear = { column = "a", is = "今年" }', "year"),
    "listed elsewhere": ('measure = "presence"\nlisted = { fact = ["a"] }', "listed"),
    "none with a target": (
        'measure = "none"\nnote = "x"\nquantified = false\n[[indicator.target]]\npct = 3\nsource = "x"',
        "quantified",
    ),
    "none that is quantified": ('measure = "none"\nnote = "x"', "quantified"),
    "an expression": ('where = { kind = [{ a = 1 }] }', "where.kind"),
    "a filter that is none": ('where = ["a"]', "where 应为表，或表的列表"),
    "a filter by true": ("where = { kind = true }", "where.kind：“True”应为文字"),
    "no such level": ('units = "street"', "units = “street”不在可选值 province、prefecture"),
    "no such way": ('via = ["beside"]', "via = “beside”不在可选值 inside、served、named"),
    "a goal above all": ('[[indicator.target]]\npct = 101\nsource = "x"', "pct = 101 应大于 0、不超过 100"),
    "a goal of nought": ('[[indicator.target]]\npct = 0\nsource = "x"', "pct = 0 应大于 0"),
    "no goal": ('[[indicator.target]]\nsource = "x"', "pct、value、words 必须且只能写一个"),
    "a target that is no table": ('target = ["x"]', "target 应写作 [[indicator.target]] 表"),
    "a sum without a column": ('measure = "sum"', "measure = “sum”缺少键 column"),
    "a ratio without its parts": ('measure = "ratio"', "measure = “ratio”缺少键 numerator"),
    "a reach without its radius": ('measure = "reach"', "measure = “reach”缺少键 radius_m"),
    "a radius of nought": ('measure = "reach"\nradius_m = 0', "radius_m 应大于 0"),
    "a radius below nought": ('measure = "reach"\nradius_m = -1', "radius_m 应大于 0"),
    "per elsewhere": ('measure = "presence"\nper = 100', "per 只用于 measure = “ratio”"),
    "stated elsewhere": ('measure = "presence"\nstated = true', "stated 只用于 measure = “flag”"),
    "lacks elsewhere": ('measure = "presence"\nlacks = ["x"]', "lacks 只用于 measure = “none”"),
    "two layers and a weight": (
        'measure = "ratio"\nnumerator = "a"\nweight = "c"\ndenominator = { layer = "x", column = "b" }',
        "denominator 在另一图层的，不能写 weight",
    ),
    "half a denominator": (
        'measure = "ratio"\nnumerator = "a"\ndenominator = { layer = "population" }', "denominator",
    ),
    "a radius beyond the province": (
        'measure = "reach"\nradius_m = 1_000_001', "radius_m 应大于 0，不超过 1,000,000（米）",
    ),
    "every elsewhere": ('measure = "presence"\nevery = true', "every 只用于 measure = “flag”"),
    "a percentage as amount": ('[[indicator.target]]\nvalue = 3\nsource = "x"', "的目标应写 pct"),
    "a year of another shape": ('measure = "count"\nyear = { column = "a", is = 2023, or = 1 }', "year 应写作"),
    "a year in halves": ('measure = "count"\nyear = { column = "a", is = [2023, "x"] }', "year 应写作"),
    "a year of no column": ('measure = "count"\nyear = { column = 1, is = 2023 }', "year 应写作"),
    "a variant twice": (
        '[[indicator.variant]]\nid = "v"\nname = "甲"\n[[indicator.variant]]\nid = "v"\nname = "乙"',
        "变体 v：变体 id 重复",
    ),
    "a variant's id in capitals": (
        '[[indicator.variant]]\nid = "V"\nname = "甲"', "id “V”只能用小写字母、数字和连字符",
    ),
    "a variant of variants": (
        '[[indicator.variant]]\nid = "v"\nname = "甲"\nvariant = []', "不认识的键 “variant”",
    ),
    "a variant without a name": ('[[indicator.variant]]\nid = "v"', "缺少键 name"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_bad_policy_is_one_line_naming_file_id_and_key(what: str, tmp_path: Path) -> None:
    text, key = BAD[what]
    lines = {"id": '"bad-one"', "name": '"示例"', "measure": '"flag"', "units": '"county"'}
    lines |= {"layer": '"county-facts"'}
    own = {line.split(" = ")[0] for line in text.split("[[")[0].splitlines()}
    head = "\n".join(f"{k} = {v}" for k, v in lines.items() if k not in own)
    (tmp_path / "bad.toml").write_text(
        f'system = "funeral"\ntitle = "本地"\n[[indicator]]\n{head}\n{text}\n', "utf-8"
    )
    with pytest.raises(PolicyError) as err:
        read_policy([tmp_path])
    said = str(err.value)
    assert "\n" not in said
    for part in ("bad.toml", "bad-one", key):
        assert part in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('system = "funerals"\ntitle = "x"\n', "system = “funerals”不在可选值 assistance、"),
        ('system = "funeral"\n', "缺少键 title"),
        ('system = "funeral"\ntitle = "x"\nindicator = ["a"]\n', "indicator 应写作 [[indicator]] 表"),
        ('system = "funeral"\ntitle = "x"\n[[indicator]]\nname = "x"\n', "指标 ?：缺少键 id"),
    ],
)  # fmt: skip
def test_a_file_of_another_shape_is_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(text, "utf-8")
    (tmp_path / "notes.txt").write_text("no policy", "utf-8")
    with pytest.raises(PolicyError) as err:
        read_policy([tmp_path])
    assert str(err.value).startswith("bad.toml")
    assert said in str(err.value)


LOCAL = """
system = "eldercare"
title = "本地"
[[indicator]]
id = "local"
name = "示例"
measure = "presence"
units = "township"
layer = "eldercare"
where = [{ kind = ["养老机构"], via = ["served"] }, { level = 2 }]
among = { kind = "镇" }
needs = ["eligible-township"]
row = "X1"
target = [{ pct = 35.5, deadline = 2024-12-31, source = "文件" }, { pct = 100, source = "文件" }]
[[indicator.variant]]
id = "wide"
name = "宽"
where = {}
target = []
via = ["inside"]
quantified = false
[[indicator]]
id = "added"
name = "新增"
measure = "sum"
units = "county"
layer = "eldercare"
column = "beds"
year = { column = "opened_on", is = [2022, 2023] }
source = "文件"
[[indicator]]
id = "latest"
name = "最近"
measure = "ratio"
units = "county"
layer = "assistance"
numerator = "a"
denominator = "b"
weight = "c"
year = { column = "year", is = "latest" }
filled = ["number"]
status = ["运营", "在建"]
note = "说明"
"""


YEARLY = """
system = "other"
title = "本地"
[[indicator]]
id = "before"
name = "上年"
measure = "count"
units = "county"
layer = "eldercare"
unit = "家"
year = { column = "opened_on", is = 2022 }
source = "文件"
[[indicator]]
id = "now"
name = "本年"
measure = "count"
units = "county"
layer = "eldercare"
unit = "家"
year = { column = "opened_on", is = 2023 }
earlier = "before"
source = "文件"
"""


def test_an_indicator_may_name_the_one_of_the_years_before(
    tmp_path: Path, policy: dict[str, Indicator]
) -> None:
    (tmp_path / "local.toml").write_text(YEARLY, "utf-8")
    assert read_policy([tmp_path])["now"].earlier == "before"
    assert {one.id: one.earlier for one in policy.values() if one.earlier} == {
        "elder-complex-new": "elder-complex-2022",
        "mutual-care-upgraded": "mutual-care-2022",
        "home-adaptation": "home-adaptation-2022",
    }
    # how a comparison reads a figure changes no figure
    plain = YEARLY.replace('earlier = "before"\n', "")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "local.toml").write_text(plain, "utf-8")
    assert repr(read_policy([tmp_path])) == repr(read_policy([tmp_path / "other"]))


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('earlier = "before"', 'earlier = "nobody"', "earlier = “nobody”没有这个指标"),
        ('unit = "家"', 'unit = "个"', "须与本指标的 measure、units、layer、unit 相同"),
        ("is = 2022", "is = 2023", "前者的年份在前"),
        ("is = 2022", 'is = "latest"', "year 都须写明年份"),
        ('earlier = "before"', "earlier = 2022", "earlier"),
    ],
)
def test_another_indicator_of_the_years_before_is_refused(
    tmp_path: Path, was: str, now: str, said: str
) -> None:
    (tmp_path / "local.toml").write_text(YEARLY.replace(was, now, 1), "utf-8")
    with pytest.raises(PolicyError, match=re.escape(said)):
        read_policy([tmp_path])


@pytest.mark.parametrize(
    ("years", "on", "ahead"),
    [
        ((2023,), date(2022, 12, 31), True),
        ((2023,), date(2023, 1, 1), False),
        ((2021, 2022, 2023), date(2021, 6, 30), False),
        ((2021, 2022, 2023), date(2020, 12, 31), True),
        ((), date(1990, 1, 1), False),
    ],
)
def test_an_indicator_has_no_figure_before_its_first_year(
    policy: dict[str, Indicator], years: tuple[int, ...], on: date, *, ahead: bool
) -> None:
    one = replace(policy["elder-beds-new"], year=("opened_on", years))
    assert one.not_begun(on) is ahead
    assert not replace(one, year=None).not_begun(on)


def test_what_is_written_is_what_is_read_and_the_rest_as_it_is_by_default(tmp_path: Path) -> None:
    (tmp_path / "local.toml").write_text(LOCAL, "utf-8")
    found = read_policy([tmp_path])
    one, wide = found["local"], found["local@wide"]
    assert [(c.wanted, c.via) for c in one.where] == [
        ({"kind": ("养老机构",)}, ("served",)), ({"level": ("2",)}, None),
    ]  # fmt: skip
    assert [c.wanted for c in one.among] == [{"kind": ("镇",)}]
    assert (one.needs, one.via, one.quantified, one.every) == (
        ("eligible-township",), ("inside", "served", "named"), True, False,
    )  # fmt: skip
    assert [(t.pct, t.value, t.deadline) for t in one.targets] == [
        (Decimal("35.5"), None, date(2024, 12, 31)), (Decimal(100), None, None),
    ]  # fmt: skip
    assert (one.system, one.system_title, one.row, one.full_name) == (
        "eldercare",
        "本地",
        "X1",
        "示例",
    )
    assert (one.radius_m, one.year, one.column, one.weight, one.note) == (None, None, "", "", "")
    assert (wide.where, wide.targets, wide.via) == ((), (), ("inside",))
    assert (wide.among, wide.needs, wide.layer) == (one.among, one.needs, "eldercare")
    assert (wide.quantified, wide.full_name, wide.base) == (False, "示例（宽）", "local")
    added, latest = found["added"], found["latest"]
    assert (added.column, added.year, added.source) == ("beds", ("opened_on", (2022, 2023)), "文件")
    assert (latest.numerator, latest.denominator, latest.weight) == ("a", "b", "c")
    assert (latest.year, latest.filled) == (("year", ()), ("number",))
    assert (latest.status, latest.note) == (("运营", "在建"), "说明")
    assert list(found)[-4:] == ["local", "local@wide", "added", "latest"]


def test_a_later_folder_replaces_an_indicator_with_its_variants(tmp_path: Path) -> None:
    text = LOCAL.replace('id = "local"', 'id = "cemetery-township"')
    (tmp_path / "local.toml").write_text(text, "utf-8")
    found = read_policy([tmp_path])
    mine = [one for one in found if one.startswith("cemetery-township")]
    assert mine == ["cemetery-township", "cemetery-township@wide"]
    assert found["cemetery-township"].layer == "eldercare"


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    one = '[[indicator]]\nid = "a"\nname = "x"\nmeasure = "flag"\nunits = "county"\nlayer = "f"\n'
    for name in ("one.toml", "two.toml"):
        (tmp_path / name).write_text(f'system = "funeral"\ntitle = "x"\n{one}', "utf-8")
    with pytest.raises(PolicyError, match=r"two\.toml.*“a”重复"):
        read_policy([tmp_path])


def test_standing_lists_the_facts_in_order_with_days_left(measured: dict[str, Assessment]) -> None:
    rows = target_rows(list(measured.values()))
    listed = [r["row"] for r in rows if r["row"] != "规划"]
    order = (
        "R1 R2 R3 R3 R4 R4 R5 R6 R7 K1a K1b K1c K1d K1e K1f K1g K2a K2b K3 S1 S1b S2 S3a S3b S3c "
    )
    order += "S3d S4 S5 S5b S6a S6b S6c S6d S7a S7b S7c"
    assert listed == order.split()
    assert [r["row"] for r in rows[-6:]] == ["规划"] * 6
    by_id = {r["indicator"]: r for r in rows}
    assert by_id["cemetery-township"]["days_left"] == 0
    assert by_id["cemetery-township"]["passed"] is False
    assert by_id["elder-complex-2022"]["days_left"] == -365
    assert by_id["elder-complex-2022"]["passed"] is True
    assert by_id["elder-street"]["days_left"] == 731
    assert by_id["sign-village"]["days_left"] is None


@pytest.mark.parametrize("radius", ["1", "0.5", "1_000_000"])
def test_a_radius_may_be_as_wide_as_the_province(radius: str, tmp_path: Path) -> None:
    row = 'id = "a"\nname = "甲"\nmeasure = "reach"\nunits = "county"\nlayer = "cemetery"\n'
    head = 'system = "funeral"\ntitle = "本地"\n[[indicator]]\n'
    (tmp_path / "own.toml").write_text(f"{head}{row}radius_m = {radius}\n", "utf-8")
    assert read_policy([tmp_path])["a"].radius_m == float(radius)


@pytest.mark.parametrize(
    ("measure", "target", "taken"),
    [
        ("presence", "pct = 100", True), ("presence", "pct = 100.1", False),
        ("presence", "pct = 0.1", True), ("presence", "pct = -1", False),
        ("count", "value = 0", True), ("count", "value = -1", False), ("count", "value = 0.5", True),
    ],
)  # fmt: skip
def test_a_target_lies_within_its_bounds(
    measure: str, target: str, *, taken: bool, tmp_path: Path
) -> None:
    row = f'id = "a"\nname = "甲"\nmeasure = "{measure}"\nunits = "county"\nlayer = "cemetery"\n'
    head = 'system = "funeral"\ntitle = "本地"\n[[indicator]]\n'
    aim = f'[[indicator.target]]\n{target}\nsource = "示例"\ndeadline = 2025-12-31\n'
    (tmp_path / "own.toml").write_text(head + row + aim, "utf-8")
    if not taken:
        with pytest.raises(PolicyError, match=rf"{target.split()[0]} = "):
            read_policy([tmp_path])
        return
    [made] = read_policy([tmp_path])["a"].targets
    number = Decimal(target.split()[-1])
    assert (made.pct, made.value) == ((number, None) if "pct" in target else (None, number))
    assert (made.deadline, made.source) == (date(2025, 12, 31), "示例")


@pytest.mark.parametrize(
    ("before", "after", "taken"),
    [("2022", "2023", True), ("2023", "2023", False), ("[2021, 2022]", "[2023, 2024]", True),
     ("[2021, 2023]", "[2023, 2024]", False), ('"latest"', "2023", False), ("2022", '"latest"', False)],
)  # fmt: skip
def test_what_a_figure_is_compared_with_is_of_the_years_before(
    before: str, after: str, *, taken: bool, tmp_path: Path
) -> None:
    row = 'name = "甲"\nmeasure = "count"\nunits = "county"\nlayer = "eldercare"\n'
    text = 'system = "eldercare"\ntitle = "本地"\n'
    for name, years, more in (("a", before, ""), ("b", after, 'earlier = "a"\n')):
        year = f'year = {{ column = "built_on", is = {years} }}\n'
        text += f'[[indicator]]\nid = "{name}"\n{row}{year}{more}'
    (tmp_path / "own.toml").write_text(text, "utf-8")
    if taken:
        assert read_policy([tmp_path])["b"].earlier == "a"
        return
    with pytest.raises(PolicyError, match="两者的 year 都须写明年份，且前者的年份在前"):
        read_policy([tmp_path])


def test_years_have_begun_in_the_first_of_them() -> None:
    one = Indicator(
        "a", None, "other", "", "示例", "count", "county", "x", "", year=("y", (2023, 2025))
    )
    assert [one.not_begun(date(year, 12, 31)) for year in (2022, 2023, 2024)] == [
        True,
        False,
        False,
    ]
    assert not replace(one, year=("y", ())).not_begun(date(1900, 1, 1))
    assert not replace(one, year=None).not_begun(date(1900, 1, 1))
    assert (one.id, replace(one, variant="v").id) == ("a", "a@v")
    assert replace(one, variant_name="甲").full_name == "示例（甲）"


def test_what_came_later_to_an_indicator_is_no_part_of_the_policys_fingerprint() -> None:
    one = Indicator(
        "a", None, "other", "", "示例", "count", "county", "x", "", unit="张", earlier="b"
    )
    assert repr(one) == repr(replace(one, unit="", earlier=""))
    assert repr(one) != repr(replace(one, column="b"))


def test_each_key_of_an_indicator_is_what_the_file_says(tmp_path: Path) -> None:
    text = """
system = "funeral"
title = "本地"
[[indicator]]
id = "mine"
name = "本地可用年限"
measure = "capacity"
units = "county"
layer = "cemetery"
years = 12.5
unit = "年"
via = ["named"]
where = { kind = ["公墓"] }
among = { kind = ["县"] }
deaths = { per_mille = 6.5, source = "年鉴" }
share = { pct = 60, source = "公报" }
note = "示例"
quantified = false
[[indicator]]
id = "area"
name = "每百户面积"
measure = "ratio"
units = "village"
layer = "service-facility"
numerator = "area_m2"
denominator = { layer = "population", column = "households" }
per = 100
unit = "平方米/百户"
[[indicator]]
id = "near"
name = "半径内"
measure = "reach"
units = "village"
layer = "eldercare"
radius_m = 1500
"""
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    policy = read_policy([tmp_path])
    one = policy["mine"]
    assert (one.years, one.unit, one.via, one.note, one.quantified) == (
        Decimal("12.5"), "年", ("named",), "示例", False,
    )  # fmt: skip
    assert (one.base, one.variant, one.system, one.system_title) == (
        "mine",
        None,
        "funeral",
        "本地",
    )
    assert [c.wanted for c in (*one.where, *one.among)] == [{"kind": ("公墓",)}, {"kind": ("县",)}]
    assert one.deaths is not None
    assert one.share is not None
    assert (one.deaths.amount, one.deaths.source) == (Decimal("6.5"), "年鉴")
    assert (one.share.amount, one.share.source) == (Decimal(60), "公报")
    assert (one.per, one.radius_m, one.beside, one.every, one.stated) == (None, None, "", False, False)  # fmt: skip
    area, near = policy["area"], policy["near"]
    assert (area.per, area.beside, area.numerator, area.denominator, area.years) == (
        Decimal(100), "population", "area_m2", "households", None,
    )  # fmt: skip
    assert (near.radius_m, near.quantified, near.unit) == (Decimal(1500), True, "")
