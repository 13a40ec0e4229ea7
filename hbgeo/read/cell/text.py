"""Texts as people type them: folded for matching, made fit to be shown."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

_EMPTY = {"", "/", "-", "—", "——", "\\", "无", "暂无", "未填", "nan", "none", "null", "#n/a"}
_LONGEST_EMPTY = max(map(len, _EMPTY))
_PAIR = re.compile(r"\(([^()]*)\)")
# characters that are not seen, and may move or hide those that are
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0001\U000e0020-\U000e007f]"
)


def clean(text: str) -> str:
    """Fold full-width forms, strip spaces, line breaks and invisible characters: for matching."""
    if not text.isprintable():  # most cells are plain: do no more than due
        text = _CONTROL.sub("", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if text.isprintable() and " " not in text:
        return text
    return " ".join(text.split())


def without_controls(text: str) -> str:
    """Take out what is not seen, and a surrogate without its other half; blanks stay as they are."""
    if text.isprintable():
        return text
    return _CONTROL.sub("", text.encode("utf-8", "replace").decode("utf-8"))


def clean_text(text: str) -> str:
    """Make text fit to be shown: no control characters or lone surrogates, one line."""
    if not text.isprintable():
        text = without_controls(text)
    elif " " not in text:
        return text
    return " ".join(text.split())


def in_sentence(text: str) -> str:
    """A word of a ledger or a schema as a sentence has it: 街道（乡镇）, 低保标准（元/月）."""
    if "(" not in text or text.isascii():
        return text
    return _PAIR.sub("（\\1）", text)


def is_filled(text: Any) -> bool:
    """Tell whether a cell says something: blanks, strokes and 无 do not."""
    text = str(text)
    if len(text) > _LONGEST_EMPTY and text.isprintable() and " " not in text:
        return True
    return clean(text).casefold() not in _EMPTY


def split_list(text: str) -> list[str]:
    """Split a list as people type it: 、 , ; / and spaces."""
    return [p for p in re.split(r"[、,;/|\s]", clean(text)) if p]


def choice_key(text: str) -> str:
    """Fold a cell for matching against choices: brackets, stars, spaces and case do not matter."""
    return re.sub(r"[\s*:_]", "", clean(text)).casefold()
