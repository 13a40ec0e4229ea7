"""How the characters of names are read, so that the page finds 长阳 by changyang."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path


def readings_of(names: Iterable[str]) -> dict[str, str]:
    """Every reading of every character that stands in a name, without tones; ü is v."""
    readings = _read_readings()
    in_use = sorted(set("".join(names)))
    found = {char: readings.get(str(ord(char))) for char in in_use if char > "\u2e7f"}
    return {char: _toneless(told) for char, told in found.items() if told is not None}


def _read_readings() -> dict[str, str]:
    """Code point → readings: pypinyin's own file, as importing it would load its phrases too."""
    spec = find_spec("pypinyin")
    home = Path(spec.origin or "") if spec else Path()
    text = home.with_name("pinyin_dict.json").read_text(encoding="utf-8")
    readings: dict[str, str] = json.loads(text)
    return readings


def _toneless(readings: str) -> str:
    parts = unicodedata.normalize("NFD", readings).replace("u\u0308", "v").split(",")
    plain = ("".join(char for char in part if char.isascii()) for part in parts)
    return " ".join(dict.fromkeys(plain))
