"""Names found by what stands in them: an SQLite database, made whole and then only read.

It is bytes to whoever keeps it, so it stands under the same seal as everything kept: one that is
damaged or of other inputs is not there. It is read into memory and asked by full-text search (FTS5).
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

BODY, MARKS = "body", "marks"
_BUFFER = 1 << 26  # bytes of new tokens that SQLite gathers before it writes and merges them
_FIND = (
    "SELECT f.id, f.entry, f.way, f.text, f.said FROM {0} CROSS JOIN forms f ON f.id = {0}.rowid "
    "WHERE {0} MATCH ? ORDER BY {0}.rowid"
)


class Form(NamedTuple):
    """One of the texts that an entry goes by.

    Attributes
    ----------
    entry
        Its number, from 0.
    way
        Which sort of text it is; the caller's own number.
    text, said
        The text as it is shown, and how it is read: given back as they are.
    body
        What phrases are looked for in, each token apart.
    marks
        What is looked for as a whole only, each token apart.
    area
        Where it is: tokens that both can be narrowed by.
    """

    entry: int
    way: int
    text: str
    said: str
    body: str
    marks: str
    area: str


class Hit(NamedTuple):
    """A form that was found."""

    form: int
    entry: int
    way: int
    text: str
    said: str


def search_bytes(
    columns: Sequence[str], entries: Iterable[Sequence[Any]], forms: Iterable[Form]
) -> bytes:
    """Make the database of entries and the forms they go by.

    Parameters
    ----------
    columns
        Of the entries.
    forms
        In the order in which they are found.
    """
    made = sqlite3.connect(":memory:")
    try:
        named = ", ".join(f'"{column}"' for column in columns)
        made.execute(f"CREATE TABLE entries (id INTEGER PRIMARY KEY, {named})")
        made.execute("CREATE TABLE forms (id INTEGER PRIMARY KEY, entry, way, text, said)")
        how = (
            "content='', columnsize=0, tokenize='ascii'"  # all that is not ASCII is part of a token
        )
        made.execute(f"CREATE VIRTUAL TABLE {BODY} USING fts5(text, area, {how})")
        made.execute(f"CREATE VIRTUAL TABLE {MARKS} USING fts5(text, detail=none, {how})")
        for table in (BODY, MARKS):
            made.execute(f"INSERT INTO {table}({table}, rank) VALUES ('hashsize', {_BUFFER})")  # noqa: S608
        every = ", ".join("?" * (len(columns) + 1))
        rows = ((number, *entry) for number, entry in enumerate(entries))
        made.executemany(f"INSERT INTO entries VALUES ({every})", rows)  # noqa: S608 - no text of anybody's
        _insert_forms(made, forms)
        for table in (BODY, MARKS):
            made.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")  # noqa: S608
        made.commit()
        return made.serialize()
    finally:
        made.close()


def _insert_forms(made: sqlite3.Connection, forms: Iterable[Form]) -> None:
    """A thousand at a time: a row of each of three tables, all of one number."""
    some: list[tuple[int, Form]] = []
    for some_more in enumerate(forms):
        some.append(some_more)
        if len(some) == 1000:
            _insert(made, some)
            some = []
    _insert(made, some)


def _insert(made: sqlite3.Connection, some: Sequence[tuple[int, Form]]) -> None:
    made.executemany("INSERT INTO forms VALUES (?, ?, ?, ?, ?)", [(n, *f[:4]) for n, f in some])
    rows = [(n, f.body, f.area) for n, f in some]
    made.executemany(f"INSERT INTO {BODY}(rowid, text, area) VALUES (?, ?, ?)", rows)  # noqa: S608
    marks = [(n, f"{f.marks} {f.area}") for n, f in some]
    made.executemany(f"INSERT INTO {MARKS}(rowid, text) VALUES (?, ?)", marks)  # noqa: S608


class SearchBase:
    """The database that `search_bytes` made, in memory.

    Raises
    ------
    ValueError
        If the bytes are no such database.
    """

    def __init__(self, content: bytes) -> None:
        self._base = sqlite3.connect(":memory:", check_same_thread=False)
        weakref.finalize(self, self._base.close)  # nobody else ends it
        try:
            self._base.deserialize(content)
            self._base.execute("PRAGMA query_only = 1")
            self.columns = [row[1] for row in self._base.execute("PRAGMA table_info(entries)")][1:]
            self.forms = int(self._base.execute("SELECT count(*) FROM forms").fetchone()[0])
        except (sqlite3.Error, TypeError) as err:
            self._base.close()
            raise ValueError(str(err)) from None

    def find(self, table: str, expression: str) -> Iterator[Hit]:
        """The forms that an expression of FTS5 finds in `BODY` or `MARKS`, in their order.

        They are found one by one: who takes ten does not wait for all of them.
        """
        return map(Hit._make, self._base.execute(_FIND.format(table), (expression,)))

    def entry(self, number: int) -> tuple[Any, ...]:
        """An entry's values, by its number."""
        found = self._base.execute("SELECT * FROM entries WHERE id = ?", (number,)).fetchone()
        return tuple(found[1:])
