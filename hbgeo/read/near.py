"""What a name that is not known may mean: proposed in one line, never taken by itself."""

from __future__ import annotations

from collections.abc import Mapping

from hbgeo.errors import RequestError
from hbgeo.read.cell.text import choice_key

_ALIKE = 60  # of 100
_MOST = 5
_LISTED = 20  # of several of one name


def near_names(name: str, known: Mapping[str, str]) -> list[str]:
    """What a name may mean, the likeliest first.

    Parameters
    ----------
    known
        What may be written → how it is proposed; several may be proposed alike.

    Returns
    -------
    near
        Those that begin with the name; if none do, those that hold it; else those with all of its
        characters in their order (恩施州 in 恩施土家族苗族自治州); else those spelled much alike.
    """
    wanted = choice_key(name)
    if not wanted:
        return []
    keys = {written: choice_key(written) for written in known}
    ways = (
        lambda key: key.startswith(wanted),
        lambda key: wanted in key or (len(key) > 1 and key in wanted),
        lambda key: len(wanted) > 1 and _in_order(wanted, key),
    )
    for way in ways:
        if hits := [known[written] for written, key in keys.items() if way(key)]:
            return list(dict.fromkeys(hits))
    from rapidfuzz import fuzz  # for names that are nowhere: nobody else waits for it

    alike = {written: fuzz.ratio(wanted, key) for written, key in keys.items()}
    best = sorted((w for w in alike if alike[w] >= _ALIKE), key=lambda w: -alike[w])
    return list(dict.fromkeys(known[written] for written in best))


def ask_whether(name: str, known: Mapping[str, str]) -> str:
    """The question whether one of the near names is meant; "" where none is near."""
    near = near_names(name, known)
    more = f"等 {len(near)} 个" if len(near) > _MOST else ""
    return f"是否指 {'、'.join(near[:_MOST])}{more}？" if near else ""


def only_one(name: str, hits: Mapping[str, str]) -> str:
    """The one code that a name stands for; "" where there is none.

    Parameters
    ----------
    hits
        Code → what it is called, where that is told from others.

    Raises
    ------
    RequestError
        If there are several: each with its code.
    """
    if len(hits) > 1:
        each = "、".join(f"{hits[code]}（{code}）" for code in sorted(hits)[:_LISTED])
        more = f"等 {len(hits)} 个" if len(hits) > _LISTED else ""
        raise RequestError(f"“{name}”不止一个：{each}{more}；请用代码")
    return next(iter(hits), "")


def _in_order(wanted: str, key: str) -> bool:
    rest = iter(key)
    return all(character in rest for character in wanted)
