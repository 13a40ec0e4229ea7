"""What is wrong with the layers of a workspace, beyond what reading them found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from hbgeo.measure.check.layer import check_layer, name_counties
from hbgeo.measure.check.people import check_people
from hbgeo.read.catalog import Layer, read_catalog
from hbgeo.read.issues import issue_rows
from hbgeo.read.layers import Layers
from hbgeo.sample import sample_folder

if TYPE_CHECKING:
    from hbgeo.workspace import Workspace


def check_one(workspace: Workspace, layer: Layer) -> pd.DataFrame:
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


def with_counties(workspace: Workspace, issues: pd.DataFrame) -> pd.DataFrame:
    """Problems with the county that each goes back to."""
    counties = workspace.find_units("county")
    frame = None if counties is None else counties.frame
    return name_counties(issues, lambda key: workspace.layers.table(key).senders, frame)


def _reference(workspace: Workspace, layer: Layer) -> pd.DataFrame | None:
    """Counties to hold boundaries against: the workspace's own, or the sample's real ones."""
    if layer.level == "township":
        counties = workspace.find_units("county")
        return None if counties is None else counties.frame
    home = sample_folder()
    if layer.level != "county" or home.resolve() == workspace.catalog.folder.resolve():
        return None
    known = read_catalog(home)
    return Layers(known).table("county").frame if "county" in known.layers else None
