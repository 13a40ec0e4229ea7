"""The layers of a catalogue, each read once, tied to the units its rows name, and enriched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from hbgeo.errors import HbgeoError, LayerError
from hbgeo.read.catalog import LEVEL_NAMES, Catalog, Layer
from hbgeo.read.divisions.changes import Aliases, History, read_aliases, read_changes
from hbgeo.read.divisions.crosswalk import name_townships
from hbgeo.read.divisions.lists import has_list
from hbgeo.read.divisions.register import Register
from hbgeo.read.enrich import WEIGHTS, add_seats, dissolve, inherit_parents, latest_rows, sum_parts
from hbgeo.read.file.raw import find_files
from hbgeo.read.layer import read_layer
from hbgeo.read.schema.records import read_schema
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.table import LayerTable, from_frames, to_frames
from hbgeo.read.units.facilities import make_facilities
from hbgeo.read.units.polygons import make_units
from hbgeo.read.units.tables import make_table
from hbgeo.read.units.villages import make_places
from hbgeo.store.fingerprint import Stamp, fingerprint, fingerprint_code, fingerprint_file, stamp
from hbgeo.store.frames import FramesByKey, FrameStore

POPULATION = "population"
CHANGES = "changes.csv"
ALIASES = "aliases.csv"
_NAMED = ("county", "township", "village")  # whose units a row may name


class Layers:
    """Reads the layers of a catalogue when they are first asked for, and once.

    Units come in two states: bare (as their file has them, with their parents) for looking
    names up, and whole (with seats and population), for measuring. Bare units need only bare
    units, so nothing goes in a circle.

    Parameters
    ----------
    store
        Where tied layers are kept from one run to the next; None keeps none.
    """

    def __init__(self, catalog: Catalog, store: FrameStore | None = None) -> None:
        self.catalog = catalog
        self._kept = FramesByKey(store, "", self.print_of, self.unchanged) if store else None
        self._prints: dict[Path, str] = {}
        self._stamps: dict[Path, Stamp] = {}
        self._tied: dict[str, LayerTable] = {}
        self._units: dict[str, pd.DataFrame | None] = {}
        self._registers: dict[str, Register] = {}

    def units(self, level: str) -> pd.DataFrame | None:
        """Units of a level with parents, seats (`seat_x`, `seat_y`) and population; or None.

        Prefectures and provinces without a layer of their own are put together from counties.
        """
        if level not in self._units:
            self._units[level] = self._whole_units(level)
        return self._units[level]

    def layer(self, key: str) -> pd.DataFrame:
        """A layer's rows, tied to the units they name.

        Raises
        ------
        LayerError
            If the catalogue has no such layer, or it cannot be read.
        """
        return self.tied(key).frame

    def tied(self, key: str) -> LayerTable:
        """What `layer` gives, with the issues found and the rows put aside."""
        if key not in self._tied:
            layer = self._entry(key)
            self._tied[key] = self._tied_before(layer) or self._tie_and_keep(layer)
            _mark(self._tied[key], layer)
        return self._tied[key]

    def print_of(self, key: str) -> str:
        """The fingerprint of all that a tied layer comes from; "" where that cannot be told.

        Its own files, what the catalogue says of it, the units its rows may name, the changes
        and aliases of the workspace, and the code: a layer of a database has none.
        """
        layer, units = self._entry(key), [self.layer_of(level) for level in _NAMED]
        named = [self._entry_print(one) for one in units if one]
        tables = [self.catalog.folder / name for name in (CHANGES, ALIASES)]
        own = [self.file_print(t) if t.is_file() else "-" for t in tables]
        parts = [
            fingerprint_code(),
            str(self.catalog.as_of),
            self._entry_print(layer),
            *named,
            *own,
        ]
        return fingerprint("\n".join(parts).encode()) if all(parts) else ""

    def file_print(self, path: Path) -> str:
        """The fingerprint of a file's content, worked out once."""
        if path not in self._prints:
            self._stamps[path] = stamp(path)
            self._prints[path] = fingerprint_file(path)
        return self._prints[path]

    def unchanged(self) -> bool:
        """Whether the files are still as they were when their fingerprints were taken."""
        return all(path.exists() and stamp(path) == was for path, was in self._stamps.items())

    def _entry(self, key: str) -> Layer:
        if key not in self.catalog.layers:
            raise LayerError(f"目录中没有图层“{key}”;已有:{'、'.join(self.catalog.layers)}")
        return self.catalog.layers[key]

    def _entry_print(self, layer: Layer) -> str:
        """Of a layer's files and its entry; "" for a database, and where reading will fail."""
        try:
            found = find_files(layer, self.catalog.folder)
            files = [path for path in found if isinstance(path, Path)]
            prints = [f"{path.name} {self.file_print(path)}" for path in files]
        except (HbgeoError, OSError):
            return ""
        whole = fingerprint("\n".join([repr(layer), *prints]).encode())
        return whole if len(files) == len(found) else ""

    def _tied_before(self, layer: Layer) -> LayerTable | None:
        frames = self._kept.get(layer.key) if self._kept else None
        return None if frames is None else from_frames(frames)

    def _tie_and_keep(self, layer: Layer) -> LayerTable:
        tied = self._tie(layer)
        if self._kept:
            self._kept.put(layer.key, to_frames(tied))
        return tied

    def layer_of(self, level: str) -> Layer | None:
        """The layer that gives the units of a level: polygons before places."""
        for role in ("units", "places"):
            for layer in self.catalog.layers.values():
                if layer.level == level and layer.role == role:
                    return layer
        return None

    def _tie(self, layer: Layer) -> LayerTable:
        made = read_layer(layer, self.catalog.folder)
        same = self._same_scheme(layer)
        if not same:
            made = self._named_by_code(made, layer)
        if layer.role == "units":
            above = None if layer.level == "county" else self._bare("county")
            return make_units(made, layer, above)
        if layer.role == "places":
            return make_places(made, layer, self._names("township"), same_scheme=same)
        if layer.role == "table":
            return make_table(made, layer, self._names(layer.level), same_scheme=same)
        return make_facilities(made, layer, self._names("village"), same_scheme=same)

    def _same_scheme(self, layer: Layer) -> bool:
        """Whether a layer's codes are those of the units it is tied to."""
        units = self.layer_of("township") or self.layer_of("county")
        return units is not None and units.scheme == layer.scheme

    def _named_by_code(self, made: Tidy, layer: Layer) -> Tidy:
        """Codes of the other shipped list stand for the names they have there, never for ours."""
        column = "code" if layer.role == "places" else "township_code"
        units = self.layer_of("township")
        if units is None or layer.role == "units" or not has_list(layer.scheme):
            return made
        if not has_list(units.scheme) or column not in made.frame:
            return made
        frame = name_townships(made.frame, layer.scheme, units.scheme, column)
        return replace(made, frame=frame)

    def _bare(self, level: str) -> pd.DataFrame | None:
        layer = self.layer_of(level)
        return None if layer is None else self.layer(layer.key)

    def _names(self, down_to: str) -> Register:
        """The names a row may use; villages only where rows can name one."""
        if down_to not in self._registers:
            levels = ("county", "township", "village")
            wanted = levels if down_to == "village" else levels[:2]
            units = {level: self._bare(level) for level in wanted}
            self._registers[down_to] = Register(
                {k: u for k, u in units.items() if u is not None},
                aliases=self._aliases(),
                history=self._history(),
                as_of=self.catalog.as_of,
            )
        return self._registers[down_to]

    def _aliases(self) -> Aliases:
        """Other spellings: the workspace's own `layers/aliases.csv`, then the shipped ones."""
        table = self.catalog.folder / ALIASES
        own = read_aliases(table) if table.is_file() else Aliases()
        return own.before(read_aliases())

    def _history(self) -> History:
        """The workspace's own table of changes, `layers/changes.csv`, where there is one."""
        table = self.catalog.folder / CHANGES
        return History(read_changes(table) if table.is_file() else ())

    def _whole_units(self, level: str) -> pd.DataFrame | None:
        bare = self._bare(level)
        if bare is None:
            counties = self._bare("county") if level in {"prefecture", "province"} else None
            return None if counties is None else self._gather(counties, level)
        units = bare.copy()
        units.attrs = dict(bare.attrs)
        if "geometry" not in units:
            inherit_parents(units, self._bare("township"))
        add_seats(units, self._seats() if level == "township" else None)
        self._populate(units, level)
        return units

    def _gather(self, counties: gpd.GeoDataFrame, level: str) -> pd.DataFrame:
        """Prefectures or provinces, put together from counties, population and all."""
        made = dissolve(counties, level)
        whole = self.units("county")
        sum_parts(made, whole, f"{level}_code")
        if whole is not None and "population_source" in whole.attrs:
            made.attrs |= {k: whole.attrs[k] for k in ("population_sample", "population_source")}
        return made

    def _seats(self) -> pd.DataFrame | None:
        """Each township's seat village, the one with the smallest code; None without villages."""
        villages = self._bare("village")
        if villages is None or not {"is_town_seat", "x"} <= set(villages.columns):
            return None
        seats = villages[villages["is_town_seat"] == "是"].dropna(subset=["x", "y"])
        return seats.drop_duplicates("township_code").set_index("township_code")

    def _populate(self, units: pd.DataFrame, level: str) -> None:
        """Join population by unit, the latest year not after the date; sum it up from parts."""
        layer = self.catalog.layers.get(POPULATION)
        if layer is None:
            return
        if layer.level == level:
            rows = latest_rows(self.layer(POPULATION), layer, self.catalog.as_of.year)
            for column in WEIGHTS:
                if column in rows:
                    units[column] = rows[column].reindex(units.index)
        elif level == "county" and layer.level in {"township", "village"}:
            sum_parts(units, self.units("township"), "county_code")
        elif level == "township" and layer.level == "village":
            sum_parts(units, self.units("village"), "township_code")
        units.attrs["population_sample"] = layer.sample
        units.attrs["population_source"] = layer.source


def _mark(tied: LayerTable, layer: Layer) -> None:
    """Let the frame carry what every figure made from it must say."""
    tied.frame.attrs = {
        "key": layer.key,
        "title": read_schema(layer.schema).title
        if layer.role != "units"
        else LEVEL_NAMES[layer.level],
        "sample": layer.sample,
        "approximate": layer.approximate,
        "source": layer.source,
        "aside": tied.aside,
        "apart": tied.apart,
        "level": layer.level,
        "year": layer.year,
    }
