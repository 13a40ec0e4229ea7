"""A snapshot as a file: Parquet, a row an indicator and unit, the facilities that reach it inside."""

from __future__ import annotations

import json
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from hbgeo.errors import LayerError
from hbgeo.measure.snapshot import (
    FACILITY,
    NUMBERS,
    TEXTS,
    Reach,
    Snapshot,
    fingerprint_about,
    texts_of,
)

FORMAT = "hbgeo-snapshot-1"


def snapshot_bytes(snapshot: Snapshot) -> bytes:
    """Write a snapshot as Parquet: a row an indicator and unit, its facilities inside.

    The facilities that counted but stand in no unit of their indicator are in rows without code.
    """
    units, reach = snapshot.units, snapshot.reach
    facilities = _structs(snapshot.facilities)
    columns: dict[str, Any] = {c: texts_of(units[c]) for c in TEXTS}
    columns |= {c: pa.array(units[c].to_numpy(float), from_pandas=True) for c in NUMBERS}
    columns["by"] = _lists(facilities, reach)
    table = pa.table(columns)
    unused = np.ones(len(facilities), dtype=bool)
    unused[reach.facility] = False
    lost = np.flatnonzero(unused)
    if len(lost):
        rest = snapshot.facilities["indicator"].iloc[lost]
        blank = {c: pa.array([""] * len(lost), pa.string()) for c in TEXTS}
        blank["indicator"] = texts_of(rest)
        blank |= {c: pa.nulls(len(lost), pa.float64()) for c in NUMBERS}
        blank["by"] = _lists(facilities, Reach(np.ones(len(lost), dtype=np.int64), lost))
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


def read_fingerprint(content: bytes, name: str) -> str:
    """The fingerprint of a snapshot that was kept, without reading its rows."""
    return fingerprint_about(read_about(content, name))


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
    sizes = nested.value_lengths().fill_null(0).to_numpy().astype(np.int64)
    owner = np.repeat(np.arange(len(table)), sizes)
    of, flat = table.column("indicator").combine_chunks().take(owner), nested.flatten()
    one, other = (
        a.dictionary_encode().indices.to_numpy().astype(np.int64) for a in (of, flat.field("id"))
    )
    at, keys = pd.factorize(one * (len(flat) + 1) + other)  # a number for each indicator and id
    first = np.zeros(len(keys), dtype=np.int64)
    first[at[::-1]] = np.arange(len(at))[::-1]
    facilities = _facilities(flat.take(first), of.take(first))
    units = table.drop_columns(["by"]).to_pandas()
    given = (units["code"] != "").to_numpy()
    reach = Reach(sizes[given], at[given[owner]])
    units = units[given].reset_index(drop=True)
    if "township_code" not in units:  # a snapshot of before: what it lacks is not known
        units.insert(TEXTS.index("township_code"), "township_code", "")
    as_of = date.fromisoformat(said["as_of"])
    about = {k: v for k, v in said.items() if k not in {"format", "as_of"}}
    return Snapshot(as_of, about, units, facilities, reach)


def _structs(facilities: pd.DataFrame) -> pa.StructArray:
    """Facilities as one Arrow column."""
    kinds = {"x": pa.float64(), "y": pa.float64(), "ways": pa.int8()}
    made = {
        c: pa.array(facilities[c].to_numpy(), kind, from_pandas=True) for c, kind in kinds.items()
    }
    served = facilities["served"].tolist()
    ends = np.cumsum([0, *map(len, served)]).astype(np.int32)
    codes = pa.array(list(chain.from_iterable(served)), pa.string())
    made["served"] = pa.ListArray.from_arrays(pa.array(ends), codes)
    made |= {c: texts_of(facilities[c]) for c in ("id", "name", "named")}
    return pa.StructArray.from_arrays([made[c] for c in FACILITY], FACILITY)


def _lists(facilities: pa.StructArray, reach: Reach) -> pa.ListArray:
    """The facilities that reach each row."""
    ends = np.concatenate([[0], np.cumsum(reach.sizes)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), facilities.take(pa.array(reach.facility)))


def _facilities(held: pa.StructArray, indicator: pa.Array) -> pd.DataFrame:
    """What `_structs` made of facilities, as they were."""
    made = {c: held.field(c).to_pandas() for c in FACILITY if c != "served"}
    table = pd.DataFrame({"indicator": indicator.to_pandas(), **made})
    lists = held.field("served")
    served: list[tuple[str, ...]] = [()] * len(held)
    some = np.flatnonzero(lists.value_lengths().fill_null(0).to_numpy())
    for n, codes in zip(some.tolist(), lists.take(some).to_pylist(), strict=True):
        served[n] = tuple(codes)
    table["served"] = pd.Series(served, dtype=object)
    return table[["indicator", *FACILITY]]
