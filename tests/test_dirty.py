"""Every trap planted in a ledger is found where it was planted, nothing else is, and no row is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from dirty import PLANTS, make_dirty

from hbgeo.workspace import Workspace


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
@pytest.mark.parametrize("seed", range(4))
def test_everything_planted_is_found_and_nothing_else(
    tmp_path: Path, seed: int, suffix: str
) -> None:
    made = make_dirty(tmp_path / "ws", seed, suffix)
    workspace = Workspace.open(made.folder)
    issues = workspace.issues(["cemetery"])
    rows = issues[issues["row"].notna()]
    found = set(zip(rows["rule"], rows["sheet"], rows["row"].astype(int), strict=True))
    assert found == made.expected
    whole = issues[issues["row"].isna()]
    assert set(zip(whole["rule"], whole["sheet"], strict=True)) == made.columns


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_no_row_is_lost(tmp_path: Path, suffix: str) -> None:
    made = make_dirty(tmp_path / "ws", 11, suffix)
    workspace = Workspace.open(made.folder)
    table = workspace.layers.table("cemetery")
    assert len(table) + table.aside == made.rows
    assert table.aside == made.aside


def test_the_same_seed_makes_the_same_ledger(tmp_path: Path) -> None:
    made = [make_dirty(tmp_path / name, 3, ".csv") for name in ("a", "b")]
    texts = [(m.folder / "layers" / "台账.csv").read_bytes() for m in made]
    assert texts[0] == texts[1]
    assert made[0].expected == made[1].expected


def test_every_rule_of_a_row_is_planted() -> None:
    planted = {rule for _, rules, _ in PLANTS.values() for rule in rules}
    assert {f"E{n:02d}" for n in (2, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15)} <= planted
    assert {"W01", "W02", "W03", "W05", "W06", "W08", "W10"} <= planted
