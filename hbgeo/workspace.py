"""A workspace: a folder with layers/ and maps/; opens it, reads its layers once, measures on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from hbgeo.errors import LayerError, RequestError
from hbgeo.measure.assess import measure
from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.context import Context
from hbgeo.measure.figures import KnownFigures
from hbgeo.measure.locate import UnitIndex
from hbgeo.measure.nearby import Nearby
from hbgeo.measure.options import Options
from hbgeo.measure.people_of import PeopleOf
from hbgeo.measure.placements import Placements
from hbgeo.measure.places import PlaceUnits
from hbgeo.measure.prints import Prints
from hbgeo.problems import Problems
from hbgeo.read.catalog import LEVEL_NAMES, PLACES, Catalog, read_catalog
from hbgeo.read.divisions.changes import Change
from hbgeo.read.indicator import Assumption, Indicator
from hbgeo.read.issues import Issue, issue_rows, sort_issues
from hbgeo.read.layers import Layers
from hbgeo.read.near import ask_whether, only_one
from hbgeo.read.policy import read_policy, what_exists
from hbgeo.read.schema.records import SCHEMAS_OF, Schema, read_schema
from hbgeo.read.table import LayerTable
from hbgeo.store.fingerprint import fingerprint, fingerprint_code
from hbgeo.store.folder import CACHE, StoreFolder
from hbgeo.store.frames import FramesByKey, FrameStore
from hbgeo.store.moves import complete_moves

if TYPE_CHECKING:
    from hbgeo.measure.doubt.result import Doubts

_QUESTIONS = 8  # of which what is in doubt is kept


@dataclass
class Workspace:
    """A folder with `layers/catalog.toml`; layers are read when first asked for, and once.

    Use `Workspace.open(path)`. It is a `measure.source.Source`.

    Examples
    --------
    >>> workspace = hbgeo.Workspace.open("我的县")
    >>> [one] = workspace.assess(["cemetery-township"])
    >>> one.shown, one.coverage.share.total
    ('50.00', Fraction(2, 1))
    >>> list(one.coverage.uncovered["name"])
    ['示例乙镇']
    """

    root: Path
    catalog: Catalog
    policy: dict[str, Indicator]
    changes: tuple[Change, ...] = ()  # what became of units, beside its own table

    def __post_init__(self) -> None:
        self.store = self.root / "maps" / CACHE
        if self.changes:  # rows may name other units then: nothing is kept in common
            self.store /= fingerprint(repr(self.changes).encode())[:8]
        self._frames = FrameStore(self.store)
        self._indexes: dict[str, UnitIndex] = {}
        self._dated: dict[date, Workspace] = {}
        self.nearby = Nearby(StoreFolder(self.store, "nearest"), fingerprint_code)
        self._use(Layers(self.catalog, self._frames, self.changes))

    def _use(self, layers: Layers) -> None:
        """Work on these layers."""
        self.layers, same = layers, layers.inputs.unchanged
        self._places_of = PlaceUnits(self, self.catalog.as_of)
        self._problems = Problems(self, self._frames)
        placed = FramesByKey(self._frames, ".placed", layers.fingerprint_of, same)
        self.placements = Placements(self, placed, self.nearby)
        owned = lambda at: FramesByKey(self._frames, f".people.{at}", layers.fingerprint_of, same)  # noqa: E731
        self.people = PeopleOf(self, layers, owned)

    def at(self, as_of: date) -> Workspace:
        """The same workspace with another date in its catalogue; what has been read is shared."""
        if as_of == self.catalog.as_of:
            return self
        if as_of not in self._dated:
            catalog = replace(self.catalog, as_of=as_of)
            made = Workspace(self.root, catalog, self.policy, self.changes)
            made.nearby = self.nearby
            made._use(self.layers.at(as_of))
            made._indexes = self._indexes
            if made.layers.shares(self.layers):
                made.placements = self.placements.of(made)
            self._dated[as_of] = made
        return self._dated[as_of]

    @classmethod
    def open(
        cls,
        path: str | Path = ".",
        *,
        policy: Iterable[Path] = (),
        changes: Iterable[Change] = (),
    ) -> Workspace:
        """Open the workspace at `path`; `policy` names further folders of policy files.

        `changes` tells what became of units, beside the workspace's own `layers/changes.csv`.

        Raises
        ------
        CatalogError, PolicyError
            If `layers/catalog.toml` or a policy file is absent or wrong.
        """
        root = Path(path)
        for home in (root, root / "maps"):  # a run that was killed may have begun some
            complete_moves(home)
        catalog = read_catalog(root / "layers")
        local = root / "layers" / "policy"
        folders = [*([local] if local.is_dir() else []), *policy]
        for folder in folders:
            if not folder.is_dir():
                raise RequestError(f"{folder}：没有这个政策文件夹")
        return cls(root, catalog, read_policy(folders), tuple(changes))

    def units(self, level: str) -> pd.DataFrame:
        """Units of a level, indexed by code, with their parents and, if known, population.

        Raises
        ------
        LayerError
            If the workspace has none.
        """
        found = self.find_units(level)
        if found is None:
            have = "、".join(
                la.level for la in self.catalog.layers.values() if la.role in {"units", "places"}
            )
            raise LayerError(f"没有{LEVEL_NAMES.get(level, level)}图层；目录中有的级别：{have}")
        return found.frame

    def layer(self, key: str) -> pd.DataFrame:
        """A facility layer or table, its rows tied to the units they name.

        Raises
        ------
        LayerError
            If the catalogue has no such layer.
        """
        return self.layers.table(key).frame

    def find_units(self, level: str) -> LayerTable | None:
        """Units of a level and what is known of them, or None."""
        return self._places_of.find(level) if level in PLACES else self.layers.units(level)

    def find_layer(self, key: str) -> LayerTable | None:
        """A facility layer or table and what is known of it, or None."""
        return self.layers.table(key) if key in self.catalog.layers else None

    def find_index(self, level: str) -> UnitIndex | None:
        """What finds the unit of a level that holds a point; None where units have no shapes.

        Made once. The grid it may need is kept in `maps/.cache`, which may be deleted.
        """
        if level not in self._indexes:
            units = self.find_units(level)
            if units is None or "geometry" not in units:
                return None
            store = StoreFolder(self.store, "grid")
            self._indexes[level] = UnitIndex(units.frame, store=store)
        return self._indexes[level]

    def schema_of(self, key: str) -> Schema:
        """The schema of a layer, by its key."""
        layer = self.catalog.layers.get(key)
        return read_schema(layer.schema if layer else SCHEMAS_OF.get(key, key))

    def find_assumption(self, key: str) -> Assumption | None:
        """What the catalogue assumes of `deaths` or `share`, or None."""
        return self.catalog.assumptions.get(key)

    def all_units(self) -> dict[str, LayerTable]:
        """The units of every level there is, the widest first."""
        found = {level: self.find_units(level) for level in LEVEL_NAMES}
        return {level: units for level, units in found.items() if units is not None}

    def describe_layers(self) -> list[dict[str, Any]]:
        """The catalogue with row counts, CRS, date and marks, one dict a layer."""
        from hbgeo.read.about import describe_layers  # knows every reader: not for `--help`

        return describe_layers(self.layers)

    def options(self) -> Options:
        """The workspace's own options: its date, everything else as the policy says."""
        return Options(as_of=self.catalog.as_of, scope=self.catalog.scope)

    def assess(
        self, indicators: Sequence[str] = (), *, options: Options | None = None
    ) -> list[Assessment]:
        """Measure indicators, by id, `id@variant` or system; none given: all of them.

        Raises
        ------
        RequestError
            If an id is not known.
        """
        return self.measure(indicators, options=options).assessments

    def measure(
        self,
        indicators: Sequence[str] = (),
        *,
        options: Options | None = None,
        with_nearest: bool = False,
    ) -> Measured:
        """As `assess`, with the facilities that the figures rest on; with the nearest if asked."""
        chosen, asked = self.choose(indicators), options or self.options()
        here = self.at(asked.as_of)
        prints, figures = Prints(here.layers, asked), StoreFolder(self.store, "figure", most=None)
        known = KnownFigures(figures, prints) if asked == self.options() else None
        told: dict[str, Any] = {"with_nearest": with_nearest, "placements": here.placements}
        found = measure(chosen, here, asked, known=known, **told)
        if with_nearest:
            found.prints.update(prints.of_all(chosen))
        self.nearby.save()
        return found

    def doubts(
        self,
        indicators: Sequence[str] = (),
        *,
        options: Options | None = None,
        measured: Measured | None = None,
    ) -> Doubts:
        """Tell how firm the figures of indicators are: their bounds, and the rows that decide them.

        Parameters
        ----------
        measured
            What `measure` gave for the same indicators and options, if it is known already.

        Raises
        ------
        RequestError
            If an id is not known.
        """
        # who asks for figures alone does not wait
        from hbgeo.measure.doubt.found import find_doubts
        from hbgeo.measure.doubt.known import known_doubts

        asked = options or self.options()
        here = self.at(asked.as_of)
        if here is not self:
            return here.doubts(indicators, options=asked, measured=measured)
        of = measured or self.measure(indicators, options=asked)
        store = StoreFolder(self.store, "doubts", most=_QUESTIONS)
        known = known_doubts(self.layers, store, of, asked)
        return find_doubts(of, Context(self, asked, self.placements), known)

    def choose(self, names: Sequence[str] = ()) -> list[Indicator]:
        """The indicators that ids, `id@variant` or systems name, in the policy's order.

        Raises
        ------
        RequestError
            If a name is none of them.
        """
        wanted: set[str] = set()
        for name in names:
            hits = {i.id for i in self.policy.values() if name in {i.id, i.system}}
            if not hits:
                raise RequestError(f"没有指标“{name}”；{what_exists(name, self.policy)}")
            wanted |= hits
        return [i for i in self.policy.values() if not names or i.id in wanted]

    def within(self, name: str) -> str:
        """The code of a county or prefecture given by code or name.

        Raises
        ------
        RequestError
            If there is none, or more than one.
        """
        known: dict[str, set[str]] = {}
        called: dict[str, str] = {}
        every = self._places()
        for code, own in every.items():
            for key in (code, own, code[:4] if code.endswith("00") else code):
                known.setdefault(key, set()).add(code)
                called[key] = f"{own}（{code}）"
        hits = known.get(name.strip(), set())
        if code := only_one(name, {hit: every[hit] for hit in hits}):
            return code
        near = ask_whether(name, called) or "请用完整名称或 6 位代码"
        raise RequestError(f"没有县或市州“{name}”；{near}")

    def name_of(self, code: str) -> str:
        """The name of a county or prefecture; "" of any other code."""
        return self._places().get(code, "")

    def _places(self) -> dict[str, str]:
        """The counties and prefectures by code."""
        counties = self.find_units("county")
        frame = self.units("township") if counties is None else counties.frame
        names: dict[str, str] = {}
        for level in ("prefecture", "county"):
            pairs = frame[[f"{level}_code", level]].drop_duplicates()
            names |= {str(code): str(name) for code, name in pairs.itertuples(index=False) if code}
        return names

    def as_if(self, ids: Sequence[str]) -> tuple[str, ...]:
        """The ids of facilities given, each of which some layer must have.

        Raises
        ------
        RequestError
            If a facility has none of them; where several share a number, with the ids they go by.
        """
        layers = [key for key, one in self.catalog.layers.items() if one.role == "facilities"]
        known = [table.frame.index for key in layers if ids and (table := self.find_layer(key))]
        for one in ids:
            if not any(one in index for index in known):
                near = [str(i) for index in known for i in index if str(i).endswith(f"/{one}")]
                hint = f"；几个文件里都有这个编号，请写 {'、'.join(near[:8])}" if near else ""
                raise RequestError(f"--as-if：没有编号为“{one}”的设施{hint}")
        return tuple(ids)

    def issues(self, keys: Sequence[str] = ()) -> pd.DataFrame:
        """Problems of the layers given, or of all: what reading found, and positions.

        Returns
        -------
        issues
            One row a problem (`read.issues.ISSUE_COLUMNS`), errors first.

        Raises
        ------
        LayerError
            If a key is not in the catalogue, or a layer cannot be read.
        """
        # only who asks for problems waits for what looks for them
        from hbgeo.checking import check_across, with_counties

        wanted = list(keys) or list(self.catalog.layers)
        found = check_across(self, self.policy.values(), wanted, whole=not keys)
        found += self.unread_files(wanted)
        parts = self._problems.of_indicators(wanted)
        parts += [with_counties(self, issue_rows(found)), *map(self.issues_of, wanted)]
        return sort_issues(pd.concat(parts, ignore_index=True))

    def unread_files(self, keys: Sequence[str] = ()) -> list[Issue]:
        """What lies about the files of the layers given, or of all, and is not read.

        Raises
        ------
        LayerError
            If a key is not in the catalogue.
        """
        from hbgeo.read.around import look_around  # knows every reader: not for `--help`

        layers = [self.layers.entry(key) for key in keys or self.catalog.layers]
        return [issue for layer in layers for issue in look_around(layer, self.catalog)]

    def issues_of(self, key: str) -> pd.DataFrame:
        """What reading a layer found, and what is wrong with its positions and content."""
        return self._problems.of_layer(key)

    def is_checked(self, key: str) -> bool:
        """Whether the problems of a layer, as it is now, are known from an earlier run."""
        return self._problems.are_known(key)
