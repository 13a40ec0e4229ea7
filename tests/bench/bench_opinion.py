"""How many of 500 dirty workspaces the two opinions differ on: seeds that no test runs.

python tests/bench/bench_opinion.py [FIRST] [COUNT]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from dirty_worlds import make_world
from two_opinions import differences

from hbgeo.errors import HbgeoError


def main(first: int = 1000, count: int = 500) -> None:
    """Print where they differ, seed by seed, and how many seeds did."""
    differed = 0
    for seed in range(first, first + count):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / "workspace"
            asked = make_world(seed, home)
            try:
                said = differences(home, asked)
            except HbgeoError as error:  # a file of which most rows are swapped is refused
                said = [f"refused: {error}"]
        differed += bool(said)
        for one in said:
            print(f"{seed}: {one}", flush=True)  # noqa: T201 - a script
    print(f"{differed} of {count} differed")  # noqa: T201 - a script


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
