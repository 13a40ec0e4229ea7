"""What the page says, as it gets it: sentences, and templates whose `{slots}` it fills.

The page joins no words of its own: whatever it says of a figure is here, and a figure that other
papers show too is said with their words (`show.words`). Labels of its controls stand in the page.
"""

from __future__ import annotations

from hbgeo.show import words

PHRASES = {
    # an indicator
    "met": words.MET,
    "leftBehind": words.NOT_RECOUNTED,
    "lacking": words.LACKING,
    "counts": words.COUNTS,
    "held": "{held} 项目标,达标 {met} 项",
    "from": "({target}起)",
    # dates and scenarios
    "day": words.DAY,
    "asOf": words.AS_OF,
    "inScenario": "情景 ",
    "scenario": "情景:截至 {day}{also}。{leftBehind}",
    "also": ",另计 {states}",
    "thisLeftBehind": "本指标未随情景重算。",
    # a unit
    "covered": words.COVERED,
    "uncovered": words.UNCOVERED,
    "notApplicable": words.NOT_APPLICABLE,
    "noData": "无数据",
    "notAsked": "不适用:不在本指标应覆盖的单位之列",
    "nothingAsked": "没有应覆盖的单位",
    "amount": "数量 {amount}",
    "share": "应覆盖 {total},已覆盖 {covered},未覆盖 {left},覆盖率 {pct}",
    "proportion": "{covered} / {total},占 {pct}",
    "rate": "{pct} · {covered} / {total}",
    "pct": "{number}%",
    "people": "人口 {number}",
    "old": "60 岁以上 {number}",
    "noPeople": "没有这个单位的人口数",
    "lackingPeople": "缺 {names}的人口数,不合计",
    "lackingPeopleOfMany": "缺 {names} 等 {count} 个乡镇的人口数,不合计",
    # its facilities
    "servedBy": "由 {count} 处{layer}覆盖",
    "idle": "另有 {count} 处,状态或时间不符,未计入",
    "more": "另有 {count} 处",
    "nearest": "最近的{layer}:{km} km(直线)",
    "opened": "{day} 启用",
    "works": "(截至 {day}计入)",
    "worksNot": "(截至 {day}不计入)",
    "row": "第 {row} 行",
    "uncoveredVillages": "未覆盖的村(社区) {count} 个",
    "trouble": "这一步没有做成,页面仍是原来的内容。",
    # lists and legends
    "legendCover": words.LEGENDS["cover"],
    "legendRate": words.LEGENDS["rate"],
    "legendAmount": words.LEGENDS["amount"],
    "legendProportion": words.PROPORTION,
    "numberOf": "{unit}数",
    "tabCover": words.UNCOVERED,
    "tabRate": "有未覆盖",
    "tabAmount": "数量为 0 的",
    "tabProportion": "低于目标",
    "tabCount": "{tab} {count}",
    "all": "全部",
    "allAsked": "其中应覆盖 {count}",
    "shown": "显示 {shown} / {all} 个{unit}",
    "clear": "清除{what}",
    "listed": "{tab} 个",
    "listedFirst": "{tab} 个,列出前 {most}",
    "noneUncovered": "没有未覆盖的单位。",
    "headUncovered": words.UNCOVERED,
    "headAsked": "应覆盖",
    "headRate": "覆盖率",
    "headNumerator": "分子",
    "headDenominator": "分母",
    "headProportion": words.PROPORTION,
    "headPct": "{heading}(%)",
    "headNearest": "最近 km",
    "headDistance": "最近距离(km)",
    "headTarget": "目标",
    "sortUncovered": "未覆盖数",
    # under the map
    "basis": "口径({name}):{lines}",
    "scope": "范围:{name}",
    "inScope": "{name}:{figure}",
    "sources": "数据来源:{sources}",
    "source": "{title}:{source}",
}
