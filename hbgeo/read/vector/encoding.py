"""Which encoding a text is in, and whether it was garbled before it came."""

from __future__ import annotations

import codecs

import pandas as pd

from hbgeo.errors import LayerError


def tell_encoding(data: bytes, declared: str, name: str) -> str:
    """Return the encoding of `data`: the declared one if it fits, UTF-8 if strictly so, GB18030.

    Raises
    ------
    LayerError
        If the declared encoding cannot be right, or none fits.
    """
    fits = [e for e in ("utf-8", "gb18030") if _decodes(data, e)]
    if data.isascii():
        return "utf-8"
    if declared:
        wanted = _codec(declared, name)
        # UTF-8 is strict: bytes that are valid UTF-8 beyond ASCII are hardly ever anything else
        if not _decodes(data, wanted) or (wanted != "utf-8" and "utf-8" in fits):
            found = fits[0].upper() if fits else "未知"
            msg = f"{name}:编码与声明不符(声明 {declared},实际应为 {found});请改正 encoding 或 .cpg"
            raise LayerError(msg)
        return wanted
    if not fits:
        raise LayerError(f"{name}:既不是 UTF-8 也不是 GB18030 编码;请用 encoding 指明")
    return fits[0]


def find_garbled(texts: pd.Series) -> str:
    """Return the first text that was decoded in the wrong encoding, or ""."""
    return next((t for t in pd.unique(texts) if t and _garbled(t)), "")


def _garbled(text: str) -> bool:
    """Text that turns into other Chinese when its decoding is undone was decoded wrongly."""
    if text.isascii():
        return False
    if "\ufffd" in text:
        return True
    for wrong, right in (("gb18030", "utf-8"), ("latin-1", "gb18030"), ("latin-1", "utf-8")):
        try:
            undone = text.encode(wrong).decode(right)
        except UnicodeError:
            continue
        chinese = sum("\u4e00" <= c <= "\u9fff" for c in undone)
        if undone != text and len(undone) >= 2 and chinese >= 0.6 * len(undone):
            return True
    return False


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _codec(declared: str, name: str) -> str:
    """The Python codec for a declared encoding; GBK and GB2312 are read as their superset."""
    key = declared.strip().lower().replace("cp936", "gb18030").replace("ansi 936", "gb18030")
    key = {"936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "65001": "utf-8"}.get(key, key)
    try:
        return codecs.lookup(key).name
    except LookupError:
        msg = f"{name}:不认识的编码“{declared}”;可用 utf-8、gb18030、utf-16"
        raise LayerError(msg) from None
