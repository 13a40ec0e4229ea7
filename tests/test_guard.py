"""A file is what its name says, and whole, before anything opens it."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pyogrio
import pytest
import shapely

from hbgeo.errors import LayerError
from hbgeo.read.file.guard import (
    _sqlite_size,
    check_magic,
    first_line,
    offline,
    refuse_lost,
    unreadable,
)

SQLITE = b"SQLite format 3\0"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A GeoPackage of one square."""
    square = gpd.GeoDataFrame({"代码": ["1"]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:4490")
    square.to_file(tmp_path / "t.gpkg")
    return tmp_path / "t.gpkg"


def said(path: Path) -> str:
    """Why a file is refused."""
    with pytest.raises(LayerError) as caught:
        check_magic(path)
    return str(caught.value)


def test_a_geopackage_cut_short_is_refused_and_a_whole_one_is_not(package: Path) -> None:
    check_magic(package)
    whole = package.read_bytes()
    for size in (len(whole) - 1, len(whole) // 2, 100):
        package.write_bytes(whole[:size])
        assert said(package) == "t.gpkg：文件不完整；请重新复制或导出"


def header(*, page: int, pages: int, counter: int = 7, seen: int = 7) -> bytes:
    """A SQLite header: its page size, its pages, and when they were counted last."""
    made = bytearray(SQLITE + bytes(84))
    made[16:18] = page.to_bytes(2, "big")
    made[24:28] = counter.to_bytes(4, "big")
    made[28:32] = pages.to_bytes(4, "big")
    made[92:96] = seen.to_bytes(4, "big")
    return bytes(made)


def test_a_database_is_as_long_as_its_pages() -> None:
    assert _sqlite_size(header(page=4096, pages=25)) == 102_400
    assert _sqlite_size(header(page=512, pages=3)) == 1_536
    assert _sqlite_size(header(page=1, pages=70_000)) == 70_000 * 65_536  # 1 stands for 65,536
    assert _sqlite_size(header(page=4096, pages=25, seen=6)) == 0  # nobody has counted since
    assert _sqlite_size(b"x" + header(page=4096, pages=25)[1:]) == 0


def test_a_database_is_refused_a_byte_short_of_its_pages(tmp_path: Path) -> None:
    path = tmp_path / "t.gpkg"
    for size, whole in ((1_535, False), (1_536, True), (1_600, True)):
        path.write_bytes(header(page=512, pages=3).ljust(size, b"\0"))
        if whole:
            check_magic(path)
        else:
            assert said(path) == "t.gpkg：文件不完整；请重新复制或导出"


@pytest.mark.parametrize("suffix", ["gpkg", "fgb", "json", "geojson"])
def test_a_file_that_is_something_else_or_nothing_says_so(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t.{suffix}"
    path.write_bytes(b"")
    assert said(path) == f"t.{suffix}：空文件"
    path.write_bytes(b"<html>")
    assert said(path) == f"t.{suffix}：不是有效的 {suffix} 文件（内容与扩展名不符或已损坏）"


@pytest.mark.parametrize("before", ["", "\ufeff", " \r\n\t"])
def test_what_stands_before_the_first_bracket_is_nothing(tmp_path: Path, before: str) -> None:
    path = tmp_path / "t.json"
    path.write_text(before + "{}", "utf-8")
    check_magic(path)


def test_what_is_refused_in_geojson_is_found_wherever_it_stands(tmp_path: Path) -> None:
    """It is looked through in pieces of 16 MB: also across the border of two."""
    link = '"crs":{"type":"link"}'
    for before in (0, (1 << 24) - 10, (1 << 24) + 10):
        path = tmp_path / "t.json"
        path.write_text("{" + " " * before + link + "}", "utf-8")
        assert said(path) == "t.json：坐标系写成了网址（crs 为 link）；请改为 EPSG 编号"


def test_nothing_goes_out_while_a_file_is_read_and_all_is_as_before_after() -> None:
    door = {
        "GDAL_HTTP_PROXY": "127.0.0.1:9", "GDAL_HTTPS_PROXY": "127.0.0.1:9",
        "GDAL_HTTP_CONNECTTIMEOUT": 1, "GDAL_HTTP_TIMEOUT": 1, "CPL_CURL_ENABLE_VSIMEM": "NO",
    }  # fmt: skip

    def told() -> dict[str, object]:
        return {key: pyogrio.get_gdal_config_option(key) for key in door}

    pyogrio.set_gdal_config_options({"GDAL_HTTP_TIMEOUT": "7"})
    before = told()
    with offline():
        assert told() == door
    assert told() == before == dict.fromkeys(door) | {"GDAL_HTTP_TIMEOUT": 7}
    pyogrio.set_gdal_config_options({"GDAL_HTTP_TIMEOUT": None})


@pytest.mark.parametrize(
    ("err", "said"),
    [
        (
            pa.ArrowInvalid("Invalid UTF8 payload"),
            "有文字不是 UTF-8 文本；请从源头重新导出为 UTF-8",
        ),
        (pa.ArrowInvalid("no magic"), "不是有效的 gpkg 文件，或已损坏（no magic）"),
        (ValueError("not UTF8"), "不是有效的 gpkg 文件，或已损坏（not UTF8）"),
        (RecursionError(), "不是有效的 gpkg 文件（嵌套过深）；请从源头重新导出"),
    ],
)
def test_what_a_library_says_is_told_in_its_place(err: Exception, said: str) -> None:
    assert str(unreadable(Path("b/a.gpkg"), err)) == f"a.gpkg：{said}"


def test_of_an_error_the_first_line_is_shown_or_its_kind() -> None:
    assert first_line(ValueError("\n one\ntwo")) == "one"
    assert first_line(ValueError("x" * 130)) == "x" * 120
    assert first_line(KeyError()) == "KeyError"


def test_as_many_rows_as_are_stated_are_enough() -> None:
    path = Path("a.gpkg")
    refuse_lost(path, 3, 3)
    refuse_lost(path, 3, 4)
    with pytest.raises(LayerError) as caught:
        refuse_lost(path, 1_003, 1_002)
    assert str(caught.value) == "a.gpkg：文件不完整（应有 1,003 行，只读出 1,002 行）"


def test_a_database_says_its_own_size() -> None:
    def head(page: int, pages: int, *, same: bool = True) -> bytes:
        made = bytearray(b"SQLite format 3\0".ljust(100, b"\0"))
        made[16:18], made[24:28] = page.to_bytes(2, "big"), b"\0\0\0\7"
        made[28:32], made[92:96] = pages.to_bytes(4, "big"), b"\0\0\0\7" if same else b"\0\0\0\6"
        return bytes(made)

    assert _sqlite_size(head(4096, 300)) == 1_228_800
    assert _sqlite_size(head(1, 3)) == 196_608  # a page of 65,536 does not fit two bytes
    assert _sqlite_size(head(4096, 300, same=False)) == _sqlite_size(b"x" * 100) == 0
