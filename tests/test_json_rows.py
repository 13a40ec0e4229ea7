"""Rows of JSON: lists, wrappers, pages, lines; maps stay maps, and nothing is lost without a word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.file.json_rows import holds_rows, read_json_rows
from hbgeo.read.file.raw import read_raw
from hbgeo.read.schema.records import read_schema

ROWS = [{"名称": "甲", "数": 1.50}, {"名称": "乙", "数": 2, "另": None}]
MAP = {"type": "FeatureCollection", "features": []}


def _file(folder: Path, text: Any, name: str = "表.json", encoding: str = "utf-8") -> Path:
    path = folder / name
    said = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)
    path.write_bytes(said.encode(encoding))
    return path


@pytest.mark.parametrize(
    "text",
    [
        ROWS,
        {"total": 2, "records": ROWS},
        {"code": 0, "data": {"total": 2, "rows": ROWS}},
        {"地名": ROWS},
        "\n".join(json.dumps(row) for row in ROWS),
        "\n".join(json.dumps({"total": 2, "records": [row]}) for row in ROWS),
        [{"total": 2, "records": [row]} for row in ROWS],
    ],
    ids=["list", "wrapped", "deep", "own key", "lines", "pages by line", "list of pages"],
)
def test_rows_are_the_same_however_they_are_wrapped(text: Any, tmp_path: Path) -> None:
    path = _file(tmp_path, text)
    assert holds_rows(path)
    raw, issues = read_json_rows(path, "placename")
    assert raw["名称"].tolist() == ["甲", "乙"]
    assert raw["row"].tolist() == [1, 2]
    assert raw["数"].tolist()[1] == "2"
    assert issues == []


def test_a_number_keeps_its_digits(tmp_path: Path) -> None:
    raw, _ = read_json_rows(_file(tmp_path, '[{"码": 42052810122200000001, "数": 1.50}]'), "x")
    assert raw[["码", "数"]].to_numpy().tolist() == [["42052810122200000001", "1.50"]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_is_told(encoding: str, tmp_path: Path) -> None:
    raw, _ = read_json_rows(_file(tmp_path, ROWS, encoding=encoding), "x")
    assert raw["名称"].tolist() == ["甲", "乙"]


def test_pages_that_are_missing_are_said(tmp_path: Path) -> None:
    _, [issue] = read_json_rows(_file(tmp_path, {"total": 250, "records": ROWS}), "placename")
    assert (issue.rule, issue.layer) == ("W13", "placename")
    assert "还有 248 条" in issue.message


@pytest.mark.parametrize(
    ("shape", "pair"),
    [
        ({"type": "MultiPoint", "coordinates": [[110.2, 30.51]]}, "110.2,30.51"),
        ({"type": "Point", "coordinates": [110.2, 30.51]}, "110.2,30.51"),
        ({"type": "LineString", "coordinates": [[110, 30], [110.4, 30.1], [110.2, 31]]}, "110.2,30.5"),
        ({"type": "MultiPoint", "coordinates": []}, ""),
    ],
)  # fmt: skip
def test_a_geometry_is_its_point_or_the_middle_of_its_extent(
    shape: Any, pair: str, tmp_path: Path
) -> None:
    raw, _ = read_json_rows(_file(tmp_path, [{"名": "甲", "gdm": shape}]), "x")
    assert raw["gdm"].tolist() == [pair]
    assert ("坐标系" in raw) == bool(pair)
    if pair:
        assert raw["坐标系"].tolist() == ["CGCS2000"]


def test_objects_and_lists_within_become_cells(tmp_path: Path) -> None:
    row = {"名": "甲", "又": {"里": 1, "外": {"深": True}}, "别名": ["乙", "丙"], "附": [{"a": 1}]}
    raw, _ = read_json_rows(_file(tmp_path, [row]), "x")
    cells = raw.iloc[0].to_dict()
    assert (cells["又.里"], cells["又.外.深"], cells["别名"]) == ("1", "是", "乙、丙")
    assert cells["附"] == '{"a": "1"}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "空文件"),
        ('[{"a": 1}, {"a": ', "不是有效的 JSON"),
        ('{"a": 1}\n{"a": \n{"a": 3}', "第 2 行不是有效的 JSON"),
        ("[1, 2]", "不是记录的列表"),
        ('{"records": [{"a": 1}], "rows": [{"b": 1}]}', "有几个列表（records、rows）"),
        ("[" * 100_000, "不是有效的 JSON"),
    ],
)
def test_what_is_no_table_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(LayerError, match=said):
        read_json_rows(_file(tmp_path, text), "x")


@pytest.mark.parametrize(
    "text",
    [
        MAP,
        {"features": [], "type": "FeatureCollection"},
        {"type": "Point", "coordinates": [110, 30]},
        {"type": "Topology", "objects": {}, "arcs": []},
        {"name": "图", "crs": {"type": "name"}, "features": [{"type": "Feature"}]},
    ],
)
def test_a_map_is_no_table(text: Any, tmp_path: Path) -> None:
    assert not holds_rows(_file(tmp_path, text))


def test_a_row_with_a_type_or_a_geometry_is_a_row(tmp_path: Path) -> None:
    rows = [{"type": "自然村", "gdm": {"type": "Point", "coordinates": [110, 30]}}]
    assert holds_rows(_file(tmp_path, rows))
    assert holds_rows(_file(tmp_path, {"records": rows}, "包.json"))


def test_json_goes_through_the_one_reader(tmp_path: Path) -> None:
    rows = [{"place_code": "42052810122200000001", "standard_name": "王家湾", "登记人": "某"}]
    layer = Layer("placename", "facilities", ("x",), "示例", schema="placename")
    for name, text in (("a.json", rows), ("a.jsonl", "\n".join(map(json.dumps, rows * 2)))):
        [table] = read_raw(_file(tmp_path, text, name), layer, read_schema("placename")).tables
        assert table.meaning.found["id"] == "place_code"
        assert table.meaning.personal == ("登记人",)


_SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)


@given(st.lists(st.dictionaries(st.text(min_size=1, max_size=3), _SCALARS, min_size=1), min_size=1))
def test_no_row_is_lost(rows: list[dict[str, Any]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = _file(Path(folder), json.dumps(rows))
        assert len(read_json_rows(path, "x")[0]) == len(rows)
        path = _file(Path(folder), json.dumps({"records": rows}))
        assert len(read_json_rows(path, "x")[0]) == len(rows)
