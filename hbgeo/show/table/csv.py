"""Tables as CSV, column by column: what a text looks like is settled once for each distinct one."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import IO, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hbgeo.arrow import (
    Cells,
    large_texts,
    numbered,
    one_behind_the_other,
    replaced_where,
    side_by_side,
    texts_in,
    without_index,
)
from hbgeo.store.fingerprint import fingerprint, joined
from hbgeo.store.parts import KeptSpans

Field = Cells | pa.LargeStringScalar
Part = Mapping[str, "str | NDArray[Any] | pd.Series | pd.Index"]
_TEXT = pa.large_string()  # a column may hold more than 2 GB
COMPUTED = (
    "=+\\-@\t\r\n＝＋－＠"  # text that begins so, a spreadsheet computes: in wide letters too
)
_BEGINS = re.compile(f"[{COMPUTED}]")
_QUOTED = re.compile(r'[,"\r\n]')
_SPECIAL = rf'^[{COMPUTED}]|[,"\r\n]'  # either of the two
_BOM = "\ufeff"
_BLOCK = 250_000  # rows written at a time


def csv_bytes(table: pd.DataFrame) -> bytes:
    """CSV with a BOM, so that Excel reads it as UTF-8; text that Excel would compute stays text."""
    buffer = io.BytesIO()
    write_csv(table, buffer)
    return buffer.getvalue()


def write_csv(table: pd.DataFrame, file: IO[bytes]) -> None:
    """Write a table as `csv_bytes` does, a block of rows after another."""
    file.write(_head(table.columns))
    dated = any(kind.kind == "M" for kind in table.dtypes)  # whether days have times: told by all
    block = max(len(table), 1) if dated else _BLOCK
    for start in range(0, len(table), block):
        _write_rows(table.iloc[start : start + block], file)


def write_parts(
    columns: Sequence[str], parts: Sequence[Rows], file: IO[bytes], kept: KeptSpans | None = None
) -> None:
    """Write a table part by part, as `write_csv` writes the whole.

    What several parts have in common, as those of the same units do, is laid out once.

    Parameters
    ----------
    columns
        Their names, in order.
    kept
        The same table as it was written before.
    """
    head, known, kept = _head(columns), dict[Any, tuple[Any, Field]](), kept or KeptSpans()
    file.write(head)
    kept.skip(len(head))
    told = [
        kept.index.take(f"{rows.name} kinds", rows.of, partial(_told_kinds, rows)) for rows in parts
    ]
    kinds = _kinds_of_all([json.loads(bytes(one)) for one in told])
    said = fingerprint(json.dumps(kinds).encode())
    for rows in parts:
        make = partial(_lines_of, rows, columns, kinds, known)
        file.write(kept.take(rows.name, joined([rows.of, said]), make))
    kept.save()


@dataclass(frozen=True)
class Rows:
    """Some rows of a table, put together when they are asked for.

    Attributes
    ----------
    name
        Another for each part of a table.
    make
        Gives column → its texts, its numbers, or one text that stands in every row; missing cells
        are empty.
    of
        The fingerprint of all that they come from; "" where that is not known.
    """

    name: str
    make: Callable[[], Part]
    of: str = ""

    @cached_property
    def part(self) -> Part:
        """The columns."""
        return self.make()


def _told_kinds(rows: Rows) -> bytes:
    """As what the numbers of each column stand; nothing of texts."""
    kinds = {c: v.dtype.str for c, v in rows.part.items() if isinstance(v, np.ndarray)}
    return json.dumps(kinds).encode()


def _kinds_of_all(told: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """As what the numbers of all parts stand in one column."""
    by_column: dict[str, list[np.dtype[Any]]] = {}
    for kinds in told:
        for column, kind in kinds.items():
            by_column.setdefault(column, []).append(np.dtype(kind))
    return {column: np.result_type(*kinds).str for column, kinds in sorted(by_column.items())}


def _lines_of(
    rows: Rows, columns: Sequence[str], kinds: Mapping[str, str], known: dict[Any, Any]
) -> bytes:
    """The lines of some rows."""
    part = rows.part
    if not any(len(cells) for cells in part.values() if not isinstance(cells, str)):
        return b""
    made = io.BytesIO()
    _write_lines([_known_fields(part[c], kinds.get(c), known) for c in columns], made)
    return made.getvalue()


def _known_fields(column: Any, kind: Any, known: dict[Any, tuple[Any, Field]]) -> Field:
    """The cells of a column as they stand in the file; of the very same ones those that were made."""
    if isinstance(column, str):
        return pa.scalar(_safe(column), _TEXT)
    of: Any  # numbers are known by what they are, texts by where they lie
    if isinstance(column, np.ndarray):
        held, column = None, pd.Series(column.astype(kind, copy=False), copy=False)
        of = (column.dtype.str, column.to_numpy().tobytes())
    else:
        held, of = _place_of(column.array)
    if of not in known:
        known[of] = held, _fields(column)
    return known[of][1]


def _place_of(texts: Any) -> tuple[Any, tuple[Any, ...]]:
    """Texts as they lie in memory, whichever way pandas keeps them, and where that is.

    Nothing else can lie there for as long as who asks holds them.
    """
    if isinstance(texts, pd.arrays.ArrowStringArray):
        packed = large_texts(texts)
        return packed, (len(packed), packed.offset, *(b.address for b in packed.buffers() if b))
    cells = np.asarray(texts)
    return cells, (len(cells), cells.strides, cells.__array_interface__["data"][0])


def _head(columns: Iterable[Any]) -> bytes:
    return f"{_BOM}{','.join(_safe(str(name)) for name in columns)}\r\n".encode()


def _write_rows(table: pd.DataFrame, file: IO[bytes]) -> None:
    fields = [_fields(table.iloc[:, n]) for n in range(table.shape[1])]
    if len(fields) == 1:  # an empty line would be no row
        empty = pc.equal(fields[0], pa.scalar("", _TEXT))
        fields = [replaced_where(fields[0], empty, pa.scalar('""', _TEXT))]
    _write_lines(fields, file)


def _write_lines(fields: Sequence[Field], file: IO[bytes]) -> None:
    file.write(one_behind_the_other(side_by_side(fields, ","), "\r\n"))
    file.write(b"\r\n")


def _fields(column: pd.Series) -> Cells:
    """The cells of a column as they stand in the file; missing ones are empty."""
    if pd.api.types.is_integer_dtype(column.dtype):
        whole_numbers: Cells = pa.array(without_index(column))
        return whole_numbers.cast(_TEXT).fill_null("")
    if column.dtype == np.float64:
        at, bits = pd.factorize(column.to_numpy().view(np.int64))  # 0.0 is not -0.0
        texts = ["" if v != v else repr(v) for v in bits.view(np.float64).tolist()]
        return pa.array(texts, _TEXT).take(at)
    if isinstance(column.dtype, pd.StringDtype):
        known = numbered(large_texts(column))
        return _safe_texts(known.dictionary).take(known.indices).fill_null("")
    if pd.api.types.infer_dtype(column, skipna=True) in {"string", "empty"}:
        at, distinct = pd.factorize(column)
        stands = _safe_texts(pa.array(distinct, _TEXT))
        return stands.take(pa.array(at, pa.int64(), mask=at < 0)).fill_null("")
    if column.dtype.kind == "M":  # days alone where no row has a time of day
        texts = column.to_csv(header=False, index=False, lineterminator="\n").splitlines()
        return pa.array([text.strip('"') for text in texts], _TEXT)
    cells = column.astype(object)
    given = cells.notna()
    texts = [
        "" if not g else _safe(v) if isinstance(v, str) else _quoted(str(v))
        for v, g in zip(cells, given, strict=True)
    ]
    return pa.array(texts, _TEXT)


def _safe_texts(texts: Cells) -> Cells:
    """Texts as they stand in the file; most stand there as they are."""
    special = pc.match_substring_regex(texts, _SPECIAL)
    changed = [_safe(text) for text in texts_in(texts.filter(special))]
    return replaced_where(texts, special, pa.array(changed, _TEXT))


def _safe(text: str) -> str:
    """A text as it stands in the file: behind a quote where a spreadsheet would compute it."""
    return _quoted(harmless(text))


def harmless(text: str) -> str:
    """A text that no spreadsheet computes: with a quote before it, as Excel itself writes it."""
    return f"'{text}" if _BEGINS.match(text) and not is_number(text) else text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def is_number(text: str) -> bool:
    """Whether a text is a number by itself: a minus before it begins no formula."""
    try:
        float(text)
    except ValueError:
        return False
    return True
