"""Whether a damaged kept file is ever believed: bytes flipped, blocks zeroed, files cut short.

    python tests/bench/bench_damage.py                 # 2,000 damages, 40 of them by a whole run
    python tests/bench/bench_damage.py --damages 200 --runs 0 --seed 7

The sample is run at two dates, so that there are layers, checks, places, a grid, shapes and
snapshots. Each damage is done to one of these files, which is then read back as a run reads it;
a few times all of a run is made, and what it writes compared with what it wrote before. Prints how
many damages were believed, ended in a traceback, or did not end (a crash of the process counts).
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from hbgeo import job
from hbgeo.errors import SnapshotError
from hbgeo.history import FOLDER
from hbgeo.measure.options import Options
from hbgeo.measure.snapshot_file import read_snapshot
from hbgeo.sample import make_workspace
from hbgeo.store.folder import StoreFolder
from hbgeo.store.frames import FrameStore
from hbgeo.workspace import Workspace

DATES = (date(2023, 6, 30), date(2023, 12, 31))
LONG = 1800  # seconds without an answer: it hangs, on however busy a machine
Damage = Callable[[bytes, random.Random], bytes]


def flip(content: bytes, rng: random.Random) -> bytes:
    """Change one byte."""
    at = rng.randrange(len(content))
    return content[:at] + bytes([content[at] ^ rng.randrange(1, 256)]) + content[at + 1 :]


def zero(content: bytes, rng: random.Random) -> bytes:
    """Zero a block, as a disk does that lost a page."""
    size = rng.choice([16, 512, 4096])
    at = rng.randrange(len(content)) // size * size
    return content[:at] + bytes(len(content[at : at + size])) + content[at + size :]


def cut(content: bytes, rng: random.Random) -> bytes:
    """Cut the end off."""
    return content[: rng.randrange(len(content))]


DAMAGES: tuple[Damage, ...] = (flip, zero, cut)


def make(folder: Path) -> None:
    """A workspace that has been run at two dates, and was asked for many points."""
    make_workspace(folder)
    rng = np.random.default_rng(1)
    for day in DATES:
        home = Workspace.open(folder).at(day)
        job.run(home, options=Options(as_of=day)).write(folder / "maps")
    index = home.find_index("township")
    if index is not None:
        index.query(rng.uniform(108, 117, 200_000), rng.uniform(29, 34, 200_000))


def kept(folder: Path) -> list[Path]:
    """Every file that is kept."""
    maps = folder / "maps"
    return sorted([*(maps / ".cache").iterdir(), *(maps / FOLDER).iterdir()])


def is_believed(home: Workspace, path: Path) -> bool:
    """Whether what is read back, as a run reads it, is taken for good."""
    name, kind = path.stem, path.suffix.lstrip(".")
    if path.parent.name == FOLDER:
        try:
            return bool(read_snapshot(path.read_bytes(), path.name))
        except SnapshotError:
            return False
    if kind != "frames":
        return StoreFolder(path.parent, kind).get(name) is not None
    key, _, what = name.partition(".")
    made_of = home._problems._of_own if what == "checked" else home.layers.fingerprint_of
    return FrameStore(path.parent).get(name, made_of(key)) is not None


def outputs(folder: Path) -> dict[str, bytes]:
    """What a run writes, the report apart: it tells of a trend that a damaged snapshot has not."""
    report = job.run(folder)
    with tempfile.TemporaryDirectory() as out:
        report.write(out)
        tables = ("index.html", "coverage.csv", "issues.csv", f"{FOLDER}/{DATES[1]}.parquet")
        return {name: (Path(out) / name).read_bytes() for name in tables}


def judged(folder: Path, damages: int, runs: int, seed: int) -> Iterator[str]:
    """What came of each damage."""
    rng, home, truth = random.Random(seed), Workspace.open(folder), outputs(folder)  # noqa: S311
    files = kept(folder)
    unbelieved = [path.name for path in files if not is_believed(home, path)]
    if unbelieved:
        raise SystemExit(f"sound files are not believed: {unbelieved}")
    for n in range(damages):
        path, damage = files[n % len(files)], DAMAGES[n // len(files) % len(DAMAGES)]
        before = path.read_bytes()
        harmed = damage(before, rng)
        path.write_bytes(harmed)
        try:
            believed = harmed != before and is_believed(home, path)
            if n % max(damages // max(runs, 1), 1) == 0 and runs:
                believed |= outputs(folder) != truth
            yield f"believed: {path.name} {damage.__name__}" if believed else "held"
        except Exception:  # noqa: BLE001 - what is counted
            yield f"traceback: {path.name} {damage.__name__} {traceback.format_exc(limit=-2)}"
        path.write_bytes(before)


def work(pipe: Connection, *given: int | Path) -> None:
    """Send what came of each damage."""
    for said in judged(*given):  # type: ignore[arg-type]
        pipe.send(said)
    pipe.send("")


def main() -> int:
    """Print what came of all damages."""
    asked = argparse.ArgumentParser(description=__doc__)
    for name, default in (("damages", 2000), ("runs", 40), ("seed", 1)):
        asked.add_argument(f"--{name}", type=int, default=default)
    given = asked.parse_args()
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "ws"
        make(folder)
        mine, other = multiprocessing.Pipe()
        numbers = (given.damages, given.runs, given.seed)
        worker = multiprocessing.get_context("spawn").Process(
            target=work, args=(other, folder, *numbers), daemon=True
        )
        worker.start()
        other.close()
        said = "started"
        while said:
            try:
                said = mine.recv() if mine.poll(LONG) else "hang"
            except EOFError:
                said = "crash"
            counts.update([said.partition(":")[0]] if said else [])
            if said not in {"", "held"}:
                print(said, flush=True)  # noqa: T201 - a script
            if said in {"hang", "crash"}:
                break
        worker.kill()
    print(dict(counts))  # noqa: T201
    return 0 if set(counts) == {"held"} else 1


if __name__ == "__main__":
    sys.exit(main())
