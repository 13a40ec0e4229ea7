"""hbgeo locate, file in and file out: what the lookup adds to reading and writing, and the memory.

    python tests/bench/bench_stream.py                     # Parquet of 10 million points
    python tests/bench/bench_stream.py --rows 1000000 --in .csv .gpkg --out .csv .gpkg

Each run is a process of its own. `constant` tags every point with the same unit: the difference
to `real` is the price of knowing which. Peak memory is that of the whole process, the sample's
townships and their grid among it.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from hbgeo import Workspace
from hbgeo.measure.locate import UnitIndex
from hbgeo.measure.locate_stream import tag_points
from hbgeo.read.catalog import Layer
from hbgeo.read.stream.points import open_points
from hbgeo.show.table.batches import write_batches

ROOT = Path(__file__).parents[2]
STEP = 1 << 18
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("name", pa.string()),
        ("n", pa.int32()),
        ("lon", pa.float64()),
        ("lat", pa.float64()),
    ]
)


class Constant(UnitIndex):
    """Finds the first unit for every point, at no cost."""

    def query(self, x, y, *, named=None):  # noqa: ARG002 - as the index has it
        """Zeros."""
        return np.zeros(len(x), np.int32)


def make_file(path: Path, rows: int) -> None:
    """Points spread over the sample's province, every column of another kind."""

    def parts():
        rng = np.random.default_rng(1)
        for start in range(0, rows, STEP):
            i = np.arange(start, min(start + STEP, rows))
            x, y = rng.uniform(108.4, 116.1, len(i)), rng.uniform(29.1, 33.2, len(i))
            columns = [
                pa.array([f"S{j:08d}" for j in i]),
                pa.array([f"示例地名{j % 50_000}" for j in i]),
                pa.array((i % 1000).astype(np.int32)),
                pa.array(x),
                pa.array(y),
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=SCHEMA), x, y

    if not path.exists():
        write_batches(path, SCHEMA, parts())


def run_once(source: Path, target: Path, kind: str) -> dict[str, float]:
    """Locate one file; seconds, seconds of processors, peak megabytes."""
    units = Workspace.open(ROOT).units("township")
    index = Constant(units) if kind == "constant" else UnitIndex(units)
    index.query(np.full(2_000_000, 114.0), np.full(2_000_000, 30.5))  # the grid is made once
    wall, cpu = time.perf_counter(), time.process_time()
    points = open_points(source, Layer("locate", "facilities", (str(source),), ""))
    tagged = tag_points(points, units, index=index)
    rows = write_batches(target, tagged.schema, tagged.parts)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    spent = {"s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    return {"rows": rows, "lost": tagged.count.lost, **spent, "peak_mb": peak}


def main() -> None:
    """Make the files, run every pair both ways, print a line each."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=10_000_000)
    options.add_argument("--in", dest="sources", nargs="+", default=[".parquet"])
    options.add_argument("--out", dest="targets", nargs="+", default=[".parquet"])
    options.add_argument("--folder", type=Path, default=Path("bench-data"))
    options.add_argument("--once", nargs=3, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.once:
        source, target, kind = chosen.once
        sys.stdout.write(json.dumps(run_once(Path(source), Path(target), kind)))
        return
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for suffix in chosen.sources:
        source = chosen.folder / f"points-{chosen.rows}{suffix}"
        make_file(source, chosen.rows)
        for out in chosen.targets:
            for kind in ("constant", "real"):
                target = chosen.folder / f"out{out}"
                command = [sys.executable, __file__, "--once", str(source), str(target), kind]
                found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
                figures = " ".join(f"{k} {v:,.1f}" for k, v in found.items())
                sys.stdout.write(f"{suffix} → {out} {kind:9} {figures}\n")


if __name__ == "__main__":
    main()
