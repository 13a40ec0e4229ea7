"""Fingerprints: the same for the same content, another for any other."""

from __future__ import annotations

import hashlib
import os
import shutil
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from hbgeo.store import fingerprint as prints
from hbgeo.store.fingerprint import (
    belongings,
    fingerprint,
    fingerprint_code,
    fingerprint_file,
    stamp,
    version_of,
)
from hbgeo.store.whole import look_at

HOME = Path(__file__).parent.parent / "hbgeo"


def test_sixteen_digits_of_sha256() -> None:
    assert fingerprint(b"x") == hashlib.sha256(b"x").hexdigest()[:16]


def test_a_copy_has_the_same_print_and_another_byte_another(tmp_path: Path) -> None:
    one, two = tmp_path / "a.csv", tmp_path / "b.csv"
    one.write_bytes(b"1,2")
    two.write_bytes(b"1,2")
    assert fingerprint_file(one) == fingerprint_file(two)
    two.write_bytes(b"1,3")
    assert fingerprint_file(one) != fingerprint_file(two)


def test_what_was_just_read_is_not_read_again_and_what_was_touched_since_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layers, read, digest = tmp_path / "layers", list[str](), prints.hashlib.file_digest
    layers.mkdir()
    (layers / "catalog.toml").write_text("")
    path = layers / "a.csv"
    path.write_bytes(b"1,2")
    seen, plain = look_at(tmp_path).seen, fingerprint_file(path)

    def note(file: Any, kind: str) -> Any:
        read.append(Path(file.name).name)
        return digest(file, kind)

    monkeypatch.setattr(prints.hashlib, "file_digest", note)
    assert fingerprint_file(path, seen) == plain
    assert not read
    path.write_bytes(b"1,23")
    assert fingerprint_file(path, seen) == fingerprint_file(path) != plain
    path.write_bytes(b"1,3")
    later = path.stat().st_mtime_ns + 10**9
    os.utime(path, ns=(later, later))
    assert fingerprint_file(path, seen) == fingerprint_file(path) != plain
    assert read == ["a.csv"] * 4


@pytest.mark.parametrize(("main", "beside"), [("a.shp", "a.dbf"), ("a.gpkg", "a.gpkg-wal")])
def test_files_beside_count(tmp_path: Path, main: str, beside: str) -> None:
    (tmp_path / main).write_bytes(b"1")
    before, then = fingerprint_file(tmp_path / main), stamp(tmp_path / main)
    (tmp_path / beside).write_bytes(b"2")
    assert {p.name for p in belongings(tmp_path / main)} == {main, beside}
    assert fingerprint_file(tmp_path / main) != before
    assert stamp(tmp_path / main) != then


@pytest.mark.parametrize(
    "name",
    ["measure/check/rows.py", "show/words.py", "read/divisions/data/divisions.csv.xz", "arrays.py"],
)
def test_every_file_of_the_package_is_part_of_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    package = tmp_path / "hbgeo"
    shutil.copytree(HOME, package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(prints, "files", lambda _: package)
    fingerprint_code.cache_clear()
    whole = fingerprint_code()
    assert whole == fingerprint_code.__wrapped__()
    (package / name).write_bytes((package / name).read_bytes() + b"#")
    assert fingerprint_code.__wrapped__() != whole
    fingerprint_code.cache_clear()


def test_another_version_of_a_library_is_another_code(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fingerprint_code()
    monkeypatch.setattr(prints, "version_of", lambda _: "0")
    assert fingerprint_code.__wrapped__() != whole


def test_a_library_is_of_the_version_that_its_own_metadata_say() -> None:
    for name in (*prints._LIBRARIES, "XlsxWriter", "folium"):
        assert version_of(name) == metadata.version(name)
    with pytest.raises(metadata.PackageNotFoundError):
        version_of("no-such-library")
