"""A column kept as numbers of texts says what the plain column says, whatever is asked of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.read.cell import column
from hbgeo.read.cell.column import (
    ARROW_TEXT,
    arrow,
    as_cells,
    as_table,
    as_text,
    as_texts,
    blank_cells,
    by_distinct,
    contains,
    count_equal,
    distinct,
    equal,
    is_blank,
    map_unique,
    mark_unique,
    matches,
    repeated,
    replaced,
    spread,
    without,
)
from hbgeo.read.cell.coordinates import COARSE, read_angle
from hbgeo.read.cell.dates import read_day
from hbgeo.read.cell.personal import hide_id_cards, hide_numbers
from hbgeo.read.cell.text import is_filled
from hbgeo.read.cell.values import _CARES, _READ, _tend, clean_texts, read_degrees, read_precision
from hbgeo.read.issues import Notes
from hbgeo.read.schema.records import Column, read_schema

ODD = [
    *(
        "",
        " ",
        "\u3000",
        "无",
        "-",
        "NaN",
        "none",
        "示例村",
        "示例 村 ",
        "a\u200bb",
        "\ufffd",
        "合计：",
    ),
    *(
        "13812345678",
        "号码 138-1234-5678",
        "[已隐去]电话",
        "110101199003070011",
        "420102199001011236",
        "号420102-19900101-1236",
        "４２０１０２１９９００１０１１２３６",
        "①20102199001011236",
        "420102 900101 123",
        "420102９00101123",
        "42010219900101009x",
        "07168123456",
        "(027)8765-4321",
        "a@b.cn",
        "a＠b.cn",
        "2021.1",
        "2021年6月",
    ),
    *(
        "二〇二一年",
        "44348",
        "2021-13-01",
        "420528000000",
        "4.2E+11",
        "420528.0",
        "12",
        "50张",
        "约200",
    ),
    *(
        "114.305",
        "114.3050",
        "114.30512345678901234",
        "114.3050000000000001",
        "114°18′",
        "E114.5",
        "12.",
    ),
    *(
        "3385891.5",
        "114.18.18.3",
        "运营",
        "公益性、经营性",
        "3亩",
        "1,200",
        "是",
        "否",
        "\x1c",
        "-0",
        "+1.0",
    ),
]
TEXTS = st.lists(st.sampled_from(ODD) | st.text(max_size=12), max_size=40)


@pytest.fixture(params=["python", "pyarrow"])
def storage(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both ways pandas may keep text: small inputs take one, large ones the other."""
    with pd.option_context("mode.string_storage", request.param):
        yield request.param


def plain(texts: list[str]) -> pd.Series:
    """A column as a vector file or a column of few repetitions has it."""
    return pd.Series(texts, index=range(3, 3 + len(texts)), dtype="str", name="列")


def few(texts: list[str]) -> pd.Series:
    """The same cells as numbers of texts."""
    words = pd.Index(pd.array(list(dict.fromkeys(texts)), dtype=ARROW_TEXT))
    cells = pd.Categorical.from_codes([words.get_loc(t) for t in texts], words)
    return pd.Series(cells, index=range(3, 3 + len(texts)), name="列")


ASKED: list[Callable[[pd.Series], Any]] = [
    lambda cells: as_text(cells).tolist(),
    lambda cells: arrow(cells).to_pylist(),
    lambda cells: matches(cells, _CARES[hide_numbers]).tolist(),
    lambda cells: contains(cells, "示例").tolist(),
    lambda cells: contains(cells, "13").tolist(),
    lambda cells: equal(cells, "无").tolist(),
    lambda cells: is_blank(cells).tolist(),
    lambda cells: repeated(cells).tolist(),
    lambda cells: mark_unique(cells, is_filled).tolist(),
    lambda cells: map_unique(cells, str.upper).tolist(),
    lambda cells: map_unique(cells, read_day).tolist(),
    lambda cells: by_distinct(cells, lambda some: some.str.len().to_numpy()).tolist(),
    lambda cells: replaced(cells, is_blank(cells), ["空"] * int(is_blank(cells).sum())).tolist(),
    lambda cells: [part.tolist() for part in clean_texts(cells)],
    lambda cells: (
        None if (p := read_precision(cells, Column("d", ("日期",), "date"))) is None else p.tolist()
    ),
]


@pytest.mark.parametrize("ask", ASKED)
@settings(max_examples=30)
@given(texts=TEXTS)
def test_numbers_of_texts_say_what_the_texts_say(ask: Callable[[pd.Series], Any], texts: list[str]) -> None:  # fmt: skip
    assert ask(few(texts)) == ask(plain(texts))


@pytest.mark.parametrize("kind", sorted(_READ))
@pytest.mark.parametrize("schema", ["cemetery", "sign"])
@settings(max_examples=30)
@given(texts=TEXTS)
def test_every_reader_reads_both_alike(kind: str, schema: str, texts: list[str]) -> None:
    known = read_schema(schema)
    column = next((c for c in known.columns.values() if c.type == kind), Column("c", ("列",), kind))
    rows = pd.DataFrame({"file": "a.csv", "sheet": "", "row": range(len(texts))})
    read = []
    for cells in (plain(texts), few(texts)):
        notes = Notes("layer", rows, known)
        values, wrong = _READ[kind](cells, column, notes)
        read.append((values, wrong.tolist(), notes.issues))
    pd.testing.assert_series_equal(read[0][0], read[1][0], check_names=False)
    assert read[0][1:] == read[1][1:]


@settings(max_examples=30)
@given(texts=TEXTS)
def test_a_column_taken_apart_goes_together_again(texts: list[str]) -> None:
    for cells in (plain(texts), few(texts)):
        numbers, words = distinct(cells)
        assert spread(words, numbers, cells.index).tolist() == texts


@given(texts=st.lists(st.text("aA甲\U00020000\ue000", max_size=2), max_size=6))
def test_texts_that_stood_before_are_marked(texts: list[str]) -> None:
    """Rising or not: Arrow goes by bytes, Python by letters, and both by the same order."""
    for some in (texts, sorted(texts), sorted(set(texts))):
        assert repeated(plain(some)).tolist() == [t in some[:i] for i, t in enumerate(some)]


def test_a_cell_that_is_missing_is_an_empty_text() -> None:
    some = pd.Series(["甲", None], dtype="str")
    for cells in (some, some.astype("category")):
        numbers, words = distinct(cells)
        assert [words[n] for n in numbers] == ["甲", ""]


@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize("distinct_texts", [1, 5, 300, 10_000, 20_000])
def test_raw_columns_keep_every_cell(distinct_texts: int) -> None:
    texts = [f"示例{i * 7919 % distinct_texts}" for i in range(20_000)]
    whole = pa.array(texts, pa.large_string())
    pieces = pa.chunked_array([whole[:7], whole[7:7], whole[7:9_000], whole[9_000:]])
    for given_as in (whole, pieces):
        cells = pd.Series(as_cells(given_as))
        assert as_text(cells).tolist() == texts
        assert isinstance(cells.dtype, pd.CategoricalDtype) == (distinct_texts <= 300)
        assert as_text(cells).dtype == pd.Series(dtype="str").dtype
    table = as_texts(pd.DataFrame({"甲": as_cells(whole), "乙": range(len(texts))}))
    assert table["甲"].dtype == "str"


def test_an_empty_column_is_one() -> None:
    assert len(pd.Series(as_cells(pa.array([], pa.large_string())))) == 0


@settings(max_examples=30)
@given(texts=TEXTS)
def test_cells_that_are_not_looked_at_need_no_tending(texts: list[str]) -> None:
    for hide in (hide_numbers, hide_id_cards):
        made, _ = clean_texts(plain(texts), hide)
        assert made.tolist() == [_tend(text, hide) for text in texts]


NUMBERS = st.decimals(-180, 180, places=3).map(str) | st.floats(-180, 180, width=32).map("{:.7f}".format)  # fmt: skip


@given(texts=st.lists(st.sampled_from(ODD) | NUMBERS | NUMBERS.map("{}000".format), max_size=40))
def test_degrees_and_their_coarseness_are_those_of_the_reader_of_one(texts: list[str]) -> None:
    """All at once, coarseness is told from the number; one by one, from the text."""
    rows = pd.DataFrame({"file": "a.csv", "sheet": "", "row": range(len(texts))})
    values, coarse, _ = read_degrees(plain(texts), Notes("layer", rows, read_schema("facility")))
    for text, value, here in zip(texts, values, coarse, strict=True):
        angle = read_angle(text)
        assert np.isnan(value) if angle is None else value == angle.value
        if re.fullmatch(r"[-+]?[0-9]{1,15}(\.[0-9]+)?", text.strip()):
            assert here == bool(re.fullmatch(r"[-+]?[0-9]+(\.[0-9]{0,3}0*)?", text.strip())), text
        else:
            assert here == (angle is not None and angle.step >= COARSE), text


def test_rows_without_the_marked_are_the_others_and_the_same_where_none_is() -> None:
    rows = pd.DataFrame({"a": [1, 2, 3]}, index=[5, 7, 9])
    assert without(rows, np.zeros(3, dtype=bool)) is rows
    assert without(rows, np.array([False, True, False])).to_dict() == {"a": {5: 1, 9: 3}}
    assert without(rows, np.ones(3, dtype=bool)).empty


@pytest.mark.usefixtures("storage")
def test_replaced_cells_stand_in_the_same_column_of_the_same_rows() -> None:
    cells = pd.Series(["甲", "", "丙"], index=[5, 7, 9], name="名称", dtype="str")
    made = replaced(cells, np.array([False, True, False]), ["乙"])
    assert made.to_dict() == {5: "甲", 7: "乙", 9: "丙"}
    assert (made.name, made.dtype) == ("名称", cells.dtype)


@pytest.mark.parametrize("make", [plain, few])
def test_a_part_is_found_letter_for_letter(make: Callable[[list[str]], pd.Series]) -> None:
    some = make(["示例镇", "夷陵区", "abc", "", "示 例"])
    assert contains(some, "示例").tolist() == [True, False, False, False, False]
    assert contains(some, "b").tolist() == [False, False, True, False, False]
    latin = make(["abc", "13", ""])
    assert contains(latin, "示例").tolist() == [False, False, False]
    assert contains(latin, "13").tolist() == [False, True, False]
    assert contains(make([]), "示例").tolist() == []


@given(st.lists(st.none() | st.text("a计▇*", max_size=3), max_size=6), st.sampled_from(["计", "a*", "▇"]), st.integers(0, 2))  # fmt: skip
def test_a_part_is_found_in_the_rows_of_a_column_that_hold_it(
    texts: list[str | None], part: str, first: int
) -> None:
    cells = pd.Series(texts, dtype="str").iloc[first:]
    assert contains(cells, part).tolist() == [part in (text or "") for text in texts[first:]]


@pytest.mark.parametrize("times", [1, 5_000])
def test_blank_cells_of_a_table_stand_where_they_are(times: int) -> None:
    table = pd.DataFrame({"a": ["", "x", " "] * times, "b": ["", "\u3000", "y"] * times})
    wanted = [[True, True], [False, True], [True, False]] * times
    assert blank_cells(table).tolist() == wanted


@pytest.mark.parametrize(
    ("rows", "columns", "few"),
    [(4096, 1, True), (4097, 1, False), (2048, 2, True), (1366, 3, False)],
)
def test_a_small_table_is_of_pythons_texts_and_a_larger_one_of_arrows(
    rows: int, columns: int, *, few: bool
) -> None:
    texts = [[f"{i}-{n}" for i in range(rows)] for n in range(columns)]
    given_as = [pa.array(column, pa.large_string()) for column in texts]
    backwards = np.arange(rows)[::-1]
    for order in (None, backwards):
        made = as_table(given_as, rows, order)
        assert made.index.tolist() == list(range(rows))
        assert made.columns.tolist() == list(range(columns))
        wanted = texts if order is None else [column[::-1] for column in texts]
        assert [made[n].tolist() for n in range(columns)] == wanted
        assert [made[n].dtype == object for n in range(columns)] == [few] * columns


def test_what_is_read_of_each_cell_stays_what_it_is() -> None:
    cells = pd.Series(["甲", "乙", "甲"], index=[7, 8, 9], dtype="str")
    words = map_unique(cells, lambda t: t * 2)
    assert (words.tolist(), str(words.dtype), words.index.tolist()) == (["甲甲", "乙乙", "甲甲"], "str", [7, 8, 9])  # fmt: skip
    some = map_unique(cells, lambda t: None if t == "甲" else t)
    assert (some.tolist(), some.dtype) == ([None, "乙", None], object)
    numbers = map_unique(cells, len)
    assert (numbers.tolist(), numbers.dtype) == ([1, 1, 1], object)
    none = map_unique(cells[:0], len)
    assert (none.tolist(), str(none.dtype)) == ([], "str")


@pytest.mark.parametrize("few", [0, 1_000])
def test_equal_cells_are_counted_row_by_row(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column, "_FEW", few)
    table = pd.DataFrame({0: ["a", "b", "a"], 1: ["x", "x", ""], 2: ["p", "p", "p"]}, dtype="str")
    assert count_equal(table, {0: "a", 1: "x"}).tolist() == [2, 1, 1]
    assert count_equal(table, {}).tolist() == [0, 0, 0]
