"""The planner page in headless Chromium without a GPU: size, time to usable, switching on, panning.

    python tests/bench/bench_page.py                       # all cases, a fresh profile a run, median of 3
    python tests/bench/bench_page.py sample million
    python tests/bench/bench_page.py folium --markercluster leaflet.markercluster.js

`usable` is the time from opening the file until every panel stands and a frame is painted. The
folium case is its GeoJson and FastMarkerCluster with the same units and a million points, its
links replaced by the files themselves, as it would be blank without the network.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from folium.plugins import FastMarkerCluster
from playwright.sync_api import Page, sync_playwright

from hbgeo import Workspace
from hbgeo.measure import assess
from hbgeo.measure.options import Options
from hbgeo.measure.pairs import Pairs, Serving, via_bits
from hbgeo.products import draw_page, with_works
from hbgeo.read.catalog import Catalog
from hbgeo.read.indicator import Indicator, Target
from hbgeo.read.schema.records import read_schema
from hbgeo.read.table import LayerTable
from hbgeo.scenarios import following, who_could_serve
from hbgeo.show.page.draw import draw
from hbgeo.show.page.figure import _leaflet_css, _leaflet_js
from hbgeo.show.page.scenario import Scenarios

ROOT = Path(__file__).parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
FRAMES = """() => new Promise((done) => {
  const times = [];
  let last = performance.now();
  const note = (now) => { times.push(now - last); last = now; window.panning ? requestAnimationFrame(note) : done(times); };
  window.panning = true;
  requestAnimationFrame(note);
})"""


def sample_page(_: argparse.Namespace) -> str:
    """The repository's own workspace."""
    workspace = Workspace.open(ROOT)
    found = workspace.measure(with_nearest=True)
    return _html(draw_page(workspace, found, workspace.options()))


def million_page(_: argparse.Namespace, *, details: bool = False) -> str:
    """The sample with a million signs in place of its own."""
    workspace = Workspace.open(ROOT)
    options, keys = workspace.options(), ("cemetery", "eldercare", "service-facility")
    signs = make_signs(workspace.units("village"), 1_000_000)
    links: dict[str, Serving] = {}
    for key in keys:
        links |= who_could_serve(workspace, key, following(workspace, key).values(), options)
    villages, every = workspace.units("village").index, np.arange(len(signs), dtype=np.int32)
    at = villages.get_indexer(pd.Index(signs["village_code"])).astype(np.int32)
    pairs = Pairs(at, every, np.full(len(at), via_bits(("named",)), np.int8))
    links["sign-village"] = Serving(pairs, villages, signs.index)
    layers = {key: with_works(workspace, key, options) for key in keys}
    layers["sign"] = LayerTable("sign", signs, "地名标志", "sign", sample=True)
    return _html(
        draw(
            workspace.measure(with_nearest=True),
            catalog=workspace.catalog,
            units=workspace.all_units(),
            layers=layers,
            scenarios=Scenarios(options, links),
            details=details,
        )
    )


def detailed_page(given: argparse.Namespace) -> str:
    """The same with the facts of every sign."""
    return million_page(given, details=True)


def make_signs(villages: pd.DataFrame, count: int) -> pd.DataFrame:
    """Invented signs around the villages, in the order of a ledger."""
    random = np.random.default_rng(7)
    at = np.sort(random.integers(0, len(villages), count))
    villages = villages.assign(x=villages["x"].fillna(112), y=villages["y"].fillna(31))
    days = random.integers(0, 4000, count).astype("timedelta64[D]")
    frame = pd.DataFrame(
        {
            "name": villages["name"].to_numpy()[at] + pd.Series(np.arange(count) % 97).astype(str),
            "kind": np.array(["村牌", "路牌", "街牌"])[random.integers(0, 3, count)],
            "status": random.choice(["完好", "破损", "缺失"], count, p=[0.95, 0.03, 0.02]),
            "installed_on": np.datetime64("2012-01-01") + days,
            "x": villages["x"].to_numpy()[at] + random.normal(0, 0.02, count),
            "y": villages["y"].to_numpy()[at] + random.normal(0, 0.02, count),
            "county": villages["county"].to_numpy()[at],
            "village": villages["name"].to_numpy()[at],
            "village_code": villages.index.to_numpy()[at],
            "file": "signs.csv",
            "row": np.arange(2, count + 2),
        },
        index=pd.Index(np.char.add("BZ", (1_000_000 + np.arange(count)).astype(str)), name="id"),
    )
    frame["works"] = frame["status"] == "完好"
    return frame


class _Nation:
    """40,000 townships and 27,000 village points."""

    def __init__(self) -> None:
        side = 200
        column, row = np.meshgrid(np.arange(side), np.arange(side))
        x, y = 100 + column.ravel() * 0.1, 22 + row.ravel() * 0.1
        county = (row.ravel() // 10) * 20 + column.ravel() // 10
        code = pd.Index([f"{100000 + c}{n % 1000:03d}{n}" for n, c in enumerate(county)])
        frame = pd.DataFrame(
            {
                "name": [f"第{n}镇" for n in range(side * side)],
                "kind": "镇",
                "county_code": [str(100000 + c) for c in county],
                "county": [f"{c}县" for c in county],
                "prefecture_code": [str(1000 + c // 20) for c in county],
                "prefecture": [f"{c // 20}市" for c in county],
                "province_code": "42",
                "province": "示例",
            },
            index=code,
        )
        frame["seat_x"], frame["seat_y"] = x + 0.05, y + 0.05
        shapes = shapely.box(x, y, x + 0.1, y + 0.1)
        self.townships = gpd.GeoDataFrame(frame, geometry=shapes, crs=4490)
        random = np.random.default_rng(3)
        at = random.integers(0, len(frame), 27_000)
        self.sites = pd.DataFrame(
            {
                "name": [f"村{n}" for n in range(len(at))],
                "status": "运营",
                "opened_on": pd.Timestamp("2020-01-01"),
                "x": x[at] + random.uniform(0, 0.1, len(at)),
                "y": y[at] + random.uniform(0, 0.1, len(at)),
                "township_code": code[at],
            },
            index=[f"v{n}" for n in range(len(at))],
        )

    def find_units(self, level: str) -> LayerTable | None:
        return LayerTable(level, self.townships, level=level) if level == "township" else None

    def find_index(self, level: str) -> None:  # noqa: ARG002 - as `Source` has it
        return None

    def find_layer(self, key: str) -> LayerTable | None:
        return LayerTable(key, self.sites, "公墓", key) if key == "cemetery" else None

    def schema_of(self, key: str) -> Any:
        return read_schema(key)


def nation_page(_: argparse.Namespace) -> str:
    """40,000 townships with 27,000 points among them."""
    source, options = _Nation(), Options(as_of=date(2023, 12, 31))
    target = Target(Decimal(35), None, None, ("示例",))
    one = Indicator(
        base="town", variant=None, system="funeral", system_title="", name="覆盖率", origin="",
        measure="presence", units="township", layer="cemetery", targets=(target,),
    )  # fmt: skip
    measured = assess.measure([one], source, options, with_nearest=True)
    links = assess.measure([one], source, replace(options, as_if=tuple(source.sites.index))).serving
    catalog = Catalog(Path(), "示例", options.as_of, "", "", "", {})
    units = {"township": source.find_units("township")}
    layers = {"cemetery": source.find_layer("cemetery")}
    scenarios = Scenarios(options, links)
    return _html(draw(measured, catalog=catalog, units=units, layers=layers, scenarios=scenarios))


def folium_page(given: argparse.Namespace) -> str:
    """Folium's own way: GeoJson of the townships and a FastMarkerCluster of a million points."""
    workspace = Workspace.open(ROOT)
    townships = workspace.units("township")
    signs = make_signs(workspace.units("village"), 1_000_000)
    page = folium.Map(location=(31, 112), zoom_start=7, tiles=None)
    folium.GeoJson(gpd.GeoDataFrame(townships[["name"]], geometry=townships.geometry)).add_to(page)
    FastMarkerCluster(signs[["y", "x"]].to_numpy().round(6).tolist()).add_to(page)
    html = page.get_root().render()
    cluster = given.markercluster.read_text("utf-8") if given.markercluster else ""
    files = f"<script>{_leaflet_js()}{cluster}</script><style>{_leaflet_css()}</style>"
    html = re.sub(r"<(?:script|link)[^>]*(?:src|href)=\"https[^>]*>(?:</script>)?", "", html)
    return html.replace("<head>", f"<head>{files}", 1)


CASES: dict[str, Callable[[argparse.Namespace], str]] = {
    "sample": sample_page,
    "million": million_page,
    "details": detailed_page,
    "nation": nation_page,
    "folium": folium_page,
}


def _html(page: folium.Map) -> str:
    return str(page.get_root().render())


@contextmanager
def open_page(program: str, file: Path, *, slow: int = 1) -> Iterator[tuple[Page, float]]:
    """The page in a browser with a profile of its own, and the milliseconds until it is usable."""
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=program, args=FLAGS, viewport={"width": 1440, "height": 860}
        )
        page = context.pages[0]
        page.set_default_timeout(300_000)
        if slow > 1:
            session = context.new_cdp_session(page)
            session.send("Emulation.setCPUThrottlingRate", {"rate": slow})
        page.goto(file.as_uri(), timeout=300_000)
        usable = page.evaluate(
            "async () => { if (window.hbgeo) await hbgeo.ready;"
            " await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));"
            " return performance.now(); }"
        )
        yield page, float(usable)
        context.close()


def switch_on(page: Page) -> float:
    """Milliseconds from ticking the signs until they are drawn."""
    return float(
        page.evaluate(
            "async () => { const from = performance.now();"
            " document.querySelector('[data-layer=\"sign\"]').click();"
            " while (!hbgeo.drawn('sign')) await new Promise((done) => setTimeout(done, 5));"
            " await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));"
            " return performance.now() - from; }"
        )
    )


def pan(page: Page) -> float:
    """The 95th percentile of the frames, in milliseconds, while the map is dragged about."""
    box = page.locator("#map_hbgeo").bounding_box() or {}
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate(f"void (window.frames_ = ({FRAMES})())")
    for turn in range(4):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + (-1) ** turn * 180, y + 40, steps=30)
        page.mouse.up()
    times = page.evaluate("() => { window.panning = false; return window.frames_; }")
    return float(np.percentile(times, 95))


def measure(name: str, file: Path, given: argparse.Namespace) -> dict[str, float]:
    """The medians of one case."""
    rounds: list[dict[str, float]] = []
    for _ in range(given.rounds):
        with open_page(given.browser, file) as (page, usable):
            found = {"usable ms": usable}
            if name in {"million", "details"}:
                found |= {"switch on ms": switch_on(page), "pan p95 ms": pan(page)}
            elif name != "folium":
                found |= {"pan p95 ms": pan(page)}
        rounds.append(found)
        if name in {"sample", "million"}:
            with open_page(given.browser, file, slow=4) as (_, usable):
                found |= {"usable 4x slower ms": usable}
    medians = {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
    return {"MB": file.stat().st_size / 1e6, **medians}


def main() -> None:
    """Make each page, open it, and print a line of figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "cases", nargs="*", default=list(CASES), metavar="case", help=", ".join(CASES)
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--browser", default="/usr/bin/chromium")
    parser.add_argument("--markercluster", type=Path, help="the plugin's script, for folium")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in given.cases:
            file = Path(folder) / f"{name}.html"
            file.write_text(CASES[name](given), encoding="utf-8")
            figures = measure(name, file, given)
            shown = "  ".join(
                f"{key} {value:,.{2 if key == 'MB' else 0}f}" for key, value in figures.items()
            )
            sys.stdout.write(f"{name:8}  {shown}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
