"""The cache forgets rather than fails, and never shows half an entry."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hbgeo.store import folder as cache
from hbgeo.store.folder import StoreFolder
from hbgeo.workspace import Workspace


def test_what_was_put_is_got_back(tmp_path: Path) -> None:
    kept = StoreFolder(tmp_path / "a" / "b", "grid")
    assert kept.get("k") is None
    kept.put("k", b"one")
    kept.put("k", b"two")
    assert StoreFolder(tmp_path / "a" / "b", "grid").get("k") == b"two"
    assert [p.name for p in (tmp_path / "a" / "b").iterdir()] == ["k.grid"]


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    kept = StoreFolder(tmp_path / "file", "grid")
    kept.put("k", b"one")
    assert kept.get("k") is None


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    def half(file: io.RawIOBase) -> None:
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    StoreFolder(tmp_path, "grid").put("k", half)
    assert list(tmp_path.iterdir()) == []


def test_old_entries_make_room(tmp_path: Path) -> None:
    kept = StoreFolder(tmp_path, "grid")
    for k in range(cache.MOST + 3):
        kept.put(f"k{k}", b"x")
    assert len(list(tmp_path.iterdir())) == cache.MOST
    assert kept.get(f"k{cache.MOST + 2}") == b"x"


def test_an_entry_is_only_for_what_it_was_made_from(tmp_path: Path) -> None:
    kept = StoreFolder(tmp_path, "grid")
    kept.put("a", b"content", of="this")
    assert kept.get("a", of="this") == b"content"
    assert (kept.get("a"), kept.get("a", of="that")) == (None, None)
    assert (kept.has("a", of="this"), kept.has("a", of="that"), kept.has("b")) == (
        True,
        False,
        False,
    )
    kept.path("a").rename(kept.path("b"))  # another's content under this name
    assert kept.get("b", of="this") is None


def test_a_flipped_bit_anywhere_is_seen(tmp_path: Path) -> None:
    kept = StoreFolder(tmp_path, "shapes")
    kept.put("k", b"content")
    whole = kept.path("k").read_bytes()
    for bit in range(8 * len(whole)):
        harmed = bytearray(whole)
        harmed[bit // 8] ^= 1 << bit % 8
        kept.path("k").write_bytes(harmed)
        assert kept.get("k") is None, bit


def test_a_file_that_claims_to_be_endless_is_not_read(tmp_path: Path) -> None:
    kept = StoreFolder(tmp_path, "grid")
    kept.put("k", b"content")
    with kept.path("k").open("r+b") as file:
        file.truncate(1 << 37)  # 128 GB of nothing
    assert kept.get("k") is None
    kept.put("k", b"again")
    assert kept.get("k") == b"again"


@pytest.mark.skipif(os.name == "nt", reason="no pipes among files")
@pytest.mark.parametrize("kind", ["pipe", "link", "folder", "device"])
def test_what_is_no_plain_file_is_as_if_it_were_not_there(tmp_path: Path, kind: str) -> None:
    kept, other = StoreFolder(tmp_path / "a", "grid"), StoreFolder(tmp_path / "b", "grid")
    for store in (kept, other):
        store.put("k", b"content")
    entry = kept.path("k")
    entry.unlink()
    make = {
        "pipe": lambda: os.mkfifo(entry),
        "link": lambda: entry.symlink_to(other.path("k")),
        "folder": entry.mkdir,
        "device": lambda: entry.symlink_to("/dev/zero"),
    }
    make[kind]()
    assert kept.get("k") is None
    assert not kept.has("k")
    kept.put("k", b"again")
    kept.put("l", b"more")
    assert kept.get("k") == (None if kind == "folder" else b"again")
    assert kept.get("l") == b"more"
    assert other.get("k") == b"content"  # nothing was written through the link


PUT_OFTEN = """
import sys
from pathlib import Path
from hbgeo.store.folder import StoreFolder
for _ in range(50):
    StoreFolder(Path(sys.argv[1]), "grid").put("k", sys.argv[2].encode() * 100_000)
"""


def test_two_processes_writing_one_entry_never_mix(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", PUT_OFTEN, str(tmp_path), letter])
        for letter in "ab"
    ]
    seen = set()
    while any(writer.poll() is None for writer in writers):
        seen.add(StoreFolder(tmp_path, "grid").get("k"))
    assert [writer.returncode for writer in writers] == [0, 0]
    assert seen - {None} <= {b"a" * 100_000, b"b" * 100_000}
    assert [p.name for p in tmp_path.iterdir()] == ["k.grid"]


def _beside(sample: Workspace, root: Path) -> Workspace:
    """A workspace elsewhere, with the sample's layers as they were read."""
    made = Workspace(root, sample.catalog, {})
    made.layers = sample.layers
    return made


def test_a_workspace_keeps_the_grids_it_needed(
    sample: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(1)
    x, y = rng.uniform(108, 117, 200_000), rng.uniform(29, 34, 200_000)
    index = _beside(sample, tmp_path).find_index("township")
    assert index is not None
    index.query(x[:10], y[:10])
    assert not (tmp_path / "maps").exists()  # ten points are worth no grid
    found = index.query(x, y)
    assert [p.suffix for p in (tmp_path / "maps" / ".cache").iterdir()] == [".grid"]
    monkeypatch.setattr("hbgeo.measure.grid.index.lay_grid", None)  # none may be made anew
    again = _beside(sample, tmp_path).find_index("township")
    assert again is not None
    np.testing.assert_array_equal(again.query(x, y), found)


def test_units_without_shapes_have_no_index(sample: Workspace, tmp_path: Path) -> None:
    assert _beside(sample, tmp_path).find_index("village") is None
