"""Between the units of two snapshots: what became of each, which are new, gone, renamed, reshaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from hbgeo.arrow import find_texts
from hbgeo.errors import RequestError
from hbgeo.measure.locate import UnitIndex
from hbgeo.measure.snapshot import Snapshot
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.divisions.changes import Change
from hbgeo.read.divisions.heirs import Heirs, find_heirs

MOVED_COLUMNS = ["level", "what", "code", "name", "was"]
SHIFTED, WITHDRAWN, SET_UP, RENAMED, RENUMBERED = "边界调整", "撤销", "新设", "更名", "代码变更"
_SHOWN = 10  # names in one sentence


@dataclass(frozen=True)
class Bridge:
    """How the units of an earlier snapshot lead to those of a later one.

    Attributes
    ----------
    earlier, later
        Level → the units of both, as `Snapshot.lists` has them.
    heirs
        Level → what became of the earlier units.
    ground
        Level → the later units as a workspace has them, with `geometry` where they have shapes.
    levels
        The levels that both snapshots have units of.
    approximate
        The levels whose shapes only suggest where units are.
    """

    earlier: Mapping[str, pd.DataFrame]
    later: Mapping[str, pd.DataFrame]
    heirs: Mapping[str, Heirs]
    ground: Mapping[str, pd.DataFrame]
    levels: frozenset[str]
    approximate: frozenset[str] = frozenset()
    _indexes: dict[str, UnitIndex] = field(default_factory=dict)

    def index(self, level: str) -> UnitIndex | None:
        """What finds the later unit that holds a point; None where units have no shapes."""
        if level not in self._indexes:
            if "geometry" not in self.ground[level]:
                return None
            self._indexes[level] = UnitIndex(self.ground[level])
        return self._indexes[level]

    @cached_property
    def boundaries(self) -> pd.DataFrame:
        """The units that are new, gone, renamed or reshaped, level by level (`MOVED_COLUMNS`)."""
        rows = [row for level in self.heirs if level in self.levels for row in self._moved(level)]
        return pd.DataFrame(rows, columns=MOVED_COLUMNS)

    @cached_property
    def moved(self) -> frozenset[str]:
        """The levels at which the units are not the very same at both dates."""
        return frozenset(self.boundaries["level"])

    def _moved(self, level: str) -> list[tuple[str, str, str, str, str]]:
        was, now, links = self.earlier[level], self.later[level], self.heirs[level].links
        if was.index.equals(now.index) and (was["name"] == now["name"]).all():
            shapes = now.index[(was["shape"] != now["shape"]).to_numpy()]
            return [(level, SHIFTED, code, now["name"][code], "") for code in shapes]
        origins = links["new"].map(links["new"].value_counts())
        whole = links[links["sure"] & (origins == 1)]
        became = dict(zip(whole["old"], whole["new"], strict=True))
        from_one = {new: old for old, new in became.items()}
        parents = dict(zip(links["new"], links["old"], strict=True))
        kinds = self.heirs[level].kinds
        gone = [c for c in was.index.difference(now.index) if c not in became]
        fresh = [c for c in now.index.difference(was.index) if c not in from_one]
        then, called = was["name"].to_dict(), now["name"].to_dict()
        rows = [(level, kinds.get(c) or WITHDRAWN, c, then[c], "") for c in gone]
        for code in fresh:
            old = parents.get(code, "")
            split = old != "" and old not in self.heirs[level].sure
            said = (kinds[old] or SET_UP, then[old]) if split else (SET_UP, "")
            rows.append((level, said[0], code, called[code], said[1]))
        for new, old in sorted(from_one.items()):
            if new != old or called[new] != then[old]:
                plain = RENUMBERED if called[new] == then[old] else RENAMED
                rows.append((level, kinds.get(old) or plain, new, called[new], then[old]))
        return rows + self._reshaped(level, from_one)

    def _reshaped(
        self, level: str, from_one: Mapping[str, str]
    ) -> list[tuple[str, str, str, str, str]]:
        """The units whose boundary is another one than that of the unit they were."""
        was, now = self.earlier[level]["shape"], self.later[level]
        olds = [from_one.get(c, c) for c in now.index.tolist()]
        then = was.reindex(olds).to_numpy(object)
        differ = pd.notna(then) & (then != now["shape"].to_numpy(object))
        return [(level, SHIFTED, c, now["name"][c], "") for c in sorted(now.index[differ])]

    def lacks_ground(self, level: str) -> bool:
        """Whether rows must be placed on the later boundaries, and those are not at hand.

        Units that only bear another name or code on the very same boundary need none.
        """
        if level in self.ground or level not in self.moved:
            return False
        was, now, heirs = self.earlier[level], self.later[level], self.heirs[level]
        if not (now["shape"] != "").any():
            return False
        links = heirs.links
        same = (
            was["shape"].reindex(links["old"]).to_numpy()
            == now["shape"].reindex(links["new"]).to_numpy()
        )
        whole = bool(np.all(same) and links["sure"].all()) and not links["new"].duplicated().any()
        return not (whole and not heirs.lost and now.index.isin(links["new"]).all())

    def refuse_unknown(self) -> None:
        """Refuse to compare where the later boundaries are needed and not at hand.

        Raises
        ------
        RequestError
            Naming the levels.
        """
        levels = [level for level in self.heirs if self.lacks_ground(level)]
        if levels:
            said = "、".join(LEVEL_NAMES[level] for level in levels)
            raise RequestError(
                f"两期的单元或边界不同（{said}），须有后一期的边界图层：请用后一期的工作区比较"
            )

    def said(self, since: object) -> list[str]:
        """What was done about units that are not the same, in sentences."""
        if not len(self.boundaries):
            return []
        kinds = self.boundaries.groupby(["level", "what"], sort=True).size()
        counts = "、".join(
            f"{LEVEL_NAMES[level]}{what} {n} 个"
            for (level, what), n in zip(kinds.index.tolist(), kinds.tolist(), strict=True)
        )
        said = [f"两期单元不同：{counts}；{since} 的设施和各行数据已按后一期的单元和边界重新归属。"]
        lost = [
            f"{self.earlier[level]['name'][code]}（{code}）"
            for level, heirs in self.heirs.items()
            if level in self.levels
            for code in heirs.lost
        ]
        if lost:
            some = "、".join(lost[:_SHOWN]) + ("等" if len(lost) > _SHOWN else "")
            said.append(
                f"上期单元 {len(lost):,} 个没有写明去向：{some}；只写其名称的行不能归到后一期的单元，"
                "请在后一期工作区的 layers/changes.csv 补写。"
            )
        return said


def make_bridge(
    earlier: Snapshot,
    later: Snapshot,
    units: Mapping[str, pd.DataFrame],
    *,
    changes: Iterable[Change] = (),
    approximate: Iterable[str] = (),
) -> Bridge:
    """Link the units of two snapshots by what either of them, and `changes`, knows to have become.

    Parameters
    ----------
    units
        The later snapshot's units by level, as a workspace has them.
    approximate
        The levels whose shapes are only a hint.
    """
    was, now = earlier.lists, later.lists
    table = [*later.changes, *earlier.changes, *changes]
    heirs = find_heirs(was, now, table, since=earlier.as_of, until=later.as_of)
    levels = frozenset(earlier.units["level"]) & frozenset(later.units["level"])
    return Bridge(was, now, heirs, units, levels, frozenset(approximate))


def carried_codes(codes: pd.Series, heirs: Heirs) -> pd.Series:
    """The later unit of each earlier code; "" where it has none, or several."""
    known = heirs.links["old"].drop_duplicates()
    sure = heirs.links[heirs.links["sure"]]
    at = find_texts(codes, pd.Index(sure["old"]))
    made = np.where(at >= 0, sure["new"].to_numpy(object)[at], "") if len(sure) else ""
    gone = codes.isin(known) | codes.isin(list(heirs.lost))
    return pd.Series(
        np.where((at >= 0) | gone.to_numpy(), made, codes.to_numpy(object)), codes.index
    )
