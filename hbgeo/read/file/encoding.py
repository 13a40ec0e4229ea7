"""Which encoding a text is in, and whether it was garbled before it came."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from hbgeo.errors import LayerError
from hbgeo.read.cell.text import clean_text

_PIECE = 4 << 20  # bytes read at a time
_SHOWN = 40  # characters of a name in a message
_HEAD = 1024  # bytes in which an XML declaration stands, blank lines before it
_SAID = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']""")
_NO_CHINESE = re.compile(r"^[^\n\u0100-\U0010ffff]+$|\ufffd", re.MULTILINE)
_UTF8 = re.compile(  # a line of it, or of what nearly is
    rb"^(?:[\x00-\x09\x0b-\x7f]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}"
    rb"|[\xf0-\xf4][\x80-\xbf]{3})+$",
    re.MULTILINE,
)


def tell_encoding(data: bytes, declared: str, name: str) -> str:
    """Return the encoding of `data`: the declared one if it fits, UTF-8 if strictly so, GB18030.

    Parameters
    ----------
    declared
        The declared encoding; "" to tell it from the bytes.
    name
        The file, for messages.

    Raises
    ------
    LayerError
        If the declared encoding cannot be right, or none fits.
    """
    if data.isascii():
        return "utf-8"

    def fits(encoding: str) -> bool:
        return decoded(data, encoding) is not None

    return _choose(declared, name, utf8=is_utf8(data), fits=fits)


def tell_file_encoding(path: Path, declared: str) -> str:
    """Return the encoding of a whole file, read through in pieces: its mark's, or as `tell_encoding`.

    Raises
    ------
    LayerError
        If the declared encoding cannot be right, or none fits.
    """
    with path.open("rb") as file:
        marked = _marked(file.read(4), declared)
    if marked:
        return marked
    if _file_fits(path, "ascii"):
        return "utf-8"
    fits = partial(_file_fits, path)
    return _choose(declared, path.name, utf8=fits("utf-8"), fits=fits)


def read_xml(path: Path, declared: str = "") -> Iterator[str]:
    """Read an XML text in pieces, whatever it is in and says to be in; blanks before it are dropped.

    The bytes decide: UTF-16 and UTF-8 cannot be taken for anything else, what an XML file says of
    itself is often what the program's template said. Else its declaration, else GB18030.

    Raises
    ------
    LayerError
        If the catalogue's encoding cannot be right, or none fits.
    """
    started = False
    with path.open("r", encoding=_xml_encoding(path, declared), newline="") as file:
        while piece := file.read(_PIECE):
            if not started:
                piece = piece.lstrip("\ufeff \t\r\n")
                started = bool(piece)
            yield piece


def _xml_encoding(path: Path, declared: str) -> str:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for start, encoding in ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
        if head.startswith(start):
            return encoding
    said = _SAID.match(head.lstrip(b" \t\r\n"))
    if declared or not said or _marked(head, "") or _file_fits(path, "utf-8"):
        return tell_file_encoding(path, declared)
    own = _text_codec(said[1].decode("ascii", "replace")) or "utf-8"
    chinese = own.startswith(("gb", "utf")) or not _file_fits(path, own)
    return tell_file_encoding(path, "" if chinese else own)


def refuse_not_utf8(path: Path) -> None:
    """Refuse a GeoJSON text that is not UTF-8, which it must be: others read it as garbage.

    Raises
    ------
    LayerError
        If it is not; the encoding it seems to be in is named.
    """
    if _file_fits(path, "utf-8"):
        return
    with path.open("rb") as file:
        head = file.read(4)
    wide = _marked(head, "") == "utf-16" or b"\0" in head
    if not wide and not _file_fits(path, "gb18030"):
        raise LayerError(f"{path.name}：文字不是 UTF-8，也不像 GBK，可能已损坏；请从源头重新导出")
    found = "UTF-16" if wide else "GBK(GB18030)"
    msg = f"{path.name}：编码不是 UTF-8（像是 {found}），GeoJSON 只能是 UTF-8"
    raise LayerError(f"{msg}；请用记事本打开后另存为 UTF-8，或从源头重新导出")


def to_utf8(data: bytes, declared: str, name: str) -> bytes:
    """Turn text into UTF-8 from its mark's encoding, or as `tell_encoding` tells, decoding it once.

    Raises
    ------
    LayerError
        If the declared encoding cannot be right, none fits, or the text is not what its mark says.
    """
    marked = _marked(data[:4], declared)
    if marked != "utf-16" and is_utf8(data):
        if declared:
            tell_encoding(data, declared, name)  # it may say another
        return data
    texts = dict[str, str | None]()

    def fits(encoding: str) -> bool:
        texts[encoding] = decoded(data, encoding)
        return texts[encoding] is not None

    if marked and not fits(marked):
        raise broken(name, marked)
    text = texts[marked or _choose(declared, name, utf8=False, fits=fits)]
    return (text or "").encode("utf-8", "surrogatepass")


def broken(name: str, encoding: str) -> LayerError:
    """What to say of a text that is not what the mark before it says."""
    return LayerError(f"{name}：不是有效的 {encoding} 文本，可能已损坏")


def _marked(head: bytes, declared: str) -> str:
    """The encoding that a byte order mark says; "" without one. UTF-8's gives way to a declaration."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) and not declared else ""


def _choose(declared: str, name: str, *, utf8: bool, fits: Callable[[str], bool]) -> str:
    """The encoding of a text beyond ASCII, by whether it is UTF-8 and which others fit."""
    wanted = _codec(declared, name) if declared else "utf-8" if utf8 else "gb18030"
    # UTF-8 is strict: bytes that are valid UTF-8 beyond ASCII are hardly ever anything else
    if utf8 if wanted == "utf-8" else not utf8 and fits(wanted):
        return wanted
    if declared:
        found = "UTF-8" if utf8 else "GB18030" if fits("gb18030") else "未知"
        msg = (
            f"{name}：编码与声明不符（声明 {declared}，实际应为 {found}）；请改正 encoding 或 .cpg"
        )
        raise LayerError(msg)
    raise LayerError(f"{name}：既不是 UTF-8 也不是 GB18030 编码；请用 encoding 指明")


def _file_fits(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True


def is_utf8(data: bytes) -> bool:
    """Tell whether bytes are strictly UTF-8; Arrow looks at a large file in a blink."""
    ends = pa.py_buffer(np.array([0, len(data)], np.int64).data)
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


def decoded(data: bytes, encoding: str) -> str | None:
    """Bytes as text; None if they are none in this encoding."""
    try:
        return data.decode(encoding)
    except UnicodeError:  # some codecs know no better
        return None


def _codec(declared: str, name: str) -> str:
    """The Python codec for a declared encoding; GBK and GB2312 are read as their superset."""
    key = declared.strip().lower().replace("cp936", "gb18030").replace("ansi 936", "gb18030")
    key = {"936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "65001": "utf-8"}.get(key, key)
    if known := _text_codec(key):
        return known
    said = clean_text(declared)[:_SHOWN]
    raise LayerError(f"{name}：不认识的编码“{said}”；可用 utf-8、gb18030、utf-16")


def _text_codec(name: str) -> str:
    """The codec of that name; "" if there is none, or one that is of no text (hex, zlib)."""
    try:
        "".encode(name)
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
