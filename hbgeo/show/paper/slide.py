"""One indicator as a picture for a slide: read from the back of a room, 1920 or 1440 by 1080 pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hbgeo.errors import OutputError, RequestError
from hbgeo.measure.assessment import Assessment
from hbgeo.read.catalog import LEVEL_NAMES, Catalog
from hbgeo.read.table import LayerTable
from hbgeo.show import look, words
from hbgeo.show.page.classes import Classes
from hbgeo.show.paper.poster import (
    Poster,
    as_of_words,
    classes_of,
    keys_of,
    lacking,
    marks_on,
    notes_on,
    save,
    style,
    wrap,
)
from hbgeo.show.paper.poster_map import (
    POINT,
    Frame,
    LegendKey,
    draw_map,
    hatching,
)
from hbgeo.show.progress import goal_said

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHAPES = {"16:9": (338.67, 190.5), "4:3": (254.0, 190.5)}  # millimetres, as slides are
_DPI = 144  # 1080 pixels high
_EDGE = 9.0  # millimetres around
_TOP, _FOOT = 34.0, 21.0  # of the heading, and of what stands under the map
_SIDE = {"16:9": 92.0, "4:3": 78.0}  # the column beside the map
_LETTERS = 1.25  # times those of the A3 sheet, on the map


def draw_slide(
    assessment: Assessment,
    units: Mapping[str, LayerTable],
    catalog: Catalog,
    *,
    shape: str,
    suffix: str,
    maker: str = "",
) -> Poster:
    """Draw one indicator for a slide (arguments as `draw_poster`'s).

    Parameters
    ----------
    shape
        16:9 (1920 × 1080 pixels) or 4:3 (1440 × 1080).

    Raises
    ------
    OutputError
        If the suffix is not .png, matplotlib is not installed, or no font has Chinese characters.
    RequestError
        If the shape is another, the indicator cannot be computed, or there is nothing to draw.
    """
    if shape not in SHAPES:
        raise RequestError(f"--shape “{shape}”不在可选值 {'、'.join(SHAPES)} 中")
    if suffix.lower() != ".png":
        raise OutputError(f"投影用的图（--shape）扩展名应为 .png，不是“{suffix}”")
    shown = classes_of(assessment, units)
    try:
        from matplotlib import rc_context
    except ImportError:
        raise OutputError('画专题图要用 matplotlib：pip install "hbgeo[print]"') from None
    with rc_context(style()):
        figure = _compose(assessment, shown, units, catalog, shape, maker)
        return Poster(save(figure, ".png", dpi=_DPI), notes_on(lacking(figure)))


def _compose(
    one: Assessment,
    shown: Classes,
    units: Mapping[str, LayerTable],
    catalog: Catalog,
    shape: str,
    maker: str,
) -> Figure:
    """The picture: the verdict at the head, the map, and beside it the figure and the legend."""
    from matplotlib.figure import Figure

    wide, high = SHAPES[shape]
    figure = Figure(figsize=(wide / 25.4, high / 25.4), facecolor="white")
    sheet = figure.add_axes((0, 0, 1, 1), xlim=(0, wide), ylim=(0, high))
    sheet.set_axis_off()
    side = _SIDE[shape]
    box = (_EDGE, _FOOT, wide - side - 2.5 * _EDGE, high - _TOP - _FOOT)
    frame = Frame(sheet=(wide, high), box=box, size=_LETTERS, counties=False)
    marks = marks_on(one, units[str(shown.level)])
    _draw_heading(sheet, one, catalog, marks)
    draw_map(figure, shown, keys_of(shown), {k: table.frame for k, table in units.items()}, frame)
    left = wide - side - _EDGE
    top = _draw_figure(sheet, one, left)
    _draw_legend(sheet, one, shown, keys_of(shown), (left, wide - _EDGE, top))
    _draw_foot(sheet, one, catalog, maker, sample=words.SAMPLE_MARK in marks)
    return figure


def _draw_heading(sheet: Axes, one: Assessment, catalog: Catalog, marks: str) -> None:
    """The title as large as there is room, whose it is, as of when, and what is invented."""
    wide, high = sheet.get_xlim()[1], sheet.get_ylim()[1]
    size = _fitting(one.indicator.full_name, wide - 2 * _EDGE, 32)
    sheet.text(_EDGE, high - 16, one.indicator.full_name, size=size, weight="bold")
    sheet.text(
        _EDGE, high - 27, f"{catalog.title}    {as_of_words(one)}", size=15, color=look.QUIET
    )
    sheet.text(wide - _EDGE, high - 27, marks, size=15, ha="right", color=look.SHORT, weight="bold")


def _draw_figure(sheet: Axes, one: Assessment, left: float) -> float:
    """The figure, the verdict in its colour, counts and target; return where they end."""
    wide, top = sheet.get_xlim()[1], sheet.get_ylim()[1] - _TOP
    room = wide - _EDGE - left
    shown = words.figure_with_unit(one)
    sheet.text(left, top - 20, shown, size=_fitting(shown, room, 60), weight="bold")
    verdict, colour = words.verdict(one), look.ACCENT if one.met else look.SHORT
    colour = look.QUIET if one.met is None else colour
    sheet.text(
        left, top - 35, verdict, size=_fitting(verdict, room, 34), weight="bold", color=colour
    )
    top -= 45
    for line in _said(one):
        sheet.text(left, top, line, size=_fitting(line, room, 18))
        top -= 9
    return top - 2


def _said(one: Assessment) -> list[str]:
    """The counts, and the target with its day."""
    lines = []
    if one.coverage is not None and one.share is not None and one.share.total:
        lines.append(f"{words.COVERED} {words.counts(one.coverage)}")
    if one.target is not None:
        until = f"（{words.due(one.target.deadline)}前）" if one.target.deadline else ""
        lines.append(f"目标 {goal_said(one, one.target)}{until}")
    return lines


def _draw_legend(
    sheet: Axes,
    one: Assessment,
    shown: Classes,
    keys: Sequence[LegendKey],
    room: tuple[float, float, float],
) -> None:
    """The classes with their counts, as tall as there is room for, the target between them."""
    left, right, top = room
    step = min(11.0, (top - _FOOT - 4) / (len(keys) + 2.5))
    size = min(17.0, step / POINT / 1.6)
    unit = LEVEL_NAMES.get(str(shown.level), "")
    sheet.plot([left, right], [top, top], color=look.QUIET, linewidth=0.8)
    top -= step
    sheet.text(left, top, words.legend_title(shown.mode, one.indicator), size=size, weight="bold")
    sheet.text(right, top, f"{unit}数", size=size, ha="right", color=look.QUIET)
    for key in keys:
        top -= step
        if key.first_met and one.target is not None and one.target.pct is not None:
            sheet.plot([left, right], [top + 0.55 * step] * 2, color=look.INK, linewidth=2)
            aim = words.target_words(one.target)
            sheet.text(right, top - 0.2 * step, aim, size=0.85 * size, ha="right", color=look.QUIET)
            top -= step
        _draw_key(sheet, key, (left, top, right), step, size)


def _draw_key(
    sheet: Axes, key: LegendKey, at: tuple[float, float, float], step: float, size: float
) -> None:
    from matplotlib.patches import Rectangle

    left, y, right = at
    place: dict[str, Any] = {"xy": (left, y - 0.15 * step), "width": 14, "height": 0.72 * step}
    sheet.add_patch(
        Rectangle(**place, facecolor=key.colour, edgecolor=look.KEY_LINE, linewidth=0.6)
    )
    if key.hatch:
        sheet.add_patch(Rectangle(**place, **hatching(key)))
    sheet.text(left + 18, y, key.name, size=size)
    sheet.text(right, y, f"{key.count:,}", size=size, ha="right")


def _draw_foot(sheet: Axes, one: Assessment, catalog: Catalog, maker: str, *, sample: bool) -> None:
    """The ground in a line or two, the approval, and who made it."""
    wide = sheet.get_xlim()[1]
    lines = wrap(one.basis_lines[0], (wide - 2 * _EDGE) / (11 * POINT))[:2]
    for n, line in enumerate(lines):
        sheet.text(_EDGE, 14.5 - 4.8 * n, line, size=11, color=look.QUIET)
    approval = catalog.approval or words.no_approval(sample=sample)
    sheet.text(_EDGE, 4, approval, size=11, weight="bold")
    sheet.text(wide - _EDGE, 4, f"制图：{maker or 'hbgeo'}", size=11, ha="right", color=look.QUIET)


def _fitting(text: str, room: float, size: float) -> float:
    """The size in points at which a text fits a width, at most `size`."""
    ems = sum(0.62 if char.isascii() else 1.0 for char in text)
    return min(size, room / (max(ems, 1) * POINT))
