"""Numbers and addresses of persons inside any text: found by their own rules, and hidden."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from hbgeo.read.cell.text import clean, clean_text

HIDDEN = "[已隐去]"
# a text that may hold any of them, in RE2's words: eleven figures in a row, or an @; what may stand
# between figures is told by the first byte of its UTF-8, which is as quick as can be
_GAPS = r"[\s.\-_~()\[\]\x{80}-\x{BF}\x{340}-\x{37F}\x{1000}-\x{3FFF}\x{F000}-\x{FFFF}]{0,3}"
_ANY = rf"{_GAPS}[\p{{Nd}}\p{{No}}]"
_LAST = rf"{_GAPS}[0-9Xx\x{{80}}-\x{{10FFFF}}]"
SUSPECT = rf"[\p{{Nd}}\p{{No}}](?:{_ANY}){{9}}{_LAST}|[@\x{{FF20}}\x{{FE6B}}]"


def _any_of(figures: str) -> str:
    """One of some figures, after a gap; figures of other scripts are taken for any."""
    return rf"{_GAPS}[{figures}\x{{80}}-\x{{10FFFF}}]"


_CENTURY = f"(?:{_any_of('1')}{_any_of('89')}|{_any_of('2')}{_any_of('0')})"
_MONTH_AND_DAY = f"{_any_of('01')}{_ANY}{_any_of('0-3')}{_ANY}"
# the same of id cards alone: with what may be a birth date, in full or in short
SUSPECT_CARD = (
    rf"(?:{_ANY}){{6}}{_CENTURY}{_ANY}{_ANY}{_MONTH_AND_DAY}(?:{_ANY}){{3}}{_LAST}"
    rf"|(?:^|[^\p{{Nd}}\p{{No}}])(?:{_ANY}){{8}}{_MONTH_AND_DAY}(?:{_ANY}){{3}}(?:[^\p{{Nd}}\p{{No}}]|$)"
)
_BETWEEN = (
    r"\s\-‐-―−⁃ー─━_~.·•‧∙⋅・。()\[\]"  # blanks, dashes, dots and brackets, as `clean` has them
)
_GAP = rf"[{_BETWEEN}]{{0,3}}"
_X = "Xx×Хх"  # the last two are Cyrillic
_PERHAPS = re.compile(rf"\d(?:{_GAP}\d){{9}}{_GAP}[\d{_X}]|@")
_ID_CARD = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{16}}{_GAP}(?:[{_X}]|\d(?!\d))")
_OLD_CARD = re.compile(
    rf"(?<!\d)(?<!\d\.)(?:\d{{6}}(?:{_GAP}\d\d){{3}}|\d{{4}}(?:{_GAP}\d{{4}}){{2}}){_GAP}\d{{3}}(?!\d)"
)
_CREDIT_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Za-z])")
_BANK_CARDS = [
    re.compile(rf"(?<!\d)(?<!\d\.)[3-6](?:{_GAP}\d){{{more}}}(?!\d)") for more in (18, 15)
]
_OF_A_BANK = re.compile("[卡账帐]")
_NEAR_BY = 20  # characters to either side in which 卡 or 账 tells a bank card
_EXTENSION = r"(?:\s?(?:转|分机|ext\.?|#)\s?\d{1,6}(?!\d))?"
_CHINA = rf"\(?\+?\(?(?:00)?86{_GAP}"
_MOBILE = re.compile(
    rf"(?<!\d)(?<!\d\.)(?:{_CHINA})?(?:\(?0{_GAP})?\(?1"
    rf"(?:[3-9]\d(?:{_GAP}\d{{4}}{_GAP}\d{{4}}|\d{_GAP}\d{{3}}{_GAP}\d{{4}}|{_GAP}\d{{3}}{_GAP}\d{{5}})"
    rf"|(?<!\d[{_BETWEEN}]1)([{_BETWEEN}]{{1,3}})[3-9](?:\1\d){{9}}(?!\1\d))(?!\d){_EXTENSION}",
    re.IGNORECASE,
)
_AREA = rf"(?:\(?(?:(?:\+|00)\(?86|86(?=-)){_GAP}0?|\(?0)(?:10|2\d|[3-9]\d{{2}})"
_LANDLINE = re.compile(
    rf"(?<!\d)(?<!\d\.){_AREA}{_GAP}"
    rf"[1-9](?:\d{{2,3}}{_GAP}\d{{4}}|\d{{3}}{_GAP}\d{{3}}|\d\d{_GAP}\d{{5}})(?!\d)"
    rf"(?:-\d{{1,5}}(?![\d年]))?{_EXTENSION}",
    re.IGNORECASE,
)
# behind a word for it, a telephone may be parted in any way
_CALLED = re.compile(
    r"(?:电话|手机|联系|号码|致电|拨打|微信|tel|phone|mobile)\D{0,12}(?:\d{1,2}[.、])?$",
    re.IGNORECASE,
)
_PARTED = re.compile(
    rf"(?<!\d)(?:(?:{_CHINA})?(?:\(?0{_GAP})?\(?1{_GAP}[3-9](?:{_GAP}\d){{9}}"
    rf"|{_AREA}{_GAP}[1-9](?:{_GAP}\d){{6,7}})(?!\d){_EXTENSION}",
    re.IGNORECASE,
)
_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]*\s?@\s?(?:[A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*"
)
_OTHER_FIGURE = re.compile(r"(?![0-9])\d")  # of another script: NFKC leaves it
_UNSEEN = re.compile(
    r"[\u034f\u115f\u1160\u180b-\u180d\u20e3\u3164\ufe00-\ufe0f\uffa0]"
)  # between figures
_DECIMAL = re.compile(r"(?:0|[1-9]\d*)\.\d+")
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
    if len(text) < 5 or not _PERHAPS.search(folded := _fold(text)):
        return text
    hidden = _hide_cards(_MAIL.sub(HIDDEN, folded))
    for pattern in _BANK_CARDS:
        hidden = _hide(pattern, lambda found: _is_bank_card(found, heading), hidden)
    hidden = _hide(_PARTED, _is_called, hidden)
    for pattern in (_MOBILE, _LANDLINE):
        hidden = _hide(pattern, lambda found: not _DECIMAL.fullmatch(found[0]), hidden)
    return text if hidden == folded else hidden


def fit_to_show(text: str) -> str:
    """A name or a title that anybody may see: on one line, nothing unseen in it, nobody's numbers."""
    return hide_numbers(clean_text(text))


def hide_id_cards(text: str, heading: str = "") -> str:  # noqa: ARG001 - called as the other is
    """Hide only valid id cards: for columns of ids and codes, which look like all the others."""
    if len(text) < 15 or not _PERHAPS.search(folded := _fold(text)):
        return text
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


def _fold(text: str) -> str:
    """A text with plain figures, letters and blanks."""
    if text.isascii() and text.isprintable():
        return text
    seen = _UNSEEN.sub("", clean(text))
    return _OTHER_FIGURE.sub(lambda found: str(int(found[0])), seen)


def _hide_cards(text: str) -> str:
    for pattern, is_one in ((_ID_CARD, _is_card), (_OLD_CARD, _is_old_card)):
        text = _hide(pattern, is_one, text)
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
    return "".join("X" if c in _X else c for c in text if c.isdecimal() or c in _X)


def _is_day(text: str) -> bool:
    try:
        day = dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return _YEARS[0] <= day.year <= _YEARS[1]


def _is_card(found: re.Match[str]) -> bool:
    return is_id_card(_figures(found[0])) and not _DECIMAL.fullmatch(found[0])


def _is_old_card(found: re.Match[str]) -> bool:
    """Fifteen figures with a birth date, that are no part of an organisation's code."""
    start, end = found.span()
    codes = _CREDIT_CODE.finditer(found.string, max(start - 4, 0), end + 4)
    return _is_card(found) and not any(code.start() <= start < code.end() for code in codes)


def _is_called(found: re.Match[str]) -> bool:
    start = found.start()
    return bool(_CALLED.search(found.string[max(start - _NEAR_BY, 0) : start]))


def _is_bank_card(found: re.Match[str], heading: str) -> bool:
    text, start, end = found.string, found.start(), found.end()
    near = text[max(start - _NEAR_BY, 0) : start] + text[end : end + _NEAR_BY]
    if not _OF_A_BANK.search(heading + near) or _DECIMAL.fullmatch(found[0]):
        return False
    figures = [int(c) for c in reversed(_figures(found[0]))]
    doubled = sum(sum(divmod(2 * figure, 10)) for figure in figures[1::2])
    return (sum(figures[::2]) + doubled) % 10 == 0  # Luhn
