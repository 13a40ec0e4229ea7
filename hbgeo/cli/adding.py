"""`hbgeo add` and its options: each answers a question that would be asked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hbgeo.cli.console import dialogue, show
from hbgeo.cli.here import Here
from hbgeo.cli.options import Wait, working

_FILE = "要加进工作区的台账或图层；不写就处理 check 没认出的写法"
_COLUMN = "哪一列是什么，可写几次；没有的，等号后面空着"
_VALUE = "如 状态：正常营业=运营，可写几次；不对应的，等号后面空着"
_CRS = "台账没写明时的坐标系：CGCS2000、WGS84、GCJ-02、BD-09、EPSG:编号"

AddFile = Annotated[Path | None, typer.Argument(metavar="文件", help=_FILE)]
AddKey = Annotated[str, typer.Option("--as", metavar="键", help="图层的键，如 cemetery")]
AddSchema = Annotated[
    str, typer.Option("--schema", metavar="类别", help="cemetery、eldercare、facility…")
]
AddLevel = Annotated[
    str, typer.Option("--level", metavar="级别", help="一行是哪一级：county、township、village…")
]
AddCrs = Annotated[str, typer.Option("--crs", metavar="坐标系", help=_CRS)]
AddSheet = Annotated[
    str, typer.Option("--sheet", metavar="工作表", help="只读这一个工作表或图层；不写读全部")
]
AddColumns = Annotated[
    list[str] | None, typer.Option("--column", metavar="名称=列名", help=_COLUMN)
]
AddValues = Annotated[
    list[str] | None, typer.Option("--value", metavar="列：写法=可选值", help=_VALUE)
]
AddSource = Annotated[str, typer.Option("--source", metavar="来源", help="谁提供、何时")]
AddYear = Annotated[
    int | None, typer.Option("--year", metavar="年份", help="表里没有年份列时的年份")
]
AddSample = Annotated[
    bool | None, typer.Option("--sample/--real", help="示例（虚构）数据，或真实数据")
]
AddApproximate = Annotated[bool, typer.Option("--approximate", help="界线是近似示意")]
AddCopy = Annotated[
    bool | None, typer.Option("--copy/--keep", help="复制到 layers/，或就用原来的位置")
]
AddReplace = Annotated[
    bool, typer.Option("--replace", help="换下目录里同键的图层（原条目留作注释）")
]
AddSure = Annotated[bool, typer.Option("--yes", help="不提问；没有写明的就拒绝")]


def add(
    file: AddFile = None,
    key: AddKey = "",
    schema: AddSchema = "",
    level: AddLevel = "",
    crs: AddCrs = "",
    sheet: AddSheet = "",
    columns: AddColumns = None,
    values: AddValues = None,
    source: AddSource = "",
    year: AddYear = None,
    sample: AddSample = None,
    approximate: AddApproximate = False,
    copy: AddCopy = None,
    replace: AddReplace = False,
    sure: AddSure = False,
    wait: Wait = False,
) -> None:
    """把一份台账加进工作区：看一看，问清楚，写进目录。"""
    from hbgeo.adding import Given, add_ledger
    from hbgeo.mending import mend_layers

    given = Given(
        key, schema, level, crs, sheet, columns or (), values or (), source, year, sample,
        approximate, copy, replace,
    )  # fmt: skip
    talk = dialogue(asks=not sure)
    with working(Here.root, wait=wait):
        files = (
            add_ledger(Here.root, file, given, talk)
            if file
            else mend_layers(Here.root, given, talk)
        )
    if files:
        from hbgeo.show.said import written

        show(written(files), "下一步：hbgeo check 看问题，hbgeo run 计算。")
