"""Units that are not there: those of the code list that a layer lacks, townships without villages."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.divisions import prefecture_code, province_code
from hbgeo.read.issues import Issue

_TOWNS = ("镇", "乡", "民族乡")
_KINDS: dict[str, dict[str, tuple[str, ...]]] = {  # the kinds of which denominators are made
    "county": {"县（市、林区）": ("县级市", "县", "自治县", "林区")},
    "township": {"乡镇（镇、乡、民族乡）": _TOWNS, "街道": ("街道",)},
}
_SHOWN = 5


def check_lacking(
    units: pd.DataFrame,
    layer: str,
    level: str,
    listed: pd.DataFrame,
    counties: Collection[str] = (),
) -> list[Issue]:
    """List the units that a layer lacks, and the denominators they would make.

    Looked for are those of every county of the layer or of the county layer; of a prefecture or
    province of which more than half the counties are there, all.

    Parameters
    ----------
    units
        Indexed by code, with `county_code`, `kind` and `file`.
    listed
        The code list of the layer's scheme: code → `name`, `kind`, `county_code`, `county`.
    counties
        The codes of the county layer.

    Returns
    -------
    issues
        W18, one for each unit, or for each county that lacks all of its own; and one that says the
        denominators with them.
    """
    legal = listed[listed["kind"] != "功能区"]
    county = legal["county_code"]
    there = {*units["county_code"], *counties} if level == "township" else {*units.index, *counties}
    asked = county.isin(_region(set(county), there & set(county)))
    lacking = legal[asked & ~legal.index.isin(units.index)]
    if lacking.empty:
        return []
    file = str(units["file"].iloc[0]) if len(units) else ""
    found = []
    for code, mine in lacking.groupby("county_code", sort=True):
        whole = level == "township" and len(mine) == int((county == code).sum()) > 1
        found += [_whole(mine, layer, file)] if whole else _each(mine, layer, file, level)
    return [*found, _denominators(units, lacking, layer, file, level)]


def check_villages(villages: pd.DataFrame, layer: str, townships: pd.DataFrame) -> list[Issue]:
    """List the townships in which a layer of villages has none: W18, one for each county."""
    plain = pd.DataFrame(townships[["name", "county_code", "county"]])  # without shapes: quicker
    empty = plain[~plain.index.isin(villages["township_code"].unique())]
    found = []
    for code, mine in empty.groupby("county_code", sort=True):
        county = str(mine["county"].iloc[0])
        said = f"“{county}”有 {len(mine)} 个乡镇（街道）没有一个村：{_names(mine)}；村级分母会偏小"
        where = (layer, "", "", None, "所在乡镇", str(mine.index[0]))
        found.append(Issue(*where, "W18", "warning", said, "补上这些乡镇的村", str(code), county))
    return found


def _region(every: set[str], there: set[str]) -> set[str]:
    """The counties to look for: those there, and all of a prefecture or province mostly there."""
    asked = set(there)
    for above in (prefecture_code, province_code):
        groups: dict[str, set[str]] = {}
        for code in every:
            groups.setdefault(above(code), set()).add(code)
        for group in groups.values():
            if 2 * len(group & there) > len(group):
                asked |= group
    return asked


def _each(mine: pd.DataFrame, layer: str, file: str, level: str) -> list[Issue]:
    found = []
    for code, unit in mine.iterrows():
        said = f"区划表中的{LEVEL_NAMES[level]}“{unit['name']}”（{code}）不在图层中，分母会少一个"
        found.append(_issue(layer, file, str(code), said, "补上该单元，或核对 scheme"))
    return found


def _whole(mine: pd.DataFrame, layer: str, file: str) -> Issue:
    county, code = str(mine["county"].iloc[0]), str(mine["county_code"].iloc[0])
    said = f"“{county}”（{code}）的 {len(mine)} 个乡镇（街道）都不在图层中：{_names(mine)}"
    return _issue(layer, file, code, said, "补上该县的乡镇边界，或核对 scheme")


def _denominators(
    units: pd.DataFrame, lacking: pd.DataFrame, layer: str, file: str, level: str
) -> Issue:
    """How many units there are, and how many there would be."""
    said = f"{LEVEL_NAMES[level]}应为 {len(units) + len(lacking):,} 个，图层有 {len(units):,} 个"
    parts = []
    for called, kinds in _KINDS[level].items():
        have, lack = (int(frame["kind"].isin(kinds).sum()) for frame in (units, lacking))
        if lack:
            parts.append(f"{called}应为 {have + lack:,} 个，现为 {have:,} 个")
    said = f"按区划表，{said}，缺 {len(lacking):,} 个" + (
        f"；其中{'；'.join(parts)}" if parts else ""
    )
    return _issue(layer, file, "", said, "分母以补齐后的为准")


def _issue(layer: str, file: str, code: str, said: str, fix: str) -> Issue:
    return Issue(layer, file, "", None, "代码", code, "W18", "warning", said, fix)


def _names(units: pd.DataFrame) -> str:
    more = f"等 {len(units)} 个" if len(units) > _SHOWN else ""
    return "、".join(units["name"].iloc[:_SHOWN]) + more
