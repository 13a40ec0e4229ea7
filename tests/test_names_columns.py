"""Signs that are plainly right are told by their columns: what is found is what one by one gives."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from one_by_one import check_one_by_one

from hbgeo.measure.names.check import check_names
from hbgeo.measure.names.columns import Words, as_columns
from hbgeo.measure.names.forms import plain_name
from hbgeo.measure.names.found import SIGN_COLUMNS
from hbgeo.measure.names.places import PLACE_COLUMNS, Places
from hbgeo.measure.names.plainly import find_plain
from hbgeo.measure.names.reading import Reader
from hbgeo.measure.names.roman import check_roman, usual_spellings
from hbgeo.measure.names.text import Judge
from hbgeo.measure.names.together import Alike, near_another, one_sound, same_place
from hbgeo.read.characters.readings import read_readings
from hbgeo.read.characters.variants import read_variants
from hbgeo.workspace import Workspace

TOWNS = ("420525101", "420525102", "420526101", "")
PARENTS = {
    "420525101": ("湖北省", "宜昌市", "远安县", "双河镇"),
    "420525102": ("湖北省", "宜昌市", "远安县", "长岭镇"),
    "420526101": ("湖北省", "宜昌市", "兴山县", "古夫镇"),
    "": (),
}
STEMS = ("双河", "双合", "石头咀", "石头嘴", "长岭", "王家湾", "汪家湾", "王家弯", "朝家湾", "雙河", "五峯山", "建设", "中山", "曾家", "周家塆", "解家", "塔儿山")  # fmt: skip
ENDS = ("村", "社区", "湾", "路", "巷", "", "二路", "村委会", "12号")
KINDS = ("村牌", "村牌", "自然村牌", "自然村牌", "路牌", "巷牌", "门牌", "其他", "")


@cache
def judge() -> Judge:
    return Judge(read_variants(), Reader(read_readings()))


def name_of(rng: random.Random) -> str:
    return rng.choice(STEMS) + rng.choice(ENDS)


def roman_of(rng: random.Random, name: str, kind: str) -> str:
    forms = sorted(usual_spellings(name, kind, judge().reader)[0])
    made = rng.choice(forms) if forms and rng.random() < 0.9 else "Shuanghe Cun"
    how = rng.random()
    if how < 0.5:
        return made
    return rng.choice(("", made.lower(), made.replace(" ", ""), f"{made} Road", made.replace("’", "'"), f"{made}（旧）"))  # fmt: skip


def places_of(rng: random.Random) -> pd.DataFrame:
    rows = []
    for at in range(40):
        town, name = rng.choice(TOWNS[:3]), name_of(rng)
        county = town[:6] if rng.random() < 0.95 else ""
        old = [(), (name_of(rng),)][rng.random() < 0.2]
        alias = [(), (name_of(rng),)][rng.random() < 0.2]
        roman = roman_of(rng, name, "自然村牌") if rng.random() < 0.5 else ""
        code = f"G{at}" if rng.random() < 0.9 else ""
        rows.append([code, name, roman, town, county, old, alias, rng.random() < 0.1])
        rows[-1].append(rng.choice(["", "", "自然村", "行政村", "社区", "道路", "水系", "其他"]))
    return pd.DataFrame(rows, columns=PLACE_COLUMNS)


def signs_of(rng: random.Random, known: pd.DataFrame, count: int) -> pd.DataFrame:
    rows = []
    for at in range(count):
        town = rng.choice(TOWNS)
        mine = known[known["unit_code"] == town]
        name = name_of(rng)
        if len(mine) and rng.random() < 0.7:
            name = rng.choice(mine["name"].tolist())
        kind = rng.choice(KINDS)
        text = name if rng.random() < 0.8 else rng.choice((f"{''.join(PARENTS[town][2:])}{name}", f" {name} ", f"{name}（原大公村）", f"示例{name}", f"{name} Shuānghé Cūn"))  # fmt: skip
        named = rng.choice(("", "", name, name_of(rng), f"{name}村"))
        county = town[:6] or rng.choice(("420525", ""))
        codes = [rng.choice(("", "", "", f"G{rng.randrange(45)}")) for _ in range(2)]
        rows.append([f"B{at}", text, roman_of(rng, name, kind), kind, codes[0], named, codes[1], town, county, PARENTS[town], "a.csv", "", at + 2])  # fmt: skip
    return pd.DataFrame(rows, columns=SIGN_COLUMNS)


def where(rng: random.Random, count: int) -> np.ndarray | None:
    if rng.random() < 0.3:
        return None
    lonlat = np.array([[111 + rng.random() / 10, 31 + rng.random() / 10] for _ in range(count)])
    lonlat[[rng.random() < 0.3 for _ in range(count)]] = np.nan
    return lonlat


@pytest.mark.parametrize("seed", range(40))
def test_what_is_found_is_what_is_found_one_by_one(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    frame = places_of(rng) if seed % 8 else pd.DataFrame(columns=PLACE_COLUMNS)
    signs = signs_of(rng, frame, 150)
    how: dict[str, Any] = {
        "beside": [(TOWNS[0], TOWNS[1])] if rng.random() < 0.5 else [],
        "lonlat": where(rng, len(signs)),
        "scope": rng.choice(((), ("村牌",), ("",), ("村牌", "自然村牌"))),
        "sample": rng.random() < 0.3,
    }
    made = check_names(signs, Places(frame, judge()), judge(), **how)
    due = check_one_by_one(signs, Places(frame, judge()), judge(), **how)
    pd.testing.assert_frame_equal(made.rows, due.rows, check_dtype=False)
    assert (made.signs, made.unheld, made.mixed) == (due.signs, due.unheld, due.mixed)


def test_the_kind_of_column_makes_no_difference() -> None:
    rng = random.Random(1)  # noqa: S311
    frame = places_of(rng)
    signs = signs_of(rng, frame, 150)
    texts = [c for c in SIGN_COLUMNS if c not in {"parents", "row"}]
    due = check_names(signs, Places(frame, judge()), judge()).rows
    for kind in ("str", "category"):
        made = check_names(
            signs.astype(dict.fromkeys(texts, kind)), Places(frame, judge()), judge()
        )
        pd.testing.assert_frame_equal(made.rows, due, check_dtype=False)


def test_most_real_villages_are_told_by_the_column(sample: Workspace) -> None:
    names = sorted({plain_name(str(name)) for name in sample.units("village")["name"]})[::20]
    reader = judge().reader
    told = 0
    for name in names:
        for kind in ("村牌", "自然村牌"):
            forms, sure = usual_spellings(name, kind, reader)
            told += bool(forms)
            for form in forms if sure else ():
                assert check_roman(name, kind, form, reader) == []
                assert check_roman(name, kind, form, reader, official="Wúguān Cūn") == []
    assert told > 1.9 * len(names)


def test_streets_in_figures_and_with_sides_are_spelled_rightly() -> None:
    reader = judge().reader
    for name in ("中山二路", "解放大道", "景山后街", "朝阳门内大街", "长安路", "第三巷", "东大街"):
        forms, _ = usual_spellings(name, "路牌", reader)
        assert forms
        assert all(check_roman(name, "路牌", form, reader) == [] for form in forms)


def test_a_right_sign_is_told_by_the_column_and_a_doubtful_one_is_not() -> None:
    frame = pd.DataFrame(
        [["G1", "双河村", "", TOWNS[0], "420525", (), (), False, ""]], columns=PLACE_COLUMNS
    )
    texts = ("双河村", "雙河村", "双合村", "双河村")
    letters = ("Shuānghécūn", "", "", "Shuanghai Cun")
    rows = [
        ["B", text, roman, "村牌", "", "", "", TOWNS[0], "420525", PARENTS[TOWNS[0]], "", "", 1]
        for text, roman in zip(texts, letters, strict=True)
    ]
    columns = as_columns(pd.DataFrame(rows, columns=SIGN_COLUMNS), sample=False)
    plain = find_plain(columns, Places(frame, judge()), judge(), np.ones(4, bool))
    assert plain.mask.tolist() == [True, False, False, False]
    assert plain.at.tolist() == [0, -1, -1, -1]


@pytest.mark.parametrize("seed", range(20))
def test_signs_of_one_place_are_those_of_every_group(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places, texts, letters = (rng.integers(-1, high, 60) for high in (20, 3, 3))
    texts = np.abs(texts)
    rows = set(same_place(places, texts, letters).tolist())
    for at in range(60):
        mine = np.flatnonzero(places == places[at])
        own = set(letters[mine].tolist()) - {-1}
        due = places[at] >= 0 and (len(set(texts[mine].tolist())) > 1 or len(own) > 1)
        assert (at in rows) == due


@pytest.mark.parametrize("seed", range(20))
def test_none_that_stands_near_another_is_left_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 60
    alike = Alike(np.arange(n), rng.integers(0, 4, n), rng.integers(0, 3, n))
    units = rng.integers(-1, 5, n)
    touching = np.array([[0, 1], [1, 0], [2, 4], [4, 2]])
    lonlat = np.column_stack((111 + rng.random(n) / 5, 31 + rng.random(n) / 5))
    lonlat[rng.random(n) < 0.4] = np.nan
    mark = near_another(alike, units, touching, lonlat)
    x, y = np.radians(lonlat).T
    space = 6_371_007.2 * np.column_stack((np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)))
    for one in range(n):
        for other in range(n):
            if alike.groups[one] != alike.groups[other] or alike.texts[one] == alike.texts[other]:
                continue
            apart = np.linalg.norm(space[one] - space[other])
            pair = [int(units[one]), int(units[other])]
            by_unit = pair[0] == pair[1] or pair in touching.tolist()
            if apart <= 2_000 or (np.isnan(apart) and min(pair) >= 0 and by_unit):
                assert mark[one]


def test_far_signs_of_one_sound_are_not_compared() -> None:
    alike = Alike(np.arange(4), np.zeros(4, int), np.array([0, 1, 0, 0]))
    lonlat = np.array([[111.0, 31.0], [111.01, 31.0], [112.0, 31.0], [112.0, 31.0]])
    none = np.empty((0, 2), int)
    assert near_another(alike, np.full(4, -1), none, lonlat).tolist() == [True, True, False, False]


def test_groups_of_one_sound_have_a_text_beside_another_and_one_that_may_be_wrong() -> None:
    words = Words()
    texts = words.of(["王家湾", "汪家湾", "石头咀", "石头嘴", "双河", "王家湾"])
    kinds = words.of(["自然村牌"] * 5 + ["村牌"])
    asked = np.array([False, False, False, False, True, True])
    assert one_sound(texts, kinds, asked, words, judge()).rows.tolist() == []
    asked[2] = True
    assert one_sound(texts, kinds, asked, words, judge()).rows.tolist() == [2, 3]
