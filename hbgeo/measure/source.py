"""What units and layers are measured from."""

from __future__ import annotations

from typing import Protocol

from hbgeo.measure.locate import UnitIndex
from hbgeo.read.indicator import Assumption
from hbgeo.read.schema.records import Schema
from hbgeo.read.table import LayerTable

PARENTS = {
    "county": ("county_code", "county"),
    "prefecture": ("prefecture_code", "prefecture"),
    "province": ("province_code", "province"),
}
# a level → the finer one whose units make up its own
PARTS = {"province": "county", "prefecture": "county", "county": "township", "township": "village"}


class Source(Protocol):
    """Where units and layers come from; None where the workspace has none."""

    def find_units(self, level: str) -> LayerTable | None:
        """Units of a level."""

    def find_index(self, level: str) -> UnitIndex | None:
        """A ready index of those units; None where one has to be made, or units have no shapes."""

    def find_layer(self, key: str) -> LayerTable | None:
        """Facilities or a table, by the layer's key."""

    def schema_of(self, key: str) -> Schema:
        """The schema of a layer."""

    def find_assumption(self, key: str) -> Assumption | None:
        """The catalogue's own number for `deaths` or `share`, which no ledger gives."""
