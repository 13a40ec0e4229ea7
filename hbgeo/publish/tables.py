"""The tables that are published: their columns, what these are called in Chinese, their keys."""

from __future__ import annotations

from dataclasses import dataclass

GEOMETRY, JSON, REAL, WHOLE, TEXT, YES, DAY = (
    "geometry", "json", "real", "whole", "text", "yes", "day",
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column: its machine name, what it holds (one of the kinds above), what people call it."""

    id: str
    kind: str
    title: str


@dataclass(frozen=True)
class Foreign:
    """Columns that name a row of another table."""

    columns: tuple[str, ...]
    table: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table; `shape` is what its geometry column may hold, "" without one."""

    name: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    shape: str = ""
    foreign: tuple[Foreign, ...] = ()

    @property
    def ids(self) -> list[str]:
        """The machine names of its columns."""
        return [column.id for column in self.columns]

    def titles(self) -> dict[str, str]:
        """Machine name → what people call the column."""
        return {column.id: column.title for column in self.columns}


def _columns(text: str) -> tuple[Column, ...]:
    """A line a column: name, kind, title."""
    rows = (line.split(maxsplit=2) for line in text.strip().splitlines())
    return tuple(Column(*row) for row in rows)


UNITS = Table(
    "units",
    "统计单元：各级行政区划和村（社区），边界为面，没有边界的为点或无图形",
    _columns("""
        level           text     层级（province 省、prefecture 市州、county 县、township 乡镇、village 村）
        code            text     代码
        name            text     名称
        kind            text     类型
        county_code     text     县代码
        county          text     县（市、区）
        prefecture_code text     市州代码
        prefecture      text     市州
        province_code   text     省代码
        province        text     省
        township_code   text     乡镇代码
        township        text     乡镇（街道）
        population      real     常住人口（人）
        population_60   real     60岁及以上人口（人）
        seat_x          real     驻地经度（CGCS2000）
        seat_y          real     驻地纬度（CGCS2000）
        sample          yes      是否含示例（虚构）数据
        approximate     yes      边界是否近似示意
        geom            geometry 边界或点位（CGCS2000，EPSG:4490）
    """),
    ("level", "code"),
    "Geometry",
)
FACILITIES = Table(
    "facilities",
    "设施：各图层台账中的设施，点位为CGCS2000，台账没有点位的无图形",
    _columns("""
        layer         text     图层
        id            text     设施编号
        name          text     名称
        kind          text     类型
        status        text     状态
        works         yes      截至日期是否计入（正常运营、完好）
        opened_on     day      启用日期
        closed_on     day      停用日期
        county_code   text     县代码（台账所写）
        county        text     县（市、区）（台账所写）
        township_code text     乡镇代码（台账所写）
        township      text     乡镇（街道）（台账所写）
        village_code  text     村代码（台账所写）
        village       text     村（社区）（台账所写）
        x             real     经度（CGCS2000）
        y             real     纬度（CGCS2000）
        file          text     台账文件
        sheet         text     工作表
        row           whole    台账行号
        sample        yes      是否示例（虚构）数据
        details       json     台账其他各列（键为标准列名）
        geom          geometry 点位（CGCS2000，EPSG:4490）
    """),
    ("layer", "id"),
    "Point",
)
INDICATORS = Table(
    "indicators",
    "指标：每个指标和变体一行，全部范围的数值、目标、结论和口径",
    _columns("""
        id          text  指标代号
        base        text  主读法代号
        variant     text  变体
        system      text  体系代号
        system_name text  体系
        name        text  指标
        measure     text  计量方法
        level       text  统计单元的层级
        as_of       day   截至日期
        shown       text  数值（显示）
        verdict     text  结论
        covered     real  已覆盖数
        total       real  应覆盖数
        pct         real  比例（%）
        value       real  数值
        value_unit  text  数值单位
        target      text  目标
        deadline    day   期限
        short       real  差额
        met         yes   是否达标
        status      text  状态
        missing     text  缺少
        basis       text  口径
        sample      yes   是否示例（虚构）数据
        approximate yes   边界是否近似示意
        mark        text  须注明
        view_name   text  视图
    """),
    ("id",),
)
RESULTS = Table(
    "results",
    "结果：每个指标和变体的每个统计单元一行，与 maps/coverage.csv 相同",
    _columns("""
        fid            whole 序号
        indicator      text  指标代号
        variant        text  变体
        as_of          day   截至日期
        code           text  代码
        name           text  名称
        kind           text  类型
        county_code    text  县代码
        county         text  县（市、区）
        prefecture     text  市州
        demand         real  应覆盖
        covered        real  已覆盖（0至1）
        facilities     whole 合格设施（处）
        via            text  覆盖方式或缺少的环节
        nearest_id     text  最近设施编号
        nearest_name   text  最近设施
        nearest_km     real  最近设施距离（公里）
        nearest_status text  最近设施状态
        population     real  常住人口（人）
        population_60  real  60岁及以上人口（人）
        value          real  数值
        level          text  层级
        state          text  结论
        class          text  图例
    """),
    ("indicator", "code"),
    foreign=(
        Foreign(("indicator",), "indicators", ("id",)),
        Foreign(("level", "code"), "units", ("level", "code")),
    ),
)
ISSUES = Table(
    "issues",
    "问题：数据检查发现的问题，与 maps/issues.csv 相同",
    _columns("""
        fid         whole 序号
        layer       text  图层
        file        text  文件
        sheet       text  工作表
        row         whole 行
        column      text  列
        value       text  原值
        rule        text  规则
        severity    text  程度（error 错误、warning 提醒）
        message     text  问题
        fix         text  怎么改
        county_code text  县代码
        county      text  县（市、区）
        effect      text  影响
    """),
    ("fid",),
)
RUNS = Table(
    "runs",
    "发布记录：每次发布一行，最后一行是现在各表的内容",
    _columns("""
        run        whole 发布序号
        as_of      day   截至日期
        title      text  标题
        scheme     text  区划代码体系
        part       text  只看的县或市州（空为全部）
        scenario   text  与政策口径不同的选项（空为没有）
        mark       text  须注明
        approval   text  审图号，没有的注明内部工作用图
        hbgeo      text  hbgeo 版本
        units      whole 单元数
        facilities whole 设施数
        indicators whole 指标数
        results    whole 结果数
        issues     whole 问题数
        inputs     json  各图层的指纹
    """),
    ("run",),
)
TABLES = (UNITS, FACILITIES, INDICATORS, RESULTS, ISSUES, RUNS)  # what others name stands first
