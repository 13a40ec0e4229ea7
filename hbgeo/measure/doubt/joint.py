"""Rows in doubt that several links of a chain ask: what one says, it says to all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from hbgeo.measure.doubt.ask import Opened
from hbgeo.measure.doubt.groups import choose
from hbgeo.measure.doubt.merged import Merged, Part
from hbgeo.measure.doubt.openings import Openings
from hbgeo.measure.doubt.question import Whole

MOST = 1 << 12  # readings of a row over all links


@dataclass(frozen=True)
class Joint:
    """The links' rows in doubt, without those that none of them minds, and who chooses.

    `exact` is False where a row may stand in several places at two levels: each is then chosen for
    itself, which encloses all that can be and perhaps more. Of `untried` rows not each reading is
    taken, for some link or for all together: of those nothing is enclosed.
    """

    opened: tuple[Opened, ...]
    merged: Merged
    exact: bool
    untried: int


@dataclass(frozen=True)
class _Reading:
    """One reading of a row: an entry in each link that it speaks to (numbered over all links)."""

    row: int
    entries: tuple[int, ...]


def join_links(links: Sequence[tuple[str, Opened]]) -> Joint:
    """Let each row in doubt choose once for all links of its layer.

    Parameters
    ----------
    links
        The layer of each link, and its openings with variants told apart.
    """
    layers = list(dict.fromkeys(key for key, _ in links))
    parts, first = list[Part](), dict[str, int]()
    at = 0
    for key in layers:
        first[key] = at
        of_layer = next(one for k, one in links if k == key)
        parts.append(Part(key, of_layer, at))
        at += len(of_layer.suspects)
    found = [_readings(key, links, first[key]) for key in layers]
    readings = [one for some, _, _ in found for one in some]
    twins = [
        (a + part.first, b + part.first) for part in parts for a, b in part.opened.suspects.twins
    ]
    kept = {one.row for one in readings}
    opened, number = _kept(links, first, kept)
    merged = _merged(
        readings, [p for p in twins if p[0] in kept and p[1] in kept], opened, number, tuple(parts)
    )
    exact = all(one for _, one, _ in found)
    untried = sum(len(rows) for _, _, rows in found)
    return Joint(opened, merged, exact, untried)


def _readings(
    key: str, links: Sequence[tuple[str, Opened]], first: int
) -> tuple[list[_Reading], bool, set[int]]:
    """The readings of the rows of one layer that make a difference to some link, own ones first.

    Whether they are all that can be, and of which rows they are too many to take each.
    """
    offset, mine = 0, list[tuple[int, Openings]]()
    for other, opened in links:
        if other == key:
            mine.append((offset, opened.openings))
        offset += len(opened.openings.suspect)
    suspects = next(opened.suspects for other, opened in links if other == key)
    twins = {row for pair in suspects.twins for row in pair}
    made, exact = list[_Reading](), True
    untried = {
        row for other, opened in links if other == key for row in opened.untried.rows.tolist()
    }
    spans = [_spans(openings, len(suspects)) for _, openings in mine]
    for row in range(len(suspects)):
        by_link = [
            _by_variant(o, range(s[row], s[row + 1])) for (_, o), s in zip(mine, spans, strict=True)
        ]
        options, alone, tried = _options(by_link, [o for _, o in mine])
        exact &= alone
        untried |= set() if tried else {row}
        if len(options) > 1 or row in twins:
            for entries in options:
                made.append(_Reading(row + first, tuple(e + at for e, (at, _) in zip(entries, mine, strict=True))))  # fmt: skip
    return made, exact, untried


def _spans(openings: Openings, rows: int) -> list[int]:
    """Where the entries of each row begin."""
    return [int(at) for at in np.searchsorted(openings.suspect, np.arange(rows + 1))]


def _by_variant(openings: Openings, entries: range) -> dict[int, list[int]]:
    made: dict[int, list[int]] = {}
    for entry in entries:
        made.setdefault(int(openings.variant[entry]), []).append(entry)
    return made


def _options(
    by_link: list[dict[int, list[int]]], openings: list[Openings]
) -> tuple[list[tuple[int, ...]], bool, bool]:
    """Every reading of a row as an entry of each link, the own first.

    Whether they are all that can be, and whether none was left out for being too many.
    """
    own = tuple(min(min(some) for some in of.values()) for of in by_link)
    made, exact, tried = {_key(own, openings): own}, True, True
    for variant in sorted(set.intersection(*(set(of) for of in by_link))):
        each = [of[variant] for of in by_link]
        exact &= sum(len(some) > 1 for some in each) < 2
        if np.prod([float(len(some)) for some in each]) > MOST:
            each, exact, tried = [some[:1] for some in each], False, False
        for entries in product(*each):
            made.setdefault(_key(entries, openings), entries)
    return list(made.values()), exact, tried


def _key(entries: tuple[int, ...], openings: list[Openings]) -> tuple[object, ...]:
    """What a reading comes to in every link."""
    names = ("home", "serves", "wide")
    return tuple(
        getattr(o, n)[e].item() for e, o in zip(entries, openings, strict=True) for n in names
    )


def _kept(
    links: Sequence[tuple[str, Opened]], first: dict[str, int], rows: set[int]
) -> tuple[tuple[Opened, ...], Whole]:
    """The links' openings of some rows only; the new number of every entry, -1 of those dropped."""
    opened, number, count = list[Opened](), list[Whole](), 0
    for key, one in links:
        keep = np.isin(one.openings.suspect + first[key], sorted(rows))
        opened.append(replace(one, openings=one.openings.of(keep)))
        number.append(np.where(keep, np.cumsum(keep) - 1 + count, -1))
        count += int(keep.sum())
    return tuple(opened), np.concatenate(number)


def _merged(
    readings: list[_Reading],
    twins: list[tuple[int, int]],
    opened: tuple[Opened, ...],
    number: Whole,
    parts: tuple[Part, ...],
) -> Merged:
    """Let rows (twins together) choose among readings, each of which takes several entries."""
    rows = np.array([one.row for one in readings], dtype=np.int64)
    blank = np.zeros(len(rows), dtype=np.int64)
    no, none = blank.astype(bool), blank.astype(float)
    chosen = choose(Openings(rows, blank, no, blank - 1, none, none, blank, blank), twins)
    many = np.array([len(one.entries) for one in readings], dtype=np.int64)
    size = many[chosen.taken]
    taken = [number[e] for at in chosen.taken.tolist() for e in readings[at].entries]
    option = np.repeat(np.arange(len(chosen.starts) - 1), np.diff(chosen.starts))
    ends = np.bincount(option, weights=size, minlength=len(chosen.starts) - 1).astype(np.int64)
    starts = np.append(0, np.cumsum(ends))
    entries = replace(chosen, starts=starts, taken=np.array(taken, dtype=np.int64))
    columns = {
        name: np.concatenate([getattr(o.openings, name) for o in opened])
        for name in Openings.__dataclass_fields__
    }
    return Merged(parts, Openings(**columns), entries)
