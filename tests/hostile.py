"""Makes ledgers that are meant to break their reader: truncated, swollen, endless, or lying."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator

import openpyxl

HEAD = "公墓编号,公墓名称,状态,所在县,所在乡镇"
Maker = Callable[[], bytes]

_SHEET = (
    '<?xml version="1.0"?>{doctype}<worksheet '
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}'
    "</sheetData>{after}</worksheet>"
)
_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {c} "{f"&{p};" * 30}">' for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
_ODS = (
    '<?xml version="1.0"?>{doctype}<office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="a">{rows}</table:table></office:spreadsheet></office:body>'
    "</office:document-content>"
)


def book() -> bytes:
    """A small, sound workbook."""
    made = openpyxl.Workbook()
    made.active.append(HEAD.split(","))
    for i in range(20):
        made.active.append([f"GM{i}", f"示例{i}", "运营", "示例县", "示例镇"])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_part(part: str, content: bytes | Iterator[bytes]) -> bytes:
    """The small workbook with one part of it exchanged, or added."""
    out = io.BytesIO()
    pieces = [content] if isinstance(content, bytes) else content
    with (
        zipfile.ZipFile(io.BytesIO(book())) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.infolist():
            if member.filename != part:
                new.writestr(member, old.read(member))
        with new.open(part, "w", force_zip64=True) as stream:
            for piece in pieces:
                stream.write(piece)
    return out.getvalue()


def sheet(rows: str, doctype: str = "", after: str = "") -> bytes:
    """The small workbook with other rows."""
    text = _SHEET.format(rows=rows, doctype=doctype, after=after).encode()
    return with_part("xl/worksheets/sheet1.xml", text)


def ods(rows: str, doctype: str = "") -> bytes:
    """An ods file of one table."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml", _ODS.format(rows=rows, doctype=doctype))
        file.writestr("META-INF/manifest.xml", "<manifest/>")
    return out.getvalue()


def _spaces(megabytes: int) -> Iterator[bytes]:
    yield b'<?xml version="1.0"?><worksheet><sheetData>'
    for _ in range(megabytes):
        yield b" " * (1 << 20)


def _shared(length: int, uses: int) -> bytes:
    strings = f"<sst><si><t>{'x' * length}</t></si></sst>".encode()
    cells = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(1, uses))
    text = _SHEET.format(rows=cells, doctype="", after="").encode()
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(with_part("xl/sharedStrings.xml", strings))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.infolist():
            own = member.filename == "xl/worksheets/sheet1.xml"
            new.writestr(member, text if own else old.read(member))
    return out.getvalue()


def _lying_size() -> bytes:
    """An archive whose directory says that a part is small, which it is not."""
    data = bytearray(with_part("xl/worksheets/sheet1.xml", _spaces(64)))
    at = data.rfind(b"xl/worksheets/sheet1.xml") - 46  # the part's entry in the central directory
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(data)


def _strings(head: str) -> bytes:
    """The small workbook with shared strings that claim to be many."""
    return with_part("xl/sharedStrings.xml", f"<sst {head}><si><t>x</t></si></sst>".encode())


def _cell(at: str) -> str:
    return f'<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="{at}"><v>1</v></c></row>'


def ole(*, folders: int, small: int, more: int, sectors: bytes) -> bytes:
    """An old binary file whose first sector says which sector follows which.

    Parameters
    ----------
    folders, small, more
        The first sector of its folders, of its table of small sectors, of further tables.
    """
    numbers = (1, folders, 0, 4096, small, 1, more, 1 if more >= 0 else 0, 0)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + bytes.fromhex("3e000300feff09000600")
    head += bytes(10) + b"".join(n.to_bytes(4, "little", signed=True) for n in numbers)
    return head.ljust(512, b"\xff") + sectors


def _next(*sectors: int) -> bytes:
    """A sector of the numbers of sectors; the rest are free."""
    return b"".join(n.to_bytes(4, "little", signed=True) for n in sectors).ljust(512, b"\xff")


_END = -2  # no sector follows
_BLANKS = '<table:table-cell office:value-type="string"><text:p><text:s text:c="{}"/></text:p></table:table-cell>'


def _repeated(columns: int, blanks: int) -> str:
    """A cell of so many blanks in so many columns."""
    many = f'table:number-columns-repeated="{columns}" office'
    return _BLANKS.format(blanks).replace("office", many, 1)


_CELL = '<table:table-cell office:value-type="string" {}><text:p>x</text:p></table:table-cell>'
_WIDE = 'table:number-columns-repeated="16384"'

MAKERS: dict[str, Maker] = {
    "empty.xlsx": lambda: b"",
    "empty.csv": lambda: b"",
    "text.xlsx": lambda: f"{HEAD}\n1,2,3,4,5\n".encode(),
    "page.xls": lambda: b"<html><body><table><tr><td>1</td></tr></table></body></html>",
    "ole-garbage.xls": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 40,
    "protected.xlsx": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
    "zip-of-nothing.xlsx": lambda: b"PK\x05\x06" + b"\0" * 18,
    "zip-bomb.xlsx": lambda: with_part("xl/worksheets/sheet1.xml", _spaces(300)),
    "strings-bomb.xlsx": lambda: with_part("xl/sharedStrings.xml", _spaces(300)),
    "styles-bomb.xlsx": lambda: with_part("xl/styles.xml", _spaces(300)),
    "lying-size.xlsx": _lying_size,
    "shared-string-repeated.xlsx": lambda: _shared(1 << 20, 5000),
    "laughs.xlsx": lambda: sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>&i;</t></is></c></row>', _LAUGHS),
    "laughs-strings.xlsx": lambda: with_part("xl/sharedStrings.xml", f"<?xml version='1.0'?>{_LAUGHS}<sst><si><t>&i;</t></si></sst>".encode()),
    "far-corner.xlsx": lambda: sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "far-row.xlsx": lambda: sheet('<row r="1"><c r="ZZ1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
    "all-merged.xlsx": lambda: sheet('<row r="1"><c r="A1"><v>1</v></c></row>', after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    "no-sheets.xlsx": lambda: with_part("xl/workbook.xml", b"<workbook><sheets/></workbook>"),
    "deep.xlsx": lambda: sheet("<row>" * 200_000),
    "laughs.ods": lambda: ods(f"<table:table-row>{_CELL.format('')}</table:table-row>", _LAUGHS),
    "repeated.ods": lambda: ods(f"<table:table-row table:number-rows-repeated='1048576'>{_CELL.format(_WIDE)}</table:table-row>"),
    "far-corner.ods": lambda: ods(f"<table:table-row>{_CELL.format('')}</table:table-row><table:table-row table:number-rows-repeated='1048000'/><table:table-row><table:table-cell table:number-columns-repeated='16000'/>{_CELL.format('')}</table:table-row>"),
    "beyond.xlsx": lambda: sheet(_cell("ZZZZ99999999")),
    "beyond-lower.xlsx": lambda: sheet(_cell("xfd1048576")),
    "far-row-unsaid.xlsx": lambda: sheet(_cell("A3000000")),
    "strings-many.xlsx": lambda: _strings('count="4294967295" uniqueCount="4294967295"'),
    "strings-more.xlsx": lambda: _strings('uniqueCount="99999999999999"'),
    "fat-loop.xls": lambda: ole(folders=0, small=0, more=_END, sectors=bytes(2048)),
    "folder-loop.xls": lambda: ole(folders=1, small=_END, more=_END, sectors=_next(-3, 1) + bytes(1024)),
    "small-loop.xls": lambda: ole(folders=1, small=2, more=_END, sectors=_next(-3, _END, 2) + bytes(1024)),
    "table-loop.xls": lambda: ole(folders=1, small=_END, more=0, sectors=bytes(2048)),
    "blanks.ods": lambda: ods(f"<table:table-row>{_BLANKS.format(2_000_000_000)}</table:table-row>"),
    "blanks-everywhere.ods": lambda: ods(f"<table:table-row>{_BLANKS.format(9_000_000) * 300}</table:table-row>"),
    "blanks-repeated.ods": lambda: ods(f"<table:table-row table:number-rows-repeated='1000'>{_repeated(1000, 30_000)}</table:table-row>"),
    "broken.ods": lambda: ods("<table:table-row><table:table-cell>"),
    "endless-line.csv": lambda: (HEAD + ",x" * 3_000_000).encode(),
    "endless-cell.csv": lambda: f"{HEAD}\n{'x' * 3_000_000}\n".encode(),
    "endless-quote.csv": lambda: (f'{HEAD}\n"' + "x,y\n" * 1_000_000).encode(),
    "million-columns.csv": lambda: (",".join("a" for _ in range(500_000)) + "\n").encode() * 3,
    "wide-rows.csv": lambda: f"{HEAD}\n{',' * 400_000}x\n".encode() * 5,
    "null-byte.csv": lambda: f"{HEAD}\nGM1,甲\0,运营,县,镇\n".encode(),
    "nuls.csv": lambda: b"\0" * 4_000_000,
    "binary.csv": lambda: random.Random(1).randbytes(2_000_000),  # noqa: S311 - made data
    "half-utf16.csv": lambda: f"{HEAD}\n甲,乙\n".encode("utf-16")[:-1],
    "surrogates.csv": lambda: b"\xff\xfe" + b"\x00\xd8" * 500 + b"\n\0",
    "only-commas.csv": lambda: b",,,,\n" * 200_000,
    "only-breaks.csv": lambda: b"\n" * 2_000_000,
    "not-gbk.csv": lambda: HEAD.encode() + b"\n\xff\xfe\xff,\x81,1,2,3\n",
}  # fmt: skip


def truncated(step: int) -> Iterator[tuple[str, bytes]]:
    """The small workbook and an ods file, cut off ever later."""
    sources = {
        "cut{}.xlsx": book(),
        "cut{}.ods": ods(f"<table:table-row>{_CELL.format('')}</table:table-row>"),
    }
    for name, data in sources.items():
        for at in range(1, len(data), max(1, len(data) // step)):
            yield name.format(at), data[:at]


def damaged(seeds: range) -> Iterator[tuple[str, bytes]]:
    """The small workbook with bytes changed at random: in its parts, and in the archive itself."""
    data = book()
    for seed in seeds:
        rng = random.Random(seed)  # noqa: S311 - made data
        spoiled = bytearray(data)
        for _ in range(rng.choice([1, 5, 50])):
            spoiled[rng.randrange(len(spoiled))] = rng.randrange(256)
        yield f"spoiled{seed}.xlsx", bytes(spoiled)
