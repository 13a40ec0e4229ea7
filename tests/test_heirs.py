"""What became of each unit of an earlier list: by code, name, the table of changes, or boundary."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from hbgeo.read.divisions.changes import Change
from hbgeo.read.divisions.heirs import HEIR_COLUMNS, Heirs, find_heirs

SINCE, UNTIL = date(2022, 12, 31), date(2023, 12, 31)
COUNTIES = {"420525": "远安县", "420526": "兴山县"}
MAY = date(2023, 5, 1)

Link = tuple[str, str, str, bool]  # old, new, kind, sure


def towns(*units: str, county: str = "远安县") -> pd.DataFrame:
    """A list of townships from texts such as "101甲镇" or "101甲镇@a": code, name, boundary."""
    codes = {name: code for code, name in COUNTIES.items()}
    rows = []
    for unit in units:
        where, _, own = unit.rpartition(":")
        named, _, shape = own.partition("@")
        home = where or county
        rows.append((f"{codes[home]}{named[:3]}", named[3:], codes[home], home, "", shape))
    frame = pd.DataFrame(rows, columns=["code", *HEIR_COLUMNS], dtype="str")
    return frame.set_index("code")


def counties(names: dict[str, str] = COUNTIES) -> pd.DataFrame:
    rows = [(code, name, code, name, "", "") for code, name in names.items()]
    return pd.DataFrame(rows, columns=["code", *HEIR_COLUMNS], dtype="str").set_index("code")


def change(
    kind: str, old: str, new: str, on: date | None = MAY, *, to: str = "远安县", of: str = "远安县"
) -> Change:
    return Change(kind, old, of, new, to, on, "示例")


def heirs(was: pd.DataFrame, now: pd.DataFrame, *changes: Change) -> Heirs:
    earlier = {"county": counties(), "township": was}
    later = {"county": counties(), "township": now}
    return find_heirs(earlier, later, changes, since=SINCE, until=UNTIL)["township"]


def links(found: Heirs) -> list[Link]:
    """The links without the county's six digits."""
    rows = found.links.itertuples(index=False, name=None)
    return [(old[6:], new[6:], kind, sure) for old, new, kind, sure in rows]


CASES: dict[str, tuple[list[str], list[str], list[Change], list[Link], list[str]]] = {
    "nothing changed": (["101甲镇"], ["101甲镇"], [], [("101", "101", "", True)], []),
    "another spelling of one name": (
        ["101芭蕉侗族乡", "102乙镇"], ["101芭蕉侗族乡", "102乙镇 "], [],
        [("101", "101", "", True), ("102", "102", "", True)], [],
    ),
    "another code for one name": (["101甲镇"], ["201甲镇"], [], [("101", "201", "", True)], []),
    "another name for one code, which is nobody else's": (
        ["101甲镇"], ["101丙镇"], [], [("101", "101", "更名", True)], [],
    ),
    "the name of another unit that was there before": (
        ["101甲镇", "102乙镇"], ["101乙镇"], [], [("102", "101", "", True)], ["101"],
    ),
    "a change of name that the table tells": (
        ["101甲镇"], ["201丙镇"], [change("更名", "甲镇", "丙镇")], [("101", "201", "更名", True)], [],
    ),
    "two changes, one after the other": (
        ["101甲镇"], ["201丁镇"],
        [change("更名", "甲镇", "丙镇"), change("更名", "丙镇", "丁镇", date(2023, 9, 1))],
        [("101", "201", "更名", True)], [],
    ),
    "the second change came before the first": (
        ["101甲镇"], ["201丁镇", "202丙镇"],
        [change("更名", "甲镇", "丙镇", date(2023, 9, 1)), change("更名", "丙镇", "丁镇", date(2023, 3, 1))],
        [("101", "202", "更名", True)], [],
    ),
    "two that went up in one": (
        ["101甲镇", "102乙镇"], ["101甲镇"], [change("合并", "乙镇", "甲镇")],
        [("101", "101", "", True), ("102", "101", "合并", True)], [],
    ),
    "one that was parted, and goes on": (
        ["101甲镇"], ["101甲镇", "103丙镇"], [change("析置", "甲镇", "丙镇")],
        [("101", "103", "析置", False), ("101", "101", "析置", False)], [],
    ),
    "one that was parted in two others": (
        ["101甲镇"], ["103丙镇", "104丁镇"],
        [change("拆分", "甲镇", "丙镇"), change("拆分", "甲镇", "丁镇")],
        [("101", "103", "拆分", False), ("101", "104", "拆分", False)], [],
    ),
    "a change on the day of the earlier list has happened": (
        ["101甲镇", "103丙镇"], ["101甲镇", "103丙镇"], [change("析置", "甲镇", "丙镇", SINCE)],
        [("101", "101", "", True), ("103", "103", "", True)], [],
    ),
    "one on the day of the later list counts": (
        ["101甲镇"], ["101甲镇", "103丙镇"], [change("析置", "甲镇", "丙镇", UNTIL)],
        [("101", "103", "析置", False), ("101", "101", "析置", False)], [],
    ),
    "what was split off without a date is told by its being new": (
        ["101甲镇"], ["101甲镇", "103丙镇"], [change("析置", "甲镇", "丙镇", None)],
        [("101", "103", "析置", False), ("101", "101", "析置", False)], [],
    ),
    "and is no change where it was there before": (
        ["101甲镇", "103丙镇"], ["101甲镇", "103丙镇"], [change("析置", "甲镇", "丙镇", None)],
        [("101", "101", "", True), ("103", "103", "", True)], [],
    ),
    "the very same boundary": (
        ["101甲镇@a", "102乙镇@b"], ["101乙镇@b", "301丙镇@a"], [],
        [("101", "301", "更名", True), ("102", "101", "", True)], [],
    ),
    "a boundary that two have tells nothing": (
        ["101甲镇@a", "102乙镇@b"], ["101乙镇@b", "301丙镇@a", "302丁镇@a"], [],
        [("102", "101", "", True)], ["101"],
    ),
    "no boundary is no boundary in common": (
        ["101甲镇", "102乙镇"], ["101乙镇", "301丙镇"], [], [("102", "101", "", True)], ["101"],
    ),
    "a table that goes in a circle": (
        ["101甲镇"], ["201丁镇"], [change("更名", "甲镇", "丙镇"), change("更名", "丙镇", "甲镇")],
        [], ["101"],
    ),
    "a name of another county says nothing": (
        ["101甲镇"], ["兴山县:201甲镇"], [], [], ["101"],
    ),
    "a unit that changed its county": (
        ["101甲镇"], ["兴山县:201甲镇"], [change("划转", "甲镇", "甲镇", to="兴山县")],
        [("101", "201", "划转", True)], [],
    ),
    "of two that it was parted in, only one is in the list": (
        ["101甲镇"], ["103丙镇"], [change("拆分", "甲镇", "丙镇"), change("拆分", "甲镇", "丁镇")],
        [("101", "103", "拆分", False)], [],
    ),
    "a part became another, a part went to one that was there": (
        ["101甲镇", "102乙镇"], ["101甲镇", "102乙镇", "103丙镇"],
        [change("析置", "甲镇", "丙镇"), change("划转", "甲镇", "乙镇")],
        [("101", "103", "析置", False), ("101", "102", "划转", False), ("101", "101", "析置", False),
         ("102", "102", "", True)], [],
    ),
    "a part went to one that was there, on the later list's day": (
        ["101甲镇", "102乙镇"], ["101甲镇", "102乙镇"], [change("析置", "甲镇", "乙镇", UNTIL)],
        [("101", "102", "析置", False), ("101", "101", "析置", False), ("102", "102", "", True)], [],
    ),
    "and on the day after it": (
        ["101甲镇", "102乙镇"], ["101甲镇", "102乙镇"], [change("析置", "甲镇", "乙镇", date(2024, 1, 1))],
        [("101", "101", "", True), ("102", "102", "", True)], [],
    ),
    "one of its name in another county was parted": (
        ["101甲镇", "兴山县:101甲镇"], ["101甲镇", "兴山县:101甲镇", "兴山县:103丙镇"],
        [change("析置", "甲镇", "丙镇", of="兴山县", to="兴山县")],
        [("101", "101", "", True), ("101", "103", "析置", False), ("101", "101", "析置", False)], [],
    ),
    "a change that the later list shows before its day": (
        ["101甲镇"], ["201丙镇"], [change("更名", "甲镇", "丙镇", date(2024, 3, 1))],
        [("101", "201", "更名", True)], [],
    ),
    "a change of no day that the later list shows": (
        ["101甲镇"], ["201丙镇"], [change("更名", "甲镇", "丙镇", None)], [("101", "201", "更名", True)], [],
    ),
    "a change that the earlier list has not followed": (
        ["101甲镇"], ["201丙镇"], [change("更名", "甲镇", "丙镇", date(2020, 3, 1))],
        [("101", "201", "更名", True)], [],
    ),
    "of two such the last": (
        ["101甲镇"], ["201丙镇", "202丁镇"],
        [change("更名", "甲镇", "丁镇", date(2019, 3, 1)), change("更名", "甲镇", "丙镇", date(2020, 3, 1))],
        [("101", "201", "更名", True)], [],
    ),
    "one of the earlier list's day and one to come": (
        ["101甲镇"], ["201丙镇", "202丁镇"],
        [change("更名", "甲镇", "丁镇", SINCE), change("更名", "甲镇", "丙镇", date(2024, 3, 1))],
        [("101", "201", "更名", True)], [],
    ),
    "of two between both dates the first": (
        ["101甲镇"], ["201丙镇", "202丁镇"],
        [change("更名", "甲镇", "丁镇", date(2023, 9, 1)), change("更名", "甲镇", "丙镇", date(2023, 3, 1))],
        [("101", "201", "更名", True)], [],
    ),
    "a county by a name that is in neither list": (
        ["101甲镇"], ["201丙镇"],
        [change("更名", "甲镇", "丙镇", of="远安老县", to="远安老县"),
         Change("更名", "远安老县", "", "远安县", "", date(2019, 1, 1), "示例")],
        [("101", "201", "更名", True)], [],
    ),
    "the people's name may lack": (
        ["101芭蕉侗族乡"], ["201芭蕉乡"], [], [("101", "201", "", True)], [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CASES)
def test_what_became_of_a_unit(what: str) -> None:
    was, now, changes, wanted, lost = CASES[what]
    found = heirs(towns(*was), towns(*now), *changes)
    assert sorted(links(found)) == sorted(wanted)
    assert [code[6:] for code in found.lost] == lost


def test_where_the_ground_of_a_lost_unit_may_be() -> None:
    """In units of its county that come from nowhere, or have another boundary than before."""
    was = towns("101甲镇@a", "102乙镇@b", "103丙镇@c")
    now = towns("102乙镇@b", "103丙镇@x", "104丁镇@d", "兴山县:201戊镇@e")
    found = heirs(was, now)
    assert found.lost == {"420525101": ("420525103", "420525104")}
    assert found.every["420525101"] == ("420525103", "420525104")
    assert found.every["420525102"] == ("420525102",)


def test_what_is_told_of_links() -> None:
    was, now = towns("101甲镇", "102乙镇", "103丙镇"), towns("101甲镇", "103丙镇", "104丁镇")
    found = heirs(was, now, change("合并", "乙镇", "甲镇"), change("析置", "丙镇", "丁镇"))
    short = {old[6:]: [new[6:] for new in news] for old, news in found.every.items()}
    assert short == {"101": ["101"], "102": ["101"], "103": ["104", "103"]}
    assert {k[6:]: v[6:] for k, v in found.sure.items()} == {"101": "101", "102": "101"}
    assert {k[6:]: v for k, v in found.kinds.items()} == {"101": "", "102": "合并", "103": "析置"}
    origins = {new[6:]: [old[6:] for old in olds] for new, olds in found.origins.items()}
    assert origins == {"101": ["101", "102"], "104": ["103"], "103": ["103"]}


def test_a_county_of_another_name_takes_its_townships_along() -> None:
    names = COUNTIES | {"420581": "远安市"}
    del names["420525"]
    was, now = towns("101甲镇", "102乙镇"), towns("101甲镇", "102丙镇")
    now.index, now["county_code"], now["county"] = ["420581101", "420581102"], "420581", "远安市"
    table = [
        Change("撤县设市", "远安县", "", "远安市", "", MAY, "示例"),
        Change("更名", "乙镇", "远安县", "丙镇", "远安市", MAY, "示例"),
    ]
    found = find_heirs(
        {"county": counties(), "township": was}, {"county": counties(names), "township": now},
        table, since=SINCE, until=UNTIL,
    )  # fmt: skip
    assert found["county"].sure == {"420525": "420581", "420526": "420526"}
    assert found["county"].kinds == {"420525": "撤县设市", "420526": ""}
    assert found["township"].sure == {"420525101": "420581101", "420525102": "420581102"}
    assert found["township"].kinds == {"420525101": "", "420525102": "更名"}


def villages(*rows: tuple[str, str]) -> pd.DataFrame:
    """A list of villages of 远安县: its three last digits behind those of a township, and its name."""
    made = [(f"420525{n}", name, "420525", "远安县", f"420525{n[:3]}", "") for n, name in rows]
    frame = pd.DataFrame(made, columns=["code", *HEIR_COLUMNS], dtype="str")
    return frame.set_index("code")


def test_villages_go_with_the_township_they_lie_in() -> None:
    """Of three villages of one name each is that of its own township, whatever that is called now."""
    was, now = towns("101甲镇", "102乙镇", "103戊镇"), towns("201丁镇", "202丙镇", "103戊镇")
    then = villages(
        ("101201", "河东村"), ("102201", "河东村"), ("102202", "河西村"), ("103201", "河东村")
    )
    later = villages(
        ("201201", "河东村"), ("202201", "河东村"), ("202202", "河西村"), ("103201", "河东村")
    )
    found = find_heirs(
        {"county": counties(), "township": was, "village": then},
        {"county": counties(), "township": now, "village": later},
        [change("更名", "乙镇", "丙镇"), change("更名", "甲镇", "丁镇")], since=SINCE, until=UNTIL,
    )["village"]  # fmt: skip
    assert {old[6:]: new[6:] for old, new in found.sure.items()} == {
        "101201": "201201", "102201": "202201", "102202": "202202", "103201": "103201",
    }  # fmt: skip
    assert found.lost == {}


def test_villages_of_a_township_that_is_lost_go_by_a_name_that_only_one_bears() -> None:
    was, now = towns("101甲镇", "102乙镇"), towns("102乙镇", "201丁镇")
    then = villages(("101201", "河东村"), ("101202", "河西村"), ("102201", "河西村"))
    later = villages(("201201", "河东村"), ("201202", "河西村"), ("102201", "河西村"))
    found = find_heirs(
        {"county": counties(), "village": then}, {"county": counties(), "village": later},
        [], since=SINCE, until=UNTIL,
    )["village"]  # fmt: skip
    assert {old[6:]: new[6:] for old, new in found.sure.items()} == {
        "101201": "201201", "102201": "102201",
    }  # fmt: skip
    assert list(found.lost) == ["420525101202"]
    assert "village" not in find_heirs(
        {"county": counties(), "township": was, "village": then},
        {"county": counties(), "township": now}, [], since=SINCE, until=UNTIL,
    )  # fmt: skip


def test_a_county_of_a_people_is_found_by_its_short_name() -> None:
    was, now = counties({"420528": "长阳土家族自治县"}), counties({"420583": "长阳市"})
    table = [Change("撤县设市", "长阳县", "", "长阳市", "", MAY, "示例")]
    found = find_heirs({"county": was}, {"county": now}, table, since=SINCE, until=UNTIL)["county"]
    assert found.sure == {"420528": "420583"}
    assert found.kinds == {"420528": "撤县设市"}
