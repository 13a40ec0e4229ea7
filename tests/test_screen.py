"""Tables and texts for any width: no number or code is ever cut, and what has no room is said."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from hbgeo.cli.console import show
from hbgeo.show.screen import Lines, Listing, least_width, wrap

NAME, AMOUNT = "农村低保标准占城市低保标准的比例", "878,772,820"


def drawn(part: object, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    console.print(part)
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined]


def table() -> Listing:
    made = Listing("甲县 目标 截至 2023-12-31")
    made.heading("体系", lead=True)
    made.heading("指标", wrap=24, lead=True)
    made.heading("代码")
    made.heading("应覆盖", right=True)
    made.heading("结论", wrap=12)
    made.heading("备注", wrap=10, spare=1)
    made.add_row(
        "社会救助", NAME, "420528001002", AMOUNT, "差 0.67 个百分点（另 2 个县）", "示例备注"
    )
    made.add_row("", "  └ 加权", "420528", "3", "达标", "")
    return made


@pytest.mark.parametrize("width", [24, 30, 44, 60, 80, 100, 160, 200])
def test_no_number_and_no_code_is_cut_at_any_width(width: int) -> None:
    lines = drawn(table(), width)
    assert max(map(cell_len, lines)) <= width
    said = "\n".join(lines)
    for whole in (AMOUNT, "420528001002", "2023-12-31", "0.67"):
        assert whole in said, (width, whole)
    assert "…" not in said
    assert all(part in said for part in (NAME[:6], NAME[-1]))  # broken perhaps, not shortened


def test_where_there_is_room_a_row_is_a_line() -> None:
    lines = drawn(table(), 160)
    assert lines[1].split() == ["体系", "指标", "代码", "应覆盖", "结论", "备注"]
    assert lines[3].split() == ["社会救助", NAME, "420528001002", AMOUNT, "差", "0.67", "个百分点（另", "2", "个县）", "示例备注"]  # fmt: skip
    assert lines[4].startswith(" " * 10 + "  └ 加权")


def test_names_stand_above_their_rows_where_rows_have_no_room() -> None:
    lines = drawn(table(), 60)
    assert lines[1:3] == ["体系 / 指标", "  代码               应覆盖  结论                   备注"]
    assert lines[4:6] == ["社会救助", NAME]
    assert lines[6].startswith(f"  420528001002  {AMOUNT}  差 0.67 个百分点")
    assert "没有列出" not in "".join(lines)


def test_what_was_left_out_is_said() -> None:
    lines = drawn(table(), 44)
    assert lines[-2] == "窗口窄，没有列出：备注；放宽窗口可以看到。"
    assert not any("示例备注" in line for line in lines[:-2])


def test_in_the_narrowest_window_every_field_has_its_line() -> None:
    lines = drawn(table(), 30)
    assert "应覆盖：878,772,820" in lines
    assert "代码：420528" in lines


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("应覆盖 1,260 个，已覆盖 383 个。", 16, ["应覆盖", "1,260 个，已覆盖", "383 个。"]),
        ("2025-12-31 还有 731 天", 12, ["2025-12-31", "还有 731 天"]),
        ("653,742,620/878,772,820", 12, ["653,742,620/", "878,772,820"]),
        ("状态：运营。", 10, ["状态：运", "营。"]),  # a mark never begins a line
        ("按（420528）计", 8, ["按", "（420528", "）计"]),
        ("甲\n乙", 8, ["甲", "乙"]),
        ("", 8, [""]),
    ],
)
def test_a_text_is_broken_between_words(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


def test_a_path_is_broken_behind_its_strokes_and_only_then_cut() -> None:
    assert wrap("/a/bb/" + "c" * 12, 10) == ["/a/bb/", "c" * 10, "cc"]
    assert least_width("甲(YL4290040001)乙") == 14
    assert least_width("653,742,620/878,772,820") == 12


def test_lines_keep_their_indent() -> None:
    assert drawn(Lines("应覆盖 922（单元 922 个）", indent=4), 20) == [
        "    应覆盖 922（单元",
        "    922 个）",
    ]


def test_a_sentence_in_a_pipe_keeps_its_numbers_too(capsys: pytest.CaptureFixture[str]) -> None:
    show("覆" * 98 + "12,416 个")
    assert capsys.readouterr().out.splitlines() == ["覆" * 98, "12,416 个"]
