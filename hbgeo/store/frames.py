"""Frames kept in a folder from one run to the next, as Arrow: loaded at once, run nothing.

An entry holds frames and the fingerprint of all they were made from; asked for under another
fingerprint it is as if it were not there. It is data only, whoever wrote it: no code is loaded.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from hbgeo.arrow import Cells, apart, large_texts, lists_in, pandas_texts
from hbgeo.store.folder import StoreFolder

_SUFFIX = "frames"
_REPEATS = 4  # rows a distinct text, from which a column is kept as numbers of texts
_MANY = 100_000  # rows
_THREADS = 4
_LOOK = 20_000  # rows looked at before a column is gone through
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, pa.ArrowException, shapely.GEOSException)


class CannotKeepError(Exception):
    """A column of a kind that would not come back as it was."""


@dataclass(frozen=True)
class FrameStore:
    """Frames by name, in files of a folder that may be deleted at any time.

    Nothing depends on it: what cannot be written, or is damaged, is forgotten and nobody is told.
    Every byte is checked before Arrow, which takes a file at its word, sees any of them.
    """

    folder: Path

    def get(self, name: str, key: str) -> list[pd.DataFrame] | None:
        """The frames put under `name` with the very same `key`; None where there are none."""
        content = self._cache.get(name, key) if key else None
        if content is None:
            return None
        file, found = pa.BufferReader(content), []
        try:
            while file.tell() < len(content):
                found.append(_read_frame(file))
        except _UNREADABLE:
            return None
        return found

    def has(self, name: str, key: str) -> bool:
        """Whether there is an entry under `name` with the very same `key`."""
        return bool(key) and self._cache.has(name, key)

    def put(self, name: str, key: str, frames: Sequence[pd.DataFrame]) -> None:
        """Keep frames under `name`, in place of those kept before; "" as key keeps nothing.

        Columns may be text, numbers, times, categories of text, lists of texts and geometry.
        """
        if not key:
            return
        with contextlib.suppress(CannotKeepError, pa.ArrowException):
            batches = [_as_batch(frame) for frame in frames]
            self._cache.put(name, lambda file: _write(file, batches), key)

    @property
    def _cache(self) -> StoreFolder:
        return StoreFolder(self.folder, _SUFFIX, most=None)  # as many as there are names


@dataclass(frozen=True)
class FramesByKey:
    """Frames of one kind, by layer, for as long as all they come from is the same.

    Attributes
    ----------
    kind
        Ends the name of the entries.
    fingerprint_of
        Layer → the fingerprint of all that its frames come from; "" keeps nothing.
    unchanged
        Whether the files are still as they were when that was taken.
    """

    store: FrameStore
    kind: str
    fingerprint_of: Callable[[str], str]
    unchanged: Callable[[], bool]

    def get(self, key: str) -> list[pd.DataFrame] | None:
        """The frames put for a layer; None where there are none or they would be others by now."""
        return self.store.get(f"{key}{self.kind}", self.fingerprint_of(key))

    def has(self, key: str) -> bool:
        """Whether `get` would find frames."""
        return self.store.has(f"{key}{self.kind}", self.fingerprint_of(key))

    def put(self, key: str, frames: Sequence[pd.DataFrame]) -> None:
        """Keep a layer's frames, or forget them."""
        if self.unchanged():
            self.store.put(f"{key}{self.kind}", self.fingerprint_of(key), frames)


def frame_bytes(frame: pd.DataFrame) -> bytes:
    """A frame as bytes, for `frame_of_bytes`.

    Raises
    ------
    CannotKeepError
        If a column is of a kind that would not come back as it was.
    """
    file = io.BytesIO()
    try:
        with pa.ipc.new_stream(file, (batch := _as_batch(frame)).schema) as stream:
            stream.write_batch(batch)
    except pa.ArrowException:
        raise CannotKeepError from None
    return file.getvalue()


def frame_of_bytes(content: bytes | memoryview) -> pd.DataFrame:
    """What `frame_bytes` made; to be asked only of bytes that were checked.

    Raises
    ------
    ValueError
        If it is something else.
    """
    try:
        return _read_frame(pa.BufferReader(content))
    except _UNREADABLE as err:
        raise ValueError(str(err)) from None


def _write(file: io.RawIOBase, batches: Sequence[pa.RecordBatch]) -> None:
    for batch in batches:
        with pa.ipc.new_stream(file, batch.schema) as stream:
            stream.write_batch(batch)


def _read(file: pa.NativeFile) -> tuple[pa.RecordBatch, dict[str, Any]]:
    """The next batch, and what is said of it."""
    with pa.ipc.open_stream(file) as stream:
        [batch] = stream  # to its end, where the next one begins
        return batch, json.loads(stream.schema.metadata[b"about"])


def _said(kinds: dict[str, pa.DataType], about: dict[str, Any]) -> pa.Schema:
    return pa.schema(list(kinds.items()), metadata={"about": json.dumps(about)})


def _as_batch(frame: pd.DataFrame) -> pa.RecordBatch:
    """Columns by position, for names may be anything; the index is one of them unless it counts."""
    index = frame.index
    counts = isinstance(index, pd.RangeIndex) and (index.start, index.step) == (0, 1)
    columns = [] if counts else [pd.Series(index, copy=False)]
    columns += [frame.iloc[:, i] for i in range(frame.shape[1])]
    packed = [_pack(column) for column in columns]
    about = {
        "columns": list(frame.columns),
        "index": None if counts else [index.name],
        "kinds": [kind for kind, _ in packed],
        "rows": len(frame),
        "crs": _crs_of(frame),
    }
    kinds = {str(i): values.type for i, (_, values) in enumerate(packed)}
    return pa.record_batch([values for _, values in packed], schema=_said(kinds, about))


def _crs_of(frame: pd.DataFrame) -> str:
    """What the geometry is in; "" where the frame has none."""
    if not isinstance(frame, gpd.GeoDataFrame):
        return ""
    if frame.crs is None:  # it would come back as no geometry
        raise CannotKeepError
    return frame.crs.to_string()


def _read_frame(file: pa.NativeFile) -> pd.DataFrame:
    batch, about = _read(file)
    if about["rows"] > _MANY:
        # columns of a million texts are laid out side by side: Arrow needs no interpreter for that
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(_THREADS) as pool:
            values = list(pool.map(_unpack, about["kinds"], batch.columns))
    else:
        values = list(map(_unpack, about["kinds"], batch.columns))
    counted = index = pd.RangeIndex(about["rows"])
    if about["index"] is not None:
        index = pd.Index(values.pop(0), name=about["index"][0])
    frame = pd.DataFrame(dict(enumerate(values)), index=counted, copy=False)
    frame.index, frame.columns = index, pd.Index(about["columns"])
    if about["crs"]:
        return gpd.GeoDataFrame(frame, geometry="geometry", crs=about["crs"])
    return frame


def _pack(column: pd.Series) -> tuple[str, Cells]:
    """What kind of column it is, and its values as Arrow has them."""
    kind = str(column.dtype)
    if kind == "geometry":
        return kind, pa.array(shapely.to_wkb(column.to_numpy()), pa.large_binary())
    if kind == "str":
        return kind, _pack_texts(column)
    if kind == "category" and column.cat.categories.dtype == "str" and not column.cat.ordered:
        words = pa.array(column.cat.categories, pa.large_string())
        return kind, pa.DictionaryArray.from_arrays(_no_negative(column.cat.codes), words)
    if kind == "object":
        return _pack_objects(column)
    if kind == "Int64":
        return kind, pa.array(column.array, pa.int64())
    numpys = column.dtype if isinstance(column.dtype, np.dtype) else None
    if numpys is not None and numpys.kind in "iufbM" and numpys.isnative:
        return kind, pa.array(column.to_numpy(), from_pandas=False)
    raise CannotKeepError


def _pack_texts(column: pd.Series) -> Cells:
    """Texts, or numbers of texts where the same ones come again and again."""
    texts = large_texts(column)
    look = texts.slice(0, _LOOK)
    if len(pc.unique(look)) * 3 > len(look) * 2:  # not worth a try
        return texts
    numbered = texts.dictionary_encode()
    return numbered if len(numbered.dictionary) * _REPEATS <= len(texts) else texts


def _no_negative(codes: pd.Series) -> Cells:
    """Codes of categories, a null where pandas has −1."""
    numbers = codes.to_numpy().astype(np.int32)
    return pa.array(numbers, mask=numbers < 0)


def _pack_objects(column: pd.Series) -> tuple[str, Cells]:
    """Tuples of texts, or texts in a column that has not been told so (of an empty frame, say)."""
    values = column.to_list()
    kinds = set(map(type, values))
    if kinds <= {tuple} and set(map(type, chain.from_iterable(values))) <= {str}:
        return "tuples", pa.array(values, pa.list_(pa.large_string()))
    if kinds <= {str}:
        return "object", pa.array(values, pa.large_string())
    raise CannotKeepError


def _unpack(kind: str, values: Cells) -> Any:
    if kind == "geometry":
        return gpd.array.from_wkb(values.to_numpy(zero_copy_only=False))
    if kind == "category" and isinstance(values, pa.DictionaryArray):
        codes = values.indices.fill_null(-1).to_numpy()
        words = pd.Index(pandas_texts(apart(values.dictionary)))
        return pd.Categorical.from_codes(codes, categories=words)
    if kind == "str":
        if isinstance(values, pa.DictionaryArray):
            return pandas_texts(values.dictionary_decode())
        return pandas_texts(apart(values))
    if kind == "tuples" and isinstance(values, pa.ListArray):
        return _tuples(values)
    if kind == "Int64":
        return pd.Int64Dtype().__from_arrow__(values)  # type: ignore[attr-defined]  # not in its types
    if kind == "object":
        return pd.Series(values.to_numpy(zero_copy_only=False), dtype=object)  # never str by itself
    # a copy: what is read from the file cannot be written to, a frame's column can
    return values.to_numpy(zero_copy_only=False).astype(kind)


def _tuples(values: pa.ListArray[Any]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Tuples again; most rows of a large layer hold none, and those share one."""
    made = np.empty(len(values), dtype=object)
    made.fill(())
    some = np.flatnonzero(values.value_lengths().to_numpy(zero_copy_only=False))
    for at, texts in zip(some.tolist(), lists_in(values.take(some)), strict=True):
        made[at] = tuple(texts)
    return made
