"""A snapshot as a file: Parquet, a row an indicator and unit, the facilities that reach it inside."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import date
from hashlib import blake2b
from itertools import chain
from typing import IO, Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hbgeo.arrow import Cells, lists_in
from hbgeo.errors import SnapshotError
from hbgeo.measure.counted_facilities import FACILITY, CountedFacilities
from hbgeo.measure.snapshot import (
    NUMBERS,
    SUPPLY,
    TEXTS,
    Reach,
    Snapshot,
    fingerprint_about,
    numbers_in,
    texts_of,
)

FORMAT = "hbgeo-snapshot-1"
_DIGEST = "hbgeo-blake2b:"  # a digest of all other bytes follows it, near the end of the file
_SIZE = 16  # bytes of the digest
_ROWS_PER_BYTE = 100  # more rows for its size have no snapshot
_UNREADABLE = (
    pa.ArrowException, ValueError, KeyError, TypeError, IndexError, AttributeError, OSError,
    OverflowError, MemoryError, RecursionError,
)  # fmt: skip
_NO_REACH = Reach(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
_KINDS: dict[str, pa.DataType] = {
    "x": pa.float64(),
    "y": pa.float64(),
    "ways": pa.int8(),
    "served": pa.list_(pa.string()),
}
_BY = pa.list_(pa.struct([(c, _KINDS.get(c, pa.string())) for c in FACILITY]))
_NEEDED = {"name", "system", "level", "measure"}  # that every snapshot says of an indicator
_OF_INDICATOR = dict.fromkeys([*_NEEDED, "unit", "earlier"], str) | {"years": list, "beyond": list}
_ABOUT = {"policy": str, "scenario": list, "changes": list, "inputs": dict, "indicators": dict}


def snapshot_bytes(snapshot: Snapshot) -> bytes:
    """The content of the file that `write_snapshot` writes."""
    made = io.BytesIO()
    write_snapshot(snapshot, made)
    return made.getvalue()


def write_snapshot(snapshot: Snapshot, file: IO[bytes]) -> None:
    """Write a snapshot as Parquet: a row an indicator and unit, its facilities inside.

    The facilities that counted but stand in no unit of their indicator are in rows without code.
    """
    said = {"format": FORMAT, "as_of": snapshot.as_of.isoformat(), **snapshot.about}
    metadata = {"hbgeo": json.dumps(said, ensure_ascii=False)}
    table = _table_of(snapshot).replace_schema_metadata(metadata)
    sink = _Sealed(file)
    with pq.ParquetWriter(cast("IO[bytes]", sink), table.schema, compression="zstd") as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({"digest": _DIGEST + "0" * 2 * _SIZE})
        sink.hold()  # what is said of the file, which is written last
    sink.seal()


class _Sealed(io.RawIOBase):
    """Hands on what is written, but the last of it with the digest of all other bytes in its place."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._made = file, blake2b(digest_size=_SIZE)
        self._at, self._last = 0, bytearray()
        self._holds = False

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def write(self, data: Any) -> int:
        if self._holds:
            self._last += data
        else:
            self._made.update(data)
            self._file.write(data)
        self._at += len(data)
        return len(data)

    def hold(self) -> None:
        """From now on it is the last that is written."""
        self._holds = True

    def seal(self) -> None:
        """Hand on the last."""
        before, _, after = _parted(bytes(self._last))
        self._made.update(before)
        self._made.update(after)
        self._file.write(before + self._made.hexdigest().encode() + after)


def _table_of(snapshot: Snapshot) -> pa.Table:
    """The rows of a snapshot; of a million facilities no more stays in memory than they take."""
    units, reach = snapshot.units, snapshot.reach
    numbers = numbers_in(units)
    columns: dict[str, Cells] = {c: texts_of(units[c]) for c in TEXTS}
    columns |= {c: pa.array(units[c].to_numpy(float), from_pandas=True) for c in numbers}
    unused = np.ones(len(snapshot.facilities), dtype=bool)
    unused[reach.facility] = False
    lost = np.flatnonzero(unused)
    reached, unreached = _structs(snapshot.facilities, reach.facility, lost)
    columns["by"] = _lists(reached, reach.sizes)
    if not len(lost):
        return pa.table(columns)
    blank: dict[str, Cells] = {c: pa.array([""] * len(lost), pa.string()) for c in TEXTS}
    blank["indicator"] = texts_of(snapshot.facilities.column("indicator").iloc[lost])
    blank |= {c: pa.nulls(len(lost), pa.float64()) for c in numbers}
    blank["by"] = _lists(unreached, np.ones(len(lost), dtype=np.int64))
    return pa.concat_tables([pa.table(columns), pa.table(blank)])


def read_about(content: bytes, name: str) -> dict[str, Any]:
    """Read only what a snapshot says of itself: `about`, its `format` and `as_of`.

    Raises
    ------
    SnapshotError
        If it is no snapshot, or damaged; `name` says which file.
    """
    before, stated, after = _parted(content)
    if stated and stated != _digest(before, after):
        raise SnapshotError(f"{name}：快照已损坏（内容与写出时不同）；请从备份恢复，或删去它")
    try:
        known = pq.read_metadata(pa.BufferReader(content))
        said: dict[str, Any] = json.loads(
            (known.schema.to_arrow_schema().metadata or {})[b"hbgeo"], parse_constant=_refuse
        )
        if said["format"] != FORMAT or known.num_rows > _ROWS_PER_BYTE * len(content):
            raise KeyError(FORMAT)
        date.fromisoformat(said["as_of"])
        return said
    except _UNREADABLE:
        raise SnapshotError(
            f"{name}：不是 hbgeo run 写出的快照（maps/snapshots 下的 .parquet），或已损坏"
        ) from None


def read_fingerprint(content: bytes, name: str) -> str:
    """The fingerprint of a snapshot that was kept, without reading its rows."""
    return fingerprint_about(read_about(content, name))


def read_snapshot(content: bytes, name: str) -> Snapshot:
    """Read what `snapshot_bytes` wrote.

    Raises
    ------
    SnapshotError
        If it is something else, or damaged; `name` says which file.
    """
    said = read_about(content, name)
    try:
        made = _read(said, pq.read_table(pa.BufferReader(content)))
        if not _parted(content)[1]:
            _check(made)
        return made
    except _UNREADABLE:
        raise SnapshotError(f"{name}：快照已损坏；请从备份恢复，或删去它") from None


def read_figures(content: bytes, name: str) -> Snapshot:
    """Read what a snapshot's figures rest on, a fraction of the whole: no facility, no place of a unit.

    Raises
    ------
    SnapshotError
        If it is none, or damaged; `name` says which file.
    """
    if not _parted(content)[1]:  # an older one is looked through as a whole
        return read_snapshot(content, name)
    said = read_about(content, name)
    try:
        source = pq.ParquetFile(pa.BufferReader(content))
        there = set(source.schema_arrow.names)
        numbers = [*NUMBERS, *(c for c in SUPPLY if c in there)]
        units = source.read(["indicator", "code", *numbers]).to_pandas()
        units = units[units["code"] != ""].reset_index(drop=True)
        return _snapshot(said, units, CountedFacilities(), _NO_REACH)
    except _UNREADABLE:
        raise SnapshotError(f"{name}：快照已损坏；请从备份恢复，或删去它") from None


def _parted(content: bytes) -> tuple[bytes, bytes, bytes]:
    """What stands before the digest of a snapshot, the digest, and the rest; older ones have none."""
    at = content.rfind(_DIGEST.encode())
    if at < 0:
        return content, b"", b""
    start = at + len(_DIGEST)
    return content[:start], content[start : start + 2 * _SIZE], content[start + 2 * _SIZE :]


def _digest(before: bytes, after: bytes) -> bytes:
    """The digest of a snapshot, which stands between both: a file may wait years to be read."""
    made = blake2b(before, digest_size=_SIZE)
    made.update(after)
    return made.hexdigest().encode()


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _check(snapshot: Snapshot) -> None:
    """Look through what a comparison takes for granted: an older snapshot has no digest.

    Raises
    ------
    ValueError, KeyError, TypeError
        If something is not as `take_snapshot` would have it.
    """
    indicators = snapshot.about["indicators"]
    _check_kinds(snapshot.about, _ABOUT)
    for one in indicators.values():
        _check_kinds(one, _OF_INDICATOR)
        numbers = [*map(int, one.get("years", ())), float(one.get("apart", 0))]
        if not (one.keys() >= _NEEDED and np.isfinite(numbers).all()):
            raise ValueError(one)
    endless = np.isinf(snapshot.units[NUMBERS].to_numpy()).any()
    if endless or not snapshot.counted <= indicators.keys():
        raise ValueError(snapshot.counted)
    _ = snapshot.changes, snapshot.lists


def _check_kinds(said: Mapping[str, Any], kinds: Mapping[str, type]) -> None:
    wrong = [k for k, kind in kinds.items() if not isinstance(said.get(k, kind()), kind)]
    if wrong:
        raise TypeError(wrong)


def _read(said: dict[str, Any], table: pa.Table) -> Snapshot:
    """A snapshot from its table and what it says of itself."""
    texts, numbers = pa.string(), pa.float64()
    kinds: list[tuple[str, pa.DataType]] = [(c, texts) for c in TEXTS]
    kinds += [(c, numbers) for c in NUMBERS]
    kinds = [(c, kind) for c, kind in kinds if c in table.column_names or c != "township_code"]
    kinds += [(c, numbers) for c in SUPPLY if c in table.column_names]
    table = table.select([*(c for c, _ in kinds), "by"]).cast(pa.schema([*kinds, ("by", _BY)]))
    nested = cast("pa.ListArray[Any]", table.column("by").combine_chunks())  # as `_BY` says
    sizes = nested.value_lengths().fill_null(0).to_numpy().astype(np.int64)
    owner = np.repeat(np.arange(len(table)), sizes)
    of = table.column("indicator").combine_chunks().take(owner)
    flat = cast("pa.StructArray", nested.flatten())
    one, other = (
        a.dictionary_encode().indices.to_numpy().astype(np.int64) for a in (of, flat.field("id"))
    )
    at, keys = pd.factorize(one * (len(flat) + 1) + other)  # a number for each indicator and id
    first = np.zeros(len(keys), dtype=np.int64)
    first[at[::-1]] = np.arange(len(at))[::-1]
    facilities, number = CountedFacilities.of_table(_facilities(flat.take(first), of.take(first)))
    units = table.drop_columns(["by"]).to_pandas()
    given = (units["code"] != "").to_numpy()
    reach = Reach(sizes[given], number[at[given[owner]]])
    units = units[given].reset_index(drop=True)
    if "township_code" not in units:  # a snapshot of before: what it lacks is not known
        units.insert(TEXTS.index("township_code"), "township_code", "")
    return _snapshot(said, units, facilities, reach)


def _snapshot(
    said: Mapping[str, Any], units: pd.DataFrame, facilities: CountedFacilities, reach: Reach
) -> Snapshot:
    about = {k: v for k, v in said.items() if k not in {"format", "as_of"}}
    return Snapshot(date.fromisoformat(said["as_of"]), about, units, facilities, reach)


def _structs(facilities: CountedFacilities, *orders: NDArray[np.int64]) -> list[pa.StructArray]:
    """Facilities in several orders, each as one Arrow column; no column is there whole for longer than need be."""
    made: list[list[Cells]] = [[] for _ in orders]
    for column in FACILITY:
        whole = _facts(facilities.column(column), column)
        for some, order in zip(made, orders, strict=True):
            some.append(whole.take(order))
        del whole  # before the next is put together
    return [pa.StructArray.from_arrays(some, FACILITY) for some in made]


def _facts(column: pd.Series, name: str) -> Cells:
    if name == "served":
        served = column.to_numpy()
        some = np.flatnonzero(served.astype(bool))  # most serve no more than where they stand
        ends, listed = np.zeros(len(served) + 1, dtype=np.int32), served[some].tolist()
        ends[some + 1] = list(map(len, listed))
        np.cumsum(ends, out=ends)
        codes = pa.array(list(chain.from_iterable(listed)), pa.string())
        return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), codes)
    if name in _KINDS:
        return pa.array(column.to_numpy(), _KINDS[name], from_pandas=True)
    return texts_of(column)


def _lists(facilities: pa.StructArray, sizes: NDArray[np.int64]) -> pa.ListArray[Any]:
    """The facilities that reach each row, so many of them."""
    ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), facilities)


def _facilities(held: pa.StructArray, indicator: Cells) -> pd.DataFrame:
    """Facilities as they were, of what `_structs` made of them."""
    made = {c: held.field(c).to_pandas() for c in FACILITY if c != "served"}
    table = pd.DataFrame({"indicator": indicator.to_pandas(), **made})
    lists = cast("pa.ListArray[Any]", held.field("served"))
    served: list[tuple[str, ...]] = [()] * len(held)
    some = np.flatnonzero(lists.value_lengths().fill_null(0).to_numpy())
    for n, codes in zip(some.tolist(), lists_in(lists.take(some)), strict=True):
        served[n] = tuple(codes)
    table["served"] = pd.Series(served, dtype=object)
    return table[["indicator", *FACILITY]]
