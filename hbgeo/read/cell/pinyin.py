"""The readings of Chinese characters, from the file that pypinyin ships."""

from __future__ import annotations

import json
import unicodedata
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

_TONES = dict.fromkeys(map(ord, "\u0304\u0301\u030c\u0300"))  # the four; none is taken away too


def readings_of(char: str) -> tuple[str, ...]:
    """Every reading of a character, without its tone, ü as v; empty for one that no one knows."""
    told = unicodedata.normalize("NFD", _read_file().get(str(ord(char)), ""))
    plain = unicodedata.normalize("NFC", told.replace("u\u0308", "v").translate(_TONES))
    return tuple(dict.fromkeys(plain.split(","))) if plain else ()


def toned_readings_of(char: str) -> tuple[str, ...]:
    """Every reading of a character with its tone, the most usual first."""
    known = _read_file().get(str(ord(char)), "")
    return tuple(dict.fromkeys(known.split(","))) if known else ()


@lru_cache(maxsize=1)
def _read_file() -> dict[str, str]:
    """Code point → readings with their tones."""
    spec = find_spec("pypinyin")  # not imported: that would load its phrases, a tenth of a second
    home = Path(spec.origin or "") if spec else Path()
    text = home.with_name("pinyin_dict.json").read_text(encoding="utf-8")
    known: dict[str, str] = json.loads(text)
    return known
