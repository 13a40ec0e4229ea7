"""Facilities → indexed by id, with the codes of the units they name and serve."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import without
from hbgeo.read.cell.personal import hide_numbers
from hbgeo.read.cell.text import clean_text
from hbgeo.read.divisions.register import Register
from hbgeo.read.issues import PROVENANCE, Notes
from hbgeo.read.points import PLACELESS, PLACELESS_FIX
from hbgeo.read.schema.records import read_schema
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.table import LayerTable, of_layer
from hbgeo.read.units.copies import told_twice
from hbgeo.read.units.ids import settle_ids
from hbgeo.read.units.left_out import (
    COPY,
    PLACE,
    TWICE,
    leave_aside,
    leave_out,
    together,
    with_served,
)
from hbgeo.read.units.naming import Named, blank_texts, look_up, note_problems, senders_of


def make_facilities(
    made: Tidy, layer: Layer, register: Register, *, same_scheme: bool
) -> LayerTable:
    """Give every facility an id and the codes of the units its row names and serves.

    Returns
    -------
    table
        `frame` indexed by id (see `settle_ids`); `county_code`, `township_code`, `village_code`
        are "" where the row names none; `served` is a tuple of codes of any level. Rows that name a
        unit wrongly, repeat or contradict another or have no place are put aside.
    """
    frame = made.frame.copy(deep=False)
    notes = Notes(layer.key, frame, read_schema(layer.schema))
    named = _tie(frame, register, notes, codes=same_scheme)
    wrong = named.mark(lambda one: one.wrong)
    placeless = named.mark(lambda one: not (one.county or one.township or one.village))
    placeless &= frame["x"].isna().to_numpy() & ~wrong
    names = frame.get("name", blank_texts(frame)).rename("名称")
    unsaid = placeless & ~_said(frame, made)
    notes.cells(unsaid, names, lambda _: PLACELESS, rule="E17", fix=PLACELESS_FIX)
    bad = wrong | placeless
    copies = told_twice(frame, ~bad, notes)
    bad = bad | copies
    settled = settle_ids(frame, layer, ~bad, notes)
    frame["id"] = settled.ids
    bad = bad | settled.aside
    reasons = {PLACE: placeless, COPY: copies, TWICE: settled.aside}
    aside = made.aside.copy()
    others = Notes(layer.key, aside, notes.schema)
    if len(aside):
        aside = leave_aside(aside, _tie(aside, register, others, codes=same_scheme))
    unread = with_served(made.unread, [*notes.issues, *others.issues])
    left = together(unread, aside, leave_out(frame, named, bad, reasons))
    return of_layer(
        layer,
        without(frame, bad).set_index("id"),
        (*made.issues, *notes.issues),
        aside=len(made.aside) + int(bad.sum()),
        senders=senders_of(made, register, named),
        left_out=left,
        unread=unread,
    )


def _tie(frame: pd.DataFrame, register: Register, notes: Notes, *, codes: bool) -> Named:
    """Give rows the codes of the units that they name and serve, and say what is wrong with those."""
    named = look_up(frame, register, codes=codes, level="village")
    note_problems(frame, named, notes)
    for level in ("county", "township", "village"):
        frame[f"{level}_code"] = named.codes(level)
    frame["served"] = _served(frame, named, register, notes)
    return named


def _said(frame: pd.DataFrame, made: Tidy) -> Mask:
    """Mark the rows of which reading said already that they have no place."""
    said = {(i.file, i.sheet, i.row) for i in made.issues if i.rule == "E17"}
    return (
        pd.MultiIndex.from_frame(frame[PROVENANCE]).isin(said)
        if said
        else np.zeros(len(frame), bool)
    )


def _served(frame: pd.DataFrame, named: Named, register: Register, notes: Notes) -> pd.Series:
    """The codes each row serves, by its own words and by whom it names; most rows say nothing."""
    served = np.empty(len(frame), dtype=object)
    served.fill(())
    missed = np.zeros(len(frame), bool)
    texts = frame.get("served", blank_texts(frame))
    at = np.flatnonzero((texts != "").to_numpy())
    known: dict[tuple[str, int], tuple[tuple[str, ...], tuple[str, ...]]] = {}
    words = texts.iloc[at].tolist()
    for key in zip(at.tolist(), words, named.numbers[at].tolist(), strict=True):
        i, text, number = key
        if (text, number) not in known:
            known[text, number] = register.serve(text, named.found[number])
        served[i], unknown = known[text, number]
        missed[i] = bool(unknown)
    parts = {clean_text(text): "、".join(known[text, n][1]) for text, n in known}
    fix = "写标准名称，以顿号分隔；或写 全县、全镇"

    def say(text: str) -> str:
        part = parts.get(text, "")
        which = "" if part in {"", text} else f"中的“{hide_numbers(part)}”"
        return f"服务范围“{text}”{which}未能识别为村、乡镇或县，不计入服务覆盖"

    notes.cells(missed, texts.rename("服务范围"), say, rule="W06", fix=fix, severity="warning")
    return pd.Series(served, frame.index)
