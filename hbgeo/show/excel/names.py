"""What was found of signs as a workbook: every finding, and the rules it is found by."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from hbgeo.show.excel.listing import book_of, list_sheet

_ORDER = [
    "county",
    "sign",
    "standard",
    "roman",
    "rule",
    "title",
    "severity",
    "message",
    "suggestion",
]
_ORDER += ["article", "score", "id", "unit_code", "county_code", "file", "sheet", "row"]


def names_bytes(
    rows: pd.DataFrame,
    rules: pd.DataFrame,
    counties: Mapping[str, str],
    title: str,
    line: str,
    *,
    mark: str = "",
) -> bytes:
    """Make the workbook of findings.

    Parameters
    ----------
    rows
        As `measure.names.check` gives them.
    rules
        One row a rule: `rule`, `title`, `severity`, `article`, `example`.
    counties
        Code → name.
    line
        Against what the signs were held.
    """
    titles = dict(zip(rules["rule"], rules["title"], strict=True))
    shown = rows.assign(
        county=[counties.get(code, "") for code in rows["county_code"]],
        title=[titles[rule] for rule in rows["rule"]],
    )
    first = list_sheet("问题", f"{title}：名称核对", line, shown[_ORDER], "names", mark=mark)
    said = "规则、依据和例子；例中的名称为示例。"
    return book_of([first, list_sheet("规则", "名称核对的规则", said, rules, "rules")])
