"""The command line: each command opens the workspace, measures, and shows."""

from __future__ import annotations

import gc
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from hbgeo.errors import HbgeoError, RequestError
from hbgeo.usage import Command, Group, UsageError, what_is_wrong

if TYPE_CHECKING:
    from hbgeo.measure.options import Options
    from hbgeo.workspace import Workspace

app = typer.Typer(
    cls=Group,
    help="民政设施覆盖率:按政策指标计算、列出未覆盖单位、绘制离线地图。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_SMALL = 32 << 20  # bytes of input files: some hundred thousand rows

Indicators = Annotated[
    list[str] | None,
    typer.Argument(metavar="指标", help="指标代号、代号@变体,或体系;不写为全部"),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="文件", help="按扩展名写 .csv .json .xlsx .geojson .gpkg .parquet"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="把结果按 JSON 写到标准输出")]
Task = Callable[..., None]


@dataclass(frozen=True)
class Ask:
    """The options that every command giving figures takes."""

    as_of: Annotated[
        str,
        typer.Option("--as-of", metavar="日期", help="截至日期,如 2023-12-31;默认用目录里的 as_of"),
    ] = ""
    undated: Annotated[
        str,
        typer.Option(
            metavar="include|exclude", help="无启用时间的设施计入或不计;默认按各类设施的规定"
        ),
    ] = ""
    count_mixed: Annotated[
        bool, typer.Option("--count-mixed", help="计入含公益性墓区的经营性公墓")
    ] = False
    status: Annotated[
        str, typer.Option(metavar="状态,…", help="情景:另外计入这些状态,如 规划,在建")
    ] = ""
    as_if: Annotated[
        str, typer.Option("--as-if", metavar="编号,…", help="情景:把这些设施视为运营")
    ] = ""
    weight: Annotated[
        str, typer.Option(metavar="population|population_60", help="按人口加权,而不是按单元个数")
    ] = ""
    policy: Annotated[
        Path | None, typer.Option(metavar="目录", help="另外的政策文件夹,覆盖或补充内置指标")
    ] = None
    within: Annotated[str, typer.Option("--in", metavar="代码|名称", help="只看某个县或市州")] = ""


def _asks(command: Task) -> Task:
    """Give a command whose first parameter is an `Ask` the options of one."""
    hints = get_type_hints(Ask, include_extras=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    options = [
        inspect.Parameter(f.name, keyword, default=f.default, annotation=hints[f.name])
        for f in fields(Ask)
    ]
    own_hints = get_type_hints(command, include_extras=True)
    own = [
        p.replace(kind=keyword, annotation=own_hints[p.name])
        for p in list(inspect.signature(command).parameters.values())[1:]
    ]

    def ask_and_run(**given: Any) -> None:
        asked = Ask(**{f.name: given.pop(f.name) for f in fields(Ask)})
        command(asked, **given)

    ask_and_run.__signature__ = inspect.Signature([*own, *options])  # type: ignore[attr-defined]
    ask_and_run.__doc__, ask_and_run.__name__ = command.__doc__, command.__name__
    return ask_and_run


class _Place:
    """Where the command works; set by the callback before any command runs."""

    root = Path()


@app.callback()
def _main(
    workspace: Annotated[
        Path,
        typer.Option(
            "--workspace", "-C", metavar="目录", help="工作区:含 layers/catalog.toml 的文件夹"
        ),
    ] = Path(),
) -> None:
    _Place.root = workspace


@app.command(cls=Command)
@_asks
def run(ask: Ask) -> None:
    """检查、计算全部指标,写出 maps/ 下的地图、报表和清单。"""
    from hbgeo.beside import Beside

    with Beside() as beside, _steps(4) as step:
        from hbgeo.show import page, terminal
        from hbgeo.show.papers import light
        from hbgeo.show.table.files import write_files

        workspace = _open(ask)
        options = _options(workspace, ask)
        step("检查数据")
        mine, others = workspace.share_reading()
        if others:
            workspace.read_units()  # kept, so that they are read once
            reading = beside.give("hbgeo.workspace", "keep_layers", workspace.root, others)
            workspace.check_layers(mine)
            reading.take()
        issues = workspace.issues()
        step("计算指标")
        assessments = workspace.assess(options=options, with_nearest=True)
        units = workspace.units_of(assessments)
        snapshot = workspace.snapshot(assessments, options)
        given = (workspace.catalog, light(assessments), units, issues)
        trend, inputs = workspace.trend(snapshot), snapshot.about["inputs"]
        papers = beside.give("hbgeo.show.papers", "papers_bytes", *given, trend, inputs)
        step("绘制地图")
        drawn = page.draw(assessments, **workspace.page_parts(options))
        step("写出文件")
        maps = workspace.root / "maps"
        (maps / "snapshots").mkdir(parents=True, exist_ok=True)
        files = {maps / "index.html": drawn.get_root().render().encode()}
        snapshots = workspace.snapshot_files(snapshot)
        files |= {maps / name: content for name, content in papers.take().items()}
        files |= snapshots
        write_files(files)
    _show(*terminal.targets(workspace.catalog, assessments), terminal.issue_count(issues))
    _show(terminal.written(files))


@app.command(cls=Command)
def init(
    folder: Annotated[Path, typer.Argument(metavar="目录", help="新工作区;须不存在或为空")],
) -> None:
    """用示例数据新建一个工作区。"""
    from hbgeo.workspace import make_workspace

    make_workspace(folder)
    _show(f"已建好 {folder}。下一步:hbgeo -C {folder} run")


@app.command(cls=Command)
def layers(as_json: Json = False) -> None:
    """列出目录里的图层:行数、坐标系、来源、是否示例。"""
    from hbgeo.show import terminal

    rows = _open().describe_layers()
    _json(rows) if as_json else _show(terminal.layers(rows))


@app.command(cls=Command)
def check(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="图层", help="图层的键;不写为全部")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="有错误时以状态 3 结束")] = False,
    output: Output = None,
    as_json: Json = False,
) -> None:
    """检查数据:哪个文件、哪一行、哪一列有什么问题,怎么改。"""
    from hbgeo.show import terminal
    from hbgeo.show.excel import problems
    from hbgeo.show.table import formats

    workspace = _open()
    issues = workspace.issues(names or ())
    if output and output.suffix.lower() == ".xlsx":
        layers = workspace.catalog.layers
        sample = any(layers[key].sample for key in names or layers)
        _write(output, problems.problems_bytes(issues, workspace.catalog.title, sample=sample))
    elif output:
        _write(output, formats.table_bytes(issues, output.suffix))
    elif as_json:
        _json(formats.records(issues))
    else:
        _show(*terminal.issues(issues))
    if strict and (issues["severity"] == "error").any():
        raise typer.Exit(3)


@app.command(cls=Command)
@_asks
def stats(
    ask: Ask,
    names: Indicators = None,
    by: Annotated[
        str, typer.Option(metavar="county|prefecture|province", help="按县、市州或省分列")
    ] = "",
    output: Output = None,
    as_json: Json = False,
) -> None:
    """计算覆盖率,与目标比较。"""
    from hbgeo.show import terminal
    from hbgeo.show.table import formats
    from hbgeo.show.table import stats as stats_table

    _one_of("--by", by, ("county", "prefecture", "province"))
    workspace = _open(ask)
    assessments = workspace.assess(names or (), options=_options(workspace, ask))
    rows = [row for a in assessments for row in stats_table.stats_rows(a, by or None)]
    if output:
        sample = any(row["sample"] for row in rows)
        _write(
            output, formats.table_bytes(stats_table.flat_stats(rows), output.suffix, sample=sample)
        )
    elif as_json:
        _json(rows)
    elif by:
        _show(*terminal.by_parent(workspace.catalog, assessments, by))
    else:
        _show(*terminal.targets(workspace.catalog, assessments, basis=True))


@app.command(cls=Command)
@_asks
def uncovered(
    ask: Ask,
    name: Annotated[str, typer.Argument(metavar="指标", help="指标代号,或代号@变体")],
    sort: Annotated[
        str, typer.Option(metavar="code|population|population_60|distance", help="排序")
    ] = "code",
    output: Output = None,
    as_json: Json = False,
) -> None:
    """列出未覆盖的单位,和离它最近的设施。"""
    from hbgeo.show import terminal
    from hbgeo.show.table import formats
    from hbgeo.show.table import units as units_table

    _one_of("--sort", sort, tuple(units_table.SORTS))
    workspace = _open(ask)
    chosen = workspace.assess([name], options=_options(workspace, ask), with_nearest=True)
    if len(chosen) != 1 or chosen[0].counted:
        raise RequestError(f"“{name}”不是单个的覆盖率指标;请写指标代号,或代号@变体")
    [one] = chosen
    if one.coverage is None:
        raise RequestError(f"{one.indicator.full_name}无法计算:缺少{'、'.join(one.missing)}")
    units = workspace.units_of(chosen)
    table = units_table.uncovered_rows(one, units, sort)
    if output:
        made = formats.table_bytes(
            table, output.suffix, sample=one.coverage.basis.sample, units=units[one.indicator.units]
        )
        _write(output, made)
    elif as_json:
        _json(formats.records(table))
    else:
        _show(*terminal.uncovered(one, table))


@app.command(cls=Command)
@_asks
def targets(ask: Ask, output: Output = None, as_json: Json = False) -> None:
    """会议三十四项事实一览:结论、数值、目标、差额、期限已过还是还有几天。"""
    from hbgeo.show import terminal
    from hbgeo.show.table import formats
    from hbgeo.show.table import targets as targets_table

    workspace = _open(ask)
    options = _options(workspace, ask)
    rows = targets_table.target_rows(workspace.assess(options=options))
    if output:
        sample = any(row["sample"] for row in rows)
        _write(
            output,
            formats.table_bytes(targets_table.flat_targets(rows), output.suffix, sample=sample),
        )
    elif as_json:
        _json(rows)
    else:
        _show(*terminal.standing(rows, options.as_of))


@app.command(cls=Command)
def compare(
    given: Annotated[
        list[str],
        typer.Argument(
            metavar="各期", help="旧、新两期:快照文件、工作区目录或日期;多于两个列出各期"
        ),
    ],
    list_units: Annotated[
        bool, typer.Option("--units", help="输出增减的单元,而不是变化表")
    ] = False,
    output: Output = None,
    as_json: Json = False,
) -> None:
    """与上一期比较:同一边界口径下的增减、百分点,新增和失去的单元及原因。"""
    from hbgeo.measure.trend import compare as compare_two
    from hbgeo.measure.trend import series
    from hbgeo.show import terminal
    from hbgeo.show.excel import report
    from hbgeo.show.table import formats

    if len(given) < 2:
        raise RequestError("请写两个或更多:快照文件、工作区目录或日期,旧的在前")
    workspace = _home(given)
    found = [workspace.find_snapshot(one) for one in given]
    shots = [shot for shot, _ in found]
    if len(given) > 2:
        table, book = series(shots), None
        shown = terminal.figures(table)
    else:
        later, source = found[1] if shots[1].as_of >= shots[0].as_of else found[0]
        trend = compare_two(shots[0], shots[1], (source or workspace).same_units(later))
        table = trend.units if list_units else trend.changes
        shown, book = terminal.changes(trend), trend
    if output and book and output.suffix.lower() == ".xlsx":
        _write(output, report.trend_bytes(book))
    elif output:
        _write(output, formats.table_bytes(table, output.suffix))
    elif as_json:
        _json(formats.records(table))
    else:
        _show(*shown)


@app.command(cls=Command)
@_asks
def brief(
    ask: Ask,
    name: Annotated[
        str, typer.Option("--map", metavar="指标", help="插图画哪个指标;none 不要插图")
    ] = "cemetery-township",
    sample_ok: Annotated[bool, typer.Option("--sample-ok", help="示例数据也写,文内注明")] = False,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="文件.docx", help="写到哪里")
    ] = Path("通报.docx"),
) -> None:
    """写通报(.docx):分体系的情况、未达标的差额、插图和附件。"""
    from hbgeo.show.paper import brief as papers
    from hbgeo.show.paper import picture

    if output.suffix.lower() != ".docx":
        raise RequestError(f"{output}:通报的扩展名应为 .docx")
    workspace = _open(ask)
    found = workspace.assess(options=_options(workspace, ask))
    papers.refuse_sample(found, sample_ok=sample_ok)
    drawn = None
    if name != "none":
        chosen = workspace.choose([name])[0].id
        one = next(a for a in found if a.indicator.id == chosen)
        units, outlines = workspace.find_units(one.indicator.units), workspace.find_units("county")
        if units is not None and picture.can_draw(one, units):
            drawn = picture.picture_bytes(one, units, outlines, workspace.catalog.approval)
    made = papers.brief_bytes(workspace.catalog, found, picture=drawn, sample_ok=sample_ok)
    _write(output, made)


@app.command("map", cls=Command)
@_asks
def draw_map(
    ask: Ask,
    names: Indicators = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="文件.html", help="写到哪里")
    ] = Path("map.html"),
    basemap: Annotated[
        str,
        typer.Option(
            metavar="名称|模板",
            help="底图(要联网):tianditu-vec、tianditu-img(密钥取自环境变量 TIANDITU_KEY),或 https://…/{z}/{x}/{y};默认按目录",
        ),
    ] = "",
    details: Annotated[
        bool, typer.Option("--details", help="超过 20 万个点的图层也带上每个点的详情")
    ] = False,
) -> None:
    """绘制离线地图页面,双击即可打开。"""
    from hbgeo.show import page

    if output.suffix.lower() not in {".html", ".htm"}:
        raise RequestError(f"{output}:地图页面的扩展名应为 .html")
    workspace = _open(ask)
    options = _options(workspace, ask)
    assessments = workspace.assess(names or (), options=options, with_nearest=True)
    parts = workspace.page_parts(options, basemap=basemap, details=details)
    drawn = page.draw(assessments, **parts)
    _write(output, drawn.get_root().render().encode())
    if parts["basemap"]:
        _show(*parts["basemap"].warnings)


@app.command(cls=Command)
@_asks
def poster(
    ask: Ask,
    name: Annotated[str, typer.Argument(metavar="指标", help="指标代号,或代号@变体")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="文件.pdf|.png", help="写到哪里")
    ],
    maker: Annotated[str, typer.Option(metavar="单位", help="制图单位,写在图下")] = "",
) -> None:
    """绘制一个指标的 A3 专题图(300 dpi),可打印或放进文件。"""
    from hbgeo.show.paper.poster import draw_poster

    workspace = _open(ask)
    chosen = workspace.assess([name], options=_options(workspace, ask))
    if len(chosen) != 1:
        raise RequestError(f"“{name}”不是单个指标;请写指标代号,或代号@变体")
    levels = ("province", "prefecture", "county", "township", "village")
    units = {level: found for level in levels if (found := workspace.find_units(level)) is not None}
    made = draw_poster(chosen[0], units, workspace.catalog, suffix=output.suffix, maker=maker)
    _write(output, made.content)
    _show(*made.notes)


@app.command(cls=Command)
def locate(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="文件", help="任何点文件:csv xlsx gpkg shp geojson parquet fgb kml zip"
        ),
    ],
    units: Annotated[
        str, typer.Option(metavar="级别", help="county、township、prefecture、province")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="文件", help="按扩展名写")],
    crs: Annotated[
        str,
        typer.Option(
            metavar="坐标系", help="文件未说明时用:CGCS2000、WGS84、GCJ-02、BD-09、EPSG:编号"
        ),
    ] = "",
) -> None:
    """给文件里的每个点标上所在单元。"""
    from hbgeo.show import terminal, words
    from hbgeo.show.table import batches

    workspace = _open()
    with _rows() as progress:
        found, said = workspace.locate(file, units, crs, progress=progress)
        about = workspace.units(units).attrs
        batches.write_batches(output, found.schema, found.parts, sample=bool(about.get("sample")))
    known = {"sample": words.SAMPLE_MARK, "approximate": words.APPROXIMATE_MARK}
    marks = [f"{mark}。" for key, mark in known.items() if about.get(key)]
    _show(terminal.written([output]), *said, *marks)


@app.command("import", cls=Command)
def import_ledger(
    file: Annotated[
        Path, typer.Argument(metavar="文件", help="一份台账:xlsx xls ods csv,或点图层文件")
    ],
    schema: Annotated[
        str,
        typer.Option(
            metavar="类别", help="cemetery、eldercare、sign、village、population、facility…"
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="文件", help="清洗后的表,按扩展名写")
    ],
    crs: Annotated[
        str,
        typer.Option(metavar="坐标系", help="文件未说明时用:CGCS2000、GCJ-02、BD-09、EPSG:编号"),
    ] = "",
) -> None:
    """清洗一份台账:标准列名、CGCS2000 坐标;搁置的行和问题另列。"""
    from hbgeo.show import terminal
    from hbgeo.show.excel import cleaned
    from hbgeo.show.table.files import write_files
    from hbgeo.workspace import clean_file

    made, issues = clean_file(file, schema, crs)
    files = cleaned.cleaned_files(output, made.rows, made.aside, issues)
    write_files(files)
    balance = (
        f"{file.name}:{made.taken:,} 行 = 写出 {len(made.rows):,} 行 + 搁置 {len(made.aside):,} 行"
    )
    more = f";合计、表尾等 {len(made.skipped):,} 行不是数据" if made.skipped else ""
    errors = int((issues["severity"] == "error").sum())
    found = f"问题:错误 {errors:,} 条,提醒 {len(issues) - errors:,} 条,见“{cleaned.ISSUES}”一表。"
    _show(f"{balance}{more}。", found, terminal.written(list(files)))


def main() -> None:
    """Run the command line; a problem the user can mend is one line on stderr and exit 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a cp936 console lacks some official characters
            stream.reconfigure(errors="replace")
    try:
        sys.exit(app(prog_name="hbgeo", standalone_mode=False))
    except UsageError as err:
        if type(err).__name__ == "NoArgsIsHelpError":
            print(err)
        else:
            print(f"hbgeo:{what_is_wrong(err)}", file=sys.stderr)
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        print("hbgeo:已中断", file=sys.stderr)
        sys.exit(130)
    except (HbgeoError, OSError) as err:
        text = str(err) if isinstance(err, HbgeoError) else _os_error(err)
        print(f"hbgeo:{' '.join(text.split())}", file=sys.stderr)
        sys.exit(1)


def _os_error(err: OSError) -> str:
    return f"{err.filename or ''}:{err.strerror or err}".lstrip(":")


def _open(ask: Ask | None = None) -> Workspace:
    from hbgeo.workspace import Workspace

    workspace = Workspace.open(_Place.root, policy=[ask.policy] if ask and ask.policy else [])
    _quicken(workspace)
    return workspace


def _quicken(workspace: Workspace) -> None:
    """Suit the interpreter to one short run over many small texts: a quarter of the time.

    Garbage is collected seldom. Small inputs keep their texts as Python's own, which are quick to
    go through; large ones keep them packed, which takes a fraction of the memory.
    """
    import pandas as pd

    gc.set_threshold(100_000, 50, 50)
    if workspace.input_bytes() < _SMALL:
        pd.set_option("mode.string_storage", "python")


def _home(given: list[str]) -> Workspace:
    """The workspace of -C; comparing two others needs none, and takes the last of them."""
    from hbgeo.workspace import Workspace

    others = [Path(g) for g in reversed(given) if (Path(g) / "layers" / "catalog.toml").is_file()]
    here = (_Place.root / "layers" / "catalog.toml").is_file() or not others
    return _open() if here else Workspace.open(others[0])


def _options(workspace: Workspace, ask: Ask) -> Options:
    """The user's options, checked."""
    from hbgeo.measure.options import Options

    _one_of("--undated", ask.undated, ("include", "exclude"))
    _one_of("--weight", ask.weight, ("population", "population_60"))
    return Options(
        as_of=_date(ask.as_of) if ask.as_of else workspace.catalog.as_of,
        undated=ask.undated,
        count_mixed=ask.count_mixed,
        status=_split(ask.status),
        as_if=_split(ask.as_if),
        weight=ask.weight,
        within=workspace.within(ask.within) if ask.within else "",
    )


def _one_of(option: str, value: str, allowed: tuple[str, ...]) -> None:
    if value and value not in allowed:
        raise RequestError(f"{option} “{value}”不在可选值 {'、'.join(allowed)} 中")


def _split(text: str) -> tuple[str, ...]:
    parts = text.replace(",", ",").replace("、", ",").split(",")
    return tuple(p.strip() for p in parts if p.strip())


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RequestError(f"--as-of “{text}”不是日期;写作 2023-12-31") from None


@contextmanager
def _rows() -> Iterator[Callable[[int, int], None]]:
    """How many rows are done, on a terminal only; how many there are nobody knows."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    console = Console(stderr=True)
    text = TextColumn("{task.completed:,} 行")
    with Progress(
        SpinnerColumn(), text, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, _: bar.update(task, completed=done)


@contextmanager
def _steps(total: int) -> Iterator[Callable[[str], None]]:
    """A progress bar over named steps, on a terminal only."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), console=console, transient=True,
        disable=not console.is_terminal,
    )  # fmt: skip
    with bar:
        task = bar.add_task("", total=total)
        done = 0

        def step(name: str) -> None:
            nonlocal done
            bar.update(task, description=name, completed=done)
            done += 1

        yield step


def _write(path: Path, content: bytes) -> None:
    from hbgeo.show import terminal
    from hbgeo.show.table.files import write_files

    write_files({path: content})
    _show(terminal.written([path]))


def _show(*parts: Any) -> None:
    """Print tables and lines; where nobody watches, wide enough that nothing is cut."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=False)
    if not console.is_terminal:
        console = Console(width=200, highlight=False, markup=False, emoji=False)
    for part in parts:
        console.print(part)


def _json(value: Any) -> None:
    """JSON on stdout and nothing else; as plain ASCII where the console is not UTF-8."""
    import json

    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json.dumps(value, ensure_ascii=plain, indent=1, allow_nan=False))
