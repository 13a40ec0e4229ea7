"""Who is really reached: within radii of an indicator's facilities, nearest to any point, by catchment."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from hbgeo.errors import RequestError
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.options import Options
from hbgeo.measure.radii import can_reach, measure_radii
from hbgeo.measure.reach import WIDEST
from hbgeo.read.cell.text import clean
from hbgeo.read.indicator import Indicator
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


def read_metres(text: str, option: str) -> Decimal:
    """Metres above 0 and up to 2,000 km.

    Raises
    ------
    RequestError
        If it is none.
    """
    return read_amount(text, option, Decimal(int(WIDEST)), "米", "（2,000 公里）")


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
    workspace: Workspace, names: Sequence[str], options: Options, radii: Sequence[Decimal]
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
    return measure_radii(chosen, here, options, radii, placements=here.placements)


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
