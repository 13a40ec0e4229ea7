"""What was found of signs: of a layer as it is kept, of a workspace for whatever shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from hbgeo.measure.names.rules import RULES, WRONG

COLUMNS = ["id", "sign", "standard", "roman", "rule", "article", "severity", "message"]
COLUMNS += ["suggestion", "score", "unit_code", "county_code", "file", "sheet", "row"]
SIGN_COLUMNS = ["id", "name", "roman", "kind", "place_code", "named", "village_code"]
SIGN_COLUMNS += ["township_code", "county_code", "parents", "file", "sheet", "row"]


@dataclass(frozen=True)
class Checked:
    """What was found.

    Attributes
    ----------
    rows
        One row a finding (`COLUMNS`), in the order of the signs, then of the rules.
    signs, unheld
        County → how many signs it has, and how many had no standard name to be held against.
    mixed
        County → how many village signs part 村 and how many join it, where both are found.
    """

    rows: pd.DataFrame
    signs: dict[str, int]
    unheld: dict[str, int]
    mixed: dict[str, tuple[int, int]]


@dataclass(frozen=True)
class SignNames:
    """The findings of every layer of signs, and what must be said beside them.

    Attributes
    ----------
    rows
        One row a finding (`COLUMNS`) and `layer`, the key of the sign's layer; layer by layer,
        in the order of its signs, then of the rules.
    signs, unheld
        County → how many signs it has, and how many had no standard name to be held against; "" is
        the county of signs that name none.
    counties
        County → its name.
    against
        What the signs were held against, in words.
    """

    rows: pd.DataFrame
    signs: Mapping[str, int]
    unheld: Mapping[str, int]
    counties: Mapping[str, str]
    against: str
    notes: tuple[str, ...] = ()
    sample: bool = False

    @cached_property
    def wrong(self) -> dict[str, int]:
        """County → how many of its signs have findings."""
        once = self.rows[["layer", "id", "county_code"]].drop_duplicates()
        counts = once["county_code"].value_counts()
        return {str(code): int(n) for code, n in counts.items()}

    @cached_property
    def by_rule(self) -> dict[str, int]:
        """Rule → how many findings, in the order of the rules; only those that found any."""
        counts = self.rows["rule"].value_counts()
        return {rule: int(counts[rule]) for rule in RULES if rule in counts.index}

    @property
    def total(self) -> int:
        """How many signs there are."""
        return sum(self.signs.values())

    @property
    def total_wrong(self) -> int:
        """How many signs have findings."""
        return sum(self.wrong.values())

    @property
    def total_unheld(self) -> int:
        """How many signs had no standard name to be held against."""
        return sum(self.unheld.values())

    @cached_property
    def errors(self) -> int:
        """How many findings are errors; the others a person decides."""
        return int((self.rows["severity"] == WRONG).sum())

    def first(self, most: int) -> pd.DataFrame:
        """At most so many findings: where there are more, errors before all others."""
        if len(self.rows) <= most:
            return self.rows
        order = (self.rows["severity"] != WRONG).sort_values(kind="stable").index[:most]
        return self.rows.loc[order.sort_values()].reset_index(drop=True)
