"""A QGIS project over what was published: groups by system, styles, marks, in CGCS2000."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import geopandas as gpd
import numpy as np
from pyproj import CRS

from hbgeo.publish.content import Content
from hbgeo.publish.copying import SRID
from hbgeo.publish.styles import QGIS, facility_parts, style_parts
from hbgeo.publish.views import View, views_of
from hbgeo.read.policy import SYSTEMS
from hbgeo.show.zipped import say_one_system

_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_FIRST = "cemetery-township"  # what is seen when the project opens, where there is any
_KINDS = {
    "MultiPolygon": ("Polygon", "2"), "MultiLineString": ("Line", "1"), "Point": ("Point", "0"),
}  # fmt: skip
_EDGES = ("province", "prefecture", "county")  # over the map when it opens
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Source:
    """Where a project finds tables and views.

    Attributes
    ----------
    provider
        `ogr` for a file, `postgres` for a server.
    place
        The file, relative to the project; the server's address without user and password: QGIS
        asks each colleague for his own.
    """

    provider: str
    place: str

    def of(self, name: str, key: str, shape: str, where: str = "") -> str:
        """What QGIS opens a table or view by."""
        if self.provider == "ogr":
            return f"{self.place}|layername={name}" + (f"|subset={where}" if where else "")
        kind = f"srid={SRID} type={shape} checkPrimaryKeyUnicity='0'"
        return (
            f"{self.place} key='{key}' estimatedmetadata=true {kind} "
            f'table="hbgeo"."{name}" (geom) sql={where}'
        )


@dataclass(frozen=True)
class MapLayer:
    """A layer of the project."""

    id: str
    title: str
    source: str
    shape: str
    abstract: str
    parts: Sequence[Element] = field(default_factory=list)
    shown: bool = False


def project_bytes(content: Content, source: Source, name: str) -> bytes:
    """Make a project (.qgz) that opens what stands at `source`; the same bytes for the same.

    Parameters
    ----------
    name
        Of the project's file, without suffix.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo(f"{name}.qgs", _ZIP_DATE)
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, _project(content, source))
    say_one_system(buffer)
    return buffer.getvalue()


def _project(content: Content, source: Source) -> str:
    groups = _groups(content, source)
    layers = [layer for group in groups.values() for layer in group]
    title = "；".join(filter(None, [content.title, content.mark, content.approval]))
    root = Element("qgis", {"version": QGIS, "projectname": title})
    SubElement(root, "homePath", {"path": ""})
    SubElement(root, "title").text = title
    _put_crs(SubElement(root, "projectCrs"))
    _put_tree(root, groups)
    _put_canvas(root, content)
    every = SubElement(root, "projectlayers")
    for layer in layers:
        every.append(_map_layer(layer, source.provider))
    order = SubElement(root, "layerorder")
    for layer in layers:
        SubElement(order, "layer", {"id": layer.id})
    _put_properties(root, content, title)
    _put_metadata(root, content, title)
    indent(root, " ")
    return _DOCTYPE + tostring(root, "unicode") + "\n"


def _groups(content: Content, source: Source) -> dict[str, list[MapLayer]]:
    """Group → layers: boundaries above all, facilities, then the systems in the policy's order."""
    views = views_of(content)
    systems = {a.indicator.id: a.indicator.system for a in content.assessments}
    first = next((v.name for v in views if v.indicator == _FIRST), views[0].name if views else "")
    groups: dict[str, list[MapLayer]] = {"界线": [], "设施": _facilities(content, source)}
    groups |= {title: [] for title in SYSTEMS.values()}
    groups["单元"] = []
    for view in views:
        edge = view.level in _EDGES and not view.indicator
        group = SYSTEMS[systems[view.indicator]] if view.indicator else "界线" if edge else "单元"
        shown = edge or view.name == first
        groups[group].append(_of_view(content, source, view, shown=shown))
    return {title: layers for title, layers in groups.items() if layers}


def _of_view(content: Content, source: Source, view: View, *, shown: bool) -> MapLayer:
    where = source.of(view.name, view.key, view.shape)
    parts = style_parts(content, view)
    return MapLayer(view.name, view.title, where, view.shape, view.comment, parts, shown)


def _facilities(content: Content, source: Source) -> list[MapLayer]:
    marks = "；".join(filter(None, [content.mark, content.approval]))
    made = []
    for at, layer in enumerate(content.layers):
        where = "\"layer\" = '{}'".format(layer.key.replace("'", "''"))
        found = source.of("facilities", "layer,id", "Point", where)
        said = f"{layer.title}\n{marks}。截至日期计入的为实心，其余为空心；没有点位的只在属性表中。"
        name = f"facilities_{at}"
        made.append(MapLayer(name, layer.title, found, "Point", said, facility_parts(at)))
    return made


def _map_layer(layer: MapLayer, provider: str) -> Element:
    kind, number = _KINDS[layer.shape]
    made = Element(
        "maplayer",
        {"type": "vector", "geometry": kind, "wkbType": layer.shape, "simplifyDrawingHints": "1"},
    )
    for tag, text in (("id", layer.id), ("datasource", layer.source), ("layername", layer.title)):
        SubElement(made, tag).text = text
    _put_crs(SubElement(made, "srs"))
    about = SubElement(made, "resourceMetadata")
    SubElement(about, "title").text = layer.title
    SubElement(about, "abstract").text = layer.abstract
    SubElement(made, "abstract").text = layer.abstract
    SubElement(made, "provider", {"encoding": "UTF-8"}).text = provider
    made.extend(layer.parts)
    SubElement(made, "layerGeometryType").text = number
    return made


def _put_tree(root: Element, groups: Mapping[str, Sequence[MapLayer]]) -> None:
    """The groups, closed but where something is shown."""
    tree = SubElement(root, "layer-tree-group")
    for title, layers in groups.items():
        any_shown = any(layer.shown for layer in layers)
        group = SubElement(
            tree, "layer-tree-group",
            {"name": title, "expanded": _flag(any_shown), "checked": _check(shown=any_shown)},
        )  # fmt: skip
        for layer in layers:
            SubElement(
                group, "layer-tree-layer",
                {
                    "id": layer.id, "name": layer.title, "checked": _check(shown=layer.shown),
                    "expanded": _flag(layer.shown and "units" not in layer.id),
                },
            )  # fmt: skip


def _put_canvas(root: Element, content: Content) -> None:
    units = content.tables["units"]
    bounds = gpd.GeoSeries(units["geom"].to_numpy()).total_bounds
    if np.isnan(bounds).any():
        return
    west, south, east, north = bounds
    wide, high = (east - west) * 0.03, (north - south) * 0.03
    canvas = SubElement(root, "mapcanvas", {"name": "theMapCanvas", "annotationsVisible": "1"})
    SubElement(canvas, "units").text = "degrees"
    extent = SubElement(canvas, "extent")
    edges = {"xmin": west - wide, "ymin": south - high, "xmax": east + wide, "ymax": north + high}
    said = {tag: f"{value:.6f}" for tag, value in edges.items()}
    for tag, text in said.items():
        SubElement(extent, tag).text = text
    SubElement(canvas, "rotation").text = "0"
    _put_crs(SubElement(canvas, "destinationsrs"))
    view = SubElement(root, "ProjectViewSettings", {"UseProjectScales": "0"})
    _put_crs(SubElement(view, "DefaultViewExtent", said))  # for "zoom to all" too


def _put_crs(parent: Element) -> None:
    crs = SubElement(parent, "spatialrefsys", {"nativeFormat": "Wkt"})
    SubElement(crs, "wkt").text = CRS.from_epsg(
        SRID
    ).to_wkt()  # by the number alone it is not found
    SubElement(crs, "proj4").text = "+proj=longlat +ellps=GRS80 +no_defs"
    SubElement(crs, "srid").text = str(SRID)
    SubElement(crs, "authid").text = f"EPSG:{SRID}"
    SubElement(crs, "description").text = "China Geodetic Coordinate System 2000"
    SubElement(crs, "geographicflag").text = "true"


def _put_properties(root: Element, content: Content, title: str) -> None:
    """Relative paths; the title over the map, the marks below it, in the sight of whoever prints."""
    every = SubElement(root, "properties")
    _set(SubElement(every, "Paths"), "Absolute", "bool", "false")
    _set(SubElement(every, "SpatialRefSys"), "ProjectionsEnabled", "int", "1")
    _set(SubElement(every, "Measure"), "Ellipsoid", "QString", "EPSG:7024")
    label = SubElement(every, "TitleLabel")
    _set(label, "Enabled", "bool", "true")
    _set(label, "Label", "QString", title)
    below = SubElement(every, "CopyrightLabel")
    _set(below, "Enabled", "bool", "true")
    _set(below, "Label", "QString", "；".join(filter(None, [content.mark, content.approval])))


def _put_metadata(root: Element, content: Content, title: str) -> None:
    about = SubElement(root, "projectMetadata")
    SubElement(about, "title").text = title
    run = content.tables["runs"].iloc[0]
    said = f"由 hbgeo {run['hbgeo']} 发布，截至 {run['as_of']}。{content.approval}。{content.mark}"
    SubElement(about, "abstract").text = said


def _set(parent: Element, tag: str, kind: str, text: str) -> None:
    SubElement(parent, tag, {"type": kind}).text = text


def _check(*, shown: bool) -> str:
    return "Qt::Checked" if shown else "Qt::Unchecked"


def _flag(value: bool) -> str:  # noqa: FBT001 - it is the value that is written
    return "1" if value else "0"
