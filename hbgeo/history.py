"""Snapshots on disk: what a workspace said on each date, and what changed between two of them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from hbgeo.errors import RequestError, SnapshotError, why_not
from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.options import Options
from hbgeo.measure.snapshot import (
    Snapshot,
    about_comparison,
    shape_fingerprints,
    take_snapshot,
)
from hbgeo.measure.snapshot_file import read_figures, read_fingerprint, read_snapshot
from hbgeo.measure.trend import Past, Trend, compare, figures_of, is_counted
from hbgeo.read.file.find import find_files
from hbgeo.store.fingerprint import fingerprint
from hbgeo.store.plain import is_plain
from hbgeo.store.whole import DATED, SNAPSHOTS
from hbgeo.workspace import Workspace

FOLDER = SNAPSHOTS  # in maps/
DAMAGED = "damaged"  # in the name of one that is set aside
_MOST = 1 << 30  # bytes of a snapshot
_DATES = 12  # earlier ones that a page tells of, the latest


class Back(NamedTuple):
    """What a page tells of the dates before: the change since the latest, the figures of several.

    `trend` is None without an earlier date, of a scenario, and where the latest is damaged;
    `notes` name, a line each, what was left out.
    """

    trend: Trend | None
    past: Past
    notes: list[str]


def take(workspace: Workspace, measured: Measured, options: Options) -> Snapshot:
    """Keep what was measured, with fingerprints of layers and policy."""
    inputs = {key: input_print(workspace, key) for key in workspace.catalog.layers}
    plain = Options(as_of=options.as_of, scope=options.scope)
    differs = {k: v for k, v in vars(options).items() if v != getattr(plain, k)}
    return take_snapshot(
        measured,
        units_of(workspace, measured.assessments),
        title=workspace.catalog.title,
        inputs=inputs,
        policy=fingerprint(_said_policy(workspace).encode()),
        scenario=[f"{k}={v}" for k, v in differs.items()],
        changes=workspace.layers.changes(),
    )


def input_print(workspace: Workspace, key: str) -> str:
    """The fingerprint of a layer's entry and files; "" where it has no file."""
    layer = workspace.catalog.layers[key]
    found = find_files(layer, workspace.catalog.folder)
    files = [file for file in found if isinstance(file, Path)]
    content = "".join(workspace.layers.inputs.of_file(file) for file in files)
    return fingerprint(f"{layer}{content}".encode()) if files else ""


def _said_policy(workspace: Workspace) -> str:
    """All that the figures are held to: the policy, and what the catalogue assumes."""
    assumed = workspace.catalog.assumptions
    return repr(sorted(workspace.policy.items())) + (
        repr(sorted(assumed.items())) if assumed else ""
    )


def units_of(workspace: Workspace, assessments: Iterable[Assessment]) -> dict[str, pd.DataFrame]:
    """The units of every level that was measured."""
    levels = {a.indicator.units for a in assessments if a.coverage is not None}
    return {level: workspace.units(level) for level in sorted(levels)}


def file_name(snapshot: Snapshot) -> str:
    """Under which name a snapshot is kept: its date, and its scenario if it is one."""
    name = snapshot.as_of.isoformat()
    if snapshot.about["scenario"]:
        name += f"-{fingerprint(repr(snapshot.about['scenario']).encode())[:8]}"
    return f"{name}.parquet"


def replaced(folder: Path, snapshot: Snapshot) -> dict[str, bytes]:
    """The snapshot of the same name that was kept before, if it is of other inputs.

    It gets a name of its own, by its fingerprint; a damaged one too.
    """
    path = folder / file_name(snapshot)
    if not path.is_file():
        return {}
    before = _content(path)
    try:
        was = read_fingerprint(before, path.name)
    except SnapshotError:
        return {f"{path.stem}-{DAMAGED}-{fingerprint(before)[:8]}.parquet": before}
    return {} if was == snapshot.fingerprint else {f"{path.stem}-{was[:8]}.parquet": before}


def make_way(folder: Path, snapshot: Snapshot) -> None:
    """Give another name to what stands in a snapshot's place and cannot even be read: a folder, say."""
    path = folder / file_name(snapshot)
    try:
        if os.path.lexists(path) and is_plain(path, SnapshotError):
            _content(path)
    except SnapshotError:
        path.rename(path.with_name(f"{path.stem}-{DAMAGED}-{secrets.token_hex(4)}"))


def damage(folder: Path, snapshot: Snapshot) -> str:
    """What is wrong with the snapshot of the same name that was kept before; "" if nothing."""
    path = folder / file_name(snapshot)
    try:
        if is_plain(path, SnapshotError):
            read_fingerprint(_content(path), path.name)
    except SnapshotError as err:
        return str(err)
    return ""


def trend(workspace: Workspace, snapshot: Snapshot) -> Trend | None:
    """What changed since the latest earlier date that was kept; None without one.

    Raises
    ------
    SnapshotError
        If it is damaged: no other is taken in its place, for that would be another comparison.
    """
    before = _latest_before(workspace, snapshot.as_of)
    if before is None or snapshot.about["scenario"]:
        return None
    return _compare(_kept(before, workspace), snapshot, snapshot, workspace)


def look_back(
    workspace: Workspace, measured: Measured, options: Options
) -> tuple[Trend | None, list[str]]:
    """What of the measured changed since the latest earlier date that was kept.

    Nothing is fingerprinted where none was kept.

    Returns
    -------
    trend, notes
        None without an earlier date, of a scenario, and where the earlier snapshot is damaged;
        a line then says so.
    """
    if _latest_before(workspace, options.as_of) is None:
        return None, []
    try:
        return trend(workspace, take(workspace, measured, options)), []
    except SnapshotError as err:
        return None, [f"{err}。没有与上一期比较，各目标现每月增多少因此不填。"]


def look_far_back(workspace: Workspace, measured: Measured, options: Options) -> Back:
    """What a page tells of the dates before, where nothing was kept of the measured yet.

    Nothing is fingerprinted where no earlier date was kept.
    """
    if _latest_before(workspace, options.as_of) is None:
        return Back(None, {}, [])
    return far_back(workspace, take(workspace, measured, options))


def far_back(workspace: Workspace, snapshot: Snapshot) -> Back:
    """The same beside a snapshot; each earlier one is read once, only the latest whole."""
    kept = [] if snapshot.about["scenario"] else _before(workspace, snapshot.as_of)[-_DATES:]
    trend, notes = None, list[str]()
    past: dict[str, list[tuple[date, Fraction]]] = {}
    for path in kept:
        try:
            shot = _kept(path, workspace, whole=path == kept[-1])
            if path == kept[-1]:
                trend = _compare(shot, snapshot, snapshot, workspace)
            _add_figures(past, shot, path, snapshot)
        except SnapshotError as err:
            also = "" if path != kept[-1] or trend else "本次没有与上一期的比较，其余数字不受影响。"
            notes.append(f"{err}。历期不含这一期。{also}")
    return Back(trend, past, notes)


def _add_figures(
    past: dict[str, list[tuple[date, Fraction]]], shot: Snapshot, path: Path, now: Snapshot
) -> None:
    """Add what a snapshot reported, where the figure is of the same kind as today's.

    Raises
    ------
    SnapshotError
        If it is none of the date that its file is named by.
    """
    if shot.as_of.isoformat() != path.stem or shot.about.get("scenario"):
        said = f"是 {shot.as_of} 的{'情景' if shot.about.get('scenario') else '快照'}，与文件名不符"
        raise SnapshotError(f"{path.name}：{said}")
    then, today = shot.about["indicators"], now.about["indicators"]
    for one, made in figures_of(shot).items():
        figure = made["value" if is_counted(then[one]) else "pct"]
        if figure is None or one not in today or is_counted(then[one]) != is_counted(today[one]):
            continue
        past.setdefault(one, []).append((shot.as_of, figure))


def _latest_before(workspace: Workspace, day: date) -> Path | None:
    """The snapshot that was kept of the latest date before another."""
    return next(reversed(_before(workspace, day)), None)


def _before(workspace: Workspace, day: date) -> list[Path]:
    """The snapshots that were kept of the dates before another, the earliest first."""
    dated = (workspace.root / "maps" / FOLDER).glob(DATED)
    return [path for path in sorted(dated) if path.stem < day.isoformat()]


def find(workspace: Workspace, given: str) -> tuple[Snapshot, Workspace | None]:
    """The snapshot that a file, a workspace or a date stands for.

    A date is that of a snapshot kept under maps/snapshots, else this workspace's layers as
    of it. The second value is the workspace it was made from just now, if it was.

    Raises
    ------
    RequestError
        If it is none of the three.
    """
    path = Path(given)
    if path.suffix == ".parquet" and is_plain(path):
        return _kept(path, workspace), None
    if (path / "layers" / "catalog.toml").is_file():
        other = Workspace.open(path)
        return _taken_now(other, other.options()), other
    try:
        day = date.fromisoformat(given)
    except ValueError:
        said = "应为快照文件（.parquet）、工作区目录或日期（如 2023-12-31）"
        raise RequestError(f"“{given}”{said}") from None
    dated = workspace.root / "maps" / FOLDER / f"{given}.parquet"
    if is_plain(dated, SnapshotError):
        return _kept(dated, workspace), None
    return _taken_now(workspace, Options(as_of=day, scope=workspace.catalog.scope)), workspace


def _kept(path: Path, workspace: Workspace, *, whole: bool = True) -> Snapshot:
    """A snapshot on disk, or its figures alone; what an older one does not say of its indicators, the policy says."""
    found = (read_snapshot if whole else read_figures)(_content(path), path.name)
    for key, about in found.about["indicators"].items():
        if key in workspace.policy:
            for word, said in about_comparison(workspace.policy[key]).items():
                about.setdefault(word, said)
    return found


def _content(path: Path) -> bytes:
    """The bytes of a snapshot on disk.

    Raises
    ------
    SnapshotError
        If it is no plain file, or larger than any snapshot.
    """
    is_plain(path, SnapshotError)
    try:
        if path.stat().st_size > _MOST:
            raise SnapshotError(f"{path.name}：快照超过 1 GB，不会是 hbgeo 写出的；请移走")
        return path.read_bytes()
    except OSError as err:
        raise SnapshotError(f"{path.name}：快照无法读取（{why_not(err)}）") from None


def _compare(one: Snapshot, other: Snapshot, later: Snapshot, workspace: Workspace) -> Trend:
    """Compare two snapshots with what the later one's workspace knows of units."""
    units = same_units(workspace, later)
    tables = {level: workspace.find_units(level) for level in units}
    hints = [level for level, table in tables.items() if table is not None and table.approximate]
    changes = workspace.layers.changes()
    return compare(one, other, units, changes=changes, approximate=hints)


def _taken_now(workspace: Workspace, options: Options) -> Snapshot:
    return take(workspace, workspace.measure(options=options), options)


def between(workspace: Workspace, given: Sequence[str]) -> Trend:
    """What changed between two dates, each given as `find` takes it.

    Raises
    ------
    RequestError
        If one is neither snapshot, workspace nor date, or boundaries cannot be compared.
    """
    (one, from_one), (other, from_other) = (find(workspace, text) for text in given)
    if other.as_of >= one.as_of:
        one = _with_later_names(one, from_one, from_other or workspace)
        return _compare(one, other, other, from_other or workspace)
    other = _with_later_names(other, from_other, from_one or workspace)
    return _compare(one, other, one, from_one or workspace)


def _with_later_names(shot: Snapshot, source: Workspace | None, later: Workspace) -> Snapshot:
    """Take an earlier date anew where its rows may bear names that only came afterwards.

    They are found by the later workspace's table of changes, which an earlier one need not have.
    """
    if source is None or source.root.resolve() == later.root.resolve():
        return shot
    more = set(later.layers.changes()) - set(source.layers.changes())
    if not more or not source.layers.miss_names():
        return shot
    told = [change for change in later.layers.changes() if change in more]
    again = Workspace.open(source.root, changes=told)
    return _taken_now(again, again.options())


def same_units(workspace: Workspace, snapshot: Snapshot) -> dict[str, pd.DataFrame]:
    """The levels at which a workspace has the very units and boundaries of a snapshot."""
    found = {}
    for level, rows in snapshot.units.groupby("level"):
        units = workspace.find_units(str(level))
        then = dict(zip(rows["code"].tolist(), rows["shape"].tolist(), strict=True))
        if units is not None and shape_fingerprints(units.frame).to_dict() == then:
            found[str(level)] = units.frame
    return found
