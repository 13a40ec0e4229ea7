"""Golden cases: small worlds in TOML a policy officer can read, made into workspaces and measured.

A file in `golden/` holds `[[case]]` tables. A case names either a `rule` (covered, total and a
target, or a list of `targets` with deadlines: pure arithmetic) or an `indicator` with the layers it is measured on: units as a list of
tables, every other layer as a small table of text, columns apart by |, under the headings a ledger
has. Units may leave out their `box` (west, south, east, north): counties then
stand side by side, one degree wide from 110°E 30°N, and their townships cut them into equal strips
from west to east, in the order they are written. `box = []` is a unit without a shape. `radius`
asks an indicator within so many metres, `access` for what comes to each unit by catchment.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from hbgeo import history
from hbgeo.access import Catchment, measure_access
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.options import Options
from hbgeo.measure.pace import pace_of
from hbgeo.measure.snapshot_file import snapshot_bytes
from hbgeo.reached import assess_radii
from hbgeo.read.indicator import PROVINCE, Indicator
from hbgeo.read.target import read_targets
from hbgeo.show.progress import pace_words
from hbgeo.show.words import gap, goal, verdict
from hbgeo.workspace import Workspace

FOLDER = Path(__file__).parent / "golden"
_KEYS = {
    "name", "why", "rule", "indicator", "as_of", "options", "expect", "levels", "approximate",
    "policy", "scope", "since", "assumptions", "radius", "access",
}  # fmt: skip
_EXPECT = {
    "covered", "total", "pct", "value", "met", "short", "status", "uncovered", "missing", "issues",
    "set_aside", "undated", "on_border", "outside", "by_ledger", "used", "by_prefecture", "via",
    "unweighted", "county_only", "years", "earlier", "target", "states", "days", "verdict", "gap",
    "pace", "links", "facilities", "unknown", "unplaced", "assumed", "places", "deaths", "supply",
    "says", "scores", "within",
}  # fmt: skip
_DOUBTS = {"low", "high", "firm", "bounds", "turning", "settling", "open", "unbounded", "kinds"}
_TABLES = {"population": "township", "eligible-township": "township", "central-village": "village"}


@dataclass(frozen=True)
class Case:
    """One case and the file it stands in."""

    file: str
    text: dict[str, Any]

    @property
    def name(self) -> str:
        """What the case claims."""
        return str(self.text["name"])


def read_cases() -> list[Case]:
    """Every case of every file; an unknown key is a mistake in the case, not a pass."""
    cases = []
    for file in sorted(FOLDER.glob("*.toml")):
        if file.stem in {"names", "people", "plan", "why"}:  # read by tests of their own
            continue
        for text in tomllib.loads(file.read_text("utf-8"), parse_float=Decimal)["case"]:
            layers = set(_layers(text))
            assert text.keys() - layers <= _KEYS, f"{file.name}: {text.keys() - layers - _KEYS}"
            assert text["expect"], f"{file.name}: {text['name']} expects nothing"
            assert text["expect"].keys() <= _EXPECT | _DOUBTS, f"{file.name}: {text['name']}"
            cases.append(Case(file.stem, text))
    names = [c.name for c in cases]
    assert len(set(names)) == len(names), "two cases of one name"
    return cases


def assess_case(case: Case, folder: Path) -> tuple[Assessment, set[str]]:
    """Measure a case; the second value holds the rules of the errors its layers have."""
    text = case.text
    if "rule" in text:
        return _assess_rule(text["rule"], text.get("as_of", date(2023, 12, 31))), set()
    workspace = make_workspace(text, folder)
    if "since" in text:
        _keep(workspace, Options(as_of=text["since"], scope=workspace.catalog.scope))
    return _measured(case, workspace)


def assess_again(case: Case, folder: Path) -> tuple[Assessment, set[str]]:
    """Measure a case a second time, its layers as they were kept the first time."""
    return _measured(case, Workspace.open(folder))


def _measured(case: Case, workspace: Workspace) -> tuple[Assessment, set[str]]:
    text, options = case.text, _options(case.text, workspace)
    if "radius" in text:
        [assessment] = assess_radii(workspace, [text["indicator"]], options, [text["radius"]])
    else:
        [assessment] = workspace.assess([text["indicator"]], options=options)
    issues = workspace.issues()
    return assessment, set(issues["rule"][issues["severity"] == "error"])


def _options(text: dict[str, Any], workspace: Workspace) -> Options:
    """What a case asks differently from the policy's own reading."""
    given = text.get("options", {})
    return Options(
        as_of=text.get("as_of", date(2023, 12, 31)),
        undated=given.get("undated", ""),
        count_mixed=given.get("count_mixed", False),
        status=tuple(given.get("status", ())),
        as_if=tuple(given.get("as_if", ())),
        weight=given.get("weight", ""),
        within=workspace.within(given["in"]) if "in" in given else "",
        scope=workspace.catalog.scope,
    )


def _keep(workspace: Workspace, options: Options) -> None:
    """Keep a snapshot of an earlier date, as a run would have done."""
    shot = history.take(workspace, workspace.measure(options=options), options)
    folder = workspace.root / "maps" / history.FOLDER
    folder.mkdir(parents=True)
    (folder / history.file_name(shot)).write_bytes(snapshot_bytes(shot))


def _pace(a: Assessment, folder: Path) -> dict[str, Any]:
    """The pace of the target that holds, to six decimals."""
    workspace, options = Workspace.open(folder), Options(as_of=a.as_of, scope=a.scope)
    trend, notes = history.look_back(workspace, workspace.measure(options=options), options)
    assert not notes
    assert a.target is not None
    pace = pace_of(a, a.target, trend)
    rates = {k: None if v is None else round(float(v), 6) for k, v in vars(pace).items()}
    return {k: _or_none(v) for k, v in rates.items()} | {"words": pace_words(a, pace)}


def found(
    case: Case, assessment: Assessment, errors: set[str], folder: Path | None = None
) -> dict[str, Any]:
    """What came out, under the keys that the case expects."""
    coverage = assessment.coverage
    made: dict[str, Any] = {
        "met": _or_none(assessment.met),
        "short": _or_none(assessment.short),
        "status": assessment.status,
        "pct": assessment.shown,
        "value": assessment.shown,
        "missing": "、".join(assessment.missing),
        "issues": sorted(errors),
        "verdict": verdict(assessment),
        "gap": gap(assessment),
        "target": "none" if assessment.target is None else goal(assessment.target),
    }
    if "access" in case.text and folder is not None:
        made |= _access(case, assessment, folder)
    targets = assessment.indicator.targets
    made["states"] = [assessment.state_of(t) for t in targets]
    made["days"] = [_or_none(assessment.days_to(t)) for t in targets]
    if "pace" in case.text["expect"] and folder is not None:
        made["pace"] = _pace(assessment, folder)
    if folder is not None and _DOUBTS & case.text["expect"].keys():
        made |= _doubts(Workspace.open(folder), case, assessment)
    if coverage is not None:
        share, basis = coverage.share, coverage.basis
        made |= {"covered": _plain(share.covered), "total": _plain(share.total)}
        made |= {"uncovered": list(coverage.uncovered.index), "set_aside": dict(basis.set_aside)}
        made |= {k: getattr(basis, k) for k in ("undated", "on_border", "outside", "used")}
        made |= {"by_ledger": basis.by_ledger, "county_only": basis.county_only}
        made |= {k: list(getattr(basis, k)) for k in ("unweighted", "years", "earlier")}
        made["links"] = dict(basis.links)
        if "facilities" in coverage.units:
            made["facilities"] = {k: int(v) for k, v in coverage.units["facilities"].items()}
        made |= {k: list(getattr(basis, k)) for k in ("unknown", "unplaced", "assumed")}
        if coverage.method == "capacity":
            made |= _supply(coverage)
        if "says" in case.text["expect"] and "access" not in case.text:
            said = [line for line in assessment.basis_lines if line == case.text["expect"]["says"]]
            made["says"] = "".join(said) or "\n".join(assessment.basis_lines)
        if "via" in coverage.units:
            made["via"] = {k: v for k, v in coverage.units["via"].items() if v}
        if "by_prefecture" in case.text["expect"]:
            parts = coverage.by("prefecture").items()
            made["by_prefecture"] = {
                name: [_plain(p.share.covered), _plain(p.share.total)] for (_, name), p in parts
            }
    return {k: made.get(k, "absent") for k in case.text["expect"]}


def _doubts(workspace: Workspace, case: Case, a: Assessment) -> dict[str, Any]:
    """What the doubts of the data leave open of the figure."""
    found = workspace.doubts([a.indicator.id], options=_options(case.text, workspace))
    one, rows = found.of[a.indicator.id], found.rows
    span = one.span
    ends = {"low": span.low, "high": span.high}
    assert span.low is None or a.coverage is None or span.low <= _figure(a)
    assert span.high is None or a.coverage is None or span.high >= _figure(a)
    kinds = {str(i or n): k for i, n, k in zip(rows["id"], rows["row"], rows["kind"], strict=True)}
    return {k: "none" if v is None else _plain(v) for k, v in ends.items()} | {
        "firm": _or_none(one.firm),
        "bounds": "exact" if span.exact else "sound",
        "turning": _or_none(one.turning and one.turning.rows),
        "settling": _or_none(one.settling and one.settling.rows),
        "open": sorted(one.units.index),
        "unbounded": bool(one.unbounded),
        "kinds": kinds,
    }


def _figure(a: Assessment) -> Any:
    """The figure in the measure of its bounds."""
    assert a.coverage is not None
    if a.indicator.measure in {"count", "sum"}:
        return a.coverage.value
    return a.coverage.share.pct if a.indicator.measure == "ratio" else a.coverage.share.covered


def _access(case: Case, a: Assessment, folder: Path) -> dict[str, Any]:
    """What comes to each unit, to six decimals, and what the facilities in its catchment offer."""
    how = {k: v if isinstance(v, str) else Decimal(v) for k, v in case.text["access"].items()}
    made = measure_access(
        Workspace.open(folder), a.indicator.id, Options(as_of=a.as_of), Catchment(**how)
    )
    rows = made.table[["code", "score", "supply"]].itertuples(index=False)
    told = {code: (f"{score:.6f}", _plain(supply)) for code, score, supply in rows}
    wanted = case.text["expect"].get("says", "")
    return {
        "scores": {code: score for code, (score, _) in told.items()},
        "within": {code: supply for code, (_, supply) in told.items()},
        "says": wanted if wanted in made.said else "\n".join(made.said),
    }


def _supply(coverage: Coverage) -> dict[str, Any]:
    """Places and deaths a year, of all units and of each that can be told."""
    told = coverage.units.dropna(subset="demand")
    rows = told[["places", "deaths"]].itertuples(name=None)
    supply = {code: [_plain(places), _plain(deaths)] for code, places, deaths in rows}
    return {"places": _plain(coverage.places), "deaths": _plain(coverage.deaths), "supply": supply}


def expected(case: Case) -> dict[str, Any]:
    """What the case expects; "none" stands for no value, TOML having none."""
    made = {k: sorted(v) if k == "issues" else v for k, v in case.text["expect"].items()}
    if "pace" in made:
        made["pace"] = {k: _as_float(v) for k, v in made["pace"].items()}
    return made


def _as_float(value: Any) -> Any:
    return value if isinstance(value, str) else float(value)


def _or_none(value: Any) -> Any:
    return "none" if value is None else value


def _plain(value: Any) -> Any:
    return int(value) if value == int(value) else Decimal(str(float(value)))


def _assess_rule(rule: dict[str, Any], as_of: date) -> Assessment:
    """Units of which the first `covered` are covered, held against a target."""
    n, k = rule["total"], rule["covered"]
    units = pd.DataFrame({"demand": [1.0] * n, "covered": [1.0] * k + [0.0] * (n - k)})
    given = rule.get("targets") or [{"pct": rule["pct"]}]
    targets = read_targets([{"source": "示例"} | t for t in given], "rule", counted=False)
    one = Indicator(
        "rule", None, "other", "", "rule", "presence", "county", "", "", targets=targets
    )
    coverage = Coverage("rule", "presence", Basis(as_of=as_of), units)
    return Assessment(one, as_of, coverage, scope=rule.get("scope", PROVINCE))


def make_workspace(text: dict[str, Any], folder: Path) -> Workspace:
    """Write the case's layers the way a user would hand them in, and open them."""
    layers = folder / "layers"
    layers.mkdir(parents=True)
    lines = ['title = "示例"', f"as_of = {text.get('as_of', '2023-12-31')}", 'scheme = "MCA-2025"']
    lines += [f'scope = "{text["scope"]}"'] if "scope" in text else []
    boxes: dict[str, tuple[float, ...]] = {}
    if "policy" in text:
        (layers / "policy").mkdir()
        (layers / "policy" / "case.toml").write_text(text["policy"], "utf-8")
    assumed = tomllib.loads(f"all = {{ {text.get('assumptions', '')} }}")["all"]
    lines += ["", "[assumptions]"] if assumed else []
    for key, said in assumed.items():
        given = ", ".join(f"{k} = {v!r}" for k, v in said.items())
        lines.append(f"{key} = {{ {given} }}")
    for key, rows in _layers(text).items():
        lines += ["", f"[{key}]", 'source = "示例"']
        if key in {"county", "township"}:
            approximate = key in text.get("approximate", [])
            lines += _write_units(
                key, rows, boxes, layers / f"{key}.parquet", approximate=approximate
            )
        elif key == "roads":
            lines += [*_write_roads(_table(rows), layers / "roads.gpkg"), 'role = "lines"']
        else:
            _table(rows).to_csv(layers / f"{key}.csv", index=False, encoding="utf-8-sig")
            lines += [f'path = "{key}.csv"', 'crs = "CGCS2000"', *_role(key, text)]
    (layers / "catalog.toml").write_text("\n".join(lines), "utf-8")
    return Workspace.open(folder)


def _write_roads(table: pd.DataFrame, path: Path) -> list[str]:
    """Roads whose column 线 has their corners, written as a map; the keys of their entry."""
    lines = [
        shapely.LineString([tuple(map(float, corner.split())) for corner in text.split(",")])
        for text in table.pop("线")
    ]
    gpd.GeoDataFrame(table, geometry=lines, crs="EPSG:4490").to_file(path)
    return [f'path = "{path.name}"']


def _layers(text: dict[str, Any]) -> dict[str, Any]:
    """The case's layers: units as lists of tables, the others as text."""
    tables = {k: v for k, v in text.items() if isinstance(v, str) and "\n" in v and k != "policy"}
    return {k: v for k, v in text.items() if isinstance(v, list) and k != "approximate"} | tables


def _table(text: str) -> pd.DataFrame:
    """A table of text whose columns are apart by |."""
    first, *rest = [[c.strip() for c in line.split("|")] for line in text.strip().splitlines()]
    assert all(len(row) == len(first) for row in rest), f"a row of another length in {first}"
    return pd.DataFrame(rest, columns=first)


def _role(key: str, text: dict[str, Any]) -> list[str]:
    if key == "village":
        return ['role = "places"', 'level = "village"']
    level = text.get("levels", {}).get(key) or _TABLES.get(key)
    if level or key in {"county-facts", "assistance", "organisation"}:
        return ['role = "table"', f'level = "{level or "county"}"']
    return ['role = "facilities"']


def _write_units(
    level: str, rows: Sequence[dict[str, Any]], boxes: dict[str, tuple[float, ...]], path: Path,
    *, approximate: bool,
) -> list[str]:  # fmt: skip
    shapes = []
    for i, row in enumerate(rows):
        if row.get("box") == []:
            shapes.append(shapely.Polygon())
            continue
        box = row.get("box") or _strip(level, i, row, rows, boxes)
        box = tuple(float(v) for v in box)
        boxes[row["code"]] = box
        shapes.append(shapely.box(*box))
    columns = {"code": "代码", "name": "名称", "kind": "类型", "rural": "是否涉农街道"}
    table = pd.DataFrame(
        [{columns.get(k, k): v for k, v in row.items() if k != "box"} for row in rows]
    )
    gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4490").to_parquet(path)
    marks = ["approximate = true"] if approximate else []
    return ['role = "units"', f'level = "{level}"', f'path = "{path.name}"', *marks]


def _strip(
    level: str, i: int, row: dict[str, Any], rows: Sequence[dict[str, Any]],
    boxes: dict[str, tuple[float, ...]],
) -> tuple[float, ...]:  # fmt: skip
    if level == "county":
        return (110.0 + i, 30.0, 111.0 + i, 31.0)
    county = row["code"][:6]
    siblings = [r["code"] for r in rows if r["code"][:6] == county]
    west, south, east, north = boxes[county]
    width = (east - west) / len(siblings)
    at = siblings.index(row["code"])
    return (west + at * width, south, west + (at + 1) * width, north)
