"""The commands: each opens the workspace, makes one call, and gives what comes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hbgeo.cli.beyond import BeyondMetres, show_beyond
from hbgeo.cli.console import Names, count_read, emit, show, show_whole, warn, write
from hbgeo.cli.options import (
    Ask,
    Indicator,
    Indicators,
    Json,
    Output,
    Tasks,
    asks,
    day_of,
    home_of,
    look_back,
    look_far_back,
    one_of,
    open_workspace,
    suffix_of,
)
from hbgeo.cli.quoting import command
from hbgeo.cli.reaching import Radius, show_radii


def init(
    folder: Annotated[Path, typer.Argument(metavar="目录", help="新工作区；须不存在或为空")],
    as_of: Annotated[
        str,
        typer.Option(
            "--as-of",
            metavar="日期",
            help="把示例推演到以后的日期，如 2025-12-31，并留 2023 年底的快照",
        ),
    ] = "",
) -> None:
    """用示例数据新建一个工作区。"""
    from hbgeo.read.cell.text import clean_text

    if as_of:
        from hbgeo.late_sample import make_late_workspace

        make_late_workspace(folder, day_of(as_of))
    else:
        from hbgeo.sample import make_workspace

        make_workspace(folder)
    where = clean_text(str(folder))
    show_whole(f"已建好 {where}。下一步：{command('-C', where, 'run')}")


def layers(as_json: Json = False) -> None:
    """列出目录里的图层：行数、坐标系、来源、是否示例。"""
    import pandas as pd

    from hbgeo.show import terminal_data as terminal

    workspace = open_workspace()
    rows = workspace.describe_layers()
    unread = [f"{one.layer}：{one.message}。" for one in workspace.unread_files()]
    known = workspace.catalog.layers
    grids = [terminal.grid_line(r["key"], r["grid"], known[r["key"]]) for r in rows if r["grid"]]
    table, shown = (lambda: pd.DataFrame(rows)), (lambda: [terminal.layers(rows), *grids, *unread])
    emit(table, shown, output=None, as_json=as_json, records=rows)


def check(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="图层", help="图层的键；不写为全部")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="有错误时以状态 3 结束")] = False,
    output: Output = None,
    as_json: Json = False,
) -> None:
    """检查数据：哪个文件、哪一行、哪一列有什么问题，怎么改。"""
    from hbgeo.listed import grids_said, issues_with_effects, problems_content
    from hbgeo.show import terminal_data as terminal

    workspace = open_workspace()
    issues = issues_with_effects(workspace, names or ())
    content = problems_content(workspace, issues, names or ())
    shown = lambda: [*grids_said(workspace, names or ()), *terminal.issues(issues)]  # noqa: E731
    emit(lambda: issues, shown, output=output, as_json=as_json, content=content)
    if strict and (issues["severity"] == "error").any():
        raise typer.Exit(3)


@asks
def stats(
    ask: Ask,
    names: Indicators = None,
    by: Annotated[
        str, typer.Option(metavar="county|prefecture|province", help="按县、市州或省分列")
    ] = "",
    radius: Radius = None,
    output: Output = None,
    as_json: Json = False,
) -> None:
    """计算覆盖率，与目标比较。"""
    from hbgeo.listed import bounded_rows, stats_content, stats_table
    from hbgeo.show import terminal

    one_of("--by", by, ("county", "prefecture", "province"))
    if radius is not None:
        show_radii(ask, names or (), radius, by, output=output, as_json=as_json)
        return
    workspace, options = ask.open()
    measured = workspace.measure(names or (), options=options)
    # nothing else says a pace
    trend = look_back(workspace, measured, options) if as_json and not by else None
    found = measured.assessments
    told = (measured, names or (), options, by, trend)  # the terminal's own table shows no bounds
    rows = bounded_rows(workspace, *told) if output or as_json else []
    content = stats_content(rows, options.as_of, by)
    shown = lambda: terminal.stats(workspace.catalog, found, by, options.part)  # noqa: E731
    emit(
        lambda: stats_table(rows),
        shown,
        output=output,
        as_json=as_json,
        records=rows,
        content=content,
    )


@asks
def uncovered(
    ask: Ask,
    name: Indicator,
    sort: Annotated[
        str, typer.Option(metavar="code|population|population_60|distance", help="排序")
    ] = "code",
    beyond: BeyondMetres = "",
    output: Output = None,
    as_json: Json = False,
) -> None:
    """列出未覆盖的单位，和离它最近的设施。"""
    if beyond:
        show_beyond(ask, name, beyond, output=output, as_json=as_json)
        return
    from hbgeo.listed import list_uncovered, uncovered_content
    from hbgeo.show import terminal
    from hbgeo.show.table.units import SORTS

    one_of("--sort", sort, tuple(SORTS))
    workspace, options = ask.open()
    one, table = list_uncovered(workspace, name, options, sort or "code")
    content = uncovered_content(workspace, one, table)
    shown = lambda: terminal.uncovered(one, table, options.part)  # noqa: E731
    emit(lambda: table, shown, output=output, as_json=as_json, content=content)


@asks
def tasks(ask: Ask, names: Indicators = None, output: Tasks = None, as_json: Json = False) -> None:
    """写督办单：每县一张，缺什么、怎么补、谁负责、何时完成；交回的由图层 role = "task" 读入。"""
    from hbgeo.show.tasks_table import tasks_shown
    from hbgeo.tasks import find_tasks, keep_issued, tasks_content

    workspace, options = ask.open()
    found = find_tasks(workspace, names or (), options)
    table, shown, content = (lambda: found.table), (lambda: tasks_shown(found)), tasks_content
    emit(table, shown, output=output, as_json=as_json, content=content(workspace, found))
    keep_issued(workspace, found, output)
    warn(found.notes if output or as_json else ())


@asks
def targets(ask: Ask, output: Output = None, as_json: Json = False) -> None:
    """会议三十四项事实一览：结论、数值、目标、差额、期限；再列全部目标的进程。"""
    from hbgeo.listed import targets_content
    from hbgeo.show.progress_table import targets_shown
    from hbgeo.show.table.targets import every_target, flat_targets, target_rows

    workspace, options = ask.open()
    measured = workspace.measure(options=options)
    trend = look_back(workspace, measured, options)
    firm = workspace.doubts(options=options, measured=measured)
    rows = target_rows(measured.assessments, trend, firm)
    table, content = (lambda: flat_targets(rows)), targets_content(rows, options.as_of)
    more = lambda: {"全部目标": every_target(rows)}  # noqa: E731
    every, place = measured.assessments, options.part
    shown = lambda: targets_shown(every, rows, options.as_of, trend, place, firm=True)  # noqa: E731
    how: dict[str, Any] = {"output": output, "as_json": as_json, "content": content, "more": more}
    emit(table, shown, records=rows, **how)


def compare(
    given: Annotated[
        list[str],
        typer.Argument(
            metavar="各期", help="旧、新两期：快照文件、工作区目录或日期；多于两个列出各期"
        ),
    ],
    list_units: Annotated[
        bool, typer.Option("--units", help="输出增减的单元，而不是变化表")
    ] = False,
    output: Output = None,
    as_json: Json = False,
) -> None:
    """与上一期比较：同一边界口径下的增减、百分点，新增和失去的单元及原因。"""
    from hbgeo.products import compare_dates

    found = compare_dates(home_of(given), given, units=list_units)
    table, shown = (lambda: found.table), (lambda: found.shown)
    emit(table, shown, output=output, as_json=as_json, content=found.content)


@asks
def brief(
    ask: Ask,
    name: Annotated[
        str, typer.Option("--map", metavar="指标", help="插图画哪个指标；none 不要插图")
    ] = "cemetery-township",
    sample_ok: Annotated[bool, typer.Option("--sample-ok", help="示例数据也写，文内注明")] = False,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="文件.docx", help="写到哪里")
    ] = Path("通报.docx"),
) -> None:
    """写通报（.docx）：分体系的情况、未达标的差额、插图和附件。"""
    from hbgeo.products import make_brief

    suffix_of(output, (".docx",), "通报")
    mapped = "" if name == "none" else name
    write(output, make_brief(*ask.open(), mapped=mapped, sample_ok=sample_ok, warn=warn))


@asks
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
            help="底图（要联网）：tianditu-vec、tianditu-img（密钥取自环境变量 TIANDITU_KEY），或 https://…/{z}/{x}/{y}；默认按目录",
        ),
    ] = "",
    details: Annotated[
        bool, typer.Option("--details", help="超过 20 万个点的图层也带上每个点的详情")
    ] = False,
) -> None:
    """绘制离线地图页面，双击即可打开。"""
    from hbgeo.names.papers import left_out, names_of
    from hbgeo.products import draw_page
    from hbgeo.show.page.basemap import read_basemap
    from hbgeo.showing import find_reached

    suffix_of(output, (".html", ".htm"), "地图页面")
    workspace, options = ask.open()
    found = workspace.measure(names or (), options=options, with_nearest=True)
    tiles = read_basemap(basemap or workspace.catalog.basemap)
    back = look_far_back(workspace, found, options)
    reached = find_reached(workspace, found, options)
    how: dict[str, Any] = {"back": back, "names": names_of(workspace, options.within)}
    how["reached"] = reached
    how["doubts"] = workspace.doubts(names or (), options=options, measured=found)
    page = draw_page(workspace, found, options, basemap=tiles, details=details, **how)
    write(output, page.get_root().render().encode())
    show(*(tiles.warnings if tiles else ()), *left_out(workspace), *reached.notes)


@asks
def poster(
    ask: Ask,
    name: Indicator,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="文件.pdf|.png", help="写到哪里")
    ],
    maker: Annotated[str, typer.Option(metavar="单位", help="制图单位，写在图下")] = "",
    shape: Annotated[
        str, typer.Option(metavar="16:9|4:3", help="投影用的图（.png），可直接放进 PPT")
    ] = "",
) -> None:
    """绘制一个指标的 A3 专题图（300 dpi），可打印或放进文件；--shape 16:9 画投影用的图。"""
    from hbgeo.products import make_poster

    workspace, options = ask.open()
    how = {"suffix": output.suffix, "maker": maker, "shape": shape}
    made = make_poster(workspace, name, options, **how)
    write(output, made.content)
    show(*made.notes)


def import_ledger(
    file: Annotated[
        Path, typer.Argument(metavar="文件", help="一份台账：xlsx xls ods csv，或点图层文件")
    ],
    schema: Annotated[
        str,
        typer.Option(
            metavar="类别", help="cemetery、eldercare、sign、village、population、facility…"
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="文件", help="清洗后的表，按扩展名写")
    ],
    crs: Annotated[
        str,
        typer.Option(metavar="坐标系", help="文件未说明时用：CGCS2000、GCJ-02、BD-09、EPSG:编号"),
    ] = "",
) -> None:
    """清洗一份台账：标准列名、CGCS2000 坐标；搁置的行和问题另列。"""
    from hbgeo.products import clean_file
    from hbgeo.show import terminal_data
    from hbgeo.show.excel.cleaned import cleaned_files
    from hbgeo.show.said import written
    from hbgeo.show.table.files import write_files

    with count_read() as progress:
        made, issues = clean_file(file, schema, crs, progress=progress)
    how: dict[str, Any] = {"machine": Names.machine, "chinese": Names.chinese}
    how["title"] = made.schema.title
    files = cleaned_files(output, made.rows, made.aside, issues, **how)
    write_files(files)
    show(*terminal_data.cleaned(file.name, made, issues), written(files))
