"""All that a page shows, before any of it is encoded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.beyond import Beyond
from hbgeo.measure.doubt.result import Doubts
from hbgeo.measure.grid.index import Store
from hbgeo.measure.names.found import SignNames
from hbgeo.measure.pairs import Serving
from hbgeo.measure.prints import EVERY
from hbgeo.measure.trend import Past, Trend
from hbgeo.read.catalog import Catalog
from hbgeo.read.table import LayerTable
from hbgeo.show.page.background import Background, bounds_of, make_background
from hbgeo.show.page.classes import Classes, Owners, View, classify, classify_parents
from hbgeo.show.page.crowd import Holders
from hbgeo.show.page.kept import KeptFacts
from hbgeo.show.page.layer import PageLayer
from hbgeo.show.page.scenario import Scenarios, rule_of
from hbgeo.store.fingerprint import fingerprint, joined
from hbgeo.store.parts import KeptParts, pack_arrays, unpack_arrays

Places = NDArray[np.int64]


@dataclass(frozen=True)
class PageInputs:
    """All that a page shows, as Python has it; indicators by their id, levels the coarsest first.

    `tables` are the units by level, `units` their rows; `background` lies under the map; `paces` say of an indicator how many a
    month it needs and has gained; `trend` is what changed since the snapshot before, `past` has the
    figures that were reported on earlier dates, by indicator; `names` is what was found of signs;
    `beyond` says how far villages are from what counts, `plans` are plans that still fit;
    `doubts` say how firm the figures are; `kept` has facts of layers from the page before; `holders`
    tells which unit holds each row's point (see `crowd.count_crowds`); `parts` are those of the page
    before.
    """

    catalog: Catalog
    measured: Measured
    tables: Mapping[str, LayerTable]
    layers: Mapping[str, PageLayer]
    scenarios: Scenarios | None = None
    store: Store | None = None
    paces: Mapping[str, str] = field(default_factory=dict)
    trend: Trend | None = None
    background: Sequence[LayerTable] = ()
    past: Past = field(default_factory=dict)
    names: SignNames | None = None
    beyond: Sequence[Beyond] = ()
    plans: Sequence[Mapping[str, Any]] = ()
    doubts: Doubts | None = None
    kept: KeptFacts | None = None
    holders: Holders | None = None
    parts: KeptParts | None = None
    under: Background = field(init=False)
    units: Mapping[str, pd.DataFrame] = field(init=False)
    shown: Mapping[str, list[View]] = field(init=False)
    rules: Mapping[str, dict[str, Any] | None] = field(init=False)
    _classes: dict[str, list[Classes]] = field(init=False, default_factory=dict)
    _owners: Owners = field(init=False, default_factory=Owners)

    def __post_init__(self) -> None:
        frames = {level: table.frame for level, table in self.tables.items()}
        object.__setattr__(self, "units", frames)
        views, rules = {}, {}
        for one in self.assessments:
            views[one.indicator.id] = self._views(one)
            layer = self.layers.get(one.indicator.layer)
            rules[one.indicator.id] = rule_of(one, layer, self.units, self.scenarios)
        object.__setattr__(self, "under", make_background(self.background, bounds_of(self.units)))
        object.__setattr__(self, "shown", views)
        object.__setattr__(self, "rules", rules)

    @property
    def assessments(self) -> list[Assessment]:
        """The figures of every indicator."""
        return self.measured.assessments

    def classes(self, one: Assessment) -> list[Classes]:
        """How the map shows an indicator: by its own level, then by each coarser one."""
        if one.indicator.id not in self._classes:
            own = classify(one, self.units, self._owners)
            parents = classify_parents(one, own, self.units, self._owners)
            self._classes[one.indicator.id] = [own, *parents]
        return self._classes[one.indicator.id]

    def _views(self, one: Assessment) -> list[View]:
        """The legends of the same, as they were made of the very same figures before."""

        def make() -> str:
            return json.dumps([shown.view for shown in self.classes(one)], default=str)

        told = json.loads(self.part(f"views {one.indicator.id}", make, [one.indicator.id]))
        return [View(level, mode, tuple(labels), met, tuple(map(Decimal, edges))) for level, mode, labels, met, edges in told]  # fmt: skip

    @property
    def drawn(self) -> str:
        """The layers that are drawn, and whether all is told of their rows."""
        return repr([(key, layer.whole) for key, layer in self.layers.items()])

    def serving(self, one: str) -> Serving | None:
        """Who serves whom for an indicator; where it follows a scenario, who could."""
        if self.scenarios and self.rules.get(one):
            return self.scenarios.candidates[one]
        return self.measured.serving.get(one)

    def part(
        self, name: str, make: Callable[[], str], ids: Iterable[str] = (), more: str = ""
    ) -> str:
        """A part of the page as it was made of the same figures before, else as it is made now.

        Parameters
        ----------
        ids
            The indicators whose figures it rests on, beside units and people.
        more
            What else it rests on.
        """
        if self.parts is None:
            return make()
        made = self.parts.take(name, self._print(ids, more), lambda: make().encode("ascii"))
        return bytes(made).decode("ascii")

    def numbers(
        self, name: str, make: Callable[[], Mapping[str, Places]], one: str, more: str = ""
    ) -> Mapping[str, Places]:
        """Numbers of one indicator, as `part` has the parts of a page."""
        if self.parts is None:
            return make()
        of = self._print([one], more)
        return unpack_arrays(self.parts.take(f"{name} {one}", of, lambda: pack_arrays(make())))

    def _print(self, ids: Iterable[str], more: str) -> str:
        prints = [self.measured.prints.get(one, "") for one in (EVERY, *ids)]
        return joined([*prints, fingerprint(more.encode(errors="surrogatepass"))])
