"""Invented signs and a gazetteer about the sample's villages: the same ones each time, faults by rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from hbgeo.arrays import Floats
from hbgeo.measure.names.forms import plain_name
from hbgeo.measure.names.found import SIGN_COLUMNS
from hbgeo.measure.names.generics import divide, split_generic
from hbgeo.measure.names.places import PLACE_COLUMNS
from hbgeo.measure.names.reading import Reader, is_han
from hbgeo.measure.names.text import Judge
from hbgeo.measure.names.writing import write
from hbgeo.names.comparison import find_parents
from hbgeo.read.characters.readings import read_readings
from hbgeo.read.characters.variants import read_variants
from hbgeo.workspace import Workspace

FAULTY = 0.02  # of the signs
FAULTS = ("N01", "N02", "N03", "N04", "N05", "N06", "N07", "N08", "N09", "N10", "N11", "N12", "N14")
_NATURAL = (
    "湾",
    "冲",
    "畈",
    "坪",
    "垸",
    "咀",
    "岗",
    "塘",
    "坡",
    "寨",
    "店",
    "铺",
    "河",
    "山",
    "洲",
    "口",
)
_SIDES = ("", "", "", "上", "下", "老", "新", "东", "西")
_ROADS = ("路", "街", "巷", "大道")
_KINDS = {"village": "村牌", "natural": "自然村牌", "road": "路牌"}
_SHARES = (0.45, 0.25, 0.2, 0.1)  # how letters are written: with tones, without, joined, none


class World(NamedTuple):
    """A gazetteer, signs, and where each stands."""

    places: pd.DataFrame
    signs: pd.DataFrame
    lonlat: Floats


def make_judge() -> Judge:
    """What signs are judged by, as the command has it."""
    return Judge(read_variants(), Reader(read_readings()))


def make_world(workspace: Workspace, places: int, signs: int, seed: int = 1) -> World:
    """Make so many places of the sample's villages, and so many signs of them."""
    rng = np.random.default_rng(seed)
    judge = make_judge()
    known = _make_places(workspace, places, rng, judge)
    made = _make_signs(known, signs, rng, find_parents(workspace), judge)
    at = made.pop("at").to_numpy()
    lonlat = known[["x", "y"]].to_numpy(float)[at] + rng.normal(0, 2e-3, (signs, 2))
    return World(known[PLACE_COLUMNS], made[SIGN_COLUMNS], lonlat)


def _make_places(
    workspace: Workspace, n: int, rng: np.random.Generator, judge: Judge
) -> pd.DataFrame:
    villages = workspace.units("village").dropna(subset=["x"])
    own = [plain_name(str(name)) for name in villages["name"]]
    stems = np.array(sorted({split_generic(name)[0] for name in own if is_han(name)}), object)
    rest = n - len(own)
    home = rng.integers(0, len(own), rest)
    road = rng.random(rest) < 0.25
    ends = np.where(road, rng.choice(_ROADS, rest), rng.choice(_NATURAL, rest))
    sides = np.where(road, "", rng.choice(_SIDES, rest))
    names = rng.choice(stems, rest) + sides.astype(object) + ends.astype(object)
    at = np.concatenate([np.arange(len(own)), home])
    frame = pd.DataFrame(
        {
            "code": [*villages.index, *(f"42{k:018d}" for k in range(rest))],
            "name": [*own, *names],
            "unit_code": villages["township_code"].to_numpy(object)[at],
            "county_code": villages["county_code"].to_numpy(object)[at],
            "village": villages.index.to_numpy(object)[at],
            "sort": ["village"] * len(own) + np.where(road, "road", "natural").tolist(),
            "x": villages["x"].to_numpy(float)[at] + np.r_[np.zeros(len(own)), rng.normal(0, 8e-3, rest)],
            "y": villages["y"].to_numpy(float)[at] + np.r_[np.zeros(len(own)), rng.normal(0, 8e-3, rest)],
        }
    )  # fmt: skip
    known = {name: _spell(name, _KINDS[s], judge) for name, s in zip(frame["name"], frame["sort"], strict=True)}  # fmt: skip
    frame["roman"] = [known[name] if k % 3 else "" for k, name in enumerate(frame["name"])]
    frame["old"] = [
        (f"{name[0]}公村",) if k % 50 == 0 else () for k, name in enumerate(frame["name"])
    ]
    frame["aliases"] = [()] * len(frame)
    frame["gone"] = rng.random(len(frame)) < 0.003
    frame["class"] = ""
    return frame


def _spell(name: str, kind: str, judge: Judge, *, toned: bool = True) -> str:
    return write(name, judge.reader.read(name), divide(name, kind), toned=toned)


def _make_signs(
    places: pd.DataFrame,
    n: int,
    rng: np.random.Generator,
    parents: dict[str, tuple[str, ...]],
    judge: Judge,
) -> pd.DataFrame:
    living = np.flatnonzero(~places["gone"].to_numpy(bool))
    at = living[rng.integers(0, len(living), n)]
    mine = places.iloc[at]
    kinds = mine["sort"].map(_KINDS).to_numpy(object)
    way = rng.choice(4, n, p=_SHARES)
    names = mine["name"].tolist()
    written = [_written(*one, judge) for one in zip(names, kinds, way.tolist(), strict=True)]
    faulty = np.flatnonzero(rng.random(n) < FAULTY)
    for k, row in enumerate(faulty.tolist()):
        names[row], written[row] = _spoil(FAULTS[k % len(FAULTS)], names[row], written[row], kinds[row], judge)  # fmt: skip
    coded = (rng.random(n) < 0.4) & ~np.isin(np.arange(n), faulty)
    said = rng.random(n) < 0.5
    frame: dict[str, Any] = {
        "id": [f"BZ{k:09d}" for k in range(n)],
        "name": names,
        "roman": written,
        "kind": kinds,
        "place_code": np.where(coded, mine["code"].to_numpy(object), ""),
        "named": np.where(said, mine["name"].to_numpy(object), ""),
        "village_code": np.where(kinds == "村牌", mine["village"].to_numpy(object), ""),
        "township_code": mine["unit_code"].to_numpy(object),
        "county_code": mine["county_code"].to_numpy(object),
        "file": "signs.csv",
        "sheet": "",
        "row": np.arange(2, n + 2),
        "at": at,
    }
    made = pd.DataFrame({c: pd.Series(v, dtype="str" if c not in {"row", "at"} else None) for c, v in frame.items()})  # fmt: skip
    made["parents"] = pd.Series([parents[code] for code in frame["township_code"]], dtype=object)
    return made


def _written(name: str, kind: str, way: int, judge: Judge) -> str:
    if way == 3:
        return ""
    roman = _spell(name, kind, judge, toned=way == 0)
    if way == 2 and kind == "村牌" and roman.endswith(" Cun"):
        return f"{roman[:-4]}cun"
    return roman


def _spoil(rule: str, name: str, roman: str, kind: str, judge: Judge) -> tuple[str, str]:
    """A sign with a fault of a rule; what a rule cannot spoil stays as it is."""
    known = judge.variants
    if rule in {"N02", "N03"}:
        table = known.traditional if rule == "N02" else known.variant
        back = {new: old for old, new in table.items()}
        return "".join(back.get(char, char) for char in name), roman
    if rule in {"N04", "N05", "N09"}:
        other = {"河": "合", "红": "洪", "王": "汪", "未": "末", "湾": "弯", "咀": "嘴", "畈": "贩"}
        return "".join(other.get(char, char) for char in name), roman
    if rule in {"N01", "N07", "N08", "N14"}:
        made = {
            "N01": f"东{name[1:]}",
            "N07": f"{name[0]}公村",
            "N08": f"新{name}",
            "N14": "无此地名湾",
        }
        return made[rule], roman
    if rule == "N06":
        return split_generic(name)[0], roman
    plain = roman or _spell(name, kind, judge, toned=False)
    spoiled = {
        "N10": f"{plain} Road",
        "N11": plain.lower(),
        "N12": plain.replace("á", "à").replace("ī", "ì"),
    }
    return name, spoiled[rule]


SAMPLE = Path(__file__).parents[2]  # the repository is a workspace
