"""No value of the catalogue or of the policy, at any key, ends in more than one Chinese line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nasty
import pytest

from hbgeo.cli.here import Here
from hbgeo.cli.options import Ask
from hbgeo.errors import CatalogError, HbgeoError, LayerError, PolicyError, RequestError
from hbgeo.read import policy
from hbgeo.read.catalog import read_catalog
from hbgeo.read.divisions.changes import read_aliases, read_changes
from hbgeo.read.file.find import find_files
from hbgeo.read.policy import SHIPPED_POLICY, read_policy
from hbgeo.read.schema.records import has_schema, read_schema

CATALOG = nasty.parse("""
title = "示例"
as_of = 2023-12-31
scheme = "MCA-2025"
approval = ""
basemap = ""
[county]
role = "units"
level = "county"
path = "a.gpkg"
layer = "a"
schema = "unit"
scheme = "NBS-2023"
source = "示例"
sample = true
approximate = true
[cemetery]
role = "facilities"
path = ["a.csv", "*.csv"]
crs = "GCJ-02"
encoding = "gb18030"
columns = { name = "公墓" }
values = { status = { "正常" = "运营" } }
year = 2023
source = "示例"
""")


def _exemplars() -> dict[tuple[str, ...], dict[str, Any]]:
    """Of every key that the shipped policy has somewhere, the first indicator that has it."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for file in sorted(SHIPPED_POLICY.iterdir(), key=lambda f: f.name):
        table = nasty.parse(file.read_text("utf-8"))
        for row in table["indicator"]:
            one = {**table, "indicator": [row]}
            for path in nasty.paths(one):
                found.setdefault(tuple(k for k in path if isinstance(k, str)), one)
    return found


ROOT = Path(__file__).parent.parent
POLICY = _exemplars()


def refused(read: Callable[[], object], error: type[HbgeoError]) -> str:
    """What is said of a file that is not taken; "" of one that is."""
    try:
        read()
    except error as err:
        return str(err)
    return ""


def check_line(text: str, file: str) -> None:
    """One Chinese line, which names the file."""
    assert text.isprintable()
    assert len(text) < 1_000
    assert re.search("[\u4e00-\u9fff]{2}", text)
    assert file in text


@pytest.mark.parametrize("path", list(nasty.paths(CATALOG)), ids=lambda p: ".".join(map(str, p)))
def test_any_value_at_any_key_of_the_catalogue(path: nasty.Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    (tmp_path / "a.gpkg").write_bytes(b"")

    def read() -> None:
        catalog = read_catalog(tmp_path)
        for layer in catalog.layers.values():
            find_files(layer, tmp_path)

    for literal in nasty.NASTY.values():
        (tmp_path / "catalog.toml").write_text(nasty.with_value(CATALOG, path, literal), "utf-8")
        if said := refused(read, CatalogError):
            check_line(said, "catalog.toml")


@pytest.mark.parametrize("key", POLICY, ids=".".join)
def test_any_value_at_any_key_of_the_policy(
    key: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy, "SHIPPED_POLICY", tmp_path)
    for path in nasty.paths(POLICY[key]):
        if tuple(k for k in path if isinstance(k, str)) == key:
            for literal in nasty.NASTY.values():
                text = nasty.with_value(POLICY[key], path, literal)
                (tmp_path / "a.toml").write_text(text, "utf-8")
                if said := refused(read_policy, PolicyError):
                    check_line(said, "a.toml")


@pytest.mark.parametrize("name", nasty.NAMES)
def test_a_layers_key_is_a_name_and_never_a_path(name: str, tmp_path: Path) -> None:
    table = {**CATALOG, name: CATALOG["county"]}
    (tmp_path / "catalog.toml").write_text(nasty.with_value(table, (), ""), "utf-8")
    with pytest.raises(CatalogError, match=r"不能作名称|控制字符") as caught:
        read_catalog(tmp_path)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", ["county-2", "A_1", "公墓", "𣲗山", "长" * 60])
def test_a_layers_key_may_be_any_word(name: str, tmp_path: Path) -> None:
    table = {**CATALOG, name: CATALOG["county"]}
    (tmp_path / "catalog.toml").write_text(nasty.with_value(table, (), ""), "utf-8")
    assert name in read_catalog(tmp_path).layers


@pytest.mark.parametrize(
    ("key", "literal", "said"),
    [
        (("indicator", "target", "pct"), "nan", "a.toml：indicator.target.pct 不是可用的数"),
        (("indicator", "target", "pct"), "-5", "pct = -5 应大于 0、不超过 100"),
        (("indicator", "target", "pct"), "101", "pct = 101 应大于 0、不超过 100"),
        (("indicator", "target", "pct"), "true", "pct = True 的类型不对"),
        (("indicator", "target", "value"), "-1", "value = -1 不能是负数"),
        (("indicator", "target", "deadline"), "9999-12-31", "应在 1900–2100 年之间"),
        (("indicator", "year"), '{ column = "a", is = 99999 }', "year = 99999 应在 1900–2100"),
        (("indicator", "variant"), "[3]", "variant 应写作 [[indicator.variant]] 表"),
        (("indicator", "id"), '"con"', "id：“con”不能作名称"),
    ],
)
def test_absurd_targets_are_refused_by_what_is_wrong(
    key: tuple[str, ...], literal: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy, "SHIPPED_POLICY", tmp_path)
    [path, *_] = [
        p for p in nasty.paths(POLICY[key]) if tuple(k for k in p if isinstance(k, str)) == key
    ]
    (tmp_path / "a.toml").write_text(nasty.with_value(POLICY[key], path, literal), "utf-8")
    with pytest.raises(PolicyError) as caught:
        read_policy()
    assert said in str(caught.value)


BYTES = {
    "empty": b"",
    "UTF-16": 'title = "示例"'.encode("utf-16"),
    "GBK": 'title = "示例"'.encode("gbk"),
    "NUL": b'title = "a"\0',
    "noise": bytes(range(256)),
    "twice": b"a.b = 1\na.b = 2\n",
    "open": b'title = "' + b'\\"' * 50_000,
    "word": b"a" * 200_000,
    "quotes": b'"""' * 60_000,
    "brackets": b"[" * 200_000,
    "headers": b"[" + b".".join([b"a"] * 50_000) + b"]",
    "quoted headers": b"[" + b".".join([b'"a"'] * 50_000) + b"]",
    "large": b"# \n" * 500_000,
}


@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_are_no_catalogue_are_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / "catalog.toml").write_bytes(BYTES[name])
    with pytest.raises(CatalogError, match=r"catalog\.toml") as caught:
        read_catalog(tmp_path)
    assert str(caught.value).isprintable()


def test_a_folder_in_the_catalogues_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "catalog.toml").mkdir()
    with pytest.raises(CatalogError, match="不是普通文件"):
        read_catalog(tmp_path)


def test_layers_that_differ_by_capitals_only_are_refused(tmp_path: Path) -> None:
    table = {**CATALOG, "County": CATALOG["county"]}
    (tmp_path / "catalog.toml").write_text(nasty.with_value(table, (), ""), "utf-8")
    with pytest.raises(CatalogError, match=r"\[county\] 与 \[County\] 只差大小写"):
        read_catalog(tmp_path)


@pytest.mark.parametrize("column", ["row", "x", "geometry", "../a"])
def test_a_column_of_ours_is_not_to_be_named(column: str, tmp_path: Path) -> None:
    table = {**CATALOG, "cemetery": {**CATALOG["cemetery"], "columns": {column: "甲"}}}
    (tmp_path / "catalog.toml").write_text(nasty.with_value(table, (), ""), "utf-8")
    with pytest.raises(CatalogError, match=r"\[cemetery\]：columns"):
        read_catalog(tmp_path)


HEADS = {
    read_changes: "变更类型,原名称,原所在县,现名称,现所在县,变更日期,依据",
    read_aliases: "标准名称,所在县,别名,启用日期,停用日期,依据",
}


@pytest.mark.parametrize("read", HEADS, ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    "rows",
    [
        b"\xff\xfe\0",
        b'"' + b"x," * 50_000,
        '更名,甲镇,远安县,"乙镇,远安县,2020,甲\n更名,丙镇,远安县,丁镇",远安县,2020,甲\n'.encode(),
        b"\0" * 100,
        b"x" * 200_000,
    ],
)
def test_a_table_of_names_is_refused_in_one_line(read: Any, rows: bytes, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(HEADS[read].encode() + b"\n" + rows)
    with pytest.raises(LayerError, match=r"t\.csv") as caught:
        read(tmp_path / "t.csv")
    assert str(caught.value).isprintable()


def test_a_quote_that_swallows_rows_of_changes_is_refused(tmp_path: Path) -> None:
    row = "更名,甲镇,远安县,{}乙镇,远安县,2020-01-01,甲\n"
    text = HEADS[read_changes] + "\n" + row.format('"') + row.format("") * 3 + row.format('"')
    (tmp_path / "t.csv").write_text(text, "utf-8")
    with pytest.raises(LayerError, match="引号"):
        read_changes(tmp_path / "t.csv")


def test_a_glob_has_an_end(tmp_path: Path) -> None:
    folder = tmp_path
    for _ in range(13):
        folder /= "a"
    folder.mkdir(parents=True)
    for path in ("**/a/**/*.csv", "*/" * 12 + "*.csv", "a\0*", "*/../*.csv", "**a/*"):
        table = {**CATALOG, "county": {**CATALOG["county"], "path": path}}
        text = nasty.with_value(table, (), "").replace("\\u0000", "\\t")
        (tmp_path / "catalog.toml").write_text(text, "utf-8")
        with pytest.raises(CatalogError, match=r"\[county\]:path"):
            find_files(read_catalog(tmp_path).layers["county"], tmp_path)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "20xx", "99999-01-01", ""])
def test_a_day_of_no_figure_is_refused(day: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Here, "root", ROOT)
    if day:
        with pytest.raises(RequestError, match="--as-of"):
            Ask(as_of=day).open()
    else:
        assert Ask(as_of=day).open()[1].as_of.year == 2023


def test_a_schema_of_any_length_is_not_there() -> None:
    assert read_schema("x" * 300).title == read_schema("facility").title
    assert not has_schema("x" * 300)
    assert not has_schema("../schemas/sign")
