"""How much work `hbgeo run` takes, and how soon short commands answer.

    python tests/bench/bench_run.py                      # the sample, and a million signs added
    python tests/bench/bench_run.py --signs 200000       # so many signs instead; 0: the sample only
    python tests/bench/bench_run.py --against PYTHON     # in turn with another checkout's interpreter
    python tests/bench/bench_run.py --alone              # in turn with runs that have no helping worker

`run` is made with nothing kept from an earlier run, again with all files as they were, and after a
small ledger has changed: CPU seconds of the command and its second process together, wall seconds,
and the peak of memory of the larger of the two; medians of five. With `--against` both take turns
(A B A B …) and each median is followed by the ratios of the medians. `--alone` says so what the help
of the worker earns: without it the same code does all in one process, but for the foreign files,
which are read apart as ever. Last, `hbgeo --help` and
`hbgeo stats` of one indicator with everything kept, as ratios to `import geopandas` alone.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench_ledger import make_signs_workspace

from hbgeo.sample import make_workspace

AGAIN = 5
# a process of its own starts the command, or the peak would be that of an earlier one
_STARTER = (
    "import resource, subprocess, sys;"
    "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)
# the command as it is where there is one processor only
_ALONE = (
    "from hbgeo import worker; worker.helper = lambda module: None;"
    "from hbgeo.cli import main; main()"
)
Prepare = Callable[[Path], None]
Command = list[str]


@dataclass(frozen=True)
class Took:
    """Seconds and megabytes of one command."""

    wall: float
    cpu: float
    peak: float


def take(command: Command) -> Took:
    """Run a command in a process of its own, and all it starts."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    starter = [command[0], "-c", _STARTER, *command]
    done = subprocess.run(starter, check=True, capture_output=True, text=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(wall, cpu, int(done.stdout) / 1024)


def median(some: list[Took]) -> Took:
    """The median of each figure."""
    return Took(*(statistics.median(getattr(t, f) for t in some) for f in ("wall", "cpu", "peak")))


def in_turn(
    sides: list[Command], folders: list[Path], words: list[str], prepare: Prepare | None = None
) -> list[Took]:
    """The medians of what each side does with some words, each in its own workspace, in turn."""
    took: list[list[Took]] = [[] for _ in sides]
    for _ in range(AGAIN):
        for side, folder, mine in zip(sides, folders, took, strict=True):
            if prepare:
                prepare(folder)
            mine.append(take([*side, "-C", str(folder), *words]))
    return [median(mine) for mine in took]


def say(title: str, took: list[Took]) -> None:
    """Print a row of medians, and how they compare."""
    cells = [f"CPU {t.cpu:6.2f} s  wall {t.wall:6.2f} s  peak {t.peak:5.0f} MB" for t in took]
    ratio = ""
    if len(took) > 1:
        one, other = took
        ratio = f"  CPU {one.cpu / other.cpu:.3f} ×  wall {one.wall / other.wall:.3f} ×"
    print(f"  {title:24}{'  |  '.join(cells)}{ratio}", flush=True)  # noqa: T201 - a script


def forget(folder: Path) -> None:
    """Nothing is kept from an earlier run."""
    shutil.rmtree(folder / "maps", ignore_errors=True)
    (folder / "maps").mkdir()


def change(folder: Path) -> None:
    """A small ledger has one blank line more."""
    ledger = folder / "layers" / "eligible-township.csv"
    ledger.write_bytes(ledger.read_bytes() + b"\r\n")


def run_series(title: str, sides: list[Command], folders: list[Path]) -> None:
    """First, again, and after a change of one small ledger."""
    print(title)  # noqa: T201
    say("nothing kept", in_turn(sides, folders, ["run"], forget))
    say("nothing changed", in_turn(sides, folders, ["run"]))
    say("a small ledger changed", in_turn(sides, folders, ["run"], change))


def short_commands(sides: list[Command], folders: list[Path]) -> None:
    """Short commands against the import of geopandas, everything kept."""
    print("short commands, CPU seconds as ratios to `import geopandas`")  # noqa: T201
    words = {"--help": ["--help"], "stats cemetery-township": ["stats", "cemetery-township"]}
    base: list[list[Took]] = [[] for _ in sides]
    took: dict[str, list[list[Took]]] = {title: [[] for _ in sides] for title in words}
    for _ in range(AGAIN):
        for n, (side, folder) in enumerate(zip(sides, folders, strict=True)):
            base[n].append(take([side[0], "-c", "import geopandas"]))
            for title, command in words.items():
                took[title][n].append(take([*side, "-C", str(folder), *command]))
    for title, each in took.items():
        ratios = [median(s).cpu / median(b).cpu for s, b in zip(each, base, strict=True)]
        print(f"  {title:24}{'  |  '.join(f'{ratio:.2f} ×' for ratio in ratios)}")  # noqa: T201


def main() -> None:
    """Make the workspaces and print what commands on them take."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signs", type=int, default=1_000_000)
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--against", default="")
    other.add_argument("--alone", action="store_true")
    given = parser.parse_args()
    sides = [[sys.executable, "-m", "hbgeo"]]
    if given.against:
        sides.append([given.against, "-m", "hbgeo"])
    if given.alone:
        sides.append([sys.executable, "-c", _ALONE])
    home = Path(tempfile.mkdtemp(prefix="hbgeo-bench-"))
    samples = [home / f"sample-{n}" for n in range(len(sides))]
    for folder in samples:
        make_workspace(folder)
    run_series("the sample", sides, samples)
    short_commands(sides, samples)
    if given.signs:
        folders = [home / f"signs-{n}" for n in range(len(sides))]
        sizes = [make_signs_workspace(f, "csv", given.signs).stat().st_size for f in folders]
        title = f"the sample with {given.signs:,} signs ({sizes[0] / 1e6:.0f} MB of CSV)"
        run_series(title, sides, folders)
    shutil.rmtree(home)


if __name__ == "__main__":
    main()
