"""What is packed is the same to the byte on Windows as on Linux, where zlib is the same."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from hbgeo.measure.locate_stream import TaggedBatch
from hbgeo.show.excel.book import Book
from hbgeo.show.page.pack import pack, unpack
from hbgeo.show.paper import document
from hbgeo.show.table.batches import write_batches
from hbgeo.show.zipped import say_one_system


@pytest.fixture
def on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """zipfile and zlib say the system as they do on Windows."""
    real = zipfile.ZipInfo.__init__

    def begin(self: zipfile.ZipInfo, *given: Any, **more: Any) -> None:
        real(self, *given, **more)
        self.create_system = 0

    monkeypatch.setattr(zipfile.ZipInfo, "__init__", begin)
    real_packer = zlib.compressobj

    def packer(*given: Any, **more: Any) -> Any:
        inner = real_packer(*given, **more)

        class Packer:
            def compress(self, raw: bytes) -> bytes:
                return inner.compress(raw)

            def flush(self) -> bytes:
                return inner.flush()

        if more.get("wbits", 0) > 15:  # gzip: its head goes out first, ten bytes, the system last
            head = b"\x1f\x8b\x08\0\0\0\0\0\0\x0a"
            assert len(head) == 10
            Packer.compress = lambda _, raw: _with_head(inner.compress(raw), head)  # type: ignore[method-assign]
            Packer.flush = lambda _: _with_head(inner.flush(), head)  # type: ignore[method-assign]
        return Packer()

    monkeypatch.setattr(zlib, "compressobj", packer)


def _with_head(made: bytes, head: bytes) -> bytes:
    return head + made[10:] if made[:3] == head[:3] else made


def _zip(names: list[str], comment: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.comment = comment  # its length is part of where the next entry stands
            archive.writestr(entry, name.encode() * 50)
        archive.comment = comment
    return made.getvalue()


def _systems(content: bytes) -> set[int]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {entry.create_system for entry in archive.infolist()}


@pytest.mark.parametrize("names", [[], ["a.xml"], ["甲/乙 丙.xml", "b" * 300, "PK\x01\x02"]])
@pytest.mark.parametrize("comment", [b"", "说明".encode()])
@pytest.mark.usefixtures("on_windows")
def test_only_the_systems_byte_is_changed(names: list[str], comment: bytes) -> None:
    before = _zip(names, comment)
    file = io.BytesIO(before)
    say_one_system(file)
    after = file.getvalue()
    changed = [at for at, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    assert len(changed) == len(names)
    assert all((before[at], after[at]) == (0, 3) for at in changed)
    assert _systems(after) == ({3} if names else set())


def _book() -> bytes:
    book = Book()
    for name in ("说明", "清单"):
        book.add_worksheet(name).write_string(0, 0, "示例")
    return book.to_bytes()


def _paper() -> bytes:
    made = document.new_document("示例")
    made.add_paragraph("示例")
    return document.document_bytes(made)


def _list(folder: Path) -> bytes:
    path = folder / "点.xlsx"
    schema = pa.schema([("名称", pa.string())])
    batch = pa.record_batch([pa.array(["示例甲", "示例乙"])], schema=schema)
    parts: Iterator[TaggedBatch] = iter([(batch, None, None)])  # type: ignore[list-item]
    path.unlink(missing_ok=True)
    write_batches(path, schema, parts, machine=True)
    return path.read_bytes()


@pytest.mark.parametrize("kind", ["book", "paper", "list", "page"])
def test_windows_gives_the_bytes_of_linux(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    make = {
        "book": _book,
        "paper": _paper,
        "list": lambda: _list(tmp_path),
        "page": lambda: pack("示例甲镇".encode() * 99).encode(),
    }[kind]
    here = make()
    request.getfixturevalue("on_windows")
    assert make() == here
    if kind == "page":
        raw = unpack(here.decode())
        assert raw == "示例甲镇".encode() * 99
    else:
        assert _systems(here) == {3}


@pytest.mark.usefixtures("on_windows")
def test_the_pages_gzip_says_unix_and_no_time() -> None:
    text = pack(b"x" * 100).translate(str.maketrans(",.[", "<&{"))
    assert base64.b85decode(text)[:10].hex() == "1f8b0800000000000003"


def test_a_list_as_json_has_the_same_line_ends_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = pa.schema([("名称", pa.string())])
    batch = pa.record_batch([pa.array(["示例甲", "示例乙"])], schema=schema)
    opened: list[Any] = []
    real = Path.open

    def watch(self: Path, mode: str = "r", *given: Any, **more: Any) -> Any:
        if "b" not in mode and self.suffix == ".json":
            opened.append(more.get("newline"))
        return real(self, mode, *given, **more)

    monkeypatch.setattr(Path, "open", watch)
    write_batches(tmp_path / "点.json", schema, iter([(batch, None, None)]))  # type: ignore[list-item]
    assert opened == ["\n"]
    assert b"\r" not in (tmp_path / "点.json").read_bytes()
