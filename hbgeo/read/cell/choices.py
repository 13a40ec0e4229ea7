"""Which of a column's words a cell means: as it stands, or as it is usually written."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hbgeo.read.cell.text import choice_key, is_filled, split_list
from hbgeo.read.schema.records import Column

_BRACKETS = str.maketrans("[]{}【】〔〕", "()()()()")


def known_words(column: Column) -> dict[str, str]:
    """What a cell may say, folded → the word it means; as it stands before what it comes close to."""
    names = {name: v for v, aliases in column.choices.items() for name in (v, *aliases)}
    known = {choice_key(name): value for name, value in names.items()}
    return {loose_key(name): value for name, value in names.items()} | known


def find_choice(text: str, known: Mapping[str, str]) -> str | None:
    """The word that a text means among `known_words`, or None."""
    return known.get(choice_key(text)) or known.get(loose_key(text))


def unknown_words(text: str, column: Column) -> list[str]:
    """The words of a cell that a column of choices does not know."""
    known = known_words(column)
    parts = split_list(text) if column.type == "choices" else [text]
    return [part for part in parts if is_filled(part) and find_choice(part, known) is None]


def loose_key(text: str) -> str:
    """Fold further, for a choice not known as it stands: 乡(镇)级 is 乡镇级, 县(市、区)级 县市区级."""
    key = re.sub(r"[“”\"'。]", "", choice_key(text)).translate(_BRACKETS)
    return re.sub(r"\(([^()]*)\)", lambda part: re.sub(r"[、,/]", "", part[1]), key)
