"""Problems of texts: romanised names that no reading gives, and characters old formats cannot hold."""

from __future__ import annotations

import re
import sys
from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray

from hbgeo.arrays import Mask
from hbgeo.arrow import Cells, numbers_in
from hbgeo.read.cell.column import arrow
from hbgeo.read.cell.pinyin import readings_of
from hbgeo.read.issues import Notes

_ENGLISH = re.compile(
    r"(?i)\b(road|street|town|village|avenue|lane|rd|st|ave|district|county|township)\b\.?"
)
_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvvnnnm")
_ROMAN = re.compile(r"[A-Za-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿĀÁǍÀĒÉĚÈŌÓǑÒ0-9'’‘()\uff08\uff09\-\s]*")
_LOCAL = {"埫": ("tang",), "垱": ("dang",), "剅": ("lou",), "簰": ("pai",)}  # as spoken in Hubei
_ASCII = 127
_PIECE = 1 << 14  # texts gone through at once: they stay in the processor's cache


def check_romanisation(rows: pd.DataFrame, notes: Notes) -> None:
    """Note the romanised names that are wrong, by the reason."""
    if "roman" not in rows or "name" not in rows:
        return
    pairs = rows[["name", "roman"]].drop_duplicates()
    pairs = pairs[pairs["roman"] != ""]
    wrong = {
        (n, r): said
        for n, r in zip(pairs["name"], pairs["roman"], strict=True)
        if (said := tell_romanisation(n, r))
    }
    if not wrong:
        return
    keys = pd.MultiIndex.from_frame(rows[["name", "roman"]])
    for reason in sorted(set(wrong.values())):
        mine = keys.isin([k for k, v in wrong.items() if v == reason])
        cells = rows["roman"].rename(notes.schema.heading("roman"))
        say = lambda v, r=reason: f"拼写“{v}”{r}"  # noqa: E731
        fix = "由地名主管部门核定读音；通名用汉语拼音"
        notes.cells(mine, cells, say, rule="W07", fix=fix, severity="warning")


def tell_romanisation(name: str, roman: str) -> str:
    """Say what is wrong with a romanised name; "" if nothing is.

    Tones and word division are not judged (practice differs); every reading a character has is
    accepted, for local readings are decided by the place-name authority.
    """
    if found := _ENGLISH.search(roman):
        return f"含英文通名“{found[0]}”"
    if not _ROMAN.fullmatch(roman):
        return "含有汉语拼音以外的字符"
    letters = re.sub(r"[^a-z]", "", roman.lower().translate(_TONES))
    hanzi = [c for c in name if "\u4e00" <= c <= "\u9fff" or ord(c) > 0x20000]
    if not letters or not hanzi or len(hanzi) > 40 or _reads(letters, tuple(hanzi)):
        return ""
    return "与读音不一致"


def _reads(letters: str, hanzi: tuple[str, ...]) -> bool:
    """Whether the letters are some reading of the characters, one after the other."""
    ends = {0}
    for char in hanzi:
        options = _readings(char)
        if not options:
            return True  # a character no dictionary knows is not judged
        ends = {e + len(o) for e in ends for o in options if letters.startswith(o, e)}
        if not ends:
            return False
    return len(letters) in ends


@lru_cache(maxsize=20_000)
def _readings(char: str) -> tuple[str, ...]:
    known = {*readings_of(char), *_LOCAL.get(char, ())}
    return tuple(sorted(known | {k.replace("v", "yu") for k in known} | {k.replace("v", "u") for k in known}))  # fmt: skip


def check_characters(rows: pd.DataFrame, notes: Notes) -> None:
    """Note each text that GBK cannot hold once, at the first row it stands in."""
    tried = np.zeros(sys.maxunicode + 1, dtype=np.int8)
    for column in notes.schema.columns.values():
        if column.id not in rows or not isinstance(rows[column.id].dtype, pd.StringDtype):
            continue
        cells = rows[column.id]
        found = find_rare(cells, tried)
        first = np.flatnonzero(found)[~cells[found].duplicated().to_numpy()]
        wrong = np.zeros(len(cells), dtype=bool)
        wrong[first] = True
        cells = cells.rename(notes.schema.heading(column.id))
        fix = "用 UTF-8 或 GB18030 保存"
        notes.cells(wrong, cells, _say_rare, rule="W08", fix=fix, severity="warning")


def find_rare(cells: pd.Series, tried: NDArray[np.int8]) -> Mask:
    """Mark the texts that GBK cannot hold.

    Parameters
    ----------
    tried
        What is known of each character (by code point): 0 nothing yet, 1 GBK has it, −1 it has
        not. Each that stands in the column is tried once, and then known.
    """
    texts = arrow(cells)
    wrong = np.zeros(len(cells), dtype=bool)
    for start in range(0, len(cells), _PIECE):
        piece = texts.slice(start, _PIECE)
        points = _code_points(piece)
        known = tried[points]
        if not known.all():
            for point in np.unique(points[known == 0]).tolist():
                tried[point] = 1 if _in_gbk(chr(point)) else -1
            known = tried[points]
        rare = np.flatnonzero(known < 0)
        if len(rare):
            ends = np.cumsum(pc.utf8_length(piece).fill_null(0))
            wrong[start + np.searchsorted(ends, rare, side="right")] = True
    return wrong


def _code_points(texts: Cells) -> NDArray[np.uint32]:
    """The characters of all texts, one after the other, as their numbers; none if all are ASCII."""
    _, bounds, letters = texts.buffers()  # Arrow keeps the texts one behind the other
    ends = numbers_in(bounds, np.int64)[texts.offset :][: len(texts) + 1]
    own = numbers_in(letters, np.uint8)[ends[0] : ends[-1]]
    whole = str(own.data, "utf-8") if own.max(initial=0) > _ASCII else ""
    return np.frombuffer(whole.encode("utf-32-le"), np.uint32)


def _say_rare(text: str) -> str:
    rare = sorted({char for char in text if not _in_gbk(char)})
    which = "、".join(f"“{char}”（U+{ord(char):04X}）" for char in rare)
    return f"{which}不在 GBK 中，旧版 shp、Excel 可能变成“?”"


def _in_gbk(text: str) -> bool:
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True
