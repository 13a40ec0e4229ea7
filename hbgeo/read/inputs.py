"""Fingerprints of what a catalogue names: found equal again, nothing need be read again."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from glob import has_magic
from pathlib import Path

from hbgeo.errors import HbgeoError, LayerError
from hbgeo.read.catalog import Catalog, Layer
from hbgeo.read.divisions.changes import Aliases, read_aliases
from hbgeo.read.file.find import Database, find_files
from hbgeo.store.fingerprint import Seen, Stamp, fingerprint_code, fingerprint_file, joined, stamp
from hbgeo.store.plain import is_plain

CHANGES = "changes.csv"
ALIASES = "aliases.csv"
_NAMED = ("county", "township", "village")  # whose units a row may name


class Inputs:
    """The files of a catalogue, each fingerprinted once.

    Attributes
    ----------
    seen
        What the very same command has just read of files.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.seen: Seen = {}
        self._files: dict[Path, str] = {}
        self._stamps: dict[Path, Stamp] = {}
        self._layers: dict[str, str] = {}
        self._globs: list[tuple[Layer, list[Path | Database]]] = []  # what those of layers meant

    def of_table(self, layer: Layer) -> str:
        """The fingerprint of all that a layer's table comes from; "" where that cannot be told.

        Its own files, what the catalogue says of it, the units its rows may name, the changes
        and aliases of the workspace, those that hold on its date, and the code: a layer of a
        database has none.
        """
        units = [layer_of(self.catalog, level) for level in _NAMED]
        named = [self.of_layer(one) for one in units if one]
        tables = [self.catalog.folder / name for name in (CHANGES, ALIASES)]
        own = [self.of_file(table) if is_plain(table, LayerError) else "-" for table in tables]
        try:
            spelled = f"spelled {self.spellings}"
        except HbgeoError:
            return ""
        return joined([fingerprint_code(), spelled, self.of_layer(layer), *named, *own])

    @cached_property
    def aliases(self) -> Aliases:
        """Other spellings: the workspace's own `layers/aliases.csv`, then the shipped ones."""
        table = self.catalog.folder / ALIASES
        own = read_aliases(table) if is_plain(table, LayerError) else Aliases()
        return own.before(read_aliases())

    @property
    def spellings(self) -> str:
        """Which of the spellings that hold for a time hold on the catalogue's date."""
        return self.aliases.dated(self.catalog.as_of)

    def of_layer(self, layer: Layer) -> str:
        """Of a layer's files and its entry; "" for a database, and where reading will fail."""
        if self.catalog.layers.get(layer.key) is not layer:
            return self._of_files(layer)
        if layer.key not in self._layers:  # asked for by every layer whose rows name these units
            self._layers[layer.key] = self._of_files(layer)
        return self._layers[layer.key]

    def _of_files(self, layer: Layer) -> str:
        try:
            found = find_files(layer, self.catalog.folder)
            if any(map(has_magic, layer.paths)):
                self._globs.append((layer, found))
            files = [path for path in found if isinstance(path, Path)]
            contents = [f"{path.name} {self.of_file(path)}" for path in files]
        except (HbgeoError, OSError):
            return ""
        return joined([repr(layer), *contents]) if len(files) == len(found) else ""

    def of_file(self, path: Path) -> str:
        """The fingerprint of a file's content, worked out once."""
        if path not in self._files:
            self._stamps[path] = stamp(path)
            self._files[path] = fingerprint_file(path, self.seen)
        return self._files[path]

    def bytes_of(self, layer: Layer) -> int:
        """The size of a layer's files; those that are not there, and databases, count nothing."""
        with suppress(HbgeoError, OSError):
            files = find_files(layer, self.catalog.folder)
            return sum(file.stat().st_size for file in files if isinstance(file, Path))
        return 0

    def unchanged(self) -> bool:
        """Whether the files are still as they were when their fingerprints were taken."""
        try:
            return all(
                path.exists() and stamp(path) == was for path, was in self._stamps.items()
            ) and all(find_files(layer, self.catalog.folder) == was for layer, was in self._globs)
        except HbgeoError:
            return False


def layer_of(catalog: Catalog, level: str) -> Layer | None:
    """The layer that gives the units of a level: polygons before places."""
    for role in ("units", "places"):
        for layer in catalog.layers.values():
            if layer.level == level and layer.role == role:
                return layer
    return None
