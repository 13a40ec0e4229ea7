"""CSV made column by column is what pandas writes row by row, but for text a spreadsheet computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.show.table.csv import csv_bytes

TEXTS = st.text(st.characters(codec="utf-8"), max_size=5) | st.sampled_from(
    [
        '"',
        "a,b",
        "a\r\nb",
        "\n",
        " ",
        "",
        "=1+1",
        "-5",
        "+3.5",
        "-甲",
        "@x",
        "\t1",
        "＝1+1",
        "'",
        "NaN",
        "None",
    ]
)
DAYS = st.dates(pd.Timestamp.min.date(), pd.Timestamp.max.date())
CELLS = {
    "str": st.none() | TEXTS,
    "float64": st.floats(),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "Int64": st.none() | st.integers(-(2**40), 2**40),
    "Float64": st.none() | st.floats(allow_nan=False),
    "bool": st.booleans(),
    "boolean": st.none() | st.booleans(),
    "datetime64[s]": st.none() | DAYS.map(pd.Timestamp),
    "datetime64[us]": st.none()
    | st.datetimes(pd.Timestamp("1990-01-01"), pd.Timestamp("2030-01-01")),
    "category": st.none() | st.sampled_from(["甲", "=乙", "丙,"]),
    "object": st.none() | TEXTS | st.floats() | st.integers() | st.booleans() | DAYS,
}


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    kinds = draw(st.lists(st.sampled_from(list(CELLS)), min_size=1, max_size=4))
    rows = draw(st.integers(0, 5))
    made = {}
    for n, kind in enumerate(kinds):
        cells = draw(st.lists(CELLS[kind], min_size=rows, max_size=rows))
        made[f"{n},{kind}"] = pd.Series(cells, dtype=kind)
    return pd.DataFrame(made)


def row_by_row(table: pd.DataFrame) -> bytes:
    """What pandas writes, each text that a spreadsheet would compute behind a quote."""

    def harmless(value: Any) -> Any:
        if not isinstance(value, str) or value[:1] not in {*"=+-@\t\r\n＝＋－＠"}:
            return value
        try:
            float(value)
        except ValueError:
            return f"'{value}"
        return value

    safe = table.copy()
    for column in table.columns:
        if table[column].dtype in ("str", "object", "category"):
            cells = [harmless(v) for v in table[column].astype(object)]
            safe[column] = pd.Series(cells, table.index, dtype=object)
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


@pytest.mark.parametrize("storage", ["python", "pyarrow"])
@settings(max_examples=250, deadline=None)
@given(tables())
def test_columns_are_written_as_pandas_writes_rows(storage: str, table: pd.DataFrame) -> None:
    texts = [c for c in table if table[c].dtype == "str"]
    table = table.astype(dict.fromkeys(texts, pd.StringDtype(storage, na_value=np.nan)))
    assert csv_bytes(table) == row_by_row(table)


def test_a_table_of_no_row_has_its_header() -> None:
    assert csv_bytes(pd.DataFrame({"甲": [], "乙,": []})) == '\ufeff甲,"乙,"\r\n'.encode()


def test_a_lone_empty_cell_is_a_row_too() -> None:
    assert csv_bytes(pd.DataFrame({"a": ["", None, "x"]})) == b'\xef\xbb\xbfa\r\n""\r\n""\r\nx\r\n'


def test_two_columns_of_one_name_are_both_there() -> None:
    table = pd.DataFrame([[1, "x"]], columns=["a", "a"])
    assert csv_bytes(table) == b"\xef\xbb\xbfa,a\r\n1,x\r\n"


def test_a_heading_begins_no_formula_either() -> None:
    table = pd.DataFrame({"=HYPERLINK(1)": ["＝1+1"], "-1": [-1.5], "－1": ["-5"]})
    assert csv_bytes(table).decode("utf-8-sig") == "'=HYPERLINK(1),-1,'－1\r\n'＝1+1,-1.5,-5\r\n"
