"""The A3 map of one indicator, as PDF or PNG, for a wall or a file."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hbgeo.errors import OutputError, RequestError
from hbgeo.measure.targets import Assessment
from hbgeo.read.catalog import LEVEL_NAMES, Catalog
from hbgeo.read.datum import metric_crs
from hbgeo.show.page.classes import NO_DATA, NOT_APPLICABLE, Classes, classify

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = (".pdf", ".png")
DPI = 300
# what Windows, macOS and Linux have that draws official Chinese names, the plainest first
FONTS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans GB", "Heiti SC", "STHeiti", "DengXian", "SimHei", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Arial Unicode MS", "SimSun", "Songti SC", "Noto Serif CJK SC",
    "AR PL UMing CN",
)  # fmt: skip
# for characters beyond those fonts: some townships are named with them
RARE_FONTS = ("SimSun-ExtB", "HanaMinB", "BabelStone Han", "Plangothic P1", "Noto Serif CJK SC")

WIDE, HIGH = 420.0, 297.0  # A3 in millimetres
_MAP = (12.0, 24.0, 300.0, 236.0)  # left, bottom, width, height
_SIDE = (322.0, 86.0)  # left and width of the column beside the map
_POINT = 25.4 / 72  # millimetres
_INK, _QUIET, _SHORT, _MET = "#1f272c", "#5d666d", "#96400f", "#0e5a68"
_COVER = (("#b3d7d1", ""), ("#f3b983", "////"))
_BELOW = ("#b4551f", "#d98245", "#ecb07c", "#f6d6b4")
_ABOVE = ("#a9d2cb", "#c3dfda", "#d7e9e5", "#e6f2ef")
_AMOUNT = ("#f6efe2", "#d6e4dc", "#a3c9c4", "#649fa3", "#2c6f7b")
_APART = {NOT_APPLICABLE: ("不适用", "#ecebe8", "--"), NO_DATA: ("无数据", "#ffffff", "...")}


@dataclass(frozen=True)
class Poster:
    """A poster's bytes, and what its maker must know of it."""

    content: bytes
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Key:
    """One class of the legend."""

    code: int
    name: str
    colour: str
    hatch: str
    count: int
    first_met: bool = False


def draw_poster(
    assessment: Assessment,
    units: Mapping[str, pd.DataFrame],
    catalog: Catalog,
    *,
    suffix: str,
    maker: str = "",
) -> Poster:
    """Draw one indicator as an A3 landscape sheet.

    Parameters
    ----------
    assessment
        What to show; a village-level indicator is shown by the polygons its villages lie in.
    units
        Level → polygons in CGCS2000 indexed by code, with their parents; villages without.
    catalog
        Title, approval number, sources.
    suffix
        `.pdf` or `.png` (300 dots an inch).
    maker
        Who made the map, for the line below it.

    Raises
    ------
    OutputError
        If the suffix is another, matplotlib is not installed, or no font has Chinese characters.
    RequestError
        If the indicator cannot be computed, or there are no polygons to draw.
    """
    if suffix.lower() not in FORMATS:
        raise OutputError(f"专题图的扩展名应为 {' 或 '.join(FORMATS)},不是“{suffix}”")
    name = assessment.indicator.full_name
    if assessment.coverage is None:
        raise RequestError(f"{name}无法计算:缺少{'、'.join(assessment.missing)}")
    shown = classify(assessment, units)
    if shown.level is None or not len(shown.of):
        raise RequestError(f"{name}没有边界图层可画")
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise OutputError("画专题图要用 matplotlib:pip install 'hbgeo[print]'") from None
    with rc_context(_style()):
        figure = Figure(figsize=(WIDE / 25.4, HIGH / 25.4), facecolor="white")
        _compose(figure, assessment, shown, units, catalog, maker)
        lacking = _lacking(figure)
        return Poster(_save(figure, suffix.lower()), _notes(lacking))


def find_fonts() -> list[str]:
    """The installed fonts to draw with, in order: one for text, then those for rare characters.

    Raises
    ------
    OutputError
        If no font with Chinese characters is installed.
    """
    from matplotlib.font_manager import fontManager

    have = {font.name for font in fontManager.ttflist}
    plain = [name for name in FONTS if name in have]
    if not plain:
        msg = f"本机没有中文字体,不能画图;请安装其中之一:{'、'.join(FONTS[:4])}(Debian:fonts-noto-cjk)"
        raise OutputError(msg)
    rare = [name for name in RARE_FONTS if name in have and name not in plain[:1]]
    return [*dict.fromkeys([plain[0], *rare, *plain[1:]])]


def _style() -> Any:
    return {
        "font.family": find_fonts(),
        "font.size": 9,
        "text.color": _INK,
        "text.parse_math": False,  # a $ in a name is a $
        "axes.unicode_minus": False,
        "hatch.linewidth": 0.5,
        "pdf.fonttype": 42,
    }


def _compose(
    figure: Figure,
    one: Assessment,
    shown: Classes,
    units: Mapping[str, pd.DataFrame],
    catalog: Catalog,
    maker: str,
) -> None:
    sheet = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDE), ylim=(0, HIGH))
    sheet.set_axis_off()
    keys = _keys(shown)
    marks = _marks(one, units[str(shown.level)])
    _draw_heading(sheet, one, catalog, marks)
    _draw_map(figure, shown, keys, units)
    top = _draw_legend(sheet, one, shown, keys)
    top = _draw_table(sheet, one, top)
    _draw_basis(sheet, one, top)
    _draw_foot(sheet, one, catalog, maker, sample="示例" in marks)


def _keys(shown: Classes) -> list[_Key]:
    counts = pd.Series(shown.of).value_counts()
    keys = [
        _Key(code, name, *_fill(shown, code), int(counts.get(code, 0)), code == shown.met_from)
        for code, name in enumerate(shown.labels)
    ]
    apart = [
        _Key(code, *what, int(counts[code])) for code, what in _APART.items() if code in counts
    ]
    return keys + apart


def _fill(shown: Classes, code: int) -> tuple[str, str]:
    """Colour and hatching of a class, as on the page: what misses the target is hatched."""
    if shown.mode == "cover":
        return _COVER[code]
    if shown.mode == "amount":
        return _AMOUNT[min(code, len(_AMOUNT) - 1)], ""
    turn = (len(shown.labels) + 1) // 2 if shown.met_from is None else shown.met_from
    if code >= turn:
        return _ABOVE[code - turn], ""
    return _BELOW[len(_BELOW) - turn + code], "" if shown.met_from is None else "////"


def _draw_heading(sheet: Axes, one: Assessment, catalog: Catalog, marks: str) -> None:
    sheet.text(12, HIGH - 17, one.indicator.full_name, size=27, weight="bold")
    sheet.text(12, HIGH - 26, figure_line(one), size=13)
    sheet.text(WIDE - 12, HIGH - 15, catalog.title, size=13, ha="right")
    sheet.text(WIDE - 12, HIGH - 21, f"截至 {_day(one)}", size=13, ha="right")
    sheet.text(WIDE - 12, HIGH - 27, marks, size=11, ha="right", color=_SHORT)


def figure_line(one: Assessment) -> str:
    """Value, counts, target and verdict in one line."""
    words = [one.shown + ("" if one.counted or one.figure is None else "%")]
    if one.coverage is not None and not one.counted:
        share = one.coverage.share
        words.append(f"{float(share.covered):,.10g} / {float(share.total):,.10g}")
    if one.target is not None:
        amount = one.target.value if one.counted else one.target.pct
        unit = "" if one.counted else "%"
        until = one.target.deadline
        due = f"({until.year} 年 {until.month} 月 {until.day} 日前)" if until else ""
        words.append(f"目标 {(amount or Decimal(0)).normalize():,f}{unit}{due}")
    if one.met is not None:
        words.append("达标" if one.met else f"差 {one.short:,} 个")
    return " · ".join(words)


def _marks(one: Assessment, drawn: pd.DataFrame) -> str:
    """What is invented or approximate: the figures' layers, or the polygons they are drawn on."""
    basis = one.coverage.basis if one.coverage else None
    says = {
        "示例数据,非真实统计": "sample",
        "边界为近似示意": "approximate",
    }
    return " · ".join(
        text for text, flag in says.items() if getattr(basis, flag, False) or drawn.attrs.get(flag)
    )


def _day(one: Assessment) -> str:
    return f"{one.as_of.year} 年 {one.as_of.month} 月 {one.as_of.day} 日"


def _draw_map(
    figure: Figure, shown: Classes, keys: Sequence[_Key], units: Mapping[str, pd.DataFrame]
) -> None:
    left, bottom, width, height = _MAP
    place = (left / WIDE, bottom / HIGH, width / WIDE, height / HIGH)
    axes = figure.add_axes(place, xticks=[], yticks=[])
    flat = _flatten(units)
    frame = flat[str(shown.level)]
    for key in keys:
        part = frame.geometry.to_numpy()[shown.of == key.code]
        if len(part):
            _fill_shapes(axes, part, key)
    _draw_borders(axes, flat)
    _fit(axes, frame.total_bounds)
    _draw_names(axes, flat)
    _draw_scale(axes)
    _draw_north(axes)
    for side in axes.spines.values():
        side.set(color=_QUIET, linewidth=0.6)


def _fill_shapes(axes: Axes, shapes: NDArray[np.object_], key: _Key) -> None:
    """All polygons of a class as one path, its hatching above it."""
    from matplotlib.patches import PathPatch

    path = _path_of(shapes)
    style: dict[str, Any] = {"facecolor": key.colour, "edgecolor": "white", "linewidth": 0.35}
    axes.add_patch(PathPatch(path, **style))
    if key.hatch:
        axes.add_patch(PathPatch(path, **_hatching(key)))


def _hatching(key: _Key) -> dict[str, Any]:
    light = key.colour == _COVER[1][0] or key.hatch != "////"
    ink = ("#cf7426" if key.hatch == "////" else "#8b9196") if light else "#6028086b"
    return {"facecolor": "none", "edgecolor": ink, "hatch": key.hatch, "linewidth": 0}


def _path_of(shapes: NDArray[np.object_]) -> Any:
    """Polygons as one path; holes run the other way, so that they stay empty."""
    from matplotlib.path import Path

    turned = shapely.orient_polygons(shapely.get_parts(shapes))
    rings = shapely.get_rings(turned)
    points, owner = shapely.get_coordinates(rings, return_index=True)
    codes = np.full(len(points), Path.LINETO, dtype=np.uint8)
    codes[np.r_[True, owner[1:] != owner[:-1]]] = Path.MOVETO
    codes[np.r_[owner[1:] != owner[:-1], True]] = Path.CLOSEPOLY
    return Path(points, codes)


def _flatten(units: Mapping[str, pd.DataFrame]) -> dict[str, gpd.GeoDataFrame]:
    """The polygons in metres, equal in area."""
    polygons = {k: f for k, f in units.items() if isinstance(f, gpd.GeoDataFrame) and len(f)}
    boxes = np.array([frame.total_bounds for frame in polygons.values()])
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    crs = metric_crs((float(west), float(south), float(east), float(north)))
    return {level: frame.to_crs(crs) for level, frame in polygons.items()}


def _draw_borders(axes: Axes, flat: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Thin lines between counties, darker ones between prefectures, the edge darkest."""
    from matplotlib.collections import LineCollection

    finest = next(flat[level] for level in ("county", "township", *flat) if level in flat)
    ranks = (("county", "#83827c", 0.5), ("prefecture", "#43474a", 1.0), ("", "#16191b", 1.5))
    for level, colour, width in ranks:
        column = f"{level}_code"
        if level and column not in finest:
            continue
        groups = finest[column] if level else pd.Series("", index=finest.index)
        parts = finest.geometry.groupby(groups.to_numpy())
        wholes = [shapely.unary_union(part.to_numpy()) for _, part in parts]
        rings = shapely.get_rings(shapely.get_parts(wholes))
        lines = [shapely.get_coordinates(ring) for ring in rings]
        axes.add_collection(LineCollection(lines, colors=colour, linewidths=width))


def _fit(axes: Axes, bounds: NDArray[np.float64]) -> None:
    """The units in the middle of the frame, with a margin; one scale both ways."""
    _, _, width, height = _MAP
    west, south, east, north = bounds
    metres = 1.06 * max((east - west) / width, (north - south) / height)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    axes.set_xlim(middle_x - metres * width / 2, middle_x + metres * width / 2)
    axes.set_ylim(middle_y - metres * height / 2, middle_y + metres * height / 2)
    axes.set_aspect("equal")


def _draw_names(axes: Axes, flat: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Prefectures, then counties, the larger first; none over another."""
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.2, foreground="white", alpha=0.9)]
    metres = (axes.get_xlim()[1] - axes.get_xlim()[0]) / _MAP[2]
    taken: list[tuple[float, float, float, float]] = []
    for level, size, weight in (("prefecture", 12, "bold"), ("county", 7.5, "normal")):
        if level not in flat:
            continue
        frame = flat[level]
        for at in np.argsort(-frame.area.to_numpy(), kind="stable"):
            shape, name = frame.geometry.iloc[at], _broken(str(frame["name"].iloc[at]))
            point = shapely.centroid(shape)
            point = point if shape.contains(point) else shapely.point_on_surface(shape)
            box = _text_box(point.x, point.y, name, size * _POINT * metres)
            if any(_overlap(box, other) for other in taken):
                continue
            taken.append(box)
            axes.text(
                point.x, point.y, name, size=size, weight=weight, ha="center", va="center",
                path_effects=halo, clip_on=True,
            )  # fmt: skip


def _broken(name: str) -> str:
    """A long name on two lines, after 族 where it has one."""
    if len(name) <= 6:
        return name
    cut = name.rfind("族", 0, (len(name) + 1) // 2) + 1
    cut = cut if cut > 2 else (len(name) + 1) // 2
    return f"{name[:cut]}\n{name[cut:]}"


def _text_box(x: float, y: float, text: str, em: float) -> tuple[float, float, float, float]:
    lines = text.split("\n")
    wide, high = max(map(len, lines)) * em * 0.53, len(lines) * em * 0.72
    return x - wide, y - high, x + wide, y + high


def _overlap(a: Sequence[float], b: Sequence[float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _draw_scale(axes: Axes) -> None:
    """A bar of a round length, lower right."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    most = (east - west) / 6
    power = 10.0 ** np.floor(np.log10(most))
    length = next(step * power for step in (5, 2, 1) if step * power <= most)
    x, y = east - (east - west) * 0.045 - length, south + (north - south) * 0.03
    for n in range(4):
        colour = _INK if n % 2 == 0 else "white"
        axes.barh(
            y, length / 4, left=x + n * length / 4, height=(north - south) * 0.006,
            color=colour, edgecolor=_INK, linewidth=0.6,
        )  # fmt: skip
    unit = f"{length / 1000:g} 千米" if length >= 1000 else f"{length:g} 米"
    for at, text in ((x, "0"), (x + length, unit)):
        axes.text(at, y + (north - south) * 0.009, text, size=9, ha="center")


def _draw_north(axes: Axes) -> None:
    arrow = {"arrowstyle": "-|>", "color": _INK, "lw": 1.4, "mutation_scale": 18}
    axes.annotate("", (0.965, 0.97), (0.965, 0.905), "axes fraction", arrowprops=arrow)
    axes.text(0.965, 0.885, "北", transform=axes.transAxes, size=13, ha="center")


def _draw_legend(sheet: Axes, one: Assessment, shown: Classes, keys: Sequence[_Key]) -> float:
    """The classes with their counts, the target between them; return where the legend ends."""
    left, width = _SIDE
    top = HIGH - 40
    words = {"cover": "是否覆盖", "rate": "覆盖率", "amount": "数量"}
    title = "占比" if one.indicator.measure == "ratio" else words[shown.mode]
    sheet.text(left, top, title, size=12, weight="bold")
    unit = LEVEL_NAMES.get(str(shown.level), "")
    sheet.text(left + width, top, f"{unit}数", size=9, ha="right", color=_QUIET)
    top -= 9
    for key in keys:
        if key.first_met and one.target is not None and one.target.pct is not None:
            _draw_aim(sheet, one, top + 6.4)
            top -= 4
        box = {"facecolor": key.colour, "edgecolor": "#8d8980", "linewidth": 0.5}
        sheet.add_patch(_rectangle(left, top, 13, 5.2, **box))
        if key.hatch:
            sheet.add_patch(_rectangle(left, top, 13, 5.2, **_hatching(key)))
        sheet.text(left + 17, top + 1.2, key.name, size=10.5)
        sheet.text(left + width, top + 1.2, f"{key.count:,}", size=10.5, ha="right")
        top -= 7.4
    return top


def _draw_aim(sheet: Axes, one: Assessment, y: float) -> None:
    left, width = _SIDE
    pct = (one.target.pct if one.target else None) or Decimal(0)
    sheet.plot([left, left + width], [y, y], color=_INK, linewidth=1.2)
    sheet.text(left + width, y - 3.6, f"目标 {pct.normalize():f}%", size=9, ha="right")


def _rectangle(left: float, bottom: float, width: float, height: float, **style: Any) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((left, bottom), width, height, **style)


def _draw_table(sheet: Axes, one: Assessment, top: float) -> float:
    """The figure by prefecture; return where the table ends."""
    if one.coverage is None or one.counted or one.indicator.measure == "ratio":
        return top
    left, width = _SIDE
    rows = [(name, part.share) for (_, name), part in one.coverage.by("prefecture").items()]
    rows = [(name, share) for name, share in rows if share.total]
    if len(rows) < 2:
        return top
    ends = (left + 50, left + 67, left + width)
    heading = ("市州", "未覆盖", "应覆盖", "覆盖率")
    top -= 4
    _draw_row(sheet, heading, ends, top, color=_QUIET)
    sheet.plot([left, left + width], [top - 1.4] * 2, color=_QUIET, linewidth=0.5)
    for name, share in rows:
        top -= 5.1
        left_out = float(share.total - share.covered)
        pct = min(99.9, float(share.pct or 0)) if left_out else 100.0
        cells = (name, f"{left_out:,.10g}", f"{float(share.total):,.10g}", f"{pct:.1f}%")
        _draw_row(sheet, cells, ends, top)
    return top - 3


def _draw_row(
    sheet: Axes, cells: Sequence[str], ends: Sequence[float], y: float, **style: Any
) -> None:
    sheet.text(_SIDE[0], y, cells[0], size=8.5, **style)
    for text, x in zip(cells[1:], ends, strict=True):
        sheet.text(x, y, text, size=8.5, ha="right", **style)


def _draw_basis(sheet: Axes, one: Assessment, top: float) -> None:
    """The ground of the figure, as much as there is room for."""
    left, width = _SIDE
    lines = ["口径", *one.basis_lines]
    if one.target is not None:
        lines.append(f"目标依据:{one.target.source}")
    top -= 5
    for line in (part for text in lines for part in wrap(text, width / (8 * _POINT))):
        if top < _MAP[1]:
            break
        sheet.text(left, top, line, size=8, color=_QUIET)
        top -= 4


def _draw_foot(sheet: Axes, one: Assessment, catalog: Catalog, maker: str, *, sample: bool) -> None:
    left, _, width, _ = _MAP
    basis = one.coverage.basis if one.coverage else None
    approval = catalog.approval or ("示例示意,非正式地图" if sample else "内部工作用图 不得公开")
    sheet.text(left, 17, approval, size=10.5, weight="bold")
    crs = "坐标系 CGCS2000,阿尔伯斯等积投影"
    made = f"制图:{maker}" if maker else "制图:hbgeo"
    sheet.text(left + width, 17, f"{crs}    {made}    截至 {_day(one)}", size=9, ha="right")
    sources = ";".join(basis.sources) if basis else ""
    for n, line in enumerate(wrap(f"数据来源:{sources}", (WIDE - 24) / (7.4 * _POINT))[:3]):
        sheet.text(left, 11.5 - 3.7 * n, line, size=7.4, color=_QUIET)


def wrap(text: str, ems: float) -> list[str]:
    """Break a text into lines of at most so many widths of a Chinese character.

    A mark that closes hangs over the end rather than begin a line.
    """
    lines, room = [""], ems
    for char in text:
        wide = 0.6 if char.isascii() else 1.0
        if wide > room and char not in ",。;:、)》”,.;:)":
            lines.append("")
            room = ems
        lines[-1] += char
        room -= wide
    return lines


def _lacking(figure: Figure) -> str:
    """Characters on the sheet that no installed font can draw; each is shown as a box."""
    from matplotlib.font_manager import FontProperties, findfont, get_font
    from matplotlib.text import Text

    texts: Iterable[Any] = figure.findobj(Text)
    wanted = {char for text in texts for char in text.get_text() if ord(char) > 0x2E7F}
    for family in find_fonts():
        known = get_font(findfont(FontProperties(family=family))).get_charmap()
        wanted -= {char for char in wanted if ord(char) in known}
    return "".join(sorted(wanted))


def _notes(lacking: str) -> tuple[str, ...]:
    if not lacking:
        return ()
    return (f"本机字体缺 {'、'.join(lacking)},图上显示为方框;可安装 SimSun-ExtB 或 花园明朝B。",)


def _save(figure: Figure, suffix: str) -> bytes:
    """The sheet's bytes, without a clock time; a missing character is said by `_lacking`, not here."""
    import warnings

    buffer = io.BytesIO()
    about = {"Software": None} if suffix == ".png" else {"CreationDate": None, "Producer": None}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
        figure.savefig(buffer, format=suffix[1:], dpi=DPI, metadata=about)
    return buffer.getvalue()
