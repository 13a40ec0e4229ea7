"""hbgeo against its peers: which unit holds each point.

    python tests/bench/bench_locate.py            # a province, 1 and 10 million points
    python tests/bench/bench_locate.py --nation   # 40,000 units as well
    python tests/bench/bench_locate.py --exact    # every pair against prepared GEOS
    python tests/bench/bench_locate.py --scale    # cost by points and by units, as a plot

makes the data, runs every contender in a process of its own, one after the other, as many rounds
as asked for, and prints medians. Needs `pip install -e '.[bench]'`. CPU seconds are to be
compared: they hardly depend on what else the machine does, and count every thread.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from bench_data import NATION, PROVINCE, Region, make_points, make_units

from hbgeo.measure.locate import UnitIndex

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HERE = Path(__file__).parent
OURS = ["hbgeo_build", "hbgeo_load", "hbgeo", "hbgeo_cached", "one_pass", "cell_lookup"]
PEERS = [
    "sjoin_within", "sjoin_intersects", "strtree", "strtree_prepared", "duckdb", "sedonadb",
]  # fmt: skip


@dataclass(frozen=True)
class Files:
    """Where one region's data lies."""

    units: Path
    points: Path
    grid: Path


def make_files(folder: Path, region: Region, n: int) -> Files:
    """Make a region's units and n points, unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    files = Files(
        folder / f"{region.name}.parquet",
        folder / f"{region.name}-{n}.npy",
        folder / f"{region.name}.grid",
    )
    if not files.units.exists():
        make_units(region).to_parquet(files.units)
    if not files.points.exists():
        x, y, _ = make_points(gpd.read_parquet(files.units), n)
        np.save(files.points, np.vstack([x, y]))
    return files


def run_once(name: str, files: Files) -> dict[str, float]:
    """Run one contender in a process of its own."""
    command = [sys.executable, str(HERE / "contenders.py"), name]
    command += [str(files.units), str(files.points), str(files.grid)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr.strip().splitlines()[-1]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def race(names: list[str], files: Files, rounds: int) -> dict[str, dict[str, float]]:
    """Median of every figure of every contender, the rounds interleaved."""
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for k in range(rounds):
        for name in names:
            runs[name].append(run_once(name, files))
            sys.stderr.write(f"{k + 1}/{rounds} {name} {runs[name][-1]}\n")
    return {
        name: {key: statistics.median(r[key] for r in took) for key in took[0]}
        for name, took in runs.items()
    }


def table(title: str, took: dict[str, dict[str, float]]) -> str:
    """The medians as a Markdown table; the last two columns say how many times hbgeo's cost."""
    lines = [f"**{title}** ({date.today().isoformat()})", ""]  # noqa: DTZ011  # a date for people
    lines += ["| contender | wall s | CPU s | peak MB | found | × hbgeo | × cached |"]
    lines += ["|---|---:|---:|---:|---:|---:|---:|"]
    for name, one in took.items():
        times = [
            f"{one['cpu'] / took[base]['cpu']:.2f}" if base in took else "–"
            for base in ("hbgeo", "hbgeo_cached")
        ]
        figures = f"{one['wall']:.2f} | {one['cpu']:.2f} | {one['peak_mb']:,.0f}"
        lines.append(f"| {name} | {figures} | {one['found']:,.0f} | {' | '.join(times)} |")
    return "\n".join(lines)


def check_exact(files: Files) -> str:
    """Compare owners and shared points with every pair of prepared GEOS."""
    units = gpd.read_parquet(files.units)
    x, y = np.load(files.points)
    owner, shared = UnitIndex(units).owners(x, y)
    shapes = units["geometry"].to_numpy()
    shapely.prepare(shapes)
    tree = shapely.STRtree(shapes)
    rank = np.argsort(np.argsort(units.index.to_numpy().astype(str)))
    pairs = wrong = 0
    for start in range(0, len(x), 1 << 20):
        some = slice(start, start + (1 << 20))
        point, unit = tree.query(shapely.points(x[some], y[some]))
        hit = shapely.intersects_xy(shapes[unit], x[some][point], y[some][point])
        point, unit = point[hit], unit[hit]
        best = np.full(len(x[some]), len(units))
        np.minimum.at(best, point, rank[unit])
        held = np.bincount(point, minlength=len(best))
        mine = np.where(owner[some] >= 0, rank[owner[some]], len(units))
        wrong += int(((mine != best) | (shared[some] != (held > 1))).sum())
        pairs += len(point)
    shared_points = int(shared.sum())
    return (
        f"{len(x):,} points, {pairs:,} pairs, {shared_points:,} on shared borders: {wrong} differ"
    )


def plot_scale(folder: Path, rounds: int) -> Path:
    """Plot CPU seconds by points (10⁴ to 10⁷) and by vertices (10³ to 4·10⁴ units)."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    mpl.use("Agg")
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    asked, loaded = cost_by_points(folder, rounds)
    _plot(axes[0], asked, "points among 1,250 units", "index loaded and asked")
    axes[0].axhline(loaded, color="#888888", lw=0.8, ls="--", label="index loaded")
    _plot(axes[1], cost_by_units(folder, rounds), "vertices of 1,000 to 40,000 units", "index made")
    for axis in axes:
        axis.minorticks_off()
        axis.legend(frameon=False)
    path = folder / "scale.svg"
    figure.savefig(path)
    return path


def cost_by_points(folder: Path, rounds: int) -> tuple[list[tuple[int, float]], float]:
    """CPU seconds to load an index and ask it, by number of points; and to load it only."""
    cost, loaded = [], 0.0
    for n in (10_000, 100_000, 1_000_000, 10_000_000):
        files = make_files(folder, PROVINCE, n)
        run_once("hbgeo_build", files)
        took = race(["hbgeo_load", "hbgeo_cached"], files, rounds)
        cost.append((n, took["hbgeo_cached"]["cpu"]))
        loaded = took["hbgeo_load"]["cpu"]
    return cost, loaded


def cost_by_units(folder: Path, rounds: int) -> list[tuple[int, float]]:
    """CPU seconds to make an index, by number of vertices, 175 a unit."""
    cost = []
    for units in (1_000, 4_000, 10_000, 40_000):
        region = Region(f"units{units}", units, units * 175, NATION.box)
        files = make_files(folder, region, 10_000)
        took = race(["hbgeo_build"], files, rounds)
        cost.append((region.vertices, took["hbgeo_build"]["cpu"]))
    return cost


def _plot(axis: Axes, cost: list[tuple[int, float]], amount_label: str, label: str) -> None:
    amount, seconds = np.array(cost).T
    axis.loglog(amount, seconds, "o-", color="#1f4e79", label=label)
    axis.loglog(amount, seconds[-1] * amount / amount[-1], ":", color="#888888", label="linear")
    axis.set(xlabel=amount_label, ylabel="CPU s")
    for n, s in cost:
        sys.stdout.write(f"{amount_label}: {n:,} {s:.3f} s, {s / n * 1e9:,.0f} ns each\n")


def main() -> None:
    """Parse the command line, run what was asked for, print tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=Path("maps/bench"), help="for the data")
    parser.add_argument("--points", type=float, nargs="+", default=[1e6, 1e7])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", default=OURS + PEERS, help="contenders")
    for flag in ("nation", "exact", "scale"):
        parser.add_argument(f"--{flag}", action="store_true")
    args = parser.parse_args()
    if args.scale:
        sys.stdout.write(f"{plot_scale(args.folder, args.rounds)}\n")
        return
    for n in map(int, args.points):
        files = make_files(args.folder, PROVINCE, n)
        if args.exact:
            sys.stdout.write(f"{check_exact(files)}\n")
            continue
        took = race(args.only, files, args.rounds)
        title = f"{n:,} points, {PROVINCE.units:,} units, {PROVINCE.vertices:,} vertices"
        sys.stdout.write(table(title, took) + "\n\n")
    if args.nation:
        files = make_files(args.folder, NATION, 10_000_000)
        took = race([c for c in args.only if c in OURS], files, args.rounds)
        title = f"10,000,000 points, {NATION.units:,} units, {NATION.vertices:,} vertices"
        sys.stdout.write(table(title, took) + "\n")


if __name__ == "__main__":
    main()
