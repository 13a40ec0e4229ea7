"""Where the rows of a point file stand, and nothing else of them: batch by batch, a part or all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hbgeo.arrays import Floats, Mask
from hbgeo.arrow import Cells, texts_in, whether
from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.schema.match import match_headings
from hbgeo.read.schema.personal import is_personal
from hbgeo.read.schema.records import read_schema
from hbgeo.read.stream.part import ALL, Part
from hbgeo.read.stream.plain import cells_as_text
from hbgeo.read.stream.points import TOLD, Tally, conversions_of, open_sources
from hbgeo.read.stream.sources import Batch, Source

_SHOWN = 12  # headings named in a message


@dataclass(frozen=True)
class Wanted:
    """What is asked of every row.

    Attributes
    ----------
    crs
        That of points whose file does not say; "" takes CGCS2000, and says so.
    names
        The column that names the unit a row belongs to, by its meaning (`township_code`); "" for none.
    where
        Heading → values: only rows that hold one of them in each of these columns are looked at.
    """

    crs: str = ""
    names: str = ""
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def filters(self) -> tuple[str, ...]:
        """What is asked for, in words."""
        return tuple(f"{column}={'、'.join(values)}" for column, values in self.where.items())


EVERY = Wanted()  # every row


@dataclass(frozen=True)
class Positions:
    """Where the rows of a batch stand.

    Attributes
    ----------
    x, y
        In CGCS2000, of the rows that are looked at; NaN for no usable point.
    passed
        How many rows hold none of the values asked for.
    unreadable
        How many have coordinates that cannot be used; the other rows of NaN have none.
    named
        The code of the unit that each row names, "" for none; None where no column says.
    """

    x: Floats
    y: Floats
    passed: int
    unreadable: int
    named: list[str] | None


def read_positions(
    path: Path, wanted: Wanted, tally: Tally, part: Part = ALL
) -> Iterator[Positions]:
    """Read where the rows of a file stand, in constant memory.

    Parameters
    ----------
    tally
        Takes what must be said of the file.
    part
        What of the file is read; its columns are chosen here.

    Raises
    ------
    LayerError
        As `open_points` does; if a column of `where` is absent or holds personal data.
    """
    layer = Layer("count", "facilities", (str(path),), "", crs=wanted.crs)
    told = (*TOLD, *([wanted.names] if wanted.names else []))
    part = replace(part, meanings=told, headings=tuple(wanted.where))
    sources, layer = open_sources(path, layer, tally, part=part)
    _check_where(path.name, sources[0].schema.names, wanted.where)
    conversions = conversions_of(path.name, sources, layer, tally)
    for source, convert in zip(sources, conversions, strict=True):
        naming = _naming_column(source, layer, wanted.names)
        for batch in source.batches:
            before, every = tally.aside, len(batch[2])
            some = _rows_with(batch, wanted.where)
            x, y = convert(some)
            named = texts_in(_texts(some[0].column(naming))) if naming else None
            yield Positions(x, y, every - len(x), tally.aside - before, named)


def _check_where(name: str, headings: Sequence[str], where: Mapping[str, Sequence[str]]) -> None:
    own = [h for h in headings if not is_personal(h)]
    for column in where:
        if is_personal(column):
            raise LayerError(f"{name}：“{column}”像是个人信息的列，不能用来筛选")
        if column not in own:
            have = "、".join(own[:_SHOWN])
            raise LayerError(f"{name}：没有筛选所用的列“{column}”；已有列：{have}")


def _naming_column(source: Source, layer: Layer, meaning: str) -> str:
    """The heading of the column of that meaning; "" where there is none."""
    if not meaning:
        return ""
    headings = source.headings or match_headings(
        source.schema.names, read_schema("facility"), layer.columns
    )
    return headings.found.get(meaning, "")


def _rows_with(batch: Batch, where: Mapping[str, Sequence[str]]) -> Batch:
    """The rows that hold one of the values asked for in every column asked for."""
    if not where:
        return batch
    columns, points, rows = batch
    mask = np.ones(len(rows), bool)
    for column, values in where.items():
        mask &= _holds(_texts(columns.column(column)), values)
    some = columns.filter(pa.array(mask))
    return some, points and (points[0][mask], points[1][mask]), rows[mask]


def _holds(cells: Cells, values: Sequence[str]) -> Mask:
    found = pc.is_in(cells, value_set=pa.array(values, pa.string()))
    return np.asarray(whether(found).to_numpy(zero_copy_only=False))


def _texts(cells: Cells) -> Cells:
    """Cells as they are compared: text without blanks around it; "" for missing ones."""
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    return pc.utf8_trim_whitespace(cells_as_text(cells)).fill_null("")
