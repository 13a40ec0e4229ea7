"""A made-up province of three counties, and the page of it open in a browser without network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hbgeo.measure.assess import measure
from hbgeo.measure.counting import working
from hbgeo.measure.options import Options
from hbgeo.read.catalog import Catalog, Layer
from hbgeo.read.indicator import Clause, Indicator, Target
from hbgeo.read.schema.records import read_schema
from hbgeo.read.table import LayerTable
from hbgeo.show.page.draw import draw
from hbgeo.show.page.scenario import Scenarios

AS_OF = date(2023, 12, 31)
HOSTILE = ("<img src=x onerror=alert(1)>", "{{7*7}}", "{# x", "</script><b>粗</b>", "\u202e倒")
COUNTIES = {
    "420101": ("江东区", "420100", "大江市"),
    "420528": ("长阳土家族自治县", "420500", "宜山市"),
    "421023": ("监山县", "421000", "荆水市"),
}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def make_townships() -> gpd.GeoDataFrame:
    """Nine townships of a tenth of a degree in each county; every third is a 街道."""
    rows = []
    for east, (county, (county_name, prefecture, prefecture_name)) in enumerate(COUNTIES.items()):
        for n in range(9):
            x, y = 110 + 0.3 * east + 0.1 * (n % 3), 30 + 0.1 * (n // 3)
            rows.append(
                {
                    "code": f"{county}{100 + n}",
                    "name": f"第{'一二三四五六七八九'[n]}镇" if n % 3 else f"城{n}街道",
                    "kind": "镇" if n % 3 else "街道",
                    "county_code": county,
                    "county": county_name,
                    "prefecture_code": prefecture,
                    "prefecture": prefecture_name,
                    "province_code": "420000",
                    "province": "示例省",
                    "population": 10_000 + 1000 * n,
                    "population_60": 2000 + 100 * n,
                    "geometry": shapely.box(x, y, x + 0.1, y + 0.1),
                }
            )
    frame = gpd.GeoDataFrame(rows, crs="EPSG:4490").set_index("code")
    for code, name in zip(frame.index[1:], HOSTILE, strict=False):
        frame.loc[code, "name"] = name
    middle = shapely.centroid(frame.geometry.to_numpy())
    frame["seat_x"], frame["seat_y"] = shapely.get_x(middle), shapely.get_y(middle)
    return frame


def make_parents(townships: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
    """Union the townships of each county or prefecture."""
    frame = townships.dissolve(f"{level}_code").drop(columns=["population", "population_60"])
    frame["name"], frame["kind"], frame[f"{level}_code"] = frame[level], "", frame.index
    if level == "prefecture":
        frame["county_code"], frame["county"] = "", ""
    return frame.rename_axis("code")


def make_villages(townships: gpd.GeoDataFrame) -> pd.DataFrame:
    """Two villages a township."""
    rows = [
        {
            "code": f"{code}{n:03d}",
            "name": f"{'东西'[n]}村",
            "kind": "村",
            "township_code": code,
            "township": town["name"],
            **{c: town[c] for c in townships.columns if c.endswith(("_code", "county"))},
            "prefecture": town["prefecture"],
            "province": town["province"],
            "seat_x": town["seat_x"],
            "seat_y": town["seat_y"],
        }
        for code, town in townships.iterrows()
        for n in range(2)
    ]
    return pd.DataFrame(rows).set_index("code")


def make_cemeteries(townships: gpd.GeoDataFrame) -> pd.DataFrame:
    """One in every second township, two without coordinates, of every state and many dates."""
    homes = townships.iloc[::2]
    middle = shapely.centroid(homes.geometry.to_numpy())
    count = len(homes)
    frame = pd.DataFrame(
        {
            "name": [f"{town}公墓" for town in homes["name"]],
            "kind": "公墓",
            "status": np.resize(["运营", "运营", "在建", "规划", "停用"], count),
            "opened_on": pd.to_datetime([f"{2012 + n}-05-01" for n in range(count)]),
            "closed_on": pd.NaT,
            "beds": np.arange(count) * 10.5,
            "x": shapely.get_x(middle),
            "y": shapely.get_y(middle),
            "county": homes["county"].to_numpy(),
            "township": homes["name"].to_numpy(),
            "county_code": homes["county_code"].to_numpy(),
            "township_code": homes.index,
            "village_code": homes.index + "000",
            "served": [(homes.index[0], f"{homes.index[0][:6]}103"), *[()] * (count - 1)],
            "note": "",
            "file": "公墓.xlsx",
            "sheet": "台账",
            "row": range(2, 2 + count),
        },
        index=[f"c{n}" for n in range(count)],
    )
    frame.loc["c1", "opened_on"] = pd.NaT
    frame.loc["c5", "closed_on"] = pd.Timestamp("2021-06-30")
    frame.loc[frame.index[-2:], ["x", "y"]] = np.nan
    return frame


class Source:
    """Where `assess` finds the example's units and its one layer."""

    def __init__(self, units: dict[str, LayerTable], cemeteries: LayerTable) -> None:
        self.units, self.cemeteries = units, cemeteries

    def find_units(self, level: str) -> LayerTable | None:
        return self.units.get(level)

    def find_index(self, level: str) -> None:  # noqa: ARG002 - as `Source` has it
        return None

    def find_layer(self, key: str) -> LayerTable | None:
        return self.cemeteries if key == "cemetery" else None

    def schema_of(self, key: str):
        return read_schema(key)


def make_indicator(base: str, units: str, pct: str | None, **more: object) -> Indicator:
    """An indicator of the funeral system with one target."""
    target = Target(None if pct is None else Decimal(pct), None, AS_OF, ("示例文件第一节",))
    given = {"measure": "presence", "layer": "cemetery", "targets": (target,) if pct else ()}
    return Indicator(
        base=base,
        variant=None,
        system="funeral",
        system_title="殡葬",
        name=f"{base} 覆盖率",
        units=units,
        origin="test",
        **(given | more),
    )


TOWNS = (Clause({"kind": ("镇",)}),)
INDICATORS = (
    make_indicator("town", "township", "35", among=TOWNS),
    make_indicator("county", "county", "55"),
    make_indicator("village", "village", "20"),
    make_indicator("beds", "county", None, measure="sum", column="beds"),
    make_indicator("new", "county", None, measure="count", year=("opened_on", (2016, 2017, 2018))),
    make_indicator("building", "county", "40", status=("在建",)),
    make_indicator("people", "township", "60", weight="population"),
    make_indicator("lacking", "village", "50", needs=("central-village",)),
)


def make_example(
    *, lone: bool = False, more: tuple[Indicator, ...] = (), as_of: date = AS_OF
) -> SimpleNamespace:
    """Everything that `draw` is given, with real results.

    `lone`: of one row only the county is known; `more` indicators stand behind the others.
    """
    townships = make_townships()
    units = {level: make_parents(townships, level) for level in ("prefecture", "county")}
    units |= {"township": townships, "village": make_villages(townships)}
    cemeteries = make_cemeteries(townships)
    indicators = INDICATORS + more
    if lone:
        cemeteries.loc["c13", ["township", "township_code", "village_code"]] = ""
        cemeteries.loc["c13", "status"] = "运营"
        cemeteries.loc["c13", "opened_on"] = pd.Timestamp("2015-05-01")
        indicators += (make_indicator("lone", "township", None, measure="sum", column="beds"),)
    options = Options(as_of=as_of)
    works = working(cemeteries, read_schema("cemetery"), options).mask
    invented = {"sample": True, "source": "示例"}
    table = LayerTable("cemetery", cemeteries, "公墓", "cemetery", **invented).assign(works=works)
    tables = {
        level: LayerTable(level, frame, level=level, approximate=True, **invented)
        for level, frame in units.items()
    }
    source = Source(tables, table)
    measured = measure(indicators, source, options, with_nearest=True)
    every = replace(options, as_if=tuple(cemeteries.index))
    links = measure(indicators, source, every).serving
    said = {"source": f"{HOSTILE[0]} 提供", "sample": True}
    layers = {
        "township": Layer("township", "units", ("x",), level="township", **said),
        "cemetery": Layer("cemetery", "facilities", ("x",), schema="cemetery", **said),
    }
    catalog = Catalog(Path(), f"示例 {HOSTILE[1]}", AS_OF, "MCA-2025", "", "", layers)
    given = {"catalog": catalog, "units": tables, "layers": {"cemetery": table}}
    given["scenarios"] = Scenarios(options, links)
    towns = townships[townships["kind"] == "镇"]
    by_id = {one.indicator.id: one for one in measured.assessments}
    return SimpleNamespace(
        measured=measured,
        assessments=measured.assessments,
        by_id=by_id,
        given=given,
        towns=towns,
        source=source,
        units=units,
        **units,
    )


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """How examples of other indicators are made."""
    return SimpleNamespace(example=make_example, indicator=make_indicator, towns=TOWNS)


@pytest.fixture(scope="session")
def example() -> SimpleNamespace:
    return make_example()


@pytest.fixture(scope="session")
def lone_example() -> SimpleNamespace:
    return make_example(lone=True)


@pytest.fixture(scope="session")
def html(example: SimpleNamespace) -> str:
    return draw(example.measured, **example.given).get_root().render()


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, html, tmp_path):
    """Open the page at an address and a size; at the end nothing was fetched and nothing failed."""
    file = tmp_path / "页 面.html"
    file.write_text(html, encoding="utf-8")
    troubles: list[str] = []
    contexts = []

    def open_it(
        address: str = "", *, width: int = 1440, height: int = 860, init: str = "", **more: object
    ):
        size = {"width": width, "height": height}
        context = chromium.new_context(viewport=size, offline=True, **more)
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(init)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: said.type == "error" and troubles.append(said.text))
        page.on("dialog", lambda dialog: troubles.append(dialog.message))
        page.on("request", lambda request: _note_request(request.url, troubles))
        page.goto(file.as_uri() + address)
        page.evaluate("hbgeo.ready")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert troubles == []


def _note_request(url: str, troubles: list[str]) -> None:
    if not url.startswith(("file:", "data:", "blob:")):
        troubles.append(url)
