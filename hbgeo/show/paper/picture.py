"""One map as a picture for paper: greys and hatching, legend, scale bar, what may not be made public."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from hbgeo.arrays import Shapes
from hbgeo.errors import OutputError
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.rounding import show_amount
from hbgeo.show import look
from hbgeo.show.words import (
    APPROXIMATE_MARK,
    COVERED,
    ENOUGH,
    NOT_A_MAP,
    NOT_ENOUGH,
    NOT_PUBLIC,
    SAMPLE_MARK,
    UNCOVERED,
)

if TYPE_CHECKING:  # matplotlib comes with an extra
    from matplotlib.axes import Axes
    from matplotlib.path import Path

FONTS = look.PICTURE_FONTS


def _grey(pair: tuple[str, str], hatch: str = "") -> dict[str, Any]:
    return {"facecolor": pair[0], "edgecolor": pair[1], "hatch": hatch}


_LOOKS: tuple[tuple[str, dict[str, Any]], ...] = (
    (COVERED, _grey(look.GREY_COVERED)),
    (UNCOVERED, _grey(look.GREY_UNCOVERED, "////")),
    ("不在应覆盖之列", _grey(look.GREY_REST)),
)


def can_draw(assessment: Assessment, units: pd.DataFrame | None) -> bool:
    """Whether an indicator covers units that have boundaries."""
    return assessment.coverage is not None and units is not None and "geometry" in units


def picture_bytes(
    assessment: Assessment, units: pd.DataFrame, outlines: pd.DataFrame | None, approval: str
) -> bytes:
    """Draw which units are covered, as PNG at 200 dpi; the same input gives the same bytes.

    Parameters
    ----------
    units
        All units of the indicator's level, with `geometry`.
    outlines
        Counties, to be drawn over them.
    approval
        The user's own 审图号; without one the picture says that it may not be made public.

    Raises
    ------
    OutputError
        If no font with Chinese characters is installed.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context({"font.family": [_font()], "axes.unicode_minus": False}):
        figure = Figure(figsize=(6.4, 5.0))
        FigureCanvasAgg(figure)
        _draw_map(figure.add_axes((0.01, 0.08, 0.98, 0.84)), assessment, units, outlines)
        title = f"{assessment.indicator.name}（截至{assessment.as_of}）"
        figure.text(0.5, 0.955, title, ha="center", fontsize=12)
        figure.text(0.01, 0.02, _said(assessment, approval), fontsize=8, ha="left")
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=200, metadata={"Software": None})
    return buffer.getvalue()


def _draw_map(
    axes: Axes, assessment: Assessment, units: pd.DataFrame, outlines: pd.DataFrame | None
) -> None:
    """The units by their state, the counties over them, legend and scale."""
    _fill(axes, assessment, units)
    if outlines is not None and "geometry" in outlines:
        _outline(axes, outlines)
    west, south, east, north = shapely.total_bounds(units["geometry"].to_numpy())
    middle = float(np.radians((south + north) / 2))
    axes.set_aspect(1 / np.cos(middle))  # near enough to equal scale for a small picture
    axes.set_axis_off()
    _legend(axes, _names(assessment))
    _scale(axes, (west, south, east, north), middle)


def _font() -> str:
    from matplotlib import font_manager

    have = {font.name for font in font_manager.fontManager.ttflist}
    for name in FONTS:
        if name in have:
            return name
    raise OutputError(f"没有找到中文字体，不能绘图；请安装其中之一：{'、'.join(FONTS)}")


def _fill(axes: Axes, assessment: Assessment, units: pd.DataFrame) -> None:
    covered = assessment.coverage.units["covered"] if assessment.coverage else pd.Series()
    state = covered.reindex(units.index)
    shapes = units["geometry"].to_numpy()
    for (_, style), mask in zip(_LOOKS, (state > 0, state == 0, state.isna()), strict=True):
        _draw(axes, shapes[mask.to_numpy()], linewidth=0.2, **style)


def _outline(axes: Axes, outlines: pd.DataFrame) -> None:
    style = {"facecolor": "none", "edgecolor": "black"}
    _draw(axes, outlines["geometry"].to_numpy(), linewidth=0.6, **style)


def _draw(axes: Axes, shapes: Shapes, **style: Any) -> None:
    """Draw polygons, holes left open."""
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path

    pieces = shapely.get_parts(shapes)
    paths = [Path.make_compound_path(*_rings(piece)) for piece in pieces if not piece.is_empty]
    axes.add_collection(PathCollection(paths, **style))
    axes.autoscale_view()


def _rings(piece: shapely.Polygon) -> list[Path]:
    from matplotlib.path import Path

    rings = [piece.exterior, *piece.interiors]
    return [Path(np.asarray(ring.coords)[:, :2], closed=True) for ring in rings]


def _names(assessment: Assessment) -> list[str]:
    """What the looks are called: of a capacity whether there is room for its years."""
    names = [name for name, _ in _LOOKS]
    years = assessment.indicator.years
    if assessment.indicator.measure == "capacity" and years is not None:
        names[:2] = [said.format(years=show_amount(years)) for said in (ENOUGH, NOT_ENOUGH)]
    return names


def _legend(axes: Axes, names: Sequence[str]) -> None:
    from matplotlib.patches import Patch

    looks = zip(names, _LOOKS, strict=True)
    handles = [Patch(label=name, **style) for name, (_, style) in looks]
    axes.legend(
        handles=handles, loc="lower left", fontsize=8, framealpha=1, edgecolor=look.GREY_FRAME
    )


def _scale(axes: Axes, box: tuple[float, float, float, float], middle: float) -> None:
    """A scale bar and the north."""
    _, south, east, north = box
    degrees = look.SCALE_KM / (111.32 * float(np.cos(middle)))
    y = south + 0.02 * (north - south)
    axes.plot([east - degrees, east], [y, y], color="black", linewidth=2)
    axes.text(
        east - degrees / 2,
        y + 0.01 * (north - south),
        f"{look.SCALE_KM} 公里",
        ha="center",
        fontsize=8,
    )
    axes.annotate(
        "北", xy=(east, north), xytext=(east, north - 0.08 * (north - south)), ha="center",
        fontsize=9, arrowprops={"arrowstyle": "->"},
    )  # fmt: skip


def _said(assessment: Assessment, approval: str) -> str:
    basis = assessment.coverage.basis if assessment.coverage else None
    if basis and basis.sample:
        end = f"{SAMPLE_MARK}；{NOT_A_MAP}"
    else:
        end = f"审图号：{approval}" if approval else NOT_PUBLIC
    near = f"；{APPROXIMATE_MARK}" if basis and basis.approximate else ""
    return f"{end}{near};CGCS2000"
