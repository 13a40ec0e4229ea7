"""What is wrong with the layers of a workspace, beyond what reading them found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

import pandas as pd

from hbgeo.measure.check.layer import check_layer, name_counties
from hbgeo.measure.check.people import check_people
from hbgeo.measure.check.policy import check_policy
from hbgeo.measure.check.tables import check_increments, check_population, check_tables
from hbgeo.measure.people_of import PeopleOf
from hbgeo.measure.placements import Placements
from hbgeo.measure.source import Source
from hbgeo.read.catalog import Catalog, Layer, read_catalog
from hbgeo.read.indicator import Indicator
from hbgeo.read.issues import Issue, issue_rows
from hbgeo.read.keys import POPULATION
from hbgeo.read.layers import Layers
from hbgeo.sample import sample_folder


class Checked(Source, Protocol):
    """What is asked of a workspace."""

    @property
    def layers(self) -> Layers:
        """Its layers."""

    @property
    def catalog(self) -> Catalog:
        """Its catalogue."""

    @property
    def policy(self) -> Mapping[str, Indicator]:
        """Its indicators, by id."""

    @property
    def placements(self) -> Placements:
        """Where rows stand."""

    @property
    def people(self) -> PeopleOf:
        """Who lives where."""


def check_one(workspace: Checked, layer: Layer) -> pd.DataFrame:
    """Every problem of a layer: what reading found, and what is wrong with positions and content."""
    table = workspace.layers.table(layer.key)
    if layer.role == "grid":
        found = check_people(workspace.people(key=layer.key), table, workspace.catalog.as_of)
        return pd.concat([table.issues, issue_rows(found)], ignore_index=True)
    levels = ("county", "township")
    units = {at: known for at in levels if (known := workspace.find_units(at)) is not None}
    placed = None
    if layer.role == "facilities":
        placed = workspace.placements.placed(table, "township")
    found = check_layer(
        layer,
        table,
        units,
        placed=placed,
        reference=_reference(workspace, layer),
        as_of=workspace.catalog.as_of,
    )
    return pd.concat([table.issues, issue_rows(found)], ignore_index=True)


def check_across(
    workspace: Checked, policy: Collection[Indicator], wanted: Collection[str], *, whole: bool
) -> list[Issue]:
    """What is wrong with the policy for want of layers, and with people.

    Parameters
    ----------
    whole
        Whether all layers are asked for: the policy is looked at too.
    """
    found = check_policy(policy, workspace) if whole else []
    if POPULATION in wanted and (people := workspace.find_layer(POPULATION)) is not None:
        found += check_population(people)
    return found


def check_asked(workspace: Checked, asked: Collection[Indicator]) -> pd.DataFrame:
    """What is wrong with a layer for the indicators that are measured on it."""
    found = [*check_tables(asked, workspace), *check_increments(asked, workspace)]
    return with_counties(workspace, issue_rows(found))


def with_counties(workspace: Checked, issues: pd.DataFrame) -> pd.DataFrame:
    """Problems with the county that each goes back to."""
    counties = workspace.find_units("county")
    frame = None if counties is None else counties.frame
    return name_counties(issues, lambda key: workspace.layers.table(key).senders, frame)


def _reference(workspace: Checked, layer: Layer) -> pd.DataFrame | None:
    """Counties to hold boundaries against: the workspace's own, or the sample's real ones."""
    if layer.level == "township":
        counties = workspace.find_units("county")
        return None if counties is None else counties.frame
    home = sample_folder()
    if layer.level != "county" or home.resolve() == workspace.catalog.folder.resolve():
        return None
    known = read_catalog(home)
    return Layers(known).table("county").frame if "county" in known.layers else None
