"""What a row says of its unit, what was found, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from hbgeo.read.cell.text import clean
from hbgeo.read.divisions import DIGITS, fit_code

SEPARATORS = "·・•-—–/\\>→|_"  # between the names of a unit and its parents
_CODE = r"(?:[0-9]{12}|[0-9]{9}|[0-9]{6})"
_CODE_FIRST = re.compile(rf"\(?({_CODE})\)?(?![0-9])(.*)")
_CODE_LAST = re.compile(rf"(.*[^0-9(])\(?({_CODE})\)?")


class Naming(NamedTuple):
    """What a ledger row says of its unit: codes and names, "" where it says nothing."""

    county_code: str = ""
    county: str = ""
    township_code: str = ""
    township: str = ""
    village_code: str = ""
    village: str = ""


class Problem(NamedTuple):
    """What is wrong with the unit a row names; `column` is the canonical one."""

    column: str
    value: str
    rule: str
    message: str
    fix: str
    severity: str = "error"


class Found(NamedTuple):
    """The codes a row names, and, where it names none rightly, what is wrong."""

    county: str = ""
    township: str = ""
    village: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def wrong(self) -> bool:
        """Whether the row may not count."""
        return is_wrong(self.problems)


def is_wrong(problems: Iterable[Problem]) -> bool:
    """Whether a row with these problems may not count."""
    return any(p.severity == "error" for p in problems)


def part_codes(naming: Naming, *, codes: bool) -> tuple[Naming, list[Problem]]:
    """Move codes written into columns of names to theirs.

    Parameters
    ----------
    codes
        False where they are of another scheme than the units': then they say nothing.
    """
    problems: list[Problem] = []
    if (naming.county + naming.township + naming.village).isalpha():  # as nearly all are
        return naming, problems
    for level in ("county", "township", "village"):
        text, own = getattr(naming, level), getattr(naming, f"{level}_code")
        if not any(letter.isdigit() for letter in text):
            continue
        code, name = split_code(text, level)
        if not code or not (name or codes):
            continue
        naming = naming._replace(**{level: name, f"{level}_code": own or code})
        if codes and own and fit_code(own, level) != code:
            said = f"“{text}”中的代码与代码列的{own}不一致"
            problems.append(Problem(level, text, "E04", said, "核对代码"))
    return naming, problems


def split_code(text: str, level: str) -> tuple[str, str]:
    """Part a code of a level from the name it stands before or behind; "" where there is none."""
    folded = clean(text).replace(" ", "").removesuffix(".0")  # a number, as Excel had it
    first, last = _CODE_FIRST.fullmatch(folded), _CODE_LAST.fullmatch(folded)
    code, name = (first[1], first[2]) if first else (last[2], last[1]) if last else ("", text)
    code = fit_code(code, level)
    if len(code) != DIGITS[level]:
        return "", text
    return code, name.strip(SEPARATORS)
