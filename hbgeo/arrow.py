"""Arrow's arrays by name, and what the types written for pyarrow do not say: each here, once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

if TYPE_CHECKING:
    Cells = pa.Array[Any]
    Chunks = pa.ChunkedArray[Any]
else:  # the classes themselves take no parameters
    Cells, Chunks = pa.Array, pa.ChunkedArray
_Number = TypeVar("_Number", bound=np.generic)


def whole(cells: Cells | Chunks) -> Cells:
    """A column as one array; the very same memory where it is one already."""
    if not isinstance(cells, pa.ChunkedArray):
        return cells
    if cells.num_chunks == 1 and not cast("Cells", cells.chunk(0)).offset:
        return cast("Cells", cells.chunk(0))
    return cells.combine_chunks()


def large_texts(values: pd.Series | ExtensionArray) -> pa.LargeStringArray:
    """A column of pandas as one array of text, null where a text is missing."""
    made = whole(pa.array(without_index(values), pa.large_string(), from_pandas=True))
    return cast("pa.LargeStringArray", made)  # what it was asked for


def without_index(values: pd.Series | pd.Index | ExtensionArray) -> Any:
    """The values alone: a column that is asked for what it lacks looks for that name in its index.

    Of ten million ids that index then makes as many objects, and keeps them: 0.7 GB.
    """
    if not isinstance(values, pd.Series | pd.Index):
        return values
    return values.to_numpy() if isinstance(values.dtype, np.dtype) else values.array


def apart(texts: Cells) -> Cells:
    """The same texts in memory of their own: they keep nothing else that they were read with."""
    parts = texts.buffers()
    own = [None if b is None else pa.py_buffer(bytes(memoryview(b))) for b in parts]
    return pa.Array.from_buffers(texts.type, len(texts), own, texts.null_count, texts.offset)


def packed_texts(column: pd.Series | pd.Index) -> Cells:
    """A column of text as one array, null where a text is missing; the very same memory where it is one."""
    return whole(pa.array(without_index(column), from_pandas=True))


def find_texts(texts: pd.Series | pd.Index, among: pd.Index) -> NDArray[np.int64]:
    """Where each text first stands among others; -1 where it does not, or is missing."""
    wanted, there = packed_texts(texts), packed_texts(among)
    if wanted.type != there.type:
        wanted, there = (cells.cast(pa.large_string()) for cells in (wanted, there))
    if 2 * len(wanted) > len(there):
        found = pc.index_in(wanted, value_set=there, skip_nulls=True)
        return np.asarray(found.fill_null(-1), dtype=np.int64)
    distinct = numbered(wanted)  # of the fewer it is quicker to know all
    at = pc.index_in(there, value_set=distinct.dictionary, skip_nulls=True)
    here = np.flatnonzero(np.asarray(at.is_valid()))[::-1]
    place = np.full(len(distinct.dictionary) + 1, -1)  # the last stands for what is missing
    place[np.asarray(at.drop_null())[::-1]] = here
    return np.asarray(place[np.asarray(distinct.indices.fill_null(len(place) - 1))])


def numbered(texts: Cells | Chunks) -> pa.DictionaryArray[Any, Any]:
    """A column as numbers of its distinct texts."""
    made = texts.dictionary_encode()
    if isinstance(made, pa.ChunkedArray):
        made = cast("pa.DictionaryArray[Any, Any]", made.unify_dictionaries().combine_chunks())
    return made


def whether(found: Cells) -> pa.BooleanArray:
    """What was found cell by cell; of a missing cell, no."""
    return cast("pa.BooleanArray", found.fill_null(fill_value=False))  # of marks come marks


def replaced_where(
    cells: Cells, where: pa.BooleanArray, texts: Cells | pa.LargeStringScalar
) -> Cells:
    """The cells, those marked replaced by others in their order, or all by the same."""
    made: Cells = pc.replace_with_mask(cells, where, texts)
    return made


def side_by_side(columns: Sequence[Cells | pa.LargeStringScalar], between: str) -> Cells:
    """Columns of large texts as one, row by row, with a text between them; a single text is in every row."""
    last = pa.scalar(between, pa.large_string())
    every = cast("list[Cells]", [*columns, last])  # the types want them all to be arrays, or none
    return pc.binary_join_element_wise(*every)


def one_behind_the_other(texts: Cells, between: str) -> pa.Buffer:
    """A column of large texts as one text, with a text between them."""
    every = pa.LargeListArray.from_arrays(pa.array([0, len(texts)], pa.int64()), texts)
    made = pc.binary_join(every, pa.scalar(between, pa.large_string()))
    return cast("pa.LargeStringArray", made)[0].as_buffer()  # a list gives a text


def texts_in(cells: Cells) -> list[str]:
    """The texts of a column in which none is missing."""
    return cast("list[str]", cells.to_pylist())


def lists_in(cells: Cells) -> list[list[str]]:
    """The lists of texts of a column in which none is missing."""
    return cast("list[list[str]]", cells.to_pylist())


def text_bytes(texts: pa.LargeStringArray) -> list[Any]:
    """All that tells a column of texts from another, as memory: where texts end, what they are, which are missing."""
    _, ends, data = texts.buffers()
    at = numbers_in(ends, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    first, last = (int(at[0]), int(at[-1])) if len(at) else (0, 0)
    missing = [np.packbits(np.asarray(texts.is_null()))] if texts.null_count else []
    return [at - first, memoryview(data or b"")[first:last], *missing]


def stands_in(texts: Cells, part: str) -> bool:
    """Whether a part stands in some text of a column, or would where two of them meet."""
    _, ends, data = texts.buffers()
    at = numbers_in(ends, np.int64 if pa.types.is_large_string(texts.type) else np.int32)
    if data is None or not len(texts):
        return False
    own = memoryview(data)[at[texts.offset] : at[texts.offset + len(texts)]]
    return re.search(re.escape(part.encode()), own) is not None  # which copies nothing


def numbers_in(buffer: pa.Buffer | None, kind: type[_Number]) -> NDArray[_Number]:
    """What lies in the memory of an array; nothing where it has none."""
    return np.frombuffer(b"" if buffer is None else memoryview(buffer), kind)


def pandas_texts(texts: Cells | Chunks, kind: pd.StringDtype[Any] | str = "str") -> ExtensionArray:
    """Arrow's texts as pandas has them, unless told as it is set to: taken as they are."""
    # pandas takes them, its types do not know it
    made: ExtensionArray = pd.array(texts, dtype=kind)  # type: ignore[call-overload]
    return made
