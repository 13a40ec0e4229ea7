"""What chains and years of burial cost, as ratios to the presences they are made of.

    python tests/bench/bench_measures.py

On the sample of a later date (25,595 villages, 1,260 townships), everything read and placed before:
processor time of measuring alone, the best of five.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from hbgeo.late_sample import make_late_workspace
from hbgeo.measure.assess import assess
from hbgeo.measure.placements import Placements
from hbgeo.read.indicator import Indicator
from hbgeo.workspace import Workspace


def best(call: Callable[[], object]) -> float:
    """Seconds of processor time, the least of five."""
    found = []
    for _ in range(5):
        start = time.process_time()
        call()
        found.append(time.process_time() - start)
    return min(found)


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "示例"
        make_late_workspace(root, date(2025, 12, 31))
        workspace = Workspace.open(root)
        placements = Placements(workspace)
        policy, options = workspace.policy, workspace.options()

        def seconds(chosen: list[Indicator]) -> float:
            def measure() -> None:
                assess(chosen, workspace, options, placements=placements)

            measure()
            return best(measure)

        for name in ("three-level-network", "minors-network"):
            links = [policy[name].of_link(link) for link in policy[name].links]
            print(f"{name}: {seconds([policy[name]]) / seconds(links):.2f} of its presences")  # noqa: T201 - a script
        presence = seconds([policy["cemetery-township@loose"]])
        for name in ("burial-capacity@township", "burial-capacity@township-strict"):
            print(f"{name}: {seconds([policy[name]]) / presence:.2f} of the presence of the same")  # noqa: T201


if __name__ == "__main__":
    main()
