"""What is in doubt, as an earlier run found it: of each indicator of which nothing has changed since.

A firmness rests on the rows of the layers that its indicator names, on all units and who lives in
them, on which rows other indicators of the same layers ask for, and on what was asked. Where one
byte of that differs it is found anew; nothing else is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import pandas as pd

from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.doubt.packed import pack_firmness, pack_told, unpack_firmness, unpack_told
from hbgeo.measure.doubt.result import Firmness
from hbgeo.measure.options import Options
from hbgeo.measure.prints import Prints, layers_named
from hbgeo.read.layers import Layers
from hbgeo.store.fingerprint import fingerprint, joined
from hbgeo.store.parts import Store

_MOST_BYTES = 64 << 20  # of what is kept of one question
_MOST_ROWS = 1 << 18  # of those too: more would not fit, with what is told of each

_KINDS = ("of", "told")  # by indicator its firmness, by layer its rows as they are told


class Found(NamedTuple):
    """What is in doubt of an indicator, and the layers whose rows were looked through for it, in order."""

    firmness: Firmness
    layers: Sequence[str]


def known_doubts(layers: Layers, store: Store, measured: Measured, options: Options) -> Known:
    """What an earlier run found of the same indicators under the same options, and kept in a store.

    Parameters
    ----------
    layers
        Those that the indicators were measured on.
    """
    catalog, prints = layers.catalog, Prints(layers, options)
    # every case says which rows of its layers are in doubt, whosever firmness is asked for
    asked = dict(sorted(measured.asked.items()))
    has = (sorted(catalog.layers), sorted(catalog.assumptions.items()))
    question = fingerprint(repr((asked, options, has)).encode())
    return Known(store, question, prints.of_layers, prints.unchanged)


class Known:
    """What was found of a question before, and what is found of it now.

    Parameters
    ----------
    store
        None knows nothing, and keeps nothing.
    question
        The fingerprint of all that the doubts of every indicator rest on but the layers.
    print_of
        The fingerprint of layers, and of all that every layer is held against; "" keeps nothing.
    unchanged
        Whether the files are still as they were when that was taken.
    """

    def __init__(
        self,
        store: Store | None = None,
        question: str = "",
        print_of: Callable[[Iterable[str]], str] = lambda _: "",
        unchanged: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store, self._question, self._print_of = store, question, print_of
        self._unchanged = unchanged
        self._kept = self._load()
        self._rows = 0  # that are to be kept
        self._told: dict[str, pd.DataFrame | None] = {}
        self._new: dict[str, dict[str, Any]] = {kind: {} for kind in _KINDS}

    def find(self, a: Assessment) -> Found | None:
        """What was found of an indicator; None where it is not known, or would be another by now."""
        kept = self._get("of", a.indicator.id, self.print_of(a), self._unpack)
        made, layers = kept or (None, ())
        if made is None or any(self.told(key) is None for key in layers):
            return None
        return Found(made, layers)

    def told(self, key: str) -> pd.DataFrame | None:
        """The rows in doubt of a layer, as they are told."""
        if key not in self._told:
            now = self._print_of((key,))
            self._told[key] = self._get("told", key, now, lambda _, kept: unpack_told(kept))
        return self._told[key]

    def keep(self, a: Assessment, found: Found) -> None:
        """Note what was found of an indicator."""
        pack = lambda: {"firmness": pack_firmness(found.firmness), "layers": [*found.layers]}  # noqa: E731
        self._put("of", a.indicator.id, self.print_of(a), pack, len(found.firmness.rows))

    def keep_told(self, key: str, told: pd.DataFrame) -> None:
        """Note the rows in doubt of a layer."""
        self._put("told", key, self._print_of((key,)), lambda: pack_told(told), len(told))

    def save(self) -> None:
        """Keep what is known now, where anything of it was not known before."""
        if self._store is None or self._rows > _MOST_ROWS:
            return
        if self._new == self._kept or not self._unchanged():
            return
        content = json.dumps(self._new, ensure_ascii=False).encode(errors="surrogatepass")
        if len(content) <= _MOST_BYTES:
            self._store.put(self._question, content, self._question)

    def print_of(self, a: Assessment) -> str:
        """Of all that a firmness rests on beside the question, the figure itself and what it is held to among it."""
        of = self._print_of(layers_named(a.indicator))
        units = () if a.coverage is None else (len(a.coverage.units), a.figure)
        what = repr((a.indicator, a.as_of, a.whole, a.scope, units))
        return joined([of, self._question, fingerprint(what.encode())])

    def _load(self) -> dict[str, Any]:
        content = self._store.get(self._question, self._question) if self._store else None
        with suppress(ValueError, TypeError):
            if content is not None:
                kept = json.loads(content.decode(errors="surrogatepass"))
                return {kind: dict(kept[kind]) for kind in _KINDS if kind in kept}
        return {}

    def _get(self, kind: str, name: str, now: str, unpack: Callable[[str, Any], Any]) -> Any:
        """What is kept under a name of the very same; what is found again is kept on."""
        known = self._kept.get(kind, {}).get(name)
        with suppress(KeyError, TypeError, ValueError):
            if known is not None and now and known["print"] == now:
                made = unpack(name, known["kept"])
                self._new[kind][name] = known
                return made
        return None

    def _put(
        self, kind: str, name: str, now: str, pack: Callable[[], dict[str, Any]], rows: int
    ) -> None:
        """Note what is to be kept, unless its rows alone are more than is."""
        if self._store and now and name not in self._new[kind]:
            self._rows += rows
            if self._rows <= _MOST_ROWS:
                self._new[kind][name] = {"print": now, "kept": pack()}

    @staticmethod
    def _unpack(name: str, kept: dict[str, Any]) -> tuple[Firmness, tuple[str, ...]]:
        return unpack_firmness(name, kept["firmness"]), tuple(kept["layers"])
