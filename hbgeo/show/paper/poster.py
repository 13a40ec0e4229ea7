"""The A3 map of one indicator, as PDF or PNG, for a wall or a file."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from hbgeo.errors import OutputError, RequestError
from hbgeo.measure.assessment import Assessment
from hbgeo.read.catalog import LEVEL_NAMES, Catalog
from hbgeo.read.indicator import Target
from hbgeo.read.table import LayerTable
from hbgeo.show import look, words
from hbgeo.show.page.classes import Classes, classify
from hbgeo.show.paper.poster_map import (
    APART,
    COVER,
    HIGH,
    MAP,
    POINT,
    VEILS,
    WIDE,
    LegendKey,
    draw_map,
    hatching,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle


FORMATS = (".pdf", ".png")
DPI = 300
FONTS, RARE_FONTS = look.POSTER_FONTS, look.RARE_FONTS
_SIDE = (322.0, 86.0)  # left and width of the column beside the map


@dataclass(frozen=True)
class Poster:
    """A poster's bytes, and what its maker must know of it."""

    content: bytes
    notes: tuple[str, ...] = ()


def draw_poster(
    assessment: Assessment,
    units: Mapping[str, LayerTable],
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
        raise OutputError(f"专题图的扩展名应为 {' 或 '.join(FORMATS)}，不是“{suffix}”")
    shown = classes_of(assessment, units)
    try:
        from matplotlib import rc_context
    except ImportError:
        raise OutputError('画专题图要用 matplotlib：pip install "hbgeo[print]"') from None
    with rc_context(style()):
        figure = _compose(assessment, shown, units, catalog, maker)
        return Poster(save(figure, suffix.lower()), notes_on(lacking(figure)))


def classes_of(assessment: Assessment, units: Mapping[str, LayerTable]) -> Classes:
    """What the map shows, if there is anything to show."""
    name = assessment.indicator.full_name
    if assessment.coverage is None:
        raise RequestError(f"{name}无法计算：缺少{'、'.join(assessment.missing)}")
    shown = classify(assessment, {level: table.frame for level, table in units.items()})
    if shown.level is None or not len(shown.of):
        raise RequestError(f"{name}没有边界图层可画")
    return shown


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
        msg = f"本机没有中文字体，不能画图；请安装其中之一：{'、'.join(FONTS[:4])}（Debian:fonts-noto-cjk）"
        raise OutputError(msg)
    rare = [name for name in RARE_FONTS if name in have and name not in plain[:1]]
    return [*dict.fromkeys([plain[0], *rare, *plain[1:]])]


def style() -> Any:
    """How matplotlib draws the papers: fonts, ink, hatching."""
    return {
        "font.family": find_fonts(),
        "font.size": 9,
        "text.color": look.INK,
        "text.parse_math": False,  # a $ in a name is a $
        "axes.unicode_minus": False,
        "hatch.linewidth": 0.5,
        "pdf.fonttype": 42,
    }


def _compose(
    one: Assessment,
    shown: Classes,
    units: Mapping[str, LayerTable],
    catalog: Catalog,
    maker: str,
) -> Figure:
    """The sheet: heading, map, and the column beside it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDE / 25.4, HIGH / 25.4), facecolor="white")
    sheet = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDE), ylim=(0, HIGH))
    sheet.set_axis_off()
    keys = keys_of(shown)
    marks = marks_on(one, units[str(shown.level)])
    _draw_heading(sheet, one, catalog, marks)
    draw_map(figure, shown, keys, {level: table.frame for level, table in units.items()})
    top = _draw_legend(sheet, one, shown, keys)
    top = _draw_table(sheet, one, top)
    _draw_basis(sheet, one, top)
    _draw_foot(sheet, one, catalog, maker, sample=words.SAMPLE_MARK in marks)
    return figure


def keys_of(shown: Classes) -> list[LegendKey]:
    """The legend's classes, each with its colour, hatching and count."""
    counts = pd.Series(shown.of).value_counts()
    keys = [
        LegendKey(code, name, *_fill(shown, code), int(counts.get(code, 0)), code == shown.met_from)
        for code, name in enumerate(shown.labels)
    ]
    apart = [
        LegendKey(code, *what, int(counts[code])) for code, what in APART.items() if code in counts
    ]
    return keys + apart


def _fill(shown: Classes, code: int) -> tuple[str, str]:
    """Colour and hatching of a class, as on the page: what misses the target is hatched, denser far below."""
    if shown.mode == "cover":
        return COVER[code]
    if shown.mode == "amount" or shown.met_from is None:
        return look.AMOUNT[min(code, len(look.AMOUNT) - 1)], ""
    turn, count = shown.met_from, len(shown.labels)
    if code >= turn:
        return look.ABOVE[look.step_of(look.ABOVE, code - turn, count - turn)], ""
    step = look.step_of(look.BELOW, code, turn)
    return look.BELOW[step], VEILS[step]


def _draw_heading(sheet: Axes, one: Assessment, catalog: Catalog, marks: str) -> None:
    sheet.text(12, HIGH - 17, one.indicator.full_name, size=27, weight="bold")
    sheet.text(12, HIGH - 26, words.figure_line(one), size=13)
    sheet.text(WIDE - 12, HIGH - 15, catalog.title, size=13, ha="right")
    sheet.text(WIDE - 12, HIGH - 21, as_of_words(one), size=13, ha="right")
    sheet.text(WIDE - 12, HIGH - 27, marks, size=11, ha="right", color=look.SHORT)


def marks_on(one: Assessment, drawn: LayerTable) -> str:
    """What is invented or approximate: the figures' layers, or the polygons they are drawn on."""
    basis = one.coverage.basis if one.coverage else None
    says = {
        words.SAMPLE_MARK: "sample",
        words.APPROXIMATE_MARK: "approximate",
    }
    return " · ".join(
        text for text, flag in says.items() if getattr(basis, flag, False) or getattr(drawn, flag)
    )


def as_of_words(one: Assessment) -> str:
    """The day a figure holds for: 截至 2023 年 12 月 31 日."""
    return words.AS_OF.format(day=words.day(one.as_of))


def _draw_legend(sheet: Axes, one: Assessment, shown: Classes, keys: Sequence[LegendKey]) -> float:
    """The classes with their counts, the target between them; return where the legend ends."""
    left, width = _SIDE
    top = HIGH - 40
    title = words.legend_title(shown.mode, one.indicator)
    sheet.text(left, top, title, size=12, weight="bold")
    unit = LEVEL_NAMES.get(str(shown.level), "")
    sheet.text(left + width, top, f"{unit}数", size=9, ha="right", color=look.QUIET)
    top -= 9
    for key in keys:
        if key.first_met and one.target is not None and one.target.pct is not None:
            _draw_aim(sheet, one.target, top + 6.4)
            top -= 4
        box = {"facecolor": key.colour, "edgecolor": look.KEY_LINE, "linewidth": 0.5}
        sheet.add_patch(_rectangle(left, top, 13, 5.2, **box))
        if key.hatch:
            sheet.add_patch(_rectangle(left, top, 13, 5.2, **hatching(key)))
        sheet.text(left + 17, top + 1.2, key.name, size=10.5)
        sheet.text(left + width, top + 1.2, f"{key.count:,}", size=10.5, ha="right")
        top -= 7.4
    return top


def _draw_aim(sheet: Axes, target: Target, y: float) -> None:
    left, width = _SIDE
    sheet.plot([left, left + width], [y, y], color=look.INK, linewidth=1.2)
    sheet.text(left + width, y - 3.6, words.target_words(target), size=9, ha="right")


def _rectangle(left: float, bottom: float, width: float, height: float, **style: Any) -> Rectangle:
    from matplotlib.patches import Rectangle

    return Rectangle((left, bottom), width, height, **style)


def _draw_table(sheet: Axes, one: Assessment, top: float) -> float:
    """The figure by prefecture; return where the table ends."""
    heading, rows = _by_prefecture(one)
    if len(rows) < 2:
        return top
    left, width = _SIDE
    ends = (left + 50, left + 67, left + width)
    top -= 4
    _draw_row(sheet, heading, ends, top, color=look.QUIET)
    sheet.plot([left, left + width], [top - 1.4] * 2, color=look.QUIET, linewidth=0.5)
    for cells in rows:
        top -= 5.1
        _draw_row(sheet, cells, ends, top)
    return top - 3


def _by_prefecture(one: Assessment) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """What the table says of each prefecture: of a norm its two sums; nothing of other amounts."""
    if one.coverage is None or not (words.is_norm(one.indicator) or _is_cover(one)):
        return (), []
    areas = [(name, area) for (_, name), area in one.coverage.by("prefecture").items()]
    rows: list[tuple[str, ...]]
    if _is_cover(one):
        rows = [(name, *words.share_cells(one, a.share)) for name, a in areas if a.share.total]
        return ("市州", words.UNCOVERED, "应覆盖", "覆盖率"), rows
    sums = [(name, *words.norm_sums(area), one.part(area).shown) for name, area in areas]
    rows = [cells for cells in sums if cells[-1] != words.NONE]
    return ("市州", *words.norm_headings(one), words.measure_word(one)), rows


def _is_cover(one: Assessment) -> bool:
    return not one.counted and one.indicator.measure != "ratio"


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
        lines.append(words.target_source(one.target))
    top -= 5
    for line in (piece for text in lines for piece in wrap(text, width / (8 * POINT))):
        if top < MAP[1]:
            break
        sheet.text(left, top, line, size=8, color=look.QUIET)
        top -= 4


def _draw_foot(sheet: Axes, one: Assessment, catalog: Catalog, maker: str, *, sample: bool) -> None:
    left, _, width, _ = MAP
    basis = one.coverage.basis if one.coverage else None
    approval = catalog.approval or words.no_approval(sample=sample)
    sheet.text(left, 17, approval, size=10.5, weight="bold")
    crs = "坐标系 CGCS2000，阿尔伯斯等积投影"
    made = f"制图：{maker}" if maker else "制图：hbgeo"
    sheet.text(left + width, 17, f"{crs}    {made}    {as_of_words(one)}", size=9, ha="right")
    sources = "；".join(basis.sources) if basis else ""
    for n, line in enumerate(wrap(f"数据来源：{sources}", (WIDE - 24) / (7.4 * POINT))[:3]):
        sheet.text(left, 11.5 - 3.7 * n, line, size=7.4, color=look.QUIET)


def wrap(text: str, ems: float) -> list[str]:
    """Break a text into lines of at most so many widths of a Chinese character.

    A mark that closes hangs over the end rather than begin a line.
    """
    lines, room = [""], ems
    for char in text:
        wide = 0.6 if char.isascii() else 1.0
        if wide > room and char not in "，。；：、）》”,.;:)":
            lines.append("")
            room = ems
        lines[-1] += char
        room -= wide
    return lines


def lacking(figure: Figure) -> str:
    """Characters on the sheet that no installed font can draw; each is shown as a box."""
    from matplotlib.font_manager import FontProperties, findfont, get_font
    from matplotlib.text import Text

    texts = figure.findobj(Text)
    wanted = {char for text in texts for char in text.get_text() if ord(char) > 0x2E7F}
    for family in find_fonts():
        known = get_font(findfont(FontProperties(family=family))).get_charmap()
        wanted -= {char for char in wanted if ord(char) in known}
    return "".join(sorted(wanted))


def notes_on(characters: str) -> tuple[str, ...]:
    """What to say of characters that no installed font can draw."""
    if not characters:
        return ()
    return (
        f"本机字体缺 {'、'.join(characters)}，图上显示为方框；可安装 SimSun-ExtB 或 花园明朝B。",
    )


def save(figure: Figure, suffix: str, *, dpi: int = DPI) -> bytes:
    """The sheet's bytes, without a clock time; a missing character is said by `lacking`, not here."""
    import warnings

    buffer = io.BytesIO()
    about = {"Software": None} if suffix == ".png" else {"CreationDate": None, "Producer": None}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
        figure.savefig(buffer, format=suffix[1:], dpi=dpi, metadata=about)
    return buffer.getvalue()
