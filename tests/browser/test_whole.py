"""No panel shows another state than the title: a walk through all there are, and steps that fail."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from hbgeo.measure.assess import assess
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.options import Options
from hbgeo.products import draw_page
from hbgeo.show import words

pytestmark = pytest.mark.system

WALK = (Path(__file__).parent / "walk.js").read_text(encoding="utf-8")
LEVELS = ("township", "county", "prefecture")


def unit_columns(units: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """Codes of every level with what scopes and orders ask of them."""
    told: dict[str, Any] = {}
    for level, frame in units.items():
        told[level] = {"codes": list(frame.index)}
        for column in ("county_code", "prefecture_code", "population", "population_60"):
            if column in frame:
                values = frame[column].astype(object).where(frame[column].notna(), None)
                told[level][column] = values.tolist()
    return told


def sums_by(one: Assessment, level: str, villages: pd.DataFrame) -> dict[str, Any]:
    """Covered and total of each unit of a level, or its amount; "x" where every weight is missing."""
    frame = one.coverage.units
    if level == one.indicator.units:
        owner = frame.index.to_series()
    elif level == "township":
        owner = villages["township_code"].reindex(frame.index)
    else:
        owner = frame[f"{level}_code"]
    told: dict[str, Any] = {}
    for code, rows in frame.groupby(owner.to_numpy()):
        known = rows[rows["demand"].notna()]
        if one.counted:
            told[code] = [float(rows["value"].sum())]
        elif not len(known):
            told[code] = "x"
        else:
            ratio = one.indicator.measure == "ratio"
            top = known["value"] if ratio else known["demand"] * known["covered"]
            total = float(known["demand"].sum())
            told[code] = [float(top.sum()), total] if total else None
    return told


def uncovered_villages(one: Assessment, villages: pd.DataFrame) -> dict[str, list[str]]:
    left = one.coverage.uncovered.index
    owner = villages["township_code"].reindex(left)
    return {code: list(rows) for code, rows in left.groupby(owner).items()}


def tell(one: Assessment, opened: Assessment, views: list[str], villages, *, moved: bool, rule: bool):
    """What the page must show of an indicator: of the scenario, or of its own date."""
    shown = one if rule or not moved else opened
    what = one.indicator
    told: dict[str, Any] = {
        "title": f"{what.name}({what.variant_name})" if what.variant_name else what.name,
        "status": shown.status,
        "counted": shown.counted,
        "follows": moved and rule,
        "villages": {},
    }
    if shown.coverage is None:
        told["line"] = words.LACKING.format(what="、".join(shown.missing))
        told["levels"] = {level: {} for level in views}
        return told
    line = words.figure_line(shown)
    if moved and not rule:
        line = line.removesuffix(words.verdict(shown)) + words.NOT_RECOUNTED
    told["line"] = f"情景 {line}" if told["follows"] else line
    told["levels"] = {level: sums_by(shown, level, villages) for level in views}
    if what.units == "village":
        told["villages"] = uncovered_villages(shown, villages)
    if what.measure == "ratio":
        target = None if shown.target is None else shown.target.pct
        told["ratio"] = None if target is None else float(target)
    return told


def walk(page, *, assessed, options, units, villages, nearest, scopes) -> dict[str, Any]:
    """Walk the page against the assessments of each of the options; the first is what it opened with."""
    views = page.evaluate("hbgeo.views()")
    rules = {one: said["rule"] for one, said in page.evaluate("hbgeo.figures()").items()}
    opened = {one.indicator.id: one for one in assessed(options[0])}
    scenarios = []
    for asked in [*options[1:], options[0]]:  # at last all is as it was
        told = {}
        for one in assessed(asked):
            name = one.indicator.id
            moved = asked != options[0]
            told[name] = tell(one, opened[name], views[name], villages, moved=moved, rule=rules[name])
        day, also = asked.as_of.isoformat(), list(asked.status or ())
        scenarios.append({"day": day, "also": also, "indicators": told})
    km = {
        name: {code: None if math.isnan(far) else round(far, 1) for code, far in table.items()}
        for name, table in ((n, t["nearest_km"].astype(float)) for n, t in nearest.items() if len(t))
    }
    given = {"scenarios": scenarios, "scopes": scopes, "units": unit_columns(units), "km": km}
    return page.evaluate(f"(given) => ({WALK})(given)", given)


def test_the_example_is_whole_in_every_state(open_page, example):
    page = open_page(width=1100, height=700)
    first = Options(as_of=date(2023, 12, 31))
    options = [
        first,
        replace(first, status=("在建",)),
        replace(first, as_of=date(2016, 5, 1), status=("规划", "停用")),
        replace(first, as_of=date(2010, 1, 1)),
    ]
    indicators = [one.indicator for one in example.assessments]
    found = walk(
        page,
        assessed=lambda asked: assess(indicators, example.source, asked),
        options=options,
        units={level: example.units[level] for level in LEVELS},
        villages=example.village,
        nearest=example.measured.nearest,
        scopes=["", "prefecture_code=420500", "county_code=421023"],
    )
    print(found["states"], found["painted"], found["count"], *found["wrong"], sep="\n")
    assert found["wrong"] == []
    assert not found["trouble"]
    assert found["states"] > 500
    assert found["painted"] > 2000


def test_the_sample_is_whole_in_every_state(chromium, sample, tmp_path):
    first = sample.options()
    file = tmp_path / "page.html"
    measured = sample.measure()
    draw_page(sample, measured, first).save(str(file))
    page = chromium.new_page(viewport={"width": 900, "height": 600})
    page.goto(file.as_uri())
    page.evaluate("hbgeo.ready")
    units = {level: sample.units(level).frame for level in LEVELS}
    found = walk(
        page,
        assessed=lambda asked: sample.assess(options=asked),
        options=[first, replace(first, as_of=date(2022, 3, 1), status=("在建", "规划"))],
        units=units,
        villages=sample.units("village").frame,
        nearest=measured.nearest,
        scopes=["", "prefecture_code=420500", "county_code=420528"],
    )
    page.close()
    print(found["states"], found["painted"], found["count"], *found["wrong"], sep="\n")
    assert found["wrong"] == []
    assert not found["trouble"]
