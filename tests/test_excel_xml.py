"""What a sheet's XML says of itself is what an XML parser says of it."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.errors import LayerError
from hbgeo.read.file.excel_xml import _check_extent, _facts_of, _shared_bytes

SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.booleans(), st.sampled_from(["A", "Z", "AB"])), max_size=6
)


def sheet(rows: list[tuple[int, bool, str]], prefix: str, quote: str) -> bytes:
    """Rows that skip some numbers (3: bear none), are hidden or not, and hold one cell each."""
    number, made = 0, []
    for skip, hidden, column in rows:
        number += 1 if skip == 3 else skip + 1
        at = "" if skip == 3 else f" r={quote}{number}{quote}"
        off = f" hidden={quote}1{quote}" if hidden else ""
        cell = f"<{prefix}c r={quote}{column}{number}{quote}><{prefix}v>1</{prefix}v></{prefix}c>"
        made.append(f"<{prefix}row{at}{off}>{cell}</{prefix}row>")
    space = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    inside = f"<{prefix}sheetData>{''.join(made)}</{prefix}sheetData>"
    return f'<{prefix}worksheet {space}="{SPACE}">{inside}</{prefix}worksheet>'.encode()


@given(rows=ROWS, prefix=st.sampled_from(["", "x:"]), quote=st.sampled_from("\"'"))
def test_rows_and_hidden_ones_are_those_of_the_parser(rows, prefix, quote) -> None:
    xml = sheet(rows, prefix, quote)
    number, hidden = 0, set()
    tree = ElementTree.fromstring(xml)  # noqa: S314 - made just above
    for row in tree.iter(f"{{{SPACE}}}row"):
        number = int(row.get("r", number + 1))
        hidden |= {number - 1} if row.get("hidden") == "1" else set()
    facts, last = _facts_of(xml)
    assert (facts.hidden, last) == (hidden, number)


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize(("column", "row"), [("XFD", 300), ("ZZ", 6_000), ("Z", 200_000)])
def test_a_lonely_cell_far_away_is_refused(prefix: str, column: str, row: int) -> None:
    xml = sheet([(row - 1, False, column)], prefix, '"')
    with pytest.raises(LayerError, match=f"表格伸到第 {row} 行"):
        _check_extent(xml, _facts_of(xml)[1], "a.xlsx")


@pytest.mark.parametrize(("column", "row"), [("XFD", 200), ("ZZ", 5_000), ("Z", 150_000)])
def test_a_cell_not_quite_so_far_is_not(column: str, row: int) -> None:
    xml = sheet([(row - 1, False, column)], "", '"')
    _check_extent(xml, _facts_of(xml)[1], "a.xlsx")


def test_one_long_text_does_not_count_for_every_cell() -> None:
    """Many short cells and one of 32,767 letters are no bomb: each counts what it is."""
    xml = b'<c t="s"><v>1</v></c>' * 20_000 + b'<c t="s"><v>0</v></c>'
    lengths = np.array([32_767, 3])
    assert _shared_bytes(xml, 32_767, lengths) == 20_000 * 3 + 32_767
    assert _shared_bytes(xml, 3, lengths) == 20_001 * 3  # few enough to be told at a glance
