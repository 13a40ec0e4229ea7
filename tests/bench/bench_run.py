"""How much work `hbgeo run` takes, and how soon short commands answer, beside `import geopandas`.

    python tests/bench/bench_run.py                      # the sample, and a million signs added
    python tests/bench/bench_run.py --signs 200000       # so many signs instead; 0: the sample only
    python tests/bench/bench_run.py --nation             # ten million signs over 40,000 townships too
    python tests/bench/bench_run.py --scale FILE.png     # the first run against signs and townships, plotted
    python tests/bench/bench_run.py --against PYTHON     # in turn with another checkout's interpreter
    python tests/bench/bench_run.py --alone              # in turn with runs that have no helping worker

One table: for each command the medians of five of its CPU and wall seconds, its whole process tree
together, and the peak of memory of the largest process. In every round the import of geopandas is
timed in a process of its own; `×` says how many times the median of that the command took, of CPU
and of wall, and `bar` what is asked for. The load of the machine is printed: on a busy one only CPU
seconds tell anything. With `--against` two trees take turns (A B A B …), and the ratio of their
medians follows.

Commands whose answer is kept are asked a first time, the answers forgotten before each round, and
again. A ledger that changes has another cell each time, which changes a figure.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench_ledger import make_signs_workspace
from nation import make_nation

from hbgeo.sample import make_workspace

AGAIN = 5
# a process of its own starts the command, or the peak would be that of an earlier one; it takes the
# times itself, so that they are the command's and not its own
_STARTER = (
    "import resource, subprocess, sys, time;"
    "start = time.perf_counter();"
    "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
    "wall, used = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN);"
    "print(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)"
)
# the command as it is where there is one processor only
_ALONE = (
    "from hbgeo import worker; worker.helper = lambda *modules: None;"
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


@dataclass(frozen=True)
class Case:
    """A command, what is done to the workspace before it, and what is asked for (`bar`)."""

    title: str
    words: list[str]
    prepare: Prepare | None = None
    bar: str = ""


def take(command: Command) -> Took:
    """Run a command in a process of its own, and all it starts."""
    starter = [command[0], "-c", _STARTER, *command]
    done = subprocess.run(starter, check=True, capture_output=True, text=True)
    return Took(*map(float, done.stdout.split()))


def median(some: list[Took]) -> Took:
    """The median of each figure."""
    return Took(*(statistics.median(getattr(t, f) for t in some) for f in ("wall", "cpu", "peak")))


def in_turn(sides: list[Command], folders: list[Path], case: Case, rounds: int) -> list[list[Took]]:
    """What the import of geopandas takes, and each side with a case in its own workspace, in turn."""
    took: list[list[Took]] = [[] for _ in range(len(sides) + 1)]
    for _ in range(rounds):
        took[0].append(take([sides[0][0], "-c", "import geopandas"]))
        for side, folder, mine in zip(sides, folders, took[1:], strict=True):
            if case.prepare:
                case.prepare(folder)
            mine.append(take([*side, "-C", str(folder), *case.words]))
    return took


def row(case: Case, took: list[list[Took]]) -> str:
    """A row of the table: medians, how many times the import they are, and how they compare."""
    base, *sides = map(median, took)
    cells = [
        f"CPU {t.cpu:7.2f} s {t.cpu / base.cpu:6.2f} ×  wall {t.wall:7.2f} s {t.wall / base.wall:6.2f} ×"
        f"  {t.peak:6.0f} MB"
        for t in sides
    ]
    ratio = ""
    if len(sides) > 1:
        one, other = sides
        ratio = f"  CPU {one.cpu / other.cpu:.3f} ×  wall {one.wall / other.wall:.3f} ×"
    return f"  {case.title:32}{'  |  '.join(cells)}  bar {case.bar or '–'}{ratio}"


def forget(folder: Path) -> None:
    """Nothing is kept from an earlier run."""
    shutil.rmtree(folder / "maps", ignore_errors=True)
    (folder / "maps").mkdir()


def forget_answers(folder: Path) -> None:
    """The layers are kept, no answer is."""
    for path in (folder / "maps" / ".cache").glob("*.answer"):
        path.unlink()


def change(folder: Path) -> None:
    """One more township of a small ledger has the conditions, or has them no more."""
    ledger = folder / "layers" / "eligible-township.csv"
    lines = ledger.read_text("utf-8-sig").splitlines()
    at = 1 + sum("示例改" in line for line in lines)
    cells = lines[at].split(",")
    cells[2], cells[3] = "否" if cells[2] == "是" else "是", f"示例改〔2023〕{at}号"
    lines[at] = ",".join(cells)
    ledger.write_text("\n".join(lines) + "\n", "utf-8-sig")


ONE = "cemetery-township"
SHORT = [
    Case("--help", ["--help"], None, "0.15 × CPU"),
    Case("stats ONE, first", ["stats", ONE], forget_answers),
    Case("stats ONE, again", ["stats", ONE], None, "1.5 × CPU"),
    Case("stats, first", ["stats"], forget_answers),
    Case("stats, again", ["stats"], None, "2 × CPU"),
    Case("uncovered ONE, first", ["uncovered", ONE], forget_answers),
    Case("uncovered ONE, again", ["uncovered", ONE], None, "1.6 × CPU"),
]
SAMPLE = [
    Case("run, nothing changed", ["run"], None, "2.5 × wall"),
    Case("run, a small ledger changed", ["run"], change, "3.5 ×"),
    Case("run, nothing kept", ["run"], forget, "6 ×"),
]
SIGNS = [
    Case("run, nothing kept", ["run"], forget, "12 × CPU, 18 × wall"),
    Case("run, nothing changed", ["run"], None, "4 ×"),
    Case("run, a small ledger changed", ["run"], change, "5 ×"),
]
TEN_MILLION = [Case("run, nothing kept", ["run"], forget, "120 ×, 6 GB")]


def series(
    title: str, sides: list[Command], folders: list[Path], cases: list[Case], rounds: int = AGAIN
) -> None:
    """Print the rows of some cases, having run once before: files and answers are there."""
    print(f"{title} (load {os.getloadavg()[0]:.1f})", flush=True)  # noqa: T201 - a script
    for side, folder in zip(sides, folders, strict=True):
        if cases[0].prepare is not forget:
            for words in (["run"], ["run"], ["stats"], ["stats", ONE], ["uncovered", ONE]):
                take([*side, "-C", str(folder), *words])
    for case in cases:
        print(row(case, in_turn(sides, folders, case, rounds)), flush=True)  # noqa: T201


def scale(path: Path, side: Command) -> None:
    """Plot a first run against signs (10⁴ to 10⁷ of 4,000 townships) and townships (10⁵ signs)."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    mpl.use("Agg")
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    by_signs = [(n, 4_000, n) for n in (10_000, 100_000, 1_000_000, 10_000_000)]
    by_units = [(n, n, 100_000) for n in (1_000, 4_000, 10_000, 40_000)]
    for axis, worlds, label in zip(
        axes, (by_signs, by_units), ("signs in 4,000 townships", "townships with 100,000 signs"), strict=True
    ):  # fmt: skip
        took = [(n, _first_run(side, units, signs)) for n, units, signs in worlds]
        amounts = [n for n, _ in took]
        for what, colour in (("cpu", "#1f4e79"), ("wall", "#b04a2f")):
            seconds = [getattr(one, what) for _, one in took]
            axis.loglog(amounts, seconds, "o-", color=colour, label=f"{what} s")
        last = took[-1][1].cpu
        straight = [last * n / amounts[-1] for n in amounts]
        axis.loglog(amounts, straight, ":", color="#888888", label="linear")
        axis.set(xlabel=label, ylabel="s")
        axis.minorticks_off()
        axis.legend(frameon=False)
    figure.savefig(path, dpi=110)


def _first_run(side: Command, units: int, signs: int) -> Took:
    """What a run takes of which nothing is known, on an invented nation of that size."""
    home = Path(tempfile.mkdtemp(prefix="hbgeo-bench-"))
    make_nation(home, units, signs)
    load, one = os.getloadavg()[0], take([*side, "-C", str(home), "run"])
    shutil.rmtree(home)
    print(f"{units:,} townships, {signs:,} signs: CPU {one.cpu:.1f} s, wall {one.wall:.1f} s, {one.peak:,.0f} MB (load {load:.1f})", flush=True)  # noqa: T201  # fmt: skip
    return one


def main() -> None:
    """Make the workspaces and print what commands on them take."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signs", type=int, default=1_000_000)
    parser.add_argument("--nation", action="store_true")
    parser.add_argument("--rounds", type=int, default=AGAIN)
    parser.add_argument("--scale", type=Path)
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--against", default="")
    other.add_argument("--alone", action="store_true")
    given = parser.parse_args()
    sides = [[sys.executable, "-m", "hbgeo"]]
    if given.scale:
        scale(given.scale, sides[0])
        return
    if given.against:
        sides.append([given.against, "-m", "hbgeo"])
    if given.alone:
        sides.append([sys.executable, "-c", _ALONE])
    home = Path(tempfile.mkdtemp(prefix="hbgeo-bench-"))
    folders = [home / f"sample-{n}" for n in range(len(sides))]
    for folder in folders:
        make_workspace(folder)
    series("the sample", sides, folders, [*SHORT, *SAMPLE], given.rounds)
    if given.signs:
        folders = [home / f"signs-{n}" for n in range(len(sides))]
        sizes = [make_signs_workspace(f, "csv", given.signs).stat().st_size for f in folders]
        title = f"the sample with {given.signs:,} signs ({sizes[0] / 1e6:.0f} MB of CSV)"
        series(title, sides, folders, SIGNS, given.rounds)
    if given.nation:
        size = sum(p.stat().st_size for p in make_nation(home / "nation").iterdir())
        title = f"40,000 townships, ten million signs ({size / 1e6:.0f} MB of CSV)"
        series(title, sides[:1], [home / "nation"], TEN_MILLION, rounds=1)
    shutil.rmtree(home)


if __name__ == "__main__":
    main()
