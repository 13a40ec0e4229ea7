"""How many bounds of presence are exact: in 103 generated counties, and in the sample's 103.

    python tests/bench/bench_firm.py

A generated county is one of `doubtful_ledgers`: two to nine rows, of every kind of doubt. The sample is
asked as a whole and county by county.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from doubtful_ledgers import make_world, write_world

from hbgeo.measure.doubt.result import Doubts
from hbgeo.sample import make_workspace
from hbgeo.workspace import Workspace

COUNTIES = 103
Counts = tuple[int, int, int, int]


def count(workspace: Workspace, found: Doubts) -> Counts:
    """Bounds of presence, how many are exact, how many open, and rows of the largest component."""
    mine = [f for one, f in found.of.items() if workspace.policy[one].measure == "presence"]
    exact, open_ = sum(f.span.exact for f in mine), sum(f.open for f in mine)
    return len(mine), exact, open_, max((f.largest for f in mine), default=0)


def add(sums: Counts, more: Counts) -> Counts:
    """Counts together; of components the largest."""
    return (*(a + b for a, b in zip(sums[:3], more[:3], strict=True)), max(sums[3], more[3]))  # type: ignore[return-value]


def main() -> None:
    """Print the counts."""
    with tempfile.TemporaryDirectory() as folder:
        home, sums, start = Path(folder), (0, 0, 0, 0), time.process_time()
        for seed in range(COUNTIES):
            write_world(make_world(seed), home / str(seed))
            workspace = Workspace.open(home / str(seed))
            sums = add(sums, count(workspace, workspace.doubts()))
        _say(f"{COUNTIES} generated counties", sums, start)
        sample = Workspace.open(_sample(home / "sample"))
        start = time.process_time()
        _say("the sample", count(sample, sample.doubts()), start)
        sums, start = (0, 0, 0, 0), time.process_time()
        for code in sample.units("county").index:
            options = replace(sample.options(), within=code)
            sums = add(sums, count(sample, sample.doubts(options=options)))
        _say("its counties one by one", sums, start)


def _sample(home: Path) -> Path:
    make_workspace(home)
    return home


def _say(what: str, counts: Counts, start: float) -> None:
    bounds, exact, open_, largest = counts
    seconds = time.process_time() - start
    told = f"{what}: {bounds} bounds of presence, {exact} exact, {open_} open, "
    sys.stdout.write(f"{told}largest component {largest} rows, {seconds:.1f} s\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
