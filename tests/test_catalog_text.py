"""The catalogue changed as text: what was answered is in it, all else is byte for byte as it was."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from hbgeo.errors import CatalogError
from hbgeo.read.catalog import make_layer, read_catalog
from hbgeo.read.catalog_text import (
    checked,
    entry_text,
    read_text,
    toml_text,
    with_entry,
    with_keys,
)

TOP = 'title  = "示例县"  # 说明\nas_of  = 2023-12-31\nscheme = "MCA-2025"\n\n'
TEXT = (
    TOP
    + """# 公墓，[不是表头]
[cemetery]
role   = "facilities"   # 设施
path   = [
  "甲.xlsx",            # [county] 也不是表头
  "乙.xlsx",
]
source = "示例"

# 属于下一个
[sign]
role = "facilities"
path = "s.csv"
source = '''
示例
[village]
'''
"""
)
ENTRY = {"role": "facilities", "path": "丙.xlsx", "source": '甲"乙\\丙', "sample": True}


def catalog_of(folder: Path, text: str):
    (folder / "catalog.toml").write_bytes(text.encode())
    return read_catalog(folder)


@pytest.mark.parametrize(
    "text", ['甲"乙', "C:\\公墓\\x.xlsx", "两\n行", "\x01\x7f\t", "'单'", "", "𡐓", "${x}"]
)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert tomllib.loads(f"a = {toml_text(text)}") == {"a": text}
    assert tomllib.loads(f"a = {toml_text({text: text})}") == {"a": {text: text}}


def test_a_new_layer_stands_at_the_end() -> None:
    made = with_entry(TEXT, "hospital", ENTRY)
    assert made.startswith(TEXT)
    assert tomllib.loads(made)["hospital"] == ENTRY
    assert with_entry(TEXT.rstrip("\n"), "h", ENTRY).startswith(TEXT.rstrip("\n") + "\n\n[h]\n")


def test_line_ends_and_the_mark_of_utf8_stay() -> None:
    text = "\ufeff" + TEXT.replace("\n", "\r\n")
    made = with_entry(text, "hospital", ENTRY)
    assert made.startswith(text)
    assert "\n" not in made.replace("\r\n", "")


def test_a_layer_that_is_replaced_stays_as_a_comment() -> None:
    made = with_entry(TEXT, "cemetery", ENTRY)
    start, end = TEXT.index("[cemetery]"), TEXT.index("\n# 属于下一个")
    assert made.startswith(TEXT[:start])
    assert made.endswith(TEXT[end:])
    assert '# [cemetery]\n# role   = "facilities"   # 设施\n' in made
    assert '#   "甲.xlsx",            # [county] 也不是表头\n' in made
    parsed = tomllib.loads(made)
    assert parsed["cemetery"] == ENTRY
    assert parsed["sign"] == tomllib.loads(TEXT)["sign"]


def test_a_key_is_added_behind_the_last_one_of_its_layer() -> None:
    values = {"status": {"正常营业": "运营"}}
    made = with_keys(TEXT, "cemetery", {"values": values})
    line = 'values = { status = { "正常营业" = "运营" } }\n'
    at = TEXT.index("\n# 属于下一个")
    assert made == TEXT[:at] + line + TEXT[at:]


def test_a_key_that_is_there_is_written_anew_and_nothing_else() -> None:
    text = TEXT.replace('source = "示例"\n', 'columns = { name = "旧" }\nsource = "示例"\n')
    made = with_keys(text, "cemetery", {"columns": {"name": "旧", "status": "建设状况"}})
    assert made == text.replace('{ name = "旧" }', '{ name = "旧", status = "建设状况" }')


def test_what_does_not_mean_what_was_answered_is_not_written(tmp_path: Path) -> None:
    text = TEXT + '\n[other]\nrole = "facilities"\npath = "x.csv"\nsource = "示例"\n[other.columns]\nname = "甲"\n'  # fmt: skip
    catalog = catalog_of(tmp_path, text)
    entry = {"role": "facilities", "path": "x.csv", "source": "示例", "columns": {"name": "乙"}}
    layer = make_layer("other", entry, "MCA-2025")
    with pytest.raises(CatalogError, match="没有写入"):
        checked(catalog, with_keys(text, "other", {"columns": {"name": "乙"}}), "other", layer)
    with pytest.raises(CatalogError, match=r"catalog.toml 中没有 \[none\]"):
        with_keys(text, "none", {"columns": {}})


def test_what_is_checked_is_what_was_answered(tmp_path: Path) -> None:
    catalog = catalog_of(tmp_path, TEXT)
    assert read_text(catalog) == TEXT
    layer = make_layer("hospital", ENTRY, "MCA-2025")
    made = with_entry(TEXT, "hospital", ENTRY)
    assert checked(catalog, made, "hospital", layer) == made
    with pytest.raises(CatalogError, match="不能自动改"):  # a comma more in another layer
        checked(catalog, made.replace("乙.xlsx", "丁.xlsx"), "hospital", layer)


def test_an_entry_has_one_key_a_line() -> None:
    assert entry_text("公墓", ENTRY).splitlines() == [
        '["公墓"]', 'role   = "facilities"', 'path   = "丙.xlsx"',
        'source = "甲\\"乙\\\\丙"', "sample = true",
    ]  # fmt: skip
