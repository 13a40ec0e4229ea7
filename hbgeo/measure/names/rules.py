"""The rules that a sign's name is held against, each with its article and an example."""

from __future__ import annotations

from dataclasses import dataclass

_LAW = "《地名管理条例》第十八条"
_SIGNS = "《地名管理条例》第十九条；GB 17733-2008"
_SPELLING = "《中国地名汉语拼音字母拼写规则（汉语地名部分）》（1984）"
WRONG, ASK = "error", "warning"


@dataclass(frozen=True)
class Rule:
    """One rule: its number, what it finds, by which article, and an example."""

    id: str
    title: str
    article: str
    example: str
    severity: str = WRONG


RULES = {
    rule.id: rule
    for rule in (
        Rule("N01", "不是标准名称", _LAW, "标志“双合水村”，标准名称“三道河村”"),
        Rule("N02", "用了繁体字", _LAW, "标志“雙河村”，应为“双河村”"),
        Rule("N03", "用了异体字", _LAW, "标志“五峯山村”，应为“五峰山村”"),
        Rule("N04", "同音字", _LAW, "标志“双合村”，标准名称“双河村”"),
        Rule("N05", "形近字", _LAW, "标志“末家坪村”，标准名称“未家坪村”"),
        Rule("N06", "缺通名或通名不对", _LAW, "标志“双河”或“双河社区”，标准名称“双河村”"),
        Rule("N07", "使用已停用的名称", _LAW, "标志“大公村”，现名“和平村”"),
        Rule("N08", "同一地名的标志不一致", _SIGNS, "一块“双河村”，一块“双合村”", ASK),
        Rule("N09", "相邻处一地两写", _SIGNS, "一块“石头咀”，不远处一块“石头嘴”", ASK),
        Rule("N10", "字母不是标准名称的汉语拼音", f"{_SPELLING}第 1、8 条", "Jianshe Road，应为 Jiànshè Lù", ASK),
        Rule("N11", "分写、大小写、隔音符号", f"{_SPELLING}第 1–4、7、10–12 条", "Changan Lu，应为 Cháng’ān Lù", ASK),
        Rule("N12", "声调不对或不全", f"{_SPELLING}第 9 条", "Càidiān Qū，应为 Càidiàn Qū", ASK),
        Rule("N13", "读音待地名主管部门核定", f"{_SPELLING}第 8 条", "“朝家湾”读 Zhāo 或 Cháo，词典不能定", ASK),
        Rule("N14", "地名库中没有这个名称", _LAW, "标志“青草村”，所在乡镇没有这个地名", ASK),
        Rule("N15", "同一单元内有几个同名的地名", _LAW, "一个乡镇里有两个“王家湾”，不知指哪一个", ASK),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What one rule found of a sign."""

    rule: str
    message: str
    suggestion: str = ""
