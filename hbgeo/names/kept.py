"""What was found of the signs of a layer, kept for as long as signs, names and readings are the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from hbgeo.errors import CatalogError
from hbgeo.measure.names.found import COLUMNS, Checked
from hbgeo.read.characters.readings import READINGS
from hbgeo.store.fingerprint import joined
from hbgeo.store.frames import FramesByKey, FrameStore
from hbgeo.store.plain import is_plain
from hbgeo.workspace import Workspace

_COUNTS = ["county", "signs", "unheld", "apart", "joined"]


def checked_names(
    workspace: Workspace, key: str, gazetteer: str, check: Callable[[], Checked]
) -> Checked:
    """What `check` finds of the signs of a layer, or what it found of the very same before.

    Parameters
    ----------
    gazetteer
        The key of the layer of place names; "" where the list of villages stands for it, on which the
        fingerprint of every layer rests.
    """
    kept = _kept(workspace, gazetteer)
    frames = kept.get(key)
    if frames is None:
        frames = to_frames(check())
        kept.put(key, frames)
    return from_frames(frames)


def is_known(workspace: Workspace, key: str, gazetteer: str) -> bool:
    """Whether `checked_names` would find what it found before, and look at no sign."""
    return _kept(workspace, gazetteer).has(key)


def _kept(workspace: Workspace, gazetteer: str) -> FramesByKey:
    """What is kept of signs, by layer."""
    layers = workspace.layers

    def of(key: str) -> str:
        own = workspace.catalog.folder / READINGS
        readings = layers.inputs.of_file(own) if is_plain(own, CatalogError) else "-"
        names = layers.fingerprint_of(gazetteer) if gazetteer else "-"
        return joined([layers.fingerprint_of(key), names, readings, str(workspace.catalog.as_of)])

    return FramesByKey(FrameStore(workspace.store), ".names", of, layers.inputs.unchanged)


def to_frames(checked: Checked) -> list[pd.DataFrame]:
    """Findings and counts as frames that can be kept."""
    rows = checked.rows
    plain: dict[str, Any] = {c: rows[c].astype("str") for c in COLUMNS if c not in {"score", "row"}}
    # no Float64 is kept, and no column of a mixed kind
    plain["score"] = rows["score"].astype("float64")
    plain["row"] = pd.to_numeric(rows["row"]).astype("Int64")
    codes = list(dict.fromkeys([*checked.signs, *checked.unheld, *checked.mixed]))
    counts = [
        [c, checked.signs.get(c, 0), checked.unheld.get(c, 0), *checked.mixed.get(c, (0, 0))]
        for c in codes
    ]
    kinds = {c: "str" if c == "county" else "int64" for c in _COUNTS}
    return [pd.DataFrame(plain)[COLUMNS], pd.DataFrame(counts, columns=_COUNTS).astype(kinds)]


def from_frames(frames: list[pd.DataFrame]) -> Checked:
    """Undo `to_frames`: the same whether it was kept or has just been found."""
    rows, counts = frames
    rows = rows.assign(score=rows["score"].astype("Float64"))
    county = [str(code) for code in counts["county"]]
    numbers = {c: counts[c].tolist() for c in _COUNTS[1:]}
    both = zip(county, numbers["apart"], numbers["joined"], strict=True)
    return Checked(
        rows[COLUMNS],
        {c: n for c, n in zip(county, numbers["signs"], strict=True) if n},
        {c: n for c, n in zip(county, numbers["unheld"], strict=True) if n},
        {c: (apart, whole) for c, apart, whole in sorted(both) if apart or whole},
    )
