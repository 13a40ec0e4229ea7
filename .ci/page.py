"""Check the page's script with ESLint and the TypeScript compiler, as the one closure that it is.

The files are put together as for the page, so that every name is known and none is unused; what is
found is told by file and line. `npm install --prefix .ci` brings both programs.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from hbgeo.show.page.script import read_pieces

HERE = Path(__file__).parent
PAGE = HERE.parent / "hbgeo" / "show" / "page"
BUILD = HERE / "build"
PROGRAMS = HERE / "node_modules" / ".bin"


def main() -> int:
    """Say what is wrong, line by line; return 1 if anything is."""
    places = put_together()
    found = [*by_eslint(), *by_tsc()]
    for file, line, message in found:
        print(f"{places.get(file, {}).get(line, f'{file}:{line}')}: {message}")
    print(f"the page's script: {len(places['page.js'])} lines, {len(found)} complaints")
    return 1 if found else 0


def put_together() -> dict[str, dict[int, str]]:
    """Write what is to be checked; return where each of its lines comes from."""
    BUILD.mkdir(exist_ok=True)
    (BUILD / "guard.js").write_text((PAGE / "guard.js").read_text("utf-8"), "utf-8")
    text, places = "", {}
    for name, piece in read_pieces():
        before = text.count("\n")
        for n in range(1, piece.count("\n") + 1):
            places[before + n] = f"hbgeo/show/page/js/{name}:{n}" if name else f"the frame:{n}"
        text += piece
    (BUILD / "page.js").write_text(text, "utf-8")
    return {"page.js": places, "guard.js": {}}


def by_eslint() -> Iterator[tuple[str, int, str]]:
    """What ESLint finds."""
    told = json.loads(run("eslint", "build", "--format", "json"))
    for file in told:
        for one in file["messages"]:
            yield (
                Path(file["filePath"]).name,
                one.get("line", 0),
                f"{one['ruleId']}: {one['message']}",
            )


def by_tsc() -> Iterator[tuple[str, int, str]]:
    """What the TypeScript compiler finds in the types of the comments."""
    for line in run("tsc", "--project", ".", "--pretty", "false").splitlines():
        hit = re.match(r"(?:build/)?(\S+?)\((\d+),\d+\): error (.*)", line)
        yield (hit[1], int(hit[2]), hit[3]) if hit else ("tsc", 0, line)


def run(program: str, *arguments: str) -> str:
    """What a program says; one that does not run at all is an error of its own."""
    done = subprocess.run(
        [PROGRAMS / program, *arguments], cwd=HERE, capture_output=True, text=True, check=False
    )
    if done.returncode > 2 or (done.stderr and not done.stdout):
        sys.exit(f"{program}: {done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
