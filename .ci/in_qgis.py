"""Open what `hbgeo publish` wrote in QGIS itself, without a screen, and hold it to the files.

Started by Debian's own Python, which has the module: /usr/bin/python3 .ci/in_qgis.py PROJECT TABLE PICTURE…
PROJECT is a .qgz, TABLE the maps/coverage.csv of the same workspace, PICTURE a .png to draw.
For a project over a server the environment holds PGUSER and PGPASSWORD.
"""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

WIDE, HIGH = 1600, 1100
COVERED, UNCOVERED = "#b3d7d1", "#f3b983"  # the two classes of the layer that is seen first


def rows_of(table: Path) -> dict[str, Counter[tuple[str, float]]]:
    """View → (code, covered) of each unit, as the main job wrote them."""
    found: dict[str, Counter[tuple[str, float]]] = {}
    with table.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            name = "v_" + row["indicator"].replace("-", "_").replace("@", "__")
            figure = float(row["covered"]) if row["covered"] else -1.0
            found.setdefault(name, Counter())[row["code"], figure] += 1
    return found


def check_layers(project: QgsProject, wanted: dict[str, Counter[tuple[str, float]]]) -> None:
    """Every layer opens, has the rows of the files, and a colour for each of them."""
    layers = project.mapLayers()
    for name, layer in layers.items():
        assert layer.isValid(), f"{name}: {layer.error().message()}"
        assert layer.crs().authid() == "EPSG:4490", (name, layer.crs().authid())
        assert layer.abstract() or layer.metadata().abstract(), f"{name}: says nothing of itself"
        assert layer.attributeAlias(layer.fields().indexOf("name")) == "名称", name
        if name.startswith("v_"):
            check_rows(name, layer, wanted[name])
    views = {name for name in layers if name.startswith("v_")}
    assert views == set(wanted), views ^ set(wanted)


def check_rows(name: str, layer: QgsVectorLayer, wanted: Counter[tuple[str, float]]) -> None:
    """The same units with the same figures as in the table; each class is in the legend."""
    renderer = layer.renderer()
    assert isinstance(renderer, QgsCategorizedSymbolRenderer), name
    have: Counter[tuple[str, float]] = Counter()
    classes = set()
    for feature in layer.getFeatures():
        figure = feature["covered"]
        have[
            feature["code"], -1.0 if figure is None or str(figure) == "NULL" else float(figure)
        ] += 1
        classes.add(feature["class"])
    assert have == wanted, f"{name}: {sum(have.values())} rows, {sum(wanted.values())} in the table"
    legend = {category.value() for category in renderer.categories()}
    assert classes <= legend, (name, classes - legend)


def check_styles(project: QgsProject) -> None:
    """A view opened by itself, as a colleague does, comes in the colours that are kept beside it."""
    for layer in project.mapLayers().values():
        if not layer.id().startswith(("v_", "units_")):
            continue
        alone = QgsVectorLayer(layer.source(), layer.name(), layer.providerType())
        _, done = alone.loadDefaultStyle()
        assert done, f"{layer.id()}: no style beside it"
        want, have = layer.renderer().dump(), alone.renderer().dump()
        assert want == have, layer.id()


def draw(project: QgsProject, picture: Path) -> None:
    """Draw what is seen when the project opens; both classes must be there."""
    settings = QgsMapSettings()
    root = project.layerTreeRoot()
    seen = [node.layer() for node in root.findLayers() if node.isVisible()]
    assert seen, "nothing is shown"
    settings.setLayers(seen)
    settings.setDestinationCrs(project.crs())
    settings.setOutputSize(QSize(WIDE, HIGH))
    settings.setBackgroundColor(QColor("white"))
    settings.setExtent(project.viewSettings().defaultViewExtent())
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    assert not job.errors(), [error.message for error in job.errors()]
    image = job.renderedImage()
    assert image.save(str(picture)), picture
    colours = Counter(
        image.pixelColor(x, y).name() for x in range(0, WIDE, 3) for y in range(0, HIGH, 3)
    )
    for colour in (COVERED, UNCOVERED):
        assert colours[colour] > 500, (colour, colours.most_common(6))


def main(given: list[str]) -> None:
    """Check a project; whatever is wrong ends it."""
    project_file, table, picture = map(Path, given)
    application = QgsApplication([], GUIenabled=False)
    application.initQgis()
    project = QgsProject.instance()
    assert project.read(str(project_file)), project.error()
    assert project.crs().authid() == "EPSG:4490", project.crs().authid()
    assert "示例数据" in project.title(), project.title()
    assert "password" not in "".join(layer.source() for layer in project.mapLayers().values())
    groups = [group.name() for group in project.layerTreeRoot().findGroups()]
    assert {"社会救助", "养老服务", "殡葬服务", "区划地名"} <= set(groups), groups
    check_layers(project, rows_of(table))
    check_styles(project)
    draw(project, picture)
    print(f"QGIS: {len(project.mapLayers())} layers of {project_file.name}, as in {table.name}")
    project.clear()
    application.exitQgis()


if __name__ == "__main__":
    main(sys.argv[1:])
