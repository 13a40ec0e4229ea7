"""What stands on a sign against the standard name: which rule the difference falls under."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hbgeo.measure.names.generics import split_generic
from hbgeo.measure.names.reading import Reader
from hbgeo.measure.names.rules import Finding
from hbgeo.read.characters.variants import Variants

_MOST = 3  # characters that may differ and still be misspelled ones


class Standard(NamedTuple):
    """A place of the gazetteer, as far as its sign's text needs it."""

    name: str
    old: Sequence[str] = ()
    aliases: Sequence[str] = ()


@dataclass(frozen=True)
class Judge:
    """What texts are judged by: how characters are also written, and how they sound."""

    variants: Variants
    reader: Reader


def check_forms(sign: str, judge: Judge) -> list[Finding]:
    """Characters that no standard name has, where the standard name is not known."""
    return _odd_characters(sign, "", judge.variants)[0]


def check_text(sign: str, standard: Standard, judge: Judge) -> list[Finding]:
    """Hold a sign's text against the standard name, both in the form that is compared.

    Returns
    -------
    findings
        Each difference under the narrowest rule that explains it; none where the texts are equal.
    """
    name = standard.name
    if sign == name:
        return []
    if sign in standard.old:
        return [Finding("N07", f"“{sign}”已停用，现用“{name}”", name)]
    found, today = _odd_characters(sign, name, judge.variants)
    found = [Finding(one.rule, one.message, name) for one in found]
    if today == name:
        return found
    if today in standard.old:
        return [*found, Finding("N07", f"“{today}”已停用，现用“{name}”", name)]
    return [*found, *_why(today, standard, judge)]


def _odd_characters(sign: str, name: str, variants: Variants) -> tuple[list[Finding], str]:
    """Traditional and variant characters that the name has not; and the sign in today's."""
    today, old, odd = [], list[str](), list[str]()
    for at, char in enumerate(sign):
        beside = name[at : at + 1]
        plain = variants.traditional.get(char) or variants.variant.get(char)
        if not plain and beside and variants.local.get(char) == beside:
            plain = beside
        if not plain or char in name:
            today.append(char)
            continue
        (old if char in variants.traditional else odd).append(f"“{char}”应为“{plain}”")
        today.append(plain)
    known = (("N02", "繁体字", old), ("N03", "异体字", odd))
    right = "".join(today)
    found = [Finding(r, f"{what}{'，'.join(said)}", right) for r, what, said in known if said]
    return found, right


def _why(sign: str, standard: Standard, judge: Judge) -> list[Finding]:
    name = standard.name
    other = [Finding("N01", f"“{sign}”不是标准名称“{name}”", name)]
    if sign in standard.aliases:
        return [Finding("N01", f"“{sign}”是别名，标准名称是“{name}”", name)]
    if misspelled := _misspelled(sign, name, judge):
        return [Finding(*misspelled, name)]
    return _of_generics(sign, name, judge) or other


def _of_generics(sign: str, name: str, judge: Judge) -> list[Finding]:
    """A generic that lacks or is another one, beside a proper name that is right or misspelled."""
    stem, generic = split_generic(sign)
    right, proper = split_generic(name)
    if sign == right:
        return [_generic(sign, "", proper, name)]
    if stem == name:
        return [_generic(sign, generic, "", name)]
    if generic == proper:
        return []
    if stem == right:
        return [_generic(sign, generic, proper, name)]
    wrong = _misspelled(stem, right, judge) if generic and proper else None
    return [Finding(*wrong, name), _generic(sign, generic, proper, name)] if wrong else []


def _generic(sign: str, generic: str, proper: str, name: str) -> Finding:
    if not generic:
        return Finding("N06", f"“{sign}”缺通名“{proper}”", name)
    if not proper:
        return Finding("N06", f"“{sign}”多了通名“{generic}”", name)
    return Finding("N06", f"“{sign}”的通名“{generic}”应为“{proper}”", name)


def _misspelled(sign: str, name: str, judge: Judge) -> tuple[str, str] | None:
    """The rule and the words where every character that differs sounds or looks like the right one."""
    if len(sign) != len(name):
        return None
    pairs = [(a, b) for a, b in zip(sign, name, strict=True) if a != b]
    if not pairs or len(pairs) > _MOST or len(pairs) == len(name):
        return None
    kinds = {_kind_of(a, b, judge) for a, b in pairs}
    if "" in kinds:
        return None
    rule = "N05" if "N05" in kinds else "N04"
    said = "，".join(f"“{a}”应为“{b}”" for a, b in pairs)
    return rule, f"{'同音字' if rule == 'N04' else '形近字'}{said}"


def _kind_of(one: str, other: str, judge: Judge) -> str:
    if judge.reader.alike(one, other):
        return "N04"
    if judge.variants.look_alike(one, other):
        return "N05"
    return "N04" if judge.reader.alike(one, other, toned=False) else ""
