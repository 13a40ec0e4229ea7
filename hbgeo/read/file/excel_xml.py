"""What a workbook's own XML says that a reader of cells cannot: hidden rows, merges, formulas.

Also where zip and XML bombs end: nothing is unpacked beyond a bound, and no entity is resolved.
"""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from xml.parsers import expat

from hbgeo.errors import LayerError

Range = tuple[int, int, int, int]  # first row, first column, last row, last column; from 0

_MEMBER_LIMIT = 256 << 20  # bytes of XML unpacked from one member
_TOTAL_LIMIT = 512 << 20
_SPARSE_LIMIT = 4_000_000  # cells of a sheet's rectangle, where few of them hold anything
_DENSE_LIMIT = 24_000_000
_ROW_LIMIT = 1 << 20  # Excel has no more
_TEXT_LIMIT = 400 << 20  # bytes of text once every shared string stands in its cell
_TAG = rb"<(?:\w+:)?"
_ROW = re.compile(_TAG + rb"row\b([^>]*)>")
_BARE_ROW = re.compile(rb"<row\b([^>]*)>")
_ROW_NUMBER = re.compile(rb"\br=[\"'](\d+)")
_HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)")
_CELL = re.compile(_TAG + rb"c\b[^>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"'][^>]*>(?=\s*<)")
_LETTERS_2 = re.compile(rb"r=[\"'][A-Z]{2}")
_LETTERS_3 = re.compile(rb"r=[\"'][A-Z]{3}")
_COLUMNS = {1: 26, 2: 702, 3: 18_278}  # that so many letters can name
_MERGE = re.compile(_TAG + rb"mergeCell\b[^>]*?\bref=[\"']([A-Z]+)(\d+):([A-Z]+)(\d+)")
_FORMULA = re.compile(
    _TAG + rb"c\b([^>]*)>\s*" + _TAG + rb"f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:" + _TAG + rb"v\s*/>|" + _TAG + rb"v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_REF = re.compile(rb"\br=[\"']([A-Z]+)(\d+)")
_SHARED = re.compile(rb"t=[\"']s[\"'][^>]*>\s*" + _TAG + rb"v>(\d+)")
_SHEET = re.compile(_TAG + rb"sheet\b([^>]*)>")
_RELATION = re.compile(_TAG + rb"Relationship\b([^>]*)>")


@dataclass(frozen=True)
class Facts:
    """What the XML of one sheet says; rows and columns count from 0."""

    hidden: frozenset[int] = frozenset()
    merges: tuple[Range, ...] = ()
    unsaved: tuple[tuple[int, int], ...] = ()  # formulas without a stored result


def inspect(file: zipfile.ZipFile, name: str) -> dict[str, Facts]:
    """Read hidden rows, merges and unsaved formulas of every sheet of an xlsx or ods file.

    Raises
    ------
    LayerError
        If the file unpacks to more than hbgeo will read, or holds entities.
    """
    members = {m.filename: m for m in file.infolist()}
    if "content.xml" in members:
        return _inspect_ods(_Unpacker(file, name), members["content.xml"], name)
    return _inspect_xlsx(_Unpacker(file, name), members, name)


class _Unpacker:
    """Unpacks members up to a bound, whatever their headers claim."""

    def __init__(self, file: zipfile.ZipFile, name: str) -> None:
        self._file, self._name, self._left = file, name, _TOTAL_LIMIT

    def read(self, member: zipfile.ZipInfo) -> bytes:
        limit = min(_MEMBER_LIMIT, self._left)
        if member.file_size > limit:
            raise _too_large(self._name)
        try:
            with self._file.open(member) as stream:
                data = stream.read(limit)  # without a bound it inflates whatever is there
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise LayerError(f"{self._name}：文件已损坏（压缩内容读不完整）") from None
        self._left -= len(data)
        return data


def _too_large(name: str) -> LayerError:
    return LayerError(f"{name}：解开后超过 {_MEMBER_LIMIT >> 20} MB；请按县拆分，或另存为 CSV")


def _inspect_xlsx(
    unpacker: _Unpacker, members: dict[str, zipfile.ZipInfo], name: str
) -> dict[str, Facts]:
    longest, lengths = 0, list[int]()
    for part in ("xl/styles.xml", "xl/sharedStrings.xml"):
        if part in members:
            text = unpacker.read(members[part])
            if part.endswith("sharedStrings.xml"):
                tag = _TAG if b":si" in text else b"<"
                starts = [m.start() for m in re.finditer(tag + rb"si\b", text)]
                lengths = [end - start for start, end in pairwise([*starts, len(text)])]
                longest = max(lengths, default=0)
    facts: dict[str, Facts] = {}
    names = _sheet_names(unpacker, members)
    expanded = 0
    for part, member in members.items():
        if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", part):
            continue
        xml = unpacker.read(member)
        expanded += _shared_bytes(xml, longest, lengths)
        if expanded > _TEXT_LIMIT:
            raise _too_large(name)
        facts[names.get(part, part)], last = _facts_of(xml)
        _check_extent(xml, last, name)
    return facts


def _shared_bytes(xml: bytes, longest: int, lengths: Sequence[int]) -> int:
    """How much text the shared strings of a sheet come to, once each stands in its cell."""
    uses = xml.count(b't="s"') + xml.count(b"t='s'")
    if uses * longest < _TEXT_LIMIT // 4:
        return uses * longest
    at = map(int, _SHARED.findall(xml))
    return sum(lengths[i] for i in at if i < len(lengths))


def _sheet_names(unpacker: _Unpacker, members: dict[str, zipfile.ZipInfo]) -> dict[str, str]:
    """Part of the archive → name of the sheet."""
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= members.keys():
        return {}
    book = unpacker.read(members["xl/workbook.xml"])
    relations = unpacker.read(members["xl/_rels/workbook.xml.rels"])
    targets = {}
    for found in _RELATION.finditer(relations):
        where = _attribute(found[1], "Target").removeprefix("/xl/").removeprefix("xl/")
        targets[_attribute(found[1], "Id")] = f"xl/{where}"
    names = {}
    for found in _SHEET.finditer(book):
        names[targets.get(_attribute(found[1], r"\w+:id"), "")] = _attribute(found[1], "name")
    return names


def _attribute(attributes: bytes, name: str) -> str:
    found = re.search(rf"(?:^|\s){name}=(?:\"([^\"]*)\"|'([^']*)')".encode(), attributes)
    text = (found[1] if found[1] is not None else found[2]) if found else b""
    return html.unescape(text.decode("utf-8", "replace"))


def _check_extent(xml: bytes, last: int, name: str) -> None:
    """Refuse a sheet whose cells span a rectangle that memory cannot hold.

    Its rows and the letters of its columns tell for nearly every sheet that it is small.
    """
    letters = 3 if _LETTERS_3.search(xml) else 2 if _LETTERS_2.search(xml) else 1
    if last * _COLUMNS[letters] < _SPARSE_LIMIT:
        return
    rows, columns = 0, 0
    for column, number in _CELL.findall(xml):
        rows = max(rows, int(number))
        columns = max(columns, _column(column) + 1)
    filled = xml.count(b"<v>") + xml.count(b":v>") + xml.count(b"<is>")
    refuse_extent(rows, columns, filled, name)


def refuse_extent(rows: int, columns: int, filled: int, name: str) -> None:
    """Refuse so many rows and columns, unless enough of their cells hold anything."""
    area = rows * columns
    if rows > _ROW_LIMIT or area > _DENSE_LIMIT or (area > _SPARSE_LIMIT and filled * 20 < area):
        msg = f"{name}：表格伸到第 {rows} 行、第 {columns} 列而大多是空的；请删去远处的单元格后另存"
        raise LayerError(msg)


def _facts_of(xml: bytes) -> tuple[Facts, int]:
    """What a sheet says of itself, and the number of its last row."""
    rows = _row_numbers(xml)
    hidden = frozenset[int]()
    if b"hidden=" in xml:
        marks = (_HIDDEN.search(row) for row in _rows_of(xml))
        hidden = frozenset(n - 1 for n, mark in zip(rows, marks, strict=True) if mark)
    merges = tuple(
        (int(r0) - 1, _column(c0), int(r1) - 1, _column(c1))
        for c0, r0, c1, r1 in (_MERGE.findall(xml) if b"mergeCell" in xml else ())
    )
    unsaved = []
    if b"<f" in xml or b":f" in xml:
        for found in _FORMULA.finditer(xml):
            at = _REF.search(found[1])
            if at and b't="str"' not in found[1]:  # an empty text is a result
                unsaved.append((int(at[2]) - 1, _column(at[1])))
    return Facts(hidden, merges, tuple(unsaved)), max(rows, default=0)


def _rows_of(xml: bytes) -> list[bytes]:
    """The attributes of each row; looking for the bare tag alone takes a tenth of the time."""
    return (_ROW if b":row" in xml else _BARE_ROW).findall(xml)


def _row_numbers(xml: bytes) -> list[int]:
    """The number of each row, from 1; one that has none follows the row before."""
    rows: list[int] = []
    for attributes in _rows_of(xml):
        number = _ROW_NUMBER.search(attributes)
        rows.append(int(number[1]) if number else (rows[-1] if rows else 0) + 1)
    return rows


def _column(letters: bytes) -> int:
    value = 0
    for letter in letters:
        value = value * 26 + letter - 64
    return value - 1


@dataclass
class _OdsTable:
    """One table of an ods file, as the parser walks through it."""

    row: int = 0
    repeat: int = 1
    column: int = 0
    rows: int = 0
    columns: int = 0
    filled: int = 0
    hidden: set[int] = field(default_factory=set)
    merges: list[Range] = field(default_factory=list)
    unsaved: list[tuple[int, int]] = field(default_factory=list)


def _inspect_ods(unpacker: _Unpacker, member: zipfile.ZipInfo, name: str) -> dict[str, Facts]:
    tables: dict[str, _OdsTable] = {}
    parser = expat.ParserCreate()

    def start(tag: str, given: dict[str, str]) -> None:
        if tag == "table:table":
            tables[given.get("table:name", "")] = _OdsTable()
        elif tables and tag == "table:table-row":
            _open_row(next(reversed(tables.values())), given)
        elif tables and tag in {"table:table-cell", "table:covered-table-cell"}:
            _take_cell(next(reversed(tables.values())), given)

    def refuse(*_: object) -> None:
        raise LayerError(f"{name}：含有实体声明，不是正常的表格文件")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: _close(tag, tables)
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(unpacker.read(member), True)  # noqa: FBT003 - expat's own signature
    except expat.ExpatError:
        raise LayerError(f"{name}：不是有效的 ods 文件（内容已损坏）") from None
    for table in tables.values():
        refuse_extent(table.rows, table.columns, table.filled, name)
    return {
        called: Facts(frozenset(t.hidden), tuple(t.merges), tuple(t.unsaved))
        for called, t in tables.items()
    }


def _open_row(table: _OdsTable, given: dict[str, str]) -> None:
    table.column, table.repeat = 0, _count(given, "table:number-rows-repeated")
    if given.get("table:visibility") in {"collapse", "filter"} and table.repeat <= _SPARSE_LIMIT:
        table.hidden.update(range(table.row, table.row + min(table.repeat, 100_000)))


def _take_cell(table: _OdsTable, given: dict[str, str]) -> None:
    repeat = _count(given, "table:number-columns-repeated")
    wide, tall = (_count(given, f"table:number-{k}-spanned") for k in ("columns", "rows"))
    if wide > 1 or tall > 1:
        at = (table.row, table.column, table.row + tall - 1, table.column + wide - 1)
        table.merges.append(at)
    if "office:value-type" in given:
        table.filled += repeat * table.repeat
        table.rows = max(table.rows, table.row + table.repeat)
        table.columns = max(table.columns, table.column + repeat)
    elif "table:formula" in given:
        table.unsaved.append((table.row, table.column))
    table.column += repeat


def _close(tag: str, tables: dict[str, _OdsTable]) -> None:
    if tag == "table:table-row" and tables:
        table = next(reversed(tables.values()))
        table.row += table.repeat


def _count(given: dict[str, str], key: str) -> int:
    text = given.get(key, "1")
    return int(text) if text.isdigit() and len(text) < 10 else 1
