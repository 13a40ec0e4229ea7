"""Files moved together are all old or all new, whenever the process dies over it."""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from hbgeo.errors import OutputError
from hbgeo.sample import make_workspace
from hbgeo.show.table.files import unwritable, write_files
from hbgeo.store import moves, rests
from hbgeo.store.moves import complete_moves
from hbgeo.workspace import Workspace

OLD = {"index.html": b"old page", "coverage.csv": b"old table"}
NEW = {"index.html": b"new page", "coverage.csv": b"new table", "snapshots/2023.parquet": b"shot"}
CALLS = ("open", "fsync", "link", "replace", "rename", "unlink")  # that write, move or remove


class DeadError(BaseException):
    """The process is killed here: nothing after it is done, no tidying up either."""


@contextmanager
def dying(monkeypatch: pytest.MonkeyPatch, at: int, *, after: bool) -> Iterator[list[str]]:
    """Die before, or after, the call number `at` of all that write, move or remove."""
    seen: list[str] = []

    def watched(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def watch(*given: Any, **more: Any) -> Any:
            if name == "open" and (given[1:] or ("r",))[0] == "rb":
                return call(*given, **more)
            seen.append(name)
            if len(seen) > at or (len(seen) == at and not after):
                raise DeadError
            made = call(*given, **more)
            if len(seen) == at:
                if name == "open":
                    made.close()
                raise DeadError
            return made

        return watch

    with monkeypatch.context() as patch:
        for name in CALLS:
            for home in (Path, os):
                if (name, home) not in {("open", os), ("fsync", Path), ("link", Path)}:
                    patch.setattr(home, name, watched(name, getattr(home, name)), raising=False)
        yield seen


def state(folder: Path) -> dict[str, bytes]:
    """Every file there is."""
    files = (p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def outputs(folder: Path) -> dict[str, bytes]:
    """Every file but those in the making."""
    return {k: v for k, v in state(folder).items() if not k.split("/")[-1].startswith(".hbgeo")}


def write(folder: Path, content: dict[str, bytes]) -> None:
    (folder / "snapshots").mkdir(exist_ok=True)
    write_files({folder / name: data for name, data in content.items()})


def _calls(folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    folder.mkdir()
    write(folder, OLD)
    with dying(monkeypatch, 10_000, after=False) as seen:
        write(folder, NEW)
    assert {"open", "fsync", "link", "replace", "unlink"} <= set(seen)
    return len(seen)


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_call_all_are_old_or_all_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    calls = _calls(tmp_path / "counted", monkeypatch)
    ends = []
    for at in range(1, calls + 1):
        folder = tmp_path / str(at)
        folder.mkdir()
        write(folder, OLD)
        with dying(monkeypatch, at, after=after), suppress(DeadError):
            write(folder, NEW)
        with monkeypatch.context() as patch:  # the maker is no more
            patch.setattr(rests, "runs", lambda _: False)
            complete_moves(folder)
            ends.append(outputs(folder))
            assert ends[-1] in (OLD, NEW), at
            write(folder, NEW)
            assert state(folder) == NEW, at  # and nothing is left behind
    assert ends[0] == OLD
    assert ends[-1] == NEW
    assert sorted(ends, key=lambda end: end == NEW) == ends  # once new, new from there on


@pytest.mark.parametrize("after", [False, True])
def test_killed_while_it_puts_back_all_are_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    """A file is open elsewhere, and then the process dies too."""
    real = moves._move

    def move(part: Path | None, target: Path) -> None:
        if part is not None and target.name == "coverage.csv" and part.read_bytes() == b"new table":
            raise PermissionError(errno.EACCES, "Access is denied")
        real(part, target)

    for at in range(1, 60):
        folder = tmp_path / str(at)
        folder.mkdir()
        write(folder, OLD)
        end: type[BaseException] | None = None
        with monkeypatch.context() as patch:
            patch.setattr(moves, "_move", move)
            with dying(monkeypatch, at, after=after):
                try:
                    write(folder, NEW)
                except (DeadError, OutputError) as err:
                    end = type(err)
        with suppress(OSError):
            complete_moves(folder)
        found = outputs(folder)
        assert found in (OLD, NEW), at
        if end is OutputError:
            assert found == OLD
            assert state(folder) == OLD
            return
    pytest.fail("it never came to its end")


def test_a_file_open_elsewhere_is_named_and_all_is_completed_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _die_amid_the_moves(tmp_path, monkeypatch)
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if Path(target).name == "coverage.csv":
            raise PermissionError(errno.EACCES, "Access is denied")
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with pytest.raises(OutputError, match=r"coverage\.csv：无法写入：没有写入权限，或文件正被"):
            write(tmp_path, NEW)
    complete_moves(tmp_path)
    assert outputs(tmp_path) == NEW


def _die_amid_the_moves(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave one file new and the others old, with the marker that says so."""
    write(folder, OLD)
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if Path(target).name == "coverage.csv":
            raise DeadError
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        patch.setattr(moves, "_put_back", lambda *_: (_ for _ in ()).throw(DeadError))
        patch.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(DeadError):
            write(folder, NEW)
    assert outputs(folder) == OLD | {"index.html": NEW["index.html"]}


def test_opening_the_workspace_completes_what_was_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_workspace(tmp_path / "ws")
    _die_amid_the_moves(tmp_path / "ws" / "maps", monkeypatch)
    Workspace.open(tmp_path / "ws")
    assert outputs(tmp_path / "ws" / "maps") == NEW


def test_an_interrupt_puts_everything_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, OLD)
    real, count = Path.replace, iter(range(100))

    def replace(self: Path, target: Path) -> Path:
        made = real(self, target)
        if next(count) == 2:  # the marker, one file, the next
            raise KeyboardInterrupt
        return made

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with pytest.raises(KeyboardInterrupt):
            write(tmp_path, NEW)
    assert state(tmp_path) == OLD


@pytest.mark.parametrize(
    "text",
    [
        b"", b"[", b"null", b"7", b'{"a": 1}', b'["ab"]', b"\xff", b"[" * 5000, b'[["x", "y", "z"]]',
        b'[[".hbgeo-x.part", "../outside"]]',
        b'[[null, "../outside"]]',
        b'[[".hbgeo-x.part", "/outside"]]',
        b'[["inside", "index.html"]]',  # no part of ours
        b'[[".hbgeo-x.part", ".."]]',
        b'[[".hbgeo-x.part", 5]]',
    ],
)  # fmt: skip
def test_a_marker_that_is_none_of_ours_moves_nothing(tmp_path: Path, text: bytes) -> None:
    folder, outside = tmp_path / "maps", tmp_path / "outside"
    folder.mkdir()
    for path in (folder / ".hbgeo-x.part", folder / "inside", folder / "index.html", outside):
        path.write_text(path.name, "utf-8")
    before = state(tmp_path)
    marker = folder / ".hbgeo-aa-bb-1-0f.moves"
    marker.write_bytes(text)
    complete_moves(folder)
    assert state(tmp_path) == before  # but for the marker


@pytest.mark.skipif(os.name == "nt", reason="no pipes among files")
def test_a_marker_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".hbgeo-aa-bb-1-0f.moves")
    (tmp_path / ".hbgeo-aa-bb-1-10.moves").mkdir()
    complete_moves(tmp_path)
    write(tmp_path, NEW)
    assert outputs(tmp_path) == NEW


def _held_as_excel_holds(path: Path) -> Any:
    """A handle that lets others read and nothing else, on Windows; close it with `CloseHandle`."""
    kernel: Any = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
    kernel.CreateFileW.restype = ctypes.c_void_p
    share_read, read_write, there = 1, 0xC0000000, 3
    handle = kernel.CreateFileW(str(path), read_write, share_read, None, there, 0, None)
    assert handle not in (None, ctypes.c_void_p(-1).value)
    return lambda: kernel.CloseHandle(ctypes.c_void_p(handle))


@pytest.mark.skipif(os.name != "nt", reason="only Windows lets a file be held")
@pytest.mark.parametrize("name", ["report.xlsx", "coverage.csv", "通报 终稿.docx", "index.html"])
@pytest.mark.parametrize("alone", [False, True])
def test_what_excel_holds_is_said_and_nothing_is_left(
    tmp_path: Path, name: str, *, alone: bool
) -> None:
    old = {name: b"old"} if alone else {**OLD, name: b"old"}
    new = {name: b"new"} if alone else {**NEW, name: b"new"}
    write(tmp_path, old)
    let_go = _held_as_excel_holds(tmp_path / name)
    by = {".xlsx": " Excel ", ".csv": " Excel ", ".docx": " Word "}.get(
        Path(name).suffix, "其他程序"
    )
    try:
        with pytest.raises(
            OutputError, match=f"{name}：无法写入：正被{by}打开，请关闭后重试；原有文件未改动"
        ):
            write(tmp_path, new)
    finally:
        let_go()
    assert state(tmp_path) == old
    write(tmp_path, new)
    assert state(tmp_path) == new


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("报表.XLSX", "正被 Excel 打开，请关闭后重试"),
        ("coverage.csv", "正被 Excel 打开，请关闭后重试"),
        ("通报.docx", "正被 Word 打开，请关闭后重试"),
        ("index.html", "正被其他程序打开，请关闭后重试"),
    ],
)
@pytest.mark.parametrize("number", [32, 33, 1224])
def test_who_has_a_file_open_is_told_by_its_kind(name: str, said: str, number: int) -> None:
    err = PermissionError(errno.EACCES, "in use")
    held = type("Held", (PermissionError,), {"winerror": number})(*err.args)
    assert str(unwritable(Path(name), held)) == f"{name}：无法写入：{said}；原有文件未改动"


def test_what_is_open_is_found_before_a_second_name_of_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, OLD)

    def refuse(target: Path) -> None:
        if target.name == "coverage.csv":
            raise PermissionError(errno.EACCES, "in use")

    with monkeypatch.context() as patch:
        patch.setattr(moves, "_check_free", refuse)
        patch.setattr(moves, "_second_name", lambda _: pytest.fail("a second name was made"))
        with pytest.raises(OutputError, match=r"coverage\.csv：无法写入"):
            write(tmp_path, NEW)
    assert state(tmp_path) == OLD


def test_a_second_name_that_cannot_go_hides_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened between the check and the move: what is said is why, and of which file."""
    write(tmp_path, OLD)
    real_move, real_unlink = moves._move, Path.unlink

    def move(part: Path | None, target: Path) -> None:
        if part is not None and part.read_bytes() == b"new table":
            raise PermissionError(errno.EACCES, "in use")
        real_move(part, target)

    def unlink(path: Path, **how: bool) -> None:
        if path.name.startswith(".hbgeo") and path.exists() and path.read_bytes() == b"old table":
            raise PermissionError(errno.EACCES, "in use")
        real_unlink(path, **how)

    with monkeypatch.context() as patch:
        patch.setattr(moves, "_move", move)
        patch.setattr(Path, "unlink", unlink)
        with pytest.raises(OutputError, match=r"coverage\.csv：无法写入：没有写入权限，或文件正被"):
            write(tmp_path, NEW)
    assert outputs(tmp_path) == OLD
    with monkeypatch.context() as patch:
        patch.setattr(rests, "runs", lambda _: False)
        write(tmp_path, NEW)
    assert state(tmp_path) == NEW
