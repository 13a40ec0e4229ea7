"""Lists in Chinese: what the columns of every machine form are called where a person reads, and its words.

A list is known by the command that writes it; a column of a name in several lists means what that
list says of it, else what is said for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hbgeo.measure.agenda import KINDS as AGENDA_KINDS
from hbgeo.measure.doubt.words import kind_text
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.policy import SYSTEMS


@dataclass(frozen=True)
class Heading:
    """A column as people read it: its heading, how wide, in what form; `aside` is for machines."""

    text: str
    width: float = 12
    form: str = "text"
    aside: bool = False


def _of(text: str, width: float = 12, form: str = "text") -> Heading:
    return Heading(text, width, form)


def _aside(text: str, width: float = 12) -> Heading:
    return Heading(text, width, aside=True)


_PACE = {
    "pace_needed": _of("每月须增", 10, "amount"), "pace_kept": _of("现每月增", 10, "amount"),
    "pace_needed_points": _of("每月须增（百分点）", 11, "amount"),
    "pace_kept_points": _of("现每月增（百分点）", 11, "amount"),
}  # fmt: skip
_FIRM = {
    "low": _of("最低", 12, "amount"), "high": _of("最高", 12, "amount"),
    "firm": _of("结论是否稳", 9), "bounds": _of("上下限", 10),
}  # fmt: skip
_ALL = {
    "name": _of("名称", 24), "kind": _of("类型", 12), "county": _of("县（市、区）", 16),
    "prefecture": _of("市州", 14), "as_of": _of("截至日期", 12), "system": _aside("体系代号", 14),
    "system_name": _of("体系", 12), "variant": _aside("变体", 14), "measure": _of("计量方法", 12),
    "level": _of("层级", 12), "covered": _of("已覆盖数", 12, "amount"),
    "total": _of("应覆盖数", 12, "amount"), "pct": _of("比例（%）", 10, "amount"),
    "value": _of("数值", 12, "amount"), "value_unit": _of("数值单位", 10), "deadline": _of("期限", 12),
    "short": _of("差额", 10, "amount"), "short_unit": _of("差额单位", 10), "met": _of("是否达标", 9),
    "short_points": _of("差额（百分点）", 11, "amount"), "status": _of("状态", 10),
    "missing": _of("缺少", 30), "sample": _aside("是否示例", 9), "approximate": _aside("边界是否近似", 10),
    "code": _aside("代码", 15), "county_code": _aside("县代码", 10), "indicator": _aside("指标代号", 26),
    "population": _of("常住人口（人）", 12, "whole"), "population_60": _of("60岁及以上（人）", 12, "whole"),
    "reason": _of("原因", 22), "unit": _of("计量单位", 10), "source": _of("依据", 50),
    "reliability": _of("可靠程度", 9), "draft": _of("草案", 8), "scope": _of("适用范围", 10),
    "days": _of("天数（天）", 9, "whole"), "words": _of("目标（文字）", 22), "row": _of("会议条目", 9),
    "nearest_id": _aside("最近设施编号", 18), "nearest_km": _of("最近设施距离（公里）", 12, "km"),
    **_PACE,
}  # fmt: skip
_OWN: dict[str, dict[str, Heading]] = {
    "stats": {
        "name": _of("指标", 40), "base": _aside("主读法代号", 24), "by": _of("分列", 10),
        "unit": _of("地区", 20), "target_pct": _of("目标（%）", 10, "amount"),
        "target_value": _of("目标数值", 10, "amount"), "basis": _of("口径", 60),
        "radius_m": _of("半径（米，直线距离）", 12, "amount"), **_FIRM,
    },
    "uncovered": {
        "name": _of("单元", 22), "demand": _of("应覆盖", 9, "amount"),
        "covered": _of("已覆盖", 9, "amount"), "facilities": _of("合格设施（处）", 10, "whole"),
        "via": _of("覆盖方式或缺少的环节", 16), "nearest_name": _of("最近设施", 34),
        "nearest_status": _of("最近设施状态", 12),
    },
    "targets": {
        "name": _of("指标", 40), "state": _of("结论", 22), "quantified": _of("是否量化", 9),
        "shown": _of("数值（显示）", 14), "target": _of("目标", 10, "amount"),
        "days_left": _of("距期限（天）", 10, "whole"), "passed": _of("期限已过", 9),
        "firm": _FIRM["firm"],
    },
    "every": {"name": _of("指标", 40), "state": _of("进程", 9), "value": _of("目标数值", 12, "amount")},
    "check": {
        "layer": _of("图层", 14), "file": _of("文件", 20), "sheet": _of("工作表", 14),
        "row": _of("行", 8, "whole"), "column": _of("列", 14), "value": _of("原值", 24),
        "rule": _of("规则", 8), "severity": _of("程度", 8), "message": _of("问题", 60),
        "fix": _of("怎么改", 34), "effect": _of("影响", 30),
    },
    "doubts": {
        "layer": _of("图层", 14), "file": _of("文件", 20), "sheet": _of("工作表", 14),
        "row": _of("行", 8, "whole"), "kind": _of("疑点", 16), "readings": _of("可能的读法", 46),
        "units": _aside("涉及单元代码", 30), "effect": _of("影响", 26), "turns": _of("能否改变结论", 26),
    },
    "compare": {
        "name": _of("指标", 40), "old_reported": _of("上期原报", 12, "amount"),
        "old_covered": _of("上期已覆盖", 11, "amount"), "old_total": _of("上期应覆盖", 11, "amount"),
        "old_pct": _of("上期率（%）", 11, "pct"), "old_value": _of("上期数值", 11, "amount"),
        "new_covered": _of("本期已覆盖", 11, "amount"), "new_total": _of("本期应覆盖", 11, "amount"),
        "new_pct": _of("本期率（%）", 11, "pct"), "new_value": _of("本期数值", 11, "amount"),
        "change": _of("增减", 10, "change"), "points": _of("增减（百分点）", 11, "points"),
        "gained": _of("新增覆盖", 10, "whole"), "lost": _of("失去覆盖", 10, "whole"),
        "boundary": _of("边界调整", 10, "whole"), "unmatched": _of("无法对照", 10, "whole"),
        "old_indicator": _aside("上期指标代号", 24), "facilities": _of("设施", 50),
        "covered": _of("已覆盖数", 12, "amount"), "pct": _of("比例（%）", 10, "pct"),
    },
    "tasks": {
        "task_id": _aside("任务编号", 36), "unit_code": _aside("单元代码", 15), "unit": _of("单元", 18),
        "remedy": _of("建议措施", 28), "building_id": _aside("在建项目编号", 16),
        "building_due": _of("预计建成", 12), "responsible": _of("责任单位", 18),
        "deadline": _of("完成期限", 12), "promised_on": _of("承诺完成日期", 13),
        "done_on": _of("实际完成日期", 13), "state": _of("办理状态", 10), "remark": _of("备注", 30),
    },
    "collect": {
        "layer": _of("图层", 14), "state": _of("状态", 9), "received_on": _of("收到日期", 12),
        "rows": _of("并入（行）", 10, "whole"), "aside": _of("搁置（行）", 10, "whole"),
        "due": _of("期限", 12), "late": _of("是否逾期", 9), "why": _of("要更正的", 60),
        "title": _of("类别", 24), "taken": _of("收到（行）", 10, "whole"),
        "merged": _of("并入（行）", 10, "whole"), "compared": _of("只核对（行）", 10, "whole"),
        "kind": _of("矛盾", 12), "other": _of("另一县", 16), "other_code": _aside("另一县代码", 10),
        "said": _of("说明", 50), "where": _of("出处", 40), "other_where": _of("另一县出处", 40),
        "file": _of("文件", 40), "sheet": _of("工作表", 14), "row": _of("行", 8, "whole"),
        "reason": _of("搁置原因", 60), "column": _of("列", 14), "value": _of("原值", 24),
        "rule": _of("规则", 8), "severity": _of("程度", 8), "message": _of("问题", 60),
        "fix": _of("怎么改", 34),
    },
    "agenda": {
        "order": _of("次序", 6, "whole"), "kind": _of("类别", 9), "unit_code": _aside("单元代码", 15),
        "action": _of("做什么", 52), "gain": _of("新增覆盖", 9, "amount"),
        "covered_after": _of("办后已覆盖", 11, "amount"), "pct_after": _of("办后比例（%）", 10, "pct"),
        "source_row": _of("台账出处", 26), "unit": _of("单元", 18), "title": _of("指标", 30),
        "unit_codes": _aside("各单元代码", 20), "task_ids": _aside("任务编号", 36),
        "remedy": _of("督办单的建议措施", 22), "target_pct": _of("目标（%）", 9, "amount"),
        "reached": _of("至此是否达标", 9), "layer": _aside("图层", 12),
        "facility_id": _aside("设施编号", 18), "facility": _of("设施", 22), "change": _of("台账写法", 40),
    },
    "plan": {
        "id": _of("编号", 18), "name": _of("名称", 24), "kind": _of("设施类型", 12), "nature": _of("性质", 10),
        "level": _of("级别", 9), "status": _of("状态", 9), "county": _of("所在县", 16),
        "county_code": _of("县代码", 10), "township": _of("所在乡镇", 16), "township_code": _of("乡镇代码", 12),
        "village": _of("所在村", 16), "unit_named": _of("指代地名", 16), "x": _of("经度", 13, "degree"),
        "y": _of("纬度", 13, "degree"), "coord_sys": _of("坐标系", 10), "served": _of("服务范围", 30),
        "note": _of("备注", 24), "opened_on": _of("启用时间", 12), "installed_on": _of("设置时间", 12),
        "order": _of("建设次序", 9, "whole"), "gain": _of("新增覆盖", 10, "amount"),
        "pct_after": _of("建成后覆盖率（%）", 12, "amount"),
    },
    "names": {
        "id": _aside("标志编号", 18), "sign": _of("标志名称", 20), "standard": _of("标准名称", 20),
        "roman": _of("标志拼写", 24), "rule": _of("规则", 7), "title": _of("查什么", 18),
        "article": _of("依据条款", 30), "severity": _of("程度", 7), "message": _of("问题", 46),
        "suggestion": _of("建议写法", 24), "score": _of("相似度", 8, "amount"),
        "unit_code": _aside("单元代码", 15), "file": _of("文件", 18), "sheet": _of("工作表", 12),
        "row": _of("行", 7, "whole"),
    },
    "search": {
        "name": _of("名称", 26), "roman": _of("拼写", 26), "code": _of("代码", 18),
        "unit_code": _aside("所属单元代码", 15), "x": _of("经度（CGCS2000）", 13, "degree"),
        "y": _of("纬度（CGCS2000）", 13, "degree"), "score": _of("得分", 7, "whole"),
        "why": _of("怎么找到的", 24), "layer": _aside("图层", 14),
    },
    "whereis": {
        "x": _of("经度（CGCS2000）", 13, "degree"), "y": _of("纬度（CGCS2000）", 13, "degree"),
        "province_code": _aside("省代码", 10), "province": _of("省", 10),
        "prefecture_code": _aside("市州代码", 10), "township_code": _aside("乡镇代码", 12),
        "township": _of("乡镇（街道）", 16), "village_code": _aside("村代码", 14),
        "village": _of("村（社区）", 18), "nearest_name": _of("最近的地名", 20),
        "nearest_sign": _of("最近的标志", 20), "metres": _of("地名距离（米）", 10, "amount"),
        "nearest_code": _aside("最近地名代码", 18), "sign_id": _aside("标志编号", 18),
        "sign_status": _of("标志状态", 9), "sign_metres": _of("标志距离（米）", 10, "amount"),
        "on_border": _of("压在哪些界线上", 14), "nearest_unit_code": _aside("最近单元代码", 12),
        "nearest_unit": _of("最近的单元", 16), "unit_metres": _of("单元距离（米）", 12, "amount"),
    },
    "rules": {
        "rule": _of("规则", 7), "title": _of("查什么", 24), "severity": _of("程度", 7),
        "article": _of("依据条款", 60), "example": _of("例", 50),
    },
    "same": {
        "level": _of("范围", 10), "kind": _of("类型", 8), "names": _of("名称", 24), "class": _of("地名类别", 10),
        "count": _of("个数", 7, "whole"), "codes": _aside("地名代码", 40), "units": _of("所在", 40),
        "km": _of("最近距离（公里）", 10, "km"),
    },
    "protect": {
        "class": _of("地名类别", 12), "code": _aside("地名代码", 22), "founded": _of("设立年份", 9),
        "age": _of("年数", 8, "whole"), "category": _of("建议类别", 16), "reason": _of("理由", 50),
        "state": _of("状态", 8), "unit_code": _aside("单元代码", 15), "unit": _of("所在单元", 18),
    },
    "plates": {
        "unit": _of("乡镇（街道）", 18), "street": _of("门牌上的街路巷、村名", 22), "roman": _of("门牌拼写", 22),
        "plates": _of("门牌数（块）", 10, "whole"), "standard": _of("标准名称", 20), "rule": _of("规则", 7),
        "severity": _of("程度", 7), "message": _of("问题", 46), "suggestion": _of("建议写法", 24),
        "score": _of("相似度", 8, "amount"), "unit_code": _aside("单元代码", 15),
    },
    "nearest": {
        "rank": _of("第几近", 8, "whole"), "facility_id": _aside("设施编号", 18),
        "facility_name": _of("设施名称", 30), "km": _of("直线距离（公里）", 12, "km"),
        "minutes": _of("道路用时（分钟）", 12, "amount"),
    },
    "count": {"name": _of("单元", 22), "points": _of("点数", 12, "whole")},
    "access": {
        "name": _of("单元", 22), "demand": _of("需求", 12, "amount"),
        "supply": _of("范围内供给", 12, "amount"), "score": _of("得分（每份需求可得）", 14),
        "catchment_m": _of("服务范围（米）", 12, "amount"),
        "catchment_min": _of("服务范围（分钟）", 12, "amount"), "decay": _of("衰减", 20),
    },
    "why": {
        "unit_code": _aside("单元代码", 15), "unit": _of("单位", 18), "name": _of("指标", 36),
        "state": _of("结论", 22), "demand": _of("计多少", 9, "amount"), "part": _of("属于", 12),
        "way": _of("怎么覆盖", 14), "facility_id": _of("设施编号", 16), "facility": _of("设施", 26),
        "status": _of("台账状态", 10), "metres": _of("距离（米）", 10, "amount"),
        "layer": _aside("图层", 14), "file": _of("文件", 18), "sheet": _of("工作表", 12),
        "row": _of("行", 7, "whole"), "lacks": _of("差什么", 50), "remedy": _of("怎样才算覆盖", 50),
        "says": _of("说明", 110),
    },
    "locate": {
        "unit_code": _aside("单元代码", 15), "unit_name": _of("单元名称", 22),
    },
}  # fmt: skip
_TAGGED = ("locate", "nearest")  # whose other columns are the user's own
_YESNO = {True: "是", False: "否"}
_STATUS = {
    "measured": "已计算", "no-target": "无目标", "no-data": "无法计算", "not-applicable": "不适用",
}  # fmt: skip
_MEASURES = {
    "presence": "有无设施", "flag": "是否达到", "chain": "逐级齐备", "count": "个数", "sum": "合计",
    "ratio": "比例", "capacity": "可用年限", "reach": "距离以内",
}  # fmt: skip
_WORDS: dict[str, Mapping[Any, str]] = {
    "met": _YESNO, "sample": _YESNO, "approximate": _YESNO, "draft": _YESNO, "quantified": _YESNO,
    "passed": _YESNO, "reached": _YESNO, "late": _YESNO, "firm": _YESNO,
    "measure": _MEASURES, "level": LEVEL_NAMES, "by": LEVEL_NAMES,
    "system_name": SYSTEMS, "severity": {"error": "错误", "warning": "提醒"},
}  # fmt: skip
_OWN_WORDS: dict[str, dict[str, Mapping[Any, str]]] = {
    "stats": {"status": _STATUS, "bounds": {"exact": "确切", "sound": "估到"}},
    "targets": {"status": _STATUS}, "doubts": {"turns": _YESNO},
    "every": {"state": {"passed": "已过", "running": "执行中", "coming": "将到"}},
    "access": {"decay": {"none": "不衰减", "step": "分三级", "gaussian": "高斯"}},
    "why": {
        "state": {
            "covered": "已覆盖", "partly": "部分覆盖", "uncovered": "未覆盖", "not-counted": "不计入",
            "unknown": "无法判定", "no-data": "无法计算", "amount": "计数", "parts": "看所辖单位",
        },
        "part": {"because": "覆盖它的", "near": "差一点的", "nearest": "最近的合格设施"},
        "way": {"inside": "境内", "named": "按名称", "served": "服务范围", "radius": "半径内", "row": "表中一行"},
    },
    "agenda": {"kind": AGENDA_KINDS},
    "tasks": {"state": {"open": "待办", "done": "办结", "late": "逾期", "withdrawn": "撤销"}},
}  # fmt: skip


def heading_of(kind: str, column: str) -> Heading:
    """How a column of a list is called; one of the user's own keeps its name."""
    known = _OWN.get(kind, {}).get(column) or (None if kind in _TAGGED else _ALL.get(column))
    if kind == "locate" and column in ("county_code", "county"):
        known = _ALL[column]
    return known or Heading(column, 16)


def headings_of(kind: str, columns: list[str]) -> list[Heading]:
    """How the columns of a list are called, none by the name of another."""
    made: list[Heading] = []
    taken = set(columns)
    for column in columns:
        one = heading_of(kind, column)
        if one.text != column and one.text in taken:
            one = Heading(f"{one.text}（归属）", one.width, one.form, one.aside)
        taken.add(one.text)
        made.append(one)
    return made


def in_words(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """A list whose values are said in Chinese where they stand for words."""
    known = _WORDS | _OWN_WORDS.get(kind, {})
    said = {}
    for column in table.columns:
        if words := known.get(str(column)):
            cells = table[column]
            said[column] = [words.get(v, v) if _is_word(v) else v for v in cells.astype(object)]
    if kind == "doubts" and "kind" in table:
        said["kind"] = list(map(kind_text, table["kind"]))
    return table.assign(**said)


def in_chinese(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """A list under Chinese headings, its columns in their order."""
    names = [one.text for one in headings_of(kind, list(map(str, table.columns)))]
    return in_words(table, kind).set_axis(names, axis=1)


def _is_word(value: Any) -> bool:
    return isinstance(value, (str, bool))
