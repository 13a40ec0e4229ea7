"""Tables → rows tied to the units of their level."""

from __future__ import annotations

import pandas as pd

from hbgeo.read.catalog import LEVEL_NAMES, Layer
from hbgeo.read.cell.column import without
from hbgeo.read.divisions.register import Register
from hbgeo.read.issues import Notes
from hbgeo.read.schema.records import read_schema
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.table import LayerTable, of_layer
from hbgeo.read.units.naming import blank_texts, look_up, note_problems, senders_of


def make_table(made: Tidy, layer: Layer, register: Register, *, same_scheme: bool) -> LayerTable:
    """Tie the rows of a table to the units of its level, by code and name or county and name.

    Returns
    -------
    table
        `frame` with `unit_code`; rows that name no unit are put aside and said.
    """
    frame = made.frame.copy(deep=False)
    notes = Notes(layer.key, frame, read_schema(layer.schema))
    naming = _as_naming(frame, layer.level)
    named = look_up(naming, register, codes=same_scheme, level=layer.level)
    note_problems(frame, named, notes)
    frame["unit_code"] = named.codes(layer.level)
    bad = (frame["unit_code"] == "").to_numpy()
    silent = bad & named.mark(lambda one: not one.problems)
    names = frame.get("name", blank_texts(frame)).rename("名称")
    say = lambda v: f"“{v}”没有对应到{LEVEL_NAMES[layer.level]}"  # noqa: E731
    notes.cells(silent, names, say, rule="E06", fix="补填代码，或县与名称")
    return of_layer(
        layer,
        without(frame, bad),
        (*made.issues, *notes.issues),
        aside=len(made.aside) + int(bad.sum()),
        senders=senders_of(made, register, named),
    )


def _as_naming(frame: pd.DataFrame, level: str) -> pd.DataFrame:
    """A table's `code` and `name` are those of its level."""
    own = {
        f"{level}_code": frame.get("code", blank_texts(frame)),
        level: frame.get("name", blank_texts(frame)),
    }
    return frame.assign(**own)
