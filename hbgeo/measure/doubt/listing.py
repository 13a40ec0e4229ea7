"""Units that may or may not count, because rows of the list that names them are in doubt."""

from __future__ import annotations

from dataclasses import dataclass

from hbgeo.arrays import Mask
from hbgeo.measure.doubt.question import Whole


@dataclass(frozen=True)
class Listing:
    """Which units a list names without doubt, and which readings put them on it.

    Attributes
    ----------
    unit
        The units of which it is asked, by position; one slot each.
    sure
        By slot, whether a row without doubt names it.
    entries, slots
        Which entry of the readings fills which slot.
    """

    unit: Whole
    sure: Mask
    entries: Whole
    slots: Whole
