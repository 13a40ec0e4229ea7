"""What a workspace gives beside the main job, each as one call: the page, papers, lists, tagged points."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from hbgeo import history
from hbgeo.arrays import Ints
from hbgeo.errors import RequestError
from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.counting import working
from hbgeo.measure.doubt.result import Doubts
from hbgeo.measure.names.found import SignNames
from hbgeo.measure.options import Options
from hbgeo.measure.rounding import round_figure
from hbgeo.measure.trend import Trend, series
from hbgeo.read.catalog import LEVEL_NAMES, LEVELS, Layer
from hbgeo.read.file.find import is_ready
from hbgeo.read.issues import issue_table
from hbgeo.read.keys import GAZETTEER
from hbgeo.read.table import LayerTable
from hbgeo.showing import Reached
from hbgeo.store.folder import StoreFolder
from hbgeo.store.parts import KeptParts
from hbgeo.workspace import Workspace

if TYPE_CHECKING:  # each needs libraries and readers that the others do without
    import folium
    from rich.console import RenderableType

    from hbgeo.measure.locate_stream import Tagged, TaggedBatch
    from hbgeo.read.cleaning import Cleaned
    from hbgeo.read.stream.points import PointStream
    from hbgeo.show.page.basemap import Basemap
    from hbgeo.show.page.content import Content
    from hbgeo.show.page.scenario import Scenarios
    from hbgeo.show.paper.poster import Poster

_FACTS = 128  # layers, on the dates that were drawn, of which facts are kept


def draw_page(
    workspace: Workspace, measured: Measured, options: Options, **told: Any
) -> folium.Map:
    """Draw the planner page of what was measured under `options`; `told` is as for `page_content`."""
    from hbgeo.show.page.draw import as_map

    return as_map(page_content(workspace, measured, options, **told))


def page_content(
    workspace: Workspace,
    measured: Measured,
    options: Options,
    *,
    basemap: Basemap | None = None,
    details: bool = False,
    layers: Collection[str] | None = None,
    back: history.Back | None = None,
    names: SignNames | None = None,
    reached: Reached | None = None,
    doubts: Doubts | None = None,
    kept: KeptParts | None = None,
) -> Content:
    """Encode what the planner page shows of what was measured under `options`.

    Parameters
    ----------
    basemap, back, names, reached, doubts, kept
        Tiles; what changed before; names on signs; who lives beyond reach, plans; how firm figures are;
        parts of the page before.
    details, layers
        Whether layers of any size carry all facts and follow scenarios; which are drawn (None: all).
    """
    from hbgeo.show.page.basemap import read_basemap
    from hbgeo.show.page.encoding import make_content

    tables = {k: with_works(workspace, k, options) for k in _drawn(workspace, layers)}
    return make_content(
        measured,
        catalog=workspace.catalog,
        units=workspace.all_units(),
        layers=tables,
        scenarios=_scenarios(workspace, measured, tables, options, kept, details=details),
        basemap=basemap or read_basemap(workspace.catalog.basemap),
        **_kept(workspace, tables) | {"parts": kept, "details": details},
        background=[workspace.layers.table(k) for k in _with_role(workspace, "background")],
        **(reached or Reached()).for_page,
        **_since(measured, back) | {"doubts": doubts, "names": names},
    )


def _scenarios(
    workspace: Workspace,
    measured: Measured,
    tables: Mapping[str, LayerTable],
    options: Options,
    kept: KeptParts | None,
    *,
    details: bool,
) -> Scenarios:
    from hbgeo.scenarios import find_scenarios

    return find_scenarios(workspace, tables, options, measured.prints, kept, details=details)


def keep_shapes(workspace: Workspace) -> None:
    """Keep what a page draws of the units' boundaries, for who draws it next."""
    from hbgeo.show.page.polygons import encode_units
    from hbgeo.show.page.units import polygons_of

    units = {level: table.frame for level, table in workspace.all_units().items()}
    encode_units(polygons_of(units), store=StoreFolder(workspace.store, "shapes"))


def _kept(workspace: Workspace, layers: Iterable[str]) -> dict[str, Any]:
    """What is known already of boundaries, of the rows of layers, and of where these stand."""
    from hbgeo.show.page.kept import KeptFacts

    prints = {key: workspace.layers.fingerprint_of(key) for key in layers}
    store = StoreFolder(workspace.store, "facts", most=_FACTS)
    facts = KeptFacts(store, prints, workspace.layers.inputs.unchanged)

    def holders(key: str, level: str) -> Ints:
        return workspace.placements.holders_of(workspace.layers.table(key), level)

    return {
        "store": StoreFolder(workspace.store, "shapes"),
        "kept": facts,
        "holders": holders,
    }


def _since(measured: Measured, back: history.Back | None) -> dict[str, Any]:
    """What a page tells of earlier dates, and of the pace since."""
    from hbgeo.show.progress import pace_line

    trend, past = (back.trend, back.past) if back else (None, None)
    paces = {a.indicator.id: pace_line(a, trend) for a in measured.assessments}
    return {"trend": trend, "past": past, "paces": paces}


def _with_role(workspace: Workspace, role: str) -> list[str]:
    return [key for key, layer in workspace.catalog.layers.items() if layer.role == role]


def _drawn(workspace: Workspace, wanted: Collection[str] | None) -> list[str]:
    """The layers whose rows are points of the page: a gazetteer's names are no facilities."""
    layers = workspace.catalog.layers
    points = [k for k in _with_role(workspace, "facilities") if layers[k].schema != GAZETTEER]
    return [k for k in points if wanted is None or k in wanted]


def with_works(workspace: Workspace, key: str, options: Options) -> LayerTable:
    """A facility layer with `works`: whether each row counts as of the date."""
    table = workspace.layers.table(key)
    counting = table.kind.counting
    if counting is None or counting.column not in table:
        return table.assign(works=False)
    return table.assign(works=working(table.frame, table.kind, options).mask)


def make_brief(
    workspace: Workspace,
    options: Options,
    *,
    mapped: str = "",
    sample_ok: bool = False,
    warn: Callable[[Iterable[str]], None] | None = None,
) -> bytes:
    """Make the notice (通报) as .docx.

    Parameters
    ----------
    mapped
        The indicator on its map; "" for none.
    sample_ok
        Whether invented data may be printed; it is then marked on every page.
    warn
        Told in a line that the snapshot before is damaged, and no pace can be said.

    Raises
    ------
    RequestError
        If data are invented and `sample_ok` is not set.
    """
    from hbgeo.names.papers import left_out, names_of
    from hbgeo.show.paper.brief import brief_bytes, refuse_sample

    measured = workspace.measure(options=options)
    found = measured.assessments
    refuse_sample(found, sample_ok=sample_ok)
    trend, notes = history.look_back(workspace, measured, options)
    if warn is not None:
        warn([*notes, *left_out(workspace)])
    picture = _picture(workspace, found, mapped) if mapped else None
    names = names_of(workspace, options.within)
    more: dict[str, Any] = {"picture": picture, "trend": trend, "names": names}
    more["doubts"] = workspace.doubts(options=options, measured=measured)
    return brief_bytes(workspace.catalog, found, sample_ok=sample_ok, **more)


def _picture(workspace: Workspace, found: Sequence[Assessment], mapped: str) -> bytes | None:
    """The map of one indicator, where it covers units that have boundaries."""
    from hbgeo.show.paper.picture import can_draw, picture_bytes

    chosen = workspace.choose([mapped])[0].id
    one = next(a for a in found if a.indicator.id == chosen)
    units = workspace.find_units(one.indicator.units)
    counties = workspace.find_units("county")
    if units is None or not can_draw(one, units.frame):
        return None
    outlines = None if counties is None else counties.frame
    return picture_bytes(one, units.frame, outlines, workspace.catalog.approval)


def make_poster(
    workspace: Workspace,
    name: str,
    options: Options,
    *,
    suffix: str,
    maker: str = "",
    shape: str = "",
) -> Poster:
    """Draw the A3 map of one indicator, or with a shape (16:9, 4:3) its picture for a slide.

    Raises
    ------
    RequestError
        If `name` is no single indicator.
    """
    from hbgeo.show.paper.poster import draw_poster
    from hbgeo.show.paper.slide import draw_slide

    found = workspace.assess([name], options=options)
    if len(found) != 1:
        raise RequestError(f"“{name}”不是单个指标；请写指标代号，或代号@变体")
    units, catalog = workspace.all_units(), workspace.catalog
    if shape:
        return draw_slide(found[0], units, catalog, shape=shape, suffix=suffix, maker=maker)
    return draw_poster(found[0], units, catalog, suffix=suffix, maker=maker)


def locate_points(
    workspace: Workspace,
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
    from hbgeo.measure.locate_stream import tag_points

    units = _units_with_shapes(workspace, level)
    points = _points_in(file, crs)
    index, said = workspace.find_index(level), list[str]()
    tagged = tag_points(points, units, index=index, progress=progress)

    def batches() -> Iterator[TaggedBatch]:
        yield from tagged.parts
        lost = f"{tagged.count.lost:,} 个不在任何{LEVEL_NAMES[level]}内"
        said.extend([*points.tally.notes(), f"{tagged.count.rows:,} 个点，{lost}。"])

    return replace(tagged, parts=batches()), said


def _points_in(file: Path, crs: str) -> PointStream:
    from hbgeo.read.stream.points import open_points

    if not is_ready(file, RequestError):
        raise RequestError(f"{file}：没有这个文件")
    return open_points(file, Layer("locate", "facilities", (str(file),), "", crs=crs))


def _units_with_shapes(workspace: Workspace, level: str) -> pd.DataFrame:
    if level not in LEVELS:
        raise RequestError(f"--units “{level}”不在可选值 {'、'.join(LEVELS)} 中")
    units = workspace.units(level)
    if "geometry" not in units:
        raise RequestError(f"{LEVEL_NAMES[level]}没有边界，不能按位置归属")
    return units


def clean_file(
    path: Path,
    kind: str,
    crs: str = "",
    *,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Cleaned, pd.DataFrame]:
    """Clean one ledger; needs no workspace.

    Parameters
    ----------
    progress
        Called with the number of a workbook's sheets that are read, and of all.

    Returns
    -------
    cleaned, issues
        The rows and those set aside, and every problem as a table.
    """
    from hbgeo.measure.check.rows import check_rows
    from hbgeo.read.cleaning import clean_ledger

    made = clean_ledger(path, kind, crs, progress=progress)
    inside = check_rows(made.tidied, made.schema, kind, date.max)
    return made, issue_table([*made.issues, *inside])


@dataclass(frozen=True)
class Comparison:
    """What changed between dates, as a table, as the terminal shows it, and as a file's content."""

    table: pd.DataFrame
    shown: list[RenderableType]
    trend: Trend | None = None
    sample: bool = False

    def content(self, suffix: str) -> bytes:
        """The content of a file by its suffix: a workbook of two dates holds every side of it."""
        from hbgeo.show.excel.listing import list_bytes
        from hbgeo.show.excel.report import trend_bytes
        from hbgeo.show.table.formats import table_bytes
        from hbgeo.show.words import SAMPLE_MARK

        if self.trend and suffix == ".xlsx":
            return trend_bytes(self.trend)
        if suffix == ".xlsx":
            line = "各期数字均为当期原报，未按同一边界口径换算。"
            old = self.table["pct"].astype(float)
            pct = old.map(lambda p: float(round_figure(Fraction(p))), na_action="ignore")
            table = {"数据": self.table.assign(pct=pct)}
            mark = SAMPLE_MARK if self.sample else ""
            return list_bytes("compare", "各期数值", line, table, mark=mark)
        return table_bytes(self.table, suffix)


def compare_dates(workspace: Workspace, given: Sequence[str], *, units: bool = False) -> Comparison:
    """Compare two dates, or list the figures of several.

    Parameters
    ----------
    given
        Snapshot files, workspaces or dates, the earlier first.
    units
        Whether the table lists the units that changed, not the indicators.

    Raises
    ------
    RequestError
        If fewer than two are given, or one of them is none of these.
    """
    from hbgeo.show import terminal

    if len(given) < 2:
        raise RequestError("请写两个或更多：快照文件、工作区目录或日期，旧的在前")
    if len(given) > 2:
        dates = [history.find(workspace, one)[0] for one in given]
        table, sample = series(dates), any(one.about.get("sample") for one in dates)
        return Comparison(table, terminal.figures(table), sample=sample)
    trend = history.between(workspace, given)
    return Comparison(trend.units if units else trend.changes, terminal.changes(trend), trend)


def marks_of(workspace: Workspace, level: str) -> tuple[bool, list[str]]:
    """Whether the units of a level are invented, and what must be said of them."""
    from hbgeo.show.words import APPROXIMATE_MARK, SAMPLE_MARK

    units = workspace.find_units(level)
    if units is None:
        return False, []
    known = ((SAMPLE_MARK, units.sample), (APPROXIMATE_MARK, units.approximate))
    return units.sample, [f"{mark}。" for mark, on in known if on]
