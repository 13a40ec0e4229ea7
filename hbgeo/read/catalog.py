"""Read `layers/catalog.toml` into records, strictly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from hbgeo.errors import CatalogError
from hbgeo.read.assumption import AMOUNTS, read_assumption
from hbgeo.read.cell.personal import fit_to_show
from hbgeo.read.cell.text import choice_key, clean_text, is_filled
from hbgeo.read.indicator import PROVINCE, Assumption
from hbgeo.read.schema.records import Column, Schema, read_schema
from hbgeo.read.toml import check_keys, check_name, check_year, read_toml

ROLES = ("units", "facilities", "places", "table", "lines", "grid", "task", "background")
ROLE_NAMES = {
    "units": "单元",
    "facilities": "设施",
    "places": "村点",
    "table": "表",
    "lines": "线",
    "grid": "人口格网",
    "task": "督办单",
    "background": "底图",
}
OURS = ("file", "sheet", "row", "geometry", "x", "y", "crs", "coarse")  # columns that reading makes
_SCHEMAS = {
    "units": "unit",
    "lines": "road",
    "grid": "population-grid",
    "task": "task",
    "background": "background",
}  # by role; of all others it is the layer's key
LEVELS = ("province", "prefecture", "county", "township", "village")
# what signs stand for beside divisions: made of the layers `placename` and `roads`, by measuring
PLACES = ("hamlet", "road")
LEVEL_NAMES = {
    "province": "省",
    "prefecture": "市州",
    "county": "县（市、区）",
    "township": "乡镇（街道）",
    "village": "村（社区）",
    "hamlet": "自然村",
    "road": "道路",
}
# a database: the password stands in the environment, the catalogue holds its variable's name; of all
# that libpq takes behind the ? only how the connection is secured may be said
_SECURED = (
    r"(?:sslmode=(?:require|verify-ca|verify-full|prefer|allow|disable)|sslrootcert=[\w./:\\-]+)"
)
DATABASE = re.compile(
    r"postgresql://(?P<user>[\w.%+-]+)(?::\$\{(?P<password>[A-Za-z_][A-Za-z0-9_]*)\})?"
    r"@(?P<host>[\w.-]+)(?::(?P<port>\d{1,5}))?/(?P<database>[\w.-]+)"
    rf"(?:\?{_SECURED}(?:&{_SECURED})*)?"
)
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|/vsi|.*://", re.IGNORECASE)  # no drive: C:

_LAYER_KEYS: dict[str, tuple[type, ...]] = {
    "role": (str,),
    "level": (str,),
    "path": (str, list),
    "layer": (str,),
    "schema": (str,),
    "scheme": (str,),
    "crs": (str,),
    "encoding": (str,),
    "columns": (dict,),
    "values": (dict,),
    "year": (int,),
    "age": (str,),
    "band": (int, list),
    "source": (str,),
    "sample": (bool,),
    "approximate": (bool,),
}
_GRID_ONLY = ("age", "band")
_NO_GRID = ("level", "layer", "schema", "scheme", "encoding", "columns", "values")
AGES = {"": "population", "60+": "population_60"}  # of a grid: the units' own column it is held to
_AGE = re.compile(r"\d{1,3}(\+|-\d{1,3})")  # 60+, 0-14
_MOST_BANDS = 1_000
_BRIEF_KEYS = ("to", "from", "number", "date", "contact", "copy")
_TOP_KEYS: dict[str, tuple[type, ...]] = {
    "title": (str,),
    "as_of": (date,),
    "scheme": (str,),
    "approval": (str,),
    "basemap": (str,),
    "scope": (str,),
}
ASSUMPTIONS, BRIEF = "assumptions", "brief"  # tables of the catalogue that are no layers


@dataclass(frozen=True)
class Layer:
    """One `[key]` of the catalogue: where a layer is and how to read it."""

    key: str
    role: str
    paths: tuple[str, ...]
    source: str
    level: str = ""
    table: str = ""
    schema: str = ""
    scheme: str = ""
    crs: str = ""
    encoding: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    own_words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    year: int | None = None
    sample: bool = False
    approximate: bool = False
    age: str = ""  # of a grid: whom its cells count, "" everybody
    bands: tuple[int, ...] = ()  # of a grid: those that are added up; none said: the only one


@dataclass(frozen=True)
class Letter:
    """`[brief]`: what a notice says of itself; what is "" is left to be filled in by hand.

    `to` are those it is for (主送), `sender` who signs (署名), `number` its 发文字号, `dated` the day
    it is of (成文日期), `contact` whom to ask, `copied` who else gets it (抄送).
    """

    to: str = ""
    sender: str = ""
    number: str = ""
    dated: date | None = None
    contact: str = ""
    copied: str = ""


@dataclass(frozen=True)
class Catalog:
    """`layers/catalog.toml`: what the workspace holds and the date its figures hold for."""

    folder: Path
    title: str
    as_of: date
    scheme: str
    approval: str
    basemap: str
    layers: Mapping[str, Layer]
    scope: str = PROVINCE
    assumptions: Mapping[str, Assumption] = field(default_factory=dict)
    letter: Letter = Letter()


def read_catalog(folder: Path) -> Catalog:
    """Read `folder/catalog.toml`.

    Parameters
    ----------
    folder
        The workspace's `layers/`.

    Raises
    ------
    CatalogError
        If the file is absent or not TOML, or a key is unknown, missing or of the wrong kind.
        Whether a layer's files exist is asked when it is read.
    """
    path = folder / "catalog.toml"
    table = read_toml(path, CatalogError, "不是工作区；用 hbgeo init 目录 新建一个，或用 -C 指明")
    assumed, letter = table.pop(ASSUMPTIONS, {}), _letter(table.pop(BRIEF, {}))
    layers = {k: v for k, v in table.items() if isinstance(v, dict)}
    top = {k: v for k, v in table.items() if not isinstance(v, dict)}
    check_keys(top, _TOP_KEYS, ("title", "as_of", "scheme"), "catalog.toml", CatalogError)
    _refuse_alike(layers)
    scheme = top["scheme"]
    return Catalog(
        folder=folder,
        title=fit_to_show(top["title"]),
        as_of=top["as_of"],
        scheme=scheme,
        approval=fit_to_show(top.get("approval", "")),
        basemap=top.get("basemap", ""),
        layers={key: make_layer(key, row, scheme) for key, row in layers.items()},
        scope=_scope(top.get("scope", PROVINCE)),
        assumptions=_assumptions(assumed),
        letter=letter,
    )


def _scope(given: str) -> str:
    """Whose targets bind the figures of the whole workspace."""
    if given != PROVINCE and not re.fullmatch(r"\d{6}", given):
        allowed = f"{PROVINCE}（全省），或市州、县的六位代码"
        raise CatalogError(f"catalog.toml:scope = “{given}”应为 {allowed}")
    return given


def _letter(given: Any) -> Letter:
    """What the notice says of itself."""
    at = f"catalog.toml [{BRIEF}]"
    if not isinstance(given, dict):
        raise CatalogError(f'{at} 应写作表，如 [{BRIEF}] 之下一行 to = "各市、州民政局"')
    kinds = {key: (date,) if key == "date" else (str,) for key in _BRIEF_KEYS}
    check_keys(given, kinds, (), at, CatalogError)
    said = {key: fit_to_show(given.get(key, "")) for key in _BRIEF_KEYS if key != "date"}
    return Letter(
        to=said["to"],
        sender=said["from"],
        number=said["number"],
        dated=given.get("date"),
        contact=clean_text(
            given.get("contact", "")
        ),  # an office's own telephone is meant to be read
        copied=said["copy"],
    )


def _assumptions(given: Any) -> dict[str, Assumption]:
    """The numbers that no ledger gives, each with its source."""
    at = f"catalog.toml [{ASSUMPTIONS}]"
    if not isinstance(given, dict):
        raise CatalogError(f"{at} 应写作表")
    check_keys(given, dict.fromkeys(AMOUNTS, (dict,)), (), at, CatalogError)
    return {key: read_assumption(key, row, at, CatalogError) for key, row in given.items()}


def make_layer(key: str, row: Mapping[str, Any], scheme: str) -> Layer:
    """Make the record of one `[key]`, whose own `scheme` goes before the catalogue's.

    Raises
    ------
    CatalogError
        If a key is unknown, missing or of the wrong kind.
    """
    at = f"catalog.toml [{key}]"
    _check_entry(key, row, at)
    level = row.get("level", "")
    paths = row["path"] if isinstance(row["path"], list) else [row["path"]]
    if not paths or not all(isinstance(p, str) and p for p in paths):
        raise CatalogError(f"{at}：path 应为文件名，或文件名的列表")
    _check_databases(paths, row, at)
    if "year" in row:
        check_year(row["year"], f"{at}：year", CatalogError)
    columns = _columns(row.get("columns", {}), at)
    schema = row.get("schema", _SCHEMAS.get(row["role"], key))
    return Layer(
        key=key,
        role=row["role"],
        paths=tuple(paths),
        source=fit_to_show(row["source"]),
        level=level,
        table=row.get("layer", ""),
        schema=schema,
        scheme=row.get("scheme", scheme),
        crs=row.get("crs", ""),
        encoding=row.get("encoding", ""),
        columns=columns,
        own_words=_own_words(row.get("values", {}), schema, columns, at),
        year=row.get("year"),
        sample=row.get("sample", False),
        approximate=row.get("approximate", False),
        age=row.get("age", ""),
        bands=_bands(row.get("band", []), at),
    )


def _check_entry(key: str, row: Mapping[str, Any], at: str) -> None:
    """Refuse a name or a key that is none, and values that are not among those allowed."""
    check_name(key, "catalog.toml 图层", CatalogError)
    check_keys(row, _LAYER_KEYS, ("role", "path", "source"), at, CatalogError)
    if row["role"] not in ROLES:
        raise CatalogError(f"{at}：role = “{row['role']}”不在可选值 {'、'.join(ROLES)} 中")
    level = row.get("level", "")
    if level and level not in LEVELS:
        raise CatalogError(f"{at}：level = “{level}”不在可选值 {'、'.join(LEVELS)} 中")
    if not level and row["role"] in {"units", "places", "table"}:
        raise CatalogError(f"{at}：缺少键 level；可选值 {'、'.join(LEVELS)}")
    if not row["source"].strip():
        raise CatalogError(f"{at}：source 不能为空；请写明由谁提供、何时提供")
    _check_grid(row, at)


def _check_grid(row: Mapping[str, Any], at: str) -> None:
    """Refuse keys that only a grid has, and those that mean nothing of one."""
    grid = row["role"] == "grid"
    for key in _NO_GRID if grid else _GRID_ONLY:
        if key in row:
            who = "人口格网不用这个键" if grid else '只用于 role = "grid"（人口格网）'
            raise CatalogError(f"{at}：{key} {who}；请删去")
    age = row.get("age", "")
    low, _, high = age.partition("-")
    if age and not (_AGE.fullmatch(age) and (not high or int(low) <= int(high))):
        raise CatalogError(f"{at}：age = “{age}”应写作 60+ 或 0-14；全部人口的不写")


def _bands(given: Any, at: str) -> tuple[int, ...]:
    """The bands of a grid that are added up, each once."""
    bands = given if isinstance(given, list) else [given]
    good = all(type(b) is int and 1 <= b <= _MOST_BANDS for b in bands)
    if not good or len(set(bands)) < len(bands):
        raise CatalogError(f"{at}：band 应为波段号（从 1 起），或不重复的几个，如 [2, 3]")
    return tuple(sorted(bands))


def _refuse_alike(keys: Iterable[str]) -> None:
    """Two layers of one name but for capitals would be one file on Windows."""
    known: dict[str, str] = {}
    for key in keys:
        if (other := known.setdefault(key.casefold(), key)) != key:
            raise CatalogError(f"catalog.toml：图层 [{other}] 与 [{key}] 只差大小写；请改一个")


def _columns(given: Mapping[str, Any], at: str) -> dict[str, str]:
    """Canonical column → the ledger's heading."""
    for column, heading in given.items():
        check_name(column, f"{at}：columns 的键", CatalogError)
        if column in OURS:
            raise CatalogError(f"{at}：columns.{column} 是 hbgeo 自用的列，不能指定；请换一个名称")
        if not isinstance(heading, str) or not is_filled(heading):
            said = f'columns.{column} 应为台账里的列名（文字），如 {column} = "名称"'
            raise CatalogError(f"{at}：{said}")
    return dict(given)


def _own_words(
    given: Mapping[str, Any], schema: str, columns: Mapping[str, str], at: str
) -> dict[str, dict[str, str]]:
    """A ledger's own words by canonical column: each for one of the words the column may hold."""
    known = read_schema(schema)
    made: dict[str, dict[str, str]] = {}
    for heading, words in given.items():
        where = f"{at}:values.{heading}"
        column = known.columns.get(column_of(heading, known, columns))
        if column is None or not column.choices:
            allowed = "、".join(c.names[0] for c in known.columns.values() if c.choices)
            raise CatalogError(f"{where} 不是有可选值的列；可用：{allowed or '（本类图层没有）'}")
        if not isinstance(words, dict) or not words:
            raise CatalogError(f'{where} 应写作 {{ "台账里的写法" = "可选值" }}')
        own = made.setdefault(column.id, {})
        for word, value in words.items():
            _check_word(word, value, column, own, where)
            own[word] = value
    return made


def column_of(heading: str, schema: Schema, columns: Mapping[str, str]) -> str:
    """The canonical column that a key of `values` means: the ledger's heading, an alias, or its id.

    "" if it means none.
    """
    key = choice_key(heading)
    by_name = {choice_key(n): c.id for c in schema.columns.values() for n in (*c.names, c.id)}
    named = {choice_key(str(own)): column for column, own in columns.items()}
    return named.get(key) or by_name.get(key, "")


def _check_word(word: str, value: Any, column: Column, own: Mapping[str, str], where: str) -> None:
    allowed = "、".join(column.choices)
    if not isinstance(value, str) or value not in column.choices:
        raise CatalogError(f"{where}：“{word}” = “{value}”不在可选值 {allowed} 中")
    if not is_filled(word):
        raise CatalogError(f"{where}：“{word}”是空值，不能对应到“{value}”；空着的请在台账里补填")
    same = [v for v in column.choices if choice_key(v) == choice_key(word)]
    if same and same[0] != value:
        raise CatalogError(f"{where}：“{word}”本身就是可选值，不能改作“{value}”")
    if any(choice_key(w) == choice_key(word) and v != value for w, v in own.items()):
        raise CatalogError(f"{where}：“{word}”写了两次，对应的值不同")


def _check_databases(paths: list[str], row: Mapping[str, Any], at: str) -> None:
    """A database's address names its password's variable; what was written is not repeated."""
    for path in paths:
        if not _ADDRESS.match(path):
            continue
        if not DATABASE.fullmatch(path):
            allowed = "postgresql://用户:${环境变量}@主机:端口/数据库；密码只能放在环境变量里"
            more = "?后只能写 sslmode、sslrootcert"
            raise CatalogError(f"{at}：path 不是可用的文件名或数据库地址；应写作 {allowed}，{more}")
        if not row.get("layer"):
            raise CatalogError(f"{at}：path 是数据库，缺少键 layer（表名，或 模式.表名）")
