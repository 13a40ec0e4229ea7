"""收集情况 as a page of its own, `maps/collect.html`: it changes with every collection, the map with every run."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from hbgeo.show import look
from hbgeo.show.collected import CORRECTED, MISSING, SENT, WRONG, Collected

_MOST = 500  # lines of a list; the workbook has all
_MARKS = {
    MISSING: ("none", "—"),
    SENT: ("sent", "✓"),
    WRONG: ("wrong", "!"),
    CORRECTED: ("mended", "✓✓"),
}
_STYLE = f"""
body{{font:15px/1.6 {",".join(f'"{font}"' for font in look.SCREEN_FONTS)},sans-serif;margin:1.5em;color:{look.INK}}}
h1{{font-size:1.4em;margin:0}}h2{{font-size:1.1em;margin:1.6em 0 .3em}}p{{margin:.3em 0}}
.mark{{color:{look.SHEET_MARK};font-weight:bold}}
.wide{{overflow:auto;max-height:80vh;border:1px solid {look.KEY_LINE}}}
table{{border-collapse:collapse;font-variant-numeric:tabular-nums}}
th,td{{border:1px solid {look.DASHES};padding:.2em .6em;text-align:left;vertical-align:top}}
thead th{{position:sticky;top:0;background:{look.NOT_APPLICABLE}}}tbody th{{position:sticky;left:0;background:{look.NO_DATA};white-space:nowrap}}
td.none{{color:{look.QUIET}}}td.sent{{background:{look.ABOVE[0]}}}td.mended{{background:{look.ABOVE[1]}}}
td.wrong{{background:{look.BELOW[1]};font-weight:bold}}.late{{color:{look.SHORT}}}
@media print{{.wide{{max-height:none;overflow:visible}}}}
""".strip()


def page_bytes(found: Collected) -> bytes:
    """Make the page."""
    name = escape(f"{found.title}：收集情况")
    parts = [
        f'<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><title>{name}</title>',
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>',
        f"<h1>{name}</h1>",
        f'<p class="mark">{found.mark}</p>' if found.mark else "",
        f"<p>{escape(found.counted())}</p>",
        *_matrix(found),
        *_lines("要更正的", found.wrong()),
        *_lines("相邻县的矛盾", _conflicts(found.conflicts)),
        *_lines("没有收的", list(found.left)),
        *_balance(found.balance),
        "</html>\n",
    ]
    return "\n".join(part for part in parts if part).encode()


def _matrix(found: Collected) -> Iterator[str]:
    """County by layer."""
    layers = list(dict.fromkeys(found.states["layer"]))
    heads = "".join(f'<th scope="col">{escape(found.called(k))}</th>' for k in layers)
    yield f'<div class="wide" tabindex="0"><table><thead><tr><th scope="col">县（市、区）</th>{heads}</tr></thead><tbody>'
    for county, by in found.by_county():
        cells = "".join(_cell(by.get(k)) for k in layers)
        yield f'<tr><th scope="row">{escape(county)}</th>{cells}</tr>'
    yield "</tbody></table></div>"


def _cell(row: Mapping[Hashable, Any] | None) -> str:
    if row is None:
        return "<td></td>"
    kind, mark = _MARKS[row["state"]]
    came = f" {row['received_on']}" if row["received_on"] else ""
    late = ' <span class="late">逾期</span>' if row["late"] else ""
    why = f' title="{escape(row["why"])}"' if row["why"] else ""
    return f'<td class="{kind}"{why}>{mark} {row["state"]}{came}{late}</td>'


def _conflicts(conflicts: pd.DataFrame) -> list[str]:
    return [
        f"{r['county']}（{r['where']}）与{r['other']}（{r['other_where']}）：{r['said']}"
        for r in conflicts.to_dict("records")
    ]


def _lines(head: str, lines: Sequence[str]) -> Iterator[str]:
    yield f"<h2>{head}（{len(lines):,}）</h2>"
    if not lines:
        yield "<p>没有。</p>"
        return
    yield f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines[:_MOST])}</ul>"
    if len(lines) > _MOST:
        yield f"<p>另有 {len(lines) - _MOST:,} 条，见 收集情况.xlsx。</p>"


def _balance(balance: pd.DataFrame) -> Iterator[str]:
    heads = ("图层", "收到（行）", "并入", "搁置", "只核对")
    yield "<h2>收支</h2><table><thead><tr>" + "".join(f"<th>{h}</th>" for h in heads)
    yield "</tr></thead><tbody>"
    for row in balance.to_dict("records"):
        counts = "".join(f"<td>{row[c]:,}</td>" for c in ("taken", "merged", "aside", "compared"))
        yield f"<tr><td>{escape(row['title'])}</td>{counts}</tr>"
    yield "</tbody></table>"
