"""`hbgeo add FILE`: a ledger is looked at, what cannot be known is asked, the catalogue gets its entry."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from hbgeo.dialogue import Choice, Dialogue, given_pairs
from hbgeo.errors import LayerError, RequestError
from hbgeo.questions import (
    ask_columns,
    ask_coordinates,
    ask_values,
    find_datum,
    given_columns,
    given_values,
)
from hbgeo.read.catalog import LEVEL_NAMES, LEVELS, Catalog, make_layer
from hbgeo.read.catalog_text import checked, entry_text, read_text, with_entry
from hbgeo.read.file.find import is_ready
from hbgeo.read.file.others import is_litter, owner_of
from hbgeo.read.layers import Layers
from hbgeo.read.near import ask_whether
from hbgeo.read.probe import Probe, likely_schemas, probe_file
from hbgeo.read.schema.records import read_schema, schema_keys
from hbgeo.read.table import LayerTable
from hbgeo.read.toml import check_name, check_year
from hbgeo.show.table.files import Staging, write_files
from hbgeo.show.terminal_data import first_rows
from hbgeo.store.fingerprint import belongings
from hbgeo.workspace import Workspace

_LEVELS = {  # of tables that are always of one level
    "assistance": "county",
    "county-facts": "county",
    "organisation": "county",
    "central-village": "village",
    "eligible-township": "township",
    "village": "village",
}
_MOST = 6  # kinds that are proposed
_MAGIC = re.compile(r"[\[\]*?]")


@dataclass(frozen=True)
class Given:
    """What the command line says already: it is not asked again.

    Attributes
    ----------
    columns, values
        `名称=机构名`, `status:正常营业=运营`; nothing behind the sign: none.
    sample, copy
        None: not said.
    replace
        Whether a layer of the same key may be put aside.
    """

    key: str = ""
    schema: str = ""
    level: str = ""
    crs: str = ""
    sheet: str = ""
    columns: Sequence[str] = ()
    values: Sequence[str] = ()
    source: str = ""
    year: int | None = None
    sample: bool | None = None
    approximate: bool = False
    copy: bool | None = None
    replace: bool = False


def add_ledger(root: Path, file: Path, given: Given, talk: Dialogue) -> list[Path]:
    """Look at a ledger, ask what it does not say, and enter it in the workspace's catalogue.

    Parameters
    ----------
    talk
        Asks and tells; where nobody is there to ask, what is not given is refused.

    Returns
    -------
    written
        The files that were written: the copy of the ledger, if one was asked for, and the
        catalogue. None where the last question was answered with no.

    Raises
    ------
    HbgeoError
        If the file cannot be read, or an option is wrong; nothing is written then.
    """
    workspace = Workspace.open(root)
    catalog, before = workspace.catalog, read_text(workspace.catalog)
    path = _find(file, talk)
    probe = _look(path, given, talk)
    schema = _kind(probe, given, talk)
    key = _key(catalog, schema, given, talk)
    entry = _entry(workspace, probe, key, schema, given, talk)
    target = _target(catalog, path, given, talk)
    entry["path"] = _written_path(catalog, target)
    table = _table(catalog, key, {**entry, "path": str(path)})
    talk.say(*first_rows(table))
    talk.say("catalog.toml 里将写入：", entry_text(key, entry).rstrip())
    if talk.ask is not None and not talk.yes("写入吗", option="--yes"):
        talk.say("没有写入，什么都没有改动。")
        return []
    layer = make_layer(key, entry, catalog.scheme)
    text = checked(catalog, with_entry(before, key, entry), key, layer)
    return _write(catalog, before, text, path, target)


def _find(file: Path, talk: Dialogue) -> Path:
    """The ledger itself, saved: not what Excel leaves beside it."""
    if is_litter(PurePath(file.name)):
        own = file.with_name(owner_of(file.name) or file.name)
        if own == file or not own.is_file():
            raise RequestError(f"{file}：是其他程序留下的临时文件，不是数据")
        asked = f"{file.name} 是打开 {own.name} 时留下的临时文件，不是数据；改读 {own.name} 吗"
        if not talk.yes(asked, option=f"文件名 {own.name}"):
            raise RequestError(f"{file}：不是数据，没有读")
        file = own
    if file.is_dir():
        raise RequestError(f"{file}：是文件夹，请写一个文件")
    if not is_ready(file, RequestError):
        beside = file.parent if file.parent.is_dir() else Path()
        near = ask_whether(file.name, {f.name: f.name for f in sorted(beside.iterdir())})
        raise RequestError(f"{file}：没有这个文件；{near or '请核对文件夹和扩展名'}")
    if any((file.parent / f"{start}{file.name}").exists() for start in ("~$", ".~")):
        said = f"{file.name} 好像正开着（Excel 或 WPS），没有保存的改动读不到"
        if talk.ask is None:
            talk.say(f"{said}。")
        else:
            while not talk.yes(f"{said}；已经保存了吗", option="--yes"):
                talk.say("请先保存，再写 是")
    return file.resolve()


def _look(path: Path, given: Given, talk: Dialogue) -> Probe:
    """Read the file; where another program holds it, ask until it lets go."""
    while True:
        try:
            probe = probe_file(path, given.schema or given.key, given.sheet)
            break
        except (LayerError, OSError) as err:
            held = isinstance(err, PermissionError) or "其他程序" in str(err)
            if not held or talk.ask is None:
                raise
            talk.say(f"{path.name}：没有权限，或正被其他程序（如 Excel）打开")
            talk.ask("请关闭后按回车再试（Ctrl-C 放弃）")
    told = f"，{len(probe.sheets)} 个工作表：{'、'.join(probe.sheets)}" if probe.sheets else ""
    talk.say(f"{path.name}：{probe.rows:,} 行{told}；列：{'、'.join(probe.headings)}")
    return probe


def _kind(probe: Probe, given: Given, talk: Dialogue) -> str:
    """Which kind of layer it is."""
    if named := given.schema or (given.key if given.key in schema_keys() else ""):
        if named not in schema_keys():
            titles = {read_schema(k).title: k for k in schema_keys()}
            near = ask_whether(named, {**titles, **{k: k for k in schema_keys()}})
            allowed = "、".join(schema_keys())
            raise RequestError(f"--schema “{named}”不在可选值中；{near}可选：{allowed}")
        return named
    choices = []
    for key, known in likely_schemas(probe)[:_MOST]:
        headings = "、".join(list(known.values())[:5])
        choices.append(
            (key, f"{read_schema(key).title}（{key}），认得 {len(known)} 列：{headings}")
        )
    if "facility" not in dict(choices):
        choices.append(("facility", "其他设施（facility）"))
    return talk.pick("这是哪一类数据？", choices, option="--schema 类别")


def _key(catalog: Catalog, schema: str, given: Given, talk: Dialogue) -> str:
    """Under which key it is entered: the one that the policy looks for, unless it is taken."""
    default = "" if schema in {"facility", "unit"} else schema
    key = given.key or default or talk.text(
        "图层的键（英文字母、数字、-，如 hospital）", option="--as 键", check=_wrong_key
    )  # fmt: skip
    if wrong := _wrong_key(key):
        raise RequestError(f"--as “{key}”：{wrong}")
    while key in catalog.layers and not given.replace:
        old = catalog.layers[key]
        marks = "，示例数据" if old.sample else ""
        question = f"目录里已有 [{key}]（{'、'.join(old.paths)}{marks}），怎么办？"
        choices = [
            ("replace", "换成这一份（原条目改为注释留在目录里，原文件不动）"),
            ("other", "另起一个键，两份都留（内置指标仍用原来的）"),
            ("stop", "不加了"),
        ]
        answer = talk.pick(question, choices, option="--replace（换下原来的）或 --as 另一个键")
        if answer == "stop":
            raise RequestError("没有写入，什么都没有改动")
        if answer == "replace":
            break
        key = talk.text("新的键", option="--as 键", check=_wrong_key)
    return key


def _wrong_key(key: str) -> str:
    try:
        check_name(key, "图层", RequestError)
    except RequestError as err:
        return str(err)
    return ""


def _role(schema: str) -> str:
    if schema in {"unit", "village"}:
        return "units" if schema == "unit" else "places"
    if schema == "road":
        return "lines"
    return "facilities" if "lon" in read_schema(schema).columns else "table"


def _entry(
    workspace: Workspace, probe: Probe, key: str, schema: str, given: Given, talk: Dialogue
) -> dict[str, Any]:
    """The keys of the entry but its path, in the order in which a catalogue has them."""
    role, catalog = _role(schema), workspace.catalog
    entry: dict[str, Any] = {"role": role}
    if role not in {"facilities", "lines"}:
        entry["level"] = _level(schema, given, talk)
    entry["path"] = str(probe.path)
    if given.sheet:
        entry["layer"] = given.sheet
    if schema != ("unit" if role == "units" else key):
        entry["schema"] = schema
    columns = given_columns(probe, schema, given_pairs(given.columns, "--column"))
    columns = ask_coordinates(probe, schema, columns, talk)
    columns = ask_columns(probe, schema, columns, talk)
    if named := {column: heading for column, heading in columns.items() if heading}:
        entry["columns"] = named
    look = partial(_table, catalog, key)
    as_if: Callable[[str], LayerTable] = lambda crs: look({**entry, "crs": crs})  # noqa: E731
    if crs := given.crs or find_datum(as_if, workspace.find_units("county"), talk):
        entry["crs"] = crs
    words = given_values(schema, given_pairs(given.values, "--value"), entry.get("columns", {}))
    if values := ask_values(look(entry), make_layer(key, _full(entry), ""), words, talk):
        entry["values"] = values
    if year := _year(probe, schema, columns, given, talk):
        entry["year"] = year
    return entry | _about(role, given, talk)


def _about(role: str, given: Given, talk: Dialogue) -> dict[str, Any]:
    """Who supplied it, and what must be said of it."""
    source = given.source or talk.text("数据来源（谁提供、何时，如 示例县民政局，2023年12月）", option="--source 来源")  # fmt: skip
    sample = given.sample
    if sample is None:
        sample = talk.yes("是示例（虚构）数据吗", option="--sample 或 --real")
    approximate = given.approximate
    if role == "units" and talk.ask is not None and not approximate:
        approximate = talk.yes("界线是近似示意的吗", option="--approximate")
    marks = {"sample": sample, "approximate": approximate}
    return {"source": source} | {mark: True for mark, on in marks.items() if on}


def _level(schema: str, given: Given, talk: Dialogue) -> str:
    if schema in _LEVELS:
        return _LEVELS[schema]
    if given.level:
        if given.level not in LEVELS:
            raise RequestError(f"--level “{given.level}”不在可选值 {'、'.join(LEVELS)} 中")
        return given.level
    choices: list[Choice] = [
        (level, f"{name}（{level}）") for level, name in LEVEL_NAMES.items() if level in LEVELS
    ]
    return talk.pick("一行是哪一级的单位？", choices, option="--level 级别")


def _year(
    probe: Probe, schema: str, columns: Mapping[str, str], given: Given, talk: Dialogue
) -> int | None:
    """The year of a table that has no column of years."""
    if given.year is not None:
        check_year(given.year, "--year", RequestError)
        return given.year
    known = dict(likely_schemas(probe)).get(schema, {})
    if _role(schema) != "table" or "year" not in read_schema(schema).columns:
        return None
    if known.get("year") or columns.get("year"):
        return None
    return int(talk.text("表里没有年份列，是哪一年的数", option="--year 年份", check=_wrong_year))


def _wrong_year(text: str) -> str:
    try:
        check_year(int(text) if text.isascii() and text.isdigit() else 0, "年份", RequestError)
    except RequestError as err:
        return str(err)
    return ""


def _full(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry fit to be read while its source is not known."""
    return {"source": "待填", **entry}


def _table(catalog: Catalog, key: str, entry: Mapping[str, Any]) -> LayerTable:
    """The layer as it would be read with such an entry."""
    layer = make_layer(key, _full(entry), catalog.scheme)
    return Layers(replace(catalog, layers={**catalog.layers, key: layer})).table(key)


def _target(catalog: Catalog, path: Path, given: Given, talk: Dialogue) -> Path:
    """Where the ledger is to stand: where it is, or a copy beside the catalogue."""
    home = catalog.folder.resolve()
    if path.is_relative_to(home):
        if _MAGIC.search(path.relative_to(home).as_posix()):
            raise RequestError(f"{path.name}：文件名里有 [ ] * ?，请改名后再加")
        return path
    copied = given.copy
    if copied is None:
        choices = [("copy", f"复制到 {catalog.folder.name}/（推荐）"), ("keep", f"就用 {path}")]
        asked = "文件不在工作区里，怎么办？"
        copied = talk.pick(asked, choices, option="--copy 或 --keep") == "copy"
    if not copied:
        return path
    stem, number = _MAGIC.sub("_", path.stem), 1
    target = home / f"{stem}{path.suffix}"
    while any(f.exists() for f in _beside(path, target)):
        number += 1
        target = home / f"{stem}-{number}{path.suffix}"
    return target


def _written_path(catalog: Catalog, target: Path) -> str:
    home = catalog.folder.resolve()
    inside = target.is_relative_to(home)
    return target.relative_to(home).as_posix() if inside else str(target)


def _beside(path: Path, target: Path) -> list[Path]:
    """Where the files that are read with a ledger come to stand beside its copy."""
    names = (file.name[len(path.stem) :] for file in belongings(path))
    return [target.with_name(f"{target.stem}{rest}") for rest in names]


def _write(catalog: Catalog, before: str, text: str, path: Path, target: Path) -> list[Path]:
    """Write the copy and the catalogue; neither stays where the other could not be written."""
    book = catalog.folder / "catalog.toml"
    if read_text(catalog) != before:
        raise RequestError(f"{book}：这期间被改动过，没有写入，请再来一次")
    copies = {} if target == path else dict(zip(_beside(path, target), belongings(path), strict=True))  # fmt: skip
    with _copied(copies):
        write_files({book: text.encode()})
    return [*copies, book]


@contextmanager
def _copied(copies: Mapping[Path, Path]) -> Iterator[None]:
    """Copies that go again if what follows fails."""
    with Staging() as staging:
        for target, source in copies.items():
            staging.write(target, _copier(source))
        if copies:
            staging.move()
    try:
        yield
    except BaseException:
        for target in copies:
            target.unlink(missing_ok=True)
        raise


def _copier(source: Path) -> Callable[[Any], object]:
    def copy(file: Any) -> None:
        with source.open("rb") as content:
            shutil.copyfileobj(content, file)

    return copy
