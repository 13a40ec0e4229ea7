"""Gives hbgeo damaged and hostile inputs, endlessly many; what it cannot take is kept as a test.

    python tests/bench/fuzz.py                       # a minute for each target
    python tests/bench/fuzz.py 30 catalogue policy   # so many minutes for each of these

An input that ends in a traceback, a crash, over 20 seconds or 2 GB is written to
`tests/corpus/TARGET/`, one for each kind of fault; `tests/test_corpus.py` gives all of them again.
"""

from __future__ import annotations

import hashlib
import io
import random
import re
import sys
import tempfile
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import nasty
from fuzz_targets import SUFFIX, TARGETS, Target
from fuzzing import Reader

CORPUS = Path(__file__).parent.parent / "corpus"
KEPT = 64 << 10  # bytes of an input that is worth keeping
Input = tuple[str, bytes]  # suffix, content


def fuzz(name: str, seconds: float, seed: int | None = None) -> dict[str, Path]:
    """Try inputs on a target for so long; give a file for each kind of fault."""
    target, reader = TARGETS[name], Reader(name)
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    seeds: list[Input] = [(suffix_of(n), content) for n, content in target.seeds().items()]
    known = {Path(p).suffix: p for p in (CORPUS / name).glob("*")}
    seeds += [(suffix, path.read_bytes()) for suffix, path in known.items()]
    faults: dict[str, Path] = {}
    tried, end = 0, time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            suffix, content = damaged(*chance.choice(seeds), target, chance)
            path = Path(folder) / f"a{suffix}"
            path.write_bytes(content[: target.most])
            tried += 1
            if not (said := reader.read(path)):
                continue
            kind = re.sub(r"[\d.,]+", "#", said)[:100]
            if kind not in faults:
                faults[kind] = keep(name, suffix, content[: target.most])
                print(f"  {said}\n    {faults[kind]}", flush=True)  # noqa: T201 - a script
    reader.stop()
    print(f"{name}: {tried:,} inputs, {len(faults)} faults", flush=True)  # noqa: T201 - a script
    return faults


def keep(name: str, suffix: str, content: bytes) -> Path:
    """Write an input to the corpus; a large one elsewhere."""
    folder = CORPUS / name if len(content) <= KEPT else Path(tempfile.gettempdir())
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(content).hexdigest()[:12]}{suffix}"
    path.write_bytes(content)
    return path


def suffix_of(name: str) -> str:
    """The suffix that a seed's name ends in."""
    found = SUFFIX.search(name)
    return found[0] if found else ""


def damaged(suffix: str, content: bytes, target: Target, chance: random.Random) -> Input:
    """A sound input with some damages: to a value, to a part of an archive, to any bytes."""
    if target.paths and chance.random() < 0.5:
        with suppress(ValueError):  # of the corpus, where not all is TOML
            return suffix, _exchange(nasty.parse(content.decode()), chance)
    if zipfile.is_zipfile(io.BytesIO(content)) and chance.random() < 0.8:
        return suffix, _damage_part(content, target, chance)
    return suffix, _damage(content, target, chance)


def _exchange(table: dict[str, Any], chance: random.Random) -> bytes:
    """The file with another value at one of its keys."""
    path, value = (chance.choice(list(some)) for some in (nasty.paths(table), nasty.NASTY.values()))
    return nasty.with_value(table, path, value).encode()


def _damage_part(content: bytes, target: Target, chance: random.Random) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        chosen = chance.choice(old.namelist())
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
            for part in old.namelist():
                inside = old.read(part)
                new.writestr(part, _damage(inside, target, chance) if part == chosen else inside)
    return made.getvalue()


def _damage(content: bytes, target: Target, chance: random.Random) -> bytes:
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        _damage_once(made, target.words, chance)
    return bytes(made)


def _damage_once(made: bytearray, words: tuple[bytes, ...], chance: random.Random) -> None:
    at = chance.randrange(len(made) + 1)
    to = min(len(made), at + chance.choice((1, 2, 4, 16, 64, 500)))
    match chance.randrange(9):
        case 0:
            made[at:to] = bytes(chance.randrange(256) for _ in range(to - at))
        case 1:
            del made[at:to]
        case 2:
            made[at:at] = made[at:to] * chance.choice((1, 2, 50, 500))
        case 3:
            other = chance.randrange(len(made) + 1)
            made[at:at] = made[other : other + to - at]
        case 4 if chance.random() < 0.3:
            del made[at:]
        case 5:
            made[at:to] = bytes(to - at)
        case 6 if at < len(made):
            made[at] ^= 1 << chance.randrange(8)
        case 7 if numbers := list(re.finditer(rb"\d+", made)):
            found = chance.choice(numbers)
            made[slice(*found.span())] = chance.choice((b"0", b"-1", b"1e999", b"9" * 40, b"65537"))
        case _ if words:
            word = chance.choice(words)
            made[at : at if chance.random() < 0.5 else at + len(word)] = word


if __name__ == "__main__":
    minutes = float(sys.argv[1]) if sys.argv[1:] else 1
    for chosen in sys.argv[2:] or TARGETS:
        fuzz(chosen, minutes * 60)
