"""Where each CPU second of a command goes, as a table: nothing kept, all kept, a ledger changed.

    python tests/bench/bench_profile.py                    # the sample
    python tests/bench/bench_profile.py --signs 1000000    # with so many signs in it

Every command is run in one process of its own (the helping worker would hide half of it; only foreign
files are read apart, their CPU is the row of that name). A timer of CPU time looks once a millisecond
which of the functions below is at work, the innermost counts, and gives it the time since the last
look: what a library does inside belongs to who called it. Needs a system with SIGPROF.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from types import FrameType

# what is at work, by the file it stands in and its name; "" stands for all of a file or a folder
WORK = {
    ("<frozen importlib._bootstrap>", "_find_and_load"): "modules loaded",
    ("hbgeo/store/whole.py", ""): "fingerprints of files",
    ("hbgeo/store/fingerprint.py", ""): "fingerprints of files",
    ("hbgeo/store/", ""): "kept things read and written",
    ("hbgeo/worker.py", ""): "waiting and sending",
    ("hbgeo/process.py", ""): "waiting and sending",
    ("hbgeo/read/file/", ""): "files read",
    ("hbgeo/read/schema/", ""): "cells understood",
    ("hbgeo/read/cell/", ""): "cells understood",
    ("hbgeo/read/divisions/", ""): "rows tied to units",
    ("hbgeo/read/units/", ""): "rows tied to units",
    ("hbgeo/read/enrich.py", ""): "units put together",
    ("hbgeo/read/", ""): "layers, other",
    ("hbgeo/measure/check/", ""): "rows checked",
    ("hbgeo/checking.py", ""): "rows checked",
    ("hbgeo/measure/placing.py", ""): "points placed",
    ("hbgeo/measure/locate.py", ""): "points placed",
    ("hbgeo/measure/grid/", ""): "points placed",
    ("hbgeo/measure/doubt/", ""): "doubts",
    ("hbgeo/measure/names/", ""): "names on signs",
    ("hbgeo/names/", ""): "names on signs",
    ("hbgeo/measure/snapshot.py", ""): "snapshot",
    ("hbgeo/measure/snapshot_file.py", ""): "snapshot",
    ("hbgeo/history.py", ""): "snapshot",
    ("hbgeo/measure/siting/", ""): "siting",
    ("hbgeo/plan/", ""): "siting",
    ("hbgeo/measure/", ""): "figures",
    ("hbgeo/show/page/", ""): "page",
    ("hbgeo/show/excel/", ""): "workbook",
    ("hbgeo/show/table/", ""): "tables",
    ("hbgeo/show/", ""): "words and screens",
    ("hbgeo/cli/", ""): "command line",
}
LOOK = 0.001  # seconds of CPU between two looks
ONE = "cemetery-township"
COMMANDS = {
    "run": ["run"], "stats ONE": ["stats", ONE], "stats": ["stats"], "check": ["check"],
    "map": ["map", "-o", "page.html"], "uncovered": ["uncovered", ONE],
    "plan": ["plan", ONE, "--to-target"], "names": ["names"],
}  # fmt: skip


class Looks:
    """Looks at what is at work, and adds up the CPU seconds between looks."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self.start = self._last = time.process_time()
        self._known: dict[tuple[str, str], str] = {}

    def look(self, _number: int, frame: FrameType | None) -> None:
        """Give the time since the last look to the innermost function that is listed."""
        now = time.process_time()
        work = ""
        while frame is not None and not work:
            work = self._of(frame.f_code.co_filename, frame.f_code.co_name)
            frame = frame.f_back
        self.spent[work or "other"] += now - self._last
        self._last = now

    def _of(self, file: str, name: str) -> str:
        if (file, name) not in self._known:
            path = file.replace(os.sep, "/")
            found = (
                work for (part, own), work in WORK.items() if part in path and own in {"", name}
            )
            self._known[file, name] = next(found, "")
        return self._known[file, name]


def run_looked_at(words: list[str]) -> None:
    """Run a command in this process, and print what its CPU seconds went into as JSON."""
    looks = Looks()
    signal.signal(signal.SIGPROF, looks.look)
    signal.setitimer(signal.ITIMER_PROF, LOOK, LOOK)
    sys.argv = ["hbgeo", *words]
    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    from hbgeo import worker
    from hbgeo.cli import main

    worker.helper = lambda *_modules: None
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    worker.shared().close()
    apart = resource.getrusage(resource.RUSAGE_CHILDREN)
    looks.spent["foreign files, read apart"] = apart.ru_utime + apart.ru_stime
    looks.spent["other"] += (
        time.process_time()
        - looks.start
        - sum(spent for work, spent in looks.spent.items() if work != "foreign files, read apart")
    )
    os.write(out, json.dumps(looks.spent).encode())


def looked_at(folder: Path, words: list[str]) -> Counter[str]:
    """What the CPU seconds of a command went into."""
    command = [sys.executable, __file__, "--look", "-C", str(folder), *words]
    done = subprocess.run(command, check=True, capture_output=True, cwd=folder)
    return Counter(json.loads(done.stdout))


def table(columns: dict[str, Counter[str]]) -> str:
    """A Markdown table: work down, commands across, CPU seconds."""
    every = sum(columns.values(), Counter())
    lines = [f"| CPU seconds | {' | '.join(columns)} |", f"|---|{'---:|' * len(columns)}"]
    for work, _ in every.most_common():
        cells = [f"{one[work]:.2f}" if one[work] >= 0.005 else "" for one in columns.values()]
        lines.append(f"| {work} | {' | '.join(cells)} |")
    whole = [f"**{sum(one.values()):.2f}**" for one in columns.values()]
    return "\n".join([*lines, f"| **all** | {' | '.join(whole)} |"])


def main() -> None:
    """Make the workspace and print the table."""
    from bench_ledger import make_signs_workspace  # who is looked at loads only its own
    from bench_run import change, forget, forget_answers

    from hbgeo.sample import make_workspace

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signs", type=int, default=0)
    given = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="hbgeo-bench-"))
    folder = home / "workspace"
    if given.signs:
        make_signs_workspace(folder, "csv", given.signs)
    else:
        make_workspace(folder)
    columns: dict[str, Counter[str]] = {}
    forget(folder)
    columns["run, nothing kept"] = looked_at(folder, ["run"])
    change(folder)
    columns["run, a ledger changed"] = looked_at(folder, ["run"])
    columns["run, nothing changed"] = looked_at(folder, ["run"])
    for title, words in COMMANDS.items():
        if title != "run":
            forget_answers(folder)
            columns[title] = looked_at(folder, words)
    print(table(columns))  # noqa: T201 - a script
    shutil.rmtree(home)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--look"]:
        run_looked_at(sys.argv[2:])
    else:
        main()
