"""The office's words: every paper says the same of every indicator, each amount in its own units."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pandas as pd
import pytest
from docx import Document
from golden_cases import make_workspace
from matplotlib.text import Text as Drawn
from rich.console import Console

from hbgeo import history
from hbgeo.errors import PolicyError
from hbgeo.history import units_of
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import Coverage, Share
from hbgeo.measure.options import Options
from hbgeo.measure.rounding import show_number
from hbgeo.measure.trend import compare
from hbgeo.read.indicator import Indicator, Target
from hbgeo.read.policy import read_policy
from hbgeo.show import terminal, words
from hbgeo.show.excel.report import report_bytes, trend_bytes
from hbgeo.show.excel.sheet import HEAD_ROW
from hbgeo.show.page.head import make_head
from hbgeo.show.page.inputs import PageInputs
from hbgeo.show.page.phrases import PHRASES
from hbgeo.show.page.script import read_script
from hbgeo.show.paper import poster
from hbgeo.show.paper.brief import brief_bytes
from hbgeo.show.paper.poster import draw_poster
from hbgeo.show.table.stats import flat_stats, stats_rows
from hbgeo.show.table.targets import target_rows
from hbgeo.workspace import Workspace

SHOW = Path(words.__file__).parent
PLAIN = Options(as_of=date(2023, 12, 31))
SCENARIO = Options(as_of=date(2025, 6, 30), status=("在建", "规划"))
WEIGHED = Options(as_of=date(2023, 12, 31), weight="population")
LEVELS = ("prefecture", "county")
Rows = list[list[str]]


@dataclass(frozen=True)
class Papers:
    """Everything that is said of one run, as texts: rows of tables, lines of sheets."""

    found: dict[str, Assessment]
    terminal: dict[str, list[str]]
    targets: dict[str, dict[str, Any]]
    book: Any
    sheets: dict[str, Any]
    brief: dict[str, list[str]]
    by_prefecture: dict[str, list[tuple[str, str]]]
    poster: dict[str, list[str]]
    page: dict[str, dict[str, Any]]


def cells_of(table: Any) -> Rows:
    """The cells of a terminal's table, row by row."""
    return [
        list(row) for row in zip(*(list(column.cells) for column in table.columns), strict=True)
    ]


@pytest.fixture(
    scope="module", params=[PLAIN, SCENARIO, WEIGHED], ids=["plain", "scenario", "weighed"]
)
def papers(request: Any, sample: Workspace) -> Papers:
    measured = sample.measure(options=request.param)
    found = measured.assessments
    by_id = {a.indicator.id: a for a in found}
    units = units_of(sample, found)
    table = terminal.targets(sample.catalog, found)[1]
    book = openpyxl.load_workbook(io.BytesIO(report_bytes(sample.catalog, found, units)))
    paper = Document(io.BytesIO(brief_bytes(sample.catalog, found, sample_ok=True)))
    glance, *parts, _ = [[[c.text for c in r.cells] for r in t.rows] for t in paper.tables[1:]]
    listed = [a for a in found if is_listed(a)]
    columns = [[(row[0], row[n]) for row in t[1:]] for t in parts for n in range(1, len(t[0]))]
    head = make_head(PageInputs(sample.catalog, measured, sample.all_units(), {}))
    return Papers(
        by_id,
        dict(zip(by_id, cells_of(table), strict=True)),
        {row["indicator"]: row for row in target_rows(found)},
        book,
        {s["A2"].value: s for s in book},
        dict(zip(by_id, glance[1:], strict=True)),
        {a.indicator.id: rows for a, rows in zip(listed, columns, strict=True)},
        {a.indicator.id: lines for a in found if (lines := drawn_words(a, sample))},
        {one["id"]: one for one in head["indicators"]},
    )


def is_listed(a: Assessment) -> bool:
    """Whether the brief lists an indicator by prefecture."""
    one = a.indicator
    wanted = one.variant is None and a.target and a.coverage and not a.counted
    return bool(wanted) and one.measure != "ratio" and one.units != "prefecture"


def drawn_words(a: Assessment, sample: Workspace) -> list[str]:
    """The texts of a poster, in order; none of what cannot be computed."""
    if a.coverage is None:
        return []
    sheets: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(poster, "draw_map", lambda *_: None)
        patch.setattr(poster, "lacking", lambda _: "")
        patch.setattr(poster, "save", lambda figure, _: sheets.append(figure) or b"")
        draw_poster(a, sample.all_units(), sample.catalog, suffix=".png")
    return [text.get_text() for text in sheets[0].findobj(Drawn)]


def test_the_verdict_is_one_sentence_on_every_paper(papers: Papers) -> None:
    in_book = {
        row["指标代号"]: row
        for row in rows_of(papers.sheets["湖北省民政设施覆盖（示例） 目标总表"])
    }
    for one, a in papers.found.items():
        said = words.standing(a)
        assert papers.terminal[one][6] == said, one
        assert in_book[one]["结论"] == said, one
        assert papers.brief[one][4] == said, one
        assert papers.page[one]["verdict"] == said, one
        if a.indicator.variant is None:
            assert papers.targets[one]["state"] == words.verdict(a), one
        if a.coverage is not None:
            assert papers.poster[one][1].endswith(f" · {said}"), one
    assert len(papers.found) > 50


def test_the_figure_is_the_same_on_every_paper(papers: Papers) -> None:
    in_book = {
        row["指标代号"]: row
        for row in rows_of(papers.sheets["湖北省民政设施覆盖（示例） 目标总表"])
    }
    for one, a in papers.found.items():
        said, row = papers.terminal[one], in_book[one]
        page = papers.page[one]
        assert page["shown"] + (page["sign"] if a.figure is not None else "") == said[4], one
        if a.coverage is not None:
            assert papers.poster[one][1].split(" · ")[0] == said[4], one
        number = row["数值"] if a.counted else row["覆盖率（%）"]
        assert (number is None) == (a.figure is None), one
        if a.figure is not None:
            shown = f"{number:,.10g}" if a.counted else f"{number:.2f}%"
            unit = f" {words.measure_word(a)}" if words.is_norm(a.indicator) else ""
            assert shown + unit == said[4], one
            counted = a.counted and not words.is_norm(a.indicator)
            unit = f" {words.measure_word(a)}" if a.counted else ""
            assert papers.brief[one][3] == said[4] + unit * counted, one


def test_counts_and_targets_are_the_same_on_every_paper(papers: Papers) -> None:
    for one in papers.found:
        _, _, total, covered, _, goal, _, _ = papers.terminal[one]
        line = papers.poster[one][1] if one in papers.poster else ""
        assert papers.brief[one][1:3] == [total, covered], one
        if covered and total != "0":
            assert f" · {covered} / {total} · " in line, one
        if goal:
            page = papers.page[one]["targets"][papers.page[one]["target"]]
            assert page["goal"] == goal, one
            assert page["words"] == f"目标 {goal}", one
            assert f" · {page['until']} · " in line or not line, one
    assert any(a.target for a in papers.found.values())


@pytest.mark.parametrize("level", LEVELS)
def test_every_area_has_the_same_figures_on_every_paper(papers: Papers, level: str) -> None:
    measured = [a for a in papers.found.values() if a.coverage is not None]
    tables = [t for t in terminal.by_parent(measured, level) if hasattr(t, "columns")]
    compared = 0
    for a, table in zip(measured, tables, strict=True):
        one, cells = a.indicator.id, cells_of(table)
        compared += len(cells)
        if one in papers.by_prefecture and level == "prefecture":
            parts = [
                (name, words.NONE if total == "0" else f"{rate} ({covered}/{total})")
                for _, name, total, covered, rate in cells
            ]
            assert papers.by_prefecture[one] == parts, one
        if drawn := papers.poster.get(one):
            for name, share in shares_of(a, level):
                shown = words.share_cells(a, share)
                assert level != "prefecture" or follows(drawn, [name, *shown]), (one, name)
        in_book = {row["代码"]: row for row in rows_of(own_sheet(papers, a))} if main(a) else {}
        for code, _, *figures in cells if level_in_book(a, level) else []:
            assert as_texts(in_book[code], a) == figures, (one, code)
    assert compared > 500


def shares_of(a: Assessment, level: str) -> list[tuple[str, Any]]:
    """What a poster lists: the parts of a rate that have anything to cover, if they are several."""
    if a.coverage is None or a.counted or a.indicator.measure == "ratio":
        return []
    parts = [(name, part.share) for (_, name), part in a.coverage.by(level).items()]
    parts = [(name, share) for name, share in parts if share.total]
    return parts if len(parts) > 1 else []


def follows(texts: list[str], wanted: list[str]) -> bool:
    """Whether some texts stand one after another."""
    size = len(wanted)
    return any(texts[n : n + size] == wanted for n in range(len(texts) - size + 1))


def main(a: Assessment) -> bool:
    return a.indicator.variant is None


def level_in_book(a: Assessment, level: str) -> bool:
    """Whether an indicator's sheet lists a level: none finer than what is counted."""
    high = {"province": (), "prefecture": ("prefecture",)}
    return main(a) and level in high.get(a.indicator.units, LEVELS)


def own_sheet(papers: Papers, a: Assessment) -> Any:
    return papers.sheets[f"{a.indicator.full_name}统计表"]


def as_texts(row: dict[str, Any], a: Assessment) -> list[str]:
    """An area's cells of the workbook as the terminal writes numbers."""
    bare = {str(heading).split("（")[0]: cell for heading, cell in row.items()}
    if words.is_norm(a.indicator):
        cells = [bare[key] for key in ("分母", "分子", "数值")]
        return [
            n if isinstance(n, str) else show_number(Fraction(str(n)), percent=False) for n in cells
        ]
    if a.counted:
        return [show_number(Fraction(str(bare["数值"])), percent=False)]
    keys = (
        ("分母", "分子", "比例")
        if a.indicator.measure == "ratio"
        else ("应覆盖数", "已覆盖数", "覆盖率")
    )
    *counts, rate = (bare[key] for key in keys)
    shown = [show_number(Fraction(str(n)), percent=False) for n in counts]
    return [*shown, rate if isinstance(rate, str) else f"{rate:.2f}"]


def rows_of(sheet: Any) -> list[dict[str, Any]]:
    """The rows of a sheet's table, by heading."""
    lines = list(sheet.iter_rows(min_row=HEAD_ROW, values_only=True))
    full = [line for line in lines[1:] if line[1] is not None or line[2] is not None]
    return [dict(zip(lines[0], line, strict=True)) for line in full]


# ---------------------------------------------------------------- what was mended


def test_a_ratio_is_short_in_percentage_points_everywhere(sample: Workspace) -> None:
    [a] = sample.assess(["assistance-ratio"])[:1]
    assert words.verdict(a) == "差 0.67 个百分点"
    assert words.figure_line(a).endswith(
        "目标 75%（2025 年 12 月 31 日前） · 差 0.67 个百分点（另 2 个县只报了更早年度）"
    )
    [row] = target_rows([a])
    assert (row["short"], row["short_unit"], row["short_points"]) == (None, None, 0.67)
    [table] = [t for t in terminal.conference_facts([row], a.as_of) if hasattr(t, "columns")]
    assert cells_of(table)[0][3:7] == ["差 0.67 个百分点", "74.33%", "75%", "0.67 个百分点"]
    [row] = stats_rows(a)
    assert (row["short"], row["short_unit"], row["short_points"]) == (518, "元", 0.67)
    assert "518 个" not in "".join(drawn_words(a, sample))


def test_columns_that_were_added_stand_after_those_that_were_there(sample: Workspace) -> None:
    table = flat_stats(stats_rows(sample.assess(["elder-beds-new"])[0]))
    after = ["missing", "basis", "short_unit", "short_points", "radius_m"]
    after += ["low", "high", "firm", "bounds"]
    assert table.columns[-9:].tolist() == after


UNITS = {
    "elder-beds-new": ("差 1,100 张", "张"),
    "elder-beds": ("差 415,406 张", "张"),
    "home-adaptation": ("差 1,400 户", "户"),
    "community-organisations": ("差 3,600 家", "家"),
    "elder-complex-new": ("差 7 个", "个"),
    "home-adaptation-2022": ("无目标", "户"),
    "charity-organisations": ("无目标", "家"),
    "social-workers": ("无目标", "人"),
    "volunteers": ("无目标", "人"),
    "canteen-new": ("未量化", "个"),
}


@pytest.mark.parametrize("one", UNITS)
def test_an_amount_counts_in_its_own_measure_word(sample: Workspace, one: str) -> None:
    [a] = sample.assess([one])
    verdict, unit = UNITS[one]
    assert words.verdict(a) == verdict
    assert stats_rows(a)[0]["value_unit"] == unit
    assert words.figure_in_prose(a).endswith(unit)
    book = openpyxl.load_workbook(
        io.BytesIO(report_bytes(sample.catalog, [a], units_of(sample, [a])))
    )
    assert book.worksheets[3]["A3"].value.endswith(f"单位：{unit}")


def test_what_is_weighed_counts_people(sample: Workspace) -> None:
    [a] = sample.assess(["elder-street"], options=WEIGHED)
    assert re.fullmatch(r"差 [\d,]+ 人", words.verdict(a))
    assert words.figure_line(a).endswith(words.verdict(a))
    book = openpyxl.load_workbook(
        io.BytesIO(report_bytes(sample.catalog, [a], units_of(sample, [a])))
    )
    sheet = book.worksheets[3]
    assert sheet["A3"].value.endswith("单位：人、%")
    assert {"差额（人）", "较上期（人）"} <= {cell.value for cell in sheet[HEAD_ROW]}
    paper = Document(io.BytesIO(brief_bytes(sample.catalog, [a], sample_ok=True)))
    said = "\n".join(p.text for p in paper.paragraphs)
    assert re.search(r"全省街道的\d+人中，符合的有\d+人，", said)
    assert re.search(r"的目标还差\d+人。", said)
    [ratio] = sample.assess(["assistance-ratio@weighted"], options=WEIGHED)
    assert words.verdict(ratio).endswith("个百分点")  # weighed by people, and still money


def make(measure: str = "presence", *, targets: bool = True, **more: Any) -> Indicator:
    target = Target(Decimal(35), None, date(2024, 6, 30), ("示例文件",))
    given = {"units": "township", "layer": "cemetery", "origin": "test", "name": "示例"} | more
    return Indicator(
        "one", None, "funeral", "殡葬", measure=measure, targets=(target,) * targets, **given
    )


def measured(one: Indicator, covered: list[float], demand: float = 1) -> Assessment:
    frame = pd.DataFrame({"demand": float(demand), "covered": covered, "value": covered})
    made = Coverage("one", one.measure, Basis(), frame)
    return Assessment(one, PLAIN.as_of, made)


def test_what_the_policy_marks_is_not_quantified_and_the_rest_has_no_target() -> None:
    said = {
        (quantified, targets): words.verdict(
            measured(make(quantified=quantified, targets=targets), [1, 0])
        )
        for quantified in (True, False)
        for targets in (True, False)
    }
    assert said[True, True] == "达标"
    assert said[True, False] == "无目标"
    assert said[False, True] == said[False, False] == "未量化"
    none = Assessment(make("none", quantified=False, targets=False), PLAIN.as_of, None, ("定义",))
    assert words.verdict(none) == "不计算"
    assert words.verdict(Assessment(make(), PLAIN.as_of, None, ("图层",))) == "无法计算"
    assert words.verdict(measured(make(), [1, 0], demand=0)) == "不适用"


def test_a_share_a_hair_below_its_target_is_not_short_of_nought_units() -> None:
    one = replace(make(), targets=(Target(Decimal(50), None, None, ("示例",)),))
    a = measured(one, [0.5, 0.5 - 1e-12])
    assert (a.met, a.short) in {(False, 0), (False, 1)}
    assert words.verdict(a) == ("差 1 个" if a.short else "未达标（不足一个单位）")


def test_a_deadline_within_the_year_is_not_said_to_be_its_end() -> None:
    assert words.due(date(2024, 6, 30)) == "2024 年 6 月 30 日"
    assert words.due(date(2024, 6, 30), prose=True) == "2024年6月30日"
    assert words.due(date(2024, 12, 31)) == "2024 年底"
    assert words.due(date(2024, 12, 31), prose=True) == "2024年底"


@pytest.mark.parametrize(
    ("covered", "total", "said"),
    [
        (1, 16, ("15", "16", "6.25%")),
        (2, 3, ("1", "3", "66.67%")),
        (29999, 30000, ("1", "30,000", "99.99%")),  # never up to 100
        (17499, 50000, ("32,501", "50,000", "34.99%")),  # 34.998, and the target is 35
        (0, 7, ("7", "7", "0.00%")),
        (7, 7, ("0", "7", "100.00%")),
        (0, 0, ("0", "0", "—")),
    ],
)
def test_a_list_of_areas_says_as_many_decimals_as_the_title(
    covered: int, total: int, said: tuple[str, str, str]
) -> None:
    one: Any = SimpleNamespace(target=SimpleNamespace(pct=Decimal(35)))
    assert words.share_cells(one, Share(Fraction(covered), Fraction(total))) == said


@pytest.mark.parametrize("unit", ["3 张", "{short}", "张 户", "一二三四五六七八九"])
def test_a_measure_word_is_a_word(tmp_path: Path, unit: str) -> None:
    text = 'system = "other"\ntitle = "示例"\n[[indicator]]\nid = "x"\nname = "示例"\n'
    text += f'measure = "count"\nunits = "county"\nlayer = "cemetery"\nunit = "{unit}"\n'
    (tmp_path / "x.toml").write_text(text, "utf-8")
    with pytest.raises(PolicyError, match="量词"):
        read_policy([tmp_path])


def test_a_measure_word_changes_no_fingerprint_of_a_policy() -> None:
    one = make()
    assert repr(one) == repr(replace(one, unit="户"))
    assert one != replace(one, unit="户")


@pytest.fixture(scope="module")
def texts_for_people(papers: Papers, sample: Workspace) -> Callable[[], Iterator[tuple[str, str]]]:
    """Every text of the terminal, the workbooks and the posters, with where it stands."""
    found = list(papers.found.values())
    shots = [
        history.take(
            sample, sample.measure(options=replace(PLAIN, as_of=day)), replace(PLAIN, as_of=day)
        )
        for day in (date(2022, 12, 31), date(2023, 12, 31))
    ]
    trend = compare(*shots, history.same_units(sample, shots[1]))
    shown = [
        *terminal.targets(sample.catalog, found, basis=True),
        *terminal.by_parent(found, "prefecture"),
        *terminal.conference_facts(list(papers.targets.values()), found[0].as_of),
        *terminal.changes(trend),
    ]

    def texts() -> Iterator[tuple[str, str]]:
        console = Console(file=io.StringIO(), width=400)
        for part in shown:
            console.print(part)
        for line in console.file.getvalue().splitlines():  # type: ignore[attr-defined]
            yield "terminal", line
        for book in (papers.book, openpyxl.load_workbook(io.BytesIO(trend_bytes(trend)))):
            for sheet in book:
                for column in sheet.iter_cols(min_row=1, values_only=True):
                    if "代号" not in str(column[HEAD_ROW - 1]):
                        yield from ((sheet.title, str(v)) for v in column if v is not None)
        for one, lines in papers.poster.items():
            yield from ((one, line) for line in lines)

    return texts


def test_people_read_names_and_ids_only_where_they_are_called_ids(
    papers: Papers, texts_for_people: Callable[[], Iterator[tuple[str, str]]]
) -> None:
    ids = "|".join(sorted({a.indicator.base for a in papers.found.values()}, key=len, reverse=True))
    pattern = re.compile(rf"(?<!{words.ID} )(?<![\w-])({ids})(?![\w-])")
    for where, text in texts_for_people():
        assert not pattern.search(text), (where, text)


# ---------------------------------------------------------------- how the words reach the page


def test_the_page_joins_no_words_of_its_own() -> None:
    code = read_script()
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", code, flags=re.DOTALL)
    built = [
        line
        for line in code.splitlines()
        if re.search(r"[\u4e00-\u9fff]", re.sub(r"'[^']*'", "", line))
    ]
    assert built == []
    for word in ("差", "达标", "无目标", "未量化", "无法计算", "不适用", "覆盖率", "已覆盖", "未覆盖", "截至",
                 "情景", "示例", "近似", "公里", "km", "个百分点", "年底"):  # fmt: skip
        assert f"'{word}" not in code, word
    asked = set(re.findall(r"phrase\('(\w+)'", code))
    asked |= set(re.findall(r"'((?:tab|legend|head)[A-Z]\w+)'", code))
    [parts] = re.findall(r"TALLY = \[(.*?)\]", code)
    asked |= {f"tally{part.title()}" for part in re.findall(r"\w+", parts)}
    assert {name for name in asked if name not in PHRASES} == set()
    chosen = {
        name
        for call in re.findall(r"phrase\(([^{}]*?\?[^;]*)", code)
        for name in re.findall(r"'(\w+)'", call)
    }
    named = {
        name
        for call in re.findall(r"(?:foremostButton|change\[at\]|\['')(.*)", code)
        for name in re.findall(r"'(\w+)'", call)
    }
    assert asked | chosen | named >= set(PHRASES)


def test_the_slots_of_a_template_are_those_the_page_fills(sample: Workspace) -> None:
    [a] = sample.assess(["home-adaptation"])
    assert words.behind_template(a) == "差 {short} 户"
    assert words.behind_template(a).format(short="1,400") == words.verdict(a)


def test_no_show_reads_a_number_back_from_its_own_words() -> None:
    for path in SHOW.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            said = ast.unparse(node)
            assert not re.search(r"replace\('[,%]', ''\)", said), (path, said)
            if isinstance(node.func, ast.Name) and node.func.id in {"float", "int", "Decimal"}:
                assert not re.search(r"show_number|show_amount|\.shown", said), (path, said)


def test_nothing_is_short_without_a_target(sample: Workspace) -> None:
    [a] = [a for a in sample.assess(["heritage-list"]) if a.target is None] or [
        a for a in sample.assess() if a.status == "no-target"
    ][:1]
    assert words.gap(a) == ""


def test_beside_the_verdict_stands_who_is_known_only_from_an_earlier_year(tmp_path: Path) -> None:
    world = {
        "county": [{"code": "420525", "name": "远安县"}, {"code": "420581", "name": "宜都市"}],
        "organisation": """
县代码 | 县（市、区） | 类别 | 年份 | 期末数
420525 | 远安县 | 社区社会组织 | 2023 | 110
420581 | 宜都市 | 社区社会组织 | 2022 | 200
""",
    }  # fmt: skip
    workspace = make_workspace(world, tmp_path)
    [one] = workspace.assess(["community-organisations"])
    assert words.standing(one) == "差 99,890 家（另 1 个县只报了更早年度）"
    assert words.figure_line(one).endswith(words.standing(one))
    [before] = workspace.assess(
        ["community-organisations"], options=Options(as_of=date(2022, 12, 31))
    )
    assert words.standing(before) == words.verdict(before) == "差 99,800 家"


def test_beside_a_weighted_verdict_stand_the_units_of_earlier_people(tmp_path: Path) -> None:
    world = {
        "county": [{"code": "420525", "name": "远安县"}],
        "township": [
            {"code": "420525101", "name": "示例甲镇"}, {"code": "420525102", "name": "示例乙镇"},
        ],
        "population": """
乡镇代码 | 乡镇名称 | 县名 | 年份 | 常住人口
420525101 | 示例甲镇 | 远安县 | 2023 | 100
420525102 | 示例乙镇 | 远安县 | 2021 | 50
""",
        "cemetery": """
编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇
G1 | 示例一 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 远安县 | 示例甲镇
""",
    }  # fmt: skip
    options = Options(as_of=date(2023, 12, 31), weight="population")
    [one] = make_workspace(world, tmp_path).assess(["cemetery-township"], options=options)
    assert words.standing(one) == "达标（1 个乡镇用更早年度人口）"
    assert "人口年份：2021、2023。" in one.basis_lines


@pytest.mark.parametrize(
    ("pct", "value", "plain", "prose"),
    [("35.5", None, "35.5%", "35.5%"), (None, "12000", "12,000", "1.2万"), (None, None, "", "")],
)
def test_what_a_target_asks_for_is_grouped_outside_of_sentences(
    pct: str | None, value: str | None, plain: str, prose: str
) -> None:
    target = Target(pct and Decimal(pct), value and Decimal(value), None, ("示例",))  # type: ignore[arg-type]
    assert words.goal(target) == plain
    assert words.goal(target, prose=True) == prose
    assert words.target_words(target) == f"目标 {plain}"


def test_what_the_classes_of_a_map_are_classes_of() -> None:
    policy = read_policy()
    ratio, plain = policy["assistance-ratio"], policy["cemetery-township"]
    assert words.legend_title("rate", ratio) == "占比"
    assert words.legend_title("rate", plain) == "覆盖率"
    assert words.legend_title("cover", ratio) == "是否覆盖"
    assert words.legend_title("amount", plain) == "数量"
    assert words.legend_title("norm", policy["burial-capacity"]) == "可用年限"
    assert words.legend_title("norm", policy["rural-service-area"]) == "平方米/百户"


def test_one_sample_among_several_layers_marks_them_all() -> None:
    plain, sample = Basis(as_of=date(2023, 12, 31)), Basis(as_of=date(2023, 12, 31), sample=True)
    near = replace(plain, approximate=True)
    assert words.join_marks([]) == words.join_marks([plain]) == ""
    assert words.join_marks([plain, sample]) == words.SAMPLE_MARK
    assert words.join_marks([near, plain]) == words.APPROXIMATE_MARK
    assert words.join_marks([near, sample]) == f"{words.SAMPLE_MARK}；{words.APPROXIMATE_MARK}"


def of_norm(value: str) -> Assessment:
    """125 平方米 for 400 households, 31.25 for a hundred of them, beside a target."""
    target = Target(None, Decimal(value), date(2024, 12, 31), ("示例文件",))
    one = replace(make("ratio", per=Decimal(100), unit="平方米/百户"), targets=(target,))
    frame = pd.DataFrame({"demand": [300.0, 100.0], "covered": [0.25, 0.5], "value": [75.0, 50.0]})
    return Assessment(one, PLAIN.as_of, Coverage("one", "ratio", Basis(), frame))


@pytest.mark.parametrize(
    ("value", "verdict", "short"),
    [
        ("31.25", "达标", 0), ("30", "达标", 0), ("31.26", "差 0.01 平方米/百户", 1),
        ("31.2500001", "差 0.01 平方米/百户", 1), ("32.5", "差 1.25 平方米/百户", 5),
    ],
)  # fmt: skip
def test_a_norm_is_short_in_its_own_unit_and_its_numerator_in_that_of_things(
    value: str, verdict: str, short: int
) -> None:
    a = of_norm(value)
    assert (words.verdict(a), a.short, words.short_word(a)) == (verdict, short, "平方米")
    assert words.gap(a) == f"{verdict[2:] if short else '0 平方米/百户'}"
    assert words.points_short(a) is None


def test_a_norm_has_a_unit_and_two_sums() -> None:
    a = of_norm("1234.5")
    assert a.coverage is not None
    assert a.target is not None
    assert words.figure(a) == "31.25 平方米/百户"
    assert (words.figure_sign(a), words.norm_unit(a)) == (" 平方米/百户", "平方米/百户")
    assert words.figure_in_prose(a) == "31.25平方米/百户"
    assert words.norm_headings(a) == ("分子", "分母")
    assert words.norm_sums(a.coverage) == ("125", "400")
    assert words.goal_unit(a, a.target) == "平方米/百户"
    assert words.goal(a.target) == "1,234.5"
    assert words.goal_in_prose(a, a.target) == "1234.5平方米/百户"
    assert words.behind_template(a) == "差 {short} 平方米/百户"
    assert words.target_until(a.target) == "目标 1,234.5（2024 年 12 月 31 日前）"
    line = "31.25 平方米/百户 · 125 / 400 · 目标 1,234.5（2024 年 12 月 31 日前） · 差 1,203.25 平方米/百户"
    assert words.figure_line(a) == line


def test_room_to_bury_is_in_years_of_places_and_deaths() -> None:
    one = replace(make("capacity", unit="年"), targets=())
    a = Assessment(one, PLAIN.as_of, None, ("图层",))
    assert words.norm_headings(a) == ("可用穴位", "年需求")
    assert (words.short_word(a), words.norm_unit(a)) == ("个", "年")
    assert (words.is_norm(one), words.is_ratio(one)) == (True, False)
    assert (words.figure(a), words.figure_number(a), words.figure_in_prose(a)) == ("—", None, "—")


def test_a_rate_has_a_percent_sign_and_counts_of_units() -> None:
    target = Target(Decimal("62.5"), None, date(2024, 6, 30), ("示例文件",))
    one = replace(make(), targets=(target,))
    a = measured(one, [1, 0, 1, 0])
    assert (words.is_norm(one), words.is_ratio(one), words.norm_unit(a)) == (False, False, "")
    assert words.is_ratio(replace(one, measure="ratio"))
    assert words.figure_line(a) == "50.00% · 2 / 4 · 目标 62.5%（2024 年 6 月 30 日前） · 差 1 个"
    assert (words.behind(a), words.points_short(a)) == (Decimal("-12.5"), Decimal("12.5"))
    assert (words.short_word(a), words.goal_unit(a, target)) == ("个", "%")
    assert words.goal_unit(a, replace(target, pct=None)) is None
    assert a.share is not None
    assert words.share_cells(a, a.share) == ("2", "4", "50.00%")
    said = [words.part_rate(a, pct) for pct in (Fraction("62.496"), Fraction(65), None)]
    assert said == ["62.49", "65.00", "—"]
    better = measured(one, [1, 1, 1, 0])
    assert (words.behind(better), words.points_short(better)) == (Decimal("12.5"), 0)
    none = measured(one, [0.0], demand=0)
    assert none.share is not None
    assert words.share_cells(none, none.share) == ("0", "0", "—")
    assert (words.figure(none), words.points_short(none)) == ("—", None)


def test_a_hair_below_the_target_is_a_hundredth_of_a_point_behind() -> None:
    target = Target(Decimal("50.001"), None, None, ("示例",))
    a = measured(replace(make(), targets=(target,)), [1, 0])
    assert (words.behind(a), words.points_short(a)) == (Decimal("-0.01"), Decimal("0.01"))
    exact = measured(replace(make(), targets=(replace(target, pct=Decimal(50)),)), [1, 0])
    assert (words.behind(exact), words.points_short(exact)) == (0, 0)


@pytest.mark.parametrize(
    ("days", "said", "prose"),
    [
        (-1, "已过", "已过"), (0, "当日", "已到"), (1, "还有 1 天", "还有1天"),
        (1234, "还有 1,234 天", "还有1234天"),
    ],
)  # fmt: skip
def test_how_far_a_deadline_is(days: int, said: str, prose: str) -> None:
    assert (words.days_left(days), words.days_left(days, prose=True)) == (said, prose)


def test_days_and_the_last_of_them_in_a_year() -> None:
    assert words.day(date(2024, 6, 3)) == "2024 年 6 月 3 日"
    assert words.day(date(2024, 6, 3), prose=True) == "2024年6月3日"
    assert words.due(date(2024, 6, 30)) == "2024 年 6 月 30 日"
    assert words.due(date(2024, 12, 30)) == "2024 年 12 月 30 日"
    assert words.due(date(2024, 11, 30), prose=True) == "2024年11月30日"


def test_what_lacks_what_is_said_and_what_stands_for_an_approval_number() -> None:
    a = Assessment(make(), PLAIN.as_of, None, ("图层", "列“床位”"))
    assert words.lacking(a) == "示例：无法计算，缺少图层、列“床位”"
    assert words.no_approval(sample=True) == "示例示意，非正式地图"
    assert words.no_approval(sample=False) == "内部工作用图 不得公开"
    assert words.target_source(make().targets[0]) == "目标依据：示例文件"


def test_a_change_of_a_norm_is_that_of_a_ratio_with_values() -> None:
    row = {"measure": "ratio", "old_value": None, "new_value": 3.5}
    assert words.is_norm_change(row)
    assert words.is_norm_change(row | {"old_value": 0.0, "new_value": None})
    assert not words.is_norm_change(row | {"new_value": float("nan")})
    assert not words.is_norm_change(row | {"measure": "sum"})
