"""A part says who makes it: it stays while its maker lives, and goes when it is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hbgeo.show.table.files import write_files
from hbgeo.store import rests
from hbgeo.store.folder import StoreFolder
from hbgeo.store.rests import part_beside, remove_rests, temporary_folder

LEAVE = """
import sys
from pathlib import Path
from hbgeo.store.rests import part_beside
part_beside(Path(sys.argv[1]) / "a.csv").write_bytes(b"half")
"""
DAY = 86_400


def left(folder: Path) -> Path:
    """A part of a process that is no more."""
    subprocess.run([sys.executable, "-c", LEAVE, str(folder)], check=True)
    [part] = folder.glob(".hbgeo-*.part.csv")
    return part


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose start is known, whatever this one is."""
    monkeypatch.setattr(rests, "this_machine", lambda: ("aa", "bb"))


def test_parts_of_a_dead_process_go_and_those_of_a_living_one_stay(tmp_path: Path) -> None:
    dead, mine, other = left(tmp_path), part_beside(tmp_path / "a.csv"), tmp_path / "a.part"
    for path in (mine, other):
        path.write_bytes(b"half")
    remove_rests(tmp_path)
    assert not dead.exists()
    assert sorted(tmp_path.iterdir()) == sorted([mine, other])


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("name", "young", "old"),
    [
        (".hbgeo-aa-bb-1-0f.part", True, True),  # this machine, a process that lives
        (".hbgeo-aa-bb-2-0f.part.xlsx", False, False),  # one that does not
        (".hbgeo-aa-bb-2-0f.part.gpkg-journal", False, False),
        (".hbgeo-aa-cc-1-0f.part", False, False),  # the machine has been started anew
        (".hbgeo-dd-bb-1-0f.part", True, False),  # another machine
        (".hbgeo-aa-unknown-1-0f.part", True, False),  # perhaps another of that number
        (".hbgeo-aa-unknown-2-0f.part", False, False),
        (".hbgeo-notes.part", True, True),  # somebody's own
        ("a.part", True, True),
    ],
)
def test_who_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, name: str, young: bool, old: bool
) -> None:
    monkeypatch.setattr(rests, "runs", lambda process: process == 1)
    for stays, age in ((young, 0), (old, 2 * DAY)):
        part = tmp_path / name
        part.write_bytes(b"half")
        time = part.stat().st_mtime - age
        os.utime(part, (time, time))
        remove_rests(tmp_path)
        assert part.exists() == stays


def test_where_the_start_is_not_known_a_day_decides_over_a_number_that_is_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rests, "this_machine", lambda: ("aa", "unknown"))
    monkeypatch.setattr(rests, "runs", lambda _: True)
    young, old = (part_beside(tmp_path / name) for name in "ab")
    for part in (young, old):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))
    remove_rests(tmp_path)
    assert list(tmp_path.iterdir()) == [young]


def test_a_process_that_is_dead_and_not_buried_does_not_run() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert rests.runs(process.pid)
    assert rests.runs(os.getpid())
    process.kill()
    if os.name != "nt":
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert not rests.runs(process.pid)
    process.communicate()
    assert not rests.runs(process.pid)
    assert not rests.runs(10**30)


@pytest.mark.usefixtures("known")
def test_a_folder_that_was_left_goes_with_all_in_it_and_a_link_alone(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "a").write_bytes(b"1")
    rest = tmp_path / ".hbgeo-aa-cc-1-0f.part"
    rest.mkdir()
    (rest / "b").write_bytes(b"2")
    link = tmp_path / ".hbgeo-aa-cc-1-10.part"
    if os.name != "nt":
        link.symlink_to(there)
    remove_rests(tmp_path)
    assert list(tmp_path.iterdir()) == [there]
    assert (there / "a").read_bytes() == b"1"


@pytest.mark.usefixtures("known")
def test_whoever_writes_next_removes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    rest = tmp_path / ".hbgeo-aa-cc-1-0f.part"

    def packed() -> None:
        with temporary_folder() as folder:
            assert folder.parent == tmp_path

    writers = [
        lambda: StoreFolder(tmp_path, "grid").put("k", b"1"),
        lambda: write_files({tmp_path / "a": b"1"}),
        packed,
    ]
    for write in writers:
        rest.write_bytes(b"half")
        write()
        assert not rest.exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "k.grid"]
