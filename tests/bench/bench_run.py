"""How long `hbgeo run` takes: on the sample, and with a million signs added.

    python tests/bench/bench_run.py            # both
    python tests/bench/bench_run.py 200000     # with so many signs instead of a million

Each is run with nothing kept from an earlier run, then again five times with all files as they
were (the median counts), then after a small ledger has changed. Prints wall and CPU seconds of
the command and its second process, and the peak of memory of the larger of the two.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench_ledger import make_signs_workspace

from hbgeo.workspace import make_workspace

AGAIN = 5


@dataclass(frozen=True)
class Took:
    """Seconds and megabytes of one run."""

    wall: float
    cpu: float
    peak: float

    def __str__(self) -> str:
        return f"{self.wall:6.2f} s  CPU {self.cpu:6.2f} s  peak {self.peak:6.0f} MB"


def run(folder: Path) -> Took:
    """Run the main job as a user does."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    # a process of its own starts the command, or the peak would be that of an earlier one
    code = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-m", "hbgeo", "-C", str(folder), "run"]
    done = subprocess.run(
        [sys.executable, "-c", code, *command], check=True, capture_output=True, text=True
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(wall, cpu, int(done.stdout) / 1024)


def series(title: str, folder: Path) -> None:
    """First, again, and after a change of one small ledger."""
    print(title)  # noqa: T201 - a script
    print(f"  first                  {run(folder)}", flush=True)  # noqa: T201
    again = sorted((run(folder) for _ in range(AGAIN)), key=lambda t: t.wall)
    print(f"  again, median of {AGAIN}     {again[AGAIN // 2]}", flush=True)  # noqa: T201
    print(f"    spread {again[0].wall:.2f} to {again[-1].wall:.2f} s,"  # noqa: T201
          f" mean {statistics.mean(t.wall for t in again):.2f} s")  # fmt: skip
    changed = folder / "layers" / "eligible-township.csv"
    changed.write_bytes(changed.read_bytes() + b"\r\n")
    print(f"  a small ledger changed {run(folder)}", flush=True)  # noqa: T201


def main(signs: int) -> None:
    """Make both workspaces and print what runs on them take."""
    home = Path(tempfile.mkdtemp(prefix="hbgeo-bench-"))
    make_workspace(home / "sample")
    series("the sample", home / "sample")
    ledger = make_signs_workspace(home / "signs", "csv", signs)
    size = ledger.stat().st_size / 1e6
    series(f"the sample with {signs:,} signs ({size:.0f} MB of CSV)", home / "signs")
    shutil.rmtree(home)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000)
