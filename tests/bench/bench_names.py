"""How fast signs are held against a gazetteer: a million signs, 650,000 names; and door plates as a stream.

    python tests/bench/bench_names.py                      # signs, then plates
    python tests/bench/bench_names.py signs --signs 250000 500000 1000000
    python tests/bench/bench_names.py signs --plot signs.png      # seconds over signs
    python tests/bench/bench_names.py plates --plates 2800000 28000000

Each figure is that of a process of its own: wall and processor seconds, peak memory. Places are the
sample's villages and what is made of their names; two signs in a hundred have a fault, by rule.
Plates: a Parquet of points, each put into its township, counted by street, and each street's name
and letters checked once; the peak must be that of any number of them.
"""

from __future__ import annotations

import argparse
import json
import pickle
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from names_data import SAMPLE, World, make_judge, make_world

from hbgeo.measure.names.check import check_names
from hbgeo.measure.names.places import Places
from hbgeo.names.plates import count_plates
from hbgeo.show.table.batches import write_batches
from hbgeo.workspace import Workspace

STEP = 1 << 18
SCHEMA = pa.schema(
    [
        ("门牌地址", pa.string()),
        ("汉语拼音", pa.string()),
        ("经度", pa.float64()),
        ("纬度", pa.float64()),
    ]
)


def make_signs(path: Path, places: int, signs: int) -> None:
    """Signs and a gazetteer, kept for all processes."""
    if not path.exists():
        made = make_world(Workspace.open(SAMPLE), places, signs)
        path.write_bytes(pickle.dumps(tuple(made)))


def run_signs(path: Path, signs: int) -> dict[str, float]:
    """Hold the first so many signs against all places."""
    world = World(*pickle.loads(path.read_bytes()))  # noqa: S301 - written above
    mine, lonlat = world.signs.iloc[:signs], world.lonlat[:signs]
    before = _spent()
    judge = make_judge()
    places = Places(world.places, judge)
    made = check_names(mine, places, judge, lonlat=lonlat)
    return {"signs": signs, "places": len(places), **_since(before), "found": len(made.rows)}


def make_plates(path: Path, rows: int) -> None:
    """Plates of 40,000 streets in all townships, every fiftieth with an English generic."""

    def parts():
        rng = np.random.default_rng(1)
        units = Workspace.open(SAMPLE).units("township")
        points = units.representative_point()
        x, y = points.x.to_numpy(), points.y.to_numpy()
        stems = [
            "建设",
            "解放",
            "人民",
            "长江",
            "双河",
            "红星",
            "中山",
            "沿河",
            "新华",
            "朝阳",
            "文化",
            "民主",
        ]
        read = ["Jianshe", "Jiefang", "Renmin", "Changjiang", "Shuanghe", "Hongxing", "Zhongshan", "Yanhe", "Xinhua", "Chaoyang", "Wenhua", "Minzhu"]  # fmt: skip
        ends, said = ["路", "街", "大道"], ["Lu", "Jie", "Dadao"]
        for start in range(0, rows, STEP):
            n = min(STEP, rows - start)
            at, stem = rng.integers(0, len(x), n), rng.integers(0, len(stems), n)
            end, number = rng.integers(0, 3, n), rng.integers(1, 400, n)
            names = [f"{stems[s]}{ends[e]}{k}号" for s, e, k in zip(stem, end, number, strict=True)]
            letters = [f"{read[s]} {'Road' if (s + e) % 36 == 0 else said[e]} {k} Hao" for s, e, k in zip(stem, end, number, strict=True)]  # fmt: skip
            columns = [pa.array(names), pa.array(letters), pa.array(x[at]), pa.array(y[at])]
            yield pa.RecordBatch.from_arrays(columns, schema=SCHEMA), x[at], y[at]

    if not path.exists():
        write_batches(path, SCHEMA, parts())


def run_plates(path: Path) -> dict[str, float]:
    """Count and check the plates of a file."""
    workspace = Workspace.open(SAMPLE)
    before = _spent()
    made = count_plates(workspace, path, "CGCS2000")
    return {"plates": int(path.stem.split("-")[1]), **_since(before), "rows": len(made.rows)}


def _spent() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(before: tuple[float, float]) -> dict[str, float]:
    wall, cpu = _spent()
    status = Path("/proc/self/status").read_text("ascii")  # ru_maxrss would be the parent's
    peak = int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024
    return {"s": wall - before[0], "cpu_s": cpu - before[1], "peak_mb": peak}


def _apart(*words: str) -> dict[str, float]:
    """Run one case in a process of its own; print its figures, and give them."""
    command = [sys.executable, __file__, "--once", *words]
    found: dict[str, float] = json.loads(
        subprocess.run(command, check=True, capture_output=True).stdout
    )
    sys.stdout.write(" ".join(f"{k} {v:,.1f}" for k, v in found.items()) + "\n")
    sys.stdout.flush()
    return found


def plot(path: Path, found: list[dict[str, float]]) -> None:
    """Draw processor seconds over signs, with the straight line nearest to them."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    signs = np.array([one["signs"] for one in found]) / 1e6
    spent = np.array([one["cpu_s"] for one in found])
    slope, fixed = np.polyfit(signs, spent, 1)
    figure, axes = pyplot.subplots(figsize=(6, 4))
    axes.plot(signs, spent, "o")
    axes.plot([0, signs.max()], [fixed, fixed + slope * signs.max()])
    axes.set(xlabel="million signs", ylabel="CPU seconds", xlim=(0, None), ylim=(0, None))
    axes.set_title(f"{fixed:.1f} s + {slope:.1f} s a million signs")
    figure.savefig(path, dpi=150)


def main() -> None:
    """Make what is needed, run every case."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("what", nargs="*", default=["signs", "plates"])
    options.add_argument("--signs", type=int, nargs="+", default=[250_000, 500_000, 1_000_000])
    options.add_argument("--places", type=int, default=650_000)
    options.add_argument("--plates", type=int, nargs="+", default=[2_800_000, 28_000_000])
    options.add_argument("--folder", type=Path, default=Path("bench-data"))
    options.add_argument("--plot", type=Path, help="a picture of seconds over signs")
    options.add_argument("--once", nargs=2, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.once:
        path, count = Path(chosen.once[0]), int(chosen.once[1])
        sys.stdout.write(json.dumps(run_signs(path, count) if count else run_plates(path)))
        return
    chosen.folder.mkdir(parents=True, exist_ok=True)
    if "signs" in chosen.what:
        world = chosen.folder / f"signs-{max(chosen.signs)}-{chosen.places}.pickle"
        make_signs(world, chosen.places, max(chosen.signs))
        found = [_apart(str(world), str(count)) for count in chosen.signs]
        if chosen.plot:
            plot(chosen.plot, found)
    if "plates" in chosen.what:
        for count in chosen.plates:
            path = chosen.folder / f"plates-{count}.parquet"
            make_plates(path, count)
            _apart(str(path), "0")


if __name__ == "__main__":
    main()
