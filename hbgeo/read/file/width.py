"""How wide a table may be."""

from __future__ import annotations

from hbgeo.errors import LayerError

WIDTH_LIMIT = 2000  # columns


def too_wide(where: str, width: int) -> LayerError:
    """What to say of a table that no ledger is as wide as."""
    return LayerError(f"{where}:有 {width:,} 列,不是台账;至多 {WIDTH_LIMIT:,} 列")
