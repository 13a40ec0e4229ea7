"""QGIS styles: the classes, colours, hatching and words of the legends on page and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from hbgeo.publish.content import Content
from hbgeo.publish.symbols import (
    MARKERS,
    class_symbol,
    line_symbol,
    marker_symbol,
    outline_symbol,
)
from hbgeo.publish.tables import FACILITIES
from hbgeo.publish.views import View
from hbgeo.show import look
from hbgeo.show.paper.poster_map import LegendKey

QGIS = "3.22.16-Białowieża"  # in whose form styles and projects are written; later ones read it
_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_EDGES = {
    "province": (look.EDGE_LINE, 0.6), "prefecture": (look.PREFECTURE_LINE, 0.4),
    "county": (look.COUNTY_LINE, 0.26),
}  # fmt: skip
_FINE = (look.COUNTY_LINE, 0.1)


def style_parts(content: Content, view: View) -> list[Element]:
    """How a view is drawn and what its columns are called, as elements of a style or a project."""
    if view.indicator:
        renderer = _by_class(content.legends[view.indicator], view.shape)
    else:
        renderer = _single(_plain_symbol(view))
    return [renderer, *column_titles(view.titles)]


def facility_parts(at: int) -> list[Element]:
    """How the points of facility layer number `at` are drawn: filled those that count, others empty."""
    colour, name = look.LAYERS[at % len(look.LAYERS)], MARKERS[at % len(MARKERS)]
    renderer = _renderer("if(\"works\", '计入', '不计入')")
    symbols = [marker_symbol(colour, name, size=1.8, filled=works) for works in (True, False)]
    _fill_in(renderer, ["计入", "不计入"], ["正常，计入", "未计入"], symbols)
    return [renderer, *column_titles(FACILITIES.titles())]


def style_text(parts: Sequence[Element]) -> str:
    """A style as QGIS keeps it (QML)."""
    root = Element("qgis", {"version": QGIS, "styleCategories": "Symbology|Fields"})
    root.extend(parts)
    indent(root, " ")
    return _DOCTYPE + tostring(root, "unicode") + "\n"


def column_titles(titles: dict[str, str]) -> list[Element]:
    """What people call the columns."""
    every = Element("aliases")
    for at, (column, title) in enumerate(titles.items()):
        SubElement(every, "alias", {"index": str(at), "field": column, "name": title})
    return [every]


def _plain_symbol(view: View) -> Element:
    if view.shape == "Point":
        return marker_symbol(look.QUIET, "circle", size=1)
    colour, width = _EDGES.get(view.level, _FINE)
    make = outline_symbol if view.shape == "MultiPolygon" else line_symbol
    return make(colour, width)


def _by_class(keys: Sequence[LegendKey], shape: str) -> Element:
    renderer, names = _renderer("class"), [key.name for key in keys]
    _fill_in(renderer, names, names, [class_symbol(key, shape) for key in keys])
    return renderer


def _single(symbol: Element) -> Element:
    renderer = Element("renderer-v2", {"type": "singleSymbol", "symbollevels": "0"})
    symbol.set("name", "0")
    SubElement(renderer, "symbols").append(symbol)
    return renderer


def _renderer(attribute: str) -> Element:
    return Element(
        "renderer-v2",
        {"type": "categorizedSymbol", "attr": attribute, "symbollevels": "0", "forceraster": "0"},
    )


def _fill_in(
    renderer: Element, values: Sequence[str], labels: Sequence[str], symbols: Sequence[Element]
) -> None:
    """The categories of a renderer, and the symbol of each."""
    listed, drawn = SubElement(renderer, "categories"), SubElement(renderer, "symbols")
    for at, (value, label, symbol) in enumerate(zip(values, labels, symbols, strict=True)):
        said = {"render": "true", "symbol": str(at), "value": value, "label": label}
        SubElement(listed, "category", said | {"type": "string"})
        symbol.set("name", str(at))
        for inner in symbol.iter("symbol"):
            if inner is not symbol:
                inner.set("name", f"@{at}@1")
        drawn.append(symbol)
