"""Quotes that swallow rows are refused in their line; whatever else stands in quotes is a cell."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.errors import LayerError
from hbgeo.read.cell.column import as_texts
from hbgeo.read.file import quotes
from hbgeo.read.file.csv import read_delimited, read_delimited_parts
from hbgeo.read.file.quotes import _are_tidy, check_quotes

HEAD = ["编号,名称,性质,乡镇"]
ROWS = [f"G{i},示例{i}号,公益性,示例镇" for i in range(1, 7)]
OPEN = 'G3,"示例3号,公益性,示例镇'
NEVER = '引号（"）没有配对'
WRONG = '引号（"）配对有误'
SWALLOWS = "中间像是整行数据"


def write(folder: Path, lines: list[str], ends: str = "\r\n") -> Path:
    path = folder / "a.csv"
    path.write_bytes(ends.join([*lines, ""]).encode())
    return path


def with_row(at: int, *rows: str) -> list[str]:
    """The table with rows in place of that of a number."""
    return [*HEAD, *ROWS[: at - 1], *rows, *ROWS[at:]]


REFUSED = {
    "one quote opens and none closes": (with_row(3, OPEN), 4, NEVER),
    "it opens in the last row": (with_row(6, OPEN), 7, NEVER),
    "it opens in the last cell": (with_row(2, 'G2,示例2号,公益性,"示例镇'), 3, NEVER),
    "it opens in the first row": (with_row(1, OPEN), 2, NEVER),
    "an inch mark closes it rows later": (
        [*HEAD, ROWS[0], OPEN, *ROWS[3:5], 'G6,示例6号",公益性,示例镇'], 3, SWALLOWS,
    ),
    "it swallows the next row only": (with_row(3, OPEN, 'G9,示例9号",公益性,示例镇'), 4, SWALLOWS),
    "it closes where the next cell opens": (
        with_row(3, OPEN, *ROWS[3:5], 'G9,示例9号,公益性,"示例镇,老街"'), 4, WRONG,
    ),
    "all cells in quotes, one closed too late": (
        with_row(3, '"G3","示例3号,"公益性","示例镇"'), 4, WRONG,
    ),
    "a cell of two lines before it": (
        with_row(2, 'G2,"示例\r\n2号",公益性,示例镇', OPEN), 5, NEVER,
    ),
    "rows that lack their last cells": (
        with_row(3, 'G3,"示例3号', *ROWS[3:5], 'G9,示例9号"'), 4, SWALLOWS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("what", REFUSED)
def test_a_quote_that_swallows_rows_is_refused_in_its_line(
    what: str, ends: str, tmp_path: Path
) -> None:
    lines, line, said = REFUSED[what]
    path = write(tmp_path, [cells.replace("\r\n", ends) for cells in lines], ends)
    for read in (lambda: read_delimited(path, ""), lambda: list(read_delimited_parts(path, ""))):
        with pytest.raises(LayerError) as caught:
            read()
        assert str(caught.value).startswith(f"a.csv 第{line}行：")
        assert said in str(caught.value)
        assert "\n" not in str(caught.value)


KEPT = {
    "a note of two lines": ('G3,"示例\n3号",公益性,示例镇', ["G3", "示例\n3号", "公益性", "示例镇"]),
    "a list of two lines": (
        'G3,示例3号,"一,二\n三,四",示例镇', ["G3", "示例3号", "一,二\n三,四", "示例镇"],
    ),
    "a line end alone": ('G3,,"\n",示例镇', ["G3", "", "\n", "示例镇"]),
    "two lines in the first cell": ('"G\n3",示例3号,公益性,', ["G\n3", "示例3号", "公益性", ""]),
    "an inch mark in a cell": ('G3,12"管,公益性,示例镇', ["G3", '12"管', "公益性", "示例镇"]),
    "an inch mark doubled": ('G3,"12""管,新",公益性,示例镇', ["G3", '12"管,新', "公益性", "示例镇"]),
    "quotes around part of a cell": ('G3,"示例"3号,公益性,示例镇', ["G3", "示例3号", "公益性", "示例镇"]),
    "a pair of quotes before a cell": ('G3,""示例3号,公益性,示例镇', ["G3", "示例3号", "公益性", "示例镇"]),
    "an empty cell in quotes": ('G3,"","",示例镇', ["G3", "", "", "示例镇"]),
    "all cells in quotes": ('"G3","示例,3号","公益性","示例镇"', ["G3", "示例,3号", "公益性", "示例镇"]),
}  # fmt: skip


@pytest.mark.parametrize("what", KEPT)
def test_what_stands_in_quotes_is_a_cell(what: str, tmp_path: Path) -> None:
    line, cells = KEPT[what]
    path = write(tmp_path, with_row(3, line), "\n")
    whole = as_texts(read_delimited(path, "")).to_numpy(object).tolist()
    [part] = read_delimited_parts(path, "")
    assert whole == as_texts(part).to_numpy(object).tolist()
    assert len(whole) == 7
    assert whole[3] == cells
    assert whole[4] == ["G4", "示例4号", "公益性", "示例镇"]


def test_a_note_with_as_many_separators_as_a_row_is_refused_rather_than_rows_lost() -> None:
    text = b'a,b,c,d\n1,2,3,"x\n5,6,7,8\ny"\n'
    with pytest.raises(LayerError, match=r"第2行：引号.*到 2 行以后才配对"):
        check_quotes(text, b",", text, "a.csv")


def test_lines_are_counted_from_where_the_text_begins() -> None:
    with pytest.raises(LayerError, match=r"a\.csv 第42行"):
        check_quotes(b'a,b\n1,"2', b",", b"a,b\n", "a.csv", 41)


@pytest.mark.parametrize("mark", ["\t", ";", "|"])
def test_every_separator_has_its_quotes(mark: str) -> None:
    lines = "\n".join(with_row(3, OPEN, 'G9,示例9号",公益性,示例镇')).replace(",", mark).encode()
    with pytest.raises(LayerError, match="第4行"):
        check_quotes(lines, mark.encode(), lines, "a.csv")


WORDS = st.text(st.sampled_from('甲乙ab, "'), min_size=1, max_size=4)
TABLES = st.lists(st.lists(WORDS, min_size=4, max_size=4), min_size=3, max_size=8)


def written(rows: list[list[str]]) -> list[str]:
    """Rows as a spreadsheet program writes them, one a line."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue().splitlines()


@given(rows=TABLES)
def test_whatever_a_program_writes_on_one_line_passes(rows: list[list[str]]) -> None:
    text = "\n".join(written(rows)).encode()
    check_quotes(text, b",", text, "a.csv")


@given(rows=TABLES.filter(lambda rows: not any(c[0] == "," for r in rows for c in r)), at=st.data())
def test_one_quote_too_many_is_found_in_its_line(rows: list[list[str]], at: st.DataObject) -> None:
    lines = written(rows)
    which = at.draw(st.integers(0, len(lines) - 1))
    plain = [c.replace(",", "").replace('"', "") for c in rows[which]]
    cell = at.draw(st.integers(0, 3))
    plain[cell] = '"' + plain[cell]
    lines[which] = ",".join(plain)
    text = "\n".join(lines).encode()
    with pytest.raises(LayerError, match=rf"a\.csv 第{which + 1}行"):
        check_quotes(text, b",", b"a,b,c,d\n" * 9, "a.csv")


def test_a_line_of_a_note_is_a_row_only_with_three_separators() -> None:
    """One line like a row may be a sentence that has two commas by chance."""
    four = b'a,b,c,d\n1,"x\n5,6,7,8\ny",3,4\n'
    with pytest.raises(LayerError) as caught:
        check_quotes(four, b",", four, "a.csv")
    assert str(caught.value) == (
        'a.csv 第2行：引号（"）到 2 行以后才配对，中间像是整行数据；请补上或删去这个引号'
    )
    three = b'a,b,c\n1,"x\n5,6,7\ny",3\n'
    check_quotes(three, b",", three, "a.csv")


PLACES = st.tuples(st.integers(1, 8), st.integers(0, 3), st.integers(1, 8), st.integers(0, 3))


@given(st.integers(2, 4), PLACES, st.sampled_from([",", "\t", ";", "|"]), st.data())
def test_no_pair_of_quotes_swallows_a_row_without_a_word(
    width: int, places: tuple[int, int, int, int], mark: str, data: st.DataObject
) -> None:
    """Opens in one cell and closes in one of another row: any cells, narrow tables, small ones."""
    cells = st.sampled_from(["甲", "乙镇", "12", ""])
    rows = [[f"R{i}", *data.draw(st.lists(cells, min_size=width - 1, max_size=width - 1))]
            for i in range(9)]  # fmt: skip
    first, a, last, b = places
    rows[first][a % width] = '"' + rows[first][a % width]
    rows[last][b % width] += '"'
    text = "\n".join(mark.join(row) for row in rows)
    try:
        check_quotes(text.encode(), mark.encode(), text.encode(), "a.csv")
    except LayerError:
        return
    read = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    assert len(read) == 9 or any(any(row[width:]) for row in read)  # a wider row is refused later


@pytest.mark.parametrize("rows", [
    ['R1,"甲', 'R2",乙', "R3,丙"], ['"R1,甲', 'R2,"', "R3,丙"], ['R1,"', 'R2,"', "R3,丙"],
    ['R1,"甲', "R2,乙", 'R3,丙"'],
])  # fmt: skip
def test_a_pair_in_a_table_of_two_columns_is_refused(rows: list[str]) -> None:
    text = "\n".join(["编号,名称", *rows, "R4,丁"]).encode()
    with pytest.raises(LayerError, match=r"^a\.csv 第2行：引号"):
        check_quotes(text, b",", text, "a.csv")


@pytest.mark.parametrize(
    ("row", "below", "said"),
    [
        ('G3,",镇', 'G4,丁",镇', SWALLOWS),  # the cell begins with a separator
        ('G3,"丙', 'G4,丁",镇', ""), ('G3,"丙,镇', 'G4,丁",镇', SWALLOWS), ('G3,"丙,镇', 'G4,丁"', ""),
        ('G3,"丙,镇', '丁",镇', ""), ('G3,"丙,镇', 'G4,丁"x,镇', WRONG), ('G3,"丙', '丁"x,镇', WRONG),
        ('"G3,丙,镇', 'G4,丁,镇"', SWALLOWS), ('"G3,丙,镇', '"', ""),
        # the quote that closes it stands first in its line, or behind a separator
        ('G3,丙,"镇', '",丁,镇', SWALLOWS), ('G3,丙,"镇', 'x,",丁', SWALLOWS), ('G3,丙,"镇', '",丁', ""),
    ],
)  # fmt: skip
def test_of_three_columns_two_lines_must_be_rows(row: str, below: str, said: str) -> None:
    table = ["编号,名称,乡镇", "G1,甲,镇", "G2,乙,镇", row, below, "G5,戊,镇", ""]
    text = "\n".join(table).encode()
    if not said:
        check_quotes(text, b",", text, "a.csv")
        return
    with pytest.raises(LayerError) as caught:
        check_quotes(text, b",", text, "a.csv")
    assert str(caught.value).startswith("a.csv 第4行：引号")
    assert said in str(caught.value)


@given(
    st.lists(
        st.sampled_from(['"', ",", "\n", "\r\n", "\r", "a", '""', '"a,b"', '"甲"', '\n"x"']),
        max_size=14,
    )
)
def test_what_is_tidy_at_a_glance_is_tidy_when_read(parts: list[str]) -> None:
    text = "".join(parts).encode()
    if _are_tidy(text, b","):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(quotes, "_are_tidy", lambda *_: False)
            check_quotes(text, b",", text, "a.csv")


def test_a_glance_goes_over_the_seams_of_its_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    tidy = ('"a,b",c\r\n' * 5).encode()
    torn = tidy.replace(b"a,b", b"a\nb", 1)
    for piece in range(1, 12):
        monkeypatch.setattr(quotes, "_PIECE", piece)
        assert _are_tidy(tidy, b",")
        assert not _are_tidy(torn, b",")
        assert not _are_tidy(tidy + b'"', b",")
        assert not _are_tidy(tidy, b"||")


@given(st.text('a",\r\n', max_size=14), st.integers(1, 5))
def test_tidy_is_what_the_pairs_of_quotes_say_wherever_a_piece_ends(text: str, piece: int) -> None:
    at = [i for i, sign in enumerate(text) if sign == '"']
    pairs = list(zip(at[::2], at[1::2], strict=False))
    tidy = len(at) % 2 == 0 and all(
        text[max(first - 1, 0) : first] in {"", ",", "\r", "\n"}
        and text[last + 1 : last + 2] in {"", ",", "\r", "\n"}
        and not {"\r", "\n"} & set(text[first:last])
        for first, last in pairs
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quotes, "_PIECE", piece)
        assert _are_tidy(text.encode(), b",") == tidy
