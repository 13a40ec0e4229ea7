"""How much each candidate can take, as a column of its layer says; checked before anything is solved."""

from __future__ import annotations

from fractions import Fraction

from hbgeo.errors import RequestError
from hbgeo.plan.candidates import Candidates
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.decimals import exact
from hbgeo.read.cell.numbers import number_of
from hbgeo.read.schema.records import Schema

OPTION = "--supply"


def supplies(found: Candidates, column: str, layer: Layer | None, schema: Schema) -> list[Fraction]:
    """How much each candidate can take, exact.

    Parameters
    ----------
    column
        Its heading, or its name in the schema.
    layer
        Whose rows the candidates are; None where they are no layer's: these say nothing.

    Raises
    ------
    RequestError
        If there is no such column, or a candidate leaves it empty or says no number of 0 or more.
    """
    if layer is None:
        raise RequestError(f"{OPTION} 要和 --candidates 图层 一起写：容量是图层里的一列")
    known = {one.id: one.id for one in schema.columns.values()}
    known |= {name: one.id for one in schema.columns.values() for name in one.names}
    named = known.get(column, column)
    frame = found.frame
    if named not in frame:
        numbers = [schema.heading(str(c)) for c in frame.columns if frame[c].dtype.kind in "if"]
        have = "、".join(n for n in numbers if n not in {"row", "x", "y"}) or "无"
        raise RequestError(
            f"{OPTION}：图层“{layer.key}”没有列“{column}”；已有的数字列：{have}，别的列先在目录里写进 columns"
        )
    made: list[Fraction] = []
    for one, cell in zip(frame.index, frame[named].tolist(), strict=True):
        number = number_of(cell) if isinstance(cell, str) else float(cell)
        if not number >= 0:
            said = "没有填" if cell == "" or cell != cell else f"“{cell}”不是 0 或正数"
            raise RequestError(f"{OPTION}：候选点 {one} 的“{column}”{said}；每个候选点都要填")
        made.append(exact(number))
    return made
