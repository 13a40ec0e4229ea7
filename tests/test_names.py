"""Signs against their standard names: the labelled pairs, and where each sort of finding ends."""

from __future__ import annotations

import csv
import random
import zlib
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hbgeo.measure.names.check import check_names
from hbgeo.measure.names.disagree import NEAR_M, Sign, check_beside, check_same_place
from hbgeo.measure.names.forms import latin_of, letters_of, plain_name, without_parents
from hbgeo.measure.names.found import COLUMNS, SIGN_COLUMNS, Checked
from hbgeo.measure.names.places import PLACE_COLUMNS, Match, Places
from hbgeo.measure.names.reading import Reader
from hbgeo.measure.names.rules import RULES
from hbgeo.measure.names.text import Judge, Standard, check_forms, check_text
from hbgeo.read.characters.readings import read_readings
from hbgeo.read.characters.variants import read_variants

PAIRS = Path(__file__).parent / "names" / "pairs.csv"
PARENTS = ("湖北省", "宜昌市", "远安县", "鸣凤镇")
HERE, NEXT = "420525101", "420525102"


@cache
def judge() -> Judge:
    return Judge(read_variants(), Reader(read_readings()))


def split(text: str) -> list[str]:
    return [one for one in text.split("、") if one]


def places(*rows: tuple[object, ...]) -> Places:
    """(code, name, old, aliases, gone), all in one township."""
    full = [
        [c, n, "", HERE, HERE[:6], list(old), list(also), gone, ""]
        for c, n, old, also, gone in rows
    ]
    return Places(pd.DataFrame(full, columns=PLACE_COLUMNS), judge())


def named(*names: str) -> Places:
    return places(*((f"G{n}", name, (), (), False) for n, name in enumerate(names)))


def sign(name: str, roman: str = "", kind: str = "村牌", **more: str) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(SIGN_COLUMNS, "")
    row |= {"id": name, "name": name, "roman": roman, "kind": kind, "township_code": HERE}
    return row | {"county_code": HERE[:6], "parents": PARENTS, "row": 2} | more


def check(signs: list[dict[str, object]], known: Places, **how: object) -> Checked:
    frame = pd.DataFrame(signs, columns=SIGN_COLUMNS)
    return check_names(frame, known, judge(), **how)  # type: ignore[arg-type]


def rules(signs: list[dict[str, object]], known: Places, **how: object) -> list[tuple[str, str]]:
    rows = check(signs, known, **how).rows
    return list(zip(rows["id"], rows["rule"], strict=True))


# ---- the labelled pairs


def labelled() -> list[dict[str, str]]:
    lines = PAIRS.read_text("utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def is_held_out(row: dict[str, str]) -> bool:
    """A sixth by a hash of its own: it was counted once the rules were written, not before."""
    key = "|".join(row[c] for c in ("kind", "sign", "roman", "standard"))
    return zlib.crc32(key.encode()) % 6 == 0


def found_of(row: dict[str, str]) -> set[str]:
    known = [("P", row["standard"], split(row["old"]), split(row["alias"]), False)]
    known = known if row["standard"] else []
    known += [(f"G{n}", name, [], [], False) for n, name in enumerate(split(row["gazetteer"]))]
    known += [(f"X{n}", name, [], [], True) for n, name in enumerate(split(row["gone"]))]
    code = "P" if row["standard"] else "Q" if row["also"] else ""
    mine = {"kind": row["kind"], "place_code": code}
    signs = [sign(row["sign"], row["roman"], **mine) | {"id": "asked"}]
    for other in split(row["also"]):
        name, _, roman = other.partition(":")
        signs.append(sign(name, roman, **mine) | {"id": "also"})
    next_door = {"kind": row["kind"], "township_code": NEXT}
    signs += [sign(name, **next_door) | {"id": "beside"} for name in split(row["beside"])]
    made = rules(signs, places(*known), beside=[(HERE, NEXT)])
    return {rule for one, rule in made if one == "asked"}


@pytest.mark.parametrize("held_out", [False, True])
def test_the_labelled_pairs_are_found_by_rule(*, held_out: bool) -> None:
    right, false, missed = Counter[str](), Counter[str](), Counter[str]()
    rows = [row for row in labelled() if is_held_out(row) == held_out]
    for row in rows:
        got, due = found_of(row), set(split(row["expect"]))
        right.update(got & due)
        false.update(got - due)
        missed.update(due - got)
    assert len(rows) == (117 if held_out else 553)
    assert right.total() / (right.total() + false.total()) >= 0.98, false
    assert right.total() / (right.total() + missed.total()) >= 0.95, missed
    assert max(false.values(), default=0) <= 1, false


def test_the_labelled_set_is_large_enough() -> None:
    rows = labelled()
    counts = Counter(rule for row in rows for rule in split(row["expect"]))
    assert len(rows) >= 450
    assert min(counts[rule] for rule in RULES) >= 25
    assert sum(not row["expect"] for row in rows) >= 100


# ---- forms


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("双河村", "双河村"),
        ("双河村村民委员会", "双河村"),
        ("双河村委会", "双河村"),
        ("双河村村", "双河村"),
        ("小村村村民委员会", "小村"),
        ("小村村", "小村"),
        ("东湖居委会", "东湖社区"),
        ("保成社区居民委员会", "保成社区"),
        ("大智街道办事处", "大智街道"),
        (" 双 河 村 ", "双河村"),
        ("双河村（原大公村）", "双河村"),
        ("双河村 Shuānghé Cūn", "双河村"),
        ("村委会", "村委会"),
        ("示例村", "示例村"),
    ],
)
def test_names_are_compared_in_one_form(text: str, plain: str) -> None:
    assert plain_name(text) == plain
    assert plain_name(plain_name(text)) == plain


def test_the_word_of_invented_layers_is_no_part_of_a_name() -> None:
    assert plain_name("示例双河村", sample=True) == "双河村"
    assert letters_of("Shilishuanghe Cun", sample=True) == "Shuanghe Cun"
    assert letters_of("Shili'an Lu", sample=True) == "An Lu"
    assert letters_of("Shilishuanghe Cun") == "Shilishuanghe Cun"


def test_divisions_before_a_name_come_off_but_never_the_name() -> None:
    assert without_parents("湖北省远安县鸣凤镇双河村", PARENTS) == "双河村"
    assert without_parents("鸣凤镇", PARENTS) == "鸣凤镇"
    assert without_parents("鸣凤镇村", PARENTS) == "鸣凤镇村"


def test_letters_in_the_same_cell_are_read() -> None:
    assert latin_of("双河村 Shuānghé Cūn") == "Shuānghé Cūn"
    assert latin_of("双河村") == ""
    assert rules([sign("双河村 Shuānghai Cūn")], named("双河村")) == [
        ("双河村 Shuānghai Cūn", "N10")
    ]


# ---- text


def text_rules(text: str, name: str, *, old: list[str] | None = None) -> list[str]:
    return [one.rule for one in check_text(text, Standard(name, old or []), judge())]


def test_each_difference_falls_under_the_narrowest_rule() -> None:
    assert text_rules("双河村", "双河村") == []
    assert text_rules("雙河邨", "双河村") == ["N02", "N03"]
    assert text_rules("雙合村", "双河村") == ["N02", "N04"]
    assert text_rules("双合社区", "双河村") == ["N04", "N06"]
    assert text_rules("东风村", "双河村") == ["N01"]
    assert text_rules("大公村", "和平村", old=["大公村"]) == ["N07"]
    assert text_rules("東方村", "和平村", old=["东方村"]) == ["N02", "N07"]


def test_a_variant_that_the_standard_name_has_is_right() -> None:
    assert text_rules("夏家垅", "夏家垅") == []
    assert text_rules("夏家垅", "夏家垄") == ["N03"]
    assert check_forms("夏家垅", judge()) == []
    assert [one.rule for one in check_forms("夏家灣", judge())] == ["N02"]


def test_too_many_strange_characters_are_another_name() -> None:
    assert text_rules("清明", "青名") == ["N01"]  # none of it is the same
    assert text_rules("青龙庙", "清隆庙") == ["N04"]


def test_the_tables_of_characters_lead_to_what_no_table_changes_again() -> None:
    known = read_variants()
    for table in (known.traditional, known.variant, known.local):
        assert all(old != new and new not in known.traditional for old, new in table.items())
    assert all((b, a) in known.alike for a, b in known.alike)


# ---- matching


def test_a_code_wins_over_a_name() -> None:
    known = places(("P", "双河村", (), (), False), ("Q", "红星村", (), (), False))
    rows = check([sign("红星村", place_code="P")], known).rows
    assert rows[["standard", "rule"]].to_numpy().tolist() == [["双河村", "N01"]]


def test_a_village_sign_stands_for_the_village_of_its_row() -> None:
    rows = check([sign("双合村", village_code="G0")], named("双河村村委会", "双合村")).rows
    assert rows[["standard", "rule", "suggestion"]].to_numpy().tolist() == [
        ["双河村村委会", "N04", "双河村"]
    ]


def test_a_name_is_looked_for_in_its_own_unit_only() -> None:
    assert rules([sign("双河村", township_code=NEXT)], named("双河村")) == [("双河村", "N14")]
    assert rules([sign("双河村", township_code="")], named("双河村")) == []  # then in its county


def test_one_misspelled_name_is_found_and_two_that_may_be_meant_are_left_to_a_person() -> None:
    assert named("双河村", "红星村").find(HERE, "双合村") == Match(0)
    rows = check([sign("双合村")], named("双河村", "双荷村")).rows
    assert rows["rule"].tolist() == ["N14"]
    assert "双河村、双荷村" in rows["message"].iloc[0]
    assert rows["standard"].tolist() == [""]
    assert rows["score"].isna().all()


def test_a_former_name_leads_to_the_place_and_that_of_a_vanished_one_to_none() -> None:
    known = places(("P", "和平村", ("大公村",), (), False), ("X", "前进村", (), (), True))
    assert known.find(HERE, "大公村") == Match(0)
    assert known.find(HERE, "前进村") == Match(-1, gone=True)
    assert rules([sign("前进村")], known) == [("前进村", "N07")]


def test_places_of_one_name_are_told_apart_by_code_only() -> None:
    known = named("王家湾", "王家湾")
    assert rules([sign("王家湾", kind="自然村牌")], known) == [("王家湾", "N15")]
    assert rules([sign("王家湾", kind="自然村牌", place_code="G1")], known) == []


def test_signs_that_name_no_place_are_not_looked_for() -> None:
    for kind in ("门牌", "导向", "界桩", "其他"):
        assert rules([sign("建设路12号", kind=kind)], named("双河村")) == []
    assert check([sign("建设路12号", kind="门牌")], named("双河村")).unheld == {"420525": 1}


def test_without_a_gazetteer_of_a_kind_the_row_itself_says_what_it_stands_for() -> None:
    row = sign("王家弯", kind="自然村牌", named="王家湾")
    assert rules([row], named("双河村"), scope=["村牌"]) == [("王家弯", "N04")]


def test_wrong_text_with_letters_of_its_own_is_one_finding() -> None:
    row = sign("花桥村", "Huāqiáo Cūn", place_code="G0")
    assert rules([row], named("石桥村")) == [("花桥村", "N01")]
    row = sign("花桥村", "Shíqiáo Cūn", place_code="G0")
    assert rules([row], named("石桥村")) == [("花桥村", "N01")]
    row = sign("花桥村", "Wángcūn", place_code="G0")
    assert rules([row], named("石桥村")) == [("花桥村", "N01"), ("花桥村", "N10")]


def test_the_rows_say_all_that_a_reader_needs() -> None:
    row = sign("双合村", "Shuanghe", place_code="G0", id="B1", file="标志.xlsx", sheet="一", row=7)
    rows = check([row], named("双河村")).rows
    assert rows.columns.tolist() == COLUMNS
    first = rows.iloc[0]
    assert (first["id"], first["sign"], first["standard"]) == ("B1", "双合村", "双河村")
    assert (first["rule"], first["severity"], first["suggestion"]) == ("N04", "error", "双河村")
    assert first["article"] == RULES["N04"].article
    assert float(first["score"]) == 66.7  # two of three characters
    assert (first["unit_code"], first["county_code"]) == (HERE, "420525")
    assert (first["file"], first["sheet"], first["row"]) == ("标志.xlsx", "一", 7)


def test_villages_that_part_and_join_their_generic_in_one_county_are_counted() -> None:
    known = named("双河村", "红星村", "长岭村")
    signs = [
        sign("双河村", "Shuanghe Cun"),
        sign("红星村", "Hongxingcun"),
        sign("长岭村", "Changling Cun"),
    ]
    made = check(signs, known)
    assert made.rows.empty
    assert made.mixed == {"420525": (2, 1)}
    assert check(signs[::2], known).mixed == {}


# ---- signs against each other


def test_of_signs_of_one_place_the_right_one_is_not_called_wrong() -> None:
    signs = [
        Sign("双河村", "", "村牌", HERE, right=True, place=1),
        Sign("双合村", "", "村牌", HERE, right=False, place=1),
    ]
    assert [at for at, _ in check_same_place(signs)] == [1]
    unknown = [
        Sign("双河村", "", "村牌", HERE, right=None, place=1),
        Sign("双合村", "", "村牌", HERE, right=None, place=1),
    ]
    assert [at for at, _ in check_same_place(unknown)] == [0, 1]
    apart = [
        Sign("双河村", "", "村牌", HERE, right=None, place=1),
        Sign("双合村", "", "村牌", HERE, right=None, place=2),
    ]
    assert list(check_same_place(apart)) == []


def test_letters_of_one_place_disagree_only_in_letters() -> None:
    def said(one: str, other: str) -> int:
        pair = [Sign("双河村", roman, "村牌", HERE, right=True, place=1) for roman in (one, other)]
        return len(list(check_same_place(pair)))

    assert said("Shuānghé Cūn", "SHUANGHECUN") == 0
    assert said("Shuanghe Cun", "Shuanghai Cun") == 2
    assert said("Shuanghe Cun", "") == 0


def beside(signs: list[Sign], **how: object) -> list[int]:
    return [at for at, _ in check_beside(signs, judge(), **how)]  # type: ignore[arg-type]


def test_next_door_is_by_distance_where_both_stand_and_by_unit_where_not() -> None:
    pair = [
        Sign("石头咀", "", "自然村牌", HERE, right=None),
        Sign("石头嘴", "", "自然村牌", NEXT, right=None),
    ]
    assert beside(pair) == []
    assert beside(pair, beside=[(NEXT, HERE)]) == [0, 1]
    degree = NEAR_M / 111_195  # of latitude, on the sphere of the same area
    near = np.array([[111.0, 31.0], [111.0, 31.0 + degree * 0.99]])
    far = np.array([[111.0, 31.0], [111.0, 31.0 + degree * 1.01]])
    nowhere = np.array([[111.0, 31.0], [np.nan, np.nan]])
    assert beside(pair, lonlat=near) == [0, 1]
    assert beside(pair, lonlat=far, beside=[(HERE, NEXT)]) == []
    assert beside(pair, lonlat=nowhere, beside=[(HERE, NEXT)]) == [0, 1]


def test_two_standard_names_that_sound_the_same_are_two_places() -> None:
    pair = [
        Sign("红星村", "", "村牌", HERE, right=True, place=1),
        Sign("洪星村", "", "村牌", HERE, right=True, place=2),
    ]
    assert beside(pair) == []
    pair[1] = Sign("洪星村", "", "村牌", HERE, right=None)
    assert beside(pair) == [1]
    other = [
        Sign("红星村", "", "村牌", HERE, right=None),
        Sign("洪星村", "", "自然村牌", HERE, right=None),
    ]
    assert beside(other) == []


@pytest.mark.parametrize("seed", range(20))
def test_names_written_two_ways_are_those_that_every_pair_gives(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    texts = ["石头咀", "石头嘴", "周家湾", "周家塆", "王家湾", "周家弯", "胡家冲", "胡家沖"]
    signs = [
        Sign(
            rng.choice(texts),
            "",
            "自然村牌",
            rng.choice((HERE, NEXT, "")),
            rng.choice((True, None, False)),
        )
        for _ in range(40)
    ]
    lonlat = np.array([[111 + rng.random() / 20, 31 + rng.random() / 20] for _ in signs])
    lonlat[rng.sample(range(40), 10)] = np.nan
    due = {
        at
        for at, one in enumerate(signs)
        if not one.right
        for other, two in enumerate(signs)
        if one.text != two.text
        and _one_name(one.text, two.text)
        and _near(at, other, signs, lonlat)
    }
    assert set(beside(signs, lonlat=lonlat)) == due


def _one_name(one: str, other: str) -> bool:
    same = [{"石头咀", "石头嘴"}, {"周家湾", "周家塆", "周家弯"}, {"胡家冲", "胡家沖"}]
    return any({one, other} <= group for group in same)


def _near(at: int, other: int, signs: list[Sign], lonlat: np.ndarray) -> bool:
    if np.isnan(lonlat[[at, other]]).any():
        return bool(signs[at].unit) and signs[at].unit == signs[other].unit
    (x1, y1), (x2, y2) = np.radians(lonlat[[at, other]])
    half = np.sin((y2 - y1) / 2) ** 2 + np.cos(y1) * np.cos(y2) * np.sin((x2 - x1) / 2) ** 2
    return bool(2 * 6_371_007.2 * np.arcsin(np.sqrt(half)) <= NEAR_M)


@pytest.mark.parametrize(
    ("sort", "kind", "rule"),
    [
        ("社区", "村牌", "N06"), ("社区", "自然村牌", "N14"), ("自然村", "自然村牌", "N06"),
        ("", "自然村牌", "N06"), ("其他", "自然村牌", "N06"), ("水系", "自然村牌", "N14"),
    ],
)  # fmt: skip
def test_a_sign_is_a_misspelling_only_of_what_it_may_stand_for(
    sort: str, kind: str, rule: str
) -> None:
    row = ["G", "龙安社区", "", HERE, HERE[:6], [], [], False, sort]
    known = Places(pd.DataFrame([row], columns=PLACE_COLUMNS), judge())
    assert [found for _, found in rules([sign("龙安湾", kind=kind)], known)] == [rule]
