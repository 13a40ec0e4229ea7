"""The villages beyond a radius, as the terminal shows them and as a file holds them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from hbgeo.measure.beyond import STRAIGHT, Beyond
from hbgeo.measure.rounding import show_number
from hbgeo.show import words
from hbgeo.show.excel.beyond import km_of
from hbgeo.show.excel.listing import list_bytes
from hbgeo.show.screen import Listing
from hbgeo.show.table.formats import table_bytes

_MANY = 40  # rows shown before the table is cut, and said so
_WHERE = ["prefecture", "county", "township", "name"]


def beyond_table(found: Beyond, radius: Decimal) -> pd.DataFrame:
    """One row a village beyond the radius, the farthest first: where it is, and what is nearest."""
    left = found.left(radius)
    made = left[_WHERE].assign(
        nearest_id=left["nearest"],
        nearest_name=left["nearest_name"],
        nearest_km=(left["metres"] / 1000).round(3),
    )
    made.insert(0, "code", left.index.astype(str))
    made.insert(0, "indicator", found.assessment.indicator.id)
    return made.reset_index(drop=True)


def beyond_content(found: Beyond, radius: Decimal) -> Callable[[str], bytes]:
    """Suffix → the content of the list: a workbook is for people."""

    def content(suffix: str) -> bytes:
        table = beyond_table(found, radius)
        if suffix != ".xlsx":
            return table_bytes(table, suffix)
        title = f"{found.assessment.indicator.full_name}：{_title(radius)}"
        line = f"截至日期：{found.assessment.as_of}。{_said(found, radius)}"
        return list_bytes("uncovered", title, line, {"名单": table}, mark="；".join(_marks(found)))

    return content


def beyond_shown(found: Beyond, radius: Decimal, place: str = "") -> list[RenderableType]:
    """The first of them, and how many of how many there are."""
    table = beyond_table(found, radius)
    name = found.assessment.indicator.full_name
    listed = Listing(f"{place} {name}：{_title(radius)} {len(table):,} 个".lstrip())
    for heading, spare in (("代码", 3), ("市州", 2), ("县（市、区）", 0), ("乡镇（街道）", 1)):
        listed.heading(heading, wrap=10, spare=spare)
    listed.heading("村（社区）", wrap=12)
    listed.heading("最近的设施", wrap=14)
    listed.heading("公里", right=True)
    metres = found.left(radius)["metres"].tolist()
    for row, far in zip(table.head(_MANY).itertuples(index=False), metres, strict=False):
        where = (row.code, row.prefecture, row.county, row.township, row.name)
        listed.add_row(*map(str, where), str(row.nearest_name), f"{far / 1000:.1f}")
    said = [_said(found, radius)]
    if len(table) > _MANY:
        said.append(f"只列出前 {_MANY} 个；全部 {len(table):,} 个请用 -o 文件.xlsx")
    marks = "；".join(_marks(found))
    head: list[RenderableType] = [Text(marks, style="bold yellow")] if marks else []
    return [*head, listed, *(Text(line, style="dim") for line in said)]


def _title(radius: Decimal) -> str:
    return f"离设施超过 {km_of(radius)} 公里的村（社区）"


def _said(found: Beyond, radius: Decimal) -> str:
    """How many of how many lie within, and how the distance is meant."""
    share = found.share(radius)
    pct = "—" if share.pct is None else f"{show_number(share.pct)}%"
    lost = f"没有坐标的 {found.unplaced:,} 个计入总数，不列。" if found.unplaced else ""
    inside = f"{int(share.covered):,} / {int(share.total):,}（{pct}）"
    return f"{km_of(radius)} 公里以内 {inside}；{STRAIGHT}。{lost}"


def _marks(found: Beyond) -> list[str]:
    coverage = found.assessment.coverage
    sample = bool(coverage and coverage.basis.sample) or found.sample
    return words.which_marks(sample=sample, approximate=False)
