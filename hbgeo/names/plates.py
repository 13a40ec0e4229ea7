"""Door plates of any number: a file of points counted by unit and street, the streets' names checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from hbgeo.arrow import Cells
from hbgeo.errors import RequestError
from hbgeo.measure.locate_stream import TAGS, Tagged
from hbgeo.measure.names.check import check_names
from hbgeo.measure.names.places import Places
from hbgeo.measure.names.plates import PLATE_COLUMNS, Streets, as_signs, with_findings
from hbgeo.measure.names.reading import Reader
from hbgeo.measure.names.rules import RULES
from hbgeo.measure.names.text import Judge
from hbgeo.names.comparison import find_parents, find_places
from hbgeo.names.gazetteer import unit_names
from hbgeo.names.lists import NameList, inside
from hbgeo.products import locate_points, marks_of
from hbgeo.read.characters.readings import read_readings
from hbgeo.read.characters.variants import read_variants
from hbgeo.read.schema.match import match_headings
from hbgeo.read.schema.records import read_schema
from hbgeo.show.words import SAMPLE_MARK
from hbgeo.workspace import Workspace

_AGAINST_OTHERS = ("N08", "N09")  # told of signs, which are few; streets stand below each other
_HEADINGS = (
    "unit_named",
    "name",
)  # of the schema of signs: the street itself, else the plate's text
_PLATES = ("门牌名称", "门牌地址", "标准地址", "详细地址", "地址", "门牌号", "门牌")


def count_plates(
    workspace: Workspace,
    file: Path,
    crs: str = "",
    within: str = "",
    *,
    progress: Callable[[int, int], None] | None = None,
) -> NameList:
    """Count the door plates of a file by township and street, and check each street's name once.

    The file is read in batches; what is kept grows with the streets, not with the plates. A plate
    belongs to the township that holds its point.

    Raises
    ------
    RequestError, LayerError
        If there is no such file, or it has no column of plates or no coordinates.
    """
    tagged, said = locate_points(workspace, file, "township", crs, progress=progress)
    name, roman = _columns(tagged, file)
    streets = Streets()
    for batch, _, _ in tagged.parts:
        units, _, counties, _ = (batch.column(len(batch.schema) - k) for k in _from_the_end(batch))
        letters = batch.column(roman) if roman >= 0 else pa.nulls(len(batch), pa.string())
        streets.add(counties, units, _texts(batch.column(name)), letters)
    judge = Judge(read_variants(), Reader(read_readings(workspace.catalog.folder)))
    places, scope, against = find_places(workspace)
    known = streets.table()
    bare = int(known["plates"][known["street"] == ""].sum())
    known = known[known["street"] != ""].reset_index(drop=True)
    signs = as_signs(known, find_parents(workspace))
    sample, marks = marks_of(workspace, "township")
    how: dict[str, Any] = {"scope": scope, "sample": sample}
    checked = check_names(signs, Places(places, judge), judge, **how)
    shown = [rule for rule in RULES if rule not in _AGAINST_OTHERS]
    rows = inside(with_findings(known, checked, shown), within)
    notes = [*said, *_bare(bare), *(one for one in marks if not one.startswith(SAMPLE_MARK))]
    return replace(_as_list(workspace, rows, streets.plates, against, notes), sample=sample)


def _from_the_end(batch: pa.RecordBatch) -> range:
    """Where the tags stand: they are the last columns, before x and y where the file has geometry."""
    first = len(batch.schema) - batch.schema.get_field_index(TAGS[0])
    return range(first, first - len(TAGS), -1)


def _texts(cells: Cells) -> Cells:
    return cells if pa.types.is_string(cells.type) else cells.cast(pa.string())


def _columns(tagged: Tagged, file: Path) -> tuple[int, int]:
    """Where the plates' texts stand among the columns, and their letters; −1 without those."""
    own = tagged.schema.names[: tagged.schema.get_field_index(TAGS[0])]
    found = match_headings(own, read_schema("sign"), where=file.name).found
    named = [found[c] for c in _HEADINGS if c in found] + [one for one in _PLATES if one in own]
    if not named:
        seen = "、".join(own[:12])
        raise RequestError(
            f"{file.name}：没有门牌或街路巷名称的列（如 标志名称、指代地名、门牌地址）；已有列：{seen}"
        )
    roman = own.index(found["roman"]) if "roman" in found else -1
    return own.index(named[0]), roman


def _bare(count: int) -> list[str]:
    return [f"{count:,} 块门牌没有街路巷或村名，只有号码，没有核对。"] if count else []


def _as_list(
    workspace: Workspace, rows: pd.DataFrame, plates: int, against: str, notes: list[str]
) -> NameList:
    names = unit_names(workspace, "county", "township")
    rows = rows.assign(
        county=[names.get(code, "") for code in rows["county_code"]],
        unit=[names.get(code, "") for code in rows["unit_code"]],
    )[["county", "unit", *PLATE_COLUMNS[2:], "county_code", "unit_code"]]
    once = rows.drop_duplicates(["unit_code", "county_code", "street", "roman"])
    wrong = rows[rows["rule"] != ""].drop_duplicates(["unit_code", "street", "roman"])
    line = f"{plates:,} 块门牌，{len(once):,} 个乡镇内的街路巷、村名；{against}。{len(wrong):,} 个名称有问题，涉及 {int(wrong['plates'].sum()):,} 块。"
    return NameList(rows, "plates", "门牌按街路巷清点", line, tuple(notes), sample=False)
