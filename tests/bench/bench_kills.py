"""Whether a run that is killed at any moment leaves all outputs old or all new, and nothing behind.

    python tests/bench/bench_kills.py                          # 150 kills, 200,000 signs
    python tests/bench/bench_kills.py --kills 20 --signs 0     # the sample as it is

A workspace is run once (the old outputs), then a ledger is changed, and the run is killed with
SIGKILL at a random moment, one kill in three near its end. The next command (`layers`) completes
what was begun: the outputs must then be the old ones or the new ones, all of them. The next run
must write the same bytes as one that was never killed, and leave no file behind.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench_ledger import make_signs_workspace

from hbgeo.sample import make_workspace

OUTPUTS = ("index.html", "report.xlsx", "coverage.csv", "issues.csv")
Files = dict[str, bytes]


def hbgeo(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start a command."""
    command = [sys.executable, "-m", "hbgeo", "-C", str(folder), *words]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def outputs(folder: Path) -> Files:
    """The outputs by name, snapshots among them."""
    maps = folder / "maps"
    found = [maps / name for name in OUTPUTS] + sorted((maps / "snapshots").glob("2*.parquet"))
    return {path.relative_to(maps).as_posix(): path.read_bytes() for path in found}


def rests(folder: Path) -> list[str]:
    """What no run leaves."""
    kinds = {".frames", ".grid", ".shapes", ".parquet"}
    others = {p for p in (folder / "maps").rglob("*") if p.is_file() and p.name not in OUTPUTS}
    return [p.name for p in others if p.suffix not in kinds or p.name.startswith(".hbgeo")]


def whole(folder: Path) -> tuple[Files, float]:
    """The outputs of a run that nobody kills, and how long it takes."""
    start = time.perf_counter()
    if hbgeo(folder, "run").wait():
        raise SystemExit("a run that nobody killed failed")
    return outputs(folder), time.perf_counter() - start


def restore(folder: Path, saved: Path) -> None:
    """The outputs as they were before."""
    shutil.rmtree(folder / "maps")
    shutil.copytree(saved, folder / "maps")


def kill_one(folder: Path, after: float) -> str:
    """Kill a run; whether it was dead before."""
    process = hbgeo(folder, "run")
    try:
        process.wait(after)
        return "done before"
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return "killed"


def main() -> int:
    """Print what came of all kills."""
    asked = argparse.ArgumentParser(description=__doc__)
    for name, default in (("kills", 150), ("signs", 200_000), ("seed", 1)):
        asked.add_argument(f"--{name}", type=int, default=default)
    given = asked.parse_args()
    rng, counts = random.Random(given.seed), Counter[str]()  # noqa: S311
    with tempfile.TemporaryDirectory() as home:
        folder, saved = Path(home) / "ws", Path(home) / "saved"
        if given.signs:
            make_signs_workspace(folder, "csv", given.signs)
        else:
            make_workspace(folder)
        old, _ = whole(folder)
        shutil.copytree(folder / "maps", saved)
        ledger = folder / "layers" / "villages.csv"
        ledger.write_bytes(ledger.read_bytes().rstrip(b"\r\n").rpartition(b"\n")[0] + b"\n")
        new, long = whole(folder)
        if not all(old[name] != new[name] for name in ("coverage.csv", "index.html")):
            raise SystemExit("the change changes nothing")
        for n in range(given.kills):
            restore(folder, saved)
            after = long * (rng.uniform(0.85, 1.02) if n % 3 == 0 else rng.uniform(0.0, 1.0))
            counts[kill_one(folder, after)] += 1
            hbgeo(folder, "layers").wait()
            found = outputs(folder)
            state = "all old" if found == old else "all new" if found == new else "MIXED"
            again, _ = whole(folder)
            wrong = (["OTHER BYTES"] if again != new else []) + [f"LEFT {r}" for r in rests(folder)]
            counts.update([state, *wrong])
            print(n + 1, round(after, 2), state, *wrong, flush=True)  # noqa: T201 - a script
    print(dict(counts))  # noqa: T201
    return 0 if set(counts) <= {"killed", "done before", "all old", "all new"} else 1


if __name__ == "__main__":
    sys.exit(main())
