"""Office Chinese: every sentence a person reads has full-width ，：；（）！？, one word for kilometres,
and one number of decimals; half-width only in codes, figures, files, commands and English.

What comes from a ledger is never changed: it is shown as it was written, and is left out here.
"""

from __future__ import annotations

import io
import json
import re
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from decoded import read_lines
from dirty import make_dirty
from docx import Document
from golden_cases import make_workspace
from matplotlib.text import Text as Drawn
from rich.console import Console

from hbgeo import cli
from hbgeo.history import units_of
from hbgeo.measure.filters import describe
from hbgeo.measure.options import Options
from hbgeo.read.cell.text import in_sentence
from hbgeo.read.indicator import Clause
from hbgeo.show import terminal
from hbgeo.show.excel.report import report_bytes
from hbgeo.show.paper import poster
from hbgeo.show.paper.brief import brief_bytes
from hbgeo.show.paper.poster import draw_poster
from hbgeo.workspace import Workspace

ROOT = Path(__file__).parent.parent
CJK = "\u3007\u3400-\u9fff\U00020000-\U0003ffff"
# a half-width mark behind Chinese or a closing full-width mark, or before Chinese; a bracket that
# holds or follows Chinese. A mark after a number, a code or a path is one of a sentence only if
# Chinese comes next.
HALF = re.compile(
    rf"(?<=[{CJK}）”》])[,:;!?(]|(?<=[{CJK}])\)|[,:;](?=[ ]?[{CJK}“《（])|\((?=[{CJK}“])|\)(?=[{CJK}])"
)
# what is written so: an address, a CRS, a place in a kml, a filter in TOML
WRITTEN_SO = re.compile(
    r"[a-z]+://\S+|EPSG:编号|经度,纬度|“[?]”|\{[^{}]*\}|，。；：、）》”,\.;:\)"  # the last: where no line begins
)
# values of ledgers and filters, which say what the schemas say, whoever reads them
KINDS = ("街道(乡镇)", "中心(站)", "骨灰楼(塔)", "(含公益性墓区)", "(社区)", "(街道)")


def half_width(text: str) -> list[str]:
    """Where a text has a half-width mark that belongs to a Chinese sentence."""
    plain = WRITTEN_SO.sub("x", text)
    return [plain[max(0, m.start() - 8) : m.end() + 8] for m in HALF.finditer(plain)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("达标,差 12 个", True), ("截至:2023-12-31", True), ("覆盖率(%)", True), ("33.73%,差 12 个", True),
        ("a.csv:没有这个文件", True), ("乡镇(街道)", True), ("是否想写 beds?", False), ("真的?", True),
        ("应覆盖 1,260 个,已覆盖 311", True), ("坏了(ValueError)", True), ("(共 3 行)", True),
        ("应覆盖 1,260 个，已覆盖 311 / 922", False), ("12:30 前", False), ("hbgeo -C 目录 run", False),
        ("坐标系为 EPSG:4490", False), ("见 https://x.cn/a,b", False), ("写 where = { kind = [\"站\"] }", False),
        ("坐标系（EPSG:编号）", False), ("Words (of English): one, two", False), ("a、b；c", False),
    ],
)  # fmt: skip
def test_a_half_width_mark_is_known_where_it_stands(text: str, *, found: bool) -> None:
    assert bool(half_width(text)) == found


# ---------------------------------------------------------------- what stands in the source


def strings_of(source: str) -> Iterator[tuple[int, str]]:
    """The strings of a module, f-strings as they are written; English docstrings left out."""
    before = tokenize.NEWLINE
    for kind, line, text in whole_strings(source):
        if kind == tokenize.STRING:
            first = re.sub(r"^[A-Za-z]*[\"']+\s*", "", text)
            alone = before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.ENCODING)
            if not alone or (re.match(f"[{CJK}]", first) and not re.search("[A-Za-z]{4} ", first)):
                yield line, text
        before = kind


def whole_strings(source: str) -> Iterator[tuple[int, int, str]]:
    """Kind, line and text of each token; f-strings, pieces from Python 3.12 on, put together."""
    begin, middle, end = (
        getattr(tokenize, f"FSTRING_{part}", -1) for part in ("START", "MIDDLE", "END")
    )
    lines, pieces = [0], list[str]()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.COMMENT, tokenize.NL):
            continue
        if token.type == begin:
            lines.append(token.start[0])
        if len(lines) == 1:
            yield token.type, token.start[0], token.string
        elif token.type in (begin, middle, end) or token.string in "{}":
            pieces.append(token.string)
        elif token.type == tokenize.STRING:  # within a slot: one of its own
            yield tokenize.STRING, token.start[0], token.string
        if token.type == end:
            line = lines.pop()
            if len(lines) == 1:
                yield tokenize.STRING, line, "".join(pieces)
                pieces.clear()


def test_a_string_with_slots_is_one_whatever_python_makes_of_it() -> None:
    source = 'x = f"(?:合{_S}计)"\ny = (f"差{n:>3}个,",\n "内")\n"""English words, here."""\n'
    found = [(line, re.sub(r"\{[^{}]*\}", "_", text)) for line, text in strings_of(source)]
    assert found == [(1, 'f"(?:合_计)"'), (2, 'f"差_个,"'), (3, '"内"')]


# literals that are no sentences: what is looked for in ledgers, and headings and values of theirs
PARSED = [
    ("publish/stylesheets.py", "ALTER ROLE"),  # a statement to type
    ("read/file/stated.py", "单位"),
    ("read/file/kml.py", "(地标)"),  # a column that is added to the table
    ("measure/locate_stream.py", "(原表)"),
    ("late_sample.py", "(平方米)"),
    ("late_sample.py", "(元/月)"),
    ("measure/burials.py", "数字, source"),  # a line to paste into catalog.toml
]


def is_pattern(text: str) -> bool:
    """Whether a literal is a pattern, which is looked for and never shown."""
    return "(?" in text or re.match(r"[bB]?[rR]", text) is not None or r"\u" in text


def test_no_sentence_of_the_package_has_a_half_width_mark() -> None:
    found = []
    for path in sorted((ROOT / "hbgeo").rglob("*.py")):
        name = path.relative_to(ROOT / "hbgeo").as_posix()
        for line, text in strings_of(path.read_text("utf-8")):
            if is_pattern(text) or any(name == file and piece in text for file, piece in PARSED):
                continue
            slots = re.sub(r"\{[^{}]*\}", "\0", text)  # what stands in a slot is no sentence
            found += [(name, line, where) for where in half_width(slots)]
    assert found == []


def test_every_exception_is_still_needed() -> None:
    for file, piece in PARSED:
        assert piece in (ROOT / "hbgeo" / file).read_text("utf-8"), file


def script_texts() -> Iterator[tuple[str, str]]:
    """The page's script without its comments, and the page's own markup."""
    page = ROOT / "hbgeo" / "show" / "page"
    for path in sorted([*page.rglob("*.js"), *page.rglob("*.html")]):
        code = re.sub(r"/\*.*?\*/|<!--.*?-->", "", path.read_text("utf-8"), flags=re.DOTALL)
        for line in code.splitlines():
            yield path.name, re.sub(r"(?<![:\w'\"/])//.*", "", line)


def test_no_sentence_of_the_page_has_a_half_width_mark() -> None:
    assert [(name, w) for name, line in script_texts() for w in half_width(line)] == []


SHOWN = {"title", "name", "source", "note", "words"}


def shown_values(table: Any, key: str = "") -> Iterator[str]:
    """The values of a policy, a schema or a catalogue that people read."""
    if isinstance(table, dict):
        for name, value in table.items():
            if name not in {"where", "among", "listed", "choices", "columns", "values"}:
                yield from shown_values(value, name)
    elif isinstance(table, list):
        for value in table:
            yield from shown_values(value, key)
    elif isinstance(table, str) and key in SHOWN:
        yield table


def papers_in_toml() -> list[Path]:
    return sorted(
        [*(ROOT / "hbgeo").rglob("*.toml"), *(ROOT / "layers").glob("*.toml"), *(ROOT / "layers").rglob("*.txt")]
    )  # fmt: skip


def test_policies_schemas_and_the_catalogue_are_written_as_papers_are() -> None:
    found = []
    for path in papers_in_toml():
        text = path.read_text("utf-8")
        found += [(path.name, w) for v in shown_values(tomllib.loads(text)) for w in half_width(v)]
        notes = [re.sub(r'"[^"]*"', "", line) for line in text.splitlines()]
        found += [(path.name, w) for n in notes if "#" in n for w in half_width(n[n.index("#") :])]
    assert found == []


def prose_of(path: Path) -> Iterator[str]:
    """The Chinese prose of a Markdown file: no blocks, no `code`, no addresses."""
    fenced = False
    for line in path.read_text("utf-8").splitlines():
        fenced ^= line.lstrip().startswith("```")
        bare = re.sub(r"`[^`]*`|\]\([^)]*\)", "x", line)
        if not fenced and len(re.findall(f"[{CJK}]", bare)) * 4 > len(re.findall("[A-Za-z]", bare)):
            yield bare


@pytest.mark.parametrize("name", ["README.md", "layers/README.md", ".github/SECURITY.md"])
def test_what_explains_hbgeo_is_written_as_papers_are(name: str) -> None:
    assert [w for line in prose_of(ROOT / name) for w in half_width(line)] == []


# ---------------------------------------------------------------- what is said


WORLD = {
    "county": [{"code": "420528", "name": "长阳土家族自治县"}, {"code": "420529", "name": "五峰土家族自治县"}],
    "township": [
        {"code": "420528101", "name": "示例甲镇"}, {"code": "420528102", "name": "示例乙镇"},
        {"code": "420529101", "name": "示例丙镇"},
    ],
    "cemetery": (
        "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 经度 | 纬度\n"
        "G1 | 示例公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 长阳县 | 示例甲镇 | 110.2512 | 30.5123\n"
        "G2 | 示例乙公墓 | 公墓 | 公益性 | 乡镇级 | 在建 | | 长阳县 | 示例乙镇 | 110.7512 | 30.5123\n"
        "G3 | 示例丙公墓 | 公墓 | 公益性 | 乡镇级 | 试营业 | 2020年 | 五峰县 | 示例丙镇 | 999 | 7\n"
    ),
    "eldercare": (
        "设施编号 | 设施名称 | 机构类型 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 床位数 | 护理型床位数\n"
        "Y1 | 示例综合体 | 养老服务综合体 | 运营 | 2021-05-01 | 长阳县 | 示例甲镇 | 100 | 60\n"
    ),
}  # fmt: skip


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """What a command prints, on both streams."""

    def one(*words: object) -> str:
        monkeypatch.setattr(sys, "argv", ["hbgeo", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        assert "Traceback" not in said.err, ended
        return said.out + said.err

    return one


def test_every_command_speaks_as_papers_do(say: Any, tmp_path: Path) -> None:
    where = tmp_path / "w"
    where.mkdir()
    make_workspace(WORLD, where)
    on = ("-C", where)
    said = [say(*on, "run", "--as-of", "2022-12-31"), say(*on, "run")]
    said += [say(*on, *words.split()) for words in (
        "layers", "check", "check cemetery", "stats", "stats cemetery-township --by county",
        "stats funeral --by prefecture", "stats --as-of 2022-12-31 --status 在建", "uncovered cemetery-township",
        "targets", "targets --in 长阳土家族自治县", "compare 2022-12-31 2023-12-31", "compare 2022-12-31 2023-12-31 --units",
        "stats nothing", "stats --in 武汉", "stats --as-of x", "uncovered cemetery-township --sort x", "sats", "stats --ass 1",
    )]  # fmt: skip
    said.append(say(*on, "brief", "--sample-ok", "--map", "none", "-o", tmp_path / "b.docx"))
    ledger = str(WORLD["cemetery"]).replace(" | ", ",")
    (tmp_path / "g.csv").write_text(ledger, "utf-8")
    (tmp_path / "p.csv").write_text("名称,经度,纬度\n甲,110.2512,30.5123\n乙,7,7\n", "utf-8")
    said.append(
        say(*on, "locate", tmp_path / "p.csv", "--units", "township", "-o", tmp_path / "q.csv")
    )
    said.append(
        say(
            *on,
            "import",
            tmp_path / "g.csv",
            "--schema",
            "cemetery",
            "--crs",
            "CGCS2000",
            "-o",
            tmp_path / "c.xlsx",
        )
    )
    whole = [" ".join(text.splitlines()) for text in said]  # a long line is broken to fit
    assert [w for text in whole for w in half_width(text)] == []
    assert sum(map(len, said)) > 10_000
    # all the files of the run: the page with its parts, the workbook, the lists, the notice
    kept = [
        (path.name, w)
        for path, line in read_lines(where / "maps")
        if path.suffix == ".html" or path.name == "issues.csv"
        for w in half_width(unquoted(re.sub(r"^\s*(/?\*|//).*|/\*\*.*?\*/|\s//.*", "", line)))
        if "," not in w or path.suffix == ".html"  # commas part the cells of a .csv
    ]
    assert kept == []
    for file in [*(where / "maps").glob("*.xlsx"), tmp_path / "c.xlsx"]:
        assert [
            (s, w) for s, text in cells(file.read_bytes()) for w in half_width(unquoted(text))
        ] == []
    assert [w for text in paragraphs(tmp_path / "b.docx") for w in half_width(text)] == []


HELPED = ["run", "init", "layers", "check", "stats", "uncovered", "targets", "compare", "brief", "map", "poster",
          "locate", "import"]  # fmt: skip


def test_every_help_speaks_as_papers_do(say: Any) -> None:
    said = [say("--help"), *(say(name, "--help") for name in HELPED)]
    assert [w for text in said for line in text.splitlines() for w in half_width(line)] == []
    listed = set(re.findall(r"^\s+([a-z]+) ", said[0].partition("命令：")[2], re.MULTILINE))
    assert listed >= set(HELPED)


def test_what_check_says_of_a_dirty_ledger_is_written_as_papers_are(
    say: Any, tmp_path: Path
) -> None:
    make_dirty(tmp_path, 7)
    say("-C", tmp_path, "check", "-o", tmp_path / "i.json")
    issues = json.loads((tmp_path / "i.json").read_text("utf-8"))
    assert len({one["rule"] for one in issues}) > 15
    texts = [unquoted(one[key]) for one in issues for key in ("message", "fix")]
    assert [w for text in texts for w in half_width(text)] == []


def unquoted(text: str) -> str:
    """A message without what it quotes from a ledger, and without the kinds that filters name."""
    for kind in KINDS:
        text = text.replace(kind, "x")
    return re.sub("“[^“”]*”=?[^，；。]*?(?=[，；。]|不|过|位|缺|$)|“[^“”]*”", "“”", text)


def cells(book: bytes) -> Iterator[tuple[str, str]]:
    """The texts of a workbook, its footers among them; columns of ledger values left out."""
    for sheet in openpyxl.load_workbook(io.BytesIO(book)):
        yield sheet.title, sheet.title
        yield sheet.title, str(sheet.oddFooter.center.text or "")
        for row in sheet.iter_rows(values_only=True):
            yield from ((sheet.title, value) for value in row if isinstance(value, str))


def paragraphs(path: Path | io.BytesIO) -> list[str]:
    """The texts of a notice."""
    paper = Document(path if isinstance(path, io.BytesIO) else str(path))
    rows = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return [p.text for p in paper.paragraphs] + rows


@pytest.fixture(scope="module")
def said_of_sample(sample: Workspace) -> dict[str, list[str]]:
    """Paper → its texts, of the whole sample."""
    found = sample.measure(options=Options(as_of=date(2023, 12, 31))).assessments
    console = Console(file=io.StringIO(), width=400)
    for part in (
        *terminal.targets(sample.catalog, found, basis=True),
        *terminal.by_parent(found, "prefecture"),
    ):
        console.print(part)
    drawn: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(poster, "draw_map", lambda *_: None)
        patch.setattr(poster, "save", lambda figure, _: drawn.append(figure) or b"")
        for a in found:
            if a.coverage is not None and a.indicator.variant is None:
                draw_poster(a, sample.all_units(), sample.catalog, suffix=".png")
    book = report_bytes(sample.catalog, found, units_of(sample, found))
    notice = io.BytesIO(brief_bytes(sample.catalog, found, sample_ok=True))
    return {
        "terminal": console.file.getvalue().splitlines(),  # type: ignore[attr-defined]
        "poster": [text.get_text() for sheet in drawn for text in sheet.findobj(Drawn)],
        "workbook": [text for _, text in cells(book)],
        "notice": paragraphs(notice),
    }  # fmt: skip


@pytest.mark.parametrize("paper", ["terminal", "poster", "workbook", "notice"])
def test_no_paper_of_the_sample_has_a_half_width_mark(
    said_of_sample: dict[str, list[str]], paper: str
) -> None:
    texts = said_of_sample[paper]
    assert len(texts) > 100
    assert [w for text in texts for w in half_width(text)] == []


# ---------------------------------------------------------------- one word, and one number of decimals


def test_kilometres_have_one_word(said_of_sample: dict[str, list[str]]) -> None:
    wrong = re.compile(r"千米|(?<![A-Za-z_])km(?![A-Za-z²2])")
    for paper, texts in said_of_sample.items():
        assert [text for text in texts if wrong.search(text)] == [], paper
    for path in sorted((ROOT / "hbgeo" / "show").rglob("*.py")):
        for line, text in strings_of(path.read_text("utf-8")):
            if re.search(f"[{CJK}]", text):
                assert not wrong.search(re.sub(r"\{[^{}]*\}", "", text)), (path.name, line)
    for name, line in script_texts():
        assert not re.search(f"千米|[}} ]km`|[{CJK}] ?km", line), (name, line)


@pytest.mark.parametrize("paper", ["terminal", "poster", "notice"])
def test_percentages_of_a_paper_have_two_decimals(
    said_of_sample: dict[str, list[str]], paper: str
) -> None:
    """A figure has two; a bare whole number is what a target asks for, or the heading's 100."""
    shown = [
        p for text in said_of_sample[paper] for p in re.findall(r"\d[\d,]*(?:\.\d+)?(?=%)", text)
    ]
    assert len(shown) > 50
    assert {len(p.partition(".")[2]) for p in shown} <= {0, 2}
    assert sum("." in p for p in shown) > 30


def test_a_word_of_a_filter_is_said_as_a_sentence_has_it() -> None:
    kinds = ("街道(乡镇)养老服务综合体", "居家养老服务中心(站)", "经营性(含公益性墓区)")
    said = describe([Clause({"kind": kinds}, ())], None)
    assert said == "kind=街道（乡镇）养老服务综合体、居家养老服务中心（站）、经营性（含公益性墓区）"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("低保标准(元/月)", "低保标准（元/月）"), ("死亡率(‰)", "死亡率（‰）"), ("村(社区)、乡(镇)", "村（社区）、乡（镇）"),
        ("beds(number)", "beds(number)"), ("半个(括号", "半个(括号"), ("", ""), ("已是（全角）", "已是（全角）"),
    ],
)  # fmt: skip
def test_brackets_of_a_word_become_those_of_a_sentence(text: str, said: str) -> None:
    assert in_sentence(text) == said
