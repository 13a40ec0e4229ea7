"""Rows that have the same, numbered: what many say alike is then worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.arrays import Numbers


def numbered(columns: Sequence[pd.Series]) -> Numbers:
    """Number the rows so that rows alike in all columns share a number, in the order in which they come."""
    numbers = np.zeros(len(columns[0]) if columns else 0, np.int64)
    for column in columns:
        own, words = pd.factorize(column, use_na_sentinel=False)
        numbers = pd.factorize(numbers * max(len(words), 1) + own)[0]
    return numbers


def number_together(frames: Sequence[pd.DataFrame], columns: Sequence[str]) -> list[Numbers]:
    """Number the rows of several frames: rows alike in some columns share a number, whosever they are.

    Parameters
    ----------
    frames
        One at least, each with those columns.

    Returns
    -------
    numbers
        By frame its rows'.
    """
    made = numbered([_below([frame[name] for frame in frames]) for name in columns])
    return np.split(made, np.cumsum([len(frame) for frame in frames])[:-1])


def _below(parts: Sequence[pd.Series]) -> pd.Series:
    """Columns below each other; of several kinds as the values that they hold."""
    alike = len({str(part.dtype) for part in parts}) == 1
    same = alike and not isinstance(parts[0].dtype, pd.CategoricalDtype)
    return pd.concat([part if same else part.astype(object) for part in parts], ignore_index=True)


def number_sequences(
    rows: Numbers, values: Numbers, size: int
) -> tuple[Numbers, list[tuple[int, ...]]]:
    """Number rows by the values that each has, in their order: a million rows have few sequences.

    Parameters
    ----------
    rows, values
        Pairs of row and value; those of one row in their order. Values are from 0.
    size
        How many rows there are.

    Returns
    -------
    numbers
        By row.
    sequences
        By number the values; some are of no row.
    """
    numbers = np.zeros(size, dtype=np.int64)
    known: list[tuple[int, ...]] = [()]
    if not len(rows):
        return numbers, known
    order = np.argsort(rows, kind="stable")
    many = np.bincount(rows, minlength=size)
    nth = np.arange(len(order)) - np.repeat(np.cumsum(many) - many, many)
    by_nth = order[np.argsort(nth, kind="stable")]
    span = int(values.max()) + 1
    for part in np.split(by_nth, np.cumsum(np.bincount(nth))[:-1]):
        keys, at = np.unique(numbers[rows[part]] * span + values[part], return_inverse=True)
        numbers[rows[part]] = len(known) + at
        known += [(*known[key // span], key % span) for key in keys.tolist()]
    return numbers, known


def objects_alike(columns: Sequence[Sequence[Any]]) -> tuple[Numbers, list[tuple[Any, ...]]]:
    """Number rows of objects by which they are: what is kept once for many is looked at once.

    Returns
    -------
    numbers
        By row; equal objects that are kept twice may have two.
    known
        By number the objects, one of each column.
    """
    places = [pd.Series(np.fromiter(map(id, column), np.int64, len(column))) for column in columns]
    numbers = numbered(places)
    first = np.unique(numbers, return_index=True)[1].tolist()
    return numbers, [tuple(column[k] for column in columns) for k in first]


def parted(numbers: Numbers) -> list[Numbers]:
    """The rows of each number, from 0, in their order."""
    many = np.bincount(numbers)
    return np.split(np.argsort(numbers, kind="stable"), np.cumsum(many)[:-1]) if len(many) else []
