"""All that a page shows, before any of it is encoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.beyond import Beyond
from hbgeo.measure.doubt.result import Doubts
from hbgeo.measure.grid.index import Store
from hbgeo.measure.names.found import SignNames
from hbgeo.measure.pairs import Serving
from hbgeo.measure.trend import Past, Trend
from hbgeo.read.catalog import Catalog
from hbgeo.read.table import LayerTable
from hbgeo.show.page.background import Background, bounds_of, make_background
from hbgeo.show.page.classes import Classes, classify, classify_parents
from hbgeo.show.page.crowd import Holders
from hbgeo.show.page.kept import KeptFacts
from hbgeo.show.page.layer import PageLayer
from hbgeo.show.page.scenario import Scenarios, rule_of


@dataclass(frozen=True)
class PageInputs:
    """All that a page shows, as Python has it; indicators by their id, levels the coarsest first.

    `tables` are the units by level, `units` their rows; `background` lies under the map; `paces` say of an indicator how many a
    month it needs and has gained; `trend` is what changed since the snapshot before, `past` has the
    figures that were reported on earlier dates, by indicator; `names` is what was found of signs;
    `beyond` says how far villages are from what counts, `plans` are plans that still fit;
    `doubts` say how firm the figures are; `kept` has facts of layers from the page before; `holders`
    tells which unit holds each row's point (see `crowd.count_crowds`).
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
    under: Background = field(init=False)
    units: Mapping[str, pd.DataFrame] = field(init=False)
    shown: Mapping[str, list[Classes]] = field(init=False)
    rules: Mapping[str, dict[str, Any] | None] = field(init=False)

    def __post_init__(self) -> None:
        frames = {level: table.frame for level, table in self.tables.items()}
        object.__setattr__(self, "units", frames)
        views, rules = {}, {}
        for one in self.assessments:
            own = classify(one, self.units)
            views[one.indicator.id] = [own, *classify_parents(one, own, self.units)]
            layer = self.layers.get(one.indicator.layer)
            rules[one.indicator.id] = rule_of(one, layer, self.units, self.scenarios)
        object.__setattr__(self, "under", make_background(self.background, bounds_of(self.units)))
        object.__setattr__(self, "shown", views)
        object.__setattr__(self, "rules", rules)

    @property
    def assessments(self) -> list[Assessment]:
        """The figures of every indicator."""
        return self.measured.assessments

    @property
    def serving(self) -> dict[str, Serving]:
        """Who serves whom; where an indicator follows a scenario, who could."""
        given = self.scenarios.candidates if self.scenarios else {}
        could = {key: serving for key, serving in given.items() if self.rules.get(key)}
        return self.measured.serving | could
