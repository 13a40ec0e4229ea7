"""hbgeo count, serial against processes of Dask: from how many rows on do they pay, and do they agree.

    python tests/bench/bench_scale.py                        # 10⁵ to 2·10⁷ plates, Parquet and CSV
    python tests/bench/bench_scale.py --rows 1000000 --kinds .csv --repeats 5 --plot out.png

Each run is the command itself, in a process tree of its own; wall and processor seconds and peak
memory are those of the whole tree. Serial and parallel runs take turns, and the ratio is that of
the medians: others may be using the machine, and its load is printed. Every file that a run writes
is compared byte by byte with the first serial one; in the last run a worker is killed midway.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

ROOT = Path(__file__).parents[2]
STEP = 0.05  # seconds between two looks at the tree
FILES = 40
ROWS = (100_000, 1_000_000, 5_000_000, 20_000_000)


@dataclass(frozen=True)
class Spent:
    """Seconds of the clock, of all processors, and megabytes at the highest."""

    wall: float
    cpu: float
    mb: float


def make_folder(folder: Path, rows: int, suffix: str) -> Path:
    """Door plates spread over the sample's province, in files of the same size."""
    if folder.exists():
        return folder
    folder.mkdir(parents=True)
    each = rows // FILES
    for n in range(FILES):
        rng = np.random.default_rng(n)
        frame = pd.DataFrame(
            {
                "门牌编号": [f"M{n:02}{i:08}" for i in range(each)],
                "地址": [f"示例路{i % 997}号" for i in range(each)],
                "类别": rng.choice(["楼牌", "户牌", "单元牌"], each),
                "经度": rng.uniform(108.4, 116.1, each).round(7),
                "纬度": rng.uniform(29.1, 33.2, each).round(7),
            }
        )
        path = folder / f"{n:02}{suffix}"
        if suffix == ".parquet":
            frame.to_parquet(path, index=False)
        else:
            frame.to_csv(path, index=False, encoding="gb18030")
    return folder


def watch(command: Sequence[str], look: Callable[[psutil.Process, float], None]) -> Spent:
    """Run a command, and add up what its whole tree takes."""
    start = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as running:
        root, cpu, most = psutil.Process(running.pid), dict[int, float](), 0
        while running.poll() is None:
            held = 0
            for one in _tree(root):
                try:
                    times = one.cpu_times()
                    cpu[one.pid] = times.user + times.system
                    held += one.memory_info().rss
                except psutil.Error:
                    continue
            most = max(most, held)
            look(root, sum(cpu.values()))
            time.sleep(STEP)
        wall, said = (
            time.perf_counter() - start,
            running.communicate()[1].decode("utf-8", "replace"),
        )
    if running.returncode:
        sys.exit(said)
    return Spent(wall, sum(cpu.values()), most / 2**20)


def _tree(root: psutil.Process) -> list[psutil.Process]:
    try:
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


def nothing(_root: psutil.Process, _cpu: float) -> None:
    """Only watch."""


class Killer:
    """Kills one worker when the tree has taken so many processor seconds."""

    def __init__(self, after: float) -> None:
        self.after, self.killed = after, 0

    def __call__(self, root: psutil.Process, cpu: float) -> None:
        """Look, and perhaps kill: the first of the processes that Dask's nannies began."""
        if self.killed or cpu < self.after:
            return
        for one in root.children():
            if "spawn_main" in " ".join(one.cmdline()):
                self.killed = one.pid
                one.kill()
                return


def count(folder: Path, output: Path, workers: int, look=nothing) -> Spent:
    """One run of the command."""
    words = ["-m", "hbgeo", "-C", str(ROOT), "count", str(folder), "--units", "township"]
    more = ["--workers", str(workers)] if workers else []
    return watch([sys.executable, *words, "-o", str(output), *more], look)


def measure(folder: Path, home: Path, repeats: int) -> dict[int, Spent]:
    """Serial, one worker and two, in turns; the median of each, all of the same bytes."""
    first, spent = home / "serial.csv", dict[int, list[Spent]]()
    count(folder, first, 0)  # the grid is made, and the files are read once
    for _ in range(repeats):
        for workers in (0, 1, 2):
            output = home / f"workers-{workers}.csv"
            spent.setdefault(workers, []).append(count(folder, output, workers))
            if output.read_bytes() != first.read_bytes():
                sys.exit(f"{folder}: {workers} workers count otherwise")
    return {
        w: Spent(*(statistics.median(getattr(s, f) for s in every) for f in ("wall", "cpu", "mb")))
        for w, every in spent.items()
    }


def kill_midway(folder: Path, home: Path, usual: Spent) -> str:
    """Two workers, one of which is killed when about half is done."""
    killer = Killer(usual.cpu * 0.6)
    spent = count(folder, home / "killed.csv", 2, killer)
    same = (home / "killed.csv").read_bytes() == (home / "serial.csv").read_bytes()
    if not (killer.killed and same):
        sys.exit("no worker was killed, or the figures are others")
    return f"worker {killer.killed} killed midway: same bytes, {spent.wall:.1f} s"


def plot(found: dict[tuple[str, int], dict[int, Spent]], path: Path) -> None:
    """Seconds against rows, one line for each number of processes."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    kinds = sorted({kind for kind, _ in found})
    figure, panels = plt.subplots(1, len(kinds), figsize=(4.2 * len(kinds), 3.4), squeeze=False)
    names = {0: "serial", 1: "1 worker", 2: "2 workers"}
    for panel, kind in zip(panels[0], kinds, strict=True):
        rows = sorted(n for k, n in found if k == kind)
        for workers, name in names.items():
            panel.loglog(rows, [found[kind, n][workers].wall for n in rows], "o-", label=name)
        panel.set_title(f"hbgeo count, {FILES} files {kind}")
        panel.set_xlabel("rows")
        panel.set_ylabel("wall seconds")
        panel.grid(visible=True, alpha=0.3)
        panel.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=90)


def main() -> None:
    """Make the files, run everything, print a line each."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, nargs="+", default=ROWS)
    options.add_argument("--kinds", nargs="+", default=[".parquet", ".csv"])
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--folder", type=Path, default=Path("bench-data"))
    options.add_argument("--plot", type=Path)
    chosen = options.parse_args()
    found: dict[tuple[str, int], dict[int, Spent]] = {}
    for kind in chosen.kinds:
        for rows in chosen.rows:
            folder = make_folder(chosen.folder / f"plates{kind}-{rows}", rows, kind)
            load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
            found[kind, rows] = each = measure(folder, chosen.folder, chosen.repeats)
            for workers, one in each.items():
                ratio = each[0].wall / one.wall
                figures = f"{one.wall:7.2f} s wall {one.cpu:7.2f} s cpu {one.mb:6.0f} MB"
                line = (
                    f"{kind} {rows:>10,} workers {workers} {figures} ×{ratio:.2f} load {load:.1f}"
                )
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
        sys.stdout.write(kill_midway(folder, chosen.folder, each[2]) + "\n")
    if chosen.plot:
        plot(found, chosen.plot)


if __name__ == "__main__":
    main()
