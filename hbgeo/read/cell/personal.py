"""Numbers and addresses of persons inside any text: found by their own rules, and hidden."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable

HIDDEN = "[已隐去]"
# a text that may hold any of them, in RE2's words: eleven figures in a row, or an @
SUSPECT = (
    r"[\p{Nd}\p{No}](?:[\s\p{Pd}\x{2212}()\x{FF08}\x{FF09}]{0,3}[\p{Nd}\p{No}XxＸｘ]){10}"
    r"|[@\x{FF20}\x{FE6B}]"
)
_GAPS = r"[\s\p{Pd}\x{2212}]{0,3}"


def _any_of(figures: str) -> str:
    """One of some figures, after a gap; figures of other scripts are taken for any."""
    return rf"{_GAPS}[{figures}\x{{80}}-\x{{10FFFF}}]"


_ANY = rf"{_GAPS}[\p{{Nd}}\p{{No}}]"
_CENTURY = f"(?:{_any_of('1')}{_any_of('89')}|{_any_of('2')}{_any_of('0')})"
_MONTH_AND_DAY = f"{_any_of('01')}{_ANY}{_any_of('0-3')}{_ANY}"
# the same of id cards alone: with what may be a birth date, in full or in short
SUSPECT_CARD = (
    rf"(?:{_ANY}){{6}}{_CENTURY}{_ANY}{_ANY}{_MONTH_AND_DAY}(?:{_ANY}){{3}}{_GAPS}[\p{{Nd}}\p{{No}}XxＸｘ]"
    rf"|(?:^|[^\p{{Nd}}\p{{No}}])(?:{_ANY}){{8}}{_MONTH_AND_DAY}(?:{_ANY}){{3}}(?:[^\p{{Nd}}\p{{No}}]|$)"
)
_GAP = r"[ \-‐-―−]{0,3}"
_PERHAPS = re.compile(r"\d(?:[\s\-‐-―−()]{0,3}[\dXx]){10}|@")
_ID_CARD = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{16}}{_GAP}[\dXx](?![0-9A-Za-z])")
_OLD_CARD = re.compile(rf"(?<![0-9A-Za-z])\d{{6}}{_GAP}\d{{6}}{_GAP}\d{{3}}(?![0-9A-Za-z])")
_BANK_CARD = re.compile(rf"(?<!\d)[3-6](?:{_GAP}\d){{15}}(?:(?:{_GAP}\d){{3}})?(?!\d)")
_MOBILE = re.compile(
    rf"(?<!\d)(?<!\d\.)(?:(?:\+|00)?86\)?{_GAP})?"
    rf"1[3-9]\d(?:{_GAP}\d{{4}}{_GAP}\d{{4}}|\d{_GAP}\d{{3}}{_GAP}\d{{4}}|{_GAP}\d{{3}}{_GAP}\d{{5}})(?!\d)"
)
_AREA = r"(?:10|2\d|[3-9]\d{2})"  # of a landline, without the 0 in front
_LANDLINE = re.compile(
    rf"(?<!\d)(?<!\d\.)(?:(?:(?:\+|00)86{_GAP})\(?0?|\(?0){_AREA}\)?{_GAP}[1-9]\d{{2,3}}{_GAP}\d{{4}}(?!\d)"
)
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_OF_A_BANK = re.compile("[卡账帐]")
_NEAR_BY = 20  # characters to either side in which 卡 or 账 tells a bank card
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_YEARS = (1880, 2099)  # of birth dates


def hide_numbers(text: str, heading: str = "") -> str:
    """Hide what tells a person inside any text: id cards, telephones, bank cards, e-mail.

    Parameters
    ----------
    heading
        That of the text's column, in which 卡 or 账 tells a bank card as well.
    """
    if len(text) < 5 or not _may_tell(text):
        return text
    folded = unicodedata.normalize("NFKC", text)
    hidden = _hide_cards(folded)
    hidden = _hide(_BANK_CARD, lambda found: _is_bank_card(found, heading), hidden)
    for pattern in (_MOBILE, _LANDLINE, _MAIL):
        hidden = pattern.sub(HIDDEN, hidden)
    return text if hidden == folded else hidden


def hide_id_cards(text: str, heading: str = "") -> str:  # noqa: ARG001 - called as the other is
    """Hide only valid id cards: for columns of ids and codes, which look like all the others."""
    if len(text) < 15 or not _may_tell(text):
        return text
    folded = unicodedata.normalize("NFKC", text)
    hidden = _hide_cards(folded)
    return text if hidden == folded else hidden


def is_id_card(number: str) -> bool:
    """Tell whether 18 characters have a birth date and their check digit, or 15 a birth date."""
    if len(number) == 15:
        return number.isdecimal() and _is_day("19" + number[6:12])
    if len(number) != 18 or not number[:17].isdecimal() or not _is_day(number[6:14]):
        return False
    total = sum(w * int(digit) for w, digit in zip(_WEIGHTS, number, strict=False))
    return _CHECKS[total % 11] == number[17].upper()


def _may_tell(text: str) -> bool:
    """Whether a text may hold any number of a person; most hold no number that long."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return bool(_PERHAPS.search(text))


def _hide_cards(text: str) -> str:
    for pattern in (_ID_CARD, _OLD_CARD):
        text = _hide(pattern, lambda found: is_id_card(_figures(found[0])), text)
    return text


def _hide(pattern: re.Pattern[str], is_one: Callable[[re.Match[str]], bool], text: str) -> str:
    """Hide the matches that are one of what is sought; a match that is none may overlap one."""
    parts, done, at = list[str](), 0, 0
    while found := pattern.search(text, at):
        at = found.start() + 1
        if is_one(found):
            parts += [text[done : found.start()], HIDDEN]
            done = at = found.end()
    return "".join([*parts, text[done:]])


def _figures(text: str) -> str:
    return "".join(c for c in text if c.isdecimal() or c in "Xx")


def _is_day(text: str) -> bool:
    try:
        day = dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return _YEARS[0] <= day.year <= _YEARS[1]


def _is_bank_card(found: re.Match[str], heading: str) -> bool:
    text, start, end = found.string, found.start(), found.end()
    near = text[max(start - _NEAR_BY, 0) : start] + text[end : end + _NEAR_BY]
    if not _OF_A_BANK.search(heading + near):
        return False
    figures = [int(c) for c in reversed(_figures(found[0]))]
    doubled = sum(sum(divmod(2 * figure, 10)) for figure in figures[1::2])
    return (sum(figures[::2]) + doubled) % 10 == 0  # Luhn
