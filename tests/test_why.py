"""Why a unit stands as it does: every sentence against a second computation, and by hand."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from golden_cases import FOLDER, make_workspace

from hbgeo.measure.why_records import Why
from hbgeo.show.why_lacks import remedy_said
from hbgeo.show.why_table import why_record
from hbgeo.show.why_words import (
    figures_said,
    grounds_said,
    links_said,
    parts_said,
    row_said,
    source_said,
    state_said,
)
from hbgeo.why import find_why

CASES = tomllib.loads((FOLDER / "why.toml").read_text("utf-8"), parse_float=Decimal)["case"]


def _said(why: Why) -> dict[str, Any]:
    """What is said of one indicator, under the keys of the golden cases."""
    plain = lambda rows: [row_said(r, why).partition("。 出处：")[0].rstrip("。") for r in rows]  # noqa: E731
    return {
        "state": why.state,
        "shown": state_said(why),
        "grounds": grounds_said(why),
        "because": plain(why.because),
        "near": plain(why.near),
        "source": [source_said(row) for row in why.because],
        "reason": why.reason,
        "remedy": remedy_said(why),
        "links": links_said(why),
        "parts": parts_said(why),
        "figures": figures_said(why),
    }


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_golden(case: dict[str, Any], tmp_path: Path) -> None:
    workspace = make_workspace(case, tmp_path)
    [why] = find_why(workspace, case["unit"], [case["indicator"]]).of
    said = _said(why)
    assert {key: said[key] for key in case["expect"]} == case["expect"]
    record = why_record(why)
    assert record["state"] == why.state
    assert [bool(row["lacks"]) for row in record["near"]] == [True] * len(why.near)
