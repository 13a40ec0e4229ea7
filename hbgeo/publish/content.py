"""All that is published of a workspace, as tables: made once, written anywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hbgeo import __version__
from hbgeo.job import Report, run
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.options import Options
from hbgeo.publish.classes import UnitClasses, classes_of
from hbgeo.publish.layers import facility_rows, unit_rows_of
from hbgeo.publish.names import view_name
from hbgeo.publish.tables import FACILITIES, INDICATORS, ISSUES, RESULTS, RUNS, UNITS
from hbgeo.read.policy import SYSTEMS
from hbgeo.show import words
from hbgeo.show.paper.poster_map import LegendKey
from hbgeo.show.table.stats import stats_rows
from hbgeo.show.table.units import unit_rows
from hbgeo.workspace import Workspace


@dataclass(frozen=True)
class LayerNote:
    """A facility layer: its key, title, how many rows it has, and whether it is invented."""

    key: str
    title: str
    rows: int
    sample: bool


@dataclass(frozen=True)
class Content:
    """What is published.

    Attributes
    ----------
    title, approval
        The workspace's title; its approval number, or what stands where there is none.
    mark
        What must be said of all of it: invented data, approximate boundaries; "" if nothing.
    tables
        Name → rows, in the columns of `tables.TABLES`; geometry as shapes in CGCS2000.
    legends
        Indicator → the classes of its legend; of those that were measured.
    shapes
        Level → what stands for its units: MultiPolygon, MultiLineString or Point.
    layers
        The facility layers, in the catalogue's order.
    notes
        What the user must know of the figures, a line each.
    """

    title: str
    approval: str
    mark: str
    assessments: Sequence[Assessment]
    tables: Mapping[str, pd.DataFrame]
    legends: Mapping[str, Sequence[LegendKey]]
    shapes: Mapping[str, str]
    layers: Sequence[LayerNote]
    notes: Sequence[str] = ()

    def mark_of(self, assessment: Assessment) -> str:
        """What must be said of one figure and the units that it is drawn on."""
        rows = self.tables[UNITS.name]
        drawn = rows[rows["level"] == assessment.indicator.units]
        basis = assessment.coverage.basis if assessment.coverage else None
        sample = bool(drawn["sample"].any() or (basis and basis.sample))
        approximate = bool(drawn["approximate"].any() or (basis and basis.approximate))
        return "；".join(words.which_marks(sample=sample, approximate=approximate))


def make_content(workspace: Workspace, options: Options) -> Content:
    """Measure everything and put it into tables.

    The layers are published whole, whichever part is asked for: what is nearest may stand beyond it.

    Raises
    ------
    HbgeoError
        If a layer, the policy or the catalogue is wrong.
    """
    report = run(workspace, options=options)
    every, catalog = report.assessments, workspace.catalog
    units, shapes = unit_rows_of(workspace)
    facilities = facility_rows(workspace, options)
    found = facilities.layers.items()
    layers = [LayerNote(key, t.title or key, len(t), t.sample) for key, t in found]
    measured = {a.indicator.id: classes_of(a, report.papers.units) for a in every if a.coverage}
    sample = _is_sample(layers, units, every)
    approximate = bool(units["approximate"].any())
    mark = "；".join(words.which_marks(sample=sample, approximate=approximate))
    tables = {
        UNITS.name: units,
        FACILITIES.name: facilities.rows,
        INDICATORS.name: _indicators(every, units),
        RESULTS.name: _results(report, measured),
        ISSUES.name: _issues(report.issues),
    }
    approval = catalog.approval or words.no_approval(sample=sample)
    tables[RUNS.name] = _run_row(workspace, options, report, tables, mark, approval)
    return Content(
        title=catalog.title,
        approval=approval,
        mark=mark,
        assessments=every,
        tables=tables,
        legends={one: made.keys for one, made in measured.items()},
        shapes=shapes,
        layers=layers,
        notes=report.notes,
    )


def _is_sample(
    layers: Sequence[LayerNote], units: pd.DataFrame, assessments: Sequence[Assessment]
) -> bool:
    """Whether anything of what is published is invented."""
    figures = (a.coverage.basis.sample for a in assessments if a.coverage)
    return any(layer.sample for layer in layers) or bool(units["sample"].any()) or any(figures)


def _indicators(assessments: Sequence[Assessment], units: pd.DataFrame) -> pd.DataFrame:
    marked = units.groupby("level")[["sample", "approximate"]].any().to_dict("index")
    rows = [_indicator(a, marked.get(a.indicator.units, {})) for a in assessments]
    return pd.DataFrame(rows, columns=INDICATORS.ids)


def _indicator(a: Assessment, drawn: Mapping[Any, Any]) -> dict[str, Any]:
    """An indicator's figure as `stats` gives it, with what people read."""
    [row] = stats_rows(a)
    marks = {key: bool(row[key] or drawn.get(key)) for key in ("sample", "approximate")}
    kept = {key: row[key] for key in INDICATORS.ids if key in row}
    return kept | marks | {
        "id": row["indicator"],
        "variant": row["variant"] or "",
        "system_name": SYSTEMS[row["system"]],
        "shown": words.figure_with_unit(a),
        "verdict": words.standing(a),
        "target": words.goal(a.target) if a.target else "",
        "missing": "、".join(row["missing"]),
        "basis": " ".join(a.basis_lines),
        "mark": "；".join(words.which_marks(**marks)),
        "view_name": view_name(row["indicator"]) if a.coverage else "",
    }  # fmt: skip


def _results(report: Report, measured: Mapping[str, UnitClasses]) -> pd.DataFrame:
    """The rows of coverage.csv, each with its level, state and class."""
    papers = report.papers
    rows = unit_rows(report.assessments, papers.units, papers.nearest)
    known = [a for a in report.assessments if a.coverage]
    sizes = [len(measured[a.indicator.id].names) for a in known]
    levels = np.array([a.indicator.units for a in known], dtype=object)
    nothing = np.array([], dtype=object)
    rows["level"] = np.repeat(levels, sizes)
    rows["state"] = np.concatenate([nothing, *(measured[a.indicator.id].states for a in known)])
    rows["class"] = np.concatenate([nothing, *(measured[a.indicator.id].names for a in known)])
    rows["fid"] = np.arange(1, len(rows) + 1)
    return rows.reindex(columns=RESULTS.ids)


def _issues(issues: pd.DataFrame) -> pd.DataFrame:
    return issues.assign(fid=np.arange(1, len(issues) + 1)).reindex(columns=ISSUES.ids)


def _run_row(
    workspace: Workspace,
    options: Options,
    report: Report,
    tables: Mapping[str, pd.DataFrame],
    mark: str,
    approval: str,
) -> pd.DataFrame:
    """What the publication says of itself, in one row."""
    about = report.snapshot.about
    row = {
        "run": 1,
        "as_of": options.as_of,
        "title": workspace.catalog.title,
        "scheme": workspace.catalog.scheme,
        "part": f"{options.place}（{options.within}）" if options.within else "",
        "scenario": "；".join(about["scenario"]),
        "mark": mark,
        "approval": approval,
        "hbgeo": __version__,
        **{name: len(table) for name, table in tables.items()},
        "inputs": json.dumps(dict(about["inputs"]), ensure_ascii=False, sort_keys=True),
    }
    return pd.DataFrame([row], columns=RUNS.ids)
