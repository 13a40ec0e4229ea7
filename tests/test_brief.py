"""The notice: sentences whose every number is the assessment's, marked where data are invented."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pandas as pd
import pytest
from docx.oxml.ns import qn
from golden_cases import make_workspace

from hbgeo.errors import CatalogError, OutputError, RequestError
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import Coverage
from hbgeo.show.paper import picture
from hbgeo.show.paper.brief import (
    brief_bytes,
    ends,
    finding,
    missed,
    noun,
    opening,
    without_figure,
)
from hbgeo.show.words import SAMPLE_MARK
from hbgeo.workspace import Workspace

DAY = "2023年12月31日"


@pytest.fixture(scope="module")
def measured(sample: Workspace) -> dict[str, Assessment]:
    return {a.indicator.id: a for a in sample.assess()}


@pytest.fixture(scope="module")
def paper(sample: Workspace, measured: dict[str, Assessment]) -> Any:
    content = brief_bytes(sample.catalog, list(measured.values()), sample_ok=True)
    return docx.Document(io.BytesIO(content))


def texts(paper: Any) -> list[str]:
    return [p.text for p in paper.paragraphs]


def test_a_coverage_is_said_in_the_offices_words(measured: dict[str, Assessment]) -> None:
    said = finding(measured["cemetery-township"], [measured["cemetery-township@loose"]])
    assert said.startswith(
        "全省922个乡镇中，符合的有311个，乡镇公益性公墓覆盖率33.73%，"
        "距2023年底35%的目标还差12个。按其他口径：“含村级公墓”64.75%。分市州看，居前的是"
    )


def test_a_yearly_task_a_total_and_a_ratio_are_said_each_in_their_way(
    measured: dict[str, Assessment],
) -> None:
    said = {one: finding(measured[one]) for one in measured}
    assert said["elder-complex-new"] == (
        "街道（乡镇）社区养老综合体年内建成数为93个，距2023年底100个的目标还差7个。"
    )
    assert "为80个，已达到2022年底80个的目标" in said["elder-complex-2022"]
    assert "为23600户，距2023年底2.5万户的目标还差1400户" in said["home-adaptation"]
    assert "为74.33%，距2025年底75%的目标差 0.67 个百分点" in said["assistance-ratio"]
    assert "371家（没有目标值）" in said["charity-organisations"]
    assert "64800人" in said["social-workers"]


def test_what_has_no_number_is_never_called_met(measured: dict[str, Assessment]) -> None:
    for a in measured.values():
        said = finding(a)
        if not a.indicator.quantified:
            assert "达到" not in said
            assert "还差" not in said
    assert finding(measured["pioneer-plan"]).endswith("会议只作定性要求，不计算。")


def test_what_cannot_be_computed_says_what_is_missing(measured: dict[str, Assessment]) -> None:
    a = replace(measured["elder-township"], coverage=None, missing=("有条件的乡镇名单",))
    assert (
        finding(a) == "有条件的乡镇综合性社区养老服务机构覆盖率：无法计算，缺少有条件的乡镇名单。"
    )


def test_every_number_of_a_finding_is_one_of_its_figures(measured: dict[str, Assessment]) -> None:
    for a in measured.values():
        if a.coverage is None or a.counted or a.indicator.measure == "ratio":
            continue
        said = finding(a).split("。分市州")[0]
        share, target = a.coverage.share, a.target
        allowed = {str(int(share.total)), str(int(share.covered)), a.shown}
        allowed |= {str(a.short), f"{target.pct:f}"} if target else set()
        shown = [target] if target else a.indicator.targets  # where none binds all are listed
        allowed |= {str(t.deadline.year) for t in shown if t.deadline}
        allowed |= {f"{t.pct:f}" for t in shown if t.pct is not None}
        allowed |= set(re.findall(r"[0-9.]+", a.indicator.name))
        assert set(re.findall(r"[0-9]+(?:\.[0-9]+)?", said)) <= allowed, said


def test_units_are_called_what_they_are(measured: dict[str, Assessment]) -> None:
    words = {
        "cemetery-township": "乡镇",
        "elder-street": "街道",
        "elder-general-township": "乡镇（街道）",
        "cemetery-county": "县（市、区）",
        "burial-county": "县市",
        "elder-community": "社区",
        "sign-village": "行政村",
        "burial-central-village": "名单内村（社区）",
        "marriage-registration": "市州",
    }
    assert {one: noun(measured[one]) for one in words} == words


def areas(*rates: tuple[int, int]) -> Coverage:
    """A prefecture each: how many of its units are covered, of how many."""
    units = pd.concat(
        pd.DataFrame(
            {
                "prefecture_code": f"42{i:02d}00",
                "prefecture": f"示例{i}市",
                "demand": np.ones(total),
                "covered": [1.0] * covered + [0.0] * (total - covered),
            }
        )
        for i, (covered, total) in enumerate(rates, 1)
    )
    return Coverage("", "presence", Basis(), units)


def test_first_and_last_three_and_those_tied_with_them() -> None:
    first, last = ends(areas((8, 8), (2, 8), (4, 8), (0, 8), (6, 8), (4, 8), (0, 8)))
    assert [n for n, _ in first] == ["示例1市", "示例5市", "示例3市", "示例6市"]
    assert [n for n, _ in last] == ["示例2市", "示例4市", "示例7市"]
    assert (first[0][1].covered, first[0][1].total) == (8, 8)


def test_few_areas_or_all_alike_have_no_first_and_last() -> None:
    assert ends(areas((5, 5), (0, 5), (5, 6))) == ([], [])
    assert ends(areas(*[(5, 10)] * 7)) == ([], [])


def test_an_area_of_fewer_than_five_is_not_ranked() -> None:
    big = [(5, 5), (4, 5), (3, 5), (2, 5), (1, 5), (0, 5)]
    first, last = ends(areas((4, 4), *big, (0, 4)))
    assert [n for n, _ in first] == ["示例2市", "示例3市", "示例4市"]
    assert [n for n, _ in last] == ["示例5市", "示例6市", "示例7市"]
    assert ends(areas((4, 4), *big[1:])) == ([], [])  # five are left


def test_a_ranking_says_what_each_rate_is_of(measured: dict[str, Assessment]) -> None:
    said = finding(measured["cemetery-township"])
    assert (
        "居前的是仙桃市（100.00%，15/15）、神农架林区（87.50%，7/8）、宜昌市（59.30%，51/86）；"
        in said
    )
    assert said.endswith(
        "居后的是鄂州市（14.29%，3/21）、黄石市（10.71%，3/28）、潜江市（0.00%，0/10）。"
    )
    tied = finding(measured["elder-service-list"])
    assert "居前的是黄石市等7个（并列，100.00%，56/56）；" in tied


def test_invented_data_are_refused_and_marked_where_allowed(
    sample: Workspace, measured: dict[str, Assessment], paper: Any
) -> None:
    with pytest.raises(RequestError, match="--sample-ok"):
        brief_bytes(sample.catalog, list(measured.values()))
    assert SAMPLE_MARK in paper.sections[0].header.paragraphs[0].text


def test_the_paper_has_title_systems_annexes_and_one_date(
    paper: Any, measured: dict[str, Assessment]
) -> None:
    said = texts(paper)
    assert said[2] == "关于湖北省民政设施覆盖（示例）目标完成情况的通报"
    assert "\n".join(said).count(DAY) == 2  # in the opening, and in the source that says so itself
    headings = [p.text for p in paper.paragraphs if p.style.name == "Heading 1"]
    systems = [
        "社会救助",
        "社区治理",
        "养老服务",
        "社会组织",
        "未成年人保护",
        "殡葬服务",
        "区划地名",
        "其他",
    ]
    assert [h.split("、")[1] for h in headings[:8]] == systems
    assert headings[8:] == ["附件1", "附件2", "附件3"]
    assert len(paper.tables[1].rows) == 1 + len(measured)


def test_what_is_missed_stands_in_the_second_paragraph_overdue_first(
    paper: Any, measured: dict[str, Assessment]
) -> None:
    body = list(paper.element.body)
    at = body.index(paper.tables[0]._tbl)
    before = [el.xpath("string()") for el in body[:at] if el.xpath("string()").strip()]
    assert before[-2].startswith("现将目标完成情况通报如下。")
    short = [a for a in measured.values() if a.indicator.variant is None and a.met is False]
    rows = [[c.text for c in row.cells] for row in paper.tables[0].rows[1:]]
    assert before[-1] == (
        f"未达到目标的{len(short)}项中，期限已到或已过的9项，还有期限的15项，未写明期限的3项，"
        "情况如下（期限早的在前）："
    )
    assert {r[0] for r in rows} == {a.indicator.name for a in short}
    by_name = {a.indicator.name: a.target.deadline for a in short if a.target}
    dates = [by_name[r[0]] or date.max for r in rows]
    assert dates == sorted(dates)
    [row] = [r for r in rows if r[0] == "乡镇公益性公墓覆盖率"]
    assert row[1:] == ["33.73%", "35%", "差 12 个", "2023年底\n已到"]
    [beds] = [r for r in rows if r[0] == "养老床位总数"]
    assert beds[1:4] == ["84,594 张", "500,000 张", "差 415,406 张"]


def test_without_a_missed_target_that_is_said(measured: dict[str, Assessment]) -> None:
    assert missed([]) == "有目标的指标均已达到目标。"
    late = replace(measured["cemetery-township"], as_of=date(2024, 6, 30))
    assert missed([late]) == "未达到目标的1项中，期限已到或已过的1项，情况如下（期限早的在前）："


def test_rows_stay_whole_and_headings_come_again(paper: Any) -> None:
    for table in paper.tables:
        rows = [row._tr.trPr for row in table.rows]
        assert all(one.find(qn("w:cantSplit")) is not None for one in rows)
        assert [one.find(qn("w:tblHeader")) is not None for one in rows[:2]] == [True, False]


def test_each_source_stands_once(paper: Any, measured: dict[str, Assessment]) -> None:
    whole = "\n".join(
        [*texts(paper), *(c.text for t in paper.tables for r in t.rows for c in r.cells)]
    )
    sources = {s for a in measured.values() if a.coverage for s in a.coverage.basis.sources}
    assert sources
    for source in sources - {"示例数据,虚构,2023年"}:
        assert whole.count(f"．{source}\n") + whole.endswith(source) == 1, source


def test_what_a_notice_lacks_is_left_to_be_filled_in(paper: Any) -> None:
    said = texts(paper)
    assert said[0] == "＿＿＿〔＿＿＿＿〕＿＿号"
    assert "＿＿＿＿＿＿＿＿：" in said
    assert "＿＿＿＿年＿＿月＿＿日" in said
    assert "附件：1．各项指标一览" in said


def test_the_catalogue_fills_it_in(small: Callable[[], Made], tmp_path: Path) -> None:
    small()
    catalog = tmp_path / "layers" / "catalog.toml"
    catalog.write_text(
        catalog.read_text("utf-8")
        + '\n[brief]\nto = "示例县民政局："\nfrom = "示例市民政局"\nnumber = "示民函〔2024〕1号"\n'
        'date = 2024-01-15\ncontact = "示例科，027-87654321"\ncopy = "示例市人民政府办公室"\n',
        "utf-8",
    )
    workspace = Workspace.open(tmp_path)
    content = brief_bytes(workspace.catalog, workspace.assess(["cemetery-township"]))
    said = texts(docx.Document(io.BytesIO(content)))
    assert said[0] == "示民函〔2024〕1号"
    assert "示例县民政局：" in said
    at = said.index("示例市民政局")
    assert said[at : at + 4] == [
        "示例市民政局", "2024年1月15日", "（联系人及电话：示例科，027-87654321）", "抄送：示例市人民政府办公室",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('too = "甲"', "不认识的键 “too”；是否想写 to？"),
        ('date = "2024-01-15"', "应为日期"),
        ("to = 1", "应为文字"),
    ],
)
def test_a_wrong_key_of_the_notice_is_one_line(
    small: Callable[[], Made], tmp_path: Path, line: str, said: str
) -> None:
    small()
    catalog = tmp_path / "layers" / "catalog.toml"
    catalog.write_text(catalog.read_text("utf-8") + f"\n[brief]\n{line}\n", "utf-8")
    with pytest.raises(CatalogError) as caught:
        Workspace.open(tmp_path)
    assert "catalog.toml [brief]" in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_opening_counts_every_main_reading_once(measured: dict[str, Assessment]) -> None:
    said = opening(list(measured.values()), DAY)
    total, met, missed, plain, lost = map(int, re.findall(r"(\d+)项", said))
    assert total == met + missed + plain + lost
    assert total == len([a for a in measured.values() if a.indicator.variant is None])
    assert lost == 15  # three without a definition, twelve whose tables or columns are not there


def test_what_has_no_figure_is_named_in_a_sentence(measured: dict[str, Assessment]) -> None:
    few = [measured[one] for one in ("pioneer-plan", "burial-capacity", "cemetery-county")]
    plain, lost = without_figure(few)
    assert plain == "会议只作定性要求、不计算的指标：社会组织建功先行区三年行动计划。"
    assert lost == "缺少数据、无法计算的指标：公益性安葬设施可用年限。"


def test_the_same_figures_give_the_same_bytes(
    sample: Workspace, measured: dict[str, Assessment]
) -> None:
    few = [measured["cemetery-township"], measured["elder-street"]]
    once, twice = (brief_bytes(sample.catalog, few, sample_ok=True) for _ in range(2))
    assert once == twice


WORLD = {
    "county": [{"code": "420525", "name": "远安县"}],
    "township": [{"code": f"42052510{i}", "name": f"示例{n}镇"} for i, n in enumerate("甲乙丙", 1)],
    "cemetery": "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇\n"
    "G1 | 示例公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 远安县 | 示例甲镇\n",
}
Made = tuple[Workspace, list[Assessment]]


@pytest.fixture
def small(tmp_path: Path) -> Callable[[], Made]:
    def make() -> Made:
        workspace = make_workspace(WORLD, tmp_path)
        return workspace, workspace.assess(["cemetery-township"])

    return make


@pytest.mark.system  # a Chinese font
def test_the_picture_is_in_the_paper_and_still(small: Callable[[], Made]) -> None:
    workspace, [one] = small()
    units, outlines = workspace.units("township"), workspace.units("county")
    assert picture.can_draw(one, units)
    drawn, again = (picture.picture_bytes(one, units, outlines, "") for _ in range(2))
    assert drawn == again
    assert drawn.startswith(b"\x89PNG")
    paper = docx.Document(io.BytesIO(brief_bytes(workspace.catalog, [one], picture=drawn)))
    assert len(paper.inline_shapes) == 1
    assert not paper.sections[0].header.paragraphs[0].text


def test_a_picture_says_whether_it_may_be_shown(small: Callable[[], Made]) -> None:
    _, [one] = small()
    assert "内部工作用图 不得公开" in picture._said(one, "")
    assert "审图号：鄂S(2024)001号" in picture._said(one, "鄂S(2024)001号")


def test_without_a_chinese_font_nothing_is_drawn(
    small: Callable[[], Made], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, [one] = small()
    monkeypatch.setattr(picture, "FONTS", ("没有的字体",))
    with pytest.raises(OutputError, match="中文字体"):
        picture.picture_bytes(one, workspace.units("township"), None, "")


@pytest.mark.system
def test_libreoffice_prints_it(small: Callable[[], Made], tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    assert soffice, "LibreOffice (soffice) is not installed"
    workspace, found = small()
    (tmp_path / "brief.docx").write_bytes(brief_bytes(workspace.catalog, found))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path]
    subprocess.run(
        [*command, tmp_path / "brief.docx"], check=True, capture_output=True, timeout=180
    )
    assert (tmp_path / "brief.pdf").read_bytes().startswith(b"%PDF")
