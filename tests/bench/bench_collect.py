"""How long it takes to collect 103 counties, 20 of them flawed, and again once they have mended.

    python tests/bench/bench_collect.py                # 6 ledgers of 60 rows a county
    python tests/bench/bench_collect.py --rows 600 --ledgers 9

Prints seconds of processor time of the whole command (`python -m hbgeo collect`), what it read, and
whether every row is accounted for.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from collect_worlds import FLAWS, World, make_world, mend

from hbgeo.sample import sample_folder
from hbgeo.workspace import Workspace


def measure(world: World) -> tuple[float, Counter[str]]:
    """Seconds of processor time of a collection, and how many ledgers are in each state."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    args = ["collect", str(world.folder), "-o", str(world.base.parent / "out")]
    args += ["--base", str(world.base), "--json"]
    done = subprocess.run([sys.executable, "-m", "hbgeo", *args], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took, Counter(row["state"] for row in json.loads(done.stdout))


def main() -> None:
    """Collect, mend, collect again, and once more where nothing has changed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=60)
    options.add_argument("--ledgers", type=int, default=6)
    given = options.parse_args()
    frame = Workspace.open(sample_folder().parent).units("county")
    names = dict(zip(frame.index.map(str), frame["name"], strict=True))
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder), names, given.rows, FLAWS, given.ledgers - 2)
        first, states = measure(world)
        print(f"first:   {first:6.1f} s  {dict(states)}")  # noqa: T201 - a script
        mend(world)
        second, states = measure(world)
        print(f"mended:  {second:6.1f} s  {dict(states)}  {first / second:.1f} times faster")  # noqa: T201 - a script
        third, states = measure(world)
        print(f"nothing: {third:6.1f} s  {dict(states)}  {first / third:.1f} times faster")  # noqa: T201 - a script


if __name__ == "__main__":
    main()
