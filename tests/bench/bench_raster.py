"""Ten million populated cells of about 100 m over Hubei, owned by 1,260 townships; beside rasterio.

python tests/bench/bench_raster.py [CELLS]
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
from affine import Affine
from pyproj import Transformer
from rasterio.features import rasterize

from hbgeo.measure.people import own_cells
from hbgeo.read.catalog import Layer
from hbgeo.read.units.grid import read_cells, read_grid
from hbgeo.workspace import Workspace

ROOT = Path(__file__).parents[2]
CELLS = 10_000_000
BOX = (108.3, 29.0, 116.2, 33.3)
ALBERS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=GRS80 +units=m"
BEYOND = 0.05  # of the cells around the province
LIMITS = "15 CPU s, 1,500 MB"


def make_grid(path: Path, cells: int, *, albers: bool, seed: int = 19) -> None:
    """Write a seeded grid: people crowd about 2,000 centres, and as many cells of the province as asked have some."""
    west, south, east, north = BOX
    size: float = 1 / 1_200
    if albers:
        x, y = Transformer.from_crs(4490, ALBERS, always_xy=True).transform(
            [west, west, east, east], [south, north, south, north]
        )
        west, south, east, north, size = min(x), min(y), max(x), max(y), 100.0
    width, height = round((east - west) / size), round((north - south) / size)
    rng = np.random.default_rng(seed)
    crowd = rng.gamma(0.4, 8.0, (height, width)).astype(np.float32)
    blur = rng.random((height // 200 + 1, width // 200 + 1), dtype=np.float32)
    crowd *= np.kron(blur, np.ones((200, 200), np.float32))[:height, :width]
    place = Affine(size, 0, west, 0, -size, north)
    province = towns().geometry.to_crs(ALBERS if albers else "EPSG:4326")
    inside = rasterize(province, crowd.shape, transform=place).astype(bool)
    crowd[~inside & (rng.random(crowd.shape, dtype=np.float32) > BEYOND)] = 0
    least = np.partition(crowd[inside], int(inside.sum()) - cells)[int(inside.sum()) - cells]
    crowd[crowd < least] = 0
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "width": width, "height": height}
    profile |= {"crs": ALBERS if albers else "EPSG:4326", "nodata": -99999, "tiled": True}
    with rasterio.open(path, "w", transform=place, compress="lzw", **profile) as file:
        file.write(crowd, 1)


def towns() -> gpd.GeoDataFrame:
    """The sample's townships, indexed by code."""
    found = Workspace.open(ROOT).units("township")
    return gpd.GeoDataFrame(found, geometry="geometry", crs="EPSG:4490")


def hbgeo(path: Path) -> tuple[float, int, int]:
    """People in townships, populated cells owned and outside."""
    layer = Layer("population-grid", "grid", (str(path),), "bench", schema="population-grid")
    owned = own_cells(read_cells(layer, path.parent), towns())
    return owned.cells["people"].sum(), len(owned.cells), owned.outside.cells


def scan(path: Path) -> tuple[float, int, int]:
    """What `hbgeo layers` asks for: cells and people of the file, nobody owned."""
    layer = Layer("population-grid", "grid", (str(path),), "bench", schema="population-grid")
    [row] = read_grid(layer, path.parent).frame.to_dict("records")
    return row["people"], row["cells"], 0


def burnt(path: Path) -> tuple[float, int, int]:
    """Zonal sums by rasterio: units burnt into the grid, cells added up; rough on borders."""
    units = towns()
    with rasterio.open(path) as file:
        people = file.read(1, masked=True).filled(0)
        shapes = units.geometry.to_crs(file.crs)
        zones = rasterize(
            zip(shapes, range(1, len(units) + 1), strict=True), people.shape, 0, transform=file.transform,
            dtype="int32",
        )  # fmt: skip
    sums = np.bincount(zones.ravel(), weights=people.ravel(), minlength=len(units) + 1)
    some = people > 0
    return sums[1:].sum(), int((some & (zones > 0)).sum()), int((some & (zones == 0)).sum())


def sjoin(path: Path) -> tuple[float, int, int]:
    """geopandas' join of every hundredth populated cell, as a measure of what all would take."""
    with rasterio.open(path) as file:
        people = file.read(1, masked=True).filled(0)
        row, column = np.nonzero(people > 0)
        row, column = row[::100], column[::100]
        x, y = (np.asarray(v) for v in rasterio.transform.xy(file.transform, row, column))
        points = gpd.GeoDataFrame(
            {"people": people[row, column]}, geometry=gpd.points_from_xy(x, y, crs=file.crs)
        )
    units = towns()
    found = gpd.sjoin(points.to_crs(units.crs), units[["geometry"]], predicate="within")
    return float(found["people"].sum()), len(found), len(points) - len(found)


def differ(path: Path) -> int:
    """How many populated cells rasterio's zones give to another unit, or to none, than hbgeo does."""
    layer = Layer("population-grid", "grid", (str(path),), "bench", schema="population-grid")
    units = towns()
    cells = own_cells(read_cells(layer, path.parent), units).cells
    with rasterio.open(path) as file:
        shapes = zip(units.geometry.to_crs(file.crs), range(1, len(units) + 1), strict=True)
        zones = rasterize(shapes, file.shape, 0, transform=file.transform, dtype="int32")
        people = file.read(1, masked=True).filled(0)
    mine = np.zeros(zones.size, dtype=np.int32)
    mine[cells.index] = cells["unit_code"].cat.codes.to_numpy() + np.int32(1)
    return int(((mine != zones.ravel()) & (people.ravel() > 0)).sum())


CONTENDERS = {f.__name__: f for f in (scan, hbgeo, burnt, sjoin)}


def one(name: str, path: Path) -> None:
    """Run one contender and print CPU seconds of all its processes, peak memory, and figures."""
    start = time.process_time()
    people, cells, outside = CONTENDERS[name](path)
    own = time.process_time() - start
    from hbgeo.worker import shared

    shared().close()  # its CPU time is known when it has ended
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own + child.ru_utime + child.ru_stime
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    peak = max(peak, child.ru_maxrss / 1024), peak + child.ru_maxrss / 1024
    sys.stdout.write(f"{cpu:.2f} {peak[0]:.0f} {peak[1]:.0f} {people:.3f} {cells} {outside}\n")


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def apart(*words: object) -> str:
    """What this script prints in a process of its own: what grows large here would count there."""
    command = [sys.executable, __file__, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main() -> None:
    """Run each in a process of its own, on degrees and on Albers."""
    if len(sys.argv) > 2:
        path = Path(sys.argv[2])
        if sys.argv[1] == "make":
            make_grid(path, int(sys.argv[3]), albers=sys.argv[4] == "True")
        elif sys.argv[1] == "differ":
            say(f"{differ(path):,}")
        else:
            one(sys.argv[1], path)
        return
    cells = int(sys.argv[1]) if len(sys.argv) > 1 else CELLS
    with tempfile.TemporaryDirectory() as folder:
        for albers in (False, True):
            path = Path(folder) / "people.tif"
            apart("make", path, cells, albers)
            kind = "Albers, 100 m" if albers else "EPSG:4326, 3″"
            say(f"{kind}, {path.stat().st_size / 1e6:.0f} MB; at most {LIMITS}")
            heads = ("", "CPU s", "MB", "MB both", "people", "cells", "outside")
            say("{:8}{:>8}{:>8}{:>9}{:>18}{:>12}{:>12}".format(*heads))
            for name in CONTENDERS:
                found = apart(name, path).split()
                say("{:8}{:>8}{:>8}{:>9}{:>18}{:>12}{:>12}".format(name, *found))
            say(f"cells that burnt zones give to another unit: {apart('differ', path)}")


if __name__ == "__main__":
    main()
