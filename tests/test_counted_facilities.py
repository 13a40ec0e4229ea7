"""What counted, kept indicator by indicator, is what a table of all of it would hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.measure.counted_facilities import FACILITY, CountedFacilities

ROWS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("GHI")), max_size=12)


def table(rows: list[tuple[str, str]]) -> pd.DataFrame:
    made = [
        {"indicator": one, "id": id_, "name": f"示例{n}", "x": n / 10, "y": 30.0, "named": "", "served": ("4201",) * (n % 2), "ways": n % 8}
        for n, (one, id_) in enumerate(rows)
    ]  # fmt: skip
    return pd.DataFrame(made, columns=["indicator", *FACILITY])


@given(ROWS)
def test_each_row_is_found_under_its_number(rows: list[tuple[str, str]]) -> None:
    every = table(rows)
    made, numbers = CountedFacilities.of_table(every)
    assert len(made) == len(rows)
    assert sorted(numbers.tolist()) == list(range(len(rows)))
    for column in every:
        assert made.column(column).iloc[numbers].tolist() == every[column].tolist(), column
    for one in "abcd":
        mine = every[every["indicator"] == one]
        first = mine.drop_duplicates("id")
        assert made.of(one).index.tolist() == first["id"].tolist()
        assert made.of(one)["name"].tolist() == first["name"].tolist()
        assert made.ids(one, numbers[mine.index]) == mine["id"].tolist()
        wanted = pd.Index(["H", "X", "G"], dtype="str")
        known = [i for i in wanted if i in set(mine["id"])]
        assert made.some(one, wanted).index.tolist() == known
        assert made.some(one, wanted)["name"].tolist() == [
            first.set_index("id")["name"][i] for i in known
        ]


def test_indicators_follow_each_other_as_their_last_rows_do() -> None:
    made, numbers = CountedFacilities.of_table(table([("b", "G"), ("a", "G"), ("b", "H")]))
    assert list(made.frames) == ["a", "b"]
    assert numbers.tolist() == [1, 0, 2]
    assert made.start == {"a": 0, "b": 1}


def test_nothing_counted_has_columns_all_the_same() -> None:
    made = CountedFacilities()
    assert len(made) == 0
    assert all(made.column(c).empty for c in ("indicator", *FACILITY))
    assert made.of("a").empty
    assert made.ids("a", np.zeros(0, dtype=np.int64)) == []
