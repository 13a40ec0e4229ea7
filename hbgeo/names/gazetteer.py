"""Against what signs are held: the layer that has the names, and what units are called."""

from __future__ import annotations

from hbgeo.measure.names.generics import VILLAGE
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.keys import GAZETTEER
from hbgeo.read.table import LayerTable
from hbgeo.workspace import Workspace


def find_gazetteer(workspace: Workspace) -> tuple[LayerTable | None, tuple[str, ...], str]:
    """What holds the places signs may stand for; of which kinds of signs all; and the words for it."""
    layer = workspace.find_layer(GAZETTEER)
    if layer is not None:
        more = "" if workspace.find_units("village") is None else "，它没有的村对照村名单"
        return layer, (), f"对照{layer.title}“{layer.key}”{more}"
    villages = workspace.find_units("village")
    if villages is None:
        return None, ("",), "没有地名图层和村名单，只看标志自身的写法"
    return (
        villages,
        (VILLAGE,),
        f"对照{LEVEL_NAMES['village']}名单；没有地名图层（placename）",
    )


def unit_names(workspace: Workspace, *levels: str) -> dict[str, str]:
    """Unit → its name, of some levels."""
    made: dict[str, str] = {}
    for level in levels:
        units = workspace.find_units(level)
        if units is not None:
            made |= dict(zip(units.frame.index, units.frame["name"], strict=True))
    return made
