"""A file, or a part of a large one, as a piece of work that knows nothing of the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from hbgeo.errors import LayerError
from hbgeo.measure.locate import UnitIndex
from hbgeo.measure.point_counts import Census, census_of
from hbgeo.read.crs import transformation
from hbgeo.read.file.data_rows import say_skipped
from hbgeo.read.stream.part import ALL, Part, cut_file
from hbgeo.read.stream.points import Tally
from hbgeo.read.stream.positions import Wanted, read_positions


@dataclass(frozen=True)
class Piece:
    """A part of a file, and how many bytes the file has: it must not change while it is counted."""

    path: Path
    size: int
    part: Part = ALL


@dataclass(frozen=True)
class Found:
    """What became of a piece's rows, and what its reading has met."""

    census: Census
    tally: Tally = field(default_factory=Tally)


def cut_files(files: Sequence[Path], wanted: Wanted) -> list[Piece]:
    """The pieces that hold every row of some files once, in their order.

    Raises
    ------
    LayerError
        If a large file is none that can be read, or nobody knows the CRS asked for.
    """
    if wanted.crs:
        transformation(wanted.crs)  # before anything else is done
    pieces = []
    for path in files:
        size = path.stat().st_size
        pieces += [Piece(path.absolute(), size, part) for part in cut_file(path)]
    return pieces


def count_piece(index: UnitIndex, piece: Piece, wanted: Wanted) -> Found:
    """Count the rows of a piece; memory stays that of a few batches.

    Raises
    ------
    LayerError
        If the file is not here or has another size by now, and as `read_positions` does.
    """
    _check(piece)
    census, tally = Census(np.zeros(len(index.codes), np.int64)), Tally()
    for some in read_positions(piece.path, wanted, tally, piece.part):
        about = {"passed": some.passed, "unreadable": some.unreadable}
        census += census_of(index, some.x, some.y, some.named, **about)
    _check(piece)
    return Found(census, tally)


def _check(piece: Piece) -> None:
    if not piece.path.is_file():
        said = "计数的进程看不到这个文件；请放在各台机器都能按同一路径读到的位置"
        raise LayerError(f"{piece.path}：{said}")
    if piece.path.stat().st_size != piece.size:
        raise LayerError(f"{piece.path}：计数期间文件被改动；请等写完后重新计数")


def add_up(found: Iterable[Found]) -> Census:
    """The sum of all pieces.

    Raises
    ------
    ArithmeticError
        If a row is nowhere, or in two places: then no figure may be given.
    """
    first, *rest = (one.census for one in found)
    whole = sum(rest, first)
    if not whole.adds_up:
        raise ArithmeticError("the rows do not add up")
    return whole


def say_all(pieces: Sequence[Piece], found: Sequence[Found]) -> list[str]:
    """What must be said of all files, each thing once, with how many files it is of."""
    both = list(zip(pieces, found, strict=True))
    names = dict.fromkeys(piece.path for piece in pieces)
    lines: dict[str, dict[Path, None]] = {}
    for piece, one in both:
        for line in one.tally.said:
            lines.setdefault(line, {})[piece.path] = None
    said = [_of_some(line, list(of), len(names)) for line, of in lines.items()]
    said += _skipped(both)
    if swapped := sum(one.tally.swapped for one in found):
        said.append(f"{swapped:,} 行的经纬度疑似写反，已对调。")
    if aside := sum(one.tally.aside for one in found):
        first = next(f"{p.path.name} {o.tally.first}" for p, o in both if o.tally.aside)
        said.append(f"{aside:,} 行的坐标不能使用，未归属；如：{first}。")
    return said


def _of_some(line: str, files: list[Path], every: int) -> str:
    if len(files) == every:
        return line
    return f"{line}（{len(files)} 个文件，如 {files[0].name}）"


def _skipped(both: Sequence[tuple[Piece, Found]]) -> list[str]:
    """The lines that are no rows of data: those of the first file that has some, and how many in all."""
    having = [(p, o.tally.skipped) for p, o in both if o.tally.skipped.count]
    if not having:
        return []
    count = sum(skipped.count for _, skipped in having)
    path = having[0][0].path
    mine = [skipped for piece, skipped in having if piece.path == path]
    shown = say_skipped([line for s in mine for line in s.first], sum(s.count for s in mine))
    others = "" if len(mine) == len(having) else f"；各文件共 {count:,} 行"
    return [f"{path.name} {shown}{others}。"]
