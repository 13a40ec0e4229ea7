"""What flaws that many rows have alike add to a first run: a ledger of signs, clean and with each flaw.

    python tests/bench/bench_dirt.py                            # 200,000 signs, half of them flawed
    python tests/bench/bench_dirt.py --signs 1000000 --every 10
    python tests/bench/bench_dirt.py --only state twice

For each flaw CPU and wall seconds of the whole process tree and the peak of the largest process, beside
those of the clean ledger in the same row.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from bench_ledger import make_signs_workspace
from bench_run import Case, forget, in_turn, row

Cells = dict[str, str]
_PLACE = ("所在乡镇", "所在村", "经度", "纬度")


def _say(**given: str) -> Callable[[Cells], Cells]:
    return lambda cells: cells | given


FLAWS: Mapping[str, Callable[[Cells], Cells]] = {
    "state": _say(状态="基本正常"),
    "date": _say(设置时间="建国后"),
    "both": _say(状态="基本正常", 设置时间="建国后"),
    "village": _say(所在村="无此示例村"),
    "township": _say(所在乡镇="无此示例镇", 经度="", 纬度=""),
    "county only": _say(**dict.fromkeys(_PLACE, "")),
    "nowhere": _say(所在县="无此示例县", 所在乡镇="无此示例镇", 经度="", 纬度=""),
    "one place": _say(标志名称="示例路牌", 经度="114.3", 纬度="30.5"),
}


def spoil(clean: Path, flaw: str, every: int) -> None:
    """Give every so many rows a flaw; `twice` writes a second file with the same rows instead."""
    with clean.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    head = list(rows[0])
    if flaw == "twice":
        _write(clean.with_name(f"{clean.stem}2.csv"), head, rows[::every])
        return
    spoilt = FLAWS[flaw]
    _write(clean, head, [spoilt(one) if n % every == 0 else one for n, one in enumerate(rows)])


def _write(path: Path, head: list[str], rows: list[Cells]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as text:
        writer = csv.DictWriter(text, head)
        writer.writeheader()
        writer.writerows(rows)


def _add_file(folder: Path, ledger: Path) -> None:
    """Let the catalogue read the second file as well."""
    catalog = folder / "layers" / "catalog.toml"
    text = catalog.read_text("utf-8")
    one, both = f'"{ledger.name}"', f'["{ledger.name}", "{ledger.stem}2.csv"]'
    if one not in text:
        raise SystemExit(f"{catalog}: no {one}")
    catalog.write_text(text.replace(one, both), "utf-8")


def main() -> None:
    """Make the ledgers and print what a first run over each takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signs", type=int, default=200_000)
    parser.add_argument("--every", type=int, default=2)
    parser.add_argument("--only", nargs="+", default=[*FLAWS, "twice"])
    given = parser.parse_args()
    side, home = [sys.executable, "-m", "hbgeo"], Path(tempfile.mkdtemp(prefix="hbgeo-bench-"))
    clean = home / "clean"
    make_signs_workspace(clean, "csv", given.signs)
    print(f"{given.signs:,} signs, one in {given.every} flawed; left with the flaw, right clean")  # noqa: T201
    for flaw in given.only:
        folder = home / "flawed"
        shutil.copytree(clean, folder)
        ledger = folder / "layers" / "signs.csv"
        spoil(ledger, flaw, given.every)
        if flaw == "twice":
            _add_file(folder, ledger)
        case = Case(flaw, ["run"], forget)
        print(row(case, in_turn([side, side], [folder, clean], case, 1)), flush=True)  # noqa: T201
        shutil.rmtree(folder)
    shutil.rmtree(home)


if __name__ == "__main__":
    main()
