"""Read the targets of a policy file: those of an indicator, and those added to one that is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hbgeo.errors import PolicyError
from hbgeo.read.indicator import NATION, PROVINCE, Indicator, Target
from hbgeo.read.toml import check_keys

RELIABILITIES = ("A", "A-", "B", "C")
_KEYS: dict[str, tuple[type, ...]] = {
    "pct": (int, Decimal),
    "value": (int, Decimal),
    "words": (str,),
    "deadline": (date,),
    "source": (str, list),
    "reliability": (str,),
    "draft": (bool,),
    "scope": (str,),
}
_GOALS = ("pct", "value", "words")


def read_targets(rows: Iterable[Any], at: str, *, counted: bool) -> tuple[Target, ...]:
    """The targets of one indicator, those of the same number and date as one with all their sources.

    Parameters
    ----------
    counted
        Whether the indicator's figure is an amount: its targets say `value`, others `pct`.

    Raises
    ------
    PolicyError
        If a key is unknown or missing, or a value is bad.
    """
    return _joined([_target(row, at, counted=counted) for row in rows])


def add_targets(
    policy: Mapping[str, Indicator], rows: Iterable[Any], file: str
) -> dict[str, Indicator]:
    """The policy with further targets, each under the `indicator` that it names.

    One that names an indicator holds for those of its readings that share its targets; one that
    names a reading (`id@variant`) for that alone.

    Raises
    ------
    PolicyError
        If there is no such indicator, or the target is bad.
    """
    made = dict(policy)
    for row in rows:
        if not isinstance(row, dict):
            raise PolicyError(f"{file}：target 应写作 [[target]] 表")
        name = row.get("indicator")
        if not isinstance(name, str):
            raise PolicyError(f"{file} [[target]]：缺少键 indicator（指标代号，或 代号@变体）")
        one = made.get(name)
        if one is None:
            raise PolicyError(f"{file} [[target]]：indicator = “{name}”没有这个指标")
        if one.measure == "none" and not one.lacks:
            raise PolicyError(f"{file} [[target]]：“{name}”不计算，不能有目标")
        given = {key: value for key, value in row.items() if key != "indicator"}
        more = read_targets([given], f"{file} 指标 {name}", counted=one.counted)
        for other in [o for o in made.values() if _shares_targets(o, one)]:
            made[other.id] = replace(other, targets=_joined([*other.targets, *more]))
    return made


def _shares_targets(other: Indicator, one: Indicator) -> bool:
    if one.variant is not None or other.base != one.base:
        return other.id == one.id
    return other.targets == one.targets


def _target(row: Any, at: str, *, counted: bool) -> Target:
    """One target; exactly one of pct, value and words, and the documents that set it."""
    if not isinstance(row, dict):
        raise PolicyError(f"{at}：target 应写作 [[indicator.target]] 表")
    at = f"{at} 目标"
    check_keys(row, _KEYS, ("source",), at, PolicyError)
    goals = [key for key in _GOALS if key in row]
    if len(goals) != 1:
        raise PolicyError(f"{at}：{'、'.join(_GOALS)} 必须且只能写一个")
    allowed = "value" if counted else "pct"
    if goals[0] not in {allowed, "words"}:
        raise PolicyError(f"{at}：这个指标的目标应写 {allowed}（没有数字的写 words）")
    if "pct" in row and not 0 < row["pct"] <= 100:
        raise PolicyError(f"{at}：pct = {row['pct']} 应大于 0、不超过 100")
    if "value" in row and row["value"] < 0:
        raise PolicyError(f"{at}：value = {row['value']} 不能是负数")
    if "words" in row and not row["words"].strip():
        raise PolicyError(f"{at}：words 不能为空；请写文件的原话，如 基本建成")
    return Target(
        pct=None if "pct" not in row else Decimal(row["pct"]),
        value=None if "value" not in row else Decimal(row["value"]),
        deadline=row.get("deadline"),
        sources=_sources(row["source"], at),
        words=row.get("words", "").strip(),
        reliability=_reliability(row.get("reliability", ""), at),
        draft=row.get("draft", False),
        scope=_scope(row.get("scope", PROVINCE), at),
    )


def _sources(given: Any, at: str) -> tuple[str, ...]:
    texts = given if isinstance(given, list) else [given]
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise PolicyError(f"{at}：source 不能为空；请写明文件、日期和条款，有几份的写成列表")
    return tuple(texts)


def _reliability(given: str, at: str) -> str:
    if given and given not in RELIABILITIES:
        allowed = "、".join(RELIABILITIES)
        raise PolicyError(f"{at}：reliability = “{given}”不在可选值 {allowed} 中")
    return given


def _scope(given: str, at: str) -> str:
    if given not in {PROVINCE, NATION} and not re.fullmatch(r"\d{6}", given):
        allowed = f"{PROVINCE}（全省）、{NATION}（全国）或市州、县的六位代码"
        raise PolicyError(f"{at}：scope = “{given}”应为 {allowed}")
    return given


def _joined(targets: Sequence[Target]) -> tuple[Target, ...]:
    """Those that ask the same of the same, by the same day, are one with several sources."""
    made: dict[tuple[Any, ...], Target] = {}
    for one in targets:
        key = (one.pct, one.value, one.words, one.deadline, one.draft, one.scope)
        if key in made:
            sources = tuple(dict.fromkeys([*made[key].sources, *one.sources]))
            made[key] = replace(made[key], sources=sources)
        else:
            made[key] = one
    return tuple(made.values())
