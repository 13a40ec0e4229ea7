"""What is sent from one process to the other: pickled, and texts that several columns share once."""

from __future__ import annotations

import io
import pickle
import sys
from typing import Any

_SPARE = (
    2  # bytes in memory for one of a column's own, above which it is a part of something larger
)
_SMALL = 1 << 16


def packed(what: Any) -> bytes:
    """Pickle what is given; `pickle.loads` undoes it.

    Frames made from the same units hold the same Arrow texts, which pickle by itself would copy for
    each of them.
    """
    if "pandas" not in sys.modules:  # then nothing of pandas is among it
        return pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
    made = io.BytesIO()
    _Packer(made, pickle.HIGHEST_PROTOCOL).dump(what)
    return made.getvalue()


class _Packer(pickle.Pickler):
    def reducer_override(self, one: Any) -> Any:
        """Hand over columns of text as the Arrow arrays that they hold, which the pickler knows again."""
        if not isinstance(one, sys.modules["pandas"].arrays.ArrowStringArray):
            return NotImplemented
        from hbgeo.arrow import pandas_texts

        cells = one.__arrow_array__()
        if cells.get_total_buffer_size() > _SPARE * cells.nbytes + _SMALL:
            return NotImplemented  # pickle copies what it needs of it
        return pandas_texts, (cells, one.dtype)
