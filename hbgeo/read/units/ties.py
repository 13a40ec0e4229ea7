"""Rows of facilities and tables → the codes of the units they name and serve."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hbgeo.read.catalog import LEVEL_NAMES, Layer
from hbgeo.read.columns import Mask, Notes, Tidy, without
from hbgeo.read.divisions.register import Register
from hbgeo.read.schema import read_schema
from hbgeo.read.texts import map_unique, repeated
from hbgeo.read.units.tied import (
    Named,
    Tied,
    blank_texts,
    look_up,
    note_problems,
    senders_of,
)


def tie_facilities(made: Tidy, layer: Layer, register: Register, *, same_scheme: bool) -> Tied:
    """Give every facility an id and the codes of the units its row names and serves.

    Returns
    -------
    tied
        `frame` indexed by id; `county_code`, `township_code`, `village_code` are "" where the
        row names none; `served` is a tuple of codes of any level. Rows that name a unit wrongly,
        repeat an id or have no place are put aside.
    """
    frame = made.frame.copy(deep=False)
    notes = Notes(layer.key, frame, read_schema(layer.schema))
    named = look_up(frame, register, codes=same_scheme, level="village")
    note_problems(frame, named, notes)
    for level in ("county", "township", "village"):
        frame[f"{level}_code"] = named.codes(level)
    frame["served"] = _served(frame, named, register, notes)
    frame["id"] = _ids(frame, layer)
    wrong = named.mark(lambda one: one.wrong)
    placeless = named.mark(lambda one: not (one.county or one.township or one.village))
    placeless &= frame["x"].isna().to_numpy() & ~wrong
    names = frame.get("name", blank_texts(frame)).rename("名称")
    say = lambda _: "既无坐标也无所在单元,无法定位"  # noqa: E731
    notes.cells(placeless, names, say, rule="E17", fix="补填坐标或所在县、乡镇")
    twice = repeated(frame["id"]) & ~wrong & ~placeless
    _note_twice(frame, twice, notes)
    bad = wrong | placeless | twice
    return Tied(
        without(frame, bad).set_index("id"),
        (*made.issues, *notes.issues),
        aside=len(made.aside) + int(bad.sum()),
        senders=senders_of(made, register, named),
    )


def tie_table(made: Tidy, layer: Layer, register: Register, *, same_scheme: bool) -> Tied:
    """Tie the rows of a table to the units of its level, by code and name or county and name.

    Returns
    -------
    tied
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
    notes.cells(silent, names, say, rule="E06", fix="补填代码,或县与名称")
    return Tied(
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
    say = lambda v: f"服务范围“{v}”有未能识别为村、乡镇或县的部分,该部分不计入服务覆盖"  # noqa: E731
    fix = "写标准名称,以顿号分隔;或写 全县、全镇"
    notes.cells(missed, texts.rename("服务范围"), say, rule="W06", fix=fix, severity="warning")
    return pd.Series(served, frame.index)


def _ids(frame: pd.DataFrame, layer: Layer) -> pd.Series:
    """The row's own id; a row without one is named by where it stands."""
    own = frame.get("id", blank_texts(frame))
    if (own != "").all():
        return own
    sheet = map_unique(frame["sheet"], lambda s: f"/{s}" if s else "")
    made = f"{layer.key}:" + frame["file"] + sheet + "#" + frame["row"].astype("str")
    return own.where(own != "", made)


def _note_twice(frame: pd.DataFrame, twice: Mask, notes: Notes) -> None:
    if not twice.any():
        return
    first = frame.drop_duplicates("id").set_index("id")["row"]
    ids = frame["id"].rename("编号")
    say = lambda v: f"编号{v}重复(首见于第{first.get(v, '?')}行),只计第一行"  # noqa: E731
    notes.cells(twice, ids, say, rule="E12", fix="改正编号,或删去重复行")
