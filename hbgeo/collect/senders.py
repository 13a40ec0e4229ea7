"""What counties sent: each entry of a folder is a workspace, a folder of ledgers or one ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path, PureWindowsPath

from hbgeo.collect.counties import Counties
from hbgeo.errors import CatalogError, HbgeoError, LayerError, RequestError, why_not
from hbgeo.read.catalog import Catalog, Layer, read_catalog
from hbgeo.read.cell.personal import fit_to_show
from hbgeo.read.cell.text import choice_key
from hbgeo.read.file.endings import ARCHIVES, READ
from hbgeo.read.file.find import find_files
from hbgeo.read.file.others import is_litter
from hbgeo.read.schema.records import read_schema, schema_keys
from hbgeo.store.fingerprint import belongings
from hbgeo.store.plain import is_of_one_file

CATALOG = "catalog.toml"
LEVELS = {  # of tables that are always of one level
    "assistance": "county",
    "county-facts": "county",
    "organisation": "county",
    "population": "township",
    "central-village": "village",
    "eligible-township": "township",
}
_READ = READ - ARCHIVES  # an archive may hold a whole workspace
_GENERAL = {
    "facility",
    "unit",
    "background",
    "task",
    "road",
    "population-grid",
}  # kinds that no bare ledger is taken for
_SOURCE = "各县报送"
_SHORT = {  # what offices call the kinds of ledgers beside their titles
    "eldercare": ("养老",),
    "sign": ("标志",),
    "minors": ("未成年人",),
    "service-facility": ("综合服务设施",),
    "organisation": ("社会组织",),
    "central-village": ("中心村",),
    "eligible-township": ("有条件乡镇", "有条件的乡镇"),
    "village": ("村名单", "村社区名单"),
}


@dataclass(frozen=True)
class Sent:
    """One layer as a county sent it.

    Attributes
    ----------
    layer
        What its catalogue says of it, with the paths of its files.
    files
        The files, to be told by their names below the folder that is collected.
    said
        Why it cannot be read; "" if it may be.
    """

    sender: str
    layer: Layer
    files: tuple[Path, ...] = ()
    said: str = ""

    @property
    def received_on(self) -> date | None:
        """The day of the newest of its files."""
        times = [f.stat().st_mtime for path in self.files for f in belongings(path)]
        return datetime.fromtimestamp(max(times), tz=UTC).astimezone().date() if times else None


@dataclass(frozen=True)
class Sender:
    """One entry of the folder.

    Attributes
    ----------
    claims
        The counties that its name and its catalogue mean: one, if nothing is amiss.
    said
        Why nothing of it can be taken; "" if something may be.
    """

    name: str
    claims: frozenset[str] = frozenset()
    sent: tuple[Sent, ...] = ()
    said: str = ""


def find_senders(folder: Path, counties: Counties) -> tuple[list[Sender], list[str]]:
    """Look at every entry of a folder.

    Returns
    -------
    senders, unread
        In the order of their names; and a line for each entry that is nobody's ledger.

    Raises
    ------
    RequestError
        If there is no such folder, or nothing in it.
    """
    if not folder.is_dir():
        raise RequestError(f"{folder}：没有这个文件夹；请写各县报送的文件所在的文件夹")
    entries = sorted(folder.iterdir(), key=lambda p: p.name)
    entries = [p for p in entries if not p.name.startswith(".") and not is_litter(Path(p.name))]
    if not entries:
        raise RequestError(f"{folder}：文件夹是空的；请把各县的工作区或台账放进去")
    senders, unread = list[Sender](), list[str]()
    for entry in entries:
        try:
            found = _sender(entry, counties)
        except OSError as err:
            if not is_of_one_file(err):
                raise
            found = Sender(entry.name, said=f"读不了：{why_not(err)}")
        if found is None:
            unread.append(f"{fit_to_show(entry.name)}：不是台账或工作区（压缩包请先解压），没有读")
        else:
            senders.append(found)
    return senders, unread


def _sender(entry: Path, counties: Counties) -> Sender | None:
    name = fit_to_show(entry.name)
    if entry.is_file():
        if entry.suffix.lower() not in _READ:
            return None
        return Sender(name, frozenset(counties.called(entry.stem)), (_bare(entry, name),))
    claims = frozenset(counties.called(entry.name))
    homes = [p for p in (entry, *sorted(entry.glob("*/"))) if (p / "layers" / CATALOG).is_file()]
    if len(homes) > 1:
        return Sender(name, claims, said=f"里面有 {len(homes)} 个工作区，不知用哪一个；请只留一个")
    if homes:
        return _workspace(homes[0], name, claims, counties)
    files = [p for p in sorted(entry.rglob("*")) if _is_ledger(p, entry)]
    said = "" if files else "文件夹里没有台账，也没有 layers/catalog.toml"
    return Sender(name, claims, tuple(_together([_bare(path, name) for path in files])), said)


def _is_ledger(path: Path, home: Path) -> bool:
    inside = path.relative_to(home)
    hidden = any(part.startswith(".") for part in inside.parts)
    return path.suffix.lower() in _READ and not hidden and not is_litter(inside) and path.is_file()


def _bare(path: Path, sender: str) -> Sent:
    """A ledger without a catalogue: its name says what kind it is."""
    kinds = _kinds_in(path.stem)
    if len(kinds) != 1:
        every = "、".join(
            f"{read_schema(k).title}（{k}）" for k in schema_keys() if k not in _GENERAL
        )
        what = "看不出是哪一类" if not kinds else f"可能是{'、'.join(kinds)}"
        said = f"{path.name}：文件名{what}台账；请在文件名里写明一类：{every}"
        return Sent(sender, Layer("", "table", (str(path),), _SOURCE), (path,), said)
    [key] = kinds
    role = "places" if key == "village" else "table" if key in LEVELS else "facilities"
    level = LEVELS.get(key, "village" if key == "village" else "")
    return Sent(sender, Layer(key, role, (str(path.resolve()),), _SOURCE, level, schema=key), (path,))  # fmt: skip


def _together(sent: Sequence[Sent]) -> Iterator[Sent]:
    """The ledgers of one kind in a folder are one layer of several files."""
    kinds: dict[str, list[Sent]] = {}
    for one in sent:
        if one.said:
            yield one
        else:
            kinds.setdefault(one.layer.key, []).append(one)
    for same in kinds.values():
        paths = tuple(path for one in same for path in one.layer.paths)
        files = tuple(file for one in same for file in one.files)
        yield replace(same[0], layer=replace(same[0].layer, paths=paths), files=files)


def _kinds_in(stem: str) -> list[str]:
    """The kinds of ledgers whose title or key stands in a name; of one inside another the longer."""
    text = choice_key(stem)
    words = {choice_key(w): k for k in schema_keys() if k not in _GENERAL for w in (k, *_titles(k))}
    hits = [w for w in words if w in text]
    best = [w for w in hits if not any(w != other and w in other for other in hits)]
    return sorted({words[w] for w in best})


def _titles(key: str) -> list[str]:
    """What a kind is called; a village's title is a word of other kinds as well."""
    return [*([read_schema(key).title] if key != "village" else []), *_SHORT.get(key, ())]


def _workspace(home: Path, name: str, claims: frozenset[str], counties: Counties) -> Sender:
    """A county's workspace: its catalogue says what there is."""
    try:
        catalog = read_catalog(home / "layers")
    except HbgeoError as err:
        return Sender(name, claims, said=str(err))
    if catalog.scope in counties.names:
        claims |= {catalog.scope}
    return Sender(name, claims, tuple(_layers(catalog, name)))


def _layers(catalog: Catalog, sender: str) -> Iterator[Sent]:
    for layer in catalog.layers.values():
        if layer.role in {"background", "task", "lines", "grid"}:
            continue
        try:
            files = own_files(layer, catalog.folder)
        except HbgeoError as err:
            yield Sent(sender, layer, said=str(err))
            continue
        paths = tuple(str(path.resolve()) for path in files)
        yield Sent(sender, replace(layer, paths=paths), tuple(files))


def own_files(layer: Layer, folder: Path) -> list[Path]:
    """The files of a county's layer, which must all lie in its own folder.

    Raises
    ------
    LayerError
        If one is a database, or stands elsewhere: where it is collected that is another file.
    CatalogError
        If one is not there.
    """
    for given in layer.paths:
        # a drive, a share or a root, of whichever system the county's computer has
        if PureWindowsPath(given).anchor or "://" in given:
            said = f"path = “{given}”不在本工作区里，收集时读不到"
            raise LayerError(
                f"catalog.toml [{layer.key}]：{said}；请把文件放进 layers/，path 写文件名"
            )
    found = find_files(layer, folder)
    if not found:
        raise CatalogError(f"catalog.toml [{layer.key}]：没有文件")
    return [file for file in found if isinstance(file, Path)]
