"""How many columns a table may have: no ledger and no map has more."""

from __future__ import annotations

from hbgeo.errors import LayerError

WIDTH_LIMIT = 2000  # columns


def check_width(where: str, width: int) -> None:
    """Refuse a table that no ledger is as wide as, before a reader makes its columns.

    Raises
    ------
    LayerError
        If it is wider than `WIDTH_LIMIT`.
    """
    if width > WIDTH_LIMIT:
        raise LayerError(f"{where}：有 {width:,} 列，不是台账；至多 {WIDTH_LIMIT:,} 列")
