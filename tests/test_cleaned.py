"""A ledger cleaned: rows in are rows out and rows set aside; cleaning twice changes nothing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from dirty import make_dirty

from hbgeo.errors import LayerError, RequestError
from hbgeo.products import clean_file
from hbgeo.read.cleaning import FROM, _rounded, _shown, clean_ledger
from hbgeo.read.file.ledger import WHY
from hbgeo.show.excel.cleaned import cleaned_files

HEAD = (
    "公墓编号,公墓名称,设施类型,公墓性质,级别,状态,启用时间,所在县,经度,纬度,坐标系,联系电话,备注"
)
GOOD = "GM1,示例,公墓,公益性,乡镇级,运营,2021年6月,示例县,114°18′18.3″,30.593456,CGCS2000,,示例"
BAD = "GM2,示例,公墓,公益性,乡镇级,差不多,2021,示例县,114.305123,30.593456,西安80,某某13812345678,电话13812345678"


def write(folder: Path, *lines: str) -> Path:
    path = folder / "台账.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_rows_out_and_rows_aside_are_all_the_rows(tmp_path: Path) -> None:
    made = clean_ledger(write(tmp_path, HEAD, GOOD, BAD, "合计,2"), "cemetery")
    assert (made.taken, len(made.rows), len(made.aside), len(made.skipped)) == (2, 1, 1, 1)
    row = made.rows.iloc[0]
    assert row["启用时间"] == "2021-06"  # as precisely as it was given
    assert row["经度"] == pytest.approx(114.30508333)
    assert row["坐标系"] == "CGCS2000"
    assert [row[h] for h in FROM.values()] == ["台账.csv", "", 2]


def test_degrees_are_given_to_the_millimetre(tmp_path: Path) -> None:
    row = GOOD.replace("114°18′18.3″,30.593456", "114.123456784,30.593456786")
    made = clean_ledger(write(tmp_path, HEAD, row), "cemetery").rows.iloc[0]
    assert (made["经度"], made["纬度"]) == (114.12345678, 30.59345679)


def test_whole_days_in_one_sheet_and_months_in_another_stay_so(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for day, heading in (("2020-06-30", "公墓名称"), ("2020-06", "名称")):
            sheet = book.add_worksheet(heading)
            sheet.write_row(0, 0, HEAD.replace("公墓名称", heading).split(","))
            sheet.write_row(1, 0, GOOD.replace("2021年6月", day).split(","))
    made = clean_ledger(tmp_path / "a.xlsx", "cemetery")
    assert made.rows["启用时间"].tolist() == ["2020-06-30", "2020-06"]


def test_rows_aside_keep_their_words_and_say_why(tmp_path: Path) -> None:
    aside = clean_ledger(write(tmp_path, HEAD, GOOD, BAD), "cemetery").aside
    row = aside.iloc[0]
    assert row["状态"] == "差不多"
    assert "不在可选值" in row[WHY]
    assert "联系电话" not in aside
    assert "13812345678" not in aside.to_csv()
    assert "某某" not in aside.to_csv()


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_cleaning_what_was_cleaned_changes_nothing(tmp_path: Path, suffix: str) -> None:
    made = make_dirty(tmp_path / "ws", 6)
    first, issues = clean_file(made.folder / "layers" / "台账.xlsx", "cemetery")
    assert len(first.rows) + len(first.aside) == first.taken == made.rows
    assert len(first.skipped) == made.skipped
    output = tmp_path / f"out{suffix}"
    for path, content in cleaned_files(output, first.rows, first.aside, issues).items():
        path.write_bytes(content)
    again, _ = clean_file(output, "cemetery")
    assert again.aside.empty
    own = [c for c in first.rows.columns if c not in FROM.values()]
    pd.testing.assert_frame_equal(
        again.rows[own].reset_index(drop=True), first.rows[own].reset_index(drop=True), check_dtype=False
    )  # fmt: skip


def test_beside_a_csv_stand_the_rows_aside_and_the_issues(tmp_path: Path) -> None:
    made, issues = clean_file(write(tmp_path, HEAD, GOOD, BAD), "cemetery")
    files = cleaned_files(tmp_path / "清洗.csv", made.rows, made.aside, issues)
    assert [p.name for p in files] == ["清洗.csv", "清洗-搁置.csv", "清洗-问题.csv"]


def test_what_cannot_be_cleaned_is_one_line(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD.replace(",坐标系", ""), GOOD.replace(",CGCS2000", ""))
    with pytest.raises(LayerError, match="--crs"):
        clean_ledger(path, "cemetery")
    assert clean_ledger(path, "cemetery", "GCJ-02").rows["经度"].iloc[0] < 114.305
    with pytest.raises(RequestError, match=r"不在可选值 .*cemetery"):
        clean_ledger(path, "公墓")
    with pytest.raises(RequestError, match="没有这个文件"):
        clean_ledger(tmp_path / "无.csv", "cemetery")


def test_neither_the_living_nor_the_dead_pass_and_ids_stay(tmp_path: Path) -> None:
    head = f"{HEAD},逝者姓名,家属,院长,统一社会信用代码,去向"
    credit, card = "124205063098765432", "420102199001011236"
    more = f"李四,王五,赵六,{credit},卡号 6222020212345679"
    last = GOOD.replace("GM1", card) + f",李四,王五,赵六,{credit},0716-8123456 a@b.cn"
    good = f"{GOOD.replace('GM1', credit)},李四,王五,赵六,{credit},无"
    made = clean_ledger(write(tmp_path, head, good, f"{BAD},{more}", last), "cemetery")
    assert made.rows["公墓编号"].tolist() == [credit, "[已隐去]"]
    assert made.aside[["统一社会信用代码", "去向"]].to_numpy().tolist() == [
        [credit, "卡号 [已隐去]"]
    ]
    everything = "".join(map(str, (made.rows.to_csv(), made.aside.to_csv(), made.issues)))
    persons = ("某某", "李四", "王五", "赵六", "1381234", "62220202", card)
    assert not [p for p in persons if p in everything]
    dropped = [i.column for i in made.issues if i.rule == "E15" and i.row is None]
    assert dropped == ["联系电话", "逝者姓名", "家属", "院长"]


def test_what_is_seen_instead_of_a_header_tells_nobody(tmp_path: Path) -> None:
    with pytest.raises(LayerError) as caught:
        clean_ledger(write(tmp_path, "甲,联系13812345678,420102199001011236"), "cemetery")
    assert str(caught.value).endswith("看到的是 甲、联系[已隐去]、[已隐去]")


def test_a_reason_is_told_whole_however_many_blanks_it_holds(tmp_path: Path) -> None:
    aside = clean_ledger(write(tmp_path, HEAD, BAD.replace("差不多", "差 不 多")), "cemetery").aside
    [reason] = aside[WHY]
    assert reason.startswith("“状态”=差 不 多不在可选值")


def test_choices_are_shown_as_one_text_and_days_as_they_were_given() -> None:
    days = pd.to_datetime(["2023-05-01", None, "2021-01-01"])
    frame = pd.DataFrame({"a": [("养老", "托育"), (), ("养老",)], "b": days})
    assert _shown(frame, "a", "choices").tolist() == ["养老、托育", "", "养老"]
    assert _shown(frame, "b", "date").tolist() == ["2023-05-01", "", "2021-01-01"]
    told = frame.assign(b_precision=["month", "", "year"])
    assert _shown(told, "b", "date").tolist() == ["2023-05", "", "2021"]


def test_whole_numbers_are_shown_whole_and_others_as_they_are() -> None:
    frame = pd.DataFrame({"a": [3.0, None, 41.0], "b": [3.5, None, 41.0], "c": [114.123456786] * 3})
    whole, halves = _rounded(frame["a"], "number"), _rounded(frame["b"], "number")
    assert (whole.dtype, whole.tolist()) == ("Int64", [3, pd.NA, 41])
    assert (halves.dtype, halves.dropna().tolist()) == (float, [3.5, 41.0])
    assert _rounded(frame["a"], "area").dtype == float
    for kind in ("lon", "lat"):
        assert _rounded(frame["c"], kind).tolist() == [114.12345679] * 3
    assert _rounded(frame["c"], "number").tolist() == [114.123456786] * 3
