"""What is measured from, and what was asked."""

from __future__ import annotations

from dataclasses import dataclass

from hbgeo.measure.options import Options
from hbgeo.measure.placements import Placements
from hbgeo.measure.source import Source


@dataclass(frozen=True)
class Context:
    """What one call of `assess` has on the table."""

    source: Source
    options: Options
    placements: Placements
