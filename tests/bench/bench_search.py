"""How long a search among 650,000 names takes, and what their index costs.

    python tests/bench/bench_search.py FOLDER [NAMES]

FOLDER is where hubei_codes_villages_2023.csv lies. The names are made up: real villages' names
taken apart and put together anew, with the generics of hamlets; half of the real ones stand among
them, and every tenth has a former name or an alias. Queries are made from the names themselves, and
some of them are of nothing. A query's time is that of the whole call `Finder.search`,
by the clock and by the processor.
"""

from __future__ import annotations

import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from hbgeo.measure.names.forms import plain_name
from hbgeo.measure.names.generics import split_generic
from hbgeo.measure.names.reading import Reader
from hbgeo.measure.names.tokens import ALIAS, NAME, OLD, said_of
from hbgeo.names.finding import Finder
from hbgeo.names.known import PLACES, Named, index_bytes, read_today
from hbgeo.read.characters.readings import plain, read_readings

GENERICS = [
    *"湾塆冲垸岗坡咀口岭坪塘堰桥沟畈垴店铺庙台",
    "屋场",
    "大屋",
    "老屋",
    "院子",
    "一组",
    "二组",
]
ROUNDS = 400  # queries of a kind


def make_names(folder: Path, count: int) -> Iterator[Named]:
    """Made-up names of the number asked for, all different in code, most in text."""
    rows = pd.read_csv(folder / "hubei_codes_villages_2023.csv", dtype=str)
    real = [plain_name(name) for name in rows["village_name"]]
    stems = sorted({split_generic(name)[0] for name in real})
    towns = [code[:9] for code in rows["village_code"]]
    rng = random.Random(18)  # noqa: S311 - not a secret
    for number in range(count):
        one, other = rng.choice(stems), rng.choice(stems)
        name = f"{one[:2]}{other[-1:] if rng.random() < 0.6 else ''}{rng.choice(GENERICS)}"
        if number % 2 == 0 and number // 2 < len(real):
            name = real[number // 2]
        town = towns[number % len(towns)]
        told = (name, "", "自然村", f"{town}{number:08d}", town, f"县{town[:6]}", 112.0, 31.0)
        forms = [(NAME, name, True)]
        if number % 10 == 0:
            forms.append((rng.choice((ALIAS, OLD)), f"{other}{rng.choice(GENERICS)}", True))
        yield Named((*told, town[:6], "placename"), tuple(forms), PLACES)


def make_queries(names: list[str], reader: Reader) -> dict[str, Callable[[], str]]:
    """Kind → what makes a query of it."""
    rng = random.Random(81)  # noqa: S311

    def pick() -> str:
        return rng.choice(names)

    def part(length: int) -> str:
        name = pick()
        start = rng.randrange(max(1, len(name) - length + 1))
        return name[start : start + length]

    def pinyin(*, toned: bool, gap: str) -> str:
        name = part(rng.choice((2, 3, 4)))
        return gap.join(
            s if toned else plain(s) for s in (o.options[0] for o in reader.read(name) if o.options)
        )

    def initials() -> str:
        return "".join(
            one[:1]
            for one in said_of(reader.read(part(rng.choice((2, 3, 4))))).split("|")[0].split(" ")
        )

    return {
        "whole names": pick,
        "three characters": lambda: part(3),
        "two characters": lambda: part(2),
        "one character": lambda: part(1),
        "two strange to each other": lambda: rng.choice(pick()) + rng.choice(pick()),
        "pinyin": lambda: pinyin(toned=False, gap=""),
        "pinyin, spaced": lambda: pinyin(toned=False, gap=" "),
        "pinyin with tones": lambda: pinyin(toned=True, gap=""),
        "one syllable": lambda: plain(reader.read(part(1))[0].options[0]),
        "one syllable, any tone": lambda: f"{plain(reader.read(part(1))[0].options[0])}{rng.randint(1, 4)}",
        "initials": initials,
        "one letter": lambda: rng.choice("abcdefghjklmnopqrstwxyz"),
        "nothing": lambda: rng.choice(("魑魅", "zzzzqqq", "vvv", "鑫")),
    }  # fmt: skip


def main() -> None:
    """Print the times and the size."""
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    folder = Path(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 650_000
    reader, today = Reader(read_readings()), read_today()
    named = list(make_names(folder, count))
    start, used = time.perf_counter(), time.process_time()
    content = index_bytes(named, reader, today)
    told = f"建立 {time.perf_counter() - start:.1f} s，CPU {time.process_time() - used:.1f} s"
    print(f"{count:,} 个编造的地名（示例），索引 {len(content) / 1e6:.0f} MB，{told}")  # noqa: T201
    start = time.perf_counter()
    finder = Finder(content, today)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"打开 {time.perf_counter() - start:.2f} s，进程内存峰值 {peak:.2f} GB")  # noqa: T201
    every: list[tuple[float, float]] = []
    for kind, make in make_queries([one.told[0] for one in named], reader).items():
        spent = []
        for _ in range(ROUNDS):
            text = make()
            start, used = time.perf_counter(), time.process_time()
            finder.search(text)
            spent.append((time.perf_counter() - start, time.process_time() - used))
        every += spent
        _say(kind, spent)
    _say("all of them", every)


def _say(kind: str, spent: list[tuple[float, float]]) -> None:
    told = []
    for name, seconds in zip(("clock", "CPU"), zip(*spent, strict=True), strict=True):
        cuts = [cut * 1e3 for cut in statistics.quantiles(seconds, n=100)]
        told.append(
            f"{name} p50 {cuts[49]:6.2f}  p95 {cuts[94]:6.2f}  most {max(seconds) * 1e3:7.2f}"
        )
    print(f"{kind:28}", "   ".join(told), "ms")  # noqa: T201


if __name__ == "__main__":
    main()
