"""`hbgeo add` without a file: what `check` could not place is gone through, and the catalogue mended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hbgeo.adding import Given
from hbgeo.dialogue import Dialogue, given_pairs
from hbgeo.errors import LayerError, RequestError
from hbgeo.measure.check.choices import count_unknown
from hbgeo.questions import (
    ask_columns,
    ask_coordinates,
    ask_values,
    find_datum,
    given_columns,
    given_values,
)
from hbgeo.read.catalog import Catalog, Layer
from hbgeo.read.catalog_text import checked, read_text, toml_text, with_keys
from hbgeo.read.file.find import find_files
from hbgeo.read.layers import Layers
from hbgeo.read.points import NO_DATUM
from hbgeo.read.probe import probe_file
from hbgeo.read.schema.match import TWO_SETS
from hbgeo.read.table import LayerTable
from hbgeo.show.table.files import write_files
from hbgeo.workspace import Workspace

_HEADINGS = {"E01", "W13"}  # rules of columns that are lacking, or not recognised
_NAMES = {"E06": "找不到所写的县、乡镇或村"}
_MOST = 5  # names said


@dataclass
class _Mended:
    """The catalogue as it is answered so far, and its text."""

    catalog: Catalog
    text: str
    said: list[str] = field(default_factory=list)

    def change(self, key: str, layer: Layer, changes: Mapping[str, Any]) -> None:
        """Take over what was answered of a layer."""
        self.text = checked(self.catalog, with_keys(self.text, key, changes), key, layer)
        self.catalog = replace(self.catalog, layers={**self.catalog.layers, key: layer})
        self.said += [f"[{key}] {name} = {toml_text(value)}" for name, value in changes.items()]


def mend_layers(root: Path, given: Given, talk: Dialogue) -> list[Path]:
    """Ask what the words and headings mean that no layer of the workspace knows.

    Parameters
    ----------
    given
        Its `key` names the only layer to be looked at; its `columns`, `values` and `crs` are
        answers to what would be asked of that layer.

    Returns
    -------
    written
        The catalogue, or nothing where nothing was to be mended, or was not wanted.

    Raises
    ------
    HbgeoError
        If a layer cannot be read, or the catalogue is written in a way that cannot be changed.
    """
    workspace = Workspace.open(root)
    before = read_text(workspace.catalog)
    if (given.columns or given.values or given.crs) and not given.key:
        raise RequestError("没有写文件时，--column、--value、--crs 要和 --as 键 一起写")
    mended = _Mended(workspace.catalog, before)
    for layer in [workspace.layers.entry(given.key)] if given.key else workspace.catalog.layers.values():  # fmt: skip
        _mend(workspace, layer, given, talk, mended)
    if not mended.said:
        talk.say("没有要补写的：各图层的写法、列名都认得。")
        return []
    talk.say("catalog.toml 里将写入：", *mended.said)
    if talk.ask is not None and not talk.yes("写入吗", option="--yes"):
        talk.say("没有写入，什么都没有改动。")
        return []
    book = workspace.catalog.folder / "catalog.toml"
    if read_text(workspace.catalog) != before:
        raise RequestError(f"{book}：这期间被改动过，没有写入，请再来一次")
    write_files({book: mended.text.encode()})
    return [book]


def _mend(
    workspace: Workspace, layer: Layer, given: Given, talk: Dialogue, mended: _Mended
) -> None:
    """Ask what is not known of one layer; "" answers leave it as it is."""
    key, changes = layer.key, dict[str, Any]()
    if columns := _coordinates(workspace, layer, mended, talk):
        layer = replace(layer, columns=columns)
        changes["columns"] = columns
    as_if: Callable[[str], LayerTable] = lambda crs: _table(mended, replace(layer, crs=crs))  # noqa: E731
    if not layer.crs and (crs := given.crs or find_datum(as_if, _counties(workspace), talk)):
        layer = replace(layer, crs=crs)
        changes["crs"] = crs
    table = _table(mended, layer)
    words = given_values(layer.schema, given_pairs(given.values, "--value"), layer.columns)
    headings = bool(given.columns) or _lacks_headings(table)
    if headings or count_unknown(table.issues, layer):
        talk.say(f"—— {table.title}（{key}）：{'、'.join(layer.paths)}")
    if headings and (columns := _columns(workspace, layer, given, talk)):
        layer = replace(layer, columns={**layer.columns, **columns})
        changes["columns"] = dict(layer.columns)
    if values := ask_values(table, layer, words, talk):
        own = {c: dict(known) for c, known in layer.own_words.items()}
        for column, meant in values.items():
            own.setdefault(column, {}).update(meant)
        layer = replace(layer, own_words=own)
        changes["values"] = own
    if changes:
        mended.change(key, layer, changes)
    _say_names(table, talk)


def _coordinates(
    workspace: Workspace, layer: Layer, mended: _Mended, talk: Dialogue
) -> dict[str, str]:
    """The columns of a layer that was told which of its coordinates are meant; none where it is clear."""
    try:
        _table(mended, layer)
    except LayerError as err:
        files = find_files(layer, workspace.catalog.folder)
        if NO_DATUM in str(err):
            return {}
        if TWO_SETS not in str(err) or len(files) != 1 or not isinstance(files[0], Path):
            raise
        talk.say(f"—— {layer.key}：{'、'.join(layer.paths)}")
        probe = probe_file(files[0], layer.schema, layer.table)
        return ask_coordinates(probe, layer.schema, layer.columns, talk)
    return {}


def _table(mended: _Mended, layer: Layer) -> LayerTable:
    """A layer as it would be read with such an entry."""
    layers = {**mended.catalog.layers, layer.key: layer}
    return Layers(replace(mended.catalog, layers=layers)).table(layer.key)


def _counties(workspace: Workspace) -> LayerTable | None:
    return workspace.find_units("county")


def _lacks_headings(table: LayerTable) -> bool:
    issues = table.issues
    return bool((issues["rule"].isin(_HEADINGS) & issues["row"].isna()).any())


def _columns(workspace: Workspace, layer: Layer, given: Given, talk: Dialogue) -> dict[str, str]:
    """The headings that were answered; of a layer of several files no one heading is asked."""
    files = find_files(layer, workspace.catalog.folder)
    if len(files) != 1 or not isinstance(files[0], Path):
        talk.say(
            f"[{layer.key}] 有 {len(files)} 个文件，列名各不相同的请在台账里改（见 hbgeo check）。"
        )
        return {}
    probe = probe_file(files[0], layer.schema, layer.table)
    own = given_columns(probe, layer.schema, given_pairs(given.columns, "--column"))
    answered = ask_columns(probe, layer.schema, {**layer.columns, **own}, talk)
    return {c: h for c, h in answered.items() if h and layer.columns.get(c) != h}


def _say_names(table: LayerTable, talk: Dialogue) -> None:
    """Name what no entry of the catalogue can mend: units that nobody knows."""
    for rule, what in _NAMES.items():
        wrong = table.issues[(table.issues["rule"] == rule) & (table.issues["value"] != "")]
        if not len(wrong):
            continue
        names = wrong["value"].drop_duplicates().tolist()
        some = "、".join(names[:_MOST]) + ("等" if len(names) > _MOST else "")
        talk.say(f"[{table.key}] {len(wrong):,} 行{what}：{some}。写错的在台账里改；习惯叫法、旧名写进 layers/aliases.csv、layers/changes.csv。")  # fmt: skip
