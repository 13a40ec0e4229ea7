"""The population grids of a source, owned by its units: worked out once, kept for the next run."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from hbgeo.errors import LayerError
from hbgeo.measure.people import Owned, Part, People, hold_against, own_cells
from hbgeo.measure.source import Source
from hbgeo.read.catalog import LEVEL_NAMES, Layer

if TYPE_CHECKING:
    from hbgeo.read.units.grid import CellBatch

GRID = "population-grid"


class Grids(Protocol):
    """Where grids come from."""

    def entry(self, key: str) -> Layer:
        """What the catalogue says of a layer."""

    def cells(self, key: str) -> Iterator[CellBatch]:
        """The populated cells of a grid."""


class OwnedStore(Protocol):
    """Owned cells by layer, from one run to the next."""

    def get(self, key: str) -> list[pd.DataFrame] | None:
        """The frames put for a layer; None where it, or its units, are others by now."""

    def put(self, key: str, frames: Sequence[pd.DataFrame]) -> None:
        """Keep a layer's frames, or forget them."""


class PeopleOf:
    """The people of a source's grids, by layer and level of units; each is worked out once.

    Parameters
    ----------
    source
        Its units and layers must not change meanwhile.
    store
        Level → what is known from before.
    """

    def __init__(self, source: Source, grids: Grids, store: Callable[[str], OwnedStore]) -> None:
        self._source, self._grids, self._store = source, grids, store
        self._known: dict[tuple[str, str], People] = {}

    def __call__(self, level: str = "", key: str = GRID) -> People:
        """The people of a grid, owned by the units of a level; "" the finest that has shapes.

        Raises
        ------
        LayerError
            If there is no such grid, no such units, units without shapes, or the grid is elsewhere.
        """
        entry, level = self._grids.entry(key), level or self._finest()
        if (key, level) not in self._known:
            self._known[key, level] = self._make(entry, level)
        return self._known[key, level]

    def _finest(self) -> str:
        for level in ("township", "county"):
            units = self._source.find_units(level)
            if units is not None and "geometry" in units:
                return level
        raise LayerError("人口格网要归到乡镇或县：目录中没有乡镇、县的面图层")

    def _make(self, entry: Layer, level: str) -> People:
        units = self._source.find_units(level)
        if units is None or "geometry" not in units:
            raise LayerError(
                f"人口格网要归到{LEVEL_NAMES[level]}：目录中没有{LEVEL_NAMES[level]}的面图层"
            )
        table = self._source.find_layer(entry.key)  # refuses what must not be counted
        store = self._store(level)
        owned = _from_frames(store.get(entry.key), units.frame)
        if owned is None:
            index = self._source.find_index(level)
            owned = own_cells(self._grids.cells(entry.key), units.frame, index)
            store.put(entry.key, _to_frames(owned))
        year = "" if entry.year is None else str(entry.year)
        made = hold_against(owned, units.frame, level=level, age=entry.age, grid_year=year)
        return replace(
            made,
            aside=() if table is None else _aside(table.frame),
            sample=entry.sample or units.sample,
            approximate=units.approximate,
            source=entry.source,
        )


def _aside(files: pd.DataFrame) -> tuple[tuple[str, Part], ...]:
    """What reading set aside, by reason."""
    from hbgeo.read.units.grid import ASIDE  # knows every reader

    parts = {
        said: Part(int(files[kind].sum()), math.fsum(files[f"{kind}_people"]))
        for kind, said in ASIDE.items()
    }
    return tuple((said, part) for said, part in parts.items() if part.cells)


def _to_frames(owned: Owned) -> list[pd.DataFrame]:
    about = {"outside": owned.outside.cells, "people": owned.outside.people}
    return [owned.cells, pd.DataFrame([about | {"on_border": owned.on_border}])]


def _from_frames(frames: list[pd.DataFrame] | None, units: pd.DataFrame) -> Owned | None:
    if frames is None:
        return None
    cells, about = frames
    if cells["unit_code"].cat.categories.tolist() != units.index.astype("str").tolist():
        return None
    lost = Part(int(about["outside"].iloc[0]), float(about["people"].iloc[0]))
    return Owned(cells, lost, int(about["on_border"].iloc[0]))
