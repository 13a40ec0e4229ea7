"""The signs of a workspace held against its place names: what was found, as tables and as shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from hbgeo.errors import RequestError
from hbgeo.measure.names.found import Checked
from hbgeo.measure.names.rules import RULES
from hbgeo.names.gazetteer import find_gazetteer, unit_names
from hbgeo.names.kept import checked_names, is_known
from hbgeo.read.keys import GAZETTEER
from hbgeo.workspace import Workspace

SIGNS = "sign"


@dataclass(frozen=True)
class NamesFound:
    """What was found of the signs of one layer, and what must be said beside it.

    Attributes
    ----------
    against
        What the signs were held against, in words.
    names
        County → its name.
    """

    checked: Checked
    title: str
    against: str
    notes: tuple[str, ...]
    sample: bool
    names: dict[str, str]

    @property
    def rows(self) -> pd.DataFrame:
        """One row a finding."""
        return self.checked.rows

    def content(self, suffix: str) -> bytes:
        """The content of a file by its suffix: a workbook has the rules on a sheet of their own."""
        from hbgeo.show.excel.names import names_bytes
        from hbgeo.show.table.formats import table_bytes
        from hbgeo.show.words import SAMPLE_MARK

        if suffix == ".xlsx":
            none = "，没有发现问题" if self.rows.empty else ""
            line = f"{self.against}。共 {sum(self.checked.signs.values()):,} 块标志{none}。提醒由人核定，本表不自动改正任何名称。"
            mark = SAMPLE_MARK if self.sample else ""
            return names_bytes(self.rows, rules_table(), self.names, self.title, line, mark=mark)
        return table_bytes(self.rows, suffix)


def rules_table() -> pd.DataFrame:
    """The rules, each with its article and an example."""
    columns = ["rule", "title", "severity", "article", "example"]
    rows = [[r.id, r.title, r.severity, r.article, r.example] for r in RULES.values()]
    return pd.DataFrame(rows, columns=columns)


def find_names(
    workspace: Workspace,
    key: str = SIGNS,
    within: str = "",
    *,
    progress: Callable[[int, int], None] | None = None,
) -> NamesFound:
    """Hold the signs of a layer against the gazetteer, or the list of villages where there is none.

    Parameters
    ----------
    within
        The code of a county or prefecture: only its signs' findings are given.

    Raises
    ------
    RequestError
        If the layer's rows are no signs: they have no names.
    """
    table = workspace.layers.table(key)
    if table.level or "name" not in table or "kind" not in table:
        raise RequestError(
            f'图层“{key}”不是地名标志：要有标志名称、标志类别两列，如 schema = "sign"'
        )
    _, scope, against = find_gazetteer(workspace)

    def check() -> Checked:
        from hbgeo.names.comparison import check_table  # not where what was found is kept

        return check_table(workspace, table, progress)

    checked = checked_names(workspace, key, "" if scope else GAZETTEER, check)
    names = unit_names(workspace, "county")
    checked = _inside(checked, within) if within else checked
    notes = (*_notes(checked, scope), *mixed_notes(checked.mixed, names))
    return NamesFound(checked, table.title, against, notes, table.sample, names)


def is_looked_at(workspace: Workspace, key: str) -> bool:
    """Whether the signs of a layer were held against the very same names before."""
    _, scope, _ = find_gazetteer(workspace)
    return is_known(workspace, key, "" if scope else GAZETTEER)


def _inside(checked: Checked, within: str) -> Checked:
    """What was found in one county or prefecture."""
    start = within[:4] if within.endswith("00") else within
    mine = [str(code).startswith(start) for code in checked.rows["county_code"]]
    counts = {
        part: {c: n for c, n in getattr(checked, part).items() if c.startswith(start)}
        for part in ("signs", "unheld", "mixed")
    }
    rows = checked.rows[np.array(mine, dtype=bool)].reset_index(drop=True)
    return replace(checked, rows=rows, **counts)


def _notes(checked: Checked, scope: tuple[str, ...]) -> list[str]:
    count = sum(checked.unheld.values())
    if not count:
        return []
    why = "名单里没有这类地名，" if scope else ""
    return [f"{count:,} 块标志没有找到标准名称：{why}只核对了写法和拼写。"]


def mixed_notes(mixed: Mapping[str, tuple[int, int]], names: dict[str, str]) -> list[str]:
    """Counties whose village signs part the generic here and join it there: both are right, not mixed."""
    return [
        f"{names.get(county, county)}的村牌拼写不统一：“村”分写 {apart:,} 块，连写 {joined:,} 块；两种写法都可，一县宜用一种。"
        for county, (apart, joined) in mixed.items()
    ]
