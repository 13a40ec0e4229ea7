"""A collection on its way: who each sender is, what it sent, and what of that may be merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hbgeo.collect.counties import Counties
from hbgeo.collect.kept import KeptParts
from hbgeo.collect.merging import FOLDER, agreed, kind_of
from hbgeo.collect.parts import Part, read_part
from hbgeo.collect.senders import Sender, Sent
from hbgeo.errors import HbgeoError
from hbgeo.read.catalog import LEVEL_NAMES, Catalog, Layer
from hbgeo.read.file.find import find_files
from hbgeo.read.inputs import Inputs, layer_of
from hbgeo.read.schema.records import read_schema
from hbgeo.store.frames import FrameStore
from hbgeo.workspace import Workspace

Progress = Callable[[int, int], None]
_BORDERS = ("units", "places")  # roles of layers that the province has itself


@dataclass(frozen=True)
class Piece:
    """One layer of one sender.

    Attributes
    ----------
    code
        The county; "" where nobody knows whose it is.
    said
        Why none of it is merged; "" if its rows are.
    """

    code: str
    sent: Sent
    part: Part
    said: str = ""


@dataclass
class Work:
    """What was found so far.

    Attributes
    ----------
    left
        A line for each entry of the folder of which nothing can be taken.
    broken
        County → why nothing of what it sent can be read.
    pieces
        Layer → what was sent of it.
    compared
        Layers that the province has itself: what counties sent is held against each other only.
    """

    folder: Path
    workspace: Workspace
    counties: Counties
    progress: Progress
    left: list[str] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    compared: dict[str, str] = field(default_factory=dict)
    kept: dict[str, KeptParts] = field(default_factory=dict)
    many: int = 0
    done: int = 0

    @property
    def catalog(self) -> Catalog:
        """The province's, before anything is merged."""
        return self.workspace.catalog

    @property
    def frames(self) -> FrameStore:
        """What is kept from one collection to the next."""
        return FrameStore(self.workspace.store)

    @property
    def inputs(self) -> Inputs:
        """Fingerprints of files, each taken once."""
        return self.workspace.layers.inputs

    def read(self, sent: Sent, code: str) -> Part:
        """What one county sent of a layer, as it was kept or anew."""
        layers, county = self.workspace.layers, self.counties.names.get(code, "")
        kept = self.kept[sent.layer.key]
        part = kept.part(sent, county, self.inputs, lambda one, name: read_part(layers, one, self.folder, name))  # fmt: skip
        self.done += 1
        self.progress(min(self.done, self.many), self.many)
        return part


def take_in(work: Work, senders: Sequence[Sender]) -> None:
    """Find out who sent what, and read it."""
    _load(work, senders)
    for sender in senders:
        if sender.said:
            _leave(work, sender.name, sender.said)
            if len(sender.claims) == 1:
                work.broken[next(iter(sender.claims))] = sender.said
            continue
        for one in sender.sent:
            if one.said and not one.layer.key:
                _leave(work, sender.name, one.said)
        sent = [one for one in sender.sent if one.layer.key]
        pieces = _pieces(work, sender, sent)
        for piece in pieces:
            work.pieces.setdefault(piece.sent.layer.key, []).append(piece)
    for key, pieces in work.pieces.items():
        if why := _is_own(work.catalog, key, pieces):
            work.compared[key] = why
        work.pieces[key] = list(_checked(work, key, pieces))
    for kept in work.kept.values():
        kept.save()


def _load(work: Work, senders: Sequence[Sender]) -> None:
    """Take in what was kept from the last time of every layer that somebody sent."""
    catalog = work.catalog
    units = layer_of(catalog, "county") or layer_of(catalog, "township")
    basis = work.inputs.of_table(units) if units else ""
    by_layer: dict[str, dict[str, Sent]] = {}
    for one in (one for sender in senders for one in sender.sent if one.layer.key):
        by_layer.setdefault(one.layer.key, {})[one.sender] = one
        work.many += 1
    for key, sent in by_layer.items():
        work.kept[key] = KeptParts(work.frames, key, basis)
        work.kept[key].load(sent)


def _leave(work: Work, name: str, said: str) -> None:
    work.left.append(said if said.startswith(name) else f"{name}：{said}")


def _pieces(work: Work, sender: Sender, sent: Sequence[Sent]) -> list[Piece]:
    """What a sender sent, and whose it is: by name, catalogue and borders, else by its rows."""
    claims = set(sender.claims)
    borders = {one.layer.key: work.read(one, "") for one in sent if _draws(work, one)}
    own = frozenset().union(*(part.counties for part in borders.values()))
    if len(own) == 1:
        claims |= own
    ledgers = [one for one in sent if one.layer.role != "units"]
    if not claims:
        parts = [work.read(one, "") for one in ledgers]
        claims = set().union(*(part.counties for part in parts))
    code = next(iter(claims)) if len(claims) == 1 else ""
    why = "" if code else _whose(work, claims)
    if why:
        _leave(work, sender.name, why)
    made = [
        Piece(code, one, borders[one.layer.key], why) for one in sent if one.layer.key in borders
    ]
    known = code if sender.claims or own else ""  # rows that tell whose they are need no more
    return [*made, *(Piece(code, one, work.read(one, known), why) for one in ledgers)]


def _whose(work: Work, claims: set[str]) -> str:
    if not claims:
        return "看不出是哪个县报的，没有收；请在文件夹（文件）名里写明县名或六位代码"
    names = "、".join(work.counties.names.get(code, code) for code in sorted(claims))
    return (
        f"名称、目录和内容指的不是同一个县（{names}），没有收；请核对后在文件夹（文件）名里写明县名"
    )


def _draws(work: Work, one: Sent) -> bool:
    """Whether units are a county's own, and no copy of the province's."""
    if one.layer.role != "units":
        return False
    ours = layer_of(work.catalog, one.layer.level)
    if ours is None or one.said:
        return True
    try:
        mine = [f for f in find_files(ours, work.catalog.folder) if isinstance(f, Path)]
        return {work.inputs.of_file(f) for f in mine} != {work.inputs.of_file(f) for f in one.files}
    except (HbgeoError, OSError):
        return True


def _is_own(catalog: Catalog, key: str, pieces: Sequence[Piece]) -> str:
    """Why what counties sent of a layer is not merged: the province has one that was not collected."""
    own = catalog.layers.get(key)
    if own is not None and not is_collected(own):
        what = "单元" if own.role == "units" else "图层"
        return f"全省的工作区自有{what} [{key}]，各县的只作核对，没有并入"
    layer = pieces[0].sent.layer
    if layer.role == "units" or (layer.role == "places" and layer_of(catalog, layer.level)):
        level = LEVEL_NAMES.get(layer.level, layer.level)
        return f"{level}单元以全省的为准，各县的 [{key}] 只作核对，没有并入"
    return ""


def is_collected(layer: Layer) -> bool:
    """Whether a layer of the province's is one that was merged here."""
    return layer.paths == (f"{FOLDER}/{layer.key}.csv",)


def _checked(work: Work, key: str, pieces: Sequence[Piece]) -> Iterator[Piece]:
    """What was sent of a layer, with why some of it cannot be merged, in the order of the counties."""
    senders: dict[str, list[str]] = {}
    for one in pieces:
        if one.code:
            senders.setdefault(one.code, []).append(one.sent.sender)
    kind = agreed([one.sent.layer for one in pieces], None)
    for one in sorted(pieces, key=lambda p: (p.code, p.sent.sender)):
        said = one.said or one.part.said
        layer = one.sent.layer
        if not said and len(senders[one.code]) > 1:
            said = f"同一县同一图层收到 {len(senders[one.code])} 份（{'、'.join(senders[one.code])}），不知用哪一份；请只留一份"
        if not said and key not in work.compared and kind_of(layer) != kind:
            said = f"[{key}] 的类别（{_called(kind_of(layer))}）与其他县（{_called(kind)}）不同；请改成一样的"
        yield replace(one, said=said)


def _called(kind: tuple[str, str, str] | None) -> str:
    if kind is None:
        return "各不相同"
    role, schema, level = kind
    return " ".join(filter(None, (role, schema, level)))


def title_of(pieces: Sequence[Piece]) -> str:
    """What a layer is called: by its kind, units by their level."""
    layer = pieces[0].sent.layer
    if layer.role == "units":
        return f"{LEVEL_NAMES[layer.level]}边界"
    return read_schema(layer.schema).title
