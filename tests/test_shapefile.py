"""The table of a shapefile: what tells its encoding, and what a copy cut short leaves of it."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.file.shapefile import _all_digits, _texts, check_parts, decode, read_shapefile
from hbgeo.read.file.vector import as_raw


def table(
    fields: list[tuple[bytes, bytes, int]],
    rows: list[bytes],
    *,
    end: bytes = b"\r",
    rest: bytes = b"",
) -> bytes:
    """A dBase table of fields (name, kind, width) and rows written out, each behind its mark."""
    made = b"".join(
        name.ljust(11, b"\0") + kind + bytes(4) + bytes([width]) + bytes(15)
        for name, kind, width in fields
    )
    start = 32 + len(made) + len(end)
    size = 1 + sum(width for *_, width in fields)
    head = b"\x03" + bytes(3) + len(rows).to_bytes(4, "little") + start.to_bytes(2, "little")
    head += size.to_bytes(2, "little") + bytes(20)
    return head + made + end + b"".join(b" " + row for row in rows) + rest


FIELDS = [(b"MC", b"C", 6), (b"DM", b"N", 4), (b"SZ", b"C", 4)]


def test_the_texts_of_a_table_are_its_names_and_its_cells_of_text() -> None:
    rows = [b"abc   " + b"  12" + b"yz  ", b"defghi" + b"   3" + b"    "]
    # a full cell may end inside a character, and tells nothing
    assert _texts(table(FIELDS, rows)) == b"MC DM SZ abc yz "
    assert _texts(table(FIELDS, rows, rest=b"\x1a")) == b"MC DM SZ abc yz "
    assert _texts(table(FIELDS, [b"a\0\0\0\0\0" + b"   1" + b"b\0 \0"])) == b"MC DM SZ a b"


@pytest.mark.parametrize("end", [b"", b"\r", b"\r\0"])
def test_every_field_is_one_whatever_ends_their_list(end: bytes) -> None:
    assert _texts(table(FIELDS, [b"abc   " + b"  12" + b"yz  "], end=end)) == b"MC DM SZ abc yz"


def test_a_name_of_nine_bytes_may_be_cut_and_tells_nothing() -> None:
    fields = [(b"A" * 8, b"C", 2), (b"B" * 9, b"C", 2), (b"C" * 10, b"C", 2)]
    assert _texts(table(fields, [b"a b c "])) == b"A" * 8 + b" a b c"


def test_a_row_cut_short_tells_nothing() -> None:
    whole = table(FIELDS, [b"abc   " + b"  12" + b"yz  ", b"d     " + b"  12" + b"e   "])
    assert _texts(whole) == b"MC DM SZ abc yz d e"
    assert _texts(whole[:-1]) == b"MC DM SZ abc yz"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("示例".encode(), "示例"),
        ("示𣲗".encode()[:-1], "示"), ("示".encode() + b"\xff" + b"abc", "示\ufffdabc"), ("示".encode() + b"\xffab", "示"),
        ("示例".encode()[:-1], "示"), ("示例".encode()[:-2], "示"),  # half a character at the end
        ("示".encode() + b"\xff" + "例例例".encode(), "示\ufffd例例例"),
        ("示".encode() + b"\xff" + "例".encode(), "示\ufffd例"),  # one in the middle is said
    ],
)  # fmt: skip
def test_half_a_character_at_the_end_is_dropped(data: bytes, text: str) -> None:
    assert decode(data.decode("latin-1"), "utf-8") == text


def shape(path: Path, records: int, *, length: int | None = None) -> None:
    """The head of a .shp or .shx that says it holds so many records of eight bytes."""
    size = 100 + 8 * records if length is None else length
    head = bytes.fromhex("0000270a").ljust(24, b"\0") + (size // 2).to_bytes(4, "big")
    path.write_bytes(head.ljust(100 + 8 * records, b"\0"))


def parts(folder: Path, *, shapes: int = 2, rows: int = 2) -> Path:
    """The three files of a shapefile; what stands in them is not looked at here."""
    shape(folder / "t.shp", 5)
    shape(folder / "t.shx", shapes)
    (folder / "t.dbf").write_bytes(table(FIELDS, [b"abc   " + b"  12" + b"yz  "] * rows))
    return folder / "t.shp"


def said(path: Path) -> str:
    """Why a shapefile is refused."""
    with pytest.raises(LayerError) as caught:
        check_parts(path)
    return str(caught.value)


def test_parts_of_as_many_rows_are_one_whole(tmp_path: Path) -> None:
    assert check_parts(parts(tmp_path)) == tmp_path / "t.dbf"


@pytest.mark.parametrize(("shapes", "rows"), [(2, 3), (3, 2)])
def test_more_or_fewer_shapes_than_rows_are_refused(tmp_path: Path, shapes: int, rows: int) -> None:
    assert said(parts(tmp_path, shapes=shapes, rows=rows)) == (
        f"t.shp：图形有 {shapes} 个，属性表有 {rows} 行，两者不符；请重新导出"
    )


@pytest.mark.parametrize("part", ["t.shp", "t.shx"])
def test_a_part_that_is_none_or_shorter_than_it_says_is_refused(tmp_path: Path, part: str) -> None:
    path = parts(tmp_path)
    kind = part[-3:]
    shape(tmp_path / part, 2, length=118)
    assert said(path) == f"{part}：文件不完整（应有 118 字节，只有 116）；请重新复制或导出"
    for data in (b"", bytes.fromhex("0000270a").ljust(99, b"\0"), b"x" * 200):
        (tmp_path / part).write_bytes(data)
        assert said(path) == f"{part}：不是有效的 {kind} 文件（内容与扩展名不符或已损坏）"


def test_a_table_that_is_none_or_shorter_than_it_says_is_refused(tmp_path: Path) -> None:
    path = parts(tmp_path)
    whole = (tmp_path / "t.dbf").read_bytes()
    (tmp_path / "t.dbf").write_bytes(whole[:-1])
    assert said(path) == "t.dbf：文件不完整（应有 159 字节，只有 158）；请重新复制或导出"
    (tmp_path / "t.dbf").write_bytes(whole[:31])
    assert said(path) == "t.dbf：不是有效的 dbf 文件（内容与扩展名不符或已损坏）"


def test_a_column_of_codes_holds_nothing_but_six_to_twelve_digits() -> None:
    def told(*cells: object) -> bool:
        return _all_digits(pd.Series(cells, dtype="object"))

    assert told("420525")
    assert told("420525101201", "", None, "420525101201")
    assert not told("420525", "甲镇")
    assert not told("42052")
    assert not told("4205251012012")
    assert not told("", None)
    assert not told()


def test_the_width_of_a_row_is_of_two_bytes(tmp_path: Path) -> None:
    """The two bytes behind it are kept free, and hold whatever a program left there."""
    path = parts(tmp_path)
    data = bytearray((tmp_path / "t.dbf").read_bytes())
    data[12:14] = b"\x01\x01"
    (tmp_path / "t.dbf").write_bytes(bytes(data))
    assert check_parts(path) == tmp_path / "t.dbf"


def test_a_table_whose_head_is_all_noughts_has_no_texts() -> None:
    assert _texts(bytes(64)) == b""


def test_two_columns_that_bear_one_name_are_both_read(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    rows = {"name": ["甲镇"], "nama": ["乙镇"], "geometry": [Point(114, 30)]}
    gpd.GeoDataFrame(rows, crs=4326).to_file(path, encoding="utf-8")
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace(b"nama", b"name"))
    layer = Layer("cemetery", "facilities", ("a.shp",), "township")
    raw = as_raw(read_shapefile(path, layer), "a.shp", "", layer)
    assert raw.drop(columns="geometry").iloc[0].tolist()[:2] == ["甲镇", "乙镇"]
