"""Figures as an earlier run measured them: of each indicator of which nothing that it rests on has changed.

A figure is kept with what a snapshot and a page ask of it: its units, what is nearest, who waits,
what counts and whom it reaches. What only some ask for (on which rows it was measured) is found
again when somebody does. It is data only, whoever wrote it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.arrays import Ints, Mask
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import WHERE, Coverage
from hbgeo.measure.lazily import Later
from hbgeo.measure.placements import Placements
from hbgeo.measure.prints import Prints
from hbgeo.read.indicator import Indicator
from hbgeo.store.fingerprint import fingerprint
from hbgeo.store.frames import CannotKeepError, frame_bytes, frame_of_bytes
from hbgeo.store.parts import Store, pack_arrays, unpack_arrays

MOST = 100_000  # facilities of one indicator: to count them again takes no longer than to read them
_HEAD = struct.Struct("<I")
_FRAMES = ("apart", "nearest", "waiting", "qualified")


@dataclass(frozen=True)
class Figure:
    """What was measured of one indicator.

    Attributes
    ----------
    coverage
        Without who serves whom; None where it cannot be computed: `missing` says for want of what.
    qualified, nearest, waiting, beyond
        As in `Measured`; None where it has no entry.
    unit, counted
        Of each pair the position of its unit and of its facility among those that count; None
        where there are too many to be kept, or none that stand somewhere.
    """

    coverage: Coverage | None
    missing: tuple[str, ...] = ()
    qualified: pd.DataFrame | None = None
    nearest: pd.DataFrame | None = None
    waiting: pd.DataFrame | None = None
    beyond: tuple[str, ...] | None = None
    unit: Ints | None = None
    counted: Ints | None = None


@dataclass(frozen=True)
class KeptFigure:
    """A figure as it was kept, each part of which is read when it is asked for."""

    _said: Mapping[str, Any]
    _part: Callable[[str], memoryview]
    _coverage: Coverage | None

    @property
    def coverage(self) -> Coverage | None:
        """As in `Figure`."""
        return self._coverage

    @property
    def missing(self) -> tuple[str, ...]:
        """As in `Figure`."""
        return tuple(self._said["missing"])

    @property
    def beyond(self) -> tuple[str, ...] | None:
        """As in `Figure`."""
        beyond = self._said["beyond"]
        return None if beyond is None else tuple(beyond)

    def has(self, name: str) -> bool:
        """Whether a part was kept: `nearest`, `waiting`, `qualified` or `reach`."""
        return name in self._said["parts"] or name in self._said["empty"]

    def frame(self, name: str) -> Later[pd.DataFrame]:
        """`nearest`, `waiting` or `qualified`."""
        empty = name in self._said["empty"]
        return Later(_no_frame, b"") if empty else Later(frame_of_bytes, self._part(name))

    @cached_property
    def reach(self) -> tuple[Ints, Ints]:
        """`unit` and `counted`."""
        made = unpack_arrays(self._part("reach"))
        return made["unit"], made["counted"]


def _no_frame(_: bytes | memoryview) -> pd.DataFrame:
    return pd.DataFrame()


class KnownFigures:
    """What was measured of indicators before, and what is measured now.

    Parameters
    ----------
    store
        Where it is.
    prints
        What each figure rests on, by its fingerprint.
    """

    def __init__(self, store: Store, prints: Prints) -> None:
        self._store, self._prints = store, prints

    def find(self, one: Indicator, placements: Placements) -> KeptFigure | None:
        """What was measured of an indicator; None where that is not known, or would be another by now."""
        of = self._prints.of_figure(one)
        content = self._store.get(_key(one), of) if of else None
        if content is None:
            return None
        with suppress(ValueError, KeyError, TypeError, AttributeError, struct.error):
            return _read(memoryview(content), one, placements)
        return None

    def keep(self, one: Indicator, figure: Figure, placements: Placements) -> None:
        """Keep what was measured, or forget it."""
        if (of := self._prints.of_figure(one)) and self._prints.unchanged():
            with suppress(
                CannotKeepError, TypeError
            ):  # what JSON has no word for is not kept either
                self._store.put(_key(one), _packed(one, figure, placements), of)


def _key(one: Indicator) -> str:
    return fingerprint(one.id.encode(errors="surrogatepass"))


def _packed(one: Indicator, figure: Figure, placements: Placements) -> bytes:
    """A figure as bytes.

    Raises
    ------
    CannotKeepError
        If something of it would not come back as it was.
    """
    parts: dict[str, bytes] = {}
    said: dict[str, Any] = {"missing": list(figure.missing), "beyond": figure.beyond}
    if (coverage := figure.coverage) is not None:
        said["basis"] = _plain_basis(coverage.basis)
        said["method"] = coverage.method
        said["finer"] = {
            column: {code: str(number) for code, number in of.items()}
            for column, of in coverage.finer.items()
        }
        own, said["own"] = _packed_units(one, coverage.units, placements)
        parts["units"] = pack_arrays(own)
        tables = {"apart": coverage.apart if len(coverage.apart.columns) else None}
        tables |= {name: getattr(figure, name) for name in _FRAMES[1:]}
        if tables["qualified"] is not None and len(tables["qualified"]) > MOST:
            tables["qualified"] = None
        elif figure.unit is not None and figure.counted is not None:
            parts["reach"] = pack_arrays({"unit": figure.unit, "counted": figure.counted})
        given = {name: frame for name, frame in tables.items() if frame is not None}
        said["empty"] = [name for name, frame in given.items() if not len(frame.columns)]
        parts |= {k: frame_bytes(frame) for k, frame in given.items() if len(frame.columns)}
    spans, at = {}, 0
    for name, content in parts.items():
        spans[name] = [at, at + len(content)]
        at += len(content)
    head = json.dumps(said | {"parts": spans}).encode()
    return b"".join([_HEAD.pack(len(head)), head, *parts.values()])


def _packed_units(
    one: Indicator, units: pd.DataFrame, placements: Placements
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the units of a figure have of their own, and what is said of it.

    Raises
    ------
    CannotKeepError
        If they are none of the units of the level, or have columns of another kind.
    """
    every = placements.units(one.units).frame
    if list(units.columns[: len(WHERE)]) != WHERE:
        raise CannotKeepError
    made: dict[str, Any] = {}
    if not units.index.equals(every.index):
        at = every.index.get_indexer(
            units.index
        )  # asking which are in it takes each name by itself
        if (np.diff(at, prepend=-1) <= 0).any():
            raise CannotKeepError
        mine: Mask = np.zeros(len(every), dtype=bool)
        mine[at] = True
        made["mine"] = np.packbits(mine)
    words: dict[str, list[str]] = {}
    for column in units.columns[len(WHERE) :]:
        cells = units[column]
        if isinstance(cells.dtype, np.dtype) and cells.dtype.kind in "iufb":
            made[f"={column}"] = cells.to_numpy()
            continue
        at, known = pd.factorize(cells)
        if str(cells.dtype) != "str" or (at < 0).any():
            raise CannotKeepError
        made[f"={column}"], words[column] = at.astype(np.int32), known.tolist()
    return made, {"words": words, "every": len(every)}


def _read(content: memoryview, one: Indicator, placements: Placements) -> KeptFigure:
    """What `_packed` packed.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError, struct.error
        If it is something else.
    """
    [size] = _HEAD.unpack_from(content)
    start = _HEAD.size + size
    said = json.loads(bytes(content[_HEAD.size : start]))

    def part(name: str) -> memoryview:
        first, last = said["parts"][name]
        return content[start + first : start + last]

    if not said.keys() >= {"missing", "beyond", "parts"}:
        raise KeyError(*said)
    if "method" not in said:
        return KeptFigure(said, part, None)
    apart = frame_of_bytes(part("apart")) if "apart" in said["parts"] else pd.DataFrame()
    coverage = Coverage(
        one.id,
        said["method"],
        _basis(said["basis"]),
        _units(unpack_arrays(part("units")), said["own"], one, placements),
        parents=placements.parents(one.units),
        apart=apart,
        finer={
            column: {code: Fraction(number) for code, number in of.items()}
            for column, of in said["finer"].items()
        },
    )
    return KeptFigure(said, part, coverage)


def _units(
    own: Mapping[str, Any], said: Mapping[str, Any], one: Indicator, placements: Placements
) -> pd.DataFrame:
    """The units of a figure: what is said of them is that of their level, uncopied."""
    mine: Mask = np.ones(said["every"], dtype=bool)
    if "mine" in own:
        mine = np.unpackbits(own["mine"], count=said["every"]).astype(bool)
    units = placements.some_units(one.units, mine).frame  # the very same as of what is measured now
    plain = units if type(units) is pd.DataFrame else pd.DataFrame(units)
    made: dict[str, Any] = {column: plain.get(column, "") for column in WHERE}
    for name, cells in own.items():
        column = name[1:]
        if name == "mine":
            continue
        if column in said["words"]:
            made[column] = pd.array(said["words"][column], dtype="str").take(cells)
        else:
            made[column] = cells.copy()  # what is read from the file cannot be written to
    return pd.DataFrame(made, index=units.index, copy=False)


_TUPLES = ("filters", "sources", "unweighted", "years", "earlier", "unknown", "assumed", "unplaced")


def _plain_basis(basis: Basis) -> dict[str, Any]:
    made = {one.name: getattr(basis, one.name) for one in fields(basis)}
    as_of = basis.as_of.isoformat() if basis.as_of else None
    return made | {"as_of": as_of, **{name: list(made[name]) for name in _TUPLES}}


def _basis(kept: Mapping[str, Any]) -> Basis:
    as_of = date.fromisoformat(kept["as_of"]) if kept["as_of"] else None
    told = {name: tuple(kept[name]) for name in _TUPLES}
    return Basis(**{**kept, **told, "as_of": as_of})
