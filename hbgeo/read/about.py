"""What the layers of a catalogue are: rows, CRS, date, marks, and what a grid's cells hold."""

from __future__ import annotations

import math
from typing import Any

from hbgeo.read.cell.personal import fit_to_show
from hbgeo.read.file.raw import crs_of
from hbgeo.read.layers import Layers
from hbgeo.read.table import LayerTable


def describe_layers(layers: Layers) -> list[dict[str, Any]]:
    """The catalogue with row counts, CRS, date and marks, one dict a layer.

    `rows` of a grid are its populated cells; `grid` says what they hold (see `grid_of`), null
    for every other layer.

    Raises
    ------
    LayerError
        If a layer cannot be read.
    """
    catalog, rows = layers.catalog, []
    for key, layer in catalog.layers.items():
        table = layers.table(key)
        grid = grid_of(table) if layer.role == "grid" else None
        about: dict[str, Any] = {"key": key, "role": layer.role, "level": layer.level or None}
        about |= {"path": list(map(fit_to_show, layer.paths))}
        about |= {"rows": len(table) if grid is None else grid["cells"]}
        about |= {"aside": table.aside if grid is None else grid["aside"], "apart": table.apart}
        about |= {"crs": crs_of(layer, catalog.folder) if grid is None else grid["crs"]}
        about |= {"scheme": layer.scheme}
        about |= {"as_of": catalog.as_of.isoformat(), "year": layer.year}
        about |= {"source": layer.source, "sample": layer.sample}
        rows.append(about | {"approximate": layer.approximate, "grid": grid})
    return rows


def grid_of(table: LayerTable) -> dict[str, Any]:
    """What the cells of a grid hold: `cells` (populated), `people`, `aside`, `cell_size`, `crs`."""
    files = table.frame
    crs = str(files["crs"].iloc[0])
    return {
        "files": len(files),
        "cells": int(files["cells"].sum()),
        "people": math.fsum(files["people"]),
        "aside": int(files[["negative", "excess"]].to_numpy().sum()),
        "cell_size": "、".join(dict.fromkeys(files["cell_size"])),
        "crs": crs if len(crs) <= 24 else _name_of(crs),  # what no register has comes whole
    }


def _name_of(crs: str) -> str:
    from pyproj import CRS

    known = CRS.from_user_input(crs)
    if known.name.casefold() != "unknown":
        return fit_to_show(known.name)
    made = known.coordinate_operation
    return f"自定义（{made.method_name}）" if made else "自定义"
