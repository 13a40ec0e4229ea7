"""A snapshot: what every indicator said on a date, unit by unit, kept to be compared with later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from hbgeo.errors import LayerError
from hbgeo.measure.targets import Assessment

FORMAT = "hbgeo-snapshot-1"
TEXTS = ["indicator", "level", "code", "name", "kind", "county_code", "county"]
TEXTS += ["prefecture_code", "prefecture", "shape"]
NUMBERS = ["demand", "covered", "value"]
_FACILITY = ["id", "name", "x", "y", "named", "served", "ways"]


@dataclass(frozen=True)
class Snapshot:
    """All indicators of a workspace as of a date.

    Attributes
    ----------
    about
        `title`, `sample`, `inputs` (layer → fingerprint of its files), `policy` (fingerprint),
        `scenario`, and `indicators`: id → name, system, level, measure, basis, status.
    units
        One row an indicator and unit (indicator "": a unit that none counts): `TEXTS`, `NUMBERS` (value: amounts only) and `by`, the
        positions in `facilities` of those that reach it. `shape` is the fingerprint of the unit's
        boundary, "" without one.
    facilities
        Every facility that counted: `indicator` and what `Assessment.qualified` says of it.
    """

    as_of: date
    about: Mapping[str, Any]
    units: pd.DataFrame
    facilities: pd.DataFrame

    @property
    def fingerprint(self) -> str:
        """One short word for all that went in: layers, policy and options."""
        return _print_of(self.about)

    def of(self, indicator: str) -> pd.DataFrame:
        """The units of one indicator, by code."""
        return self.units[self.units["indicator"] == indicator].set_index("code")

    def facilities_of(self, indicator: str) -> pd.DataFrame:
        """The facilities of one indicator, by id."""
        mine = self.facilities[self.facilities["indicator"] == indicator]
        return mine.drop_duplicates("id").set_index("id")


def fingerprint(content: bytes) -> str:
    """Sixteen hexadecimal digits that stand for some bytes."""
    return hashlib.sha256(content).hexdigest()[:16]


def take_snapshot(
    assessments: Sequence[Assessment],
    units: Mapping[str, pd.DataFrame],
    *,
    title: str,
    inputs: Mapping[str, str],
    policy: str,
    scenario: Sequence[str] = (),
) -> Snapshot:
    """Keep what the assessments say.

    Parameters
    ----------
    units
        Units of each level measured, with `geometry` where they have boundaries.
    inputs
        Layer → fingerprint of its files.
    policy
        Fingerprint of the policy that was applied.
    scenario
        Options that differ from the policy's reading.
    """
    measured = [a for a in assessments if a.coverage is not None]
    shapes = {level: shape_prints(frame) for level, frame in units.items()}
    parts: list[pd.DataFrame] = []
    held: list[pd.DataFrame] = []
    before = 0
    for a in measured:
        parts.append(_units_of(a, shapes[a.indicator.units], before))
        if "x" in a.qualified:
            mine = a.qualified.rename_axis("id").reset_index()
            held.append(mine.assign(indicator=a.indicator.id))
            before += len(mine)
    for level, frame in units.items():
        counted = [p["code"] for p in parts if (p["level"] == level).all()]
        parts.append(_uncounted(level, frame, shapes[level], counted))
    about = {
        "title": title,
        "sample": any(a.coverage.basis.sample for a in measured if a.coverage),
        "inputs": dict(sorted(inputs.items())),
        "policy": policy,
        "scenario": list(scenario),
        "indicators": {a.indicator.id: _about(a) for a in assessments},
    }
    as_of = assessments[0].as_of if assessments else date.min
    table = pd.concat(parts, ignore_index=True) if parts else _no_units()
    facilities = pd.concat(held, ignore_index=True) if held else _no_facilities()
    return Snapshot(as_of, about, table, facilities[["indicator", *_FACILITY]])


def snapshot_bytes(snapshot: Snapshot) -> bytes:
    """Write a snapshot as Parquet: a row an indicator and unit, its facilities inside.

    The facilities that counted but stand in no unit of their indicator are in rows without code.
    """
    units = snapshot.units
    columns: dict[str, Any] = {c: pa.array(units[c], pa.string()) for c in TEXTS}
    columns |= {c: pa.array(units[c].to_numpy(float), from_pandas=True) for c in NUMBERS}
    by = units["by"].to_numpy()
    used = np.concatenate([*by, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    table = pa.table(columns | {"by": _nest(snapshot.facilities, used, [len(b) for b in by])})
    lost = np.setdiff1d(np.arange(len(snapshot.facilities)), used)
    if len(lost):
        rest = snapshot.facilities["indicator"].to_numpy()[lost]
        blank = {c: pa.array([""] * len(lost), pa.string()) for c in TEXTS}
        blank["indicator"] = pa.array(rest.astype(str), pa.string())
        blank |= {c: pa.nulls(len(lost), pa.float64()) for c in NUMBERS}
        blank["by"] = _nest(snapshot.facilities, lost, [1] * len(lost))
        table = pa.concat_tables([table, pa.table(blank)])
    said = {"format": FORMAT, "as_of": snapshot.as_of.isoformat(), **snapshot.about}
    table = table.replace_schema_metadata({"hbgeo": json.dumps(said, ensure_ascii=False)})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def read_about(content: bytes, name: str) -> dict[str, Any]:
    """Read only what a snapshot says of itself: `about`, its `format` and `as_of`.

    Raises
    ------
    LayerError
        If it is no snapshot; `name` says which file.
    """
    try:
        said: dict[str, Any] = json.loads(
            (pq.read_schema(pa.BufferReader(content)).metadata or {})[b"hbgeo"]
        )
        if said["format"] != FORMAT:
            raise KeyError(said["format"])
    except (pa.ArrowInvalid, KeyError, json.JSONDecodeError):
        raise LayerError(
            f"{name}:不是 hbgeo run 写出的快照(maps/snapshots 下的 .parquet)"
        ) from None
    return said


def kept_fingerprint(content: bytes, name: str) -> str:
    """The fingerprint of a snapshot that was kept, without reading its rows."""
    return _print_of(read_about(content, name))


def _print_of(about: Mapping[str, Any]) -> str:
    stated = {k: about.get(k) for k in ("inputs", "policy", "scenario")}
    return fingerprint(json.dumps(stated, sort_keys=True).encode())


def read_snapshot(content: bytes, name: str) -> Snapshot:
    """Read what `snapshot_bytes` wrote.

    Raises
    ------
    LayerError
        If it is something else; `name` says which file.
    """
    said = read_about(content, name)
    table = pq.read_table(pa.BufferReader(content))
    nested = table.column("by").combine_chunks()
    owner = np.repeat(np.arange(len(table)), nested.value_lengths().fill_null(0).to_numpy())
    held = pd.DataFrame(nested.flatten().to_pylist(), columns=_FACILITY)
    held["served"] = [tuple(s) for s in held["served"]]
    units = table.drop_columns(["by"]).to_pandas()
    held.insert(0, "indicator", units["indicator"].to_numpy()[owner])
    key = pd.MultiIndex.from_frame(held[["indicator", "id"]])
    first, _ = pd.factorize(key)
    facilities = held[~key.duplicated()].reset_index(drop=True)
    ends = np.cumsum(np.bincount(owner, minlength=len(units)))[:-1]
    units["by"] = pd.Series(np.split(first, ends), dtype=object)
    units = units[units["code"] != ""].reset_index(drop=True)
    as_of = date.fromisoformat(said["as_of"])
    about = {k: v for k, v in said.items() if k not in {"format", "as_of"}}
    return Snapshot(as_of, about, units, facilities)


def _about(a: Assessment) -> dict[str, Any]:
    one = a.indicator
    return {
        "name": one.full_name,
        "system": one.system,
        "level": one.units,
        "measure": one.measure,
        "status": a.status,
        "basis": a.basis_lines,
    }


def shape_prints(units: pd.DataFrame) -> pd.Series:
    """The fingerprint of each unit's boundary, to a metre or so: a rewritten file is no change."""
    if "geometry" not in units:
        return pd.Series("", units.index, dtype="str")
    shapes = units["geometry"].to_numpy()
    plain = shapely.normalize(shapely.transform(shapes, lambda xy: np.round(xy, 5)))
    return pd.Series([fingerprint(w)[:8] for w in shapely.to_wkb(plain)], units.index)


def _units_of(a: Assessment, shapes: pd.Series, before: int) -> pd.DataFrame:
    if a.coverage is None:
        raise AssertionError(a.indicator.id)  # only measured ones are kept
    table = a.coverage.units.reset_index(names="code")
    table["indicator"], table["level"] = a.indicator.id, a.indicator.units
    table["shape"] = shapes.reindex(table["code"]).fillna("").to_numpy()
    if "value" not in table:
        table["value"] = np.nan
    table["by"] = _reachers(a, table["code"], before)
    return table[[*TEXTS, *NUMBERS, "by"]]


def _uncounted(
    level: str, units: pd.DataFrame, shapes: pd.Series, counted: Sequence[pd.Series]
) -> pd.DataFrame:
    """The units that no indicator counts: a comparison must know them to see boundaries change."""
    seen = set().union(*counted)
    rest = units[[code not in seen for code in units.index]]
    table = pd.DataFrame({"code": rest.index, "indicator": "", "level": level})
    for column in TEXTS[3:-1]:
        table[column] = rest[column].to_numpy() if column in rest else ""
    table["shape"] = shapes.reindex(rest.index).to_numpy()
    for column in NUMBERS:
        table[column] = np.nan
    table["by"] = pd.Series([np.zeros(0, dtype=np.int64)] * len(table), dtype=object)
    return table[[*TEXTS, *NUMBERS, "by"]]


def _reachers(a: Assessment, codes: pd.Series, before: int) -> pd.Series:
    """For each unit the facilities that reach it, as positions; `before` stand ahead of them."""
    links = a.coverage.links if a.coverage is not None else pd.DataFrame({"unit": []})
    if "x" not in a.qualified or links.empty:
        return pd.Series([np.zeros(0, dtype=np.int64)] * len(codes), dtype=object)
    unit = pd.Index(codes).get_indexer(links["unit"])
    order = np.argsort(unit, kind="stable")
    order = order[unit[order] >= 0]
    rows = a.qualified.index.get_indexer(links["facility"].to_numpy()[order]) + before
    ends = np.cumsum(np.bincount(unit[order], minlength=len(codes)))[:-1]
    return pd.Series(np.split(rows, ends), dtype=object)


def _nest(facilities: pd.DataFrame, rows: Any, sizes: Sequence[int]) -> pa.ListArray:
    """Lists of facilities as one Arrow column."""
    mine = facilities.iloc[rows]
    kinds = {"x": pa.float64(), "y": pa.float64(), "ways": pa.int8()}
    kinds["served"] = pa.list_(pa.string())
    arrays = []
    for column in _FACILITY:
        cells = mine[column].to_numpy(object)
        cells = [list(c) for c in cells] if column == "served" else cells
        arrays.append(pa.array(cells, kinds.get(column, pa.string()), from_pandas=True))
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    return pa.ListArray.from_arrays(
        pa.array(offsets), pa.StructArray.from_arrays(arrays, _FACILITY)
    )


def _no_units() -> pd.DataFrame:
    return pd.DataFrame({c: [] for c in [*TEXTS, *NUMBERS, "by"]})


def _no_facilities() -> pd.DataFrame:
    return pd.DataFrame({c: [] for c in ["indicator", *_FACILITY]})
