"""Files written whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Self

from hbgeo.errors import OutputError, why_not
from hbgeo.store.moves import move_together
from hbgeo.store.rests import part_beside, remove_rests

_OPEN = (32, 33, 1224)  # what Windows says of a file that somebody has open
_PROGRAMS = {" Excel ": (".xlsx", ".xls", ".csv"), " Word ": (".docx",)}
_WHY = {
    errno.EACCES: "没有写入权限，或文件正被其他程序（如 Excel）打开，请关闭后再试",
    errno.EPERM: "没有写入权限",
    errno.ENOENT: "文件夹不存在",
}

Writer = Callable[[IO[bytes]], object]  # writes a file's content into an open binary file


class Staging:
    """Files made beside their places and moved onto them together: all of them or none.

    with Staging() as staging:
        staging.write(path, writer)
        staging.move()
    """

    def __init__(self) -> None:
        self._staged: dict[Path, Path] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for left in self._staged.values():
            with suppress(OSError):  # the first error is what is said
                left.unlink(missing_ok=True)

    def path(self, target: Path) -> Path:
        """Where the content of a file may be put by others before `move`."""
        if target not in self._staged:
            self._staged[target] = part_beside(target)
        return self._staged[target]

    def write(self, target: Path, write: Writer) -> None:
        """Make a file's content, beside its place.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        try:
            with self.path(target).open("xb") as file:
                write(file)
        except OSError as err:
            raise unwritable(target, err) from None

    def move(self) -> list[Path]:
        """Move every file onto its place; what others left beside them when they died goes.

        Returns
        -------
        paths
            The files, in the order they were written or asked for.

        Raises
        ------
        OutputError
            If one cannot be moved; what stood there before is put back everywhere.
        """
        for target, beside in self._staged.items():
            try:
                with beside.open("rb+") as file:
                    os.fsync(file.fileno())
            except OSError as err:
                raise unwritable(target, err) from None
        try:
            move_together(self._staged)
        except OSError as err:
            raise unwritable(Path(err.filename), err) from None
        for folder in {target.parent for target in self._staged}:
            remove_rests(folder)
        return list(self._staged)


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write several files, all or none: each beside its place first, then moved onto it.

    Raises
    ------
    OutputError
        If one cannot be written; what stood there before is untouched.
    """
    with Staging() as staging:
        for path, content in files.items():
            staging.write(path, partial(_write, content))
        staging.move()


def _write(content: bytes, file: IO[bytes]) -> None:
    file.write(content)


def put(part: Path, name: str, write: Writer) -> None:
    """Make the content of a file beside its place (see `Staging.path`), where another process moves it there.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    try:
        with part.open("wb") as file:
            write(file)
    except OSError as err:
        raise unwritable(part.with_name(name), err) from None


def unwritable(path: Path, err: OSError) -> OutputError:
    """What to say of a file that could not be written; what stood there before still does."""
    if getattr(err, "winerror", None) in _OPEN:
        by = next((p for p, of in _PROGRAMS.items() if path.suffix.lower() in of), "其他程序")
        why = f"正被{by}打开，请关闭后重试"
    else:
        why = _WHY.get(err.errno or 0) or why_not(err)
    return OutputError(f"{path}：无法写入：{why}；原有文件未改动")
