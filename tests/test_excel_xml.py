"""What a sheet's XML says of itself is what an XML parser says of it."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.errors import LayerError
from hbgeo.read.file import excel_xml
from hbgeo.read.file.excel_xml import Facts, _check_extent, _facts_of, _shared_bytes, inspect

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
    lengths = [32_767, 3]
    assert _shared_bytes(xml, 32_767, lengths) == 20_000 * 3 + 32_767
    assert _shared_bytes(xml, 3, lengths) == 20_001 * 3  # few enough to be told at a glance


def facts(parts: dict[str, bytes]) -> dict[str, Facts]:
    """What an archive of these members says of its sheets."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    with zipfile.ZipFile(made) as archive:
        return inspect(archive, "a.xlsx")


@pytest.mark.parametrize(("cells", "fits"), [(12_000, True), (13_000, False)])
def test_shared_texts_count_once_for_every_cell_that_shows_them(cells: int, *, fits: bool) -> None:
    """A text of 33,000 bytes in 13,000 cells is 429 MB of text in a file of some kilobytes."""
    one = b'<row r="1">' + b'<c t="s"><v>0</v></c>' * cells + b"</row>"
    shared = b"<sst><si><t>" + b"x" * 33_000 + b"</t></si><si/></sst>"
    parts = {"xl/sharedStrings.xml": shared, "xl/worksheets/sheet1.xml": one}
    if fits:
        assert facts(parts) == {"xl/worksheets/sheet1.xml": Facts()}
    else:
        with pytest.raises(LayerError) as caught:
            facts(parts)
        assert str(caught.value) == "a.xlsx：解开后超过 256 MB；请按县拆分，或另存为 CSV"


@pytest.mark.parametrize("quote", ["'", '"'])
def test_sheets_are_known_by_their_names_in_either_quotes(quote: str) -> None:
    book = "<workbook><sheets><sheet name='甲&amp;乙' sheetId='1' r:id='rId1'/></sheets></workbook>"
    rels = "<Relationships><Relationship Id='rId1' Target='worksheets/sheet7.xml'/></Relationships>"
    parts = {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": rels}
    made = {name: text.replace("'", quote).encode() for name, text in parts.items()}
    assert facts(made | {"xl/worksheets/sheet7.xml": b"<row/>"}) == {"甲&乙": Facts()}


def ods(rows: str) -> dict[str, Facts]:
    """What a table of an .ods says, its rows given without the marks of their names."""
    spaces = " ".join(f'xmlns:{k}="urn:{k}"' for k in ("office", "table"))
    for name in ("row", "cell"):
        rows = rows.replace(f"<{name}", f"<table:table-{name}").replace(f"</{name}", f"</table:table-{name}")  # fmt: skip
    table = f'<table:table table:name="甲">{rows}</table:table>'
    return facts({"content.xml": f"<office:body {spaces}>{table}</office:body>".encode()})


@pytest.mark.parametrize(("row", "wide", "fits"), [(600, 10_000, False), (300, 10_000, True)])
def test_cells_that_repeat_make_an_ods_as_wide_as_they_are_many(
    row: int, wide: int, *, fits: bool
) -> None:
    """600 rows by 10,001 columns is above four million cells, of which one row in 600 is filled."""
    above = f'<row table:number-rows-repeated="{row - 1}"><cell/></row>'
    cell = f'<cell office:value-type="float" table:number-columns-repeated="{wide}"/>'
    if fits:
        assert ods(f"{above}<row><cell/>{cell}</row>") == {"甲": Facts()}
    else:
        with pytest.raises(LayerError, match="表格伸到第 600 行、第 10001 列而大多是空的"):
            ods(f"{above}<row><cell/>{cell}</row>")


def test_an_ods_says_what_is_hidden_merged_and_without_a_result() -> None:
    said = ods(
        '<row><cell table:number-columns-repeated="2"/>'
        '<cell table:number-columns-spanned="2" table:number-rows-spanned="3"/></row>'
        '<row table:visibility="collapse" table:number-rows-repeated="2"><cell/></row>'
        '<row table:visibility="filter"><cell/></row>'
        '<row table:visibility="visible"><cell/><cell table:formula="of:=1"/>'
        '<cell table:formula="of:=1" office:value-type="float"/></row>'
    )
    assert said == {"甲": Facts(frozenset({1, 2, 3}), ((0, 2, 2, 3),), ((4, 1),))}


def filled(rows: int, columns: int, some: int) -> dict[str, Facts]:
    """A sheet of so many rows and columns, in whose last row a thousandth, or more, are filled."""
    blank = f'<cell table:number-columns-repeated="{columns - some}"/>' if some < columns else ""
    cells = f'<cell office:value-type="float" table:number-columns-repeated="{some}"/>'
    above = f'<row table:number-rows-repeated="{rows - 1}"><cell/></row>'
    return ods(f"{above}<row>{blank}{cells}</row>")


@pytest.mark.parametrize(
    ("rows", "columns", "some", "fits"),
    [
        (2_000, 2_000, 1, True),  # four million cells, and one
        (2_001, 2_000, 1, False),
        (20, 210_000, 209_999, False),  # a twentieth of 4,200,000 cells is 210,000
        (20, 210_000, 210_000, True),
    ],
)
def test_a_large_sheet_is_filled_to_a_twentieth(
    rows: int, columns: int, some: int, *, fits: bool
) -> None:
    if fits:
        assert filled(rows, columns, some) == {"甲": Facts()}
    else:
        with pytest.raises(LayerError, match=f"表格伸到第 {rows} 行、第 {columns} 列"):
            filled(rows, columns, some)


def test_no_sheet_has_more_than_twenty_four_million_cells() -> None:
    cell = '<cell office:value-type="float" table:number-columns-repeated="{}"/>'
    row = '<row table:number-rows-repeated="1000">{}</row>'
    assert ods(row.format(cell.format(24_000))) == {"甲": Facts()}
    with pytest.raises(LayerError, match="表格伸到第 1000 行、第 24001 列"):
        ods(row.format(cell.format(24_001)))


@pytest.mark.parametrize(
    ("sizes", "read"),
    [
        ([10, 10, 5], 3), ([11], 0),  # of one member
        ([10, 10, 6], 2), ([10, 10, 5, 0, 1], 4),  # of all of them
        ([5, 10, 10], 3), ([5, 5, 5, 11], 3),
    ],
)  # fmt: skip
def test_members_are_unpacked_up_to_a_bound_of_each_and_of_all(
    monkeypatch: pytest.MonkeyPatch, sizes: list[int], read: int
) -> None:
    monkeypatch.setattr(excel_xml, "_MEMBER_LIMIT", 10)
    monkeypatch.setattr(excel_xml, "_TOTAL_LIMIT", 25)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for n, size in enumerate(sizes):
            archive.writestr(f"{n}", b"x" * size)
    with zipfile.ZipFile(made) as archive:
        unpacker = excel_xml._Unpacker(archive, "a.xlsx")
        members = archive.infolist()
        assert [len(unpacker.read(m)) for m in members[:read]] == sizes[:read]
        if read < len(sizes):
            with pytest.raises(LayerError, match=r"^a\.xlsx：解开后超过 0 MB"):
                unpacker.read(members[read])


@pytest.mark.parametrize(
    ("rows", "columns", "filled", "fits"),
    [
        (1 << 20, 1, 0, True), ((1 << 20) + 1, 1, 0, False),  # Excel has no more rows
        (1_000_000, 4, 0, True), (1_000_001, 4, 0, False), (1_000_001, 4, 200_001, True),
        (1_000_000, 24, 1_200_000, True), (1_000_000, 24, 1_199_999, False),
        (1_000_001, 24, 24_000_024, False),
    ],
)  # fmt: skip
def test_a_rectangle_is_refused_by_its_rows_its_cells_and_what_they_hold(
    rows: int, columns: int, filled: int, *, fits: bool
) -> None:
    if fits:
        excel_xml.refuse_extent(rows, columns, filled, "a.xlsx")
        return
    with pytest.raises(LayerError) as caught:
        excel_xml.refuse_extent(rows, columns, filled, "a.xlsx")
    said = f"表格伸到第 {rows} 行、第 {columns} 列而大多是空的；请删去远处的单元格后另存"
    assert str(caught.value) == f"a.xlsx：{said}"


def test_counts_of_an_ods_are_figures_and_few() -> None:
    said = ["7", "999999999", "1000000000", "x", "-3", "1.5", ""]
    assert [excel_xml._count({"n": text}, "n") for text in said] == [7, 999_999_999, 1, 1, 1, 1, 1]
    assert excel_xml._count({}, "n") == 1


def test_rows_without_number_follow_the_one_before_and_letters_are_columns() -> None:
    assert excel_xml._row_numbers(b'<row/><row r="5"/><row/><row r="9" />') == [1, 5, 6, 9]
    assert excel_xml._row_numbers(b"") == []
    letters = [b"A", b"Z", b"AA", b"AZ", b"BA", b"ZZ", b"AAA", b"XFD"]
    assert [excel_xml._column(one) for one in letters] == [0, 25, 26, 51, 52, 701, 702, 16_383]


@pytest.mark.parametrize(("less", "fits"), [(0, True), (1, False)])
def test_shared_texts_of_all_sheets_are_counted_together(
    monkeypatch: pytest.MonkeyPatch, less: int, *, fits: bool
) -> None:
    """One text of 24 bytes, its mark and what is behind it, in a cell of either of two sheets."""
    shared, cell = b"<sst><si>" + b"x" * 9 + b"</si></sst>", b'<c t="s"><v>0</v></c>'
    monkeypatch.setattr(excel_xml, "_TEXT_LIMIT", 2 * (len(shared) - len(b"<sst>")) - less)
    parts = {"xl/sharedStrings.xml": shared, **{f"xl/worksheets/{n}.xml": cell for n in "ab"}}
    if fits:
        assert len(facts(parts)) == 2
    else:
        with pytest.raises(LayerError, match="解开后超过"):
            facts(parts)


@pytest.mark.parametrize(
    ("repeat", "hidden"), [(3, 3), (100_000, 100_000), (100_001, 100_000), (4_000_000, 100_000), (4_000_001, 0)]
)  # fmt: skip
def test_a_hundred_thousand_hidden_rows_are_told(repeat: int, hidden: int) -> None:
    rows = f'<row><cell/></row><row table:visibility="filter" table:number-rows-repeated="{repeat}"><cell/></row>'
    assert ods(rows)["甲"].hidden == frozenset(range(1, hidden + 1))
