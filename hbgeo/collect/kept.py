"""Parts kept from one collection to the next: what has not changed is not read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd

from hbgeo.collect.parts import Cut, Part, stacked
from hbgeo.collect.senders import Sent
from hbgeo.read.crs import CGCS2000
from hbgeo.read.inputs import Inputs
from hbgeo.store.fingerprint import joined
from hbgeo.store.frames import FrameStore

_COUNTS = ["merged", "aside", "issues", "drawn"]  # rows of each part in the frames, in this order
_ABOUT = ["sender", "print", "taken", "errors", *_COUNTS, "columns", "counties", "said"]
_TEXTS = ["sender", "print", "columns", "counties", "said"]
Read = Callable[[Sent, str], Part]


@dataclass
class KeptParts:
    """The parts of one layer, by who sent them, with a fingerprint of all that each comes from.

    Parameters
    ----------
    key
        The layer's.
    basis
        The fingerprint of the province's units and of the code: under another one all is read
        again.

    Attributes
    ----------
    read
        How many parts were read anew.
    """

    store: FrameStore
    key: str
    basis: str
    read: int = 0
    _parts: dict[str, tuple[str, Part]] = field(default_factory=dict)
    _changed: bool = False

    def load(self, sent: Mapping[str, Sent]) -> None:
        """Take in what was kept of those that sent something now."""
        frames = self.store.get(self._name, self.basis)
        if frames is None:
            return
        about, rows, *others = frames
        none = [frame.iloc[:0] for frame in others]
        ends = np.cumsum(about[_COUNTS].to_numpy(), axis=0)
        for row, stops in zip(about.to_dict("records"), ends.tolist(), strict=True):
            if row["sender"] not in sent:
                self._changed = True
                continue
            spans = [(stop - row[c], stop) for c, stop in zip(_COUNTS, stops, strict=True)]
            aside, issues, *drawn = (
                frame.iloc[first:last] if last > first else empty
                for frame, empty, (first, last) in zip(others, none, spans[1:], strict=False)
            )
            part = Part(
                sent[row["sender"]].layer,
                Cut(rows, *spans[0], tuple(str(row["columns"]).split())),
                aside,
                issues,
                drawn[0] if row["drawn"] else None,
                row["taken"],
                row["errors"],
                frozenset(str(row["counties"]).split()),
                row["said"],
            )
            self._parts[row["sender"]] = (row["print"], part)

    def part(self, sent: Sent, county: str, inputs: Inputs, read: Read) -> Part:
        """What one county sent: as it was kept, where nothing of it has changed."""
        own = "" if sent.said else inputs.of_layer(sent.layer)
        mark = joined([own, county or "-"])
        was, part = self._parts.get(sent.sender, ("", None))
        if part is None or not mark or was != mark:
            part = read(sent, county)
            self.read += 1
            self._changed = True
            self._parts[sent.sender] = ("" if part.passing else mark, part)
        return part

    def mark_of(self, sender: str) -> str:
        """The fingerprint of what one county sent; "" where that cannot be told."""
        return self._parts[sender][0]

    def save(self) -> None:
        """Keep the parts for the next time."""
        if not self._changed:
            return
        known = [(name, mark, part) for name, (mark, part) in self._parts.items() if mark]
        if not known:
            return
        parts = [part for _, _, part in known]
        drawn = [p.drawn for p in parts if p.drawn is not None]
        frames = [
            pd.DataFrame([_about(*one) for one in known], columns=_ABOUT).astype(
                dict.fromkeys(_TEXTS, "str")
            ),
            stacked([p.rows for p in parts]),
            _joined([p.aside for p in parts]),
            _joined([p.issues for p in parts]),
            *([_shapes(_joined(drawn))] if drawn else []),
        ]
        self.store.put(self._name, self.basis, frames)

    @property
    def _name(self) -> str:
        return f"collected-{self.key}"


def _about(name: str, mark: str, part: Part) -> tuple[object, ...]:
    drawn = 0 if part.drawn is None else len(part.drawn)
    counts = (part.merged, len(part.aside), len(part.issues), drawn)
    words = (" ".join(part.rows.columns), " ".join(sorted(part.counties)), part.said)
    return (name, mark, part.taken, part.errors, *counts, *words)


def _joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames below each other; texts that one lacks are empty."""
    made = [frame for frame in frames if len(frame)] or list(frames[:1])
    whole = pd.concat(made, ignore_index=True)
    texts = [c for c in whole.columns if c not in {"row", "geometry"}]
    return whole.fillna(dict.fromkeys(texts, "")).astype(dict.fromkeys(texts, "str"))


def _shapes(frame: pd.DataFrame) -> pd.DataFrame:
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=CGCS2000)
