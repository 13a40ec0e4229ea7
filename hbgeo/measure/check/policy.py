"""Policy that asks for what no row can ever have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hbgeo.measure.source import Source
from hbgeo.read.indicator import Clause, Indicator
from hbgeo.read.issues import Issue
from hbgeo.read.schema.records import Schema, schema_of_units


def check_policy(indicators: Iterable[Indicator], source: Source) -> list[Issue]:
    """List what indicators ask for that no row can ever have: it would count as zero, silently.

    Parameters
    ----------
    source
        Gives the schema of each layer; a layer that is not there is judged by its schema.

    Returns
    -------
    issues
        P01 a column that neither the schema nor the layer has, P02 a value that is none of the
        column's; each names the file, the indicator's id and the key.
    """
    issues: list[Issue] = []
    for one in indicators:
        units = schema_of_units(one.units)
        if one.layer:
            issues += _check_rows(one, "", units, source)
        for link in one.links:
            issues += _check_rows(one.of_link(link), f"links“{link.name}”的 ", units, source)
        for clause in one.among if one.links else ():
            issues += _check_clause(one, "among", units, clause, source)
    return list(dict.fromkeys(issues))


def _check_rows(one: Indicator, said: str, units: Schema, source: Source) -> Iterator[Issue]:
    """The filters and columns of an indicator, or of a link of a chain (`said` which)."""
    schema = source.schema_of(one.layer)
    for key, of, clause in _clauses(one, schema, units):
        yield from _check_clause(one, f"{said}{key}", of, clause, source)
    for key, layer, column in _columns(one):
        of = source.schema_of(layer)
        if column not in of.columns and not _has(source, layer, column):
            yield _policy_issue(one, key, column, "P01", of)


def _clauses(one: Indicator, rows: Schema, units: Schema) -> Iterator[tuple[str, Schema, Clause]]:
    """Every filter of an indicator: its key, the schema it is held against, the values asked for."""
    for key, of, clauses in (
        ("where", rows, one.where),
        ("listed", rows, one.listed),
        ("part", rows, one.part),
        ("among", units, one.among),
    ):
        for clause in clauses:
            yield key, of, clause
    if one.status and rows.counting:
        yield "status", rows, Clause({rows.counting.column: one.status})


def _columns(one: Indicator) -> list[tuple[str, str, str]]:
    """Every column that an indicator adds up or asks for: the key, the layer, the column."""
    named = [("column", one.column), ("numerator", one.numerator)]
    named += [("denominator", one.denominator), *(("filled", c) for c in one.filled)]
    named += [("year", one.year[0])] if one.year else []
    named += [("recent", one.recent[0])] if one.recent else []
    named += [("weight", one.weight)] if one.measure == "ratio" else []
    beside = {"denominator": one.beside or one.layer}
    return [(key, beside.get(key, one.layer), column) for key, column in named if column]


def _check_clause(
    one: Indicator, key: str, schema: Schema, clause: Clause, source: Source
) -> Iterator[Issue]:
    for name, values in clause.wanted.items():
        column = schema.columns.get(name)
        if column is None:
            if key == "among" or not _has(source, one.layer, name):
                yield _policy_issue(one, key, name, "P01", schema)
            continue
        parts = [part for value in values for part in value.split("+")]
        for value in dict.fromkeys(parts):
            if column.choices and value not in column.choices:
                yield _policy_issue(one, f"{key}.{name}", value, "P02", schema, column.choices)


def _has(source: Source, layer: str, column: str) -> bool:
    frame = source.find_layer(layer)
    return frame is not None and column in frame


def _policy_issue(
    one: Indicator,
    key: str,
    value: str,
    rule: str,
    schema: Schema,
    allowed: Iterable[str] = (),
) -> Issue:
    what = "列" if rule == "P01" else "值"
    have = "、".join(allowed or schema.columns)
    said = f"{one.origin}：{key} 的{what}“{value}”在{schema.title}中没有，永远不会有计入的行；可用：{have}"
    file = one.origin.split(" ")[0]
    return Issue("policy", file, "", None, key, value, rule, "error", said, "改正政策文件")
