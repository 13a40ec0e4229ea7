"""How long exact bounds take where a million rows are in doubt, and how large the largest component is.

    python tests/bench/bench_doubt.py
    python tests/bench/bench_doubt.py --toggles 100000 --borders 2000 --wide 200

Units lie on a grid. A toggle counts in one unit or nowhere; a border row in one of two neighbours; a
wide row (of which only the county is known) in one of 15 units. Prints seconds of processor time.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
from doubt_worlds import whole

from hbgeo.measure.doubt.alone import alone
from hbgeo.measure.doubt.bounds import cover_span
from hbgeo.measure.doubt.question import Choices, CoverQuestion
from hbgeo.measure.doubt.settling import settling_set
from hbgeo.measure.doubt.terms import states_of, terms_of
from hbgeo.measure.doubt.turning import turning_set

WIDE = 15


def make_question(side: int, toggles: int, borders: int, wide: int, seed: int = 7) -> CoverQuestion:
    """A question on a grid of `side` x `side` units, three in ten of them covered without doubt."""
    rng = np.random.default_rng(seed)
    units = side * side
    at = rng.integers(0, units, toggles)
    here = rng.integers(0, units, borders)
    step = np.where(rng.integers(0, 2, borders) == 0, 1, side)
    there = np.where(here + step < units, here + step, here - step)
    county = rng.integers(0, units // WIDE, wide)
    sizes = np.concatenate([np.full(toggles + borders, 2), np.full(wide, WIDE + 1)])
    fill = np.zeros((toggles, 2), np.int64) - 1
    fill[np.arange(toggles), rng.integers(0, 2, toggles)] = at
    spread = np.concatenate(
        [np.full((wide, 1), -1), county[:, None] * WIDE + np.arange(WIDE)], axis=1
    )
    flat = np.concatenate([fill.ravel(), np.stack([here, there], 1).ravel(), spread.ravel()])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    cost = np.ones(len(flat), np.int64)
    cost[starts[:-1]] = 0
    return CoverQuestion(
        weight=whole([1] * units),
        slot_unit=np.arange(units),
        sure=rng.random(units) < 0.3,
        member=np.full(units, -1),
        choices=Choices(starts, np.ones(len(sizes), np.int64), cost),
        fill_starts=np.concatenate([[0], np.cumsum(flat >= 0)]),
        fills=flat[flat >= 0],
    )


def timed(name: str, ask: Callable[[], object]) -> Any:
    """Ask, and print how many seconds of processor time it took."""
    start = time.process_time()
    found = ask()
    print(f"{name:12}{time.process_time() - start:7.2f} s", end="  ")  # noqa: T201 - a script
    return found


def main() -> None:
    """Make the question, answer it, say how long each answer took."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--toggles", type=int, default=1_000_000)
    options.add_argument("--borders", type=int, default=20_000)
    options.add_argument("--wide", type=int, default=2_000)
    options.add_argument("--side", type=int, default=500)
    given = options.parse_args()
    question = make_question(given.side, given.toggles, given.borders, given.wide)
    counties = np.minimum(np.arange(given.side**2) // (given.side**2 // 100), 99)
    found = timed("bounds", lambda: cover_span(question, counties))
    low, high = found.covered.low, found.covered.high
    print(f"{low} to {high}, exact {found.exact}; largest component {found.largest} rows")  # noqa: T201 - a script
    now = int(
        states_of(question, terms_of(question), question.choices.starts[:-1])[: given.side**2].sum()
    )
    for words, covered in (
        ("near", now - 10),
        ("middle", (low + now) // 2),
        ("above", now + 10),
        ("high", (high + now) // 2),
    ):
        pct = Fraction(100 * covered, given.side**2)
        print(f"-- target {words}: {float(pct):.3f} %, figure {now} of {given.side**2} units")  # noqa: T201 - a script
        turning = timed("turning", lambda pct=pct: turning_set(question, pct))
        print(f"{turning.at_least} to {turning.rows} rows")  # noqa: T201 - a script
        settling = timed("settling", lambda pct=pct: settling_set(question, pct))
        print(f"{settling.at_least} to {settling.rows} rows")  # noqa: T201 - a script
    timed("alone", lambda: alone(question, Fraction(80)))
    print()  # noqa: T201 - a script


if __name__ == "__main__":
    main()
