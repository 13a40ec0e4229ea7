"""One contender in a process of its own: find the unit of each point, and say what it took.

    python contenders.py NAME UNITS.parquet POINTS.npy GRID

prints one line of JSON. The clock starts with units as a GeoDataFrame and points as two arrays,
and stops with the owners in memory: whatever a contender has to make of them is its own time.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CHUNK = 1 << 17


def hbgeo(units: gpd.GeoDataFrame, x: Floats, y: Floats, grid: Path) -> int:  # noqa: ARG001
    """The index made and asked."""
    from hbgeo.measure.locate import UnitIndex

    return int((UnitIndex(units).query(x, y) >= 0).sum())


def hbgeo_cached(units: gpd.GeoDataFrame, x: Floats, y: Floats, grid: Path) -> int:
    """The index read from its file and asked."""
    from hbgeo.measure.locate import UnitIndex

    return int((UnitIndex.from_bytes(units, grid.read_bytes()).query(x, y) >= 0).sum())


def hbgeo_build(units: gpd.GeoDataFrame, x: Floats, y: Floats, grid: Path) -> int:  # noqa: ARG001
    """The index made and written to its file; no point is asked for."""
    from hbgeo.measure.locate import UnitIndex

    return grid.write_bytes(UnitIndex(units).to_bytes())


def hbgeo_load(units: gpd.GeoDataFrame, x: Floats, y: Floats, grid: Path) -> int:  # noqa: ARG001
    """The index read from its file, its key checked; no point is asked for."""
    from hbgeo.measure.locate import UnitIndex

    UnitIndex.from_bytes(units, grid.read_bytes())
    return 0


def one_pass(units: gpd.GeoDataFrame, x: Floats, y: Floats, grid: Path) -> int:  # noqa: ARG001
    """One NumPy pass over x and y: no answer can be had for less."""
    return int(np.isfinite(x + y).sum())


def cell_lookup(units: gpd.GeoDataFrame, x: Floats, y: Floats, grid: Path) -> int:  # noqa: ARG001
    """NumPy's lookup of a cell in a table of 4,096 across: not yet an answer."""
    west, south, east, north = units.total_bounds
    across = 4_096
    per = across / max(east - west, north - south) * (1 - 1e-12)
    table = np.zeros((across, across), dtype=np.int32).ravel()
    found = np.empty(len(x), dtype=np.int32)
    for s in range(0, len(x), CHUNK):
        column = ((x[s : s + CHUNK] - west) * per).astype(np.int32)
        row = ((y[s : s + CHUNK] - south) * per).astype(np.int32)
        found[s : s + CHUNK] = table[row * across + column]
    return len(found)


def sjoin_within(units: gpd.GeoDataFrame, x: Floats, y: Floats, grid: Path) -> int:  # noqa: ARG001
    """geopandas.sjoin, which leaves out points on borders."""
    return _sjoin(units, x, y, "within")


def sjoin_intersects(units: gpd.GeoDataFrame, x: Floats, y: Floats, grid: Path) -> int:  # noqa: ARG001
    """geopandas.sjoin, which gives points on shared borders twice."""
    return _sjoin(units, x, y, "intersects")


def _sjoin(units: gpd.GeoDataFrame, x: Floats, y: Floats, predicate: str) -> int:
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y, crs=units.crs))
    return len(gpd.sjoin(points, units[["geometry"]], predicate=predicate))


def strtree(units: gpd.GeoDataFrame, x: Floats, y: Floats, grid: Path) -> int:  # noqa: ARG001
    """Shapely's tree with its own predicate."""
    tree = shapely.STRtree(units["geometry"].to_numpy())
    return len(tree.query(shapely.points(x, y), predicate="intersects")[0])


def strtree_prepared(units: gpd.GeoDataFrame, x: Floats, y: Floats, grid: Path) -> int:  # noqa: ARG001
    """Shapely's tree for boxes, then prepared polygons."""
    shapes = units["geometry"].to_numpy()
    tree = shapely.STRtree(shapes)
    shapely.prepare(shapes)
    point, unit = tree.query(shapely.points(x, y))
    return int(shapely.intersects_xy(shapes[unit], x[point], y[point]).sum())


def duckdb(units: gpd.GeoDataFrame, x: Floats, y: Floats, grid: Path) -> int:  # noqa: ARG001
    """DuckDB's spatial join, the extension from its wheel."""
    import duckdb as engine
    import duckdb_extension_spatial as wheel
    import pyarrow as pa

    extension = next(Path(wheel.__file__).parent.rglob("spatial.duckdb_extension"))
    con = engine.connect(config={"allow_unsigned_extensions": "true"})
    con.execute(f"LOAD '{extension}'")
    blobs = pa.array(shapely.to_wkb(units["geometry"].to_numpy()), pa.binary())
    con.register("blobs", pa.table({"u": np.arange(len(units), dtype=np.int32), "wkb": blobs}))
    con.register("points", pa.table({"p": np.arange(len(x)), "x": x, "y": y}))
    con.execute("CREATE TABLE units AS SELECT u, ST_GeomFromWKB(wkb) AS g FROM blobs")
    made = "(SELECT p, ST_Point(x, y) AS g FROM points)"
    join = f"SELECT p, u FROM {made} s JOIN units ON ST_Intersects(units.g, s.g)"  # noqa: S608
    return len(con.execute(join).to_arrow_table())


def sedonadb(units: gpd.GeoDataFrame, x: Floats, y: Floats, grid: Path) -> int:  # noqa: ARG001
    """SedonaDB's spatial join."""
    import pyarrow as pa
    import sedonadb as engine

    con = engine.connect()
    shapes = units[["geometry"]].assign(u=np.arange(len(units), dtype=np.int32))
    con.create_data_frame(shapes).to_view("units")
    con.create_data_frame(pa.table({"p": np.arange(len(x)), "x": x, "y": y})).to_view("points")
    made = "(SELECT p, ST_SetSRID(ST_Point(x, y), 4490) AS g FROM points)"
    join = f"SELECT p, u FROM {made} s JOIN units ON ST_Intersects(units.geometry, s.g)"  # noqa: S608
    return len(con.sql(join).to_arrow_table())


ALL: dict[str, Callable[[gpd.GeoDataFrame, Floats, Floats, Path], int]] = {
    f.__name__: f
    for f in (
        hbgeo_build, hbgeo_load, hbgeo, hbgeo_cached, one_pass, cell_lookup, sjoin_within,
        sjoin_intersects, strtree, strtree_prepared, duckdb, sedonadb,
    )
}  # fmt: skip


NEEDS = {
    "hbgeo": ["hbgeo.measure.locate"],
    "duckdb": ["duckdb", "duckdb_extension_spatial", "pyarrow"],
    "sedonadb": ["sedonadb", "pyarrow"],
}


def main(name: str, units_file: str, points_file: str, grid: str) -> None:
    """Load the data and what the contender imports, run it, print what it took."""
    units = gpd.read_parquet(units_file)
    x, y = np.load(points_file)
    for module in NEEDS.get(name.split("_")[0], []):
        importlib.import_module(module)
    own = _peak_mb(forget=True)
    wall, cpu = time.perf_counter(), time.process_time()
    found = ALL[name](units, x, y, Path(grid))
    took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    took |= {"found": found, "loaded_mb": own, "peak_mb": _peak_mb()}
    sys.stdout.write(json.dumps(took) + "\n")


def _peak_mb(*, forget: bool = False) -> float:
    """Peak memory so far; on Linux, what was used while loading can be forgotten first."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if forget:
        Path("/proc/self/clear_refs").write_text("5", "utf-8")
    peak = next(line for line in status.read_text("utf-8").splitlines() if "VmHWM" in line)
    return int(peak.split()[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
