"""`hbgeo collect`: what counties sent is read, merged into the province's workspace, and accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

import pandas as pd

from hbgeo.collect.base import prepare
from hbgeo.collect.counties import Counties
from hbgeo.collect.expected import Expected, read_expected
from hbgeo.collect.made import Made, keep_made, read_made
from hbgeo.collect.merging import FOLDER, entry_of, merge, with_entries
from hbgeo.collect.neighbours import Conflict, as_table, same_borders, same_facilities
from hbgeo.collect.parts import ASIDE
from hbgeo.collect.senders import find_senders
from hbgeo.collect.states import FILE, Standing, read_states, state_bytes, state_table
from hbgeo.collect.work import Piece, Work, is_collected, take_in, title_of
from hbgeo.errors import RequestError
from hbgeo.read.catalog_text import read_again, read_text
from hbgeo.read.issues import issue_rows, sort_issues
from hbgeo.show.collected import Collected
from hbgeo.show.table.csv import csv_bytes
from hbgeo.show.table.files import Staging
from hbgeo.store.fingerprint import fingerprint
from hbgeo.store.moves import complete_moves
from hbgeo.workspace import Workspace

BALANCE = ["layer", "title", "taken", "merged", "aside", "compared"]
SET_ASIDE = ["county_code", "county", "layer", *ASIDE]
PAPER, PAGE = "收集情况.xlsx", "collect.html"


@dataclass(frozen=True)
class _Merged:
    """What became of each layer.

    Attributes
    ----------
    tables
        The ledgers that are to be written; those that would be the same again are not.
    entries
        What the catalogue is to say of each; None takes it out.
    made
        What each was made from, and what comes of it, for the next time.
    """

    tables: Mapping[str, pd.DataFrame]
    entries: Mapping[str, Mapping[str, Any] | None]
    made: Mapping[str, Made]

    @property
    def conflicts(self) -> list[Conflict]:
        """What counties contradict each other in."""
        return [one for made in self.made.values() for one in made.conflicts]


def collect(
    folder: Path,
    home: Path,
    *,
    base: Path | None = None,
    expect: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Collected, list[Path]]:
    """Merge the workspaces and ledgers of a folder into the province's workspace.

    Parameters
    ----------
    folder
        Its entries are what counties sent: workspaces, folders of ledgers, ledgers.
    home, base
        The province's workspace; made from the units and policy of `base` where there is none.
    expect
        A list of who is expected to send, and until when.
    progress
        Told how many ledgers of how many are done.

    Returns
    -------
    collected, files
        What was found, and what was written, all of it or none.

    Raises
    ------
    HbgeoError
        If the folder, the workspace or the list is wrong. What a county sent wrongly is said of
        that county, and the others go on.
    """
    counties = Counties(workspace := _opened(folder, home, base))
    expected = read_expected(expect, counties) if expect else []
    before = read_states(home / "maps" / FILE)
    senders, unread = find_senders(folder, counties)
    work = Work(folder, workspace, counties, progress or (lambda _done, _of: None), unread)
    take_in(work, senders)
    found = _accounted(work, merged := _merged(work), expected, before)
    return found, _write(work, merged, found)


def _opened(folder: Path, home: Path, base: Path | None) -> Workspace:
    """The workspace that is collected into."""
    if folder.is_dir() and home.resolve().is_relative_to(folder.resolve()):
        raise RequestError(f"{home}：-o 不能在报送的文件夹 {folder} 里面；请写到别处")
    complete_moves(home)
    prepare(home, base)
    return Workspace.open(home)


def _merged(work: Work) -> _Merged:
    """Put the rows of all counties together; a ledger that would be the same again is not made."""
    tables, entries = dict[str, pd.DataFrame](), dict[str, Mapping[str, Any] | None]()
    made, known = dict[str, Made](), read_made(work.frames)
    for key, pieces in work.pieces.items():
        good = [p for p in pieces if not p.said]
        of, compared = _made_of(work, key, good), key in work.compared
        path = None if compared else work.catalog.folder / FOLDER / f"{key}.csv"
        if of and key in known and known[key].holds(of, path):
            made[key] = known[key]
        elif compared:
            drawn = {p.code: p.part.drawn for p in good if p.part.drawn is not None}
            made[key] = Made(of, conflicts=same_borders(key, drawn))
        elif good:
            tables[key] = merge([(p.code, p.part) for p in good], good[0].sent.layer.schema)
            claimed = same_facilities(key, tables[key]) if good[0].sent.layer.role == "facilities" else []  # fmt: skip
            made[key] = Made(of, tuple(map(str, tables[key].columns)), claimed)
        if good and not compared:
            entries[key] = entry_of(key, [p.sent.layer for p in good], made[key].columns)
    gone = [k for k, la in work.catalog.layers.items() if is_collected(la) and k not in entries]
    return _Merged(tables, entries | dict.fromkeys(gone), made)


def _made_of(work: Work, key: str, good: Sequence[Piece]) -> str:
    """The fingerprint of the parts of a merged ledger; "" where it cannot be told."""
    marks = [(p.code, p.sent.sender, work.kept[key].mark_of(p.sent.sender)) for p in good]
    whole = all(mark for _, _, mark in marks) and work.kept[key].basis
    return fingerprint(repr((marks, whole)).encode()) if whole else ""


def _accounted(
    work: Work,
    merged: _Merged,
    expected: Sequence[Expected],
    before: Mapping[tuple[str, str], str],
) -> Collected:
    """Every row accounted for, and how each county stands."""
    names, pieces = work.counties.names, work.pieces
    standings = [s for key in pieces for s in _standings(work, key, merged.conflicts)]
    layers = [key for key in pieces if key not in work.compared]
    layers += [e.layer for e in expected if e.layer and e.layer not in layers]
    own = work.catalog.layers
    layers += [k for _, k in before if k in own and is_collected(own[k])]
    layers = sorted(set(layers))
    held = {(s.code, s.layer) for s in standings}
    for code, why in work.broken.items():
        standings += [
            Standing(code, k, None, 0, 0, (why,)) for k in layers if (code, k) not in held
        ]
    every = [p for key in sorted(pieces) for p in pieces[key]]
    asked = [p for p in every if p.said or p.sent.layer.key not in work.compared]
    return Collected(
        home=work.workspace.root,
        title=work.catalog.title,
        states=state_table(standings, names, layers, expected, before),
        titles={key: title_of(some) for key, some in pieces.items()},
        balance=_balance(work),
        aside=_aside(asked, names),
        conflicts=as_table(merged.conflicts, names),
        issues=_issues(asked, names),
        left=[*work.left, *work.compared.values()],
        read=sum(kept.read for kept in work.kept.values()),
        parts=work.many,
        sample=any(p.sent.layer.sample for p in every),
    )


def _issues(pieces: Sequence[Piece], names: Mapping[str, str]) -> pd.DataFrame:
    """What reading found, each with the county that sent it."""
    some = [p for p in pieces if len(p.part.issues)]
    whole = pd.concat([issue_rows(()), *(p.part.issues for p in some)], ignore_index=True)
    many = [len(p.part.issues) for p in some]
    codes = pd.Series([p.code for p in some], dtype="str").repeat(many)
    codes = codes.reset_index(drop=True)
    counties = codes.map(lambda code: names.get(code, "")).astype("str")
    return sort_issues(whole.assign(county_code=codes, county=counties))


def _standings(work: Work, key: str, conflicts: Sequence[Conflict]) -> list[Standing]:
    """How each county that sent something stands with a layer."""
    by: dict[str, list[Piece]] = {}
    for piece in work.pieces[key]:
        if piece.code:
            by.setdefault(piece.code, []).append(piece)
    made = []
    for code, some in by.items():
        days = [day for p in some if (day := p.sent.received_on)]
        good = [p for p in some if not p.said]
        compared = key in work.compared
        aside = sum(_set_aside(p, compared=compared) for p in some)
        rows = sum(p.part.taken for p in some) - aside
        why = list(dict.fromkeys(p.said for p in some if p.said))
        why += [] if compared else _errors(good)
        why += _contradicted(work, key, code, conflicts)
        made.append(Standing(code, key, max(days, default=None), rows, aside, tuple(why)))
    return made


def _errors(good: Sequence[Piece]) -> list[str]:
    aside = sum(len(p.part.aside) for p in good)
    wrong = sum(p.part.errors for p in good)
    said = [f"搁置 {aside:,} 行"] if aside else []
    return said + ([f"错误 {wrong:,} 处"] if wrong else [])


def _contradicted(work: Work, key: str, code: str, conflicts: Sequence[Conflict]) -> list[str]:
    others = [
        (b if a == code else a, c.kind)
        for c in conflicts
        if c.layer == key and code in c.codes
        for a, b in (c.codes,)
    ]
    names = work.counties.names
    counted = sorted(Counter(others).items())
    return [f"与{names.get(o, o)}矛盾 {n} 处（{kind}）" for (o, kind), n in counted]


def _set_aside(piece: Piece, *, compared: bool) -> int:
    """How many rows of a piece may not count; those that are only compared are none of them."""
    if piece.said:
        return piece.part.taken
    return 0 if compared else len(piece.part.aside)


def _balance(work: Work) -> pd.DataFrame:
    """Of each layer: rows read = rows merged + rows set aside + rows only compared."""
    rows = []
    for key, pieces in sorted(work.pieces.items()):
        taken = sum(p.part.taken for p in pieces)
        own = key in work.compared
        aside = sum(_set_aside(p, compared=own) for p in pieces)
        good = [p for p in pieces if not p.said]
        compared = sum(p.part.taken for p in good) if own else 0
        merged = 0 if own else sum(p.part.merged for p in good)
        if taken != merged + aside + compared:
            raise AssertionError(f"{key}: {taken} rows read, {merged} + {aside} + {compared} left")
        rows.append((key, title_of(pieces), taken, merged, aside, compared))
    return pd.DataFrame(rows, columns=BALANCE)


def _aside(pieces: Sequence[Piece], names: Mapping[str, str]) -> pd.DataFrame:
    """What was set aside: row by row, or a whole ledger in one line."""
    rows: list[tuple[Any, ...]] = []
    for piece in pieces:
        who = (piece.code, names.get(piece.code, ""), piece.sent.layer.key)
        if piece.said:
            many = f"全部 {piece.part.taken:,} 行：" if piece.part.taken else ""
            rows.append((*who, piece.sent.sender, "", None, f"{many}{piece.said}"))
        elif len(piece.part.aside):
            own = piece.part.aside[ASIDE].itertuples(index=False, name=None)
            rows += [(*who, file, sheet, int(row), why) for file, sheet, row, why in own]
    table = pd.DataFrame(rows, columns=SET_ASIDE)
    return table.astype({"row": "Int64"})


def _write(work: Work, merged: _Merged, found: Collected) -> list[Path]:
    """Write the ledgers, the catalogue and what is said of them: all or none."""
    from hbgeo.show.collected_page import page_bytes
    from hbgeo.show.excel.collected import collected_bytes

    home, folder = work.workspace.root, work.catalog.folder
    before = read_text(work.catalog)
    text = with_entries(before, work.catalog.layers, merged.entries)
    read_again(text)
    contents: dict[Path, Callable[[], bytes]] = {
        folder / FOLDER / f"{key}.csv": partial(csv_bytes, table)
        for key, table in merged.tables.items()
    }
    if text != before:
        contents[folder / "catalog.toml"] = text.encode
    contents[home / PAPER] = lambda: collected_bytes(found)
    contents[home / "maps" / PAGE] = lambda: page_bytes(found)
    contents[home / "maps" / FILE] = lambda: state_bytes(found.states)
    with Staging() as staging:
        for path, make in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            staging.write(path, partial(_put, make()))
        written = staging.move()
    for key in (k for k, entry in merged.entries.items() if entry is None):
        (folder / FOLDER / f"{key}.csv").unlink(missing_ok=True)
    keep_made(work.frames, merged.made, folder / FOLDER)
    return written


def _put(content: bytes, file: IO[bytes]) -> None:
    file.write(content)
