"""Places of 2016 looked for in the lists of 2023 by hbgeo's own matching: renamed, moved, vanished ones.

    python tests/bench/real_names.py FOLDER                     # counts
    python tests/bench/real_names.py FOLDER --sample 50 out.csv # and some drawn at random, to be judged by hand

FOLDER holds hubei_places_adcode2016_gcj02_and_wgs84.csv, hubei_codes_towns_2023.csv and
hubei_codes_villages_2023.csv, none of which is part of the project. A place is looked for in its own
township or county, by name in the form that is compared; then anywhere in its county; then by a
misspelled or differing generic; then by its code. Both lists are of the statistics bureau, so a code
says something, but it is reused: it is asked last, and what it gives is only 疑为更名.

Measured in 2026-11. Of 1,057 townships 1,030 are unchanged, 11 changed their generic only (乡 → 镇,
镇 → 街道), 8 are thought renamed, 1 is written otherwise, 7 are not found. Of 2,959 villages 2,653 are
unchanged, 38 lie in another township, 64 changed their generic (村 → 社区), 46 are thought renamed, 8
are written otherwise, 149 are not found, 1 has several namesakes. Of 50 changed ones drawn at random
43 were judged right by hand, 2 doubtful, 5 wrong: two farms whose 分场 became 社区, one whose 渔场 and
county code both changed, one that changed township and generic at once, and one that was 村村 twice
(mended since).
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from hbgeo.measure.names.forms import plain_name
from hbgeo.measure.names.places import PLACE_COLUMNS, Places
from hbgeo.measure.names.reading import Reader
from hbgeo.measure.names.text import Judge, check_text
from hbgeo.read.characters.readings import read_readings
from hbgeo.read.characters.variants import read_variants
from hbgeo.read.divisions import normal_name

SEED = 18
SAME, MOVED, SORT, SPELLED, RENAMED, SEVERAL, GONE = (
    "未变", "名称未变、所属乡镇变了", "只改了通名", "写法不同", "疑为更名（代码相同）", "同名不止一个", "找不到：撤销、并入或改名改码",
)  # fmt: skip
COLUMNS = [
    "code",
    "level",
    "county",
    "town",
    "old_name",
    "verdict",
    "new_code",
    "new_name",
    "new_town",
    "near",
]


class Found(NamedTuple):
    """What became of a place: in words, which place of 2023 it is, and what may be meant."""

    verdict: str
    at: int = -1
    near: tuple[str, ...] = ()


class Lists:
    """The places of 2023, looked up as signs are."""

    def __init__(self, frame: pd.DataFrame, judge: Judge) -> None:
        self.frame, self.judge = frame, judge
        self.places = Places(frame, judge)

    def follow(self, code: str, name: str, town: str, county: str) -> Found:
        """What became of a place of 2016, its name in the form that is compared."""
        inside = self.places.find(town, name) if town else None
        if inside is not None and inside.at >= 0:
            return Found(self._same(name, inside.at), inside.at)
        if inside is not None and inside.rule == "N15":
            return Found(SEVERAL, near=inside.near)
        around = self.places.find(county, name)
        if around.at >= 0:
            said = self._same(name, around.at)
            if not town or said == SAME:  # a misspelled one is no evidence in another township
                return Found(MOVED if town else said, around.at)
        by_code = self.places.by_code(code)
        near = inside.near if inside else around.near
        if by_code >= 0:
            return Found(RENAMED, by_code, near)
        return Found(SEVERAL if around.rule == "N15" else GONE, near=near)

    def _same(self, name: str, at: int) -> str:
        standard = self.places.standard(at)
        rules = {one.rule for one in check_text(name, standard, self.judge)}
        return SAME if not rules else SORT if rules == {"N06"} else SPELLED


def _read(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / name, dtype="str", keep_default_na=False)


def _fold(name: str, county: str = "") -> str:
    """The name of a township as it is compared: 西马街办事处 is 西马街道, as 西马街街道 is."""
    return normal_name(normal_name(name.removeprefix(county)))


def _counties(old: pd.DataFrame, towns: pd.DataFrame) -> dict[str, str]:
    """County code of 2016 → that of 2023: the same, or that of the county of the same name but 县 or 市."""
    today = {code: code for code in towns["county_code"]}
    stems = {
        (code[:4], name[:-1]): code
        for code, name in zip(towns["county_code"], towns["county_name"], strict=True)
    }
    pairs = old[["adcode", "county"]].drop_duplicates().itertuples(index=False)
    return {code: today.get(code) or stems.get((code[:4], name[:-1]), code) for code, name in pairs}


def _as_places(
    codes: pd.Series, names: pd.Series, units: pd.Series, counties: pd.Series
) -> pd.DataFrame:
    made = pd.DataFrame({"code": codes, "name": names, "unit_code": units, "county_code": counties})
    made = made.assign(
        roman="", old=[()] * len(made), aliases=[()] * len(made), gone=False, **{"class": ""}
    )
    return made[PLACE_COLUMNS].reset_index(drop=True)


def follow_all(folder: Path) -> pd.DataFrame:
    """One row a place of 2016 (`COLUMNS`)."""
    judge = Judge(read_variants(), Reader(read_readings()))
    old = _read(folder, "hubei_places_adcode2016_gcj02_and_wgs84.csv")
    towns, villages = (
        _read(folder, f"hubei_codes_{one}_2023.csv") for one in ("towns", "villages")
    )
    folded = pd.Series(list(map(_fold, towns["town_name"], towns["county_name"])), dtype="str")
    of_town = Lists(_as_places(towns["town_code"] + "000", folded, towns["county_code"], towns["county_code"]), judge)  # fmt: skip
    of_village = Lists(_as_places(villages["village_code"], villages["village_name"], villages["town_code"], villages["county_code"]), judge)  # fmt: skip
    counties = _counties(old, towns)
    of_code = dict(zip(towns["town_code"], towns["town_name"], strict=True))
    rows = []
    for one in old.itertuples():
        county = counties[one.adcode]
        if one.level == "town":
            lists, town, name = of_town, "", _fold(one.name, one.county)
        else:
            lists, town, name = (
                of_village,
                _town_of(one, county, of_town, of_code),
                plain_name(one.name),
            )
        found = lists.follow(one.code, name, town, county)
        row = lists.frame.iloc[found.at] if found.at >= 0 else None
        new = (
            ("", "", "")
            if row is None
            else (row["code"], row["name"], of_code.get(row["unit_code"], ""))
        )
        rows.append(
            (
                one.code,
                one.level,
                one.county,
                one.town,
                one.name,
                found.verdict,
                *new,
                "、".join(found.near),
            )
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def _town_of(one: Any, county: str, towns: Lists, of_code: dict[str, str]) -> str:
    """The township of 2023 that a village of 2016 lay in: by name in its county, else by its code."""
    match = towns.places.find(county, _fold(one.town, one.county))
    if match.at >= 0:
        return str(towns.frame["code"].iloc[match.at])[:9]
    return one.code[:9] if one.code[:9] in of_code else ""


def main() -> None:
    """Print the counts; write a sample to be judged."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--sample", nargs=2, metavar=("COUNT", "FILE"))
    chosen = options.parse_args()
    made = follow_all(chosen.folder)
    for level, mine in made.groupby("level"):
        counts = Counter(mine["verdict"])
        said = "；".join(f"{verdict} {count:,}" for verdict, count in counts.most_common())
        sys.stdout.write(f"{level} {len(mine):,}：{said}\n")
    if chosen.sample:
        drawn = made[made["verdict"] != SAME].sample(int(chosen.sample[0]), random_state=SEED)
        drawn.to_csv(chosen.sample[1], index=False, encoding="utf-8-sig")


if __name__ == "__main__":
    main()
