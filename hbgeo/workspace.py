"""A workspace: a folder with layers/ and maps/; opens it, reads its layers once, measures on them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from hbgeo.errors import HbgeoError, LayerError, RequestError
from hbgeo.measure.assess import assess
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.check.datum import infer_datum, infer_shift
from hbgeo.measure.check.policy import check_policy
from hbgeo.measure.check.positions import check_positions
from hbgeo.measure.check.rows import check_rows
from hbgeo.measure.check.tables import check_increments, check_tables
from hbgeo.measure.check.units import check_units
from hbgeo.measure.counting import working
from hbgeo.measure.locate import UnitIndex
from hbgeo.measure.locate_stream import Tagged, TaggedBatch, tag_points
from hbgeo.measure.options import Options
from hbgeo.measure.placements import Placements
from hbgeo.measure.snapshot import Snapshot, shape_fingerprints, take_snapshot
from hbgeo.measure.snapshot_file import read_fingerprint, read_snapshot, snapshot_bytes
from hbgeo.measure.trend import Trend, compare
from hbgeo.read.catalog import LEVEL_NAMES, Catalog, Layer, read_catalog
from hbgeo.read.cleaning import Cleaned, clean_ledger
from hbgeo.read.crs import is_shifted
from hbgeo.read.divisions.lists import has_list, read_list
from hbgeo.read.file.raw import crs_of, find_files
from hbgeo.read.issues import Issue, issue_rows, issue_table, sort_issues
from hbgeo.read.layers import POPULATION, Layers
from hbgeo.read.policy import SYSTEMS, Indicator, read_policy
from hbgeo.read.schema.records import Schema, read_schema
from hbgeo.read.stream.points import open_points
from hbgeo.store.fingerprint import fingerprint
from hbgeo.store.folder import StoreFolder
from hbgeo.store.frames import FramesByKey, FrameStore

SHARED = 1 << 20  # bytes of layers to be read, from which two processes are quicker than one


@dataclass
class Workspace:
    """A folder with `layers/catalog.toml`; layers are read when first asked for, and once.

    Use `Workspace.open(path)`. It is a `measure.targets.Source`.
    """

    root: Path
    catalog: Catalog
    policy: dict[str, Indicator]

    def __post_init__(self) -> None:
        self._cache = self.root / "maps" / ".cache"
        store = FrameStore(self._cache)
        self._shelf = Layers(self.catalog, store)
        same = (self._print_of_checks, self._shelf.unchanged)
        self._checked = FramesByKey(store, ".checked", *same)
        self._placings = Placements(self, FramesByKey(store, ".placed", *same))
        self._issues: dict[str, pd.DataFrame] = {}
        self._indexes: dict[str, UnitIndex] = {}

    @classmethod
    def open(cls, path: str | Path = ".", *, policy: Iterable[Path] = ()) -> Workspace:
        """Open the workspace at `path`; `policy` names further folders of policy files.

        Raises
        ------
        CatalogError, PolicyError
            If `layers/catalog.toml` or a policy file is absent or wrong.
        """
        root = Path(path)
        catalog = read_catalog(root / "layers")
        local = root / "layers" / "policy"
        folders = [*([local] if local.is_dir() else []), *policy]
        for folder in folders:
            if not folder.is_dir():
                raise RequestError(f"{folder}:没有这个政策文件夹")
        return cls(root, catalog, read_policy(folders))

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
            raise LayerError(f"没有{LEVEL_NAMES.get(level, level)}图层;目录中有的级别:{have}")
        return found

    def layer(self, key: str) -> pd.DataFrame:
        """A facility layer or table, its rows tied to the units they name.

        Raises
        ------
        LayerError
            If the catalogue has no such layer.
        """
        return self._shelf.layer(key)

    def find_units(self, level: str) -> pd.DataFrame | None:
        """Units of a level, or None."""
        return self._shelf.units(level)

    def find_layer(self, key: str) -> pd.DataFrame | None:
        """A facility layer or table by its key, or None."""
        return self._shelf.layer(key) if key in self.catalog.layers else None

    def find_index(self, level: str) -> UnitIndex | None:
        """What finds the unit of a level that holds a point; None where units have no shapes.

        Made once. The grid it may need is kept in `maps/.cache`, which may be deleted.
        """
        if level not in self._indexes:
            units = self.find_units(level)
            if units is None or "geometry" not in units:
                return None
            store = StoreFolder(self._cache, "grid")
            self._indexes[level] = UnitIndex(units, store=store)
        return self._indexes[level]

    def schema_of(self, key: str) -> Schema:
        """The schema of a layer, by its key."""
        layer = self.catalog.layers.get(key)
        return read_schema(layer.schema if layer else key)

    def options(self) -> Options:
        """The workspace's own options: its date, everything else as the policy says."""
        return Options(as_of=self.catalog.as_of)

    def assess(
        self,
        indicators: Sequence[str] = (),
        *,
        options: Options | None = None,
        with_nearest: bool = False,
    ) -> list[Assessment]:
        """Measure indicators, by id, `id@variant` or system; none given: all of them.

        Raises
        ------
        RequestError
            If an id is not known.
        """
        chosen = self.choose(indicators)
        asked = options or self.options()
        return assess(chosen, self, asked, with_nearest=with_nearest, placings=self._placings)

    def choose(self, names: Sequence[str] = ()) -> list[Indicator]:
        """The indicators that ids, `id@variant` or systems name, in the policy's order."""
        wanted: set[str] = set()
        for name in names:
            hits = {i.id for i in self.policy.values() if name in {i.id, i.system}}
            if not hits:
                some = "、".join(self.policy)
                raise RequestError(f"没有指标“{name}”;可用:{some};或体系:{'、'.join(SYSTEMS)}")
            wanted |= hits
        return [i for i in self.policy.values() if not names or i.id in wanted]

    def within(self, name: str) -> str:
        """The code of a county or prefecture given by code or name.

        Raises
        ------
        RequestError
            If there is none, or more than one.
        """
        counties = self.find_units("county")
        counties = self.units("township") if counties is None else counties
        known: dict[str, set[str]] = {}
        for level in ("county", "prefecture"):
            codes = counties[f"{level}_code"]
            for code, called in zip(codes, counties[level], strict=True):
                for key in (
                    code,
                    called,
                    code[:4] if level == "prefecture" and code.endswith("00") else code,
                ):
                    known.setdefault(str(key), set()).add(str(code))
        hits = known.get(name.strip(), set())
        if len(hits) == 1:
            return hits.pop()
        if hits:
            raise RequestError(f"“{name}”不止一个:{'、'.join(sorted(hits))};请用代码")
        raise RequestError(f"没有县或市州“{name}”;请用完整名称或 6 位代码")

    def issues(self, keys: Sequence[str] = ()) -> pd.DataFrame:
        """Problems of the layers given, or of all: what reading found, and positions.

        Raises
        ------
        LayerError
            If a key is not in the catalogue, or a layer cannot be read.
        """
        found: list[Issue] = []
        if not keys:
            found += check_policy(self.policy.values(), self)
        wanted = list(keys) or list(self.catalog.layers)
        asked = [one for one in self.policy.values() if one.layer in wanted]
        found += [*check_tables(asked, self), *check_increments(asked, self)]
        parts = [self._with_counties(issue_rows(found))]
        parts += [self._issues_of(key) for key in wanted]
        return sort_issues(pd.concat(parts, ignore_index=True))

    def read_units(self) -> None:
        """Read the units that rows of other layers may name."""
        for level in ("county", "township", "village"):
            self.find_units(level)

    def check_layers(self, keys: Iterable[str]) -> None:
        """Read and check layers now, so that `issues` finds it done."""
        for key in keys:
            self._issues_of(key)

    def share_reading(self) -> tuple[list[str], list[str]]:
        """Part the layers that are not kept in two: the largest ledgers, half of all, and the rest.

        Both are empty where little is to be read.
        """
        layers = self.catalog.layers
        new = [k for k in layers if self._print_of_checks(k) and not self._checked.has(k)]
        sizes = {
            k: self._bytes_of(layers[k]) for k in new if layers[k].role in {"facilities", "table"}
        }
        whole = sum(sizes.values())
        if whole < SHARED or len(new) < 2:
            return [], []
        mine: list[str] = []
        for key in sorted(sizes, key=lambda k: sizes[k], reverse=True):
            if 2 * sum(sizes[k] for k in mine) < whole:
                mine.append(key)
        return mine, [key for key in new if key not in mine]

    def counts(self, key: str) -> dict[str, int]:
        """Rows of a layer that are used, put aside by an error, and kept apart without a parent."""
        tied = self._shelf.tied(key)
        return {"rows": len(tied.frame), "aside": tied.aside, "apart": tied.apart}

    def units_of(self, assessments: Iterable[Assessment]) -> dict[str, pd.DataFrame]:
        """The units of every level that was measured."""
        levels = {a.indicator.units for a in assessments if a.coverage is not None}
        return {level: self.units(level) for level in sorted(levels)}

    def snapshot(self, assessments: Sequence[Assessment], options: Options) -> Snapshot:
        """Keep what the assessments say, with fingerprints of layers and policy."""
        inputs = {}
        for key, layer in self.catalog.layers.items():
            files = [f for f in find_files(layer, self.catalog.folder) if isinstance(f, Path)]
            content = "".join(self._shelf.file_print(f) for f in files)
            inputs[key] = fingerprint(f"{layer}{content}".encode()) if files else ""
        policy = fingerprint(repr(sorted(self.policy.items())).encode())
        plain = Options(as_of=options.as_of)
        differs = {k: v for k, v in vars(options).items() if v != getattr(plain, k)}
        return take_snapshot(
            assessments,
            self.units_of(assessments),
            title=self.catalog.title,
            inputs=inputs,
            policy=policy,
            scenario=[f"{k}={v}" for k, v in differs.items()],
        )

    def snapshot_files(self, snapshot: Snapshot) -> dict[Path, bytes]:
        """Where a snapshot is kept: one a date; an earlier one of other inputs gets a name of its own."""
        name = snapshot.as_of.isoformat()
        if snapshot.about["scenario"]:
            name += f"-{fingerprint(repr(snapshot.about['scenario']).encode())[:8]}"
        path = self.root / "maps" / "snapshots" / f"{name}.parquet"
        files = {path: snapshot_bytes(snapshot)}
        if path.is_file():
            before = path.read_bytes()
            was = read_fingerprint(before, path.name)
            if was != snapshot.fingerprint:
                files[path.with_name(f"{name}-{was[:8]}.parquet")] = before
        return files

    def trend(self, snapshot: Snapshot) -> Trend | None:
        """What changed since the latest earlier date that was kept; None without one."""
        kept = (self.root / "maps" / "snapshots").glob("????-??-??.parquet")
        before = [p for p in sorted(kept) if p.stem < snapshot.as_of.isoformat()]
        if not before or snapshot.about["scenario"]:
            return None
        earlier = read_snapshot(before[-1].read_bytes(), before[-1].name)
        return compare(earlier, snapshot, self.same_units(snapshot))

    def find_snapshot(self, given: str) -> tuple[Snapshot, Workspace | None]:
        """The snapshot that a file, a workspace or a date stands for.

        A date is that of a snapshot kept under maps/snapshots, else this workspace's layers as
        of it. The second value is the workspace it was made from just now, if it was.

        Raises
        ------
        RequestError
            If it is none of the three.
        """
        path = Path(given)
        if path.suffix == ".parquet" and path.is_file():
            return read_snapshot(path.read_bytes(), path.name), None
        if (path / "layers" / "catalog.toml").is_file():
            other = Workspace.open(path)
            options = other.options()
            return other.snapshot(other.assess(options=options), options), other
        try:
            day = date.fromisoformat(given)
        except ValueError:
            said = "应为快照文件(.parquet)、工作区目录或日期(如 2023-12-31)"
            raise RequestError(f"“{given}”{said}") from None
        kept = self.root / "maps" / "snapshots" / f"{given}.parquet"
        if kept.is_file():
            return read_snapshot(kept.read_bytes(), kept.name), None
        options = Options(as_of=day)
        return self.snapshot(self.assess(options=options), options), self

    def same_units(self, snapshot: Snapshot) -> dict[str, pd.DataFrame]:
        """The levels at which this workspace has the very units and boundaries of a snapshot."""
        found = {}
        for level, rows in snapshot.units.groupby("level"):
            units = self.find_units(str(level))
            then = dict(zip(rows["code"].tolist(), rows["shape"].tolist(), strict=True))
            if units is not None and shape_fingerprints(units).to_dict() == then:
                found[str(level)] = units
        return found

    def facilities(self, key: str, options: Options) -> pd.DataFrame:
        """A facility layer with `works`: whether each row counts as of the date."""
        frame, schema = self.layer(key), self.schema_of(key)
        counting = schema.counting
        if counting is None or counting.column not in frame:
            works = pd.Series(data=False, index=frame.index)
        else:
            works = pd.Series(working(frame, schema, options).mask, index=frame.index)
        made = frame.assign(works=works)
        made.attrs = frame.attrs | {"states": counting.states if counting else ()}
        return made

    def page_parts(
        self, options: Options, *, basemap: str = "", details: bool = False
    ) -> dict[str, Any]:
        """What `show.page.draw` takes beside the assessments.

        Parameters
        ----------
        basemap
            Name or tile template of the base map; "" as the catalogue says.
        details
            Whether layers of any size carry the facts of every row and follow scenarios.
        """
        from hbgeo.show.page.basemap import read_basemap
        from hbgeo.show.page.layer import DETAIL_LIMIT
        from hbgeo.show.page.scenario import Scenarios

        levels = ("province", "prefecture", "county", "township", "village")
        units = {level: self.find_units(level) for level in levels}
        keys = [k for k, la in self.catalog.layers.items() if la.role == "facilities"]
        layers = {key: self.facilities(key, options) for key in keys}
        links: dict[str, pd.DataFrame] = {}
        for key, frame in layers.items():
            if len(frame) > DETAIL_LIMIT and not details:
                continue
            # as if all facilities worked: who would serve whom, whatever its state and dates
            every = replace(options, as_if=tuple(str(one) for one in frame.index))
            wanted = [one for one in self.policy.values() if one.layer == key]
            could = assess(wanted, self, every, placings=self._placings)
            links |= {a.indicator.id: a.coverage.links for a in could if a.coverage}
        return {
            "catalog": self.catalog,
            "units": {level: frame for level, frame in units.items() if frame is not None},
            "layers": layers,
            "scenarios": Scenarios(options, links),
            "basemap": read_basemap(basemap or self.catalog.basemap),
            "details": details,
            "store": StoreFolder(self._cache, "shapes"),
        }

    def input_bytes(self) -> int:
        """The size of all files of the catalogue; those that are not there count nothing."""
        return sum(self._bytes_of(layer) for layer in self.catalog.layers.values())

    def _bytes_of(self, layer: Layer) -> int:
        with suppress(HbgeoError, OSError):
            files = find_files(layer, self.catalog.folder)
            return sum(f.stat().st_size for f in files if isinstance(f, Path))
        return 0

    def describe_layers(self) -> list[dict[str, Any]]:
        """The catalogue with row counts, CRS, date and marks, one dict a layer."""
        rows = []
        for key, layer in self.catalog.layers.items():
            about: dict[str, Any] = {"key": key, "role": layer.role, "level": layer.level or None}
            about |= {"path": list(layer.paths), **self.counts(key)}
            about |= {"crs": crs_of(layer, self.catalog.folder), "scheme": layer.scheme}
            about |= {"as_of": self.catalog.as_of.isoformat(), "year": layer.year}
            about |= {"source": layer.source, "sample": layer.sample}
            rows.append(about | {"approximate": layer.approximate})
        return rows

    def locate(
        self,
        file: Path,
        level: str,
        crs: str = "",
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> tuple[Tagged, list[str]]:
        """Tag each point of any file with the unit that holds it, batch by batch.

        Parameters
        ----------
        crs
            The points' CRS where the file does not say; "" takes CGCS2000, and says so.
        progress
            Called with the rows done so far, and 0 for a total that nobody knows.

        Returns
        -------
        tagged
            The file's own columns (personal ones dropped) and `unit_code`, `unit_name`,
            `county_code`, `county`; empty where a point is in no unit. Used once.
        said
            Lines for the user, added to while the parts are used: what was taken for granted,
            how many points are in no unit.
        """
        if level not in LEVEL_NAMES:
            raise RequestError(f"--units “{level}”不在可选值 {'、'.join(LEVEL_NAMES)} 中")
        units = self.units(level)
        if "geometry" not in units:
            raise RequestError(f"{LEVEL_NAMES[level]}没有边界,不能按位置归属")
        if not file.is_file():
            raise RequestError(f"{file}:没有这个文件")
        layer = Layer("locate", "facilities", (str(file),), "", crs=crs)
        points = open_points(file, layer)
        tagged = tag_points(points, units, index=self.find_index(level), progress=progress)
        said: list[str] = []

        def parts() -> Iterator[TaggedBatch]:
            yield from tagged.parts
            count = tagged.count
            lost = f"{count.lost:,} 个不在任何{LEVEL_NAMES[level]}内"
            said.extend([*points.tally.notes(), f"{count.rows:,} 个点,{lost}。"])

        return replace(tagged, parts=parts()), said

    def _issues_of(self, key: str) -> pd.DataFrame:
        """What reading a layer found, and what is wrong with its positions and content."""
        if key not in self._issues:
            kept = self._checked.get(key)
            if kept is None:
                kept = [self._with_counties(issue_rows(self._check(key)))]
                self._checked.put(key, kept)
            [self._issues[key]] = kept
        return self._issues[key]

    def _print_of_checks(self, key: str) -> str:
        """Of all that the issues of a layer come from; "" where that cannot be told."""
        known = [self._shelf.print_of(key)]
        layer = self.catalog.layers[key]
        if POPULATION in self.catalog.layers:
            known.append(self._shelf.print_of(POPULATION))
        if layer.role == "units" and layer.level == "county":
            known.append(Layers(read_catalog(_sample_folder())).print_of("county"))
        return fingerprint("".join(known).encode()) if all(known) else ""

    def _check(self, key: str) -> list[Issue]:
        layer, found = self.catalog.layers[key], list(self._shelf.tied(key).issues)
        if layer.role == "facilities":
            units = {
                lv: u for lv in ("county", "township") if (u := self.find_units(lv)) is not None
            }
            placed = self._placings.placed(key, self.layer(key), "township")
            found += check_positions(placed, units, key)
        return found + self._check_content(layer)

    def _check_content(self, layer: Layer) -> list[Issue]:
        """Rows that cannot be right, boundaries that do not fit, and datums the evidence denies."""
        frame, counties = self._shelf.tied(layer.key).frame, self.find_units("county")
        if layer.role == "units":
            listed = None
            if layer.level in {"county", "township"} and has_list(layer.scheme):
                under = frame.index[0][:2] if len(frame) else ""
                listed = read_list(layer.scheme, layer.level, under)
            found = check_units(frame, layer.key, layer.level, listed)
            reference = counties if layer.level == "township" else self._known_counties(layer)
            crs = layer.crs if is_shifted(layer.crs) else "CGCS2000"
            if reference is not None:
                found += infer_shift(frame, reference, layer.key, crs)
            return found
        found = check_rows(frame, self.schema_of(layer.key), layer.key, self.catalog.as_of)
        if counties is not None and "geometry" in counties:
            found += infer_datum(frame, counties, layer.key)
        return found

    def _known_counties(self, layer: Layer) -> pd.DataFrame | None:
        """The sample's real county boundaries, to hold another county layer against."""
        home = _sample_folder()
        if layer.level != "county" or home.resolve() == self.catalog.folder.resolve():
            return None
        known = read_catalog(home)
        return Layers(known).layer("county") if "county" in known.layers else None

    def _with_counties(self, issues: pd.DataFrame) -> pd.DataFrame:
        """Say which county each issue goes back to, where its row names one."""
        for key in issues["layer"].unique():
            mine = (issues["layer"] == key) & (issues["county_code"] == "") & issues["row"].notna()
            if not mine.any():
                continue
            senders = self._shelf.tied(key).senders
            senders = senders[senders["row"].isin(issues.loc[mine, "row"])]
            senders = senders.astype(dict.fromkeys(("file", "sheet", "county_code"), "str"))
            at = senders.drop_duplicates(["file", "sheet", "row"])
            at = at.set_index(["file", "sheet", "row"])["county_code"]
            keys = pd.MultiIndex.from_frame(issues.loc[mine, ["file", "sheet", "row"]])
            issues.loc[mine, "county_code"] = at.reindex(keys).fillna("").to_numpy()
        counties = self.find_units("county")
        if counties is not None:
            names = issues["county_code"].map(counties["name"]).fillna("")
            issues["county"] = names.where(names != "", issues["county"])
        return issues


def keep_layers(root: Path, keys: Iterable[str]) -> None:
    """Read and check layers, and keep them for whoever asks next."""
    Workspace.open(root).check_layers(keys)


def clean_file(path: Path, kind: str, crs: str = "") -> tuple[Cleaned, pd.DataFrame]:
    """Clean one ledger; needs no workspace.

    Returns
    -------
    cleaned, issues
        The rows and those set aside, and every problem as a table.
    """
    made = clean_ledger(path, kind, crs)
    inside = check_rows(made.tidied, made.schema, kind, date.max)
    return made, issue_table([*made.issues, *inside])


def make_workspace(folder: Path) -> None:
    """Make a new workspace from the sample.

    Raises
    ------
    RequestError
        If the folder is there and not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RequestError(f"{folder}:文件夹不为空;请换一个新文件夹")
    shutil.copytree(
        _sample_folder(),
        folder / "layers",
        ignore=shutil.ignore_patterns("__pycache__", "make_*.py"),
    )
    (folder / "maps").mkdir()


def _sample_folder() -> Path:
    """Where the sample's layers are."""
    shipped = Path(str(files("hbgeo"))) / "_sample"
    # a checkout: layers/ is the sample's only copy
    return shipped if shipped.is_dir() else Path(str(files("hbgeo"))).parent / "layers"
