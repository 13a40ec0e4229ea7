"""What merged ledgers were made from: they are made again only where that, or they themselves, changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from hbgeo.collect.neighbours import Conflict
from hbgeo.store.fingerprint import fingerprint_file
from hbgeo.store.frames import FrameStore

_NAME, _KEY = "collected--made", "1"
_COLUMNS = ["key", "of", "columns", "is"]
_CONFLICTS = ["key", "kind", "code", "other", "said", "place", "other_place"]


@dataclass(frozen=True)
class Made:
    """One merged ledger, or borders that were compared.

    Attributes
    ----------
    of
        The fingerprint of all it was made from; "" where that cannot be told.
    columns
        Those of the ledger.
    content
        The fingerprint of the file as it was written; it may be edited, or lost.
    """

    of: str
    columns: tuple[str, ...] = ()
    conflicts: Sequence[Conflict] = ()
    content: str = ""

    def holds(self, of: str, path: Path | None) -> bool:
        """Whether it was made from the same, and still is what it was."""
        return self.of == of and self.content == _print_of(path)


def read_made(frames: FrameStore) -> dict[str, Made]:
    """What was made the last time, by layer."""
    kept = frames.get(_NAME, _KEY)
    if kept is None:
        return {}
    made, conflicts = kept
    by: dict[str, list[Conflict]] = {}
    for key, kind, code, other, said, place, other_place in conflicts[_CONFLICTS].itertuples(
        index=False, name=None
    ):
        one = Conflict(key, kind, (code, other), said, (place, other_place))
        by.setdefault(key, []).append(one)
    return {
        key: Made(of, tuple(columns.split()), by.get(key, ()), content)
        for key, of, columns, content in made[_COLUMNS].itertuples(index=False, name=None)
    }


def keep_made(frames: FrameStore, made: Mapping[str, Made], folder: Path) -> None:
    """Keep what was made, and what the ledgers in a folder are now."""
    paths = {key: folder / f"{key}.csv" if one.columns else None for key, one in made.items()}
    known = {k: replace(one, content=_print_of(paths[k])) for k, one in made.items() if one.of}
    rows = [(key, one.of, " ".join(one.columns), one.content) for key, one in known.items()]
    conflicts = [
        (key, c.kind, *c.codes, c.said, *c.places)
        for key, one in known.items()
        for c in one.conflicts
    ]
    tables = [
        pd.DataFrame(rows, columns=_COLUMNS).astype("str"),
        pd.DataFrame(conflicts, columns=_CONFLICTS).astype("str"),
    ]
    frames.put(_NAME, _KEY, tables)


def _print_of(path: Path | None) -> str:
    if path is None:
        return "-"
    try:
        return fingerprint_file(path) if path.is_file() else "none"
    except OSError:
        return "unknown"
