"""What a user may ask differently from the policy's own reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hbgeo.read.indicator import PROVINCE


@dataclass(frozen=True)
class Options:
    """What a user may ask differently; the defaults are the policy's own reading.

    Attributes
    ----------
    as_of
        The date the figures hold for.
    undated
        `include` or `exclude` rows without an opening date; "" as the schema says.
    count_mixed
        Take values that are only partly what a filter asks for (经营性(含公益性墓区)).
    status
        Further states that count: a scenario.
    as_if
        Ids of facilities to count as if they worked: a scenario.
    weight
        Column of the units to weigh by; "" as the indicator says.
    within
        Code of the county or prefecture to which figures are restricted; "" for all.
    place
        Its name, for what is said; "" says the code.
    scope
        Whose targets bind the figures of the whole: `province`, or a county's or prefecture's code.
    """

    as_of: date
    undated: str = ""
    count_mixed: bool = False
    status: tuple[str, ...] = ()
    as_if: tuple[str, ...] = ()
    weight: str = ""
    within: str = ""
    place: str = ""
    scope: str = PROVINCE

    @property
    def part(self) -> str:
        """The part that figures are restricted to, as people say it; "" for all."""
        return self.place or self.within
