"""The problems of a workspace's layers, found once and kept for as long as all they come from is the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from hbgeo.read.catalog import read_catalog
from hbgeo.read.indicator import Indicator
from hbgeo.read.keys import POPULATION
from hbgeo.read.layers import Layers
from hbgeo.sample import sample_folder
from hbgeo.store.fingerprint import fingerprint, joined
from hbgeo.store.frames import FramesByKey, FrameStore

if TYPE_CHECKING:  # only who asks for problems that are not known waits for what looks for them
    from hbgeo.checking import Checked


class Problems:
    """What is wrong with each layer: with its rows, and for the indicators that are measured on it.

    Parameters
    ----------
    frames
        Where it is kept from one run to the next.
    """

    def __init__(self, workspace: Checked, frames: FrameStore) -> None:
        same = workspace.layers.inputs.unchanged
        self._workspace = workspace
        self._own = FramesByKey(frames, ".checked", self._of_own, same)
        self._asked = FramesByKey(frames, ".asked", self._of_asked, same)
        self._found: dict[str, pd.DataFrame] = {}

    def of_layer(self, key: str) -> pd.DataFrame:
        """What reading a layer found, and what is wrong with its positions and content."""
        if key not in self._found:
            stored = self._own.get(key)
            if stored is None:
                from hbgeo.checking import check_one, with_counties

                found = check_one(self._workspace, self._workspace.layers.entry(key))
                stored = [with_counties(self._workspace, found)]
                self._own.put(key, stored)
            [self._found[key]] = stored
        return self._found[key]

    def of_indicators(self, keys: Iterable[str]) -> list[pd.DataFrame]:
        """What is wrong with layers for the indicators that are measured on them."""
        return [self._for_indicators(key) for key in keys if self._measured_on(key)]

    def are_known(self, key: str) -> bool:
        """Whether the problems of a layer, as it is now, are known from an earlier run."""
        return self._own.has(key)

    def _for_indicators(self, key: str) -> pd.DataFrame:
        stored = self._asked.get(key)
        if stored is None:
            from hbgeo.checking import check_asked

            stored = [check_asked(self._workspace, self._measured_on(key))]
            self._asked.put(key, stored)
        [found] = stored
        return found

    def _measured_on(self, key: str) -> list[Indicator]:
        return [one for one in self._workspace.policy.values() if one.layer == key]

    def _of_own(self, key: str) -> str:
        """Of all that the problems of a layer come from; "" where that cannot be told."""
        catalog, layers = self._workspace.catalog, self._workspace.layers
        known = [layers.fingerprint_of(key), str(catalog.as_of)]
        layer = catalog.layers[key]
        if POPULATION in catalog.layers:
            known.append(layers.fingerprint_of(POPULATION))
        if layer.role == "units" and layer.level == "county":
            known.append(Layers(read_catalog(sample_folder())).fingerprint_of("county"))
        return joined(known)

    def _of_asked(self, key: str) -> str:
        """The same, and of the indicators."""
        asked = repr(self._measured_on(key)).encode(errors="surrogatepass")
        return joined([self._of_own(key), fingerprint(asked)])
