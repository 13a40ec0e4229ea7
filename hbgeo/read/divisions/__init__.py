"""Division codes and names: levels and parents by GB/T 2260, kinds, and normal forms."""

from __future__ import annotations

import re
from functools import lru_cache

from hbgeo.read.cell.text import clean

DIGITS = {"province": 2, "prefecture": 4, "county": 6, "township": 9, "village": 12}

# whose names stand in the names of autonomous units; longest first
_PEOPLES = (
    r"柯尔克孜|乌孜别克|维吾尔|哈萨克|达斡尔|塔吉克|俄罗斯|鄂温克|塔塔尔|鄂伦春|蒙古|布依|朝鲜|土家|哈尼|傈僳|"
    r"高山|拉祜|东乡|纳西|景颇|仫佬|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|德昂|保安|裕固|"
    r"独龙|赫哲|门巴|珞巴|基诺|回|藏|苗|彝|壮|满|侗|瑶|白|傣|黎|"
    r"佤|畲|水|土|羌|怒|京"
)
_ETHNIC_NAME = re.compile(rf"(?:(?:{_PEOPLES})族)+(?=.)")
_OFFICES = re.compile(r"(?:人民政府|政府|管理委员会|管委会|民政办公室|民政办)$")
_STREETS = re.compile(r"(?:街街道|街道办事处|办事处街道|街道办|街办|办事处|街)$")
_COMMUNITIES = re.compile(r"(?:社区居民委员会|社区居委会|居民委员会|居委会)$")
_VILLAGES = re.compile(r"(?:村民委员会|村委会)$")
_LAST = frozenset("府会室办道处街")  # letters in which all of these end


@lru_cache(maxsize=200_000)
def normal_name(name: str) -> str:
    """The form in which division names are compared.

    Full-width forms are folded, the office is dropped (××镇人民政府 → ××镇), and the spellings
    of one kind of unit become one (街道办事处, 街办, 办事处, 街 → 街道; 村委会 → 村; 居委会 → 社区).
    """
    text = clean(name).replace(" ", "")
    if text[-1:] not in _LAST:
        return text
    text = _OFFICES.sub("", text)
    text = _STREETS.sub("街道", text)
    text = _COMMUNITIES.sub("社区", text)
    return re.sub("村村$", "村", _VILLAGES.sub("村", text)) if _VILLAGES.search(text) else text


def without_ethnic(name: str) -> str:
    """The short form that drops the peoples' names: 九里回族乡 → 九里乡."""
    return _ETHNIC_NAME.sub("", name)


def short_county(name: str) -> str:
    """长阳土家族自治县 and 长阳县 are one county; the ending stays, it tells 荆州区 from 荆州市."""
    return without_ethnic(name).replace("自治县", "县")


def without_parents(name: str, parents: frozenset[str]) -> str:
    """Drop the names of province, prefecture and county from the front: 当阳市玉阳街道 → 玉阳街道."""
    for end in range(2, len(name) - 1):
        if name[:end] in parents:
            return without_parents(name[end:], parents)
    return name


def prefecture_code(county_code: str) -> str:
    """The prefecture of a county: four digits and 00, or itself where the province runs it.

    GB/T 2260 writes 90 in digits three and four for units directly under a province; those
    stand among the prefectures under their own codes.
    """
    return county_code if county_code[2:4] == "90" else county_code[:4] + "00"


def province_code(code: str) -> str:
    """The six-digit code of the province."""
    return code[:2] + "0000"


def fit_code(code: str, level: str) -> str:
    """Cut a padded code to its level: 420528000000 → 420528, 156420528 → 420528."""
    digits = 6 if level in {"province", "prefecture"} else DIGITS[level]
    if len(code) == digits + 3 and level == "county" and code.startswith("156"):
        return code[3:]  # GB/T 2659's number of China before the code, as in 天地图's files
    if len(code) > digits and not code[digits:].strip("0"):
        return code[:digits]
    return code


def kind_of(name: str, level: str) -> str:
    """The kind of a unit by its name's ending, never by what stands inside; "" if it has none."""
    if level == "township":
        endings = {"街道": "街道", "族乡": "民族乡", "镇": "镇", "乡": "乡"}
    elif level == "county":
        endings = {"林区": "林区", "特区": "特区", "自治县": "自治县", "自治旗": "自治旗"}
        endings |= {"区": "市辖区", "市": "县级市", "县": "县", "旗": "旗"}
    elif level == "village":
        endings = {"社区": "社区", "居委会": "社区", "居民委员会": "社区"}
        endings |= {"村": "行政村", "村委会": "行政村", "村民委员会": "行政村"}
    else:
        return ""
    return next((kind for end, kind in endings.items() if name.endswith(end)), "")


def is_zone(code: str, level: str) -> bool:
    """Tell whether a code is that of a functional zone, which is no legal unit.

    GB/T 10114 gives 400–599 as last three digits to what works like a township and is none:
    development zones, state farms, forests, prisons, reservoirs. The statistics bureau numbers
    zones that work like a county 71–79.
    """
    if level == "township":
        return "400" <= code[6:9] <= "599"
    return level == "county" and "71" <= code[4:6] <= "79"
