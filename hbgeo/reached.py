"""Who is really reached: within radii of an indicator's facilities, nearest to any point, by catchment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from hbgeo.arrays import Mask
from hbgeo.errors import RequestError
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.counting import working
from hbgeo.measure.distance import has_point
from hbgeo.measure.locate_stream import Tagged, TaggedBatch
from hbgeo.measure.nearest_stream import Off, nearest_points
from hbgeo.measure.network import Network, make_network
from hbgeo.measure.network_words import network_words
from hbgeo.measure.options import Options
from hbgeo.measure.radii import can_reach, measure_radii
from hbgeo.measure.reach import WIDEST
from hbgeo.measure.snapping import FAR_M
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.text import clean
from hbgeo.read.file.find import is_ready
from hbgeo.read.indicator import Indicator
from hbgeo.read.stream.points import open_points
from hbgeo.workspace import Workspace

_MOST = 20  # radii at a time


def read_radii(text: str) -> list[Decimal]:
    """The metres of `--radius`: one number, or several with commas between; each once, as given.

    Raises
    ------
    RequestError
        If one is no number above 0 and up to 2,000 km, or there are too many.
    """
    parts = [p.strip() for p in text.replace("，", ",").replace("、", ",").split(",") if p.strip()]
    found = [read_metres(part, "--radius") for part in parts]
    if not 0 < len(found) <= _MOST:
        raise RequestError(f"--radius “{text}”应为 1 至 {_MOST} 个半径，如 1000,3000（米）")
    return list(dict.fromkeys(found))


def read_count(text: str, option: str, most: int = 100) -> int:
    """A whole number from 1.

    Raises
    ------
    RequestError
        If it is none, or above `most`.
    """
    plain = clean(text)
    if not (plain.isascii() and plain.isdigit() and 0 < int(plain[:9]) <= most and len(plain) < 9):
        raise RequestError(f"{option} “{text}”不可用；应为 1 至 {most} 的整数")
    return int(plain)


def read_metres(text: str, option: str) -> Decimal:
    """Metres above 0 and up to 2,000 km.

    Raises
    ------
    RequestError
        If it is none.
    """
    return read_amount(text, option, Decimal(int(WIDEST)), "米", "（2,000 公里）")


def read_minutes(text: str, option: str) -> Decimal:
    """Minutes above 0 and up to a day.

    Raises
    ------
    RequestError
        If it is none.
    """
    return read_amount(text, option, Decimal(1440), "分钟", "（一天）")


def read_amount(text: str, option: str, most: Decimal, unit: str, beside: str = "") -> Decimal:
    """A number above 0 and up to `most`.

    Raises
    ------
    RequestError
        If it is none.
    """
    try:
        number = Decimal(clean(text))
    except InvalidOperation:
        number = Decimal("NaN")
    if not (number.is_finite() and 0 < number <= most):
        said = f"应为大于 0、不超过 {most:f}{beside}的数（{unit}）"
        raise RequestError(f"{option} “{text}”不可用；{said}")
    return number


def assess_radii(
    workspace: Workspace,
    names: Sequence[str],
    options: Options,
    radii: Sequence[Decimal],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> list[Assessment]:
    """Measure indicators within radii of what counts for them; of systems those of which it can be asked.

    Raises
    ------
    RequestError
        If an indicator that is named does not rest on points, or none of those does.
    """
    chosen = [one for one in workspace.choose(names) if can_reach(one)]
    for name in names:
        refuse_pointless(workspace, name)
    here = workspace.at(options.as_of)
    return measure_radii(
        chosen, here, options, radii, placements=here.placements, progress=progress
    )


def refuse_pointless(workspace: Workspace, name: str) -> list[Indicator]:
    """The indicators of a name that rest on points near units.

    Raises
    ------
    RequestError
        If there is none.
    """
    found = [one for one in workspace.choose([name]) if can_reach(one)]
    if not found:
        some = [one.id for one in workspace.policy.values() if can_reach(one)][:5]
        raise RequestError(
            f"“{name}”不是按设施点位计算的指标，不能按距离算；可用 {'、'.join(some)} 等"
        )
    return found


@dataclass(frozen=True)
class Sites:
    """The facilities of a layer that work and stand somewhere, and what is said of them."""

    frame: pd.DataFrame
    said: tuple[str, ...]
    sample: bool


@dataclass(frozen=True)
class Found:
    """The facilities nearest to the points of a file.

    Attributes
    ----------
    tagged
        The rows, used once.
    said
        Lines for the user, complete when the rows have been used.
    sample
        Whether some of what they rest on is invented.
    """

    tagged: Tagged
    said: list[str]
    sample: bool


def working_sites(workspace: Workspace, key: str) -> Sites:
    """The rows of a layer of points that count as of the workspace's date.

    Raises
    ------
    RequestError
        If the layer is none of points, or no row of it counts.
    LayerError
        If the catalogue has no such layer.
    """
    if workspace.layers.entry(key).role not in {"facilities", "places"}:
        points = [k for k, la in workspace.catalog.layers.items() if la.role == "facilities"]
        raise RequestError(f"--to “{key}”不是点图层；可用 {'、'.join(points)}")
    table = workspace.layers.table(key)
    works, aside = np.ones(len(table), bool), dict[str, Mask]()
    counting = table.kind.counting
    if counting is not None and counting.column in table:
        work = working(table.frame, table.kind, workspace.options())
        works, aside = work.mask, dict(work.set_aside)
    stands = has_point(table.frame)
    idle, lost = int((~works).sum()), int((works & ~stands).sum())
    said = [f"截至 {workspace.catalog.as_of} 不在运营的 {idle:,} 处不计。"] * bool(idle)
    said += [f"没有坐标的 {lost:,} 处不计。"] * bool(lost)
    frame = pd.DataFrame(table.frame)[works & stands]
    if frame.empty:
        of = {**aside, "没有坐标": works & ~stands}
        why = "、".join(f"{said} {n:,}" for said, rows in of.items() if (n := int(rows.sum())))
        raise RequestError(f"图层“{key}”里没有运营且有坐标的点{f'（{why}）' if why else ''}")
    return Sites(frame, tuple(said), table.sample)


def read_network(workspace: Workspace, key: str) -> tuple[Network, list[str]]:
    """The roads of a layer as a network, and its 口径.

    Raises
    ------
    RequestError
        If the layer is none of lines.
    LayerError
        If the catalogue has no such layer, or none of its roads can be driven.
    """
    if workspace.layers.entry(key).role != "lines":
        lines = [k for k, la in workspace.catalog.layers.items() if la.role == "lines"]
        have = f"可用 {'、'.join(lines)}" if lines else '目录中没有道路图层（role = "lines"）'
        raise RequestError(f"--roads “{key}”不是道路图层；{have}")
    network = make_network(workspace.layers.table(key).frame)
    return network, network_words(network)


def find_nearest(
    workspace: Workspace,
    file: Path,
    key: str,
    k: int,
    crs: str = "",
    *,
    roads: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Found:
    """Find the k facilities of a layer nearest to each point of any file, batch by batch.

    Parameters
    ----------
    crs
        The points' CRS where the file does not say; "" takes CGCS2000, and says so.
    roads
        A layer of roads: nearest in minutes then.

    """
    sites = working_sites(workspace, key)
    if not is_ready(file, RequestError):
        raise RequestError(f"{file}：没有这个文件")
    network, words = read_network(workspace, roads) if roads else (None, [])
    points = open_points(file, Layer("nearest", "facilities", (str(file),), "", crs=crs))
    tagged, off = nearest_points(points, sites.frame, k, network=network, progress=progress)
    said = [*sites.said]

    def batches() -> Iterator[TaggedBatch]:
        yield from tagged.parts
        said.extend(points.tally.notes())
        said.append(f"{tagged.count.rows:,} 个点，{tagged.count.lost:,} 个没有可用的坐标。")
        if network is not None:
            said.extend(_said_off(off))
        said.extend(["距离为直线距离，非步行时间。", *words])

    sample = sites.sample or bool(roads and workspace.layers.table(roads).sample)
    return Found(replace(tagged, parts=batches()), said, sample)


def table_of(tagged: Tagged) -> pd.DataFrame:
    """All rows as one table."""
    parts = [batch for batch, _, _ in tagged.parts]
    return pa.Table.from_batches(parts, tagged.schema).to_pandas()


def _said_off(off: Off) -> list[str]:
    said = [f"{off.road:,} 个点离最近的道路超过 {FAR_M:,.0f} 米，按直线距离列出。"] * bool(off.road)
    said += [
        f"{off.cut:,} 个点沿道路到不了任何设施（孤立路段或单行不通），按直线距离列出。"
    ] * bool(off.cut)
    return said
