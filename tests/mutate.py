"""How many mistakes the tests would notice: draws mutants of the source and runs the tests on each.

    python tests/mutate.py [--seed 20261125] [--count 150] [--jobs 2] [--only measure/pairs.py]

Draws `count` mutants of `read`, `measure` and `show/words.py` (see `mutants.py` for what a mutant
is), the same for the same seed and the same files. Each is put into a copy of the repository in a
folder of its own, and there first the tests of its module are run, then the golden cases, then the
second opinion; the first failure kills it, and so does a run of six times the usual time. The tests
of a module are the file of its name, those that import it, those that import what imports it, and
those a step further, in this order. Tests of programs outside Python are left out, save those of
`PROGRAMS` where the program is there; and so are those that fail without any mutant, which is said.

Prints one line a mutant, then the rate of the killed, and each survivor as a diff. A mutant of
`EQUIVALENT` cannot be noticed, for the reason given there, and counts neither way. Leaves with 1
where fewer than 92 % are killed. With two jobs on two free cores 150 mutants take half an hour.
"""

# ruff: noqa: T201 - a script says what it found
from __future__ import annotations

import argparse
import ast
import compileall
import difflib
import os
import py_compile
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from xml.etree import ElementTree as ET

from mutants import Mutant, draw

ROOT = Path(__file__).parent.parent
ROOMS = ("read", "measure", "show/words.py")
STEPS = 3  # of imports, from a test to the module it is a test of
LAST = ("test_golden.py", "test_second_opinion.py")
AT_LEAST = 92  # percent
PATIENCE, START = 6, 20.0  # times the usual time; seconds a run may take before it is slow
_NOT_COPIED = (".git", ".venv", "maps", "bench", "browser", "__pycache__", ".*_cache", ".pictures")
# a run in a process that may not eat the machine's memory, as an endless loop would
_RUN = (
    "import sys, pytest\n"
    "try:\n    import resource; resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))\n"
    "except ImportError:\n    pass\n"
    "sys.exit(pytest.main(sys.argv[1:]))"
)
# modules that nothing but a program outside Python can test → the tests of it, run first
PROGRAMS = {"read/file/postgis.py": "test_formats.py::TestPostgis"}
_OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-m", "not system", "--tb=no")

# file, the line it stands on, the change → why no test can notice it
_DIGITS = 'DIGITS = {"province": 2, "prefecture": 4, "county": 6, "township": 9, "village": 12}'
EQUIVALENT: dict[tuple[str, str, str], str] = {
    **dict.fromkeys(
        [
            ("read/divisions/__init__.py", _DIGITS, change)
            for change in ("2 → 3", "2 → 1", "4 → 5", "4 → 3")
        ],
        "both places that ask take six digits for provinces and prefectures before they look here",
    ),
    (
        "measure/grid/table.py",
        'lines = data[:4096].split(b"\\n", 2)',
        "4096 → 4095",
    ): "the two lines looked for are a dozen numbers and a key, some 300 bytes of the 4,096",
    (
        "measure/grid/table.py",
        'lines = data[:4096].split(b"\\n", 2)',
        "4096 → 4097",
    ): "as above",
    (
        "measure/trend.py",
        "return pd.DataFrame(columns=UNIT_COLUMNS)",
        "pd.DataFrame(columns=UNIT_COLUMNS) → pd.DataFrame()",
    ): "a table without rows is left out of those put together, and nothing else is asked of it",
    (
        "measure/check/texts.py",
        "ends = np.frombuffer(bounds, np.int64)[texts.offset :][: len(texts) + 1]",
        "1 → 2",
    ): "the text behind a piece is looked at with it, and marked by its own piece all the same",
    (
        "read/units/naming.py",
        "if size * (len(words) + 1) > _MOST:",
        "size * (len(words) + 1) > _MOST → size * (len(words) + 1) >= _MOST",
    ): "numbers given anew one column earlier: rows alike share one either way",
    **dict.fromkeys(
        [
            ("read/cleaning.py", line, f"{rows} → {rows.replace(', name=None', '')}")
            for line, rows in (
                (
                    "where = near[PROVENANCE].itertuples(index=False, name=None)",
                    "near[PROVENANCE].itertuples(index=False, name=None)",
                ),
                (
                    '";".join(why.get(k, [])) for k in mine[PROVENANCE].itertuples(index=False, name=None)',
                    "mine[PROVENANCE].itertuples(index=False, name=None)",
                ),
                (
                    "keys = set(made.aside[PROVENANCE].itertuples(index=False, name=None))",
                    "made.aside[PROVENANCE].itertuples(index=False, name=None)",
                ),
            )
        ],
        "a named tuple equals the plain one, and hashes alike",
    ),
    **dict.fromkeys(
        [
            (
                "measure/check/lacking.py",
                'county, code = str(mine["county"].iloc[0]), str(mine["county_code"].iloc[0])',
                "0 → 1",
            )
        ],
        "the rows are of one county, and two at least",
    ),
    (
        "read/file/shapefile.py",
        'codes = [c != "geometry" and _all_digits(frame[c]) for c in frame.columns]',
        "\"geometry\" → ''",
    ): "the text of a shape is never six to twelve digits, and no heading is empty",
    **dict.fromkeys(
        [
            (
                "read/stream/plain.py",
                "at = np.flatnonzero((values >= bounds[0]) & (values < bounds[1]))",
                change,
            )
            for change in (
                "values >= bounds[0] → values > bounds[0]",
                "values < bounds[1] → values <= bounds[1]",
            )
        ],
        "a power of ten has no month where an id card has one",
    ),
    (
        "read/divisions/heirs.py",
        'found[level] = Heirs(_links([(c, c, "", True) for c in lists[0].index]))',
        "0 → 1",
    ): "it stands where both lists are the same",
    (
        "read/file/shapefile.py",
        "head = _head(file, 100)",
        "100 → 101",
    ): "whether it is a hundred bytes at least is asked, and what stands in the first of them",
    (
        "read/file/shapefile.py",
        "records.append((length - 100) // 8)",
        "100 → 99",
    ): "the records of an index are of eight bytes each",
    (
        "read/units/ids.py",
        "first = np.zeros(number.max(initial=-1) + 1, np.intp)",
        "1 → 2",
    ): "one place more, which no number asks for",
    (
        "read/units/ids.py",
        "return np.asarray(connected_components(graph, directed=False)[1])",
        "connected_components(graph, directed=False) → connected_components(graph)",
    ): "of a directed graph it gives the weakly connected parts, which are the same",
    (
        "measure/snapshot.py",
        'table = rest[where].reindex(columns=TEXTS[3:-1], fill_value="").assign(code=rest.index)',
        "3 → 2",
    ): "the column more is that of codes, which is put there right after",
    **dict.fromkeys(
        [
            (
                "measure/check/tables.py",
                (
                    'plane = [f[["x", "y"]].to_numpy(float) * (111_320 * shrink, 110_950) '
                    "for f in (rows, before)]"
                ),
                change,
            )
            for change in (
                "111_320 → 111321",
                "111_320 → 111319",
                "110_950 → 110951",
                "110_950 → 110949",
            )
        ],
        "a millimetre in a hundred metres, on a plane that is out by more",
    ),
    (
        "read/divisions/served.py",
        "for end in range(len(rest) - 1, 1, -1):",
        "len(rest) - 1 → len(rest) + 1",
    ): "a text that is a township's whole has been found before",
    (
        "read/cell/coordinates.py",
        "if float(minutes or 0) >= 60 or float(rest or 0) >= 60:",
        "0 → 1",
    ): "nought and one are both below sixty",
    (
        "read/units/copies.py",
        'table = pd.DataFrame({"thing": things, "sheet": sheets})',
        "\"sheet\" → ''",
    ): "the column is compared with all others, and asked for by no name",
    (
        "read/cell/decimals.py",
        "for digits in range(EXACT_DIGITS + 1):",
        "1 → 0",
    ): "numbers that no power of ten makes whole are added as fractions, with the same sum",
    (
        "measure/placing.py",
        "placed = place(",
        (
            "place( frame, of_level.frame, named=named, index=indexes.get(level), "
            "approximate=of_level.approximate, ) → place(frame, of_level.frame, named=named, "
            "approximate=of_level.approximate)"
        ),
    ): "without a ready index `place` makes the same one of the same units, only later",
    **dict.fromkeys(
        [
            (
                "read/points.py",
                "codes = [order.index(word) if word in order else -1 for word in words]",
                change,
            )
            for change in ("1 → 2", "1 → 0")
        ],
        "it stands for words that no row has, and no row takes it",
    ),
    (
        "measure/grid/lay.py",
        "first = np.flatnonzero(np.diff(keys, prepend=-1))",
        "1 → 2",
    ): "before the first of the numbers, none below nought, stands one that is not it either way",
    **{
        (
            file,
            line,
            f'pd.Series("", {frame}.index, dtype="str") → pd.Series(\'\', {frame}.index)',
        ): ("a text alone makes a column of texts, with or without rows")
        for file, line, frame in (
            (
                "read/schema/tidy.py",
                'frame[column] = pd.Series("", frame.index, dtype="str")',
                "frame",
            ),
            ("read/units/naming.py", 'return pd.Series("", frame.index, dtype="str")', "frame"),
            (
                "read/units/ids.py",
                'own = frame.get("id", pd.Series("", frame.index, dtype="str"))',
                "frame",
            ),
            (
                "read/units/copies.py",
                'own = rows.get("id", pd.Series("", rows.index, dtype="str"))',
                "rows",
            ),
            (
                "read/divisions/crosswalk.py",
                'blank = pd.Series("", rows.index, dtype="str")',
                "rows",
            ),
            (
                "read/shapes.py",
                'names = frame["name"] if "name" in frame else pd.Series("", frame.index, dtype="str")',
                "frame",
            ),
            ("measure/methods.py", 'blank = pd.Series("", rows_of.index, dtype="str")', "rows_of"),
            ("measure/snapshot.py", 'return pd.Series("", units.index, dtype="str")', "units"),
        )
    },
    **dict.fromkeys(
        [
            (
                "read/issues.py",
                'return table.sort_values(order, kind="stable", ignore_index=True)',
                (
                    'table.sort_values(order, kind="stable", ignore_index=True) → '
                    "table.sort_values(order, ignore_index=True)"
                ),
            ),
        ],
        "by several columns pandas sorts stably, whatever is asked for",
    ),
    **dict.fromkeys(
        [
            (
                "measure/pairs.py",
                'order = np.argsort(pairs.facility, kind="stable")',
                'np.argsort(pairs.facility, kind="stable") → np.argsort(pairs.facility)',
            ),
            (
                "measure/pairs.py",
                'members = np.argsort(group, kind="stable")',
                'np.argsort(group, kind="stable") → np.argsort(group)',
            ),
        ],
        "no pair comes twice, and those of the same number are sorted by the other right after",
    ),
    **dict.fromkeys(
        [
            (
                "measure/pairs.py",
                (
                    "unit = pairs.unit.astype(np.uint16) if pairs.unit.max(initial=0) < 1 << 16 "
                    "else pairs.unit"
                ),
                change,
            )
            for change in ("16 → 15", "1 → 0", "1 << 16 → 1 >> 16", "0 → 1")
        ],
        "long numbers are sorted as short ones are, only later",
    ),
    (
        "measure/grid/lay.py",
        'order = np.argsort(band.astype(np.int16), kind="stable")  # 16 bits are sorted by radix',
        'np.argsort(band.astype(np.int16), kind="stable") → np.argsort(band.astype(np.int16))',
    ): "what the sides of a band give is sorted and put together, in whatever order they come",
    (
        "measure/check/datum.py",
        'order = np.argsort(stated, kind="stable")  # one unit after the other stays in the cache',
        'np.argsort(stated, kind="stable") → np.argsort(stated)',
    ): "each answer is put back to the point it is for",
    (
        "read/cell/values.py",
        'return np.array(ends, dtype="datetime64[D]").astype("datetime64[s]")',
        'np.array(ends, dtype="datetime64[D]") → np.array(ends)',
    ): "days and nothing become the same seconds either way",
    (
        "read/stream/plain.py",
        "values = pc.fill_null(cells, 0).to_numpy(zero_copy_only=False)",
        "0 → 1",
    ): "nought and one are both no number of a person",
    **dict.fromkeys(
        [
            (
                "read/stream/plain.py",
                "_EXACT = 2**53  # beyond, a float has lost the last figures",
                change,
            )
            for change in ("53 → 54", "53 → 52")
        ]
        + [
            (
                "read/stream/plain.py",
                "inexact = floating and bounds[1] > _EXACT and not ids",
                change,
            )
            for change in ("1 → 0", "bounds[1] > _EXACT → bounds[1] >= _EXACT")
        ],
        "the old cards lie below it and the new ones above, with both their bounds",
    ),
    (
        "read/units/naming.py",
        "keys, size = np.zeros(rows, np.int64), 1",
        "1 → 2",
    ): "numbers given anew one column earlier: rows alike share one either way",
    (
        "measure/discs.py",
        'order = np.argsort(unit, kind="stable")',
        'np.argsort(unit, kind="stable") → np.argsort(unit)',
    ): "discs put together cover the same ground in whatever order",
    **dict.fromkeys(
        [
            (
                "measure/trend.py",
                'return table.sort_values("code", kind="stable", ignore_index=True)[UNIT_COLUMNS]',
                change,
            )
            for change in (
                "True → False",
                (
                    'table.sort_values("code", kind="stable", ignore_index=True) → '
                    "table.sort_values('code', kind='stable')"
                ),
            )
        ],
        "the tables of all indicators are put together and numbered anew",
    ),
    **dict.fromkeys(
        [
            (
                "measure/trend.py",
                'where = pair.later.reindex(table["code"]).reset_index(drop=True)',
                change,
            )
            for change in (
                "True → False",
                (
                    'pair.later.reindex(table["code"]).reset_index(drop=True) → '
                    "pair.later.reindex(table['code']).reset_index()"
                ),
            )
        ],
        "of its columns four others are taken",
    ),
    (
        "measure/trend.py",
        'for one, table in counted.groupby("indicator", sort=False):',
        "counted.groupby(\"indicator\", sort=False) → counted.groupby('indicator')",
    ): "the rows are sorted by indicator and date in the end",
    (
        "read/file/quotes.py",
        "at = _end(rest, text, close + 1)",
        "1 → 0",
    ): "the closing quote is passed over as is whatever stands behind it in its cell",
    (
        "read/cell/column.py",
        "made = pa.array(cells, type=pa.large_string(), from_pandas=True)",
        (
            "pa.array(cells, type=pa.large_string(), from_pandas=True) → "
            "pa.array(cells, type=pa.large_string())"
        ),
    ): "of a column of pandas Arrow takes it so unasked",
    (
        "measure/check/texts.py",
        "texts = pa.array(cells, pa.large_string(), from_pandas=True)",
        (
            "pa.array(cells, pa.large_string(), from_pandas=True) → "
            "pa.array(cells, pa.large_string())"
        ),
    ): "as above",
    (
        "measure/check/texts.py",
        "tried = np.zeros(sys.maxunicode + 1, dtype=np.int8)",
        ("np.zeros(sys.maxunicode + 1, dtype=np.int8) → np.zeros(sys.maxunicode + 1)"),
    ): "less than, more than and nought are told of wider numbers too",
    **dict.fromkeys(
        [
            (
                "measure/distance.py",
                "tied = np.flatnonzero(chord[:, 1] - chord[:, 0] <= TIE_M)",
                change,
            )
            for change in ("1 → 0", "0 → 1")
        ],
        "of one that is not tied the nearest alone is within reach, and taken again",
    ),
    **dict.fromkeys(
        [
            ("measure/distance.py", "long = np.flatnonzero(chord > 400_000)", change)
            for change in (
                "400_000 → 400001",
                "400_000 → 399999",
                "chord > 400_000 → chord >= 400000",
            )
        ],
        "there both ways of reckoning agree to a milliardth",
    ),
    (
        "measure/grid/lay.py",
        "split = (blocks[:, 0] <= FIRST) | (blocks != blocks[:, :1]).any(axis=1)",
        "0 → 1",
    ): "a block whose first two cells differ is split anyway",
    (
        "read/units/naming.py",
        "if size * (len(words) + 1) > _MOST:",
        "size * (len(words) + 1) > _MOST → not size * (len(words) + 1) > _MOST",
    ): "numbers given anew at every column: rows alike share one either way",
    (
        "read/units/naming.py",
        (
            '_UPTO = {"county": 2, "township": 4, "village": 6}  '
            "# of those columns, the ones a level needs"
        ),
        "6 → 7",
    ): "there are six columns",
    (
        "measure/snapshot_file.py",
        'numbers = [*map(int, one.get("years", ())), float(one.get("apart", 0))]',
        "0 → 1",
    ): "nought and one are both finite",
    (
        "measure/pairs.py",
        '("township_code", 9),',
        "9 → 10",
    ): "the code of a township has nine digits",
    (
        "read/divisions/register.py",
        "return False",
        "return False → return None",
    ): "it is asked for by an `if` alone",
    (
        "read/cell/decimals.py",
        "if (whole / scale == values).all():",
        "whole / scale → whole * scale",
    ): "numbers that no power of ten makes whole are added as fractions, with the same sum",
    (
        "read/divisions/spelling.py",
        'if counties is None or not {"province", "prefecture"} <= set(counties.columns):',
        (
            '{"province", "prefecture"} <= set(counties.columns) → '
            "{'province', 'prefecture'} < set(counties.columns)"
        ),
    ): "a layer of counties has a column of names as well",
    (
        "read/file/excel_xml.py",
        "_COLUMNS = {1: 26, 2: 702, 3: 18_278}  # that so many letters can name",
        "18_278 → 18277",
    ): "no number of rows lies between, and what is looked at more closely is told exactly",
    (
        "read/file/excel_xml.py",
        "_COLUMNS = {1: 26, 2: 702, 3: 18_278}  # that so many letters can name",
        "18_278 → 18279",
    ): "as above",
    **dict.fromkeys(
        [
            (
                "read/cell/coordinates.py",
                "packed = (first >= CHINA[0]) & (first < CHINA[2]) & (second > CHINA[1])",
                "first < CHINA[2] → first <= CHINA[2]",
            ),
            *(
                (
                    "read/cell/coordinates.py",
                    "fits = (values >= 30_000) & (values < 1_360_000) & (minutes < 60) & (seconds < 60)",
                    change,
                )
                for change in (
                    "values < 1_360_000 → values <= 1360000",
                    "1_360_000 → 1360001",
                    "1_360_000 → 1359999",
                    "values >= 30_000 → values > 30000",
                    "30_000 → 29999",
                )
            ),
        ],
        "the bounds of the figures and those of the degrees say the same, and either alone holds",
    ),
    **dict.fromkeys(
        [
            ("measure/distance.py", "bend = np.where(bend > 0, bend, 1 / across)", change)
            for change in ("1 / across → 1 * across", "1 → 2")
        ],
        "without a bend both are one place, and of no chord any radius makes nought",
    ),
    **dict.fromkeys(
        [
            ("read/file/encoding.py", line, change)
            for line in (
                "marked = _marked(data[:4], declared)",
                "marked = _marked(file.read(4), declared)",
            )
            for change in ("4 → 5", "4 → 3")
        ],
        "no mark is longer than three bytes",
    ),
    **dict.fromkeys(
        [
            (
                "read/units/ids.py",
                "numbers = pd.factorize(numbers * max(len(words), 1) + own)[0]",
                change,
            )
            for change in ("1 → 0", "1 → 2")
        ],
        "without a word there is no row, and one word beside another column tells nothing more",
    ),
    **dict.fromkeys(
        [
            (
                "read/file/shapefile.py",
                'name = data[i : i + 11].split(b"\\0")[0]',
                change,
            )
            for change in ("11 → 12", "11 → 10")
        ],
        "a name has ten bytes at most, and a nought behind the last",
    ),
    **dict.fromkeys(
        [
            ("read/cell/decimals.py", "for digits in range(EXACT_DIGITS + 1):", change)
            for change in ("EXACT_DIGITS + 1 → EXACT_DIGITS - 1", "1 → 2")
        ],
        "numbers that no power of ten makes whole are added as fractions, with the same sum",
    ),
    (
        "measure/grid/lay.py",
        "per = across / max(east - west, north - south, 1e-300)",
        "1e-300 → 1.0",
    ): "how fine the grid is: it is exact on any",
    (
        "read/file/quotes.py",
        "inside = _LINE_END.split(text[at + 1 : close])",
        "1 → 0",
    ): "the quote itself is neither a separator nor a line end",
    **dict.fromkeys(
        [
            (
                "read/units/villages.py",
                "for (county, name, mark), first, places in groups.itertuples(name=None):",
                "groups.itertuples(name=None) → groups.itertuples()",
            ),
            (
                "measure/coverage.py",
                "keys = sorted(k for k in pairs.itertuples(index=False, name=None) if k[0])",
                "pairs.itertuples(index=False, name=None) → pairs.itertuples(index=False)",
            ),
            (
                "measure/carry.py",
                'cases = list(parts[["old", "new", "kind"]].itertuples(index=False, name=None))',
                (
                    'parts[["old", "new", "kind"]].itertuples(index=False, name=None) → '
                    "parts[['old', 'new', 'kind']].itertuples(index=False)"
                ),
            ),
            (
                "read/units/ids.py",
                "for file, sheet, row in where.head(_SHOWN).itertuples(index=False, name=None):",
                (
                    "where.head(_SHOWN).itertuples(index=False, name=None) → "
                    "where.head(_SHOWN).itertuples(index=False)"
                ),
            ),
            (
                "read/units/naming.py",
                "places = frame[PROVENANCE].iloc[at].itertuples(index=False, name=None)",
                (
                    "frame[PROVENANCE].iloc[at].itertuples(index=False, name=None) → "
                    "frame[PROVENANCE].iloc[at].itertuples(index=False)"
                ),
            ),
        ],
        "a named tuple equals the plain one, and is taken apart alike",
    ),
    **dict.fromkeys(
        [
            (
                "read/units/ids.py",
                "FEW = 200  # rows with shared ids that are compared without SciPy",
                change,
            )
            for change in ("200 → 201", "200 → 199")
        ]
        + [
            ("read/units/ids.py", f"if {count} > FEW:", f"{count} > FEW → {change}")
            for count in ("count", "len(at)")
            for change in (f"{count} >= FEW", f"not {count} > FEW")
        ],
        "with SciPy or without it the same rows are linked",
    ),
    **dict.fromkeys(
        [
            (
                "read/crs.py",
                "for _ in range(8):  # fixed point: each pass shrinks the error about 1000-fold",
                change,
            )
            for change in ("8 → 9", "8 → 7")
        ],
        "from the sixth pass on only the last bit moves, millionths of a millimetre",
    ),
    (
        "measure/methods.py",
        "return pd.DataFrame(",
        (
            'pd.DataFrame( { "name": qualified.get("name", ""), "x": qualified["x"], '
            '"y": qualified["y"], "named": qualified.get(f"{one.units}_code", ""), "served": '
            'qualified.get("served", nothing), "ways": qualified.get("ways", via_bits(one.via)), }, '
            "index=qualified.index, ) → pd.DataFrame({'name': qualified.get('name', ''), "
            "'x': qualified['x'], 'y': qualified['y'], 'named': "
            "qualified.get(f'{one.units}_code', ''), 'served': qualified.get('served', nothing), "
            "'ways': qualified.get('ways', via_bits(one.via))})"
        ),
    ): "x and y bear it",
    **dict.fromkeys(
        [
            ("measure/check/texts.py", "_ASCII = 127", change)
            for change in ("127 → 128", "127 → 126")
        ]
        + [
            (
                "measure/check/texts.py",
                'whole = str(own.data, "utf-8") if own.max(initial=0) > _ASCII else ""',
                change,
            )
            for change in ("own.max(initial=0) > _ASCII → own.max(initial=0) >= _ASCII", "0 → 1")
        ],
        "GBK has all of ASCII, and every other letter holds a byte above 0xC1",
    ),
    **dict.fromkeys(
        [
            (
                "measure/check/rows.py",
                "_, near = cKDTree(globe).query(globe, k=2, distance_upper_bound=TWICE_M * 1.01)",
                "1.01 → 2.01",
            ),
            ("measure/check/rows.py", "globe = 6.38e6 * np.column_stack(", "6.38e6 → 6380001.0"),
        ],
        "the nearest is the nearest, and what is farther than a hundred metres is left out after",
    ),
    **dict.fromkeys(
        [
            ("read/cell/column.py", "if table.size > _FEW:", change)
            for change in (
                "table.size > _FEW → table.size >= _FEW",
                "table.size > _FEW → not table.size > _FEW",
            )
        ]
        + [
            (
                "read/cell/column.py",
                "if table.size <= _FEW and not matches(_all_cells(table), _WRAPPED).any():",
                "table.size <= _FEW → table.size < _FEW",
            )
        ],
        "column by column or all at once, the cells say the same",
    ),
    (
        "read/cleaning.py",
        "return pd.DataFrame(made, index=frame.index)",
        "pd.DataFrame(made, index=frame.index) → pd.DataFrame(made)",
    ): "file, sheet and row are columns of it, and bear its index",
    (
        "measure/pairs.py",
        '("county_code", 6),',
        "6 → 7",
    ): "the code of a county has six digits",
    **dict.fromkeys(
        [
            ("read/cell/values.py", line, change)
            for line, change in (
                (
                    "coarse[rest] = np.array([a.step for a in angles], float)[few] >= COARSE",
                    (
                        "np.array([a.step for a in angles], float)[few] >= COARSE → "
                        "np.array([a.step for a in angles], float)[few] > COARSE"
                    ),
                ),
                (
                    "coarse = np.array([min(a.step, b.step) >= COARSE for a, b in pairs], bool)",
                    "min(a.step, b.step) >= COARSE → min(a.step, b.step) > COARSE",
                ),
            )
        ],
        "a step is a power of ten, or one by 60 or 3,600, and none of them 0.0009",
    ),
    (
        "read/file/excel_xml.py",
        "if last * _COLUMNS[letters] < _SPARSE_LIMIT:",
        "last * _COLUMNS[letters] < _SPARSE_LIMIT → last * _COLUMNS[letters] <= _SPARSE_LIMIT",
    ): "four million are no multiple of 26, 702 or 18,278",
    **dict.fromkeys(
        [
            (
                "measure/grid/index.py",
                "shapely.intersects_xy(polygons, (west + east) / 2, (south + north) / 2)",
                change,
            )
            for change in (
                "west + east → west - east",
                "south + north → south - north",
                "(west + east) / 2 → (west + east) * 2",
                "(south + north) / 2 → (south + north) * 2",
                "2 → 3",
                "2 → 1",
            )
        ],
        "any question makes GEOS build what it searches in, and the answer is thrown away",
    ),
    **dict.fromkeys(
        [
            (
                "measure/grid/index.py",
                "self._prepare(polygon[np.flatnonzero(np.diff(polygon, prepend=-1))])",
                change,
            )
            for change in ("1 → 2", "1 → 0")
        ],
        "a polygon that is not made ready gives the same answer, only later",
    ),
    (
        "measure/serving.py",
        "position = np.full(len(everything), -1, dtype=np.int32)",
        "1 → 2",
    ): "any number below nought says that a unit does not count",
    (
        "read/stream/points.py",
        "self._schema = replace(schema, columns=columns, counting=None)",
        ("replace(schema, columns=columns, counting=None) → replace(schema, columns=columns)"),
    ): "of the columns of coordinates none is a state or a date",
    (
        "read/file/kml.py",
        "self._length = 0",
        "0 → 1",
    ): "the first element sets it to nought before any text is counted",
    (
        "read/file/shapefile.py",
        "head = _head(table, 32)",
        "32 → 33",
    ): "whether it is 32 bytes at least is asked, and what stands in the first twelve",
    **dict.fromkeys(
        [
            (
                file,
                line,
                f"{{\"lon\", \"lat\"}} <= {names} → {{'lon', 'lat'}} < {names}",
            )
            for file, line, names in (
                (
                    "read/schema/match.py",
                    'if {"lon", "lat"} <= schema.columns.keys() and not shapes:',
                    "schema.columns.keys()",
                ),
                (
                    "read/schema/tidy.py",
                    'if shapes or not {"lon", "lat"} <= notes.schema.columns.keys():',
                    "notes.schema.columns.keys()",
                ),
                (
                    "read/schema/tidy.py",
                    'if {"lon", "lat"} <= set(frame.columns):',
                    "set(frame.columns)",
                ),
                (
                    "read/schema/tidy.py",
                    'apart = {"lon", "lat"} <= set(frame.columns)',
                    "set(frame.columns)",
                ),
                (
                    "read/points.py",
                    'elif {"lon", "lat"} <= set(frame.columns):',
                    "set(frame.columns)",
                ),
            )
        ],
        "a schema of coordinates has a name as well, and a frame says where its rows stood",
    ),
    (
        "read/enrich.py",
        'if not {"is_town_seat", "x"} <= set(villages.columns):',
        (
            '{"is_town_seat", "x"} <= set(villages.columns) → '
            "{'is_town_seat', 'x'} < set(villages.columns)"
        ),
    ): "a layer of villages has names as well",
    (
        "read/file/excel_xml.py",
        'if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= members.keys():',
        (
            '{"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= members.keys() → '
            "{'xl/workbook.xml', 'xl/_rels/workbook.xml.rels'} < members.keys()"
        ),
    ): "an archive of nothing else has no sheet to be named",
    (
        "measure/placements.py",
        "if (index := self._source.find_index(at)) is not None:",
        (
            "(index := self._source.find_index(at)) is not None → "
            "(index := self._source.find_index(at)) is None"
        ),
    ): "without a ready index `place` makes the same one of the same units, only later",
    (
        "measure/snapshot.py",
        'nowhere = pd.Series(dtype="str")',
        'pd.Series(dtype="str") → pd.Series()',
    ): "of a level without townships every unit gets an empty text, which makes a column of texts",
    (
        "read/cell/column.py",
        'return pd.Series(values, index=cells.index, dtype=object if made else "str")',
        (
            'pd.Series(values, index=cells.index, dtype=object if made else "str") → '
            "pd.Series(values, index=cells.index)"
        ),
    ): "pandas keeps an array of objects that are not all texts, and of none makes texts",
    **dict.fromkeys(
        [
            (
                "read/file/csv.py",
                "_ROW_LIMIT = 4 << 20  # bytes of a row, line ends in its cells included",
                change,
            )
            for change in ("4 → 5", "4 → 3", "20 → 21", "20 → 19")
        ],
        "the size from which a quote never closes: a choice, and far from any real row",
    ),
    (
        "read/units/polygons.py",
        'frame = gpd.GeoDataFrame(frame, geometry="geometry", crs=CGCS2000)',
        (
            'gpd.GeoDataFrame(frame, geometry="geometry", crs=CGCS2000) → '
            "gpd.GeoDataFrame(frame, crs=CGCS2000)"
        ),
    ): "a column of that name is taken unasked",
    (
        "measure/grid/index.py",
        "if self._grid is not None or self._asked > self._worth:",
        "self._asked > self._worth → self._asked >= self._worth",
    ): "by the cells or by the boxes the owners are the same",
    (
        "read/batch.py",
        "whole = frames[0] if len(frames) == 1 else _concat(frames, self._schema)",
        "1 → 0",
    ): "one frame put together says the same, in plain texts",
    (
        "measure/pairs.py",
        "yield short[row], pd.Index(names, dtype=object)",
        "pd.Index(names, dtype=object) → pd.Index(names)",
    ): "texts are found among texts, however they are held",
    (
        "measure/pairs.py",
        "both = np.zeros(len(facilities), dtype=bool)",
        "np.zeros(len(facilities), dtype=bool) → np.zeros(len(facilities))",
    ): "it is made numbers of one byte where it is asked",
    (
        "measure/pairs.py",
        "n = max(len(units), 1)",
        "1 → 0",
    ): "where there are no units there are no pairs to be divided",
    (
        "read/units/naming.py",
        "_MOST = 2**62  # numbers of namings that fit one integer",
        "62 → 63",
    ): "numbers below 2**63 fit as well",
    (
        "measure/check/texts.py",
        "tried = np.zeros(sys.maxunicode + 1, dtype=np.int8)",
        "1 → 2",
    ): "a place more, for a code point that no character has",
    (
        "read/batch.py",
        "if (np.diff(table) < 0).any():",
        "np.diff(table) < 0 → np.diff(table) <= 0",
    ): "a stable sort leaves what stands in order as it is",
}


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: killed, survived or equivalent; and by what, after how long."""

    state: str
    by: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Usual:
    """How long each test file takes without a mutant, and the tests that fail even so.

    `programs` are the modules whose program is installed.
    """

    seconds: dict[str, float]
    failing: tuple[str, ...]
    programs: frozenset[str] = frozenset()


def main() -> int:
    """Draw, run, and say what was found."""
    given = _arguments()
    mutants = draw(ROOT / "hbgeo", given.only or ROOMS, seed=given.seed, count=given.count)
    todo = [m for m in mutants if not proof(m)]
    with tempfile.TemporaryDirectory(prefix="mutants") as folder:
        copies = [make_copy(Path(folder) / str(n)) for n in range(given.jobs)]
        usual = time_tests(copies[0], sorted({t for m in todo for t in (*tests_of(m.file), *LAST)}))
        verdicts = dict(zip(map(id, todo), run_all(todo, copies, usual), strict=True))
    found = [(m, verdicts.get(id(m)) or Verdict("equivalent", proof(m))) for m in mutants]
    return report(found, usual)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", action="append", metavar="PATH", help="inside hbgeo, repeatable")
    return parser.parse_args()


def proof(mutant: Mutant) -> str:
    """Why a mutant cannot be noticed; "" where it can."""
    return EQUIVALENT.get((mutant.file, mutant.text, mutant.change), "")


def tests_of(file: str) -> list[str]:
    """The test files of a module, nearest first: the one of its name, then those that import it.

    Then those that import a module that does, and so on, `STEPS` imports away.
    """
    module = _module(file)
    named = [f"test_{part}.py" for part in reversed(module.split(".")[1:])]
    found = [name for name in named[:1] if name in _imports("tests")]
    near, seen, steps = {module}, {module}, 0
    while near and (steps < STEPS or not found):
        ring = {test for test, names in _imports("tests").items() if near & names}
        by_name = sorted(ring - {*found, *LAST}, key=lambda test: (test not in named, test))
        found += by_name
        near = {m for m, names in _imports("hbgeo").items() if near & names} - seen
        seen |= near
        steps += 1
    return found


def _module(file: str) -> str:
    parts = ("hbgeo", *Path(file).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _imports(room: str) -> dict[str, frozenset[str]]:
    """Each test file, or each module, and the modules it imports, wherever in the file."""
    if room == "tests":
        files = {path.name: path for path in (ROOT / room).glob("test_*.py")}
    else:
        paths = (ROOT / room).rglob("*.py")
        files = {_module(path.relative_to(ROOT / room).as_posix()): path for path in paths}
    return {name: frozenset(_imported(path)) for name, path in files.items()}


def _imported(path: Path) -> Iterable[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{one.name}" for one in node.names))


def make_copy(folder: Path) -> Path:
    """Copy the repository, compiled so that a changed file is always compiled again."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*_NOT_COPIED))
    (folder / "maps").mkdir()
    mode = py_compile.PycInvalidationMode.CHECKED_HASH
    compileall.compile_dir(folder / "hbgeo", quiet=1, invalidation_mode=mode)
    return folder


def time_tests(copy: Path, tests: Sequence[str]) -> Usual:
    """Run the test files without a mutant."""
    log = copy / "usual.xml"
    options = [option for option in _OPTIONS if option != "-x"]
    code = run_tests(copy, tests, [*options, f"--junitxml={log}"], timeout=3600)
    if code not in {0, 1}:
        raise SystemExit(f"the tests cannot be run at all: pytest left with {code}")
    seconds: dict[str, float] = dict.fromkeys(tests, 0.0)
    failing = []
    for case in ET.parse(log).iter("testcase"):  # noqa: S314 - pytest's own
        test = case.get("classname", "").split(".")[-1] + ".py"
        seconds[test] += float(case.get("time", 0))
        if case.find("failure") is not None or case.find("error") is not None:
            failing.append(f"tests/{test}::{case.get('name')}")
    there = {module for module in PROGRAMS if run_program_tests(copy, module) == 0}
    return Usual(seconds, tuple(failing), frozenset(there))


def run_all(mutants: Sequence[Mutant], copies: Sequence[Path], usual: Usual) -> list[Verdict]:
    """Run the tests on every mutant, as many at a time as there are copies."""
    free: SimpleQueue[Path] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def judge(mutant: Mutant) -> Verdict:
        copy = free.get()
        try:
            verdict = run(mutant, copy, usual)
        finally:
            free.put(copy)
        at = f"{mutant.file}:{mutant.line}"
        print(
            f"{verdict.state:8} {verdict.seconds:4.0f} s  {at}  {mutant.change[:110]}", flush=True
        )
        return verdict

    with ThreadPoolExecutor(len(copies)) as pool:
        return list(pool.map(judge, mutants))


def run(mutant: Mutant, copy: Path, usual: Usual) -> Verdict:
    """Run the tests on one mutant, which stands in the copy only meanwhile."""
    tests = [*tests_of(mutant.file), *LAST]
    limit = PATIENCE * (START + sum(usual.seconds[test] for test in tests))
    left_out = [f"--deselect={name}" for name in usual.failing]
    file = copy / "hbgeo" / mutant.file
    before, start = file.read_bytes(), time.monotonic()
    file.write_bytes(mutant.source.encode())
    try:
        code = run_program_tests(copy, mutant.file) if mutant.file in usual.programs else 0
        if code == 0:
            code = run_tests(copy, tests, [*_OPTIONS, *left_out], timeout=limit)
    finally:
        file.write_bytes(before)
        shutil.rmtree(copy / "maps" / ".cache", ignore_errors=True)
    took = time.monotonic() - start
    if code == 5:
        raise SystemExit(f"{mutant.file}: pytest ran nothing")
    if code == 0:
        return Verdict("survived", "", took)
    # 4: not even `conftest.py` can be imported, which it can without the mutant
    return Verdict("killed", "the clock" if code is None else "a test", took)


def run_program_tests(copy: Path, module: str) -> int | None:
    """Run the tests of a module that need a program outside Python."""
    options = ["system" if option == "not system" else option for option in _OPTIONS]
    return run_tests(copy, [PROGRAMS[module]], options, timeout=300)


def run_tests(
    copy: Path, tests: Sequence[str], options: Sequence[str], *, timeout: float
) -> int | None:
    """Run test files in a copy; None where the time is up."""
    about = {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "CI": "1"}
    command = [sys.executable, "-c", _RUN, *options, *(f"tests/{test}" for test in tests)]
    process = subprocess.Popen(
        command, cwd=copy, env=os.environ | about, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a run and what it started."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()


def report(found: Sequence[tuple[Mutant, Verdict]], usual: Usual) -> int:
    """Print the survivors and the rate; give what the script leaves with."""
    for name in usual.failing:
        print(f"left out, for it fails without a mutant: {name}")
    for mutant, verdict in found:
        if verdict.state == "equivalent":
            print(f"\nequivalent: {mutant.file}:{mutant.line}  {mutant.change}\n  {verdict.by}")
    for mutant, verdict in found:
        if verdict.state == "survived":
            print(f"\nsurvived: {mutant.file}:{mutant.line}  {mutant.change}")
            print(diff(mutant))
    states = [verdict.state for _, verdict in found]
    killed, survived = states.count("killed"), states.count("survived")
    rate = 100 * killed / max(killed + survived, 1)
    print(f"\n{killed} killed, {survived} survived, {states.count('equivalent')} equivalent: "
          f"{rate:.1f} % killed, {AT_LEAST} % wanted")  # fmt: skip
    return 0 if rate >= AT_LEAST else 1


def diff(mutant: Mutant) -> str:
    """The mutant as a unified diff of one line of context."""
    name, texts = f"hbgeo/{mutant.file}", (mutant.before, mutant.source)
    before, after = (text.splitlines() for text in texts)
    lines = difflib.unified_diff(before, after, name, name, n=1, lineterm="")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
