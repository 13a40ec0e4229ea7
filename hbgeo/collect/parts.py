"""One layer of one county, read as the province would: the rows that may count, and the others, with why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.collect.senders import Sent
from hbgeo.errors import HbgeoError, why_not
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.personal import fit_to_show
from hbgeo.read.cleaning import in_machine_names
from hbgeo.read.issues import PROVENANCE, Issue, issue_rows
from hbgeo.read.layer import told_apart
from hbgeo.read.layers import Layers
from hbgeo.read.origin import ORIGIN
from hbgeo.read.schema.records import read_schema
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.table import LayerTable
from hbgeo.store.plain import is_of_one_file

ASIDE = [*PROVENANCE, "reason"]
COUNTY = "from_county"  # the code of who sent a row, in merged ledgers
LEADING = ["from_file", "from_row", COUNTY, "from_sheet"]  # of merged ledgers
_CODES = ("county_code", "township_code", "village_code")
_BELOW = ("township", "village")  # what a row may name without its county


@dataclass(frozen=True)
class Cut:
    """Some rows of a frame of texts, cut out only when they are needed.

    Attributes
    ----------
    whole
        The frame that holds them, perhaps among those of other counties.
    start, stop
        Where they stand in it.
    columns
        Those of its columns that are theirs; the others are empty in these rows.
    """

    whole: pd.DataFrame
    start: int
    stop: int
    columns: tuple[str, ...]

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Cut:
        """All rows of a frame."""
        return cls(frame, 0, len(frame), tuple(map(str, frame.columns)))

    def __len__(self) -> int:
        """How many rows they are."""
        return self.stop - self.start


def stacked(cuts: Sequence[Cut]) -> pd.DataFrame:
    """Rows below each other under the columns that any of them has; a text that one lacks is empty."""
    wholes = {id(cut.whole): cut.whole for cut in cuts}
    starts = dict(zip(wholes, np.cumsum([0, *map(len, wholes.values())]), strict=False))
    spans = [starts[id(cut.whole)] + np.arange(cut.start, cut.stop) for cut in cuts]
    columns = list(dict.fromkeys(c for cut in cuts for c in cut.columns))
    whole = pd.concat(wholes.values(), ignore_index=True) if len(wholes) > 1 else None
    whole = next(iter(wholes.values())) if whole is None else whole
    rows = whole[columns].take(np.concatenate(spans)).reset_index(drop=True)
    return rows.fillna("").astype("str") if len(wholes) > 1 else rows


_NO_ROWS = Cut.of(pd.DataFrame())


@dataclass(frozen=True)
class Part:
    """What one county sent of one layer.

    Attributes
    ----------
    rows
        The rows that may count, as texts under canonical names, and where each came from.
    aside
        Where the rows that may not count stand, and why.
    issues
        Every problem that reading found (`ISSUE_COLUMNS`).
    drawn
        Of units: their shapes by code; they are compared, not merged.
    taken
        Rows of data in the files.
    errors
        How many of the problems are errors.
    counties
        The counties that the rows, or the units, are of.
    said
        Why it could not be read; "" if it was.
    passing
        Whether that may be otherwise the next time, though no file has changed.
    """

    layer: Layer
    rows: Cut = _NO_ROWS
    aside: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ASIDE))
    issues: pd.DataFrame = field(default_factory=lambda: issue_rows(()))
    drawn: pd.DataFrame | None = None
    taken: int = 0
    errors: int = 0
    counties: frozenset[str] = frozenset()
    said: str = ""
    passing: bool = False

    @property
    def merged(self) -> int:
        """How many rows may count."""
        return len(self.rows)


def read_part(layers: Layers, sent: Sent, folder: Path, county: str) -> Part:
    """Read a layer as a county sent it; what cannot be read says why.

    Parameters
    ----------
    layers
        Those of the province, whose units the rows name.
    folder
        What is collected: files are called by their paths below it.
    county
        Who sent it, "" where that is not known yet: a row that names a township and no county
        means one of its own.
    """
    if sent.said:
        return Part(sent.layer, said=sent.said)
    try:
        made, filled = _within(layers.read_rows(sent.layer), sent.layer, county)
        table = layers.tied(sent.layer, made)
    except HbgeoError as err:
        return Part(sent.layer, said=str(err))
    except OSError as err:
        if not is_of_one_file(err):
            raise
        return Part(sent.layer, said=f"{sent.files[0].name}：{why_not(err)}", passing=True)
    names = _names(sent, folder)
    issues = _renamed(table.issues, names)
    if filled:
        issues = pd.concat([issues, _filled(sent.layer, names, filled, county)], ignore_index=True)
    part = Part(sent.layer, issues=issues, taken=len(made.frame) + len(made.aside))
    part = replace(part, errors=int((issues["severity"] == "error").sum()))
    if sent.layer.role == "units":
        units = _drawn(table, names)
        return replace(part, drawn=units, counties=_codes_in(units))
    kept = _among(made.frame, table.frame)
    rows = _merged_rows(made.frame[kept], sent.layer, names, same=layers.same_scheme(sent.layer))
    aside = pd.concat([made.aside[PROVENANCE], made.frame.loc[~kept, PROVENANCE]])
    why = _renamed(_with_reasons(aside, table.issues), names)
    own = _codes_in(table.senders)
    return replace(part, rows=Cut.of(rows), aside=why, counties=own)


def _codes_in(rows: pd.DataFrame) -> frozenset[str]:
    """The counties that rows are of."""
    return frozenset(map(str, rows["county_code"].unique())) - {""}


def _names(sent: Sent, folder: Path) -> dict[str, str]:
    """What reading calls a file → its path below the folder that is collected."""
    called = told_apart([*sent.files])
    return {
        name: fit_to_show(path.relative_to(folder).as_posix())
        for path, name in called.items()
        if isinstance(path, Path)
    }


def _renamed(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    files = [names.get(str(file), str(file)) for file in table["file"]]
    return table.assign(file=pd.Series(files, table.index, dtype="str"))


def _among(rows: pd.DataFrame, kept: pd.DataFrame) -> Mask:
    """Mark the rows that are among those kept, by where they stand."""
    where, known = (pd.MultiIndex.from_frame(f[PROVENANCE].astype({"file": "str", "sheet": "str"})) for f in (rows, kept))  # fmt: skip
    return np.asarray(where.isin(known))


def _within(made: Tidy, layer: Layer, county: str) -> tuple[Tidy, int]:
    """Rows that name a township or village and no county are of the county that sent them."""
    frame = made.frame
    names = "name" in frame and layer.role in {"table", "places"} and layer.level in _BELOW
    below = [c for c in (*_BELOW, *(["name"] if names else [])) if c in frame]
    if layer.role == "units" or not county or not below:
        return made, 0
    silent = np.logical_or.reduce([(frame[c] != "").to_numpy() for c in below])
    codes = [*_CODES, *(["code"] if names else []), "county"]
    for column in codes:
        if column in frame:
            silent &= (frame[column] == "").to_numpy()
    if not silent.any():
        return made, 0
    own = frame["county"] if "county" in frame else pd.Series("", frame.index, dtype="str")
    filled = own.where(~silent, county).astype("str")
    return replace(made, frame=frame.assign(county=filled)), int(silent.sum())


def _filled(layer: Layer, names: Mapping[str, str], count: int, county: str) -> pd.DataFrame:
    said = f"{count:,} 行只写了乡镇或村，没有写所在县，按报送的县（{county}）计"
    where = (layer.key, next(iter(names.values())), "", None, "所在县", "")
    return issue_rows([Issue(*where, "W21", "warning", said, "请在台账里补上所在县一列")])


def _merged_rows(
    frame: pd.DataFrame, layer: Layer, names: Mapping[str, str], *, same: bool
) -> pd.DataFrame:
    """Rows as a merged ledger holds them; codes of another list than the province's are left out."""
    schema = read_schema(layer.schema)
    rows = in_machine_names(frame, schema)
    if not same:
        foreign = [c for c in (*_CODES, "code") if c in rows]
        rows = rows.assign(**dict.fromkeys(foreign, ""))
    if layer.year is not None and "year" in schema.columns and "year" not in rows:
        rows = rows.assign(year=str(layer.year))
    where = _renamed(frame[PROVENANCE].astype({"file": "str", "sheet": "str"}), names)
    origin = {new: where[old].astype("str") for new, old in ORIGIN.items()}
    rows = pd.concat([pd.DataFrame(origin), rows], axis=1).reset_index(drop=True)
    return rows.astype("str")


def _with_reasons(where: pd.DataFrame, issues: pd.DataFrame) -> pd.DataFrame:
    """Rows that may not count, each with all that is wrong with it."""
    errors = issues[(issues["severity"] == "error") & issues["row"].notna()]
    why: dict[tuple[str, str, int], list[str]] = {}
    for file, sheet, row, said in zip(
        errors["file"], errors["sheet"], errors["row"], errors["message"], strict=True
    ):
        why.setdefault((file, sheet, int(row)), []).append(said.split(" ", 1)[-1])
    places = [(str(f), str(s), int(r)) for f, s, r in where.itertuples(index=False, name=None)]
    said = ["；".join(dict.fromkeys(why.get(at, ["见问题清单"]))) for at in places]
    made = where.astype({"file": "str", "sheet": "str"}).assign(reason=said)
    made["reason"] = made["reason"].astype("str")
    return made.sort_values(PROVENANCE, kind="stable").reset_index(drop=True)


def _drawn(table: LayerTable, names: Mapping[str, str]) -> pd.DataFrame:
    """Units as a county drew them."""
    frame = table.frame
    made = frame[["name", "county_code", "file", "row", "geometry"]].reset_index()
    return _renamed(made, names)
