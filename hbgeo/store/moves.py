"""Several files moved onto their places as one, at whatever moment the process may die.

Before the first move a marker lists them all; it goes after the last. Whoever finds a marker
completes its moves: then all files are new. Before it was there, all are old.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from hbgeo.store.plain import open_plain
from hbgeo.store.rests import PREFIX, part_beside

_MARKER = ".moves"
_MOST = 1 << 20  # bytes of a marker
Moves = Mapping[Path, Path | None]  # target → what is moved onto it; None: the target goes


def move_together(parts: Mapping[Path, Path]) -> None:
    """Move parts onto their targets (target → part), all or none.

    Raises
    ------
    OSError
        If one cannot be moved; its `filename` is the target. What stood there before is put back
        everywhere.
    """
    home = Path(os.path.commonpath([target.parent for target in parts]))
    _complete(home)
    marker = part_beside(home / "all", _MARKER)
    before: dict[Path, Path | None] = {}
    moved: dict[Path, Path | None] = {}
    for target in parts:
        with _named(target):
            _check_free(target)
    try:
        if len(parts) > 1:
            for target in parts:
                with _named(target):
                    before[target] = _second_name(target)
            with _named(target):
                _write_marker(marker, parts)
        for target, part in parts.items():
            moved[target] = before.get(target)
            with _named(target):
                _move(part, target)
    except BaseException as err:
        if isinstance(err, OSError):
            moved.pop(Path(err.filename), None)  # it stands as it stood
        _put_back(marker, moved)
        _clear(marker, before)
        raise
    _clear(marker, before)


def complete_moves(folder: Path) -> None:
    """Complete the moves of those who died over them, or leave it to whoever writes there next."""
    with contextlib.suppress(OSError):
        _complete(folder)


def _complete(folder: Path) -> None:
    for marker in sorted(folder.glob(f"{PREFIX}*{_MARKER}")):
        for target, part in _read_marker(marker).items():
            with _named(target):
                _move(part, target)
        with contextlib.suppress(OSError):
            marker.unlink()


def _check_free(target: Path) -> None:
    """On Windows, refuse to go on where somebody has the target open and it could not be replaced.

    Found out in time, for a second name of such a file could not be removed again.
    """
    if os.name == "nt" and target.exists():
        target.rename(target)


def _move(part: Path | None, target: Path) -> None:
    if part is None:
        target.unlink(missing_ok=True)
        return
    with contextlib.suppress(FileNotFoundError):  # somebody who found the marker was quicker
        part.replace(target)


def _put_back(marker: Path, moved: Moves) -> None:
    """Put back what stood in the places of files that were moved; the marker says so meanwhile."""
    if moved and marker.exists():
        with contextlib.suppress(OSError):  # a full disk: then without it
            _write_marker(marker, moved)
    for target, old in moved.items():
        with _named(target):
            _move(old, target)


def _clear(marker: Path, before: Moves) -> None:
    marker.unlink(missing_ok=True)
    for left in filter(None, before.values()):
        # the same file was opened meanwhile, on Windows: it goes with what the next run clears away
        with contextlib.suppress(PermissionError):
            left.unlink(missing_ok=True)


def _second_name(path: Path) -> Path | None:
    """A second name (or, where there are no links, a copy) for what stands at `path`."""
    if not path.exists():
        return None
    before = part_beside(path)
    try:
        os.link(path, before)
    except OSError:  # shares and some drives have no hard links
        shutil.copy2(path, before)
    return before


def _write_marker(marker: Path, moves: Moves) -> None:
    home = marker.parent
    listed = [
        [part and part.relative_to(home).as_posix(), target.relative_to(home).as_posix()]
        for target, part in moves.items()
    ]
    fresh = part_beside(home / "marker")  # no marker yet: nobody must go by half of one
    with fresh.open("xb") as file:
        file.write(json.dumps(listed).encode())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(marker)


def _read_marker(marker: Path) -> dict[Path, Path | None]:
    """What a marker lists; nothing where it is no marker of ours, or leads elsewhere."""
    try:
        with open_plain(marker, _MOST) as file:
            listed = json.loads(file.read())
        moves = {_below(marker.parent, to): of and _below(marker.parent, of) for of, to in listed}
    except (OSError, ValueError, TypeError, RecursionError):
        return {}
    ours = (part is None or part.name.startswith(PREFIX) for part in moves.values())
    return moves if all(ours) else {}


def _below(home: Path, given: str) -> Path:
    """A path below a folder.

    Raises
    ------
    ValueError
        If it leads out of it.
    """
    path = home.joinpath(*PurePosixPath(given).parts)
    if not path.parent.resolve().is_relative_to(home.resolve()) or path.name in {"", ".."}:
        raise ValueError(given)
    return path


@contextlib.contextmanager
def _named(target: Path) -> Iterator[None]:
    """Have an error tell the target, whichever of the files it was about."""
    try:
        yield
    except OSError as err:
        code = getattr(err, "winerror", None)  # says more than the number of POSIX
        raise OSError(err.errno, err.strerror or str(err), str(target), code) from None
