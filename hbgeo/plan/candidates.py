"""Where something might be built: the units' own seats, the villages, a layer, or points on a grid."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely

from hbgeo.arrays import Floats, Mask
from hbgeo.errors import RequestError
from hbgeo.measure.distance import has_point
from hbgeo.measure.placements import Placements
from hbgeo.measure.placing import LayerPlacement
from hbgeo.plan.asking import PLACES, Asked
from hbgeo.plan.lattice import LEVELS, TEXTS, grid_points
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.near import ask_whether
from hbgeo.read.table import LayerTable
from hbgeo.workspace import Workspace

PREFIX = "GH"  # 规划: an id of ours is no id of a ledger


@dataclass(frozen=True)
class Candidates:
    """Where something might be built.

    Attributes
    ----------
    table
        Indexed by id, sorted: `name`, `x`, `y`, codes and names of county, township and village
        (as a ledger would name them), `served` (codes), and of a layer its own columns.
    placed
        Where they stand among the units, as rows of a facility layer would.
    placements
        What placed them: gives their pairs with units.
    lines
        What was left out, and why, in sentences.
    """

    table: LayerTable
    placed: LayerPlacement
    placements: Placements
    lines: tuple[str, ...] = ()

    @property
    def frame(self) -> pd.DataFrame:
        """The candidates."""
        return self.table.frame

    def owners(self, workspace: Workspace, level: str) -> list[str]:
        """The code of the unit of a level in which each stands; "" for none."""
        units = workspace.find_units(level)
        if units is None or not len(self.frame):
            return [""] * len(self.frame)
        at = self.placements.placed(self.table, level).placements[level].owner
        codes = [*map(str, units.frame.index), ""]
        return [codes[n] for n in at.tolist()]


def find_candidates(
    workspace: Workspace, asked: Asked, level: str, counted: pd.Index, open_units: pd.Index
) -> Candidates:
    """The candidates that were asked for, without those that are in no place to build.

    Parameters
    ----------
    level
        The indicator's; by default its units' seats are the candidates.
    counted, open_units
        The units that count: nothing is planned outside of them; and those of them that are not
        wholly covered, in which a grid is laid.

    Raises
    ------
    RequestError, LayerError
        If there are none.
    """
    what = asked.candidates
    if what == PLACES:
        frame = _seats(workspace, "village")
    elif asked.spacing_m is not None:
        frame = grid_points(workspace, level, open_units, asked.spacing_m, PREFIX)
    elif what:
        frame = _of_layer(workspace, what)
    else:
        frame = _seats(workspace, _default_level(workspace, asked, level))
    lines: list[str] = []
    if asked.by_place:
        frame = _with_points(frame, lines)
    placed = _placed(workspace, frame, lines)
    if asked.exclude:  # of where they stand at last: a seat may have been moved into its own unit
        kept = _outside(workspace, asked.exclude, placed.frame, lines)
        placed = replace(_try(workspace, placed.frame[kept])[0], lines=tuple(lines))
    found = _of_units(workspace, asked, placed, level, counted)
    if not len(found.frame):
        why = f"（{''.join(lines)}）" if lines else ""
        raise RequestError(f"没有可用的候选点{why}；换一个 --candidates，或放宽 --exclude")
    return found


def _of_units(
    workspace: Workspace, asked: Asked, found: Candidates, level: str, counted: pd.Index
) -> Candidates:
    """Those that stand in a unit that counts."""
    mine = pd.Index(found.owners(workspace, level)).isin(counted.astype(str))
    lines = found.lines
    if (lost := int((~mine).sum())) and asked.candidates:
        lines = (*lines, f"{lost:,} 个候选点不在分母所含的{LEVEL_NAMES[level]}内，未用。")
    return found if mine.all() else replace(_try(workspace, found.frame[mine])[0], lines=lines)


def positions(found: Candidates, option: str, ids: tuple[str, ...]) -> tuple[int, ...]:
    """The candidate that each id names, with or without our prefix, or by the name of its unit.

    Raises
    ------
    RequestError
        If there is none of that id or name, or more than one.
    """
    index = found.frame.index
    made: list[int] = []
    names: dict[str, list[int]] = {}
    for at, (name, town) in enumerate(
        zip(found.frame["name"], found.frame["township"], strict=True)
    ):
        for one in {str(name), str(town)} - {""}:
            names.setdefault(one, []).append(at)
    for one in ids:
        known = index.get_indexer(pd.Index([one, PREFIX + one])).tolist()
        hits = [at for at in known if at >= 0][:1] or names.get(one, [])
        if len(hits) > 1:
            each = "、".join(str(index[at]) for at in hits[:5])
            raise RequestError(f"{option}：“{one}”不止一处（{each}）；请写编号")
        if not hits:
            near = ask_whether(one, {str(key): str(key) for key in index} | {k: k for k in names})
            raise RequestError(
                f"{option}：候选点里没有“{one}”；{near or f'候选点 {len(index):,} 处，编号见 --json 的 id'}"
            )
        made += hits
    return tuple(made)


def _default_level(workspace: Workspace, asked: Asked, level: str) -> str:
    """The level whose seats are the candidates: of counties that are to be near, the townships."""
    wide = asked.by_place and level in {"province", "prefecture", "county"}
    return "township" if wide and workspace.find_units("township") is not None else level


def _seats(workspace: Workspace, level: str) -> pd.DataFrame:
    """A candidate at the seat of every unit of a level."""
    units = workspace.find_units(level)
    if units is None:
        raise RequestError(f"没有{LEVEL_NAMES[level]}图层，不能用作候选点")
    frame = pd.DataFrame(units.frame)
    made = pd.DataFrame({"name": frame["name"], "x": frame["seat_x"], "y": frame["seat_y"]})
    for above in LEVELS:
        code, name = f"{above}_code", above
        own = above == level
        made[code] = frame.index if own else frame.get(code, "")
        made[name] = frame["name"] if own else frame.get(name, "")
    if level == "village":
        towns = workspace.find_units("township")
        if towns is not None:
            made["township"] = made["township_code"].map(towns.frame["name"]).fillna("")
    made.index = pd.Index([f"{PREFIX}{code}" for code in frame.index], name="id")
    return made.assign(x_inside=_inside_x(frame), y_inside=_inside_y(frame))


def _inside_x(frame: pd.DataFrame) -> Floats:
    return _inside(frame)[:, 0]


def _inside_y(frame: pd.DataFrame) -> Floats:
    return _inside(frame)[:, 1]


def _inside(frame: pd.DataFrame) -> Floats:
    """A point that is surely inside each unit, where it has a shape."""
    if "geometry" not in frame:
        return np.full((len(frame), 2), np.nan)
    points = shapely.point_on_surface(frame["geometry"].to_numpy())
    points[shapely.is_empty(points)] = None
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])


def _of_layer(workspace: Workspace, key: str) -> pd.DataFrame:
    """The rows of a layer that stand somewhere."""
    entry = workspace.layers.entry(key)
    if entry.role == "units" or (entry.role == "places" and entry.level):
        return _seats(workspace, entry.level)
    table = workspace.layers.table(key)
    if "x" not in table or entry.role == "table":
        raise RequestError(
            f"--candidates：图层“{key}”没有点位；可用设施、村点、单元图层，或 places、grid:2000"
        )
    frame = pd.DataFrame(table.frame)
    blank = pd.Series("", frame.index, dtype="str")
    made = frame.drop(columns=[c for c in ("geometry",) if c in frame])
    made = made.assign(**{c: frame.get(c, blank).fillna("") for c in TEXTS})
    made.index = pd.Index(frame.index.astype(str), name="id")
    return made


def _with_points(frame: pd.DataFrame, lines: list[str]) -> pd.DataFrame:
    """Those that have coordinates: of others nobody knows what is near."""
    have = frame[["x", "y"]].notna().all(axis=1)
    if lost := int((~have).sum()):
        lines.append(f"{lost:,} 个候选点没有坐标，未用。")
    return frame[have]


def _outside(workspace: Workspace, key: str, frame: pd.DataFrame, lines: list[str]) -> Mask:
    """Which are in none of a layer's polygons, nor on their borders."""
    table = workspace.layers.table(workspace.layers.entry(key).key).frame
    shapes = table["geometry"].to_numpy() if "geometry" in table else np.zeros(0, object)
    shapes = shapes[np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)]
    if not len(shapes):
        raise RequestError(f"--exclude：图层“{key}”里没有面；应为不能建设的范围（面图层）")
    at = np.flatnonzero(has_point(frame))
    points = shapely.points(*(frame[c].to_numpy(float)[at] for c in "xy"))
    hit = np.zeros(len(frame), dtype=bool)
    hit[at[shapely.STRtree(shapes).query(points, predicate="intersects")[0]]] = True
    lines.append(f"{int(hit.sum()):,} 个候选点在“{key}”的范围内，已排除。")
    if lost := len(frame) - len(at):
        lines.append(f"{lost:,} 个候选点没有坐标，不能判断是否在“{key}”的范围内，仍可选。")
    return ~hit


def _placed(workspace: Workspace, frame: pd.DataFrame, lines: list[str]) -> Candidates:
    """Place candidates as the rows of a ledger would be; those that would count nowhere are left out."""
    frame = frame.sort_index()
    if not frame.index.is_unique:
        raise RequestError(
            f"候选点的编号“{frame.index[frame.index.duplicated()][0]}”重复；编号不能重复"
        )
    if "served" not in frame:
        nothing = np.empty(len(frame), dtype=object)
        nothing[:] = [()] * len(frame)
        frame = frame.assign(served=nothing)
    made, clash = _try(workspace, frame)
    if clash.any() and "x_inside" in frame:  # a seat that lies outside its own unit
        frame = frame.assign(**{c: frame[c].where(~clash, frame[f"{c}_inside"]) for c in "xy"})
        lines.append(f"{int(clash.sum()):,} 个驻地点位在所属单元界线以外，改用单元内的代表点。")
        made, clash = _try(workspace, frame)
    if clash.any():
        lines.append(f"{int(clash.sum()):,} 个候选点与所写单元不符，未用。")
        made, clash = _try(workspace, frame[~clash])
    return replace(_named(workspace, made), lines=tuple(lines))


def _try(workspace: Workspace, frame: pd.DataFrame) -> tuple[Candidates, Mask]:
    table = LayerTable("plan", frame.drop(columns=["x_inside", "y_inside"], errors="ignore"))
    placements = Placements(workspace)
    placed = placements.placed(table, "township")
    return Candidates(table, placed, placements), placed.conflict


def _named(workspace: Workspace, found: Candidates) -> Candidates:
    """The same, each naming the county and township it stands in, as a ledger would."""
    frame, filled = found.frame, {}
    for level in LEVELS[:2]:
        units = workspace.find_units(level)
        if units is None or not len(frame):
            continue
        own = frame[f"{level}_code"].to_numpy(object)
        codes = np.where(own != "", own, np.array(found.owners(workspace, level), dtype=object))
        filled[f"{level}_code"] = codes
        names = units.frame["name"].to_dict()
        filled[level] = np.array([str(names.get(code, "")) for code in codes], dtype=object)
    named = frame.assign(**{c: pd.Series(v, frame.index, dtype="str") for c, v in filled.items()})
    return _try(workspace, named)[0]
