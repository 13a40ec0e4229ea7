"""A snapshot's file gives back all that went in, whoever reaches whom, and the same bytes again."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.errors import SnapshotError
from hbgeo.measure import snapshot_file
from hbgeo.measure.counted_facilities import FACILITY, CountedFacilities
from hbgeo.measure.snapshot import NUMBERS, TEXTS, Reach, Snapshot
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
    table = pd.DataFrame(held, columns=["indicator", *FACILITY])
    facilities, numbers = CountedFacilities.of_table(table)
    assert numbers.tolist() == list(range(len(held)))
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
    assert len(again.facilities) == 0
    assert again.reach_of("one") == {}


# damage


def content_of(name: str = "示例") -> bytes:
    links: Links = {"one": [("420101", "甲"), ("420102", "乙")], "two": []}
    kept = made(links, dict.fromkeys(IDS, True))
    said = {"name": name, "system": "funeral", "level": "county", "measure": "presence"}
    return snapshot_bytes(
        replace(kept, about={**kept.about, "indicators": {"one": said, "two": said}})
    )


def test_every_byte_of_a_snapshot_is_held_against_its_digest() -> None:
    whole = content_of()
    for at in range(len(whole)):
        harmed = whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :]
        with suppress(SnapshotError):
            again = read_snapshot(harmed, "x")
            assert snapshot_bytes(again) == whole, at  # the word that stands before the digest
    for at in range(0, len(whole), 61):
        for harmed in (whole[:at], whole[:at] + bytes(64) + whole[at + 64 :]):
            with pytest.raises(SnapshotError, match=r"^x.*损坏"):
                read_snapshot(harmed, "x")


def old(content: bytes, change: Callable[[dict[str, Any]], object], table: Any = None) -> bytes:
    """The same as a snapshot of before, which had no digest, with something changed in it."""
    was = pq.read_table(pa.BufferReader(content))
    said = json.loads(was.schema.metadata[b"hbgeo"])
    change(said)
    text = json.dumps(said).replace('"NOT JSON"', "{")
    sink = pa.BufferOutputStream()
    pq.write_table((table(was) if table else was).replace_schema_metadata({"hbgeo": text}), sink)
    return bytes(sink.getvalue().to_pybytes())


def test_a_snapshot_of_before_has_no_digest_and_is_read() -> None:
    content = content_of()
    assert snapshot_bytes(read_snapshot(old(content, lambda _: None), "x")) == content


def test_the_township_of_a_unit_comes_back_and_one_of_before_has_none() -> None:
    kept = read_snapshot(content_of(), "x")
    towns = ["420101001", "420102001", "", "", "", "420103002"]
    content = snapshot_bytes(replace(kept, units=kept.units.assign(township_code=towns)))
    assert read_snapshot(content, "x").units["township_code"].tolist() == towns
    before = old(content, lambda _: None, lambda table: table.drop_columns(["township_code"]))
    again = read_snapshot(before, "x").units
    assert again.columns.tolist() == [*TEXTS, *NUMBERS]
    assert again["township_code"].tolist() == [""] * 6
    assert again["code"].tolist() == UNITS * 2


WRONG: list[Callable[[dict[str, Any]], object]] = [
    lambda said: said.update(as_of=5),
    lambda said: said.update(as_of="2023-13-45"),
    lambda said: said.pop("as_of"),
    lambda said: said.update(format="NOT JSON"),
    lambda said: said.update(indicators=[]),
    lambda said: said.pop("indicators"),
    lambda said: said.update(indicators={"one": 7, "two": 7}),
    lambda said: said["indicators"].pop("two"),
    lambda said: said["indicators"]["one"].pop("measure"),
    lambda said: said["indicators"]["one"].update(name=5),
    lambda said: said["indicators"]["one"].update(years=5),
    lambda said: said["indicators"]["one"].update(years=["x"]),
    lambda said: said["indicators"]["one"].update(apart=float("nan")),
    lambda said: said["indicators"]["one"].update(apart="x"),
    lambda said: said.update(changes=[["x"]]),
    lambda said: said.update(changes={"a": 1}),
    lambda said: said.update(changes={}),
    lambda said: said.update(scenario={}),
    lambda said: said.update(policy=[]),
    lambda said: said.update(inputs=[]),
    lambda said: said["indicators"]["one"].update(unit=5),
    lambda said: said["indicators"]["one"].update(earlier=[]),
    lambda said: said["indicators"]["one"].update(beyond="x"),
    lambda said: said.update(scenario="x"),
    lambda said: said.update(policy={"a": 1}),
    lambda said: said.update(title=[5] * 10, inputs="x"),
]


@pytest.mark.parametrize("change", WRONG)
def test_what_a_snapshot_of_before_says_is_looked_through(
    change: Callable[[dict[str, Any]], object],
) -> None:
    with pytest.raises(SnapshotError, match=r"^x"):
        read_snapshot(old(content_of(), change), "x")


TABLES: dict[str, Callable[[pa.Table], pa.Table]] = {
    "a column less": lambda table: table.drop_columns(["demand"]),
    "no facilities": lambda table: table.drop_columns(["by"]),
    "facilities of another kind": lambda table: table.set_column(
        table.column_names.index("by"), "by", pa.array([[1]] * len(table))
    ),
    "words for numbers": lambda table: table.set_column(
        table.column_names.index("demand"), "demand", pa.array(["甲"] * len(table))
    ),
    "an endless number": lambda table: table.set_column(
        table.column_names.index("covered"), "covered", pa.array([float("inf")] * len(table))
    ),
    "bytes that are no text": lambda table: table.set_column(
        table.column_names.index("name"), "name", pa.array([b"\xff"] * len(table))
    ),
}


@pytest.mark.parametrize("change", TABLES)
def test_the_table_of_a_snapshot_of_before_is_looked_through(change: str) -> None:
    with pytest.raises(SnapshotError, match=r"^x"):
        read_snapshot(old(content_of(), lambda _: None, TABLES[change]), "x")


def test_far_too_many_rows_are_no_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_file, "_ROWS_PER_BYTE", 0)
    with pytest.raises(SnapshotError, match=r"^x：不是 hbgeo run 写出的快照"):
        read_snapshot(old(content_of(), lambda _: None), "x")
