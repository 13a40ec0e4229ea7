"""A datum that the evidence contradicts leaves open where points stand that name no unit."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from hbgeo.read.crs import wgs84_to_gcj02
from hbgeo.workspace import Workspace

TOWNSHIP = "cemetery-township"
COUNTIES = {"420525": "远安县", "420526": "兴山县"}
HEAD = [
    "编号",
    "公墓名称",
    "类型",
    "性质",
    "级别",
    "状态",
    "启用时间",
    "所在县",
    "所在乡镇",
    "经度",
    "纬度",
]
BORDER = 111.0


def _written(folder: Path, *, witnesses: int) -> Workspace:
    """Cemeteries just west of a border, written in GCJ-02 (east of it) and declared CGCS2000.

    All but the last are in building and name their county; the last works and names none.
    """
    layers = folder / "layers"
    layers.mkdir()
    lines = ['title = "示例"', "as_of = 2023-12-31", 'scheme = "MCA-2025"']
    shapes = [shapely.box(110, 30, BORDER, 31), shapely.box(BORDER, 30, 112, 31)]
    towns = {f"{code}101": f"示例{c}镇" for code, c in zip(COUNTIES, "甲乙", strict=True)}
    for level, names in (("county", COUNTIES), ("township", towns)):
        table = {"代码": list(names), "名称": list(names.values())}
        path = layers / f"{level}.parquet"
        gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4490").to_parquet(path)
        lines += ["", f"[{level}]", 'role = "units"', f'level = "{level}"', 'source = "示例"']
        lines += [f'path = "{level}.parquet"']
    lines += ["", "[cemetery]", 'role = "facilities"', 'path = "c.csv"', 'source = "示例"']
    (layers / "catalog.toml").write_text("\n".join([*lines, 'crs = "CGCS2000"']), "utf-8")
    true = BORDER - 0.0020001, 30.2 + 0.0100001 * np.arange(witnesses + 1)
    x, y = wgs84_to_gcj02(np.full(witnesses + 1, true[0]), true[1])
    assert (x > BORDER).all()
    with (layers / "c.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for n in range(witnesses + 1):
            last = n == witnesses
            told = ["", ""] if last else ["远安县", "示例甲镇"]
            state = ["运营", "2020-05-01"] if last else ["在建", ""]
            cells = [f"G{n:03}", f"公墓{n}(示例)", "公墓", "公益性", "乡镇级", *state, *told]
            writer.writerow([*cells, f"{x[n]:.7f}", f"{y[n]:.7f}"])
    return Workspace.open(folder)


def test_a_point_may_stand_where_the_other_datum_has_it(tmp_path: Path) -> None:
    workspace = _written(tmp_path, witnesses=30)
    assert "W17" in set(workspace.issues()["rule"])
    found = workspace.doubts([TOWNSHIP])
    one = found.of[TOWNSHIP]
    assert (one.span.low, one.span.high, one.span.exact) == (1, 1, True)
    assert list(one.units.index) == ["420525101", "420526101"]
    assert found.rows.set_index("id")["kind"]["G030"] == "datum"


def test_too_few_witnesses_cast_no_doubt(tmp_path: Path) -> None:
    workspace = _written(tmp_path, witnesses=5)
    assert "W17" not in set(workspace.issues()["rule"])
    found = workspace.doubts([TOWNSHIP])
    assert not found.of[TOWNSHIP].open
    assert found.of[TOWNSHIP].units.empty
