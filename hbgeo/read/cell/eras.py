"""Dates of old: years before 1900, reigns and dynasties, as histories of place names give them."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from hbgeo.read.cell.dates import Day, read_day
from hbgeo.read.cell.text import clean

# first and last year (of our era) of the reigns of Ming and Qing, and of the Republic
_REIGNS = {
    "洪武": (1368, 1398), "建文": (1399, 1402), "永乐": (1403, 1424), "洪熙": (1425, 1425),
    "宣德": (1426, 1435), "正统": (1436, 1449), "景泰": (1450, 1457), "天顺": (1457, 1464),
    "成化": (1465, 1487), "弘治": (1488, 1505), "正德": (1506, 1521), "嘉靖": (1522, 1566),
    "隆庆": (1567, 1572), "万历": (1573, 1620), "泰昌": (1620, 1620), "天启": (1621, 1627),
    "崇祯": (1628, 1644), "顺治": (1644, 1661), "康熙": (1662, 1722), "雍正": (1723, 1735),
    "乾隆": (1736, 1795), "嘉庆": (1796, 1820), "道光": (1821, 1850), "咸丰": (1851, 1861),
    "同治": (1862, 1874), "光绪": (1875, 1908), "宣统": (1909, 1912), "民国": (1912, 1949),
}  # fmt: skip
# those that began and ended within our era
_DYNASTIES = {
    "东汉": (25, 220), "三国": (220, 280), "西晋": (266, 316), "东晋": (317, 420),
    "南北朝": (420, 589), "隋": (581, 618), "唐": (618, 907), "五代": (907, 960),
    "北宋": (960, 1127), "南宋": (1127, 1279), "宋": (960, 1279), "元": (1271, 1368),
    "明": (1368, 1644), "清": (1644, 1912),
}  # fmt: skip
_EARLIEST = 1  # of our era: what calendars of computers know
_YEAR = re.compile(r"(?:公元)?(?P<year>\d{1,4})年?")
_REIGN = re.compile(
    rf"(?:[明清](?:代|朝)?|中华)?(?P<reign>{'|'.join(_REIGNS)})"
    r"(?:(?P<count>元|\d{1,2})年|年间|初年?|末年?|中期|时期)?"
)
_DYNASTY = re.compile(
    rf"(?P<name>{'|'.join(_DYNASTIES)})(?:代|朝)?(?:初|中|末|中叶|初年|末年|年间|时期)?"
)
_FIGURES = str.maketrans("一二三四五六七八九", "123456789")
_TENS = re.compile(r"([一二三四五六七八九])?十([一二三四五六七八九])?")


@lru_cache(maxsize=50_000)
def read_old_day(text: str) -> Day | None:
    """Read a date of any year of our era; None if it is none.

    Besides what `read_day` takes: a year such as 1523 or 公元621年; a year of a reign, 光绪二十年,
    民国23年; a reign or a dynasty alone, 清乾隆年间, 明代, which lasts from its first day to its last.
    """
    if day := read_day(text):
        return day
    words = clean(text).replace(" ", "")
    folded = _TENS.sub(lambda m: f"{m[1] or '一'}{m[2] or '0'}", words).translate(_FIGURES)
    if found := _YEAR.fullmatch(folded):
        year = int(found["year"])
        return _span(year, year, "year") if _EARLIEST <= year < 1900 else None
    if found := _REIGN.fullmatch(folded):
        first, last = _REIGNS[found["reign"]]
        if not found["count"]:
            return _span(first, last, words)
        year = first - 1 + (1 if found["count"] == "元" else int(found["count"]))
        return _span(year, year, words) if first <= year <= last else None
    if found := _DYNASTY.fullmatch(folded):
        return _span(*_DYNASTIES[found["name"]], words)
    return None


def _span(first: int, last: int, precision: str) -> Day:
    return Day(dt.date(first, 1, 1), dt.date(last, 12, 31), precision)
