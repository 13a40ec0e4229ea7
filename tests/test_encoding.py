"""In what a text is written: the bytes decide, a declaration that cannot be right is refused."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from hbgeo.errors import LayerError
from hbgeo.read.file.encoding import (
    is_utf8,
    read_xml,
    refuse_not_utf8,
    tell_encoding,
    tell_file_encoding,
    to_utf8,
)

TEXT = "示例公墓,甲镇\n"
UTF8, GBK, LATIN = TEXT.encode(), TEXT.encode("gbk"), "café".encode("latin-1")
NEITHER = b"\xff\xff\xff,a\n"
ASKED = "请用 encoding 指明"
OTHER = "请改正 encoding 或 .cpg"
TOLD = {
    "ascii": (b"a,b\n", "", "utf-8"),
    "ascii, whatever is declared": (b"a,b\n", "nonsense", "utf-8"),
    "nothing": (b"", "", "utf-8"),
    "utf-8": (UTF8, "", "utf-8"),
    "utf-8 as declared": (UTF8, "UTF8", "utf-8"),
    "utf-8 by its number": (UTF8, " 65001 ", "utf-8"),
    "utf-8 declared as gbk": (UTF8, "gbk", f"编码与声明不符（声明 gbk，实际应为 UTF-8）；{OTHER}"),
    "utf-8 declared as latin": (UTF8, "latin-1", f"编码与声明不符（声明 latin-1，实际应为 UTF-8）；{OTHER}"),
    "gbk": (GBK, "", "gb18030"),
    **{f"gbk declared as {name}": (GBK, name, "gb18030")
       for name in ("GBK", "gb2312", "936", "cp936", "ANSI 936", "gb18030")},
    "gbk declared as utf-8": (GBK, "utf-8", f"编码与声明不符（声明 utf-8，实际应为 GB18030）；{OTHER}"),
    "gbk declared as ascii": (GBK, "ascii", f"编码与声明不符（声明 ascii，实际应为 GB18030）；{OTHER}"),
    "latin as declared": (LATIN, "latin-1", "iso8859-1"),
    "neither": (NEITHER, "", f"既不是 UTF-8 也不是 GB18030 编码；{ASKED}"),
    "neither, declared as utf-8": (NEITHER, "utf-8", f"编码与声明不符（声明 utf-8，实际应为 未知）；{OTHER}"),
    "a codec of no text": (GBK, "hex", "不认识的编码“hex”；可用 utf-8、gb18030、utf-16"),
    "no codec": (GBK, "x" * 41, f"不认识的编码“{'x' * 40}”；可用 utf-8、gb18030、utf-16"),
}  # fmt: skip


@pytest.mark.parametrize("what", TOLD)
def test_an_encoding_is_told_from_bytes_and_from_files_alike(what: str, tmp_path: Path) -> None:
    data, declared, told = TOLD[what]
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    if "；" not in told:
        assert tell_encoding(data, declared, "a.csv") == told
        assert tell_file_encoding(path, declared) == told
        assert to_utf8(data, declared, "a.csv") == data.decode(told).encode()
        return
    for tell in (tell_encoding, to_utf8):
        with pytest.raises(LayerError) as caught:
            tell(data, declared, "a.csv")
        assert str(caught.value) == f"a.csv：{told}"
    with pytest.raises(LayerError) as caught:
        tell_file_encoding(path, declared)
    assert str(caught.value) == f"a.csv：{told}"


def test_a_mark_before_a_text_says_its_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for encoding in ("utf-16-le", "utf-16-be"):
        mark = codecs.BOM_UTF16_LE if encoding == "utf-16-le" else codecs.BOM_UTF16_BE
        path.write_bytes(mark + TEXT.encode(encoding))
        for declared in ("", "gbk"):
            assert tell_file_encoding(path, declared) == "utf-16"
            assert to_utf8(path.read_bytes(), declared, "a.csv") == UTF8
    path.write_bytes(codecs.BOM_UTF8 + UTF8)
    assert tell_file_encoding(path, "") == "utf-8-sig"
    assert tell_file_encoding(path, "utf-8") == "utf-8"
    assert to_utf8(path.read_bytes(), "", "a.csv") == codecs.BOM_UTF8 + UTF8
    with pytest.raises(LayerError, match="实际应为 UTF-8"):
        tell_file_encoding(path, "gbk")
    for data, said in (
        (codecs.BOM_UTF16_LE + b"abc", "a.csv：不是有效的 utf-16 文本，可能已损坏"),
        (codecs.BOM_UTF8 + GBK, "a.csv：不是有效的 utf-8-sig 文本，可能已损坏"),
    ):
        with pytest.raises(LayerError) as caught:
            to_utf8(data, "", "a.csv")
        assert str(caught.value) == said


def test_bytes_are_utf8_or_not() -> None:
    assert [is_utf8(data) for data in (b"", b"a", UTF8, GBK, UTF8[:-2], b"\xed\xa0\x80")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip


XML = '<?xml version="1.0" encoding="{}"?><a>示例é</a>'
WRITTEN = {  # what the file says, in what it is written, what the catalogue says → as what it is read
    "as it says": ("utf-8", "utf-8", "", "utf-8"),
    "gbk that says so": ("GBK", "gb18030", "", "gb18030"),
    "gbk that says utf-8": ("utf-8", "gb18030", "", "gb18030"),
    "gbk that says it is latin": ("iso-8859-1", "gb18030", "", "latin-1"),
    "gbk that says it is latin, and the catalogue knows better": ("iso-8859-1", "gb18030", "gbk", "gb18030"),
    "gbk that says nothing known": ("示例", "gb18030", "", "gb18030"),
    "gbk that says a codec of no text": ("hex", "gb18030", "", "gb18030"),
    "gbk that says what it cannot be": ("ascii", "gb18030", "", "gb18030"),
    "utf-8 that says gb2312": ("gb2312", "utf-8", "", "utf-8"),
    "utf-8 with its mark": ("gb2312", "utf-8-sig", "", "utf-8"),
    "utf-16 with its mark": ("utf-16", "utf-16", "", "utf-16"),
    "utf-16 without, small end first": ("utf-16", "utf-16-le", "", "utf-16-le"),
    "utf-16 without, great end first": ("utf-8", "utf-16-be", "", "utf-16-be"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRITTEN)
def test_an_xml_text_is_read_by_its_bytes_first(what: str, tmp_path: Path) -> None:
    says, written, declared, read_as = WRITTEN[what]
    path, text = tmp_path / "a.kml", XML.format(says)
    path.write_bytes(text.encode(written))
    assert "".join(read_xml(path, declared)) == text.encode(written).decode(read_as).lstrip(
        "\ufeff"
    )


def test_blanks_before_an_xml_text_are_dropped_and_none_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    path.write_bytes(b" \r\n\t" + XML.format("GBK").encode("gb18030") + b" \n")
    assert "".join(read_xml(path)) == XML.format("GBK") + " \n"
    path.write_bytes(b"  \n")
    assert "".join(read_xml(path)) == ""
    path.write_bytes(XML.format("GBK").encode("gb18030"))
    with pytest.raises(LayerError, match="编码与声明不符"):
        list(read_xml(path, "utf-8"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (UTF8, ""), (b"{}", ""),
        (GBK, "编码不是 UTF-8（像是 GBK(GB18030)），GeoJSON 只能是 UTF-8；请用记事本打开后另存为 UTF-8，或从源头重新导出"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "编码不是 UTF-8（像是 UTF-16），"),
        ('{"例":1}'.encode("utf-16-le"), "编码不是 UTF-8（像是 UTF-16），"),
        (b'ab\xff\0', "编码不是 UTF-8（像是 UTF-16），"),
        (b'abc\xff\0', "文字不是 UTF-8，也不像 GBK，可能已损坏；请从源头重新导出"),
        (NEITHER, "文字不是 UTF-8，也不像 GBK，可能已损坏；请从源头重新导出"),
    ],
)  # fmt: skip
def test_a_geojson_that_is_not_utf8_is_refused(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(data)
    if not said:
        refuse_not_utf8(path)
        return
    with pytest.raises(LayerError) as caught:
        refuse_not_utf8(path)
    assert str(caught.value).startswith(f"a.geojson：{said}")
