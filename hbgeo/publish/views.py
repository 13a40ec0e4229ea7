"""The views that a GIS colleague opens: one an indicator and variant, one a level of units."""

from __future__ import annotations

from dataclasses import dataclass

from hbgeo.measure.assessment import Assessment
from hbgeo.publish.content import Content
from hbgeo.publish.names import LEVEL_VIEWS, view_name
from hbgeo.publish.tables import RESULTS, UNITS
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.show import words
from hbgeo.show.paper.poster import as_of_words

# of each row of `results`, in this order
_RESULT = (
    "fid", "code", "name", "kind", "county_code", "county", "prefecture", "state", "class",
    "demand", "covered", "facilities", "via", "value", "nearest_id", "nearest_name", "nearest_km",
    "nearest_status", "population", "population_60", "as_of",
)  # fmt: skip
_UNIT = tuple(c for c in UNITS.ids if c not in {"level", "geom"})
_POINTS = "单元没有边界，画作点；没有点位的只在属性表中"
_SHAPES = {"MultiPolygon": "单元画作面", "MultiLineString": "单元画作线", "Point": _POINTS}


@dataclass(frozen=True)
class View:
    """A view.

    Attributes
    ----------
    title, comment
        What it is called, and all that must be said of it.
    columns
        Its columns but the geometry `geom`, the key first.
    key
        The column that is unique.
    shape
        What its geometry is: MultiPolygon, MultiLineString or Point.
    indicator
        Whose it is; "" of a view of units.
    level
        Of the units in it.
    """

    name: str
    title: str
    comment: str
    columns: tuple[str, ...]
    key: str
    shape: str
    level: str
    indicator: str = ""

    @property
    def titles(self) -> dict[str, str]:
        """Column → what people call it."""
        known = (RESULTS if self.indicator else UNITS).titles()
        return {c: known.get(c, "须注明") for c in self.columns}


def views_of(content: Content) -> list[View]:
    """Every view: first those of the indicators that were measured, then those of the levels."""
    measured = [a for a in content.assessments if a.coverage is not None]
    return [_of_indicator(content, a) for a in measured] + [
        _of_level(content, level) for level in content.shapes
    ]


def _of_indicator(content: Content, a: Assessment) -> View:
    level, one = a.indicator.units, a.indicator
    shape = content.shapes[level]
    marks = [content.mark_of(a), content.approval]
    figure = f"{words.figure_line(a)}。{as_of_words(a)}。"
    drawn = f"{LEVEL_NAMES[level]}：{_SHAPES[shape]}。"
    said = [one.full_name, f"{'；'.join(filter(None, marks))}。{figure}{drawn}", *a.basis_lines]
    columns = (*_RESULT, "mark")
    return View(
        view_name(one.id), one.full_name, "\n".join(said), columns, "fid", shape, level, one.id
    )


def _of_level(content: Content, level: str) -> View:
    rows = content.tables[UNITS.name]
    own = rows[rows["level"] == level]
    marks = words.which_marks(
        sample=bool(own["sample"].any()), approximate=bool(own["approximate"].any())
    )
    shape, title = content.shapes[level], f"单元：{LEVEL_NAMES[level]}"
    comment = f"{title}\n{'；'.join([*marks, content.approval])}。{_SHAPES[shape]}。"
    return View(LEVEL_VIEWS[level], title, comment, _UNIT, "code", shape, level)


def select(view: View, *, geometry: str, key: str = "", schema: str = "") -> str:
    """The query behind a view.

    Parameters
    ----------
    geometry
        The column of the units that it shows.
    key
        Another name for a number that is unique, which comes first; "" leaves the columns as they are.
    schema
        Of the tables; "" where there are none.
    """
    prefix = f'"{schema}".' if schema else ""
    if not view.indicator:
        columns = [f'u."{c}"' for c in view.columns]
        number = [f'u.fid AS "{key}"'] if key else []
        chosen = ", ".join([*number, *columns, f"{geometry} AS geom"])
        return f"SELECT {chosen} FROM {prefix}units u WHERE u.level = {quoted(view.level)}"  # noqa: S608
    columns = [f'r."{c}"' for c in view.columns if c not in {"mark", *(["fid"] if key else [])}]
    number = [f'r.fid AS "{key}"'] if key else []
    chosen = ", ".join([*number, *columns, "i.mark", f"{geometry} AS geom"])
    joined = (
        f"{prefix}results r JOIN {prefix}indicators i ON i.id = r.indicator "
        f"JOIN {prefix}units u ON u.level = r.level AND u.code = r.code"
    )
    return f"SELECT {chosen} FROM {joined} WHERE r.indicator = {quoted(view.indicator)}"  # noqa: S608


def quoted(text: str) -> str:
    """A text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"
