"""Sheets as they were made for the report before, each for as long as the figures it shows are the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from hbgeo.measure.prints import EVERY
from hbgeo.show.excel.sheet import Column, Ranked, Sheet
from hbgeo.store.fingerprint import fingerprint, joined
from hbgeo.store.parts import KeptParts

Rows = list[list[Any]]


@dataclass(frozen=True)
class KeptSheets:
    """Sheets of one indicator, or its rows in a sheet of several.

    Attributes
    ----------
    prints
        As in `Measured`; of an indicator that has none nothing is kept.
    """

    parts: KeptParts = field(default_factory=KeptParts)
    prints: Mapping[str, str] = field(default_factory=dict)

    def sheet(self, one: str, more: str, make: Callable[[], Sheet]) -> Sheet:
        """The sheet of an indicator; `more` is what it says beside its figures."""
        of = self._print(one, more)
        if (kept := self.parts.find(f"sheet {one}", of)) is not None:
            return _unpacked(json.loads(bytes(kept)))
        made = make()
        self._keep(f"sheet {one}", of, lambda: _packed(made))
        return made

    def rows(self, name: str, one: str, more: str, make: Callable[[], Rows]) -> Rows:
        """The rows of an indicator in the sheet `name`."""
        of = self._print(one, more)
        if (kept := self.parts.find(f"{name} {one}", of)) is not None:
            rows: Rows = json.loads(bytes(kept))
            return rows
        made = make()
        self._keep(f"{name} {one}", of, lambda: made)
        return made

    def save(self) -> None:
        """Keep them for the next time."""
        self.parts.save()

    def _print(self, one: str, more: str) -> str:
        said = fingerprint(more.encode(errors="surrogatepass"))
        return joined([self.prints.get(EVERY, ""), self.prints.get(one, ""), said])

    def _keep(self, part: str, of: str, pack: Callable[[], Any]) -> None:
        if of and self.parts.store is not None:
            with suppress(TypeError):  # a cell that would not come back as it was
                self.parts.keep(part, of, json.dumps(pack()).encode())


def _packed(sheet: Sheet) -> dict[str, Any]:
    return vars(sheet) | {
        "columns": [vars(column) for column in sheet.columns],
        "totals": sorted(sheet.totals),
        "ranked": sheet.ranked and vars(sheet.ranked),
    }


def _unpacked(kept: dict[str, Any]) -> Sheet:
    made = {
        "columns": [Column(**column) for column in kept["columns"]],
        "totals": frozenset(kept["totals"]),
        "ranked": kept["ranked"] and Ranked(**kept["ranked"]),
    }
    return Sheet(**kept | made)
