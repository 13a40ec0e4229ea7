"""A snapshot's file gives back all that went in, whoever reaches whom, and the same bytes again."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.measure.snapshot import FACILITY, NUMBERS, TEXTS, Reach, Snapshot
from hbgeo.measure.snapshot_file import read_fingerprint, read_snapshot, snapshot_bytes

UNITS = ["420101", "420102", "420103"]
IDS = ["甲", "乙", "丙", "丁"]
Links = dict[str, list[tuple[str, str]]]


def made(links: Links, placed: dict[str, bool]) -> Snapshot:
    """Two indicators over three units and four facilities; who reaches whom as `links` has it."""
    rows = [dict.fromkeys(TEXTS, "") | {"indicator": i, "code": c} for i in links for c in UNITS]
    units = pd.DataFrame(rows, columns=TEXTS).astype("str")
    units = units.assign(**{c: np.arange(len(units), dtype=float) for c in NUMBERS})
    units.loc[units.index[:1], "value"] = np.nan
    one = {"name": "示例", "named": "", "ways": 7}
    held = [
        {"indicator": i, "id": f, "x": 110.5 if placed[f] else np.nan, "y": 30.0, **one}
        | {"served": (UNITS[0], "4201") if f == "甲" else ()}
        for i in links
        for f in IDS
    ]
    facilities = pd.DataFrame(held, columns=["indicator", *FACILITY])
    sizes, positions = [], []
    for n, i in enumerate(links):
        for code in UNITS:
            mine = [n * len(IDS) + IDS.index(f) for c, f in links[i] if c == code]
            sizes.append(len(mine))
            positions += mine
    reach = Reach(np.array(sizes, dtype=np.int64), np.array(positions, dtype=np.int64))
    about = {"title": "示例", "inputs": {}, "policy": "", "scenario": [], "indicators": {}}
    return Snapshot(date(2023, 12, 31), about, units, facilities, reach)


PAIRS = st.lists(st.tuples(st.sampled_from(UNITS), st.sampled_from(IDS)), unique=True)


@settings(max_examples=60, deadline=None)
@given(PAIRS, PAIRS, st.fixed_dictionaries({f: st.booleans() for f in IDS}))
def test_what_goes_in_comes_back(
    first: list[tuple[str, str]], second: list[tuple[str, str]], placed: dict[str, bool]
) -> None:
    links = {"one": first, "two": second}
    kept = made(links, placed)
    content = snapshot_bytes(kept)
    again = read_snapshot(content, "x")
    assert snapshot_bytes(again) == content
    assert read_fingerprint(content, "x") == kept.fingerprint
    for one, pairs in links.items():
        expected: dict[str, list[str]] = {}
        for code, facility in pairs:
            expected.setdefault(code, []).append(facility)
        assert again.reach_of(one) == kept.reach_of(one) == expected
        was, now = kept.facilities_of(one), again.facilities_of(one)
        pd.testing.assert_frame_equal(now.loc[was.index], was, check_dtype=False)
        assert len(now) == len(IDS)
        pd.testing.assert_frame_equal(again.of(one), kept.of(one), check_dtype=False)


def test_nothing_measured_is_a_snapshot_too() -> None:
    empty = made({}, dict.fromkeys(IDS, True))
    again = read_snapshot(snapshot_bytes(empty), "x")
    assert again.units.empty
    assert again.facilities.empty
    assert again.reach_of("one") == {}
