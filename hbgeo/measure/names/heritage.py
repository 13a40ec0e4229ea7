"""Names that may be worth protecting, by age and by what is told of them: suggestions, never members of the list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

PROTECT_COLUMNS = ["name", "class", "code", "founded", "age", "category", "reason", "state"]
PROTECT_COLUMNS += ["unit_code", "county_code"]
SUGGESTED = "建议"  # no name is on the list before the authority has put it there
_OLD = 100  # years from which the age of a name is a reason
_YEAR = re.compile(r"\s*(\d{3,4})(?!\d)")
_ERAS = re.compile(
    r"先秦|春秋|战国|秦汉|[西东]汉|汉代|三国|[西东]晋|南北朝|隋代|隋朝|唐代|唐朝|五代|[北南]宋|宋代|宋朝|元代|元朝|明代|明朝|明初|明末|"
    r"清代|清朝|清初|清末|民国|(?:贞观|开元|洪武|永乐|嘉靖|万历|崇祯|顺治|康熙|雍正|乾隆|嘉庆|道光|咸丰|同治|光绪|宣统)(?:年间|[元一二三四五六七八九十\d]+年)?"
)
_MODERN = re.compile(r"红军|苏维埃|革命|起义|战役|会议旧址|抗日|抗战|解放战争|游击")
_ETHNIC = re.compile(r"(?:土家|苗|侗|白|回|满|蒙古|彝|壮|瑶)(?:族|语)")


class _Told(NamedTuple):
    """What a place's row tells of it."""

    sort: str
    year: int | None
    old: tuple[str, ...]
    text: str
    gone: bool


def suggest_protected(places: pd.DataFrame, year: int) -> pd.DataFrame:
    """Suggest the names of a gazetteer that age, former names or history speak for.

    Parameters
    ----------
    places
        One row a place: `code`, `name`, `unit_code`, `county_code`, `class`, `founded` (a date or
        a year as text, "" where nobody knows), `old` (former names), `text` (what is told of its
        origin, meaning and history), `gone`, `listed` (already on the list).
    year
        Of the date that ages are counted to.

    Returns
    -------
    suggested
        `PROTECT_COLUMNS`, by county, those with most reasons and the greatest age first. Names
        already listed are left out; `state` is always 建议.
    """
    rows = []
    for one in places[~places["listed"].astype(bool)].itertuples(index=False):
        told = _Told(one[4], _year_of(one[5]), one[6], one[7], one[8])
        if not (reasons := list(_reasons(told, year))):
            continue
        age = None if told.year is None else year - told.year
        said = (one[1], told.sort, one[0], told.year, age, _category(told, age), "；".join(reasons))
        rows.append((*said, SUGGESTED, one[2], one[3], len(reasons)))
    made = pd.DataFrame(rows, columns=[*PROTECT_COLUMNS, "_many"])
    made = made.astype({"founded": "Int64", "age": "Int64"})
    order = made.assign(_age=made["age"].fillna(0).astype("int64"))
    order = order.sort_values(
        ["county_code", "_many", "_age", "code"],
        ascending=[True, False, False, True],
        kind="stable",
    )
    return order[PROTECT_COLUMNS].reset_index(drop=True)


def _year_of(cell: str) -> int | None:
    found = _YEAR.match(cell)
    return int(found[1]) if found else None


def _reasons(told: _Told, year: int) -> Iterator[str]:
    """Why a name may be worth protecting; a former name alone is no reason."""
    first = []
    if told.year is not None and year - told.year >= _OLD:
        first.append(f"设立于 {told.year} 年，至 {year} 年已 {year - told.year} 年")
    if eras := list(dict.fromkeys(found[0] for found in _ERAS.finditer(told.text))):
        first.append(f"记载提到{'、'.join(eras[:3])}")
    if found := _MODERN.search(told.text):
        first.append(f"记载提到近现代史事（{found[0]}）")
    if found := _ETHNIC.search(told.text):
        first.append(f"记载提到少数民族（{found[0]}）")
    yield from first
    if first and told.old:
        yield f"曾用名 {len(told.old)} 个：{'、'.join(told.old[:3])}"
    if first and told.gone:
        yield "已停用的历史地名"


def _category(told: _Told, age: int | None) -> str:
    """Under which heading of a list it would stand."""
    if _MODERN.search(told.text):
        return "近现代重要地名"
    if _ETHNIC.search(told.text):
        return "少数民族语地名"
    if told.sort in {"水系", "陆地地形"}:
        return "山川地名"
    if told.sort in {"行政村", "村民委员会", "自然村", "居民点", "社区", "居民委员会"}:
        return "古村落地名" if age is not None and age >= _OLD else "村落地名"
    if told.sort == "行政区域":
        return "古县古镇地名" if age is not None and age >= _OLD else "行政区域地名"
    return {"道路": "街巷地名", "纪念地、旅游地": "古建筑、纪念地地名"}.get(told.sort, "其他地名")
