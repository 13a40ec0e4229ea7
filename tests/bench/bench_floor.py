"""What no run can do without: the libraries loaded, every byte read, checked, put together and written once.

    python tests/bench/bench_floor.py                    # the sample
    python tests/bench/bench_floor.py --signs 1000000    # with so many signs added
    python tests/bench/bench_floor.py --rounds 5

Each step is done by the quickest tool known for it, on the very bytes that a run reads and writes,
in a process of its own that has loaded that tool before the clock starts; a round does all of them
in turn and the run itself beside them. Medians of CPU seconds, and how many times the CPU seconds of
`import geopandas` they are. No rule of any indicator, no check of a row and no word that is told is in
it: it is what a run cannot go below with these libraries, not what one could take.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from pathlib import Path

from bench_ledger import make_signs_workspace
from bench_run import change, forget, take

from hbgeo.sample import make_workspace

FEW = "geopandas, pyproj, shapely, pyarrow.csv, pyarrow.parquet, rapidfuzz, rich.table, typer, xlsxwriter"
LOADED = {  # by what is done
    "import": "geopandas",
    "load few": FEW,  # where every layer but a small one, and the page's shell, are kept
    "load": f"{FEW}, fiona, folium, pyogrio, python_calamine, scipy.spatial, topojson",
}
LEVEL = 6  # of gzip and of a workbook's members


def digests(home: Path) -> float:
    """Every byte of every layer hashed."""
    from hashlib import blake2b

    contents = [path.read_bytes() for path in _layers(home)]
    begun = time.process_time()
    for content in contents:
        blake2b(content).digest()
    return time.process_time() - begun


def ledgers(home: Path) -> float:
    """Every sheet by calamine, every CSV by Arrow, every boundary by pyogrio."""
    import pyarrow.csv as csv
    import pyogrio
    from python_calamine import CalamineWorkbook

    begun = time.process_time()
    for path in _layers(home):
        if path.suffix == ".xlsx":
            book = CalamineWorkbook.from_path(str(path))
            for name in book.sheet_names:
                book.get_sheet_by_name(name).to_python()
        if path.suffix == ".csv":
            csv.read_csv(path)
        if path.suffix == ".gpkg":
            pyogrio.read_dataframe(path)
    return time.process_time() - begun


def boundaries(home: Path) -> float:
    """Boundaries checked and simplified as coverages, put together, and made arcs."""
    import geopandas as gpd
    import pyogrio
    import shapely
    from topojson.core.topology import Topology

    frames = [pyogrio.read_dataframe(path) for path in _layers(home) if path.suffix == ".gpkg"]
    shapes = [frame.geometry.to_numpy() for frame in frames]
    begun = time.process_time()
    plain = []
    for some in shapes:
        shapely.is_valid(some)
        shapely.coverage_is_valid(some)
        plain.append(shapely.coverage_simplify(some, 1e-3))
        shapely.coverage_union_all(plain[-1])
    levels = [gpd.GeoDataFrame(geometry=some) for some in plain]
    named = list(map(str, range(len(levels))))
    Topology(levels, object_name=named, prequantize=12_000, shared_coords=False)
    return time.process_time() - begun


def coverage(home: Path) -> float:
    """The table of figures as CSV, by Arrow."""
    import pyarrow.csv as csv

    made = home / "maps" / "coverage.csv"
    table = csv.read_csv(made)
    begun = time.process_time()
    csv.write_csv(table, os.devnull)
    return time.process_time() - begun


def snapshot(home: Path) -> float:
    """The snapshot as Parquet."""
    import pyarrow.parquet as pq

    [made] = (home / "maps" / "snapshots").glob("*.parquet")
    table = pq.read_table(made)
    begun = time.process_time()
    pq.write_table(table, os.devnull, compression="zstd")
    return time.process_time() - begun


def workbook(home: Path) -> float:
    """The report's members put together from as many pieces as they have cells, and compressed."""
    with zipfile.ZipFile(home / "maps" / "report.xlsx") as book:
        members = [book.read(name).decode().split("<c ") for name in book.namelist()]
    begun = time.process_time()
    for pieces in members:
        zlib.compress("<c ".join(pieces).encode(), LEVEL)
    return time.process_time() - begun


def page(home: Path) -> float:
    """The page's parts, compressed."""
    raw = [path.read_bytes() for path in sorted((home / "parts").iterdir())]
    begun = time.process_time()
    for content in raw:
        zlib.compress(content, LEVEL)
    return time.process_time() - begun


STEPS = {
    step.__name__: step
    for step in (digests, ledgers, boundaries, coverage, snapshot, workbook, page)
}
# what follows a small ledger that changed
CHANGED = ["load few", "digests", "coverage", "snapshot", "workbook", "page"]


def _layers(home: Path) -> list[Path]:
    return sorted(path for path in (home / "layers").iterdir() if path.is_file())


def keep_parts(home: Path) -> None:
    """Run once in this process, and keep what the page compresses."""
    import hbgeo
    from hbgeo.show.page import pack as module

    (home / "parts").mkdir()
    pack = module.pack

    def noted(raw: bytes, **how: bool) -> str:
        (home / "parts" / f"{len(list((home / 'parts').iterdir())):04}").write_bytes(raw)
        return pack(raw, **how)

    module.pack = noted
    forget(home)
    hbgeo.run(home).write(home / "maps")


def seconds(home: Path, step: str) -> float:
    """CPU seconds of a step in a process of its own, without what it loads."""
    command = [sys.executable, __file__, "--step", step, "--home", str(home)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure(home: Path, rounds: int) -> dict[str, list[float]]:
    """By step its seconds, round by round; `import`, `load` and the runs too."""
    run = [sys.executable, "-m", "hbgeo", "-C", str(home), "run"]
    took: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, those in LOADED.items():
            took.setdefault(name, []).append(take([sys.executable, "-c", f"import {those}"]).cpu)
        for step in STEPS:
            took.setdefault(step, []).append(seconds(home, step))
        forget(home)
        took.setdefault("nothing kept", []).append(take(run).cpu)
        change(home)
        take(run)
        change(home)
        took.setdefault("a ledger changed", []).append(take(run).cpu)
        for older in (home / "maps" / "snapshots").glob("*-*-*-*.parquet"):
            older.unlink()
    return took


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signs", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--step", choices=list(STEPS))
    parser.add_argument("--parts", action="store_true")
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    if given.step:
        print(STEPS[given.step](given.home))  # noqa: T201 - a script
        return
    if given.parts:
        keep_parts(given.home)
        return
    home = Path(tempfile.mkdtemp(prefix="hbgeo-bench-")) / "home"
    if given.signs:
        make_signs_workspace(home, "csv", given.signs)
    else:
        make_workspace(home)
    subprocess.run([sys.executable, __file__, "--parts", "--home", str(home)], check=True)
    took = {name: statistics.median(some) for name, some in measure(home, given.rounds).items()}
    base = took.pop("import")
    for title, steps, run in (
        ("nothing kept", ["load", *STEPS], took["nothing kept"]),
        ("a ledger changed", CHANGED, took["a ledger changed"]),
    ):
        print(f"{title} (load {os.getloadavg()[0]:.1f}; import geopandas {base:.2f} s)")  # noqa: T201
        for name in steps:
            print(f"  {name:12} {took[name]:6.2f} s {took[name] / base:6.2f} ×")  # noqa: T201
        floor = sum(took[name] for name in steps)
        print(f"  {'floor':12} {floor:6.2f} s {floor / base:6.2f} ×, and a fifth {1.2 * floor / base:.2f} ×")  # noqa: T201  # fmt: skip
        print(f"  {'hbgeo run':12} {run:6.2f} s {run / base:6.2f} ×: {run / floor:.2f} floors")  # noqa: T201
    shutil.rmtree(home.parent)


if __name__ == "__main__":
    main()
