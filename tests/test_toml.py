"""TOML read strictly: what is refused, in which words; numbers stay as they were written."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hbgeo.errors import CatalogError, PolicyError
from hbgeo.read.toml import check_keys, check_name, check_year, fit_texts, read_toml

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
        (None, "a.toml：没有这个文件；先用 init"),
        ("名称 = 1".encode("gb18030"), "a.toml：不是 UTF-8 编码；请另存为 UTF-8"),
        (b"a = ", "a.toml：TOML 格式有误（"),
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
        (
            {"nmae": "x"},
            "某处：不认识的键 “nmae”；是否想写 name？可用的键：name、pct、on、day、many",
        ),
        ({"zzzz": 1}, "某处：不认识的键 “zzzz”；可用的键：name、pct、on、day、many"),
        ({"name": 1}, "某处：name = 1 的类型不对；应为文字"),
        ({"name": "x", "pct": True}, "某处：pct = True 的类型不对；应为整数或小数"),
        ({"name": "x", "on": 1}, "某处：on = 1 的类型不对；应为true 或 false"),
        ({"name": "x", "day": datetime(2023, 1, 1)}, "的类型不对；应为日期（如 2023-12-31）"),  # noqa: DTZ001
        ({"name": "x", "many": 1}, "某处：many = 1 的类型不对；应为列表或文字"),
        ({"pct": 3}, "某处：缺少键 name"),
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
        said = "a.toml：a 不是可用的数；绝对值不超过 1,000 万亿，至多 30 位"
        assert str(caught.value) == said


def refused(folder: Path, text: str) -> str:
    """What is said of a file of this text; "" where it is taken."""
    (folder / "a.toml").write_text(text, "utf-8", newline="")
    try:
        read_toml(folder / "a.toml", PolicyError, "")
    except PolicyError as err:
        return str(err)
    return ""


NUMBER = "a.toml：a 不是可用的数；绝对值不超过 1,000 万亿，至多 30 位"
YEAR = "应在 1900–2100 年之间"
BOUNDS = {
    "a value of 500 letters": (f'a = "{"x" * 500}"', ""),
    "of 501": (f'a = "{"x" * 501}"', "a.toml：a 的文字超过 500 字"),
    "a note of 10,000": (f'note = "{"x" * 10_000}"', ""),
    "of 10,001": (f'note = "{"x" * 10_001}"', "a.toml：note 的文字超过 10,000 字"),
    "a source inside": (f'[a]\nsource = "{"x" * 501}"\ntitle = "甲\\n乙"', ""),
    "two lines": ('a = "甲\\n乙"', "a.toml：a 的文字分成了几行"),
    "two lines of a note": ('approval = "甲\\n乙"', ""),
    "a control character": ('note = "甲\\u0007"', "a.toml：note 的文字含有控制字符"),
    "in a list": ('a = ["x", "\\u202e"]', "a.toml：a 的文字含有控制字符"),
    "a key of 501": (f'{"k" * 501} = 1', f"a.toml：{'k' * 60}… 这个键超过 500 字"),
    "a key of 500": (f'{"k" * 500} = 1', ""),
    "a key of two lines": ('"a\\nb" = 1', "a.toml：a b 这个键分成了几行"),
    "twelve deep": (f"a = {'[' * 11}1{']' * 11}", ""),
    "thirteen deep": (f"a = {'[' * 12}1{']' * 12}", "a.toml：a 套了太多层；至多 12 层"),
    "tables as deep": (f"a = {'{ b = ' * 12}1{' }' * 12}", f"a.toml：a{'.b' * 11} 套了太多层；至多 12 层"),
    "30 figures": (f"a = 0.{'1' * 30}", ""),
    "31 figures": (f"a = 0.{'1' * 31}", NUMBER),
    "so small": ("a = 1e-30", ""),
    "smaller": ("a = 1e-31", NUMBER),
    "endless": ("a = inf", NUMBER),
    "none": ("a = nan", NUMBER),
    "an exponent beyond": ("a = 1e99999999999999999999", NUMBER),
    "true": ("a = true", ""),
    "the first year": ("a = 1900-01-01", ""),
    "before it": ("a = 1899-12-31", f"a.toml：a = 1899-12-31 {YEAR}"),
    "the last year": ("a = 2100-12-31", ""),
    "after it": ("a = [2101-01-01]", f"a.toml：a = 2101-01-01 {YEAR}"),
    "a day that is none": ("a = 2023-02-30", "TOML"),
    "a long number": (f"b = 1\na = {'1' * 5000}", "a.toml：第 2 行的数字太长，或日期不存在；请改正"),
    "a long number below a blank line": (f"\na = {'1' * 5000}", "a.toml：第 2 行的数字太长，或日期不存在；请改正"),
    "many dots": (".".join("a" * 17) + " = 1", "a.toml：TOML 格式有误（too many dots in a key）"),
    "fewer dots": (".".join("a" * 11) + " = 1", ""),
    "a megabyte": ("#" * (1 << 20), ""),
    "more": ("#" * ((1 << 20) + 1), "a.toml：超过 1 MB，不是目录或政策文件"),
}  # fmt: skip


@pytest.mark.parametrize("what", BOUNDS)
def test_what_no_file_can_mean_is_refused_at_its_bound(what: str, tmp_path: Path) -> None:
    text, said = BOUNDS[what]
    told = refused(tmp_path, text)
    assert told.startswith("a.toml：TOML 格式有误（") if said == "TOML" else told == said


@pytest.mark.parametrize(("letters", "shown"), [(60, "k" * 60), (61, "k" * 60 + "…")])
def test_sixty_letters_of_a_key_are_shown(letters: int, shown: str) -> None:
    with pytest.raises(PolicyError) as caught:
        check_keys({"k" * letters: 1}, KNOWN, (), "某处", PolicyError)
    assert str(caught.value) == f"某处：不认识的键 “{shown}”；可用的键：name、pct、on、day、many"


@pytest.mark.parametrize(
    ("name", "taken"),
    [("甲_乙-1", True), ("x" * 60, True), ("x" * 61, False), ("", False), ("a b", False), ("a.b", False),
     ("con", False), ("LPT1", False), ("com", True), ("console", True), ("甲/乙", False)],
)  # fmt: skip
def test_a_name_is_of_letters_and_no_device(name: str, taken: bool) -> None:  # noqa: FBT001
    if taken:
        check_name(name, "某处", PolicyError)
        return
    with pytest.raises(PolicyError) as caught:
        check_name(name, "某处", PolicyError)
    shown = name if len(name) <= 60 else name[:60] + "…"
    allowed = "只能用字母、数字、汉字、_ 和 -，至多 60 字，不能是 con、nul 等系统保留名"
    assert str(caught.value) == f"某处：“{shown}”不能作名称；{allowed}"


@pytest.mark.parametrize(("year", "taken"), [(1899, False), (1900, True), (2100, True), (2101, False)])  # fmt: skip
def test_a_year_is_one_in_which_something_was_counted(year: int, taken: bool) -> None:  # noqa: FBT001
    if taken:
        check_year(year, "某处", PolicyError)
        return
    with pytest.raises(PolicyError) as caught:
        check_year(year, "某处", PolicyError)
    assert str(caught.value) == f"某处 = {year} 应在 1900–2100 年之间"


def test_texts_deep_inside_are_made_fit_to_be_shown() -> None:
    given = {"a": ["电话13812345678", {"b": "甲"}], "c": 3, "d": "13812345678"}
    made = fit_texts(given)
    assert made["a"][1] == {"b": "甲"}
    assert made["c"] == 3
    assert "13812345678" not in str(made)


def _refused(line: str, folder: Path) -> str:
    (folder / "a.toml").write_text(f'# "D:\\x"\n{line}\n', "utf-8")
    with pytest.raises(CatalogError) as caught:
        read_toml(folder / "a.toml", CatalogError, "")
    return str(caught.value)


@pytest.mark.parametrize(
    "path",
    [
        r"D:\民政\公墓.xlsx",
        r"D:\new\table.xlsx",  # \n and \t mean something to TOML
        r"D:\table.xlsx",
        r"c:\数据\user.xlsx",
        r"\\服务器\共享\公墓.xlsx",
        r"\\server\new\table.xlsx",
        r"下级\公墓.xlsx",
        r"a\\b\公墓.xlsx",
    ],
)
def test_a_path_pasted_from_windows_is_named_with_its_way_out(path: str, tmp_path: Path) -> None:
    said = rf'a.toml：第 2 行 "{path}"：请把其中的 \ 都改成 /，或都写成两个 \\'
    assert _refused(f'path = "{path}"  # 如 "E:\\y"', tmp_path) == said
    assert _refused(f'path = ["b.csv", "{path}"]', tmp_path) == said


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r'"D:\\民政\\公墓.xlsx"', r"D:\民政\公墓.xlsx"),
        (r"'D:\new\table.xlsx'", r"D:\new\table.xlsx"),
        (r'"\\\\服务器\\共享\\公墓.xlsx"', r"\\服务器\共享\公墓.xlsx"),
        (r"'\\server\share\a.xlsx'", r"\\server\share\a.xlsx"),
        ('"D:/民政/公墓.xlsx"', "D:/民政/公墓.xlsx"),
        (r'"注：\"D:\\x\""', r'注："D:\x"'),
        (r'"""D:\\x"""', r"D:\x"),
    ],
)
def test_a_path_of_windows_that_toml_takes_is_left_alone(
    written: str, meant: str, tmp_path: Path
) -> None:
    (tmp_path / "a.toml").write_bytes(f"path = {written}\r\nb = 1\r\n".encode())
    assert read_toml(tmp_path / "a.toml", CatalogError, "") == {"path": meant, "b": 1}
