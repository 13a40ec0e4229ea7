"""服务半径: how many villages lie within each radius; and those beyond, the farthest first."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hbgeo.measure.beyond import STRAIGHT, Beyond
from hbgeo.measure.coverage import Share
from hbgeo.measure.rounding import round_figure
from hbgeo.show.excel.sheet import Column, Sheet
from hbgeo.show.table.values import number

FAR = Decimal(5000)  # metres beyond which a village is listed
MOST = 300  # villages listed of an indicator


def beyond_sheets(found: Sequence[Beyond]) -> list[Sheet]:
    """Both sheets, without the line that heads every sheet of a report; none where nothing is known."""
    return [_radii_sheet(found), _left_sheet(found)] if found else []


def km_of(radius: Decimal) -> str:
    """A radius in kilometres: 5, 1.5."""
    return f"{(radius / 1000).normalize():f}"


def _radii_sheet(found: Sequence[Beyond]) -> Sheet:
    people, areas = any(one.has_people for one in found), any(one.areas for one in found)
    columns = [Column("指标", 36), Column("半径（公里）", 9, "amount")]
    columns += [Column("以内的村（社区）", 12, "whole"), Column("村（社区）总数", 11, "whole")]
    columns += [Column("占比（%）", 9, "pct", bar=True), Column("没有坐标的村", 9, "whole")]
    if people:
        columns += [Column("以内的人口（人）", 13, "whole"), Column("总人口（人）", 13, "whole")]
        columns += [Column("人口占比（%）", 10, "pct")]
    columns += [Column("面积占比（%）", 10, "pct")] if areas else []
    columns += [Column("指标代号", 26, aside=True)]
    rows = [
        _radius_cells(one, radius, people=people, areas=areas)
        for one in found
        for radius in one.radii
    ]
    notes = [
        f"距离为{STRAIGHT}；从村（社区）的点位量到最近的合格运营设施，不论设施在哪个县。",
        "总数为指标分母所含单元里的村（社区）；没有坐标的村计入总数，不计入任何半径以内。",
        "分县的数在地图页面选范围看；另算别的半径、按面积算用 hbgeo stats 指标 --radius 米。",
    ]
    return Sheet("服务半径", "多少村（社区）在服务半径以内", "", columns, rows, notes=notes)


def _radius_cells(one: Beyond, radius: Decimal, *, people: bool, areas: bool) -> list[Any]:
    what, share = one.assessment.indicator, one.share(radius)
    cells = [what.full_name, float(radius / 1000), *_of(share), one.unplaced]
    if people:
        cells += _of(one.people(radius)) if one.has_people else [None] * 3
    if areas:
        cells += [_pct(one.areas[radius])] if radius in one.areas else [None]
    return [*cells, what.id]


def _of(share: Share) -> list[Any]:
    return [number(share.covered), number(share.total), _pct(share)]


def _pct(share: Share) -> float | None:
    """Percent as it is shown: never rounded up to 100."""
    return None if share.pct is None else float(round_figure(Fraction(share.pct)))


def _left_sheet(found: Sequence[Beyond]) -> Sheet:
    columns = [Column("指标", 36), Column("序号", 6, "whole"), Column("市州", 14)]
    columns += [Column("县（市、区）", 16), Column("乡镇（街道）", 18), Column("村（社区）", 20)]
    columns += [Column("直线距离（公里）", 10, "km"), Column("最近的设施", 36)]
    columns += [Column("代码", 14, aside=True)]
    rows: list[list[Any]] = []
    cut = False
    for one in found:
        cut |= one.count_left(FAR) > MOST
        some = one.left(FAR, MOST)
        where = ["prefecture", "county", "township", "name"]
        cells = zip(*(some[c] for c in where), some["metres"], some["nearest_name"], strict=True)
        for n, (row, code) in enumerate(zip(cells, some.index, strict=True), 1):
            *names, metres, near = row
            name = one.assessment.indicator.full_name
            rows.append([name, n, *names, metres / 1000, near, str(code)])
    notes = [
        f"离最近的合格运营设施超过 {km_of(FAR)} 公里的村（社区），最远的在前；{STRAIGHT}。",
        *([f"每个指标只列最远的 {MOST} 个；全部用 hbgeo uncovered 指标 --beyond 米 -o 文件.xlsx。"] if cut else []),
    ]  # fmt: skip
    title = f"{km_of(FAR)} 公里以外的村（社区）"
    return Sheet("服务半径外的村", title, "", columns, rows, notes=notes, frozen=6)
