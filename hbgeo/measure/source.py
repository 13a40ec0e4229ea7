"""What units and layers are measured from."""

from __future__ import annotations

from typing import Protocol

import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.measure.locate import UnitIndex
from hbgeo.read.schema.records import Schema

PARENTS = {
    "county": ("county_code", "county"),
    "prefecture": ("prefecture_code", "prefecture"),
    "province": ("province_code", "province"),
}


class Source(Protocol):
    """Where units and layers come from; None where the workspace has none."""

    def find_units(self, level: str) -> pd.DataFrame | None:
        """Units of a level."""

    def find_index(self, level: str) -> UnitIndex | None:
        """A ready index of those units; None where one has to be made, or units have no shapes."""

    def find_layer(self, key: str) -> pd.DataFrame | None:
        """Facilities or a table, by the layer's key."""

    def schema_of(self, key: str) -> Schema:
        """The schema of a layer."""


def some_units(units: pd.DataFrame, keep: Mask) -> pd.DataFrame:
    """Some of the units, as a plain frame, which is cut and read in a fraction of the time."""
    kept = pd.DataFrame(units)
    kept = kept if keep.all() else kept[keep]
    kept.attrs = units.attrs
    return kept
