"""What a figure rests on, as one fingerprint: where it is the same, so is all that is made of the figure.

A figure rests on the rows of the layers that its indicator names, on all units and who lives in
them, on what was asked, and on the code. Which rows other ledgers hold does not matter to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from hbgeo.measure.options import Options
from hbgeo.measure.places import LAYERS
from hbgeo.read.indicator import Indicator
from hbgeo.read.keys import GAZETTEER, POPULATION
from hbgeo.read.layers import Layers
from hbgeo.store.fingerprint import fingerprint, joined

EVERY = ""  # stands for what all figures rest on: units and people, what was asked, the code
_LEDGERS = {"facilities", "table"}  # roles of layers on which a figure rests only if it names them


def layers_named(one: Indicator) -> Iterator[str]:
    """The layers whose rows an indicator's figure and its doubts rest on, beside units and people."""
    yield from filter(None, (one.layer, one.beside, *one.needs, *(a.layer for a in one.links)))


class Prints:
    """The fingerprints of layers and figures.

    Parameters
    ----------
    layers
        Those that indicators are measured on.
    options
        What was asked.
    """

    def __init__(self, layers: Layers, options: Options) -> None:
        catalog = layers.catalog
        self._there, self._of_layer = catalog.layers, cache(layers.fingerprint_of)
        every = [key for key, layer in catalog.layers.items() if layer.role not in _LEDGERS]
        self._every = (*every, POPULATION, GAZETTEER, *LAYERS.values())
        asked = (options, sorted(catalog.layers), sorted(catalog.assumptions.items()))
        self._asked = fingerprint(repr(asked).encode())
        self._figures: dict[str, str] = {}
        self.unchanged = layers.inputs.unchanged

    def of_layers(self, keys: Iterable[str]) -> str:
        """Of layers, and of all that every layer is held against; "" where that cannot be told."""
        named = dict.fromkeys([*self._every, *keys])
        return joined(self._of_layer(key) for key in named if key in self._there)

    def of_all(self, indicators: Iterable[Indicator]) -> dict[str, str]:
        """Of all that each figure rests on, by id, and of what every one does, as `EVERY`."""
        every = joined([self.of_layers(()), self._asked])
        return {one.id: self.of_figure(one) for one in indicators} | {EVERY: every}

    def of_figure(self, one: Indicator) -> str:
        """Of all that an indicator's figure rests on; "" where that cannot be told."""
        if one.id not in self._figures:
            said = fingerprint(f"{self._asked}{one!r}".encode(errors="surrogatepass"))
            self._figures[one.id] = joined([self.of_layers(layers_named(one)), said])
        return self._figures[one.id]
