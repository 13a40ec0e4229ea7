"""What a page has of a layer's rows alone, kept from one page to the next: a change of others redoes none of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hbgeo.measure.grid.index import Store
from hbgeo.show.page.layer import PageLayer
from hbgeo.store.fingerprint import fingerprint


@dataclass(frozen=True)
class KeptFacts:
    """The facts of layers as the page has them, found by all that they come from.

    Attributes
    ----------
    store
        Where they are.
    prints
        Layer key → the fingerprint of all that its rows come from: its files, the units they may
        name, and the code. "" where that cannot be told: nothing of it is kept then.
    unchanged
        Whether the files are still those that the fingerprints are of.
    """

    store: Store
    prints: Mapping[str, str]
    unchanged: Callable[[], bool]

    def facts(self, layer: PageLayer, make: Callable[[], str]) -> str:
        """The facts of a layer as they were made of the very same before, else as they are made now."""
        key = self._key(layer)
        if not key:
            return make()
        if kept := self.store.get(key):
            return kept.decode("ascii")
        made = make()
        if self.unchanged():
            self.store.put(key, made.encode("ascii"))
        return made

    def _key(self, layer: PageLayer) -> str:
        """The fingerprint of the rows, of which of them count, and of whether all are told."""
        rows = self.prints.get(layer.key, "")
        if not rows:
            return ""
        works = layer.frame["works"].to_numpy(bool).tobytes() if "works" in layer.frame else b""
        said = f"{rows} {len(layer.frame)} {layer.whole} {layer.table.title}\n"
        return fingerprint(said.encode() + works)
