"""Fingerprints: the same for the same content, another for any other."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from hbgeo.read import prints
from hbgeo.read.prints import belongings, print_code, print_file, print_of, stamp


def test_sixteen_digits_of_sha256() -> None:
    assert print_of(b"x") == hashlib.sha256(b"x").hexdigest()[:16]


def test_a_copy_has_the_same_print_and_another_byte_another(tmp_path: Path) -> None:
    one, two = tmp_path / "a.csv", tmp_path / "b.csv"
    one.write_bytes(b"1,2")
    two.write_bytes(b"1,2")
    assert print_file(one) == print_file(two)
    two.write_bytes(b"1,3")
    assert print_file(one) != print_file(two)


@pytest.mark.parametrize(("main", "beside"), [("a.shp", "a.dbf"), ("a.gpkg", "a.gpkg-wal")])
def test_files_beside_count(tmp_path: Path, main: str, beside: str) -> None:
    (tmp_path / main).write_bytes(b"1")
    before, then = print_file(tmp_path / main), stamp(tmp_path / main)
    (tmp_path / beside).write_bytes(b"2")
    assert {p.name for p in belongings(tmp_path / main)} == {main, beside}
    assert print_file(tmp_path / main) != before
    assert stamp(tmp_path / main) != then


def test_code_and_data_that_decide_are_part_of_the_print(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = print_code()
    print_code.cache_clear()
    monkeypatch.setattr(prints, "_ROOMS", ("errors.py", "read"))
    assert print_code() != whole
    print_code.cache_clear()
    monkeypatch.setattr(prints, "version", lambda _: "0")
    monkeypatch.setattr(prints, "_ROOMS", ("errors.py", "read", "measure"))
    assert print_code() != whole
    print_code.cache_clear()
