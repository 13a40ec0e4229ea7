"""TOML read strictly: what is refused, in which words; numbers stay as they were written."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hbgeo.errors import CatalogError, PolicyError
from hbgeo.read.toml import check_keys, read_toml

KNOWN: dict[str, tuple[type, ...]] = {
    "name": (str,), "pct": (int, Decimal), "on": (bool,), "day": (date,), "many": (list, str),
}  # fmt: skip


def test_numbers_are_decimals_as_written(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes(b"\xef\xbb\xbf" + "a = 35.10\nb = 3\nc = '值'\n".encode())
    found = read_toml(file, PolicyError, "")
    assert found == {"a": Decimal("35.10"), "b": 3, "c": "值"}
    assert str(found["a"]) == "35.10"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "a.toml:没有这个文件;先用 init"),
        ("名称 = 1".encode("gb18030"), "a.toml:不是 UTF-8 编码;请另存为 UTF-8"),
        (b"a = ", "a.toml:TOML 格式有误("),
    ],
)
def test_a_file_that_is_none_is_one_line(content: bytes | None, said: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "a.toml").write_bytes(content)
    with pytest.raises(CatalogError) as caught:
        read_toml(tmp_path / "a.toml", CatalogError, "先用 init")
    assert said in str(caught.value)
    assert caught.value.__cause__ is None
    with pytest.raises(CatalogError, match=r"没有这个文件$"):
        read_toml(tmp_path / "b.toml", CatalogError, "")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"nmae": "x"}, "某处:不认识的键 “nmae”;是否想写 name?可用的键:name、pct、on、day、many"),
        ({"zzzz": 1}, "某处:不认识的键 “zzzz”;可用的键:name、pct、on、day、many"),
        ({"name": 1}, "某处:name = 1 的类型不对;应为文字"),
        ({"name": "x", "pct": True}, "某处:pct = True 的类型不对;应为整数或小数"),
        ({"name": "x", "on": 1}, "某处:on = 1 的类型不对;应为true 或 false"),
        ({"name": "x", "day": datetime(2023, 1, 1)}, "的类型不对;应为日期(如 2023-12-31)"),  # noqa: DTZ001
        ({"name": "x", "many": 1}, "某处:many = 1 的类型不对;应为列表或文字"),
        ({"pct": 3}, "某处:缺少键 name"),
    ],
)
def test_a_table_of_other_keys_is_refused(row: dict[str, Any], said: str) -> None:
    with pytest.raises(PolicyError) as caught:
        check_keys(row, KNOWN, ("name",), "某处", PolicyError)
    assert said in str(caught.value)


def test_a_table_of_its_keys_is_taken() -> None:
    row = {"name": "x", "pct": Decimal("3.5"), "on": False, "day": date(2023, 1, 1), "many": []}
    check_keys(row, KNOWN, ("name", "on"), "某处", PolicyError)
    check_keys({"name": "x", "pct": 3, "many": "a"}, KNOWN, (), "某处", PolicyError)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ('状态 = "运营"', {"状态": "运营"}),
        (
            'a = { 状态 = { "甲 = 乙" = "丙 = 丁" } } # 备注 = 3',
            {"a": {"状态": {"甲 = 乙": "丙 = 丁"}}},
        ),
        ("note = '''\n级别 = 1\n'''\n级别 = 2", {"note": "级别 = 1\n", "级别": 2}),
        ('note = """\n级别 = "1"\n"""\n级别-二 = 2', {"note": '级别 = "1"\n', "级别-二": 2}),
    ],
)
def test_chinese_keys_need_no_quotes(tmp_path, text, made):
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    assert read_toml(tmp_path / "a.toml", CatalogError, "") == made


@pytest.mark.parametrize("sign", ["", "-"])
def test_no_number_is_above_a_thousand_times_a_thousand_milliards(tmp_path, sign):
    file = tmp_path / "a.toml"
    file.write_text(f"a = {sign}1_000_000_000_000_000", "utf-8")
    assert read_toml(file, PolicyError, "") == {"a": int(f"{sign}1{'0' * 15}")}
    for beyond in ("1_000_000_000_000_001", "1_000_000_000_000_000.1"):
        file.write_text(f"a = {sign}{beyond}", "utf-8")
        with pytest.raises(PolicyError) as caught:
            read_toml(file, PolicyError, "")
        said = "a.toml:a 不是可用的数;绝对值不超过 1,000 万亿,至多 30 位"
        assert str(caught.value) == said
