"""An invented nation as a workspace: 40,000 townships, ten million signs. None of it is a real place.

    python tests/bench/nation.py FOLDER              # 40,000 townships, 10 million signs
    python tests/bench/nation.py FOLDER 1000 10000   # so many instead

Townships have borders of 175 vertices each; a county holds about fourteen of them, side by side. A
sign stands in its township, or (one in three) anywhere. `bench_run.py --nation` runs it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import shapely
from bench_data import NATION, Region, make_points, make_units

from hbgeo.measure.locate import UnitIndex

UNITS, SIGNS = 40_000, 10_000_000
_TOGETHER = 14  # townships of a county
_PART = 1_000_000  # rows of a file: larger ones are refused
_CATALOG = """title = "示例"
as_of = 2023-12-31
scheme = "MCA-2025"
[county]
role = "units"
level = "county"
path = "counties.gpkg"
source = "示例"
sample = true
[township]
role = "units"
level = "township"
path = "townships.gpkg"
source = "示例"
sample = true
[sign]
role = "facilities"
path = "signs/*.csv"
source = "示例"
sample = true
"""
_POLICY = """system = "place-names"
title = "智慧区划地名服务体系"
[[indicator]]
id = "sign-township"
name = "乡镇地名标志覆盖率（示例）"
measure = "presence"
units = "township"
layer = "sign"
via = ["inside", "named"]
quantified = false
note = "层级为乡镇：乡镇内有完好的标志即为覆盖。"
source = "示例"
"""


def make_nation(folder: Path, units: int = UNITS, signs: int = SIGNS) -> Path:
    """Make the workspace; return the folder of its ledgers of signs."""
    layers = folder / "layers"
    (layers / "policy").mkdir(parents=True)
    (folder / "maps").mkdir()
    (layers / "catalog.toml").write_text(_CATALOG, "utf-8")
    (layers / "policy" / "bench.toml").write_text(_POLICY, "utf-8")
    made = make_units(Region("nation", units, units * NATION.vertices // NATION.units, NATION.box))
    middles = shapely.get_coordinates(shapely.centroid(made["geometry"].to_numpy()))
    county = _counties(middles)
    codes = pd.Series([f"{11 + c // 4000}{c // 99 % 99 + 1:02d}{c % 99 + 1:02d}" for c in county])
    county_names = pd.Series([f"示例{c:04d}县" for c in county])
    within = codes.groupby(codes).cumcount() + 100
    names = pd.Series([f"示例{i:05d}镇" for i in range(units)])
    towns = made.assign(code=(codes + within.astype(str)).to_numpy(), name=names.to_numpy())
    towns = towns.assign(所在县=county_names.to_numpy())
    towns.to_file(layers / "townships.gpkg", layer="townships", engine="pyogrio")
    counties = made.assign(code=codes.to_numpy(), name=county_names.to_numpy())
    counties = counties.dissolve("code", aggfunc="first", method="coverage").reset_index()
    counties.to_file(layers / "counties.gpkg", layer="counties", engine="pyogrio")
    _write_signs(layers / "signs", made, county_names, names, signs)
    return layers / "signs"


def _counties(middles: np.ndarray) -> np.ndarray:
    """The number of the county of each township: townships in rows of latitude, cut in runs."""
    rows = max(1, round(np.sqrt(len(middles) / _TOGETHER)))
    row = np.argsort(np.argsort(middles[:, 1])) * rows // len(middles)
    order = np.lexsort([middles[:, 0], row])
    county = np.empty(len(middles), int)
    county[order] = np.arange(len(middles)) // _TOGETHER
    return county


def _write_signs(
    folder: Path, units: pd.DataFrame, county: pd.Series, names: pd.Series, n: int
) -> None:
    rng = np.random.default_rng(3)
    x, y, _ = make_points(units, n)
    index, tree = UnitIndex(units), shapely.STRtree(units["geometry"].to_numpy())
    folder.mkdir()
    for start in range(0, n, _PART):
        px, py = x[start : start + _PART].round(6), y[start : start + _PART].round(6)
        at = index.query(px, py)
        out = at < 0  # who stands in nobody's is the nearest's
        at[out] = tree.nearest(shapely.points(px[out], py[out]))
        number = pc.cast(pa.array(np.arange(start, start + len(px))), pa.string())
        days = np.datetime64("2015-01-01") + rng.integers(0, 3000, len(px))
        table = pa.table(
            {
                "标志编号": pc.binary_join_element_wise("BZ", pc.utf8_lpad(number, 9, "0"), ""),
                "标志类别": pa.array(rng.choice(["村牌", "路牌", "街牌", "门牌"], len(px))),
                "所在县": pa.array(county.to_numpy(object)[at]),
                "所在乡镇": pa.array(names.to_numpy(object)[at]),
                "经度": px,
                "纬度": py,
                "坐标系": pa.array(np.full(len(px), "CGCS2000")),
                "设置时间": pa.array(days),
                "状态": pa.array(rng.choice(["完好", "破损"], len(px), p=[0.9, 0.1])),
            }
        )
        with (folder / f"{start // _PART + 1:02d}.csv").open("wb") as file:
            file.write("\ufeff".encode())
            pacsv.write_csv(table, file)


if __name__ == "__main__":
    sizes = [int(one) for one in sys.argv[2:4]]
    print(make_nation(Path(sys.argv[1]), *sizes))  # noqa: T201 - a script
