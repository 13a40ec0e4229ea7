"""Which rows an indicator counts: its years, what is filled in, what cannot be told without a column."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hbgeo.measure.counting import (
    Counted,
    amounts_of,
    count_rows,
    needed_columns,
    since_of,
    with_year,
    working,
)
from hbgeo.measure.filters import absent_columns, any_of, describe, match
from hbgeo.measure.options import Options
from hbgeo.read.indicator import Clause, Indicator
from hbgeo.read.schema.records import read_schema
from hbgeo.read.table import LayerTable

ON = Options(as_of=date(2023, 12, 31))


def count(one: Indicator, frame: pd.DataFrame, options: Options = ON) -> Counted:
    return count_rows(one, options, LayerTable(one.layer, frame, schema=one.layer))


def indicator(layer: str, **more: Any) -> Indicator:
    return Indicator("x", None, "other", "", "示例", "presence", "township", layer, "", **more)


def beds(**columns: Any) -> pd.DataFrame:
    made = pd.DataFrame(columns)
    for name in ("opened_on", "built_on"):
        if name in made:
            made[name] = pd.to_datetime(made[name])
    return made


HOMES = beds(
    kind=["养老机构", "养老机构", "农村福利院", "养老机构", "养老机构"],
    status=["运营", "运营", "运营", "在建", ""],
    opened_on=["2023-03-01", "2022-03-01", "2023-03-01", None, "2023-03-01"],
    beds=[10.0, 20.0, np.nan, 40.0, 50.0],
)


def test_a_row_counts_when_it_matches_works_and_is_complete() -> None:
    given = replace(
        indicator("eldercare"), measure="sum", column="beds", where=(Clause({"kind": ("养老机构",)}),)
    )  # fmt: skip
    counted = count(given, HOMES)
    assert counted.matched.tolist() == [True, True, False, True, True]
    assert counted.rows.tolist()[:4] == [True, True, False, False]
    assert [m.tolist() for m in counted.asked] == [[True, True, False, True, True]]
    assert counted.clauses[0][1] == ("inside", "served", "named")
    everything = count(replace(given, where=()), HOMES)
    assert everything.matched.tolist() == [True] * 5
    aside = {why: mask.tolist() for why, mask in everything.work.set_aside.items()}
    assert aside["“床位数”为空"] == [False, False, True, False, False]
    assert everything.rows.tolist()[:4] == [True, True, False, False]


def test_each_clause_has_its_rows_and_its_own_ways() -> None:
    given = replace(
        indicator("eldercare"),
        where=(Clause({"kind": ("农村福利院",)}, ("served",)), Clause({"status": ("运营",)})),
        via=("inside",),
    )
    counted = count(given, HOMES)
    first, second = counted.clauses
    assert (first[0].tolist(), first[1]) == ([False, False, True, False, False], ("served",))
    assert (second[0].tolist()[:4], second[1]) == ([True, True, True, False], ("inside",))


@pytest.mark.parametrize(
    ("years", "as_of", "rows", "said"),
    [
        ((2023,), 2023, [False, False, True, False], (2023,)),
        ((2022, 2023), 2023, [False, True, True, False], (2022, 2023)),
        ((2022,), 2023, [False, True, False, False], (2022,)),
        ((2024,), 2023, [False, False, False, False], (2024,)),
        ((), 2023, [False, False, True, False], (2023,)),
        ((), 2022, [False, True, False, False], (2022,)),
        ((), 2020, [False, False, False, False], ()),
    ],
)
def test_rows_of_a_year_and_never_of_one_after_the_date(
    years: tuple[int, ...], as_of: int, rows: list[bool], said: tuple[int, ...]
) -> None:
    table = pd.DataFrame({"year": [2021.0, 2022.0, 2023.0, 2024.0], "unit_code": list("abcd")})
    table.loc[0, "year"] = np.nan
    given = replace(indicator("assistance"), measure="sum", year=("year", years))
    counted = count(given, table, Options(as_of=date(as_of, 12, 31)))
    assert counted.rows.tolist() == rows
    assert counted.years == said


def test_an_increment_of_a_year_takes_its_date_for_the_opening_one() -> None:
    frame = beds(
        kind=["综合体"] * 5,
        status=["运营"] * 5,
        built_on=["2023-03-01", "2022-12-31", None, "2023-12-31", "2024-01-01"],
        opened_on=["2019-01-01"] * 5,
    )
    schema = read_schema("eldercare")
    given = replace(indicator("eldercare"), year=("built_on", (2023,)))
    assert since_of(given, schema) == "built_on"
    assert since_of(replace(given, year=None), schema) == ""
    assert since_of(replace(given, year=("beds", ())), schema) == ""
    counted = count(given, frame, Options(as_of=date(2023, 12, 31), undated="include"))
    assert counted.rows.tolist() == [True, False, False, True, False]
    heading = schema.heading("built_on")
    assert counted.work.set_aside[f"无{heading}"].tolist() == [False, False, True, False, False]
    half = count(given, frame, Options(as_of=date(2023, 6, 30)))
    assert half.rows.tolist() == [True, False, False, False, False]


def test_what_must_be_filled_in_is_set_aside_where_it_is_not() -> None:
    table = pd.DataFrame({"number": ["示例1号", "", None], "unit_code": list("abc")})
    given = replace(indicator("assistance"), measure="flag", filled=("number",))
    counted = count(given, table)
    assert counted.rows.tolist() == [True, False, False]
    weighted = replace(indicator("assistance"), measure="ratio", weight="persons", numerator="a",
                       denominator="b")  # fmt: skip
    rows = pd.DataFrame({"persons": [1.0, np.nan, 1.0, 1.0], "a": [1.0, 1.0, np.nan, 1.0],
                         "b": [1.0, 1.0, 1.0, np.nan], "unit_code": list("abcd")})  # fmt: skip
    assert count(weighted, rows).rows.tolist() == [True, False, False, False]
    presence = replace(weighted, measure="presence", numerator="", denominator="")
    assert count(presence, rows).rows.all()


def test_columns_without_which_nothing_can_be_told() -> None:
    home, sign, facts = (read_schema(k) for k in ("cemetery", "sign", "assistance"))
    include = Options(as_of=ON.as_of, undated="include")
    exclude = Options(as_of=ON.as_of, undated="exclude")
    state = [] if home.counting and home.counting.blank else ["status"]
    assert needed_columns(home, ON) == [*state, "opened_on"]
    assert needed_columns(home, include) == state
    assert needed_columns(home, include, "built_on") == [*state, "built_on"]
    assert "installed_on" not in needed_columns(sign, ON)
    assert "installed_on" in needed_columns(sign, exclude)
    assert needed_columns(facts, ON) == []
    assert needed_columns(facts, ON, "year") == ["year"]


def test_dates_bound_what_the_schema_counts_and_nothing_added_by_a_scenario() -> None:
    frame = beds(
        status=["运营", "在建", "运营", "在建"], opened_on=["2024-01-01", "2024-01-01", None, None]
    )
    frame["closed_on"] = pd.to_datetime([None, None, None, "2023-12-31"])
    frame.index = list("abcd")
    made = working(frame, read_schema("cemetery"), Options(as_of=ON.as_of, status=("在建",)))
    assert made.mask.tolist() == [False, True, False, False]
    assert made.undated.tolist() == [False, False, True, False]
    aside = {why: mask.tolist() for why, mask in made.set_aside.items()}
    assert aside["启用时间晚于截止日期"] == [True, False, False, False]
    assert aside["截止日期前已关闭"] == [False, False, False, True]
    forced = working(frame, read_schema("cemetery"), Options(as_of=ON.as_of, as_if=("d", "x")))
    assert forced.mask.tolist() == [False, False, False, True]
    only = working(frame, read_schema("cemetery"), ON, status=("在建",))
    assert only.mask.tolist() == [False, True, False, False]


def test_a_table_without_years_is_of_the_year_its_entry_states() -> None:
    table = LayerTable("assistance", pd.DataFrame({"a": [1.0]}), year=2022)
    given = replace(indicator("assistance"), year=("year", ()))
    assert with_year(given, table).frame["year"].tolist() == [2022.0]
    assert "year" not in table
    assert with_year(replace(given, year=None), table) is table
    assert with_year(given, replace(table, year=None)).frame is table.frame
    stated = table.assign(year=2020.0)
    assert with_year(given, stated) is stated


FRAME = pd.DataFrame(
    {
        "kind": ["公墓", "骨灰堂", ""],
        "care": pd.Series([("全托", "日托"), ("日托",), "全托"], dtype=object),
    }
)


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        ({}, [True, True, True]),
        ({"kind": ("公墓",)}, [True, False, False]),
        ({"kind": ("公墓", "骨灰堂")}, [True, True, False]),
        ({"kind": ("公",)}, [False, False, False]),
        ({"care": ("全托",)}, [True, False, True]),
        ({"care": ("全托+日托",)}, [True, False, False]),
        ({"care": ("全托", "日托")}, [True, True, True]),
        ({"kind": ("骨灰堂",), "care": ("全托",)}, [False, False, False]),
        ({"kind": ("骨灰堂",), "care": ("日托",)}, [False, True, False]),
    ],
)
def test_a_filter_asks_for_values_in_every_column(
    wanted: dict[str, tuple[str, ...]], rows: list[bool]
) -> None:
    assert match(FRAME, Clause(wanted)).tolist() == rows


def test_filters_together_and_in_words() -> None:
    clauses = (Clause({"kind": ("公墓",)}), Clause({"care": ("日托",)}, ("served", "inside")))
    assert any_of(FRAME, clauses).tolist() == [True, True, False]
    assert any_of(FRAME, ()).tolist() == [True] * 3
    mixed = {"kind": {"公墓": ("骨灰堂",)}}
    assert match(FRAME, Clause({"kind": ("公墓",)}), mixed).tolist() == [True, True, False]
    assert match(FRAME, Clause({"kind": ("骨灰堂",)}), mixed).tolist() == [False, True, False]
    assert absent_columns(
        FRAME, (Clause({"a": ("1",), "kind": ("1",)}), Clause({"a": ("2",)}))
    ) == ["a"]
    assert describe(clauses, None) == "kind=公墓；或 care=日托，方式=服务范围、境内"
    said = describe((Clause({"kind": ("公墓", "骨灰堂")}),), read_schema("cemetery"))
    assert said == "设施类型=公墓、骨灰堂"


def test_the_columns_added_up() -> None:
    given = indicator("assistance", column="a", numerator="b", denominator="c", weight="d")
    assert amounts_of(given) == ["a", "b", "c"]
    assert amounts_of(replace(given, measure="ratio")) == ["a", "b", "c", "d"]
    assert amounts_of(replace(given, numerator="", measure="ratio")) == ["a", "c", "d"]
    assert amounts_of(indicator("cemetery", weight="population")) == []


def test_numbers_are_matched_by_their_text() -> None:
    frame = pd.DataFrame({"whole": [1, 2], "part": [1.5, 2.0], "text": ["1", "2"]})
    for column, value in (("whole", "2"), ("part", "2.0"), ("text", "2")):
        assert match(frame, Clause({column: (value,)})).tolist() == [False, True]


def test_a_ratio_of_a_table_counts_whatever_its_rows_say_and_one_of_facilities_what_works() -> None:
    rows = beds(status=["运营", "关闭"], opened_on=["2020-01-01"] * 2, a=[1.0, 2.0], b=[4.0, 5.0])
    given = replace(indicator("cemetery"), measure="ratio", numerator="a", denominator="b")
    assert count(given, rows).rows.tolist() == [True, False]
    table = rows.assign(unit_code=["a", "b"])
    assert count(given, table).rows.tolist() == [True, True]
    added = replace(given, measure="sum", column="a")
    assert count(added, table).rows.tolist() == [True, False]


def test_rows_of_an_earlier_year_are_known_where_the_latest_is_asked_for() -> None:
    table = pd.DataFrame({"year": [2021.0, 2022.0, 2023.0, np.nan], "kind": list("aaab")})
    given = replace(indicator("assistance"), measure="sum", year=("year", ()))
    assert count(given, table).earlier.tolist() == [True, True, False, False]
    only_b = replace(given, where=(Clause({"kind": ("b",)}),))
    assert count(only_b, table).earlier is None  # no year is known
    assert count(replace(given, year=("year", (2023,))), table).earlier is None  # it is named
    assert count(replace(given, year=None), table).earlier is None
    dated = table.assign(year=pd.to_datetime(["2021-01-01", "2022-01-01", "2023-01-01", None]))
    assert count(given, dated).earlier is None
