"""Which heading holds which canonical column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz import process

from hbgeo.errors import LayerError
from hbgeo.read.cell.text import choice_key, clean
from hbgeo.read.schema.records import Schema

_PERSONAL = re.compile(
    r"身份证|手机|电话|联系人|联系方式|法定代表人|法人代表|负责人|经办人|登记人|填表人|老人姓名|户主"
    r"|^姓名$|病种|患病|失能等级|phone|mobile|idcard",
    re.IGNORECASE,
)
_HINT = re.compile(  # what stands in brackets behind a heading and does not change its meaning
    r"[(\[【](?:单位)?:?(?:亩|公顷|平方米|平米|m2|㎡|张|个|座|处|人|户|度|°|必填.*|选填|可选|文本"
    r"|十进制.*|年月日?|年/月/?日?|yyyy.*|[EN]|[XY]|东经|北纬|如.*|例.*|cgcs.*|wgs.*|gcj.*|bd.*"
    r"|\d{4}.*)[)\]】]$",
    re.IGNORECASE,
)


def is_personal(heading: str) -> bool:
    """Tell whether a heading names personal data, which hbgeo never keeps."""
    return bool(_PERSONAL.search(clean(heading)))


@lru_cache(maxsize=10_000)
def heading_key(heading: str) -> str:
    """Fold a heading for matching: stars, spaces, line breaks and case do not matter."""
    return choice_key(heading)


def match_columns(
    headings: Iterable[str], schema: Schema, named: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Find which heading holds which canonical column.

    A heading is known by its whole text, by that without a hint in brackets (占地面积(亩)), or,
    under a merged header (坐标-经度), by its levels joined or by its last level.

    Parameters
    ----------
    headings
        The file's own headings.
    named
        The catalogue's `columns`: canonical = heading; it goes before any alias.

    Returns
    -------
    found
        Canonical column → heading, in the schema's order.

    Raises
    ------
    LayerError
        If `named` points to a heading that is not there.
    """
    headings = list(headings)
    by_key: dict[str, str] = {}
    for heading in headings:
        by_key.setdefault(heading_key(heading), heading)
    found: dict[str, str] = {}
    for column, heading in (named or {}).items():
        if heading_key(heading) not in by_key:
            near = nearest_names(heading, headings)
            hint = f";相近的列:{'、'.join(near)}" if near else ""
            raise LayerError(
                f"columns 指定的列“{heading}”不存在;已有列:{'、'.join(headings)}{hint}"
            )
        found[column] = by_key[heading_key(heading)]
    taken = set(found.values())
    for keys in (by_key, *_looser_keys(headings)):
        for known in schema.columns.values():
            names = () if known.id in found else (*known.names, known.id)
            hits = (keys.get(heading_key(n), "") for n in names)
            if heading := next((h for h in hits if h and h not in taken), ""):
                found[known.id] = heading
                taken.add(heading)
    order = [*(named or {}), *schema.columns]
    return {c: found[c] for c in dict.fromkeys(order) if c in found}


def nearest_names(name: str, names: Iterable[str], n: int = 3) -> list[str]:
    """The names most like `name`, to propose; never to be taken by themselves."""
    return [m for m, *_ in process.extract(name, list(names), limit=n, score_cutoff=60)]


def _looser_keys(headings: list[str]) -> list[dict[str, str]]:
    """Other keys a heading goes by, from the surest to the loosest; none that two headings share."""
    ways: list[dict[str, list[str]]] = [{}, {}, {}]
    for heading in headings:
        folded = clean(heading)
        plain = _HINT.sub("", folded.replace(" ", ""))
        levels = [p for p in plain.split("-") if p]
        forms = ["", "", ""]
        forms[0] = plain
        if len(levels) > 1:
            forms[1] = "".join(levels)
            forms[2] = _HINT.sub("", levels[-1])
        for way, form in zip(ways, forms, strict=True):
            if form:
                way.setdefault(heading_key(form), []).append(heading)
    return [{k: h[0] for k, h in way.items() if len(h) == 1} for way in ways]


def is_counter(heading: str) -> bool:
    """Tell whether a column only numbers the lines of a form."""
    return heading_key(heading) in {"序号", "行号", "no", "no.", ""}
