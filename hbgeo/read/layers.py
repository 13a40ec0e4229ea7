"""The layers of a catalogue, each read once, tied to the units its rows name, and enriched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Catalog, Layer
from hbgeo.read.divisions.changes import Change, History, read_changes
from hbgeo.read.enrich import (
    SEATS,
    add_seats,
    dissolve,
    find_seats,
    gather,
    inherit_parents,
    latest_rows,
    sum_parts,
)
from hbgeo.read.file.find import find_files
from hbgeo.read.inputs import CHANGES, Inputs, layer_of
from hbgeo.read.keys import DEATHS, POPULATION, WEIGHTS, YEARS
from hbgeo.read.near import ask_whether
from hbgeo.read.schema.records import read_schema
from hbgeo.read.table import LayerTable, from_frames, to_frames
from hbgeo.store.fingerprint import joined
from hbgeo.store.frames import FramesByKey, FrameStore
from hbgeo.store.plain import is_plain

if TYPE_CHECKING:  # nobody waits for readers who reads nothing anew
    from hbgeo.read.divisions.register import Register
    from hbgeo.read.schema.tidy import Tidy
    from hbgeo.read.units.grid import CellBatch

Watch = Callable[[], AbstractContextManager[Callable[[int, int], None] | None]]
_MISSES = ("E06", "W06", "W20")  # rules of rows that name nobody


class Layers:
    """Reads the layers of a catalogue when they are first asked for, and once.

    Units come in two states: bare (as their file has them, with their parents) for looking
    names up, and whole (with seats and population), for measuring. Bare units need only bare
    units, so nothing goes in a circle.

    Parameters
    ----------
    store
        Where layers are kept from one run to the next; None keeps none.
    changes
        What became of units, beside what the workspace's own table says.

    Attributes
    ----------
    watch
        Who sees how far the reading of a layer is; nobody, if it is not set.
    """

    def __init__(
        self,
        catalog: Catalog,
        store: FrameStore | None = None,
        changes: tuple[Change, ...] = (),
    ) -> None:
        self.catalog = catalog
        self._also = changes
        self.watch: Watch = nullcontext
        self.inputs = Inputs(catalog)
        self._frames = store
        same = (self.fingerprint_of, self.inputs.unchanged)
        self._store = FramesByKey(store, "", *same) if store else None
        seated = (self._fingerprint_of_seats, self.inputs.unchanged)
        self._seated = FramesByKey(store, ".seats", *seated) if store else None
        self._tables: dict[str, LayerTable] = {}
        self._units: dict[str, LayerTable | None] = {}
        self._registers: dict[str, Register] = {}

    def at(self, as_of: date) -> Layers:
        """The same layers on another date: their units' population is that of the day.

        What has been read is shared, unless a spelling holds on one of the dates only.
        """
        made = Layers(replace(self.catalog, as_of=as_of), self._frames, self._also)
        made.watch = self.watch
        if made.inputs.spellings == self.inputs.spellings:
            made._tables, made._registers = self._tables, self._registers
        return made

    def shares(self, other: Layers) -> bool:
        """Whether both have read the same tables."""
        return self._tables is other._tables

    def units(self, level: str) -> LayerTable | None:
        """Units of a level with parents, seats (`seat_x`, `seat_y`) and population; or None.

        Prefectures and provinces without a layer of their own are put together from counties.
        """
        if level not in self._units:
            self._units[level] = self._whole_units(level)
        return self._units[level]

    def table(self, key: str) -> LayerTable:
        """A layer, its rows tied to the units they name.

        Raises
        ------
        LayerError
            If the catalogue has no such layer, or it cannot be read.
        """
        if key not in self._tables:
            layer = self.entry(key)
            kept = self._stored(layer)  # which may have no rows
            self._tables[key] = self._read_and_store(layer) if kept is None else kept
        return self._tables[key]

    def begin(self, key: str) -> None:
        """Have the files of a layer read ahead that only the worker reads."""
        from hbgeo.read.file.raw import begin_file

        for path in find_files(self.entry(key), self.catalog.folder):
            begin_file(path)

    def miss_names(self) -> bool:
        """Whether a row of the layers read so far names a unit that is not there."""
        if "township" in self._units:
            self._bare("village")  # whose rows say where townships are reached, kept or not
        return any(table.issues["rule"].isin(_MISSES).any() for table in self._tables.values())

    def entry(self, key: str) -> Layer:
        """What the catalogue says of a layer.

        Raises
        ------
        LayerError
            If it has no such layer.
        """
        if key not in self.catalog.layers:
            known = {read_schema(la.schema).title: k for k, la in self.catalog.layers.items()}
            near = ask_whether(key, known | {k: k for k in self.catalog.layers})
            have = f"已有：{'、'.join(self.catalog.layers)}"
            raise LayerError(f"目录中没有图层“{key}”；{near}{have}")
        return self.catalog.layers[key]

    def fingerprint_of(self, key: str) -> str:
        """The fingerprint of all that a layer's table comes from (see `Inputs.of_table`)."""
        return self.inputs.of_table(self.entry(key))

    def _stored(self, layer: Layer) -> LayerTable | None:
        frames = self._store.get(layer.key) if self._store else None
        return None if frames is None else from_frames(layer, frames)

    def _read_and_store(self, layer: Layer) -> LayerTable:
        table = self._read(layer)
        if self._store:
            self._store.put(layer.key, to_frames(table))
        return table

    def _read(self, layer: Layer) -> LayerTable:
        if layer.role == "grid":
            from hbgeo.read.units.grid import read_grid

            with self.watch() as progress:
                return read_grid(layer, self.catalog.folder, progress=progress)
        return self.tied(layer, self.read_rows(layer))

    def read_rows(self, layer: Layer) -> Tidy:
        """Read the rows of a layer, which need not be of this catalogue, as its files have them.

        Raises
        ------
        LayerError
            If it cannot be read.
        """
        from hbgeo.read.layer import read_layer

        with self.watch() as progress:
            made = read_layer(layer, self.catalog.folder, progress=progress)
        if self.same_scheme(layer):
            return made
        from hbgeo.read.tying import named_by_code

        return named_by_code(made, layer, layer_of(self.catalog, "township"))

    def cells(self, key: str) -> Iterator[CellBatch]:
        """The populated cells of a grid, batch by batch (see `read_cells`).

        Raises
        ------
        LayerError
            If the layer is no grid, or cannot be read.
        """
        from hbgeo.read.units.grid import read_cells

        layer = self.entry(key)
        if layer.role != "grid":
            raise LayerError(f'图层“{key}”不是人口格网（role = "grid"）')
        with self.watch() as progress:
            yield from read_cells(layer, self.catalog.folder, progress=progress)

    def tied(self, layer: Layer, made: Tidy) -> LayerTable:
        """The rows of a layer tied to the units they name.

        Raises
        ------
        LayerError
            If units have no codes or names.
        """
        from hbgeo.read.tying import tie

        same = self.same_scheme(layer)
        return tie(made, layer, self._counties, self._names, same_scheme=same)

    def _counties(self) -> pd.DataFrame | None:
        above = self._bare("county")
        return None if above is None else above.frame

    def same_scheme(self, layer: Layer) -> bool:
        """Whether a layer's codes are those of the units it is tied to."""
        units = layer_of(self.catalog, "township") or layer_of(self.catalog, "county")
        return units is not None and units.scheme == layer.scheme

    def _bare(self, level: str) -> LayerTable | None:
        layer = layer_of(self.catalog, level)
        return None if layer is None else self.table(layer.key)

    def _names(self, down_to: str) -> Register:
        """The names a row may use; villages only where rows can name one."""
        if down_to not in self._registers:
            from hbgeo.read.divisions.register import Register

            levels = ("county", "township", "village")
            wanted = levels if down_to == "village" else levels[:2]
            units = {level: self._bare(level) for level in wanted}
            self._registers[down_to] = Register(
                {level: table.frame for level, table in units.items() if table is not None},
                aliases=self.inputs.aliases,
                history=History((*self.changes(), *self._also)),
                as_of=self.catalog.as_of,
            )
        return self._registers[down_to]

    def changes(self) -> tuple[Change, ...]:
        """The workspace's own table of changes, `layers/changes.csv`, where there is one."""
        table = self.catalog.folder / CHANGES
        return read_changes(table) if is_plain(table, LayerError) else ()

    def _whole_units(self, level: str) -> LayerTable | None:
        bare = self._bare(level)
        if bare is None:
            whole = self.units("county") if level in {"prefecture", "province"} else None
            return None if whole is None else gather(whole, level, self._dissolved(whole, level))
        frame, townships = bare.frame.copy(), None
        if "geometry" not in frame:
            townships = self._bare("township")
        inherit_parents(frame, None if townships is None else townships.frame)
        if "geometry" in frame:
            self._seat(bare.key, frame, level)
        else:
            add_seats(frame, None)
        return self._populated(replace(bare, frame=frame))

    def _dissolved(self, counties: LayerTable, level: str) -> Any:
        """The units of a level that counties make up, kept: to unite their shapes takes long."""
        same = (self.fingerprint_of, self.inputs.unchanged)
        kept = FramesByKey(self._frames, f".{level}", *same) if self._frames else None
        frames = kept.get(counties.key) if kept else None
        if frames is None:
            frames = [dissolve(counties, level)]
            if kept:
                kept.put(counties.key, frames)
        return frames[0]

    def _seat(self, key: str, frame: pd.DataFrame, level: str) -> None:
        """Where units with boundaries are reached from, kept: villages are read for little else."""
        kept = self._seated.get(key) if self._seated else None
        if kept and list(kept[0]) == SEATS and len(kept[0]) == len(frame):
            for column in SEATS:
                frame[column] = kept[0][column].to_numpy()
            return
        villages = self._bare("village") if level == "township" else None
        add_seats(frame, None if villages is None else find_seats(villages.frame))
        if self._seated:
            self._seated.put(key, [pd.DataFrame(frame[SEATS]).reset_index(drop=True)])

    def _fingerprint_of_seats(self, key: str) -> str:
        """Of all that the seats of a layer's units come from, the villages' own entry among it."""
        villages = layer_of(self.catalog, "village")
        known = [self.fingerprint_of(key)]
        return joined([*known, self.inputs.of_table(villages)] if villages else known)

    def _populated(self, units: LayerTable) -> LayerTable:
        """Join population by unit, the latest year not after the date; sum it up from parts."""
        layer = self.catalog.layers.get(POPULATION)
        if layer is None:
            return units
        frame = units.frame
        if layer.level == units.level:
            rows = latest_rows(self.table(POPULATION), self.catalog.as_of)
            for column in (*WEIGHTS, YEARS, *DEATHS):
                if column in rows:
                    frame[column] = rows[column].reindex(frame.index)
        elif units.level == "county" and layer.level in {"township", "village"}:
            sum_parts(frame, self.units("township"), "county_code")
        elif units.level == "township" and layer.level == "village":
            sum_parts(frame, self.units("village"), "township_code")
        return replace(units, population_sample=layer.sample)
