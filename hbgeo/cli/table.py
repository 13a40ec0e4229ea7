"""The commands by name: where each stands, and what it does in a line; none is loaded for that."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """Where a command stands, and what `--help` says of it.

    Attributes
    ----------
    home
        Its module in `hbgeo.cli`.
    line
        The first line of its docstring.
    name
        Of the function, where it is not the command's own.
    lists
        Whether it writes a list (`options.lists`).
    looks
        Whether it only looks (`answering.looks`).
    """

    home: str
    line: str
    name: str = ""
    lists: bool = False
    looks: bool = False


COMMANDS = {
    "run": Entry("running", "检查、计算全部指标，写出 maps/ 下的地图、报表和清单。"),
    "init": Entry("commands", "用示例数据新建一个工作区。"),
    "layers": Entry("commands", "列出目录里的图层：行数、坐标系、来源、是否示例。", looks=True),
    "check": Entry(
        "commands", "检查数据：哪个文件、哪一行、哪一列有什么问题，怎么改。", lists=True, looks=True
    ),
    "stats": Entry("commands", "计算覆盖率，与目标比较。", lists=True, looks=True),
    "doubts": Entry(
        "doubting",
        "数字有多大把握：最低、最高各是多少，结论稳不稳，取决于台账哪几行；-o .xlsx 每县一张，可发回核对。",
        lists=True,
        looks=True,
    ),
    "uncovered": Entry("commands", "列出未覆盖的单位，和离它最近的设施。", lists=True, looks=True),
    "tasks": Entry(
        "commands",
        '写督办单：每县一张，缺什么、怎么补、谁负责、何时完成；交回的由图层 role = "task" 读入。',
        lists=True,
    ),
    "why": Entry(
        "why",
        "查一个单位：每项指标算没算、为什么，凭台账哪一行，差一点的差什么，怎样才算。",
        lists=True,
        looks=True,
    ),
    "plan": Entry(
        "planning",
        "下一步建在哪里：选哪些乡镇、按什么次序、惠及多少人，哪些可换；写出的图层可以再算。",
        lists=True,
    ),
    "agenda": Entry(
        "agenda",
        "今年先办什么：核实哪些行、启用哪些在建、修补哪些标志、在哪里新建，各新增多少、办后到多少。",
        lists=True,
        looks=True,
    ),
    "names": Entry(
        "names",
        "核对地名标志：名称与标准名称、拼写与读音、同一地名的几块标志是否一致。",
        lists=True,
    ),
    "search": Entry(
        "finding", "查名称：单元、村、地名、设施、标志；曾用名、别名也查。", lists=True
    ),
    "whereis": Entry(
        "finding", "查一个点在哪里：省、市州、县、乡镇、村，最近的地名和标志有多远。", lists=True
    ),
    "targets": Entry(
        "commands",
        "会议三十四项事实一览：结论、数值、目标、差额、期限；再列全部目标的进程。",
        lists=True,
        looks=True,
    ),
    "compare": Entry(
        "commands",
        "与上一期比较：同一边界口径下的增减、百分点，新增和失去的单元及原因。",
        lists=True,
    ),
    "brief": Entry("commands", "写通报（.docx）：分体系的情况、未达标的差额、插图和附件。"),
    "map": Entry("commands", "绘制离线地图页面，双击即可打开。", name="draw_map"),
    "poster": Entry(
        "commands",
        "绘制一个指标的 A3 专题图（300 dpi），可打印或放进文件；--shape 16:9 画投影用的图。",
    ),
    "locate": Entry("points", "给文件里的每个点标上所在单元。", lists=True),
    "count": Entry(
        "counting", "数出各单元里有多少个点：任意多个文件，几千万行也可以。", lists=True
    ),
    "nearest": Entry(
        "points", "给文件里的每个点找最近的设施：直线距离；有道路图层的，还有分钟数。", lists=True
    ),
    "access": Entry(
        "reaching", "计算各单元的人平均可得多少床位、墓穴（两步移动搜寻法）。", lists=True
    ),
    "import": Entry(
        "commands",
        "清洗一份台账：标准列名、CGCS2000 坐标；搁置的行和问题另列。",
        name="import_ledger",
        lists=True,
    ),
    "add": Entry("adding", "把一份台账加进工作区：看一看，问清楚，写进目录。"),
    "collect": Entry(
        "collecting",
        "汇总各县报送的工作区和台账：谁没报、谁有误、哪两县矛盾；更正后再来一次只读改过的。",
    ),
    "publish": Entry(
        "publishing",
        "把单元、设施、结果和问题发布给用 QGIS 的同事：PostGIS、GeoPackage（含样式）、QGIS 项目。",
    ),
}
