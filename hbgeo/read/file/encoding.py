"""Which encoding a text is in, and whether it was garbled before it came."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from hbgeo.errors import LayerError

_NO_CHINESE = re.compile(r"^[^\n\u0100-\U0010ffff]+$|\ufffd", re.MULTILINE)
_UTF8 = re.compile(  # a line of it, or of what nearly is
    rb"^(?:[\x00-\x09\x0b-\x7f]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}"
    rb"|[\xf0-\xf4][\x80-\xbf]{3})+$",
    re.MULTILINE,
)


def tell_encoding(data: bytes, declared: str, name: str) -> str:
    """Return the encoding of `data`: the declared one if it fits, UTF-8 if strictly so, GB18030.

    Raises
    ------
    LayerError
        If the declared encoding cannot be right, or none fits.
    """
    return _tell(data, declared, name)[0]


def to_utf8(data: bytes, declared: str, name: str) -> bytes:
    """Turn text into UTF-8 from the encoding that `tell_encoding` tells, decoding it once.

    Raises
    ------
    LayerError
        If the declared encoding cannot be right, or none fits.
    """
    _, text = _tell(data, declared, name)
    return data if text is None else text.encode("utf-8", "surrogatepass")


def _tell(data: bytes, declared: str, name: str) -> tuple[str, str | None]:
    """The encoding, and the text where it was decoded to tell."""
    if data.isascii():
        return "utf-8", None
    utf8 = is_utf8(data)
    wanted = _codec(declared, name) if declared else "utf-8" if utf8 else "gb18030"
    if wanted == "utf-8" and utf8:
        return wanted, None
    # UTF-8 is strict: bytes that are valid UTF-8 beyond ASCII are hardly ever anything else
    text = None if utf8 or wanted == "utf-8" else _decoded(data, wanted)
    if text is not None:
        return wanted, text
    if declared:
        found = "UTF-8" if utf8 else "未知" if _decoded(data, "gb18030") is None else "GB18030"
        msg = f"{name}:编码与声明不符(声明 {declared},实际应为 {found});请改正 encoding 或 .cpg"
        raise LayerError(msg)
    raise LayerError(f"{name}:既不是 UTF-8 也不是 GB18030 编码;请用 encoding 指明")


def is_utf8(data: bytes) -> bool:
    """Tell whether bytes are strictly UTF-8; Arrow looks at a large file in a blink."""
    ends = pa.py_buffer(np.array([0, len(data)], np.int64))
    whole = pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(data)])
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def find_garbled(texts: Iterable[str]) -> str:
    """Return the first text that was decoded in the wrong encoding, or ""."""
    beyond = [text for text in dict.fromkeys(texts) if not text.isascii()]
    return next((beyond[i] for i in _suspects(beyond) if _garbled(beyond[i])), "")


def _suspects(texts: list[str]) -> list[int]:
    """Which texts may be garbled, told from all of them in one stretch: hardly ever any."""
    joined = "\n".join(text.replace("\n", " ") for text in texts)
    undone = joined.encode("gb18030", "replace")  # no byte of it but a line's end is a line's end
    found = {joined.count("\n", 0, hit.start()) for hit in _NO_CHINESE.finditer(joined)}
    found |= {undone.count(b"\n", 0, hit.start()) for hit in _UTF8.finditer(undone)}
    return sorted(found)


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


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _codec(declared: str, name: str) -> str:
    """The Python codec for a declared encoding; GBK and GB2312 are read as their superset."""
    key = declared.strip().lower().replace("cp936", "gb18030").replace("ansi 936", "gb18030")
    key = {"936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "65001": "utf-8"}.get(key, key)
    try:
        return codecs.lookup(key).name
    except LookupError:
        msg = f"{name}:不认识的编码“{declared}”;可用 utf-8、gb18030、utf-16"
        raise LayerError(msg) from None
