"""Small provinces from a seed, as files: maps, ledgers and lists with the dirt that the field sends.

Everything is drawn by one generator, so a seed is a workspace. Ids come once; what is written
wrongly is written wrongly on purpose, now and then, so that most rows still count.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import shapely
from second_opinion import Asked
from second_reader import _shift, schema

AS_OF = dt.date(2023, 12, 31)
COUNTIES = [
    ("420102", "江岸区", "市辖区"), ("420525", "远安县", "县"), ("420528", "长阳土家族自治县", "自治县"),
    ("420581", "宜都市", "县级市"), ("429006", "天门市", "县级市"),
]  # fmt: skip
TOWNS = [
    ("101", "城关镇", "镇"), ("102", "万和镇", "镇"), ("201", "丙溪乡", "乡"),
    ("202", "丁山土家族乡", "民族乡"), ("001", "示例街道", "街道"),
]  # fmt: skip
VILLAGES = [("201", "东风村", "行政村"), ("001", "红旗社区", "社区"), ("202", "及第村", "行政村")]
DAYS = [dt.date(2019, 5, 1), dt.date(2022, 6, 30), dt.date(2022, 12, 31), dt.date(2023, 5, 1),
        dt.date(2023, 12, 31), dt.date(2024, 1, 1), dt.date(2024, 3, 1)]  # fmt: skip
WIDE = str.maketrans("0123456789.-,", "0123456789.-,")
FACTS = [
    "基本养老服务清单", "地名保护名录", "地名文化遗产保护名录", "设有农村福利院", "农村福利院县级直管",
    "失能特困对象县级集中照护", "社会组织登记一网通办", "婚姻登记全市通办", "特殊困难老年人居家适老化改造",
    "全国未成年人保护示范县", "其他",
]  # fmt: skip
POLICY = """
system = "other"
title = "本地"
[[indicator]]
id = "local-people"
name = "按人口加权"
measure = "presence"
units = "township"
layer = "cemetery"
where = { nature = ["公益性"] }
weight = "population"
[[indicator.target]]
pct = 75
source = "示例"
[[indicator.variant]]
id = "county"
name = "县"
units = "county"
weight = "population_60"
[[indicator.variant]]
id = "inside"
name = "境内"
via = ["inside"]
[[indicator.variant]]
id = "named"
name = "按名称"
via = ["named"]
weight = ""
[[indicator]]
id = "local-list"
name = "按老年人口加权"
measure = "flag"
units = "county"
layer = "county-facts"
where = { fact = ["基本养老服务清单"] }
weight = "population_60"
[[indicator]]
id = "local-plots"
name = "墓穴总数"
measure = "sum"
units = "township"
unit = "个"
layer = "cemetery"
column = "plots_total"
[[indicator]]
id = "local-used"
name = "已用比例"
measure = "ratio"
units = "township"
unit = "个"
layer = "cemetery"
numerator = "plots_used"
denominator = "plots_total"
[[indicator]]
id = "local-nursing"
name = "按床位加权"
measure = "ratio"
units = "county"
unit = "张"
layer = "eldercare"
numerator = "beds_nursing"
denominator = "beds"
weight = "beds"
[[indicator]]
id = "local-streets"
name = "街道的设施"
measure = "count"
units = "township"
layer = "eldercare"
among = { kind = ["街道"] }
[[indicator]]
id = "local-chain"
name = "村、乡、县、市、省都有"
measure = "chain"
units = "village"
links = [
  { units = "village", name = "村", layer = "eldercare", status = ["运营", "在建", "停用"] },
  { units = "township", name = "乡", layer = "cemetery", where = [{ nature = ["公益性"] }, { level = ["乡镇级"], via = ["named"] }] },
  { units = "county", name = "县", layer = "eldercare" },
  { units = "prefecture", name = "市", layer = "cemetery", via = ["inside", "served"] },
  { units = "province", name = "省", layer = "cemetery" },
]
[[indicator]]
id = "local-town-chain"
name = "镇和县都有,按人口"
measure = "chain"
units = "township"
among = { kind = ["镇", "乡"] }
weight = "population"
links = [
  { units = "county", name = "县", layer = "eldercare" },
  { units = "township", name = "镇", layer = "eldercare", where = { kind = ["养老机构", "农村福利院"] } },
]
""".replace("[[indicator]]", '[[indicator]]\nsource = "示例"')


@dataclass
class Maker:
    """What is drawn for one workspace."""

    folder: Path
    dice: random.Random
    counties: list[tuple[str, str, str]] = field(default_factory=list)
    towns: list[tuple[str, str, str, str]] = field(default_factory=list)  # code name kind county
    villages: list[tuple[str, str, str, str]] = field(default_factory=list)  # code name kind town
    boxes: dict[str, Any] = field(default_factory=dict)
    catalogue: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    datum: str = "CGCS2000"  # of the ledger that is being made
    datums: bool = False  # whether its rows say their own
    pairs: bool = False  # whether it has both coordinates in one column

    def some(self, share: float) -> bool:
        """True in that share of the draws."""
        return self.dice.random() < share

    @property
    def layers(self) -> Path:
        """The folder of the files."""
        return self.folder / "layers"


def make_world(seed: int, folder: Path) -> list[Asked]:
    """Write a workspace; the answer is what should be asked of it."""
    m = Maker(folder, random.Random(seed))  # noqa: S311 - not for secrets
    m.layers.mkdir(parents=True)
    m.catalogue = ['title = "示例"', f"as_of = {AS_OF}", 'scheme = "MCA-2025"']
    _units(m)
    _villages(m)
    for key, own in FACILITIES.items():
        if m.some(0.93):
            _facilities(m, key, own)
    _tables(m)
    _old_names(m)
    if m.some(0.7):
        rate, share = m.dice.choice(["6.5", "7", "6.87"]), m.dice.choice(["60", "33.3"])
        m.catalogue += ["", "[assumptions]", f'deaths = {{ per_mille = {rate}, source = "示例" }}']
        m.catalogue += [f'share = {{ pct = {share}, source = "示例" }}'] if m.some(0.8) else []
    if m.some(0.7):
        (m.layers / "policy").mkdir()
        (m.layers / "policy" / "local.toml").write_text(
            POLICY.replace('weight = ""\n', ""), "utf-8"
        )
    (m.layers / "catalog.toml").write_text("\n".join(m.catalogue) + "\n", "utf-8")
    tomllib.loads("\n".join(m.catalogue))
    return [Asked(AS_OF), *(_asked(m) for _ in range(3))]


def _asked(m: Maker) -> Asked:
    pick = m.dice.choice
    inside = [c for c, _, _ in m.counties] + ["420500", "420100", "429006"]
    inside = [c for c in inside if any(k.startswith(c.rstrip("0")) for k, _, _ in m.counties)]
    return Asked(
        as_of=pick(
            [AS_OF, AS_OF, dt.date(2023, 12, 30), dt.date(2022, 12, 31), dt.date(2024, 6, 30)]
        ),
        undated=pick(["", "", "include", "exclude"]),
        count_mixed=m.some(0.4),
        status=pick([(), (), ("在建",), ("规划", "停用")]),
        as_if=tuple(m.dice.sample(m.ids, min(3, len(m.ids)))) if m.some(0.4) else (),
        weight=pick(["", "", "population", "population_60"]),
        within=pick(inside) if m.some(0.5) else "",
    )


# ------------------------------------------------------------------ units


def _units(m: Maker) -> None:
    m.counties = sorted(m.dice.sample(COUNTIES, m.dice.randint(2, 4)))
    for i, (county, _, _) in enumerate(m.counties):
        west = 110.0 + i * 0.5
        m.boxes[county] = shapely.box(west, 30.0, west + 0.5, 30.5)
        mine = sorted(m.dice.sample(TOWNS, m.dice.randint(2, 4)))
        for j, (tail, name, kind) in enumerate(mine):
            width = 0.5 / len(mine)
            m.towns.append((county + tail, name, kind, county))
            m.boxes[county + tail] = shapely.box(
                west + j * width, 30.0, west + (j + 1) * width, 30.5
            )
    head = ["区划代码", "名称", "类型"] if m.some(0.8) else ["XZQDM", "名称", "单元类型"]
    _map(m, "county", head, [(c, n, k) for c, n, k in m.counties], 0.1)
    names = {c: n for c, n, _ in m.counties}
    head = ["乡镇代码", "乡镇名称", "类型", "县代码", "县名"]
    rows = [(c, n, k, county, names[county]) for c, n, k, county in m.towns]
    if m.some(0.6):
        head, rows = [*head, "是否涉农街道"], [(*r, m.dice.choice(["是", "否", ""])) for r in rows]  # type: ignore[assignment]
    _map(m, "township", head, rows, 0.2)


def _map(
    m: Maker, level: str, head: list[str], rows: Sequence[tuple[str, ...]], vague: float
) -> None:
    frame = {h: [r[i] for r in rows] for i, h in enumerate(head)}
    lost = m.dice.randrange(len(rows)) if level == "township" and m.some(0.06) else -1
    nothing = shapely.Polygon() if lost % 2 else None
    shapes = [nothing if i == lost else m.boxes[r[0]] for i, r in enumerate(rows)]
    path = m.layers / f"{level}.gpkg"
    gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4490").to_file(path, layer=level)
    more = ["approximate = true"] if m.some(vague) else []
    _entry(m, level, "units", level, path.name, [f'layer = "{level}"', *more])


def _villages(m: Maker) -> None:
    names = {c: n for c, n, _ in m.counties}
    rows = []
    for code, town, _, county in m.towns:
        for tail, name, kind in m.dice.sample(VILLAGES, m.dice.randint(1, 3)):
            m.villages.append((code + tail, name, kind, code))
            said = m.dice.choice(
                [name, name, f"{town}{name}", name.replace("村", "村民委员会"), name + " "]
            )
            rows.append({
                "code": code + tail, "name": said, "kind": m.dice.choice([kind, kind, ""]),
                "county": _said_county(m, names[county]), "township": town,
                "urban_rural_code": m.dice.choice(["121", "210", "220", "111"]),
            })  # fmt: skip
    if m.some(0.92):
        _ledger(m, "village", "places", "village", rows)
    else:
        m.villages = []


# ------------------------------------------------------------------ facilities

FACILITIES: dict[str, dict[str, list[Any]]] = {
    "cemetery": {
        "kind": ["公墓", "公墓", "骨灰堂", "骨灰塔", "殡仪馆", " 公 墓"],
        "nature": ["公益性", "公益", "1", "经营性", "经营性(含公益性墓区)", "经营性(含公益性墓区)"],
        "level": ["县级", "区级", "乡镇级", "镇级", "村级", "城市公益性"],
        "plots_total": [1200, 300, 1002.5, 0, "", "1,200", "1002.50", "-"],
        "plots_used": [100, 300, "", 0, "12.5", "-5"],
        "double_plots": [*[""] * 3, 0, 100, 250, 50.5, 1200],
        "double_used": [*[""] * 5, 0, 10, 50],
        "niches_total": [*[""] * 3, 0, 500, "1,000", 70.5],
        "niches_used": [*[""] * 2, 0, 30, "10.5", 500],
    },
    "eldercare": {
        "kind": ["日间照料中心", "综合体", "街道(乡镇)养老服务综合体", "农村互助照料中心", "养老院", "县级养老服务指导中心",
                 "幸福食堂", "农村福利院", "社区嵌入式养老服务机构"],
        "functions": ["全托、日托", "日托", "助餐", "全托,日间照料", "", "医养/日托"],
        "beds": [10, 35, "", "1,035", "35", 7.5, 120],
        "beds_nursing": [5, "", 7, 10, "0.5"],
        "completed_on": [*DAYS, ""], "upgraded_on": [*DAYS, "", ""],
    },
    "sign": {"kind": ["村牌", "行政村牌", "路牌", "村牌"], "unit_named": ["东风村", "红旗社区", "", "某路"]},
    "minors": {"kind": ["未保站", "儿童主任", "其他"], "level": ["省级", "市级", "市州级", "县级", "乡镇级", "村级", "社区级"]},
    "service-facility": {
        "kind": ["党群服务中心", "村级综合服务设施", "社区综合服务设施"], "services": ["养老、托幼", "政务", "孵化", ""],
        "up_to_standard": ["是", "否", ""],
    },
}  # fmt: skip
BAD = {
    "number": "约200",
    "date": "十三五期间",
    "choice": "不知道",
    "choices": "日托、打牌",
    "yesno": "大概",
}
STATES = [
    "运营",
    "运营",
    "运营中",
    "正常",
    "在建",
    "建设中",
    "建成未启用",
    "停用",
    "关闭",
    "规划",
    "",
]
SIGNED = ["完好", "完好", "正常", "破损", "待设", ""]


def _facilities(m: Maker, key: str, own: dict[str, list[Any]]) -> None:
    names = {c: n for c, n, _ in m.counties}
    m.datum, m.datums = m.dice.choice(["CGCS2000", "CGCS2000", "WGS84", "GCJ-02"]), m.some(0.15)
    m.pairs = m.some(0.15)
    rows = []
    for i in range(m.dice.randint(2, 14)):
        row: dict[str, Any] = {"id": f"{key[:2].upper()}{i + 1}", "name": f"示例{key}{i + 1}"}
        m.ids.append(row["id"])
        row |= {c: m.dice.choice(values) for c, values in own.items()}
        row["status"] = m.dice.choice(SIGNED if key == "sign" else STATES)
        row["installed_on" if key == "sign" else "opened_on"] = m.dice.choice([*DAYS, DAYS[0], ""])
        if key != "sign":
            row["closed_on"] = m.dice.choice([*[""] * 8, *DAYS])
        row |= _place(m, names)
        rows.append(row)
    _ledger(m, key, "facilities", "", rows)


def _place(m: Maker, names: dict[str, str]) -> dict[str, Any]:
    """Where a row stands: a point, names, both, both apart, a county alone, codes."""
    code, town, _, county = m.dice.choice(m.towns)
    villages = [v for v in m.villages if v[3] == code]
    how = m.dice.choice(
        ["point", "town", "village", "both", "both", "county", "county+point", "code"]
    )
    row: dict[str, Any] = {}
    if how != "point":
        row["county"] = _said_county(m, names[county])
    if how in {"town", "village", "both"}:
        row["township"] = _said_town(m, town, names[county])
        if m.some(0.1):
            row["county"] = ""
    if how == "village" and villages:
        row["village"] = m.dice.choice([villages[0][1], f"{town}{villages[0][1]}", "无此村"])
    if how == "code":
        other = m.dice.choice(m.towns)[0]
        row["township_code"] = other if m.some(0.1) else code
        row["township"] = m.dice.choice([town, ""])
        row["county_code"] = m.dice.choice([county, "", int(county)])
    if how in {"point", "both", "county+point"}:
        near = code if m.some(0.75) else m.dice.choice(m.towns)[0]
        row |= _written_point(m, *_point_near(m, m.boxes[near]))
    served = [
        "",
        "",
        "",
        "全县",
        "全区",
        "全镇",
        "全镇各村",
        "全县各乡镇",
        town,
        f"{town}等",
        "周边3个村",
        "无",
    ]
    served += [
        f"{one[1]}{m.dice.choice(['、', '/', '和', '及', '与', ',', ';'])}{town}"
        for one in m.dice.sample(m.towns, 2)
    ]
    served += [f"{names[one[3]]}{one[1]}" for one in m.dice.sample(m.towns, 2)]
    served += [
        names[m.dice.choice(m.counties)[0]],
        f"{town}及周边",
        "东风村、红旗社区",
        f"{town}及第村",
        "及第村及东风村",
    ]
    row["served"] = m.dice.choice(served) if m.some(0.5) else ""
    return row


def _point_near(m: Maker, box: Any) -> tuple[float, float]:
    """Inside, on the border, within 500 m of it, and further off."""
    west, south, east, north = box.bounds
    y = south + (north - south) * m.dice.choice([0.2, 0.51234, 0.8])
    away = m.dice.choice([None, None, None, 0.0, 0.001, 0.003, 0.0045, 0.0062, 0.02])
    if away is None:
        return west + (east - west) * m.dice.choice([0.25, 0.5, 0.7]), y
    return (west - away if m.some(0.5) else east + away), y


def _written_point(m: Maker, x: float, y: float) -> dict[str, Any]:
    system = m.dice.choice(["", "GCJ02", "WGS84", "gcj-02", "CGCS2000"]) if m.datums else ""
    if (system or m.datum).upper().replace("-", "") == "GCJ02":
        x, y = _shift(x, y)
    said = {"coord_sys": system} if m.datums else {}
    return said | _typed_point(m, round(x, 6), round(y, 6))


def _typed_point(m: Maker, x: float, y: float) -> dict[str, Any]:
    if m.pairs:
        return {"lonlat": f"{x:.6f}{m.dice.choice([',', ',', ' ', '、'])}{y:.6f}"}
    how = m.dice.choice(["number", "text", "wide", "dms", "swapped", "°"])
    if how == "swapped":
        return {"lon": y, "lat": x}
    if how == "number":
        return {"lon": x, "lat": y}
    if how == "dms":
        return {"lon": _dms(x), "lat": _dms(y)}
    texts = (f"{x:.6f}", f"{y:.6f}")
    if how == "wide":
        texts = (texts[0].translate(WIDE), texts[1].translate(WIDE))
    return dict(zip(("lon", "lat"), (t + "°" if how == "°" else t for t in texts), strict=True))


def _dms(value: float) -> str:
    seconds = round(value * 360000)
    d, rest = divmod(seconds, 360000)
    minutes, s = divmod(rest, 6000)
    return f"{d}°{minutes}′{s / 100:.2f}″"


# ------------------------------------------------------------------ tables and lists


def _tables(m: Maker) -> None:
    names = [n for _, n, _ in m.counties]
    pick = m.dice.choice
    said = [
        {"name": _said_county(m, n), "fact": f, "done": pick(["是", "是", "否", ""]), "done_on": pick([*DAYS, ""]),
         "document": pick(["示例1号", "示例2号", ""]), "amount": pick([7, 120, "", "1,200", "3.5"])}
        for n in names for f in FACTS if m.some(0.75)
    ]  # fmt: skip
    if said and m.some(0.95):
        _ledger(m, "county-facts", "table", "county", said)
    years = [2021, 2022, 2023, 2024]
    money = [600, 750, 800.5, "", "1,002.3", "1336.4"]
    said = [
        {"name": _said_county(m, n), "year": y, "urban_standard": pick(money),
         "rural_standard": pick(money), "recipients": pick([100, 900, "", 12.5])}
        for n in names for y in years if m.some(0.7)
    ]  # fmt: skip
    _ledger(m, "assistance", "table", "county", _repeated(m, said))
    said = [
        {"name": n, "year": y, "kind": k, "total": pick([10, 20.5, "", "1,000"]), "added": pick([1, 2, ""])}
        for n in names for y in years
        for k in ("社区社会组织", "慈善组织", "社工人才", "志愿者") if m.some(0.7)
    ]  # fmt: skip
    _ledger(m, "organisation", "table", "county", _repeated(m, said))
    _people(m)
    by = {c: n for c, n, _ in m.counties}
    towns = {c: (n, by[county]) for c, n, _, county in m.towns}
    said = [{"county": towns[t][1], "township": towns[t][0], "name": n, "listed": pick(["是", "是", "否", ""])}
            for _, n, _, t in m.villages if m.some(0.6)]  # fmt: skip
    if said and m.some(0.8):
        _ledger(m, "central-village", "table", "village", said)
    said = [{"county": county, "name": pick([n, n, "无此镇"]) if m.some(0.2) else n, "listed": pick(["是", "否", ""])}
            for n, county in towns.values() if m.some(0.6)]  # fmt: skip
    if said and m.some(0.8):
        _ledger(m, "eligible-township", "table", "township", said)


def _people(m: Maker) -> None:
    pick = m.dice.choice
    whole = m.some(0.25)
    units = [(c, n, "") for c, n, _ in m.counties] if whole else []
    units = units or [(c, n, county) for c, n, _, county in m.towns]
    by = {c: n for c, n, _ in m.counties}
    rows = []
    for code, name, county in units:
        for year in pick(
            [[2023], [2022, 2023], [2022], [2021, 2024], [2023, 2023], []]
            if m.some(0.4)
            else [[2022, 2023]]
        ):
            old = pick([300, 100, 50.5, "", "1,000"]) if m.some(0.9) else 90000
            one = {"name": name, "year": year if m.some(0.95) else "", "population": pick([1000, 2000, 1500.5, "12,000", "3000"]),
                   "population_60": old, "mortality": pick([6.5, "7.25", 6, "", "", "-"]), "deaths": pick(["", "", "", 12, "1,000", 9.5]),
                   "burial_share": pick([60, "62.5", 100, "", "", 101 if m.some(0.05) else 0])}  # fmt: skip
            if not whole:
                one["county"] = by[county]
            if m.some(0.3):
                one["code"] = code
            rows.append(one)
    if m.some(0.15):
        rows = [{c: v for c, v in row.items() if c != "year"} for row in rows]
    if rows and m.some(0.9):
        _ledger(m, "population", "table", "county" if whole else "township", rows)
        if "year" not in rows[0] and m.some(0.8):
            m.catalogue.append(f"year = {pick([2022, 2023, 2024])}")


def _repeated(m: Maker, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*rows, dict(rows[0])] if rows and m.some(0.15) else rows


def _old_names(m: Maker) -> None:
    county = m.counties[0][1]
    first = next(t for t in m.towns if t[3] == m.counties[0][0])
    head = ["变更类型", "原名称", "原所在县", "现名称", "现所在县", "变更日期", "依据"]
    lines = [head, ["更名", "旧溪镇", county, first[1], county, "2020-01-01", "示例"],
             ["改制", "古溪乡", county, "旧溪镇", county, "2015-01-01", "示例"]]  # fmt: skip
    last = m.towns[-1]
    home = next(n for c, n, _ in m.counties if c == last[3])
    lines += [["撤并", "并入乡", county, first[1], county, "2019-01-01", "示例"],
              ["划转", "划走镇", county, last[1], home, "2018-01-01", "示例"],
              ["析置", "分开镇", county, first[1], county, "2017-01-01", "示例"],
              ["析置", "分开镇", county, last[1], home, "2017-01-01", "示例"]]  # fmt: skip
    _csv(m.layers / "changes.csv", lines, "utf-8-sig")
    head = ["标准名称", "所在县", "别名", "启用日期", "停用日期", "依据"]
    _csv(
        m.layers / "aliases.csv", [head, [first[1], county, "老街镇", "", "", "示例"]], "utf-8-sig"
    )


def _said_county(m: Maker, name: str) -> str:
    if m.some(0.03):
        return "无此县"
    forms: list[Callable[[str], str]] = [
        lambda n: n, lambda n: n, lambda n: n, lambda n: f" {n[0]} {n[1:]}", lambda n: f"湖北省{n}",
        lambda n: n.replace("土家族自治县", "县"), lambda n: f"{n}人民政府", lambda n: n.replace("远安县", "宜昌市远安县"),
    ]  # fmt: skip
    return m.dice.choice(forms)(name)


def _said_town(m: Maker, name: str, county: str) -> str:
    if m.some(0.15):
        return m.dice.choice(["无此镇", "旧溪镇", "古溪乡", "老街镇", "并入乡", "划走镇", "分开镇"])
    forms: list[Callable[[str], str]] = [
        lambda n: n, lambda n: n, lambda n: f"{county}{n}", lambda n: f"{n}人民政府", lambda n: n + " ",
        lambda n: n.replace("土家族", ""), lambda n: n.replace("街道", "街道办事处"), lambda n: n.replace("街道", "街办"),
    ]  # fmt: skip
    return m.dice.choice(forms)(name)


# ------------------------------------------------------------------ files


def _entry(m: Maker, key: str, role: str, level: str, path: str, more: Sequence[str] = ()) -> None:
    lines = ["", f"[{key}]", f'role = "{role}"', f'path = "{path}"', 'source = "示例"']
    m.catalogue += [*lines, *([f'level = "{level}"'] if level else []), *more]


def _ledger(m: Maker, key: str, role: str, level: str, rows: list[dict[str, Any]]) -> None:
    """Write a table as one file or several, CSV or workbook, under headings of its schema."""
    own = schema(key)["column"]
    columns = list(dict.fromkeys(c for row in rows for c in row))
    if role == "facilities" and m.some(0.04):
        columns.remove(
            m.dice.choice([c for c in ("status", "opened_on", "served", "level") if c in columns])
        )
    more = [f'crs = "{m.datum}"'] if role == "facilities" else []
    if role == "places":
        more = ['crs = "CGCS2000"']
    parts = [rows]
    if len(rows) > 3 and m.some(0.3):
        cut = m.dice.randint(1, len(rows) - 1)
        parts = [rows[:cut], rows[cut:]]
    book = m.some(0.5)
    for i, part in enumerate(parts):
        _mostly_straight(part)
        head = _headings(m, columns, own)
        kinds = {c: own[c].get("type", "text") for c in columns}
        lines = [
            head,
            *[[_cell(m, row.get(c, ""), kinds[c], book=book) for c in columns] for row in part],
        ]
        path = m.layers / key / f"{i + 1}.{'xlsx' if book else 'csv'}"
        path.parent.mkdir(exist_ok=True)
        if book:
            _workbook(m, path, lines)
        else:
            _csv(
                path,
                [*lines, ["合计", *[""] * (len(head) - 1)]] if m.some(0.15) else lines,
                m.dice.choice(["utf-8", "utf-8-sig", "gb18030"]),
            )
    many = len(parts) > 1
    path_said = (
        f"{key}/*.{'xlsx' if book else 'csv'}" if many else f"{key}/1.{'xlsx' if book else 'csv'}"
    )
    _entry(m, key, role, level, path_said, more)


def _mostly_straight(rows: list[dict[str, Any]]) -> None:
    """A file of which more than half is swapped is refused as a whole: a mistake of its own kind."""
    given = [r for r in rows if isinstance(r.get("lon"), float)]  # others may turn out unreadable
    swapped = [r for r in given if r["lon"] < 73]
    for row in swapped[len(given) // 3 :]:
        row["lon"], row["lat"] = row["lat"], row["lon"]


def _headings(m: Maker, columns: list[str], own: dict[str, Any]) -> list[str]:
    """A heading for each column that no other column of the schema claims as well."""
    claimed = [n for one in own.values() for n in one["names"]]
    made: list[str] = []
    for column in columns:
        free = [n for n in own[column]["names"] if claimed.count(n) == 1 and n not in made]
        name = m.dice.choice(free or own[column]["names"][:1])
        made.append(
            m.dice.choice(
                [name, name, name.replace("(", "(").replace(")", ")"), f" {name}", f"{name}\n"]
            )
        )
    return made


def _cell(m: Maker, value: Any, kind: str, *, book: bool) -> Any:
    """A value as somebody types it."""
    if kind in BAD and value != "" and m.some(0.012):
        return BAD[kind]
    if isinstance(value, dt.date):
        return _written_day(m, value, book=book)
    if isinstance(value, int | float) and kind == "number" and m.some(0.25):
        return m.dice.choice([str(value), str(value).translate(WIDE), f" {value} ", f"{value:,}"])
    return value if book and value != "" else (None if book else str(value))


def _written_day(m: Maker, day: dt.date, *, book: bool) -> Any:
    y, mo, d = day.year, day.month, day.day
    texts = [
        f"{day}", f"{y}/{mo}/{d}", f"{y}.{mo}.{d}", f"{y}年{mo}月{d}日", f"{y}{mo:02d}{d:02d}", f"{y}年{mo:02d}月",
        f"{y}-{mo:02d}", f"{y}年", f"{y}", f"{day}".translate(WIDE), f"{day} 00:00:00", f"{y} 年 {mo} 月 {d} 日",
    ]  # fmt: skip
    if book and m.some(0.4):
        return m.dice.choice(
            [dt.datetime.fromisoformat(f"{day} 00:00:00"), day, (day - dt.date(1899, 12, 30)).days]
        )
    return m.dice.choice(texts)


def _workbook(m: Maker, path: Path, lines: list[list[Any]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账"
    if m.some(0.3):
        sheet.append(["示例台账(截至2023年12月31日)"])
    for line in lines:
        sheet.append(line)
    if m.some(0.2):
        sheet.append(["填表人:示例"])
    book.save(path)


def _csv(path: Path, lines: Sequence[Sequence[Any]], encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(lines)
