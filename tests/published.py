"""What the tests of publications share: content to publish, and tables as the main job wrote them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

from hbgeo.job import Report
from hbgeo.publish.content import Content


def rows_of(report: Report, name: str) -> list[dict[str, str]]:
    """The rows of a table that the main job writes."""
    buffer = io.BytesIO()
    report.papers.files[name](buffer)
    return list(csv.DictReader(io.StringIO(buffer.getvalue().decode("utf-8-sig"), newline="")))


def as_written(row: dict[str, Any], columns: list[str]) -> list[str]:
    """A row of a database as a table of the main job says it: numbers by value, nothing as ""."""
    return [_written(row[column]) for column in columns]


def _written(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(value)
    return repr(float(value)) if isinstance(value, (int, float)) else str(value)


def read_as(row: dict[str, str], numbers: set[str]) -> list[str]:
    """A row of such a table in the same form; a quote before what a spreadsheet would compute goes."""
    return [
        repr(float(value)) if column in numbers and value else value.removeprefix("'")
        for column, value in row.items()
    ]


NUMBERS = {
    "coverage": {
        "demand", "covered", "facilities", "nearest_km", "population", "population_60", "value",
    },
    "issues": {"row"},
}  # fmt: skip


def of_counties(content: Content, title: str) -> Content:
    """The part of a publication that is of counties: small enough to be published often."""
    every = [a for a in content.assessments if a.indicator.units == "county"]
    ids = {a.indicator.id for a in every}
    tables = dict(content.tables)
    tables["units"] = tables["units"][tables["units"]["level"] == "county"].reset_index(drop=True)
    tables["facilities"] = tables["facilities"].head(500)
    for name, column in (("indicators", "id"), ("results", "indicator")):
        kept = tables[name][tables[name][column].isin(ids)]
        tables[name] = kept.reset_index(drop=True)
    counts = {n: len(t) for n, t in tables.items() if n != "runs"}
    tables["runs"] = tables["runs"].assign(title=title, **counts)
    legends = {one: keys for one, keys in content.legends.items() if one in ids}
    return replace(
        content, title=title, assessments=every, tables=tables, legends=legends,
        shapes={"county": content.shapes["county"]},
    )  # fmt: skip
