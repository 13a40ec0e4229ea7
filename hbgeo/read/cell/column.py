"""Columns of text, many rows at a time: what repeats is looked at once, patterns are Arrow's.

A raw column in which few texts repeat through many rows comes as categories of text (numbers of
texts); any other as text. Both hold the same cells, and everything here takes both.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from hbgeo.arrays import Mask, Numbers
from hbgeo.arrow import (
    Cells,
    Chunks,
    large_texts,
    numbered,
    pandas_texts,
    replaced_where,
    stands_in,
    whether,
    whole,
)

K = TypeVar("K", bound=np.generic)


def without(rows: pd.DataFrame, bad: Mask) -> pd.DataFrame:
    """The rows that are not marked; the very same frame where none is: a large one costs time."""
    return rows[~bad] if bad.any() else rows


ARROW_TEXT = pd.StringDtype(
    "pyarrow", na_value=np.nan
)  # text as Arrow keeps it, whatever the option

_EMPTY = pa.scalar("", pa.large_string())
_NOTHING = pa.array([""], pa.large_string())  # what a missing cell holds, by the number −1
_REPEATS = 4  # rows a distinct text, from which a column is kept as numbers of texts
# ="420506103" and '420506103: how programs keep Excel from changing figures
_WRAPPED = r"""^\s*="([^"]*)"\s*$|^\s*'([-+]?[0-9][0-9.:/xX-]*)\s*$"""
_FEW = 4096  # cells of a table so small that to ask each column by itself would cost more
_LOOK, _RUN = 4096, 64  # rows looked at before a column is gone through, and how many in a row


def as_cells(texts: Cells | Chunks) -> ExtensionArray:
    """A column of a raw table from Arrow's text, none of it missing: as numbers if it repeats."""
    if not _repeats(texts):
        return pandas_texts(whole(texts), ARROW_TEXT)
    packed = numbered(texts)
    words = pd.Index(pandas_texts(packed.dictionary, ARROW_TEXT))
    return pd.Categorical.from_codes(packed.indices.to_numpy(), words, validate=False)


def as_table(
    columns: Sequence[Cells | Chunks], rows: int, order: Numbers | None = None
) -> pd.DataFrame:
    """A raw table of columns 0, 1, … from Arrow's text; a small one as Python's texts, in one block.

    Parameters
    ----------
    order
        Which of the texts stands in each row; None where they stand as they come.
    """
    index = pd.RangeIndex(rows)
    if rows * len(columns) > _FEW:
        made = {i: as_cells(texts) for i, texts in enumerate(columns)}
        if order is not None:
            made = {i: cells.take(order) for i, cells in made.items()}
        return pd.DataFrame(made, index=index)
    few = np.empty((rows, len(columns)), dtype=object)
    for i, texts in enumerate(columns):
        few[:, i] = texts.to_pylist()
    return pd.DataFrame(few if order is None else few[order], index=index, dtype=object)


def _repeats(texts: Cells | Chunks) -> bool:
    """Whether a text stands in several rows, told by how often two of a few rows are alike."""
    if len(texts) < _REPEATS:
        return False
    step = max(len(texts) * _RUN // _LOOK, _RUN)
    parts = [texts.slice(at, _RUN) for at in range(0, len(texts), step)]
    chunks = [c for p in parts for c in (p.chunks if isinstance(p, pa.ChunkedArray) else [p])]
    look = pa.chunked_array(chunks, texts.type)
    seen, rows = pc.count_distinct(look).as_py(), len(look)
    if rows < len(texts):  # of n texts, r rows drawn hold about r²/2n pairs
        seen = max(seen, rows * rows // (2 * (rows - seen))) if seen < rows else len(texts)
    return bool(seen * _REPEATS <= len(texts))


def unwrapped(table: pd.DataFrame) -> pd.DataFrame:
    """A raw table with the figures that Excel was kept from changing taken out of their wrapping."""
    made = table.copy(deep=False)
    if table.size <= _FEW and not matches(_all_cells(table), _WRAPPED).any():
        return made
    for column in table:
        wrapped = matches(table[column], _WRAPPED)
        if wrapped.any():
            texts = pa.array(as_text(table[column][wrapped]), pa.large_string())
            plain = pc.replace_substring_regex(texts, _WRAPPED, r"\1\2")
            made[column] = replaced(table[column], wrapped, plain.to_pylist())
    return made


def distinct(cells: pd.Series) -> tuple[Numbers, list[str]]:
    """Take a column apart: the number of each row's text, and the texts, "" for missing ones."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        words = [*_listed(cells.cat.categories), ""]
        # a missing cell has −1: the last of them
        return np.asarray(cells.cat.codes, np.intp), words
    numbers, known = pd.factorize(cells, use_na_sentinel=False)
    return np.asarray(numbers, np.intp), _listed(known)


def spread(
    words: Sequence[str], numbers: Numbers, index: pd.Index, name: Hashable = None
) -> pd.Series:
    """Put a column of text together again, as `distinct` took it apart."""
    if _option().storage == "python":  # rows of the same text share it
        return pd.Series(as_objects(words)[numbers], index, dtype=_option(), name=name)
    texts = pa.array(words, pa.large_string()).take(numbers)
    return pd.Series(pandas_texts(texts, _option()), index, name=name)


def as_text(cells: pd.Series) -> pd.Series:
    """The column as plain text, for what knows no categories."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        numbers, words = distinct(cells)
        return spread(words, numbers, cells.index, cells.name)
    return cells.astype(_option())


def as_texts(table: pd.DataFrame) -> pd.DataFrame:
    """A raw table with its categories as plain text."""
    made = table.copy(deep=False)
    for column in table:
        if isinstance(table[column].dtype, pd.CategoricalDtype):
            made[column] = as_text(table[column])
    return made


def map_unique(cells: pd.Series, read: Callable[[str], Any]) -> pd.Series:
    """Apply `read` once per distinct cell: a million rows hold few distinct values."""
    numbers, words = distinct(cells)
    made = [read(word) for word in words]
    if made and all(isinstance(v, str) for v in made):
        return spread(made, numbers, cells.index)
    values = as_objects(made)[numbers]
    return pd.Series(values, index=cells.index, dtype=object if made else "str")


def mark_unique(cells: pd.Series, ask: Callable[[str], bool]) -> Mask:
    """Mark the cells for which `ask`, put once per distinct cell, says so."""
    numbers, words = distinct(cells)
    return np.array([ask(word) for word in words], dtype=bool)[numbers]


def by_distinct(cells: pd.Series, work: Callable[[pd.Series], NDArray[K]]) -> NDArray[K]:
    """What `work` makes of a column, cell by cell; where texts repeat, of each of them once."""
    if not isinstance(cells.dtype, pd.CategoricalDtype):
        return work(cells)
    words = pa.concat_arrays([arrow(pd.Series(cells.cat.categories)), _NOTHING])
    few = pd.Series(pandas_texts(words, ARROW_TEXT), name=cells.name)
    return work(few)[cells.cat.codes.to_numpy(np.intp)]


def matches(cells: pd.Series, pattern: str) -> Mask:
    """Mark the cells in which RE2 finds the pattern."""
    return _mark(cells, lambda texts: pc.match_substring_regex(texts, pattern))


def contains(cells: pd.Series, part: str) -> Mask:
    """Mark the cells that hold a text, letter for letter."""
    return _mark(cells, lambda texts: _contains(texts, part))


def equal(cells: pd.Series, text: str) -> Mask:
    """Mark the cells that are just this text."""
    return _mark(cells, lambda texts: pc.equal(texts, pa.scalar(text, pa.large_string())))


def is_blank(cells: pd.Series) -> Mask:
    """Mark the cells that hold nothing but white space."""
    return _mark(cells, lambda texts: pc.equal(pc.utf8_trim_whitespace(texts), _EMPTY))


def blank_cells(table: pd.DataFrame) -> Mask:
    """Mark the cells of a whole table that hold nothing but white space: a row each, column by column in memory."""
    if table.size > _FEW:
        return np.array([is_blank(table[c]) for c in table]).T
    return is_blank(_all_cells(table)).reshape(table.shape, order="F")


def count_equal(table: pd.DataFrame, texts: Mapping[str, str]) -> Numbers:
    """Count in each row the cells that are just the text given for their column."""
    if table.size > _FEW:
        same = [equal(table[c], text) for c, text in texts.items()]
        return np.sum(same, axis=0, dtype=int) if same else np.zeros(len(table), int)
    wanted = np.array(list(texts.values()), dtype=object)
    same = table[list(texts)].to_numpy(object) == wanted
    return np.asarray(same.sum(axis=1), dtype=int)


def repeated(cells: pd.Series) -> Mask:
    """Mark the cells whose text has stood in the column before."""
    texts = arrow(cells)
    if pc.all(pc.less(texts[:-1], texts[1:]), min_count=0).as_py():
        return np.zeros(len(cells), bool)  # rising, as numbered rows are: none stands twice
    return np.asarray(cells.duplicated().to_numpy())


def replaced(
    cells: pd.Series, where: Mask, texts: Sequence[str | None] | NDArray[np.object_]
) -> pd.Series:
    """The column as text, the marked cells, in their order, replaced by others."""
    if _option().storage == "python":
        values = cells.to_numpy(object).copy()
        values[where] = texts
        return pd.Series(values, cells.index, dtype=_option(), name=cells.name)
    given = pa.array(texts, pa.large_string())
    made = replaced_where(arrow(cells), pa.array(where, pa.bool_()), given)
    return pd.Series(pandas_texts(made, _option()), cells.index, name=cells.name)


def arrow(cells: pd.Series) -> pa.LargeStringArray:
    """The column as one Arrow array of text."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        numbers, words = distinct(cells)
        return pa.array(words, pa.large_string()).take(numbers)
    return large_texts(cells)


def as_objects(values: Sequence[Any]) -> NDArray[np.object_]:
    """Any values, tuples among them, as an array of that many."""
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def _all_cells(table: pd.DataFrame) -> pd.Series:
    """The cells of a small table, column by column."""
    return pd.Series(table.to_numpy(object).ravel(order="F"), dtype=object)


def _contains(texts: Cells, part: str) -> Cells:
    if not stands_in(texts, part):  # told of all in one go: most columns hold it nowhere
        return pa.repeat(pa.scalar(value=False), len(texts))
    return pc.match_substring(texts, part)


def _mark(cells: pd.Series, ask: Callable[[Cells], Cells]) -> Mask:
    def work(plain: pd.Series) -> Mask:
        found = whether(ask(arrow(plain)))
        return np.array(found.to_numpy(zero_copy_only=False), bool)

    return by_distinct(cells, work)


def _option() -> pd.StringDtype:
    """The type of text that pandas is set to."""
    return pd.StringDtype(na_value=np.nan)


def _listed(words: pd.Index | NDArray[np.object_]) -> list[str]:
    """Texts as a list; going through an array of them one by one is slow."""
    return ["" if w is None or w != w else str(w) for w in words.tolist()]
