"""Numbers of persons in any dress are hidden, in every place and every output; codes never are."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from pathlib import Path
from typing import Any

import decoded
import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import shapely
from golden_cases import make_workspace

from hbgeo import cli
from hbgeo.read.cell.personal import (
    HIDDEN,
    SUSPECT,
    SUSPECT_CARD,
    fit_to_show,
    hide_id_cards,
    hide_numbers,
    is_id_card,
)

# the check digit of 42010219900101123: 160 = 11 · 14 + 6, of 42010219900101009: X
TELEPHONES = [
    "13812345678", "+8613812345678", "008613812345678", "0086-138-1234-5678", "+86 (138) 1234 5678",
    "(+86)13812345678", "86 138 1234 5678", "013812345678", "138.1234.5678", "138·1234·5678", "138 1234.5678",
    "138-1234-5678", "138‐1234‐5678", "138‑1234‑5678", "138–1234–5678", "138—1234—5678", "138−1234−5678",
    "138 - 1234 - 5678", "138\u30001234\u30005678", "138\u00a01234\u00a05678", "138\u20091234\u20095678",
    "138\t1234\n5678", "1 3 8 1 2 3 4 5 6 7 8", "1-3-8-1-2-3-4-5-6-7-8", "１３８１２３４５６７８",
    "138\u200b1234\u200b5678", "138\u20661234\u20695678", "(138)12345678", "Tel13812345678a", "١٣٨١٢٣٤٥٦٧٨",
    "①③⑧①②③④⑤⑥⑦⑧", "1\ufe0f\u20e33\ufe0f\u20e38\ufe0f\u20e31\ufe0f\u20e32345678", "电话 138 12 34 56 78",
    "手机:138-12345-678", "电话 1.13812345678", "电话:0716-81-23-456", "张三13812345678转2", "027-87654321",
    "02787654321", "(027)87654321", "（０２７）８７６５４３２１", "0716-8123456", "0716 812 3456", "0716—8123456",
    "0716.8123456", "027-87654321-8001", "027-87654321转8001", "027 8765-4321 转 12", "+86-27-87654321",
    "0086 716 8123456", "86-27-87654321", "+86(27)87654321", "027-876-54321",
]  # fmt: skip
CARDS = [
    "420102199001011236", "ID420102199001011236", "420102199001011236abc", "张三420102199001011236李四",
    "4201 0219 9001 0112 36", "4201-0219-9001-0112-36", "420102.19900101.1236", "420102·1990·0101·1236",
    "420102 19900101 1236", "４２０１０２１９９００１０１１２３６", "42010219900101009X", "42010219900101009x",
    "42010219900101009Ⅹ", "42010219900101009×", "4 2 0 1 0 2 1 9 9 0 0 1 0 1 1 2 3 6", "1.420102199001011236",
    "420102900101123", "ID420102900101123", "420102900101123a", "420102 900101 123", "420102.900101.123",
    "4201 0290 0101 123", "4201-0290-0101-123",
]  # fmt: skip
OTHERS = [
    "卡6222020212345679", "账号 6222 0202 1234 5679", "卡:6222.0202.1234.5679", "6222020212345679(银行卡)",
    "6228480040564789010账户", "卡 6228 4800 4056 4789 010", "zhang.san@example.com", "zhang＠qq.com", "张三@qq.com",
    "a_b-c%d@mail.gov.cn", "zhang @ example.com", "13812345678@163.com", "a@b.c1.com",
]  # fmt: skip
FORMS = [*TELEPHONES, *CARDS, *OTHERS]
CODES = [
    "420102001001", "420102001", "BZ4201020001", "420506100001000000", "42050610000100000012",  # signs, names
    "124205063098765432", "12420528309876544X", "52420506MJH9876545", "91420100MA4KXXXX5G",  # credit codes
    "91420100177666001X", "12420000420000001A", "52420900501234567K", "42090050123456A789", "鄂民函〔2019〕138号",
    "420102 201 001 003", "邮编430000", "433200 433201 433202", "12345678901234567890", "K138+123.45",
]  # fmt: skip
FIGURES = [
    "2021-06-01", "2021-06-30 2022-06-30", "2021.06.30-2022.06.30", "2021年06月30日至2022年06月30日", "19900101",
    "1990-01-01 2020-12-31", "1881年1911年1949年", "10:30-11:30", "墓穴 130 2021-06-30", "114.305123,30.593456",
    "114.305123 30.593456", "114.13812345678", "133.12345678", "138.12345678", "0.13812345678", "3.1415926535897932",
    "30.420102900101123", "420102.900101123", "3384521.123 19538123.456", "19538123 3384521",
    "108.3612345678 29.0312345678", "110.2512,30.5123;110.7512,30.5123", "E114°18′18.3″ N30°35′33″", "1500 20000 30",
    "15000-200000元", "15000 200000", "100-2000-30000", "1,380,000,5678", "139,1234,5678", "15 200 300 400", "1.5亿元",
    "38.5 12.6 45.8 20.1", "2019 2020 2021 2022", "面积138.12亩1234.56平方米", "13个乡镇81个村2345户678人",
    "130-1234号", "1号楼2单元301室", "沪昆高速1381公里2345米", "第13812号", "12 @ 3.5", "a@b", "@所有人",
]  # fmt: skip
NO_NUMBERS = [
    "400-812-3456", "02712345", "1381234567", "138123456789", "420102199001011235", "420102190002291237",
    "420102199013011231", "420102901301123", "6222020212345679", "卡 6222020212345670", "9120 1234 5678 9012",
]  # fmt: skip
TRACE = re.compile(
    r"13812345678|19900101|900101123|87654321|8123456|62220202|6228480|zhangsan|zhang@|张三@|@qq|@mail|@163|examplecom"
)  # of the forms, when nothing parts their figures
COLUMNS = [
    "公墓名称", "类型", "性质", "级别", "状态", "启用时间", "关闭时间", "所在县", "所在乡镇",
    "所在村", "经度", "纬度", "占地面积（亩）", "服务范围", "批准文号", "备注",
]  # fmt: skip
PLAIN = {
    "公墓名称": "示例公墓", "类型": "公墓", "性质": "公益性", "级别": "乡镇级", "状态": "运营", "启用时间": "2020",
    "所在县": "长阳县", "所在乡镇": "示例甲镇", "经度": "110.2512", "纬度": "30.5123",
}  # fmt: skip
UNITS = {
    "county": [{"code": "420528", "name": "长阳土家族自治县"}],
    "township": [{"code": "420528101", "name": "示例甲镇"}, {"code": "420528102", "name": "乙镇13812345678"}],
    "cemetery": "公墓名称\n甲\n",
}  # fmt: skip
POLICY = """
system = "funeral"
title = "殡葬 13812345678"
[[indicator]]
id = "case"
name = "覆盖 138·1234·5678"
note = "电话 138 12 34 56 78"
measure = "presence"
units = "township"
layer = "cemetery"
[[indicator.target]]
pct = 35
deadline = 2023-12-31
source = "42010219900101009X 的来文"
"""


@pytest.mark.parametrize("text", FORMS)
def test_every_form_is_hidden_wherever_it_stands_in_a_text(text: str) -> None:
    for whole in (text, f"备注{text}。", f"前 {text},后"):
        hidden = hide_numbers(whole)
        assert HIDDEN in hidden
        assert not re.search(r"\d{3}|@|zhang", hidden)
    assert HIDDEN in fit_to_show(text)


@pytest.mark.parametrize("text", [*CODES, *FIGURES, *NO_NUMBERS])
def test_codes_figures_and_what_is_nobodys_stay(text: str) -> None:
    assert hide_numbers(text) == text
    assert hide_id_cards(text) == text


@pytest.mark.parametrize("text", FORMS)
def test_of_ids_and_codes_only_id_cards_are_hidden(text: str) -> None:
    assert (HIDDEN in hide_id_cards(text)) == (text in CARDS)


def test_nothing_that_is_hidden_is_passed_over_by_the_patterns_of_columns() -> None:
    """RE2's patterns choose what is looked at: more than is hidden, never less."""
    assert pc.all(pc.match_substring_regex(pa.array(FORMS), SUSPECT)).as_py()
    assert pc.all(pc.match_substring_regex(pa.array(CARDS), SUSPECT_CARD)).as_py()


def test_a_card_beside_another_number_is_hidden_alone() -> None:
    assert hide_numbers("卡 6222020212345679 123 元") == f"卡 {HIDDEN} 123 元"
    assert hide_numbers("42010219900101009X13812345678") == f"{HIDDEN}{HIDDEN}"


@pytest.mark.parametrize("piece", ["1", "1 ", "1-3-", "a.", "a@", "a@b;", "(+(0086", "电话1 ", "1...", "4201021990010112", "卡6 "])  # fmt: skip
def test_long_cells_of_nearly_numbers_are_read_in_passing(piece: str) -> None:
    """Were a pattern to try every way to part a text, these would take years."""
    text = piece * (60_000 // len(piece))
    assert hide_numbers(text) == text


def test_names_and_titles_are_one_line_that_steers_no_terminal() -> None:
    said = fit_to_show("县\u202e台账\x1b[2J\n第\u2066一\u2069 \x9b1m\u200b册\udcff 13812345678")
    assert said == f"县台账[2J 第一 1m册? {HIDDEN}"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A workspace with every form in every place, all that was made of it, and what was said."""
    home = tmp_path_factory.mktemp("personal")
    make_workspace(UNITS, home)
    layers, out = home / "layers", home / "maps" / "out"
    out.mkdir(parents=True)
    ledger = layers / "ledger-a.csv"
    _ledger().to_csv(ledger, index=False, encoding="utf-8-sig")
    _book().save(layers / "ledger-b.xlsx")
    for i, form in enumerate(FORMS[:9]):
        _small(layers / f"ledger-{form}.csv", f"T{i}", form)
    (layers / "ledger-138 1234 5678.docx").write_bytes(b"x")
    catalog = (layers / "catalog.toml").read_text("utf-8")
    catalog = catalog.replace('"cemetery.csv"', '["ledger-*.csv", "ledger-*.xlsx"]')
    catalog = catalog.replace('"示例"', '"张三 138-1234-5678 报"')
    (layers / "catalog.toml").write_text(catalog, "utf-8")
    (layers / "policy").mkdir()
    (layers / "policy" / "case.toml").write_text(POLICY, "utf-8")
    points = gpd.GeoDataFrame(
        {"名称": FORMS, **{f"列{f}": "x" for f in OTHERS}}, geometry=[shapely.Point(110.2, 30.5)] * len(FORMS), crs=4490,
    )  # fmt: skip
    points.to_file(home / "points.gpkg", layer="点 13812345678")
    points.to_parquet(home / "points.parquet")
    commands = [
        ["run"], ["check"], ["stats"], ["stats", "--json"], ["layers"], ["layers", "--json"], ["targets"],
        ["compare", "2022-12-31", "2023-12-31", "-o", out / "compare.xlsx"],
        ["check", "-o", out / "check.json"], ["check", "-o", out / "check.xlsx"],
        ["uncovered", "case", "-o", out / "uncovered.xlsx"], ["stats", "-o", out / "stats.xlsx"],
        ["brief", "--map", "none", "-o", out / "brief.docx"],
        ["import", ledger, "--schema", "cemetery", "--crs", "CGCS2000", "-o", out / "a.xlsx"],
        ["import", layers / "ledger-b.xlsx", "--schema", "cemetery", "--crs", "CGCS2000", "-o", out / "b.csv"],
        ["import", home / "points.gpkg", "--schema", "cemetery", "-o", out / "c.json"],
        ["locate", ledger, "--units", "township", "-o", out / "d.csv"],
        ["locate", layers / "ledger-b.xlsx", "--units", "township", "-o", out / "e.xlsx"],
        ["locate", home / "points.gpkg", "--units", "township", "-o", out / "f.gpkg"],
        ["locate", home / "points.parquet", "--units", "township", "-o", out / "g.parquet"],
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "cpu_count", lambda: 1)
        return home / "maps", {" ".join(map(str, words)): _run(home, words) for words in commands}


def _ledger() -> pd.DataFrame:
    rows = [
        {**PLAIN, c: form if i % 2 else f"示例{form}号"}
        for i, form in enumerate(FORMS)
        for c in COLUMNS
    ]
    table = pd.DataFrame(rows, columns=COLUMNS).fillna("")
    table["编号"] = [f"R{n}" for n in range(len(table))]
    more = {f"乱{form}列" if i % 2 else f"联系人{form}": "x" for i, form in enumerate(FORMS)}
    return table.assign(**more)


def _book() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for i, form in enumerate(form for form in FORMS[::3] if len(form) <= 22):
        name = re.sub(r"[:\t\n]", " ", form)  # of a sheet
        sheet = book.create_sheet(f"{name} 页{i}")
        sheet.append([f"台账 {form} 单位：亩"])
        sheet.append(["编号", *PLAIN])
        sheet.append([f"S{i}", *PLAIN.values()])
        sheet.append(["", f"合计 {form}"])
        sheet.append([f"填表人:{form}"])
    return book


def _small(path: Path, number: str, form: str) -> None:
    rows = [
        ["编号", *PLAIN],
        [number, *PLAIN.values()],
        ["", f"合计 {form}", *[""] * (len(PLAIN) - 1)],
    ]
    pd.DataFrame(rows).to_csv(path, index=False, header=False, encoding="utf-8-sig")


def _run(home: Path, words: list[Any]) -> str:
    """What a command says, on stdout and stderr together."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as stack:
        patch.setattr(sys, "argv", ["hbgeo", "-C", str(home), *map(str, words)])
        stack.enter_context(contextlib.redirect_stdout(said))
        stack.enter_context(contextlib.redirect_stderr(said))
        ended = stack.enter_context(pytest.raises(SystemExit))
        cli.main()
    assert not ended.value.code, said.getvalue()
    return said.getvalue()


def test_no_form_leaves_by_any_output(said: tuple[Path, dict[str, str]]) -> None:
    maps, _ = said
    lines = list(decoded.read_lines(maps))
    suffixes = {path.suffix for path, _ in lines}
    assert suffixes >= {
        ".html",
        ".xlsx",
        ".csv",
        ".json",
        ".docx",
        ".parquet",
        ".gpkg",
        ".frames",
    }
    assert sum(HIDDEN in line for _, line in lines) > len(FORMS) * len(COLUMNS)
    assert not _traces(lines)


def _traces(lines: list[tuple[Path, str]]) -> set[tuple[str, str]]:
    """Where a number of a person stands, and what before it."""
    plain = ((path.name, decoded.figures(line)) for path, line in lines)
    return {
        (name, line[max(at.start() - 40, 0) : at.end()])
        for name, line in plain
        if (at := TRACE.search(line))
    }


@pytest.mark.system  # a Chinese font
def test_no_form_leaves_by_a_picture(said: tuple[Path, dict[str, str]]) -> None:
    home, out = said[0].parent, said[0] / "pictures"
    out.mkdir()
    maker = ["--maker", "民政局 13812345678"]
    spoken = [
        _run(home, ["brief", "--map", "case", "-o", out / "brief.docx"]),
        _run(home, ["poster", "case", "-o", out / "poster.png", *maker]),
    ]
    lines = list(decoded.read_lines(out))
    assert {path.suffix for path, _ in lines} >= {".docx", ".png"}
    assert not _traces(lines)
    assert not any(TRACE.search(decoded.figures(text)) for text in spoken)


def test_no_form_is_said_on_the_terminal(said: tuple[Path, dict[str, str]]) -> None:
    _, spoken = said
    for command, text in spoken.items():
        assert not TRACE.search(decoded.figures(text)), command
    assert HIDDEN in spoken["check"]
    assert HIDDEN in spoken["layers"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a@b.c", HIDDEN),
        ("@b.c", "@b.c"),  # of four letters there is no address
        ("420102900101123A12", "420102900101123A12"),  # a code that begins like an old card
        ("A12420102900101123", "A12420102900101123"),
        ("AB420102900101123", f"AB{HIDDEN}"),
        ("420102900101123", HIDDEN),
        ("420102900101123A1", f"{HIDDEN}A1"),
    ],
)
def test_what_is_hidden_at_its_bounds(text: str, shown: str) -> None:
    assert hide_numbers(text) == shown


def test_a_word_for_a_telephone_or_a_card_counts_within_twenty_letters() -> None:
    parted, card = "138 12 34 56 78", "6222020212345679"
    assert hide_numbers(f"电话{'一' * 12}{parted}") == f"电话{'一' * 12}{HIDDEN}"
    assert hide_numbers(f"电话{'一' * 13}{parted}") == f"电话{'一' * 13}{parted}"
    assert hide_numbers(f"卡{'一' * 19}{card}") == f"卡{'一' * 19}{HIDDEN}"
    assert hide_numbers(f"卡{'一' * 20}{card}") == f"卡{'一' * 20}{card}"
    assert hide_numbers(f"{card}{'一' * 19}账") == f"{HIDDEN}{'一' * 19}账"
    assert hide_numbers(f"{card}{'一' * 20}账") == f"{card}{'一' * 20}账"
    assert hide_numbers(card, "银行卡号") == HIDDEN
    assert hide_numbers("卡6222020212345670") == "卡6222020212345670"  # no number of a card


def test_what_is_no_card_is_told_by_its_length_figures_and_date() -> None:
    assert is_id_card("420102199001011234") is False  # the check digit is another
    assert is_id_card("42010219900101123") is False
    assert is_id_card("420102199013011233") is False
    assert is_id_card("4201021990010112x4") is False
    assert is_id_card("420102900101123") is True
    assert is_id_card("420102901301123") is False
    assert is_id_card("42010290010112x") is False
