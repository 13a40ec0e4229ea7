"""Between the units of two dates: what is new, gone, renamed or reshaped, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
import shapely
from test_heirs import MAY, SINCE, UNTIL, change, counties, towns

from hbgeo.errors import RequestError
from hbgeo.measure.bridge import Bridge
from hbgeo.read.divisions.changes import Change
from hbgeo.read.divisions.heirs import find_heirs


def bridge(
    was: pd.DataFrame, now: pd.DataFrame, *changes: Change, **ground: pd.DataFrame
) -> Bridge:
    earlier, later = (
        {"county": counties(), "township": was},
        {"county": counties(), "township": now},
    )
    heirs = find_heirs(earlier, later, changes, since=SINCE, until=UNTIL)
    return Bridge(earlier, later, heirs, ground, frozenset({"county", "township"}))


def moved(found: Bridge) -> list[tuple[str, ...]]:
    """What moved, without the county's six digits."""
    rows = found.boundaries.itertuples(index=False, name=None)
    return [(what, code[6:], name, was) for _, what, code, name, was in rows]


MOVED = {
    "nothing": (["101甲镇@a"], ["101甲镇@a"], [], []),
    "a boundary": (["101甲镇@a", "102乙镇@b"], ["101甲镇@x", "102乙镇@b"], [], [("边界调整", "101", "甲镇", "")]),
    "a name": (["101甲镇@a"], ["101丙镇@a"], [], [("更名", "101", "丙镇", "甲镇")]),
    "a code": (["101甲镇@a"], ["201甲镇@a"], [], [("代码变更", "201", "甲镇", "甲镇")]),
    "a name, of which the table tells how": (
        ["101甲乡@a"], ["201甲镇@a"], [change("改制", "甲乡", "甲镇")], [("改制", "201", "甲镇", "甲乡")],
    ),
    "a name and the boundary": (
        ["101甲镇@a"], ["101丙镇@x"], [change("更名", "甲镇", "丙镇")],
        [("更名", "101", "丙镇", "甲镇"), ("边界调整", "101", "丙镇", "")],
    ),
    "one more": (["101甲镇@a"], ["101甲镇@a", "102乙镇@b"], [], [("新设", "102", "乙镇", "")]),
    "one less": (["101甲镇@a", "102乙镇@b"], ["101甲镇@a"], [], [("撤销", "102", "乙镇", "")]),
    "one less, of which the table tells how": (
        ["101甲镇@a", "102乙镇@b"], ["101甲镇@x"], [change("合并", "乙镇", "甲镇")],
        [("合并", "102", "乙镇", ""), ("边界调整", "101", "甲镇", "")],
    ),
    "one that was split off": (
        ["101甲镇@a"], ["101甲镇@x", "103丙镇@c"], [change("析置", "甲镇", "丙镇")],
        [("析置", "103", "丙镇", "甲镇"), ("边界调整", "101", "甲镇", "")],
    ),
    "one that was parted in two": (
        ["101甲镇@a"], ["103丙镇@c", "104丁镇@d"],
        [change("拆分", "甲镇", "丙镇"), change("拆分", "甲镇", "丁镇")],
        [("拆分", "101", "甲镇", ""), ("拆分", "103", "丙镇", "甲镇"), ("拆分", "104", "丁镇", "甲镇")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", MOVED)
def test_what_moved_between_two_dates(what: str) -> None:
    was, now, changes, wanted = MOVED[what]
    found = bridge(towns(*was), towns(*now), *changes)
    assert moved(found) == wanted
    assert found.moved == (frozenset({"township"}) if wanted else frozenset())


def test_a_level_that_only_one_date_has_units_of_moved_nothing() -> None:
    found = replace(bridge(towns("101甲镇"), towns("102乙镇")), levels=frozenset({"county"}))
    assert moved(found) == []
    assert found.said(SINCE) == []


@pytest.mark.parametrize(
    ("was", "now", "changes", "lacks"),
    [
        (["101甲镇@a"], ["101甲镇@a"], [], False),  # nothing moved
        (["101甲镇@a"], ["201丙镇@a"], [], False),  # the same ground under another name
        (["101甲镇"], ["201丙镇"], [change("更名", "甲镇", "丙镇")], False),  # no shapes to place by
        (["101甲镇@a"], ["201丙镇@x"], [change("更名", "甲镇", "丙镇")], True),
        (["101甲镇@a", "102乙镇@b"], ["101甲镇@a"], [], True),  # one is lost
        (["101甲镇@a"], ["101甲镇@a", "102乙镇@b"], [], True),  # one comes from nowhere
        (["101甲镇@a"], ["101甲镇@a", "103丙镇@c"], [change("析置", "甲镇", "丙镇")], True),
        (["101甲镇@a", "102乙镇@a"], ["101甲镇@a"], [change("合并", "乙镇", "甲镇")], True),
    ],
)  # fmt: skip
def test_rows_are_placed_anew_where_the_ground_is_another(
    was: list[str], now: list[str], changes: list[Change], *, lacks: bool
) -> None:
    found = bridge(towns(*was), towns(*now), *changes)
    assert found.lacks_ground("township") is lacks
    assert found.lacks_ground("county") is False
    assert bridge(towns(*was), towns(*now), *changes, township=towns(*now)).lacks_ground("township") is False  # fmt: skip
    if not lacks:
        found.refuse_unknown()
        return
    with pytest.raises(RequestError) as caught:
        found.refuse_unknown()
    assert str(caught.value) == (
        "两期的单元或边界不同（乡镇（街道）），须有后一期的边界图层：请用后一期的工作区比较"
    )


def test_an_index_is_made_once_and_only_of_shapes() -> None:
    plain = towns("101甲镇", "102乙镇")
    shapes = [shapely.box(110, 30, 111, 31), shapely.box(111, 30, 112, 31)]
    assert bridge(plain, plain, township=plain).index("township") is None
    found = bridge(plain, plain, township=plain.assign(geometry=shapes))
    index = found.index("township")
    assert index is not None
    assert found.index("township") is index
    assert index.query([110.5, 111.5, 113], [30.5] * 3).tolist() == [0, 1, -1]


def test_what_is_said_of_units_that_are_not_the_same() -> None:
    was = towns("101甲镇@a", "102乙镇@b", "103丙镇@c")
    now = towns("101甲镇@x", "103丁镇@c", "104戊镇@e")
    found = bridge(was, now, change("更名", "丙镇", "丁镇", MAY))
    assert found.said(date(2022, 12, 31)) == [
        (
            "两期单元不同：乡镇（街道）撤销 1 个、乡镇（街道）新设 1 个、乡镇（街道）更名 1 个、乡镇（街道）边界调整 1 个；"
            "2022-12-31 的设施和各行数据已按后一期的单元和边界重新归属。"
        ),
        (
            "上期单元 1 个没有写明去向：乙镇（420525102）；只写其名称的行不能归到后一期的单元，"
            "请在后一期工作区的 layers/changes.csv 补写。"
        ),
    ]
    assert bridge(was, was).said(SINCE) == []
    renamed = bridge(towns("101甲镇@a"), towns("101丙镇@a")).said(SINCE)
    assert renamed == [
        "两期单元不同：乡镇（街道）更名 1 个；2022-12-31 的设施和各行数据已按后一期的单元和边界重新归属。"
    ]


@pytest.mark.parametrize(
    ("count", "end"), [(10, "409镇（420525409）；"), (11, "409镇（420525409）等；")]
)
def test_ten_lost_units_are_named(count: int, end: str) -> None:
    lost = [f"{n}{n}镇" for n in range(400, 400 + count)]
    said = bridge(towns("101甲镇", *lost), towns("101甲镇")).said(SINCE)[1]
    assert said.startswith(f"上期单元 {count} 个没有写明去向：400镇（420525400）、")
    assert end in said
