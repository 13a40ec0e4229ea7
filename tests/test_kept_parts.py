"""Parts of files kept from one run to the next: taken only where all that they come from is the same."""

from __future__ import annotations

import io
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hbgeo.measure.prints import EVERY
from hbgeo.show.excel.kept import KeptSheets
from hbgeo.show.excel.sheet import Column, Ranked, Sheet
from hbgeo.show.table.csv import Rows, write_csv, write_parts
from hbgeo.store import parts as parts_module
from hbgeo.store.folder import StoreFolder
from hbgeo.store.parts import KeptParts, KeptSpans, pack_arrays, unpack_arrays

ASKED = list[str]()


@pytest.fixture
def store(tmp_path: Path) -> StoreFolder:
    ASKED.clear()
    return StoreFolder(tmp_path, "parts", most=None)


def making(said: str) -> Any:
    def make() -> bytes:
        ASKED.append(said)
        return said.encode()

    return make


def take(store: StoreFolder, **parts: str) -> dict[str, bytes]:
    """One run: each part by the print before its colon."""
    kept = KeptParts(store, "file")
    found = {
        name: bytes(kept.take(name, said.split(":")[0], making(said)))
        for name, said in parts.items()
    }
    kept.save()
    return found


def test_a_part_is_made_once_for_the_very_same(store: StoreFolder) -> None:
    first = take(store, a="1:x", b="2:y")
    assert ASKED == ["1:x", "2:y"]
    assert take(store, a="1:z", b="2:z") == first
    assert take(store, a="3:new", b="2:z") == {"a": b"3:new", "b": b"2:y"}
    assert ASKED == ["1:x", "2:y", "3:new"]


def test_what_is_not_asked_for_is_forgotten_and_no_print_keeps_nothing(store: StoreFolder) -> None:
    take(store, a="1:x", b=":y")
    assert take(store, a="1:z", b=":w") == {"a": b"1:x", "b": b":w"}
    take(store, c="4:c")
    assert take(store, a="1:again", c="4:d") == {"a": b"1:again", "c": b"4:c"}


def test_where_all_is_as_it_was_nothing_is_written(store: StoreFolder) -> None:
    take(store, a="1:x")
    path = store.path("file")
    before = path.stat().st_mtime_ns, path.stat().st_ino
    take(store, a="1:x")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_what_changed_while_it_was_made_is_not_kept(store: StoreFolder) -> None:
    kept = KeptParts(store, "file", lambda: False)
    kept.take("a", "1", making("x"))
    kept.save()
    assert not store.path("file").exists()


def test_a_file_that_is_too_large_is_not_kept(
    store: StoreFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(store, a="1:x")
    monkeypatch.setattr(parts_module, "_MOST_BYTES", 7)
    assert take(store, a="1:x", b="2:long", c="3:z") == {"a": b"1:x", "b": b"2:long", "c": b"3:z"}
    monkeypatch.undo()
    ASKED.clear()
    take(store, a="1:x", b="2:long")
    assert ASKED == ["2:long"]


@pytest.mark.parametrize("content", [b"", b"\x01", b"\xff\xff\xff\xff", b"\x02\x00\x00\x00{}x", b"\x02\x00\x00\x00[]", b"\x01\x00\x00\x003", b'\x09\x00\x00\x00{"a": 12}'])  # fmt: skip
def test_an_entry_of_another_form_is_none(content: bytes, store: StoreFolder) -> None:
    store.put("file", content)
    assert take(store, a="1:x") == {"a": b"1:x"}
    assert ASKED == ["1:x"]


def test_parts_may_be_handed_to_another_process(store: StoreFolder) -> None:
    take(store, a="1:x")
    kept = pickle.loads(pickle.dumps(KeptParts(store, "file")))  # noqa: S301 - our own
    assert bytes(kept.take("a", "1", making("y"))) == b"1:x"


@given(st.dictionaries(st.text(max_size=3), st.sampled_from(["<i4", "<i8", "<f8", "|b1", "|i1"]).flatmap(lambda kind: arrays(kind, st.integers(0, 5)))))  # fmt: skip
def test_numbers_come_back_to_the_last_bit(made: dict[str, Any]) -> None:
    back = unpack_arrays(pack_arrays(made))
    assert back.keys() == made.keys()
    for name, one in made.items():
        assert (back[name].dtype, back[name].tobytes()) == (one.dtype, one.tobytes())


COLUMNS = st.lists(st.sampled_from([0.0, -0.0, 1.5, float("nan"), 7.0]), max_size=4).map(
    lambda v: np.array(v, dtype=float)
) | st.lists(st.integers(-3, 3), max_size=4).map(lambda v: np.array(v, dtype=np.int64))


@given(st.lists(COLUMNS, min_size=1, max_size=4), st.data())
def test_a_table_is_the_same_whichever_of_its_parts_are_kept(
    tmp_path_factory: pytest.TempPathFactory, columns: list[Any], data: st.DataObject
) -> None:
    """Whole numbers stand with a decimal point where another part has none: that is told of all."""
    folder = tmp_path_factory.mktemp("parts")
    store, path = StoreFolder(folder, "parts", most=None), folder / "table.csv"

    def written(every: list[Any], *, memory: bool = True) -> bytes:
        made = io.BytesIO()
        rows = [
            Rows(str(n), lambda v=v, n=n: {"a": v, "b": "=x" if n else "y"}, f"{n} {v.tobytes()!r} {v.dtype}")  # type: ignore[misc]
            for n, v in enumerate(every)
        ]  # fmt: skip
        kept = KeptSpans(KeptParts(store, "t"), path) if memory else None
        write_parts(["a", "b"], rows, made, kept)
        if memory:
            path.write_bytes(made.getvalue())
        return made.getvalue()

    first = written(columns)
    other = [data.draw(COLUMNS) if data.draw(st.booleans()) else one for one in columns]
    again = written(other)
    assert first == written(columns, memory=False)
    assert again == written(other, memory=False) == written(other)
    plain = io.BytesIO()
    table = pd.concat(
        [pd.DataFrame({"a": v, "b": "=x" if n else "y"}) for n, v in enumerate(other)],
        ignore_index=True,
    )
    kind = np.result_type(*(v.dtype for v in other))
    write_csv(table.astype({"a": kind}), plain)
    assert again == plain.getvalue() or not len(table)


def spans(store: StoreFolder, path: Path, **parts: str) -> bytes:
    """One run: a head, and each part by the print before its colon; the file is then in its place."""
    kept = KeptSpans(KeptParts(store, "spans"), path)
    kept.skip(len(b"head "))
    whole = [b"head "]
    whole += [bytes(kept.take(n, said.split(":")[0], making(said))) for n, said in parts.items()]
    kept.save()
    path.write_bytes(b"".join(whole))
    return path.read_bytes()


def test_parts_are_taken_from_the_file_itself_for_as_long_as_it_holds_them(
    store: StoreFolder, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    first = spans(store, path, a="1:x", b="2:y", c=":z")
    assert first == b"head 1:x2:y:z"
    ASKED.clear()
    assert spans(store, path, a="1:other", b="2:other", c=":z") == first
    assert ASKED == [":z"]
    assert spans(store, path, a="3:longer", b="2:other", c=":z") == b"head 3:longer2:y:z"
    ASKED.clear()
    assert spans(store, path, b="2:other", a="3:other") == b"head 2:y3:longer"
    assert not ASKED


@pytest.mark.parametrize("harm", [lambda _: b"", lambda c: b"x" + c, lambda c: c.replace(b"x", b"w"), lambda c: c[:-5]])  # fmt: skip
def test_a_file_that_somebody_changed_has_no_part(
    harm: Any, store: StoreFolder, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    spans(store, path, a="1:x")
    path.write_bytes(harm(path.read_bytes()))
    ASKED.clear()
    assert spans(store, path, a="1:x") == b"head 1:x"
    assert ASKED == ["1:x"]
    ASKED.clear()
    spans(store, path, a="1:x")
    assert not ASKED
    path.unlink()
    spans(store, path, a="1:x")
    assert ASKED == ["1:x"]


SHEET = Sheet(
    "名", "标题", "行", [Column("甲", 9, "amount", bar=True), Column("乙", aside=True)],
    [["示例", 1], ["", 2.0], [None, -0.0]], mark="示例", totals=frozenset({2, 0}), notes=("注",),
    ranked=Ranked(0, 1, 2, 3, "个", 1.5),
)  # fmt: skip


def sheet_of(store: StoreFolder, prints: dict[str, str], made: Sheet, more: str = "") -> Sheet:
    kept = KeptSheets(KeptParts(store, "sheets"), prints)
    found = kept.sheet("one", more, lambda: ASKED.append("made") or made)  # type: ignore[func-returns-value,arg-type]
    kept.save()
    return found


def test_a_sheet_comes_back_as_it_was_for_as_long_as_its_figures_are_the_same(
    store: StoreFolder,
) -> None:
    prints = {EVERY: "e", "one": "1"}
    assert sheet_of(store, prints, SHEET) is SHEET
    again = sheet_of(store, prints, Sheet("other", "", "", [], []))
    assert vars(again) | {"rows": 0, "notes": 0} == vars(SHEET) | {"rows": 0, "notes": 0}
    assert [list(map(repr, row)) for row in again.rows] == [list(map(repr, row)) for row in SHEET.rows]  # fmt: skip
    assert list(again.notes) == list(SHEET.notes)
    for other in ({EVERY: "f", "one": "1"}, {EVERY: "e", "one": "2"}, {EVERY: "e"}, {"one": "1"}):
        ASKED.clear()
        sheet_of(store, other, SHEET)
        assert ASKED == ["made"], other
        sheet_of(store, prints, SHEET)
    ASKED.clear()
    sheet_of(store, prints, SHEET, more="another line")
    assert ASKED == ["made"]


def test_a_cell_that_would_not_come_back_is_not_kept(store: StoreFolder) -> None:
    odd = Sheet("名", "", "", [Column("甲")], [[pd.Timestamp("2023-12-31")]])
    prints = {EVERY: "e", "one": "1"}
    assert sheet_of(store, prints, odd) is odd
    assert sheet_of(store, prints, odd) is odd


def test_rows_of_a_sheet_of_several(store: StoreFolder) -> None:
    for _ in range(2):
        kept = KeptSheets(KeptParts(store, "sheets"), {EVERY: "e", "one": "1"})
        assert kept.rows("villages", "one", "", lambda: json.loads(making('[["a", 1]]')())) == [["a", 1]]  # fmt: skip
        kept.save()
    assert ASKED == ['[["a", 1]]']
