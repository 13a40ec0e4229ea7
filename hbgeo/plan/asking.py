"""What a planner asks for: goal, reach, candidates and wishes, each checked before anything is read."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from hbgeo.errors import RequestError

PLACES, GRID = "places", "grid"  # candidates that are no layer; grid is a weight as well
MOST_PLANS = 20
_LONGEST = 12  # digits of a number that somebody means


@dataclass(frozen=True)
class Asked:
    """What is asked of a plan; exactly one of `sites`, `to`, `to_target` and `every` is the goal.

    Attributes
    ----------
    sites
        How many sites, for the most that they can cover.
    to
        Percent to be reached with the fewest sites; `to_target` takes it from the policy.
    every
        The fewest sites for all that can be covered at all.
    within_m
        Metres in a straight line; None: as the indicator itself counts.
    costs, roads, minutes
        A table of minutes, or a layer of roads, and how many minutes are near enough.
    grid
        Whether people in the cells of a grid are to be covered.
    candidates
        A layer's key, `places`, or `grid:METRES`; "" for the units' own seats.
    exclude
        A layer of polygons in which nothing may be built.
    fix, refuse
        Sites that must be chosen, and that may not be.
    supply
        Column of the candidates that says how much each can take.
    even
        Whether counties are to be served evenly.
    plans
        How many plans to give, the best first.
    effort
        How much work the solver may do; None: as much as usual.
    """

    sites: int | None = None
    to: Decimal | None = None
    to_target: bool = False
    every: bool = False
    within_m: Decimal | None = None
    costs: Path | None = None
    roads: str = ""
    minutes: Decimal | None = None
    grid: bool = False
    candidates: str = ""
    exclude: str = ""
    fix: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()
    supply: str = ""
    even: bool = False
    plans: int = 1
    effort: int | None = None

    @property
    def by_place(self) -> bool:
        """Whether who lives near enough is asked, rather than which unit has a facility."""
        return self.within_m is not None or self.by_time or self.grid

    @property
    def by_time(self) -> bool:
        """Whether near is a matter of minutes."""
        return self.costs is not None or bool(self.roads)

    @property
    def spacing_m(self) -> Decimal | None:
        """Metres between candidates on a grid; None for others."""
        head, _, size = self.candidates.partition(":")
        if head != GRID:
            return None
        if not size:
            raise RequestError("--candidates grid 要写明间隔多少米，如 grid:2000")
        return number_of("--candidates", size, "米数，如 grid:2000")

    def check(self) -> Asked:
        """The same, if it can be asked.

        Raises
        ------
        RequestError
            If there is no goal or more than one, or options that do not go together.
        """
        goals = [self.sites is not None, self.to is not None, self.to_target, self.every]
        if sum(goals) != 1:
            raise RequestError("--sites、--to、--to-target、--all 要写一个，也只能写一个")
        ways = [self.within_m is not None, self.costs is not None, bool(self.roads)]
        if sum(ways) > 1:
            raise RequestError("--within、--costs、--roads 只能写一个")
        if self.by_time and self.minutes is None:
            raise RequestError("用 --costs 或 --roads 时要写 --minutes 分钟，如 --minutes 30")
        if self.minutes is not None and not self.by_time:
            raise RequestError("--minutes 要和 --roads 图层（或 --costs 文件）一起写")
        if self.grid and not any(ways):
            raise RequestError(
                "--weight grid 要写明多近算覆盖：--within 米，或 --roads 图层 --minutes 分钟"
            )
        if self.supply and (self.sites is None or self.even or self.plans > 1):
            raise RequestError("--supply 只能和 --sites 个数 一起写，不能同时写 --even、--plans")
        if self.to is not None and self.to > 100:
            raise RequestError(f"--to “{self.to}”超过 100；写大于 0、不超过 100 的百分比")
        if both := sorted({*self.fix} & {*self.refuse}):
            raise RequestError(f"“{both[0]}”同时写在 --fix 和 --refuse 里；只能写在一处")
        if self.sites is not None and len(set(self.fix)) > self.sites:
            raise RequestError(f"--fix 写了 {len(set(self.fix))} 处，多于 --sites {self.sites}")
        _ = self.spacing_m
        return self


def read_asked(
    *,
    sites: str = "",
    to: str = "",
    within: str = "",
    minutes: str = "",
    fix: str = "",
    refuse: str = "",
    plans: str = "",
    effort: str = "",
    **plain: Any,
) -> Asked:
    """Read what was typed; `plain` are further attributes of `Asked`, as they are.

    Raises
    ------
    RequestError
        With the option, what was typed, and what is allowed.
    """
    few = f" 1 到 {MOST_PLANS} 的整数"
    k = count_of("--plans", plans, few) if plans else 1
    if k > MOST_PLANS:
        raise RequestError(f"--plans “{plans}”太多；写{few}")
    share = "大于 0、不超过 100 的百分比"
    return Asked(
        sites=count_of("--sites", sites, "大于 0 的整数") if sites else None,
        to=number_of("--to", to.removesuffix("%"), share) if to else None,
        within_m=number_of("--within", within, "大于 0 的米数") if within else None,
        minutes=number_of("--minutes", minutes, "大于 0 的分钟数") if minutes else None,
        fix=ids_of(fix),
        refuse=ids_of(refuse),
        plans=k,
        effort=count_of("--effort", effort, "大于 0 的整数") if effort else None,
        **plain,
    ).check()


def ids_of(text: str) -> tuple[str, ...]:
    """The ids of a list parted by commas, each once."""
    parts = text.replace("，", ",").replace("、", ",").split(",")
    return tuple(dict.fromkeys(p.strip() for p in parts if p.strip()))


def count_of(option: str, text: str, allowed: str) -> int:
    """A whole number above nought.

    Raises
    ------
    RequestError
        With what is allowed.
    """
    plain = text.strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= _LONGEST and int(plain) > 0):
        raise RequestError(f"{option} “{text}”不对；写{allowed}")
    return int(plain)


def number_of(option: str, text: str, allowed: str) -> Decimal:
    """A decimal number above nought.

    Raises
    ------
    RequestError
        With what is allowed.
    """
    plain = text.strip()
    try:
        number = Decimal(plain) if plain.isascii() and len(plain) <= _LONGEST else Decimal(0)
    except InvalidOperation:
        number = Decimal(0)
    if not number.is_finite() or number <= 0:
        raise RequestError(f"{option} “{text}”不对；写{allowed}")
    return number
