"""How fast ledgers are read: a million signs as CSV, read, placed and checked; 100,000 rows as xlsx.

    python tests/bench/bench_ledger.py                # both, each in a process of its own
    python tests/bench/bench_ledger.py csv 1000000    # one of them, with so many rows

Prints wall and CPU seconds and the peak of memory. The rows are invented; units and villages are
those of the sample.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

from hbgeo.sample import make_workspace
from hbgeo.workspace import Workspace

CASES = {"csv": 1_000_000, "xlsx": 100_000}


def make_signs(workspace: Workspace, n: int, seed: int = 1) -> pd.DataFrame:
    """Make n signs about the sample's villages, as a county would list them."""
    rng = np.random.default_rng(seed)
    villages = workspace.units("village").dropna(subset=["x"])
    at = villages.iloc[rng.integers(0, len(villages), n)]
    number = np.arange(n).astype(str)
    kinds = rng.choice(["村牌", "自然村牌", "路牌", "门牌"], n)
    return pd.DataFrame(
        {
            "标志编号": "BZ" + pd.Series(number).str.zfill(9),
            "标志名称": "示例" + at["name"].to_numpy() + number,
            "标志类别": kinds,
            "指代地名": at["name"].to_numpy(),
            "所在县": at["county"].to_numpy(),
            "所在乡镇": at["township"].to_numpy(),
            "所在村": at["name"].to_numpy(),
            "经度": np.round(at["x"].to_numpy() + rng.normal(0, 1e-3, n), 6),
            "纬度": np.round(at["y"].to_numpy() + rng.normal(0, 1e-3, n), 6),
            "坐标系": "CGCS2000",
            "设置时间": pd.to_datetime("2015-01-01")
            + pd.to_timedelta(rng.integers(0, 3000, n), unit="D"),
            "状态": rng.choice(["完好", "破损", "待设"], n, p=[0.9, 0.08, 0.02]),
            "备注": "示例",
        }
    )


def write_signs(signs: pd.DataFrame, path: Path) -> None:
    """Write the ledger as the suffix of `path` says."""
    signs = signs.assign(设置时间=signs["设置时间"].dt.strftime("%Y-%m-%d"))
    if path.suffix == ".csv":
        signs.to_csv(path, index=False, encoding="utf-8-sig")
        return
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("台账")
    sheet.write_row(0, 0, list(signs.columns))
    for r, row in enumerate(signs.itertuples(index=False, name=None), start=1):
        sheet.write_row(r, 0, row)
    book.close()


def make_signs_workspace(folder: Path, kind: str, n: int) -> Path:
    """Make the sample's workspace with a ledger of n signs in place of its own; return the ledger."""
    make_workspace(folder)
    ledger = folder / "layers" / f"signs.{kind}"
    write_signs(make_signs(Workspace.open(folder), n), ledger)
    shutil.rmtree(folder / "maps" / ".cache", ignore_errors=True)
    catalog = folder / "layers" / "catalog.toml"
    own = f'[sign]\nrole = "facilities"\npath = "signs.{kind}"\nsource = "示例"\nsample = true\n\n'
    text = re.sub(
        r"^\[sign\]$.*?(?=^\[|\Z)", own, catalog.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    catalog.write_text(text, "utf-8")
    return ledger


def run(kind: str, n: int) -> None:
    """Make the ledger, then read, place and check it in a process of its own."""
    folder = Path(tempfile.mkdtemp(prefix="hbgeo-bench-")) / "ws"
    size = make_signs_workspace(folder, kind, n).stat().st_size / 1e6
    print(f"{kind}: {n:,} rows, {size:.0f} MB", flush=True)  # noqa: T201 - a script
    subprocess.run([sys.executable, __file__, "measure", str(folder)], check=True)
    shutil.rmtree(folder.parent)


def measure(folder: Path) -> None:
    """Read, place and check the signs; print what each step took."""
    from hbgeo.read.layer import read_layer

    workspace = Workspace.open(folder)
    workspace.units("village")
    start, before = time.perf_counter(), time.process_time()

    def said(step: str) -> None:
        wall, cpu = time.perf_counter() - start, time.process_time() - before
        status = Path("/proc/self/status").read_text("ascii")  # ru_maxrss would be the parent's
        peak = int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024
        print(f"  {step:<24} {wall:6.1f} s  CPU {cpu:6.1f} s  peak {peak:6.0f} MB", flush=True)  # noqa: T201 - a script

    made = read_layer(workspace.catalog.layers["sign"], workspace.catalog.folder)
    said(f"read {len(made.frame):,} rows")
    del made
    start, before = time.perf_counter(), time.process_time()
    frame = workspace.layer("sign")
    said(f"read and tied {len(frame):,}")
    issues = workspace.issues(["sign"])
    said(f"placed, checked: {len(issues):,}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(Path(sys.argv[2]))
    else:
        chosen = {sys.argv[1]: int(sys.argv[2])} if sys.argv[2:] else CASES
        for case, rows in chosen.items():
            run(case, rows)
