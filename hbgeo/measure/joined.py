"""Columns of several frames one behind another: quicker than the frames, of which most is not asked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from hbgeo.arrow import large_texts, pandas_texts

_PACKED = pd.StringDtype("pyarrow", na_value=np.nan)  # whatever texts are elsewhere


def joined(columns: Sequence[pd.Series | pd.Index]) -> ExtensionArray:
    """Columns of text one behind another, in the memory that each has: a million are not copied.

    Cells that several columns share, as those of the same units do, are taken over once.
    """
    arrays = [column.array for column in columns]  # which stay, so no two have the same number
    made = {number: large_texts(cells) for number, cells in {id(a): a for a in arrays}.items()}
    return pandas_texts(pa.chunked_array([made[id(a)] for a in arrays], pa.large_string()), _PACKED)


def repeated(texts: Sequence[str], sizes: Sequence[int]) -> ExtensionArray:
    """Each text so many times, one after another."""
    owner = np.repeat(np.arange(len(sizes)), sizes)
    return pandas_texts(pa.array(texts, pa.large_string()).take(owner), _PACKED)


def texts_or_none(frame: pd.DataFrame, column: str) -> pd.Series:
    """A column of text; missing ones where there is no such column."""
    return frame[column] if column in frame else pd.Series(None, range(len(frame)), dtype="str")


def numbers_of(frames: Sequence[pd.DataFrame], column: str) -> NDArray[np.float64]:
    """A number of each row of several frames; NaN where there is none."""
    columns = [
        f[column].to_numpy(float) if column in f else np.full(len(f), np.nan) for f in frames
    ]
    return np.concatenate(columns)
