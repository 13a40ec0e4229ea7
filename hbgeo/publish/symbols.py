"""QGIS symbols of the house's colours and hatching, as its style files write them."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from hbgeo.show import look
from hbgeo.show.paper.poster_map import VEILS, LegendKey

_PIXEL = 25.4 / 96  # millimetres
_SPACES = dict(zip(VEILS, look.STROKES, strict=True))  # hatching → pixels between its strokes
_CLEAR = "255,255,255,0"
# how the points of facility layers are told apart, as on the page
MARKERS = ("circle", "square", "diamond", "triangle")


def rgba(colour: str, pct: int = 100) -> str:
    """A colour as QGIS writes it: 191,211,209,255."""
    parts = [str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)]
    return ",".join([*parts, str(round(pct * 2.55))])


def class_symbol(key: LegendKey, shape: str) -> Element:
    """The symbol of a class of a legend; of points what misses its target is a diamond."""
    if shape == "Point":
        name = "diamond" if "/" in key.hatch else "circle"
        return marker_symbol(key.colour, name, size=1.8 if "/" in key.hatch else 1.5)
    if shape == "MultiLineString":
        return line_symbol(key.colour, 0.5)
    symbol = _symbol("fill")
    fill = {"color": rgba(key.colour), "style": "solid", "outline_color": "255,255,255,230"}
    _layer(symbol, "SimpleFill", fill | {"outline_width": "0.1", "outline_style": "solid"})
    if "/" in key.hatch:
        _strokes(symbol, key)
    elif key.hatch:
        _texture(symbol, key.hatch)
    return symbol


def marker_symbol(colour: str, name: str, *, size: float, filled: bool = True) -> Element:
    """A point: `filled`, or its edge alone."""
    symbol = _symbol("marker")
    _marker(symbol, colour, name, size=size, filled=filled)
    return symbol


def line_symbol(colour: str, width: float) -> Element:
    """A line, its width in millimetres."""
    symbol = _symbol("line")
    _layer(symbol, "SimpleLine", {"line_color": rgba(colour), "line_width": f"{width:g}"})
    return symbol


def outline_symbol(colour: str, width: float) -> Element:
    """A polygon of which only the edge is drawn."""
    symbol = _symbol("fill")
    edge = {"outline_color": rgba(colour), "outline_width": f"{width:g}", "outline_style": "solid"}
    _layer(symbol, "SimpleFill", {"color": _CLEAR, "style": "no", **edge})
    return symbol


def _strokes(symbol: Element, key: LegendKey) -> None:
    """Strokes over a class that misses its target, the denser the farther below."""
    plain = key.colour == look.UNCOVERED
    ink = rgba(look.HATCH) if plain else rgba(look.VEIL, look.VEIL_PCT)
    space = f"{_SPACES[key.hatch] * _PIXEL:.2f}"
    layer = _layer(symbol, "LinePatternFill", {"angle": "45", "color": ink, "distance": space})
    inner = SubElement(layer, "symbol", _attributes("line") | {"name": "@0@1"})
    _layer(inner, "SimpleLine", {"line_color": ink, "line_width": "0.25"})


def _texture(symbol: Element, hatch: str) -> None:
    """Dots where there are no data, dashes where nothing is asked for."""
    if "." in hatch:
        points = {"distance_x": "1.4", "distance_y": "1.4"}
        layer = _layer(symbol, "PointPatternFill", points)
        inner = SubElement(layer, "symbol", _attributes("marker") | {"name": "@0@1"})
        _marker(inner, look.DOTS, "circle", size=0.4, filled=True)
        return
    ink = rgba(look.DASHES)
    lines = {"angle": "0", "color": ink, "distance": "1.6"}
    layer = _layer(symbol, "LinePatternFill", lines)
    inner = SubElement(layer, "symbol", _attributes("line") | {"name": "@0@1"})
    _layer(inner, "SimpleLine", {"line_color": ink, "line_width": "0.2", "line_style": "dash"})


def _marker(symbol: Element, colour: str, name: str, *, size: float, filled: bool) -> None:
    edge = "255,255,255,255" if filled else rgba(colour)
    width = "0.15" if filled else "0.3"
    style = {"color": rgba(colour) if filled else _CLEAR, "outline_color": edge}
    _layer(
        symbol, "SimpleMarker",
        style | {"name": name, "size": f"{size:g}", "outline_width": width, "outline_style": "solid"},
    )  # fmt: skip


def _symbol(kind: str) -> Element:
    return Element("symbol", _attributes(kind))


def _attributes(kind: str) -> dict[str, str]:
    return {"type": kind, "alpha": "1", "clip_to_extent": "1", "force_rhr": "0"}


def _layer(symbol: Element, name: str, options: Mapping[str, str]) -> Element:
    layer = SubElement(symbol, "layer", {"class": name, "enabled": "1", "pass": "0", "locked": "0"})
    every = SubElement(layer, "Option", {"type": "Map"})
    for key, value in options.items():
        SubElement(every, "Option", {"name": key, "type": "QString", "value": value})
    return layer
