"""Tables → rows tied to the units of their level."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hbgeo.read.catalog import LEVEL_NAMES, Layer
from hbgeo.read.cell.column import without
from hbgeo.read.divisions.register import Register
from hbgeo.read.issues import Notes
from hbgeo.read.schema.records import read_schema
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.table import LayerTable, of_layer
from hbgeo.read.units.left_out import PLACE, leave_aside, leave_out, together
from hbgeo.read.units.naming import Named, blank_texts, look_up, note_problems, senders_of


def make_table(made: Tidy, layer: Layer, register: Register, *, same_scheme: bool) -> LayerTable:
    """Tie the rows of a table to the units of its level, by code and name or county and name.

    Returns
    -------
    table
        `frame` with `unit_code`; rows that name no unit are put aside and said.
    """
    frame = made.frame.copy(deep=False)
    notes = Notes(layer.key, frame, read_schema(layer.schema))
    how: dict[str, Any] = {"codes": same_scheme, "level": layer.level}
    named = _tie(frame, register, notes, **how)
    bad = (frame["unit_code"] == "").to_numpy()
    silent = bad & named.mark(lambda one: not one.problems)
    names = frame.get("name", blank_texts(frame)).rename("名称")
    say = lambda v: f"“{v}”没有对应到{LEVEL_NAMES[layer.level]}"  # noqa: E731
    notes.cells(silent, names, say, rule="E06", fix="补填代码，或县与名称")
    aside = made.aside.copy()
    if len(aside):
        tied = _tie(aside, register, Notes(layer.key, aside, notes.schema), **how)
        aside = aside.assign(**{f"{at}_code": tied.codes(at) for at in ("county", "township")})
        aside = leave_aside(aside, tied)
    above = {f"{at}_code": named.codes(at) for at in ("county", "township")}
    reasons = {PLACE: silent, "name": bad & ~silent & ~named.mark(lambda one: one.wrong)}
    left = leave_out(frame.assign(**above), named, bad, reasons)
    return of_layer(
        layer,
        without(frame, bad),
        (*made.issues, *notes.issues),
        aside=len(made.aside) + int(bad.sum()),
        senders=senders_of(made, register, named),
        left_out=together(made.unread, aside, left),
        unread=made.unread,
    )


def _tie(
    frame: pd.DataFrame, register: Register, notes: Notes, *, codes: bool, level: str
) -> Named:
    """Give rows the code of the unit that they name, and say what is wrong with it."""
    naming = _as_naming(frame, level)
    named = look_up(naming, register, codes=codes, level=level)
    note_problems(frame, named, notes)
    frame["unit_code"] = named.codes(level)
    return named


def _as_naming(frame: pd.DataFrame, level: str) -> pd.DataFrame:
    """A table's `code` and `name` are those of its level."""
    own = {
        f"{level}_code": frame.get("code", blank_texts(frame)),
        level: frame.get("name", blank_texts(frame)),
    }
    return frame.assign(**own)
