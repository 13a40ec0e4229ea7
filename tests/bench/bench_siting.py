"""Siting: proven optima, how long they take, and spopt's in the same run.

python tests/bench/bench_siting.py             the instances of siting_optima.csv, against spopt
python tests/bench/bench_siting.py --hard      27,057 × 1,260 at the root, and with all the work it takes
python tests/bench/bench_siting.py --write     siting_optima.csv anew, each optimum checked by README's checker
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from siting_world import KNOWN, World, known, make_world

from hbgeo.measure.siting import Problem, certificate, partial_cover, solve
from hbgeo.measure.siting.best import find_best
from hbgeo.measure.siting.instance import reduce

README = Path(__file__).parent.parent.parent / "README.md"
INSTANCES = [
    *((5000, 1250, seed, km, n) for seed in (1, 2) for km, n in ((3, 50), (5, 50), (8, 50), (8, 20))),
    *((27057, 1260, 1, km, n) for km, n in ((3, 100), (5, 100), (8, 100), (8, 200), (12, 50))),
]  # fmt: skip
PCT = 60


def cover_of(world: World, km: int) -> sp.csr_matrix:
    """Demand × sites."""
    near = world.near(km * 1000)
    row = np.repeat(np.arange(len(near)), [len(one) for one in near])
    site = np.array([k for one in near for k in one])
    shape = (len(world.demand), len(world.sites))
    return sp.csr_matrix((np.ones(len(row)), (row, site)), shape=shape)


def timed(ask: Callable[[], Any]) -> tuple[Any, float]:
    """An answer and its processor seconds."""
    start = time.process_time()
    found = ask()
    return found, time.process_time() - start


def spopt_most(cover: sp.csr_matrix, weights: list[int], n: int) -> tuple[float, float]:
    """The same by spopt on the CBC that PuLP ships: covered weight, processor seconds with CBC's."""
    import os

    import pulp
    from spopt.locate import MCLP

    def seconds() -> float:
        spent = os.times()
        return spent.user + spent.system + spent.children_user + spent.children_system

    start = seconds()
    cost = np.where(cover.toarray() > 0, 0.0, 2.0)
    model = MCLP.from_cost_matrix(cost, np.array(weights), 1.0, p_facilities=n)
    model = model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0))
    took = seconds() - start
    chosen = [k for k, var in enumerate(model.fac_vars) if (var.value() or 0) > 0.5]
    there = np.asarray(cover[:, chosen].sum(axis=1)).ravel() > 0
    return float(np.array(weights)[there].sum()), took


def compare() -> None:
    """Each known instance: our answer against what is known, and against spopt's."""
    import spopt

    sys.stdout.write(f"spopt {spopt.__version__}\n")
    for one in known():
        demand, sites, seed, km, n = (int(one[k]) for k in ("demand", "sites", "seed", "km", "n"))
        world = make_world(demand, sites, seed)
        cover = cover_of(world, km)
        found, took = timed(lambda: solve(Problem("mclp", cover, world.weights, n=n)))  # noqa: B023
        agreed = "equal" if int(found.value) == int(one["optimum"]) else "DIFFERS"
        said = f"{demand} x {sites} seed {seed} {km} km n {n}: {int(found.value)} {found.proven} ({agreed}) {took:.2f} s"
        if demand == 5000:
            weights = world.weights
            there = np.asarray(cover.sum(axis=1)).ravel() > 0
            need = int(np.array(weights)[there].sum()) * PCT // 100
            part, long = timed(lambda: partial_cover(cover, weights, need=need))  # noqa: B023
            said += f"; {PCT} % of all in reach by {part.value} sites, {part.proven}, {long:.2f} s"
            value, theirs = spopt_most(cover, world.weights, n)
            said += f"; spopt {value:.0f} in {theirs:.1f} s: {theirs / took:.0f} x"
        sys.stdout.write(said + "\n")
        sys.stdout.flush()


def hard() -> None:
    """The largest: the certified gap at the root, and after all the work it takes."""
    for km in (5, 8):
        world = make_world(27057, 1260, 1)
        cover = cover_of(world, km)
        instance = reduce(Problem("mclp", cover, world.weights, n=100)).instance
        for effort in (31, 3000):
            (tree, _), took = timed(lambda: find_best(instance, effort, asking=False))  # noqa: B023
            value = tree.plans[0][0]
            gap = 100 * (tree.bound - value) / value
            sys.stdout.write(
                f"{km} km, effort {effort}: {value}, bound {tree.bound}, gap {gap:.4f} %, {tree.solved} programmes, {took:.1f} s\n"
            )
            sys.stdout.flush()


def write() -> None:
    """Solve the instances and keep what the checker confirms."""
    found = re.search(r"```py\n(import json, sys\n.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert found is not None
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "check.py").write_text(found[1], "utf-8")
        for demand, sites, seed, km, n in INSTANCES:
            world = make_world(demand, sites, seed)
            asked = Problem("mclp", cover_of(world, km), world.weights, n=n)
            best = solve(asked, effort=3000)
            named = {
                "demand_ids": [str(k) for k in range(demand)],
                "site_ids": [str(k) for k in range(sites)],
            }
            (Path(folder) / "proof.json").write_text(json.dumps(certificate(asked, best, **named)))
            subprocess.run([sys.executable, "check.py", "proof.json"], cwd=folder, check=True)
            assert best.proven == "certificate"
            chosen = " ".join(map(str, best.chosen))
            rows.append([demand, sites, seed, km, n, int(best.value), best.nodes, chosen])
    with KNOWN.open("w", encoding="utf-8", newline="") as file:
        head = ["demand", "sites", "seed", "km", "n", "optimum", "programmes", "chosen"]
        csv.writer(file, lineterminator="\n").writerows([head, *rows])


def main() -> None:
    """Do what was asked."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--hard", action="store_true")
    asked.add_argument("--write", action="store_true")
    given = asked.parse_args()
    if given.write:
        write()
    elif given.hard:
        hard()
    else:
        compare()


if __name__ == "__main__":
    main()
