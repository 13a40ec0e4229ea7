"""The names of a workspace, found by characters, pinyin, initials, former names, aliases and codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hbgeo.errors import CatalogError
from hbgeo.measure.names.forms import plain_name
from hbgeo.measure.names.reading import Reader
from hbgeo.measure.names.tokens import ALIAS, NAME, OLD, PRIOR, TEXT, key_of
from hbgeo.measure.names.wanted import Tier, read_wanted
from hbgeo.names.known import KEPT, index_bytes, layers_with_names, names_of, read_today
from hbgeo.read.characters.readings import READINGS, read_readings
from hbgeo.store.fingerprint import joined
from hbgeo.store.folder import StoreFolder
from hbgeo.store.plain import is_plain
from hbgeo.store.search import Hit, SearchBase
from hbgeo.workspace import Workspace

MOST = 50  # names that are given where nobody says how many
COLUMNS = [*KEPT[:-2], "score", "why", *KEPT[-2:]]
_ENTRY, _SUFFIX = "names", "search"  # of the file in the workspace's cache
_OWN = ("名称", "拼音", "首字母", "代码")  # by what of a form was found
_OTHERS = {ALIAS: "别名“{}”", OLD: "曾用名“{}”", PRIOR: "并入或变更前的“{}”"}
_TYPES: Mapping[str, Any] = {"x": float, "y": float, "score": int}


@dataclass(frozen=True)
class Found:
    """The names that were found.

    Attributes
    ----------
    rows
        `COLUMNS`, the best first; those of one score widest unit first, then short before long,
        then by characters and code. `x`, `y` in CGCS2000.
    more
        Whether there are more of them than were asked for.
    sample
        Whether one of their layers is invented.
    """

    rows: pd.DataFrame
    more: bool
    sample: bool


class Finder:
    """Finds the names of a workspace as it was when this was opened.

    The index is kept in the workspace's cache under the fingerprint of all it comes from, sealed:
    one that is damaged, or of other inputs or another version, is made anew.

    Examples
    --------
    >>> finder = hbgeo.Finder.open(hbgeo.Workspace.open("我的县"))
    >>> finder.search("yz").rows[["name", "why"]].to_numpy().tolist()
    [['示例乙镇', '首字母']]
    """

    def __init__(
        self, content: bytes, today: Mapping[int, str], invented: Iterable[str] = ()
    ) -> None:
        self._base, self._today = SearchBase(content), today
        self._invented = frozenset(invented)
        if self._base.columns != list(KEPT):
            raise ValueError("not an index of names")

    @classmethod
    def open(
        cls, workspace: Workspace, *, progress: Callable[[int, int], None] | None = None
    ) -> Finder:
        """The finder of a workspace; its index is read from the cache, or made and kept there.

        Parameters
        ----------
        progress
            Called with the number of names that are in a new index, and of all.

        Raises
        ------
        LayerError, CatalogError
            If a layer or the workspace's readings cannot be read.
        """
        store, of = StoreFolder(workspace.store, _SUFFIX), _fingerprint(workspace)
        today, layers = read_today(), workspace.catalog.layers.items()
        invented = [key for key, layer in layers if layer.sample]
        content = store.get(_ENTRY, of) if of else None
        if content is not None:
            try:
                return cls(content, today, invented)
            except ValueError:
                pass  # sealed, and yet no index: somebody else's
        reader = Reader(read_readings(workspace.catalog.folder))
        content = index_bytes(names_of(workspace), reader, today, progress)
        if of and workspace.layers.inputs.unchanged():
            store.put(_ENTRY, content, of)
        return cls(content, today, invented)

    def search(self, text: str, *, within: str = "", most: int | None = MOST) -> Found:
        """Find names by any run of their characters, or of their syllables, or of their initials.

        Parameters
        ----------
        text
            Characters, today's, traditional or variant; pinyin with tones (marks or figures) or
            without, with spaces or without; the first letters of the syllables; or a whole code.
        within
            The code of a county or prefecture; "" for everywhere.
        most
            Rows at most; None for all.

        Raises
        ------
        RequestError
            If there is nothing in the text to look for, or it is too long.
        """
        rows: list[tuple[Any, ...]] = []
        seen: set[int] = set()
        for tier in read_wanted(text, self._today).tiers(within):
            for hit in self._base.find(tier.table, tier.expression):
                if hit.entry in seen or (tier.keep and not tier.keep(hit.said)):
                    continue
                if most is not None and len(rows) >= most:
                    return self._found(rows, more=True)
                seen.add(hit.entry)
                rows.append(self._row(hit, tier, text))
        return self._found(rows, more=False)

    def _row(self, hit: Hit, tier: Tier, text: str) -> tuple[Any, ...]:
        *told, county_code, layer = self._base.entry(hit.entry)
        return (*told, tier.score(hit.way), _why(hit, tier, text), county_code, layer)

    def _found(self, rows: list[tuple[Any, ...]], *, more: bool) -> Found:
        columns = zip(*rows, strict=True) if rows else [()] * len(COLUMNS)
        made = dict(zip(COLUMNS, map(list, columns), strict=True))
        table = {c: pd.Series(made[c], dtype=_TYPES.get(c, object)) for c in COLUMNS}
        return Found(pd.DataFrame(table), more, not self._invented.isdisjoint(made["layer"]))


def search(workspace: Workspace, text: str, *, within: str = "", most: int | None = MOST) -> Found:
    """Find names of a workspace; for several searches open a `Finder` once."""
    return Finder.open(workspace).search(text, within=within, most=most)


def found_content(found: Found, text: str) -> Callable[[str], bytes]:
    """Suffix → the content of a file of the names that were found."""

    def content(suffix: str) -> bytes:
        from hbgeo.show.excel.listing import list_bytes
        from hbgeo.show.table.formats import table_bytes
        from hbgeo.show.words import SAMPLE_MARK

        if suffix != ".xlsx":
            return table_bytes(found.rows, suffix)
        line = "坐标为 CGCS2000。得分只用来排序：名称在先，拼音、首字母在后；整名在先，一部分在后。"
        mark = SAMPLE_MARK * found.sample
        return list_bytes("search", f"查“{text}”", line, {"数据": found.rows}, mark=mark)

    return content


def _why(hit: Hit, tier: Tier, text: str) -> str:
    """How a name was found, in words."""
    said = _OWN[tier.part]
    if hit.way != NAME and tier.part != len(_OWN) - 1:
        named = _OTHERS[hit.way].format(hit.text)
        said = named if tier.part == TEXT else f"{named}的{said}"
    if tier.part == TEXT and not _as_written(text, hit.text):
        said += "（繁体、异体字）"
    return said


def _as_written(text: str, name: str) -> bool:
    """Whether a name holds a text as it was written."""
    return any(key_of(one, {}) in key_of(name, {}) for one in (text, plain_name(text)))


def _fingerprint(workspace: Workspace) -> str:
    """Of all that the index comes from; "" where that cannot be told."""
    own = workspace.catalog.folder / READINGS
    readings = workspace.layers.inputs.of_file(own) if is_plain(own, CatalogError) else "-"
    layers = layers_with_names(workspace)
    day = str(workspace.catalog.as_of)
    return joined([readings, day, *map(workspace.layers.fingerprint_of, layers)])
