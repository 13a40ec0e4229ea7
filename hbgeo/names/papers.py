"""The names on all signs of a workspace: for the main job, and as papers that go back to the counties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from hbgeo.errors import OutputError
from hbgeo.measure.assessment import Measured
from hbgeo.measure.names.found import COLUMNS, SignNames
from hbgeo.measure.options import Options
from hbgeo.measure.reasons import Idle, idle_by_unit
from hbgeo.names.signs import (
    SIGNS,
    NamesFound,
    find_names,
    is_looked_at,
    mixed_notes,
    rules_table,
)
from hbgeo.read.table import LayerTable
from hbgeo.workspace import Workspace

MANY = 200_000  # signs of a layer that a run looks at by the way; more take longer than all else it does
_FEW = 3  # signs named of a village
_VILLAGES = ["code", "name", "township", "county_code", "reason"]


def names_of(workspace: Workspace, within: str = "") -> SignNames | None:
    """What was found of the signs of every layer of schema `sign`; None where there are none.

    Parameters
    ----------
    within
        The code of a county or prefecture: only its signs are told of. Layers that `left_out`
        names are not looked at.
    """
    asked = [key for key in _tables(workspace) if not _is_left_out(workspace, key)]
    found = {
        key: made for key in asked if (made := find_names(workspace, key, within)).checked.signs
    }
    return _joined(found) if found else None


def are_known(workspace: Workspace) -> bool:
    """Whether `names_of` would find what it found before, and look at no sign."""
    asked = [key for key in _tables(workspace) if not _is_left_out(workspace, key)]
    return all(is_looked_at(workspace, key) for key in asked)


def left_out(workspace: Workspace) -> list[str]:
    """A line for each layer that is too large to be looked at by the way, and has not been by itself."""
    return [
        f"{table.title}（{key}）{len(table.frame):,} 块标志，本次没有核对名称：超过 {MANY:,} 块的请先运行"
        f" hbgeo names{'' if key == SIGNS else f' {key}'}，再运行本命令，就有核对的结果"
        for key, table in _tables(workspace).items()
        if _is_left_out(workspace, key)
    ]


def _tables(workspace: Workspace) -> dict[str, LayerTable]:
    """The layers of signs, by key."""
    layers = workspace.catalog.layers.items()
    keys = [k for k, one in layers if one.role == "facilities" and one.schema == SIGNS]
    tables = {key: workspace.layers.table(key) for key in keys}
    return {key: table for key, table in tables.items() if "name" in table and "kind" in table}


def _is_left_out(workspace: Workspace, key: str) -> bool:
    many = len(workspace.layers.table(key).frame) > MANY
    return many and not is_looked_at(workspace, key)


def _joined(found: Mapping[str, NamesFound]) -> SignNames:
    """The findings of several layers as one; what is said of more than one layer names it."""
    rows = [one.rows.assign(layer=key) for key, one in found.items()]
    several = len(found) > 1
    notes = [
        f"{one.title}“{key}”：{note}" if several else note
        for key, one in found.items()
        for note in one.notes
    ]
    first = next(iter(found.values()))
    return SignNames(
        pd.concat(rows, ignore_index=True)[[*COLUMNS, "layer"]],
        _summed([one.checked.signs for one in found.values()]),
        _summed([one.checked.unheld for one in found.values()]),
        first.names,
        first.against,
        tuple(notes),
        any(one.sample for one in found.values()),
    )


def _summed(counts: list[dict[str, int]]) -> dict[str, int]:
    codes = dict.fromkeys(code for one in counts for code in one)
    return {code: sum(one.get(code, 0) for one in counts) for code in codes}


@dataclass(frozen=True)
class CountyPapers:
    """A workbook for each county that has something to mend, and what was left to say.

    Attributes
    ----------
    files
        Name of the file → its content, in the order of the counties' codes.
    problems, villages
        How many signs have findings, and how many villages have no sign; None where that cannot be told.
    notes
        What the user must know of them, a line each.
    """

    files: dict[str, bytes]
    problems: int
    villages: int | None
    notes: tuple[str, ...]


def county_papers(workspace: Workspace, found: NamesFound, options: Options) -> CountyPapers:
    """Write for each county its signs with findings and its villages without a sign.

    Parameters
    ----------
    found
        As `find_names` gives it, of the part that `options.within` names.
    """
    from hbgeo.show.excel.names import county_bytes
    from hbgeo.show.excel.problems import NOWHERE, sheet_names
    from hbgeo.show.words import SAMPLE_MARK

    rows = found.rows.assign(township=_townships(workspace, found.rows["unit_code"]))
    villages, why_not, sample = _without_sign(workspace, options)
    codes = {str(code) for code in rows["county_code"]}
    codes |= set() if villages is None else {str(code) for code in villages["county_code"]}
    ordered = sorted(codes, key=lambda code: (not code, code))
    names = sheet_names([(c, found.names.get(c, c) if c else NOWHERE) for c in ordered])
    mark, rules = (SAMPLE_MARK if found.sample or sample else ""), rules_table()
    files = {}
    for (code, name), file in names.items():
        mine = rows[rows["county_code"] == code]
        left = None if villages is None else villages[villages["county_code"] == code]
        said = _lines(found, code, mine, left, options)
        mixed = {c: both for c, both in found.checked.mixed.items() if c == code}
        how: dict[str, Any] = {"notes": mixed_notes(mixed, found.names), "mark": mark}
        files[f"{file}.xlsx"] = county_bytes(name, mine, left, rules, said, **how)
    count = None if villages is None else len(villages)
    return CountyPapers(files, rows["id"].nunique(), count, (*found.notes, *why_not))


def _townships(workspace: Workspace, codes: pd.Series) -> list[str]:
    units = workspace.find_units("township")
    names = {} if units is None else units.frame["name"].to_dict()
    return [str(names.get(code, "")) for code in codes]


def _lines(
    found: NamesFound,
    code: str,
    rows: pd.DataFrame,
    villages: pd.DataFrame | None,
    options: Options,
) -> list[str]:
    """What stands above the two lists of a county."""
    from hbgeo.show.names_words import TO_DECIDE

    signs = found.checked.signs.get(code, 0)
    wrong = f"有问题的 {rows['id'].nunique():,} 块，共 {len(rows):,} 条。{TO_DECIDE}"
    first = f"{found.against}。本县 {signs:,} 块标志，{wrong if len(rows) else '没有发现问题。'}"
    if villages is None:
        return [first]
    count = f"没有完好村牌的 {len(villages):,} 个。" if len(villages) else "都有完好的村牌。"
    return [first, f"截至 {options.as_of}，应设村牌的村中，{count}"]


def _without_sign(
    workspace: Workspace, options: Options
) -> tuple[pd.DataFrame | None, list[str], bool]:
    """The villages without a sign; or None and why that cannot be told; and whether data are invented."""
    asked = [one.id for one in workspace.policy.values() if _asks_for_signs(one)]
    if not asked:
        return None, ["政策里没有按村统计标志的指标，只列有问题的标志。"], False
    measured = workspace.measure(asked[:1], options=options, with_nearest=True)
    one = measured.assessments[0]
    if one.coverage is None:
        lacking = "、".join(one.missing)
        return None, [f"没有标志的村无法列出：缺少{lacking}。"], False
    return _villages(workspace, measured), [], one.coverage.basis.sample


def _asks_for_signs(one: Any) -> bool:
    return bool(one.units == "village" and one.layer == SIGNS and one.variant is None)


def _villages(workspace: Workspace, measured: Measured) -> pd.DataFrame:
    """Uncovered villages, each with its township and why it is left out, in code order."""
    [one] = measured.assessments
    if one.coverage is None:
        raise AssertionError(one.indicator.id)
    units = one.coverage.uncovered
    waiting = measured.waiting.get(one.indicator.id)
    idle = {} if waiting is None else idle_by_unit(waiting, one.as_of, units.index)
    reasons = [_reason(idle.get(str(code), [])) for code in units.index]
    known = workspace.units("village")["township"].reindex(units.index).fillna("")
    made = units.assign(township=known, reason=reasons).rename_axis("code").reset_index()
    return made[_VILLAGES].sort_values("code", ignore_index=True)


def _reason(idle: list[Idle]) -> str:
    """Why a village counts as without a sign: it has none, or those that it has do not count."""
    shown = [f"{one.name}（{one.said}）" for one in idle[:_FEW]]
    more = f"等 {len(idle)} 块" if len(idle) > _FEW else ""
    return f"村牌不能计入：{'、'.join(shown)}{more}" if idle else "没有村牌"


def is_folder(output: Path) -> bool:
    """Whether a folder is asked for: an existing one, or a name that ends like no file.

    Raises
    ------
    OutputError
        If a file of that name stands there.
    """
    if output.is_file() and not output.suffix:
        raise OutputError(f"{output}：是一个文件，不能当作文件夹；请换一个名称")
    return output.is_dir() or not output.suffix
