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

from hbgeo.measure.coverage import by_presence
from hbgeo.measure.targets import Assessment
from hbgeo.read.catalog import Catalog, Indicator, Layer, Target
from hbgeo.show.page import draw

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
    frame.attrs.update(sample=True, approximate=True)
    return frame


def make_counties(townships: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Union the townships of each county."""
    frame = townships.dissolve("county_code").drop(columns=["population", "population_60"])
    frame["name"], frame["kind"] = frame["county"], "县"
    frame["county_code"] = frame.index
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
            "x": np.nan,
            "y": np.nan,
        }
        for code, town in townships.iterrows()
        for n in range(2)
    ]
    return pd.DataFrame(rows).set_index("code")


def make_cemeteries(townships: gpd.GeoDataFrame) -> pd.DataFrame:
    """One in every second township, two without coordinates, one with a hostile name."""
    homes = townships.iloc[::2]
    middle = shapely.centroid(homes.geometry.to_numpy())
    frame = pd.DataFrame(
        {
            "name": [f"{town}公墓" for town in homes["name"]],
            "kind": "公墓",
            "status": np.resize(["运营", "运营", "在建", "规划", "停用"], len(homes)),
            "opened_on": pd.Timestamp("2019-05-01"),
            "x": shapely.get_x(middle),
            "y": shapely.get_y(middle),
            "county": homes["county"].to_numpy(),
            "township": homes["name"].to_numpy(),
            "unit_code": homes.index,
            "file": "公墓.xlsx",
            "sheet": "台账",
            "row": range(2, 2 + len(homes)),
        },
        index=[f"c{n}" for n in range(len(homes))],
    )
    frame["works"] = frame["status"] == "运营"
    frame.loc[frame.index[-2:], ["x", "y"]] = np.nan
    frame.attrs.update(title="公墓", sample=True, states=("运营",), schema="cemetery")
    return frame


def make_indicator(base: str, units: str, pct: str | None, **more: object) -> Indicator:
    """An indicator of the funeral system with one target."""
    target = Target(None if pct is None else Decimal(pct), None, AS_OF, "示例文件第一节")
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


def make_example() -> SimpleNamespace:
    """Everything that `draw` is given, with real results."""
    townships = make_townships()
    units = {"county": make_counties(townships), "township": townships}
    units["village"] = make_villages(townships)
    cemeteries = make_cemeteries(townships)
    working = cemeteries[cemeteries["works"]]
    towns = townships[townships["kind"] == "镇"]
    by_village = working.assign(unit_code=working["unit_code"] + "000", x=np.nan, y=np.nan)
    measured = {
        "town": (make_indicator("town", "township", "35"), by_presence(towns, working)),
        "county": (make_indicator("county", "county", "55"), by_presence(units["county"], working)),
        "village": (
            make_indicator("village", "village", "50"),
            by_presence(units["village"], by_village),
        ),
    }
    counted = by_presence(units["county"], working)
    amounts = counted.units.assign(value=[0.0, 12.0, 30.0], demand=np.nan, covered=np.nan)
    measured["beds"] = (
        make_indicator("beds", "county", None, measure="sum", column="beds"),
        replace(counted, units=amounts, method="sum"),
    )
    assessments = [Assessment(i, AS_OF, replace(c, indicator=i.id)) for i, c in measured.values()]
    nearest = pd.DataFrame(
        {"nearest_id": "c0", "nearest_name": "公墓", "nearest_km": 12.5, "nearest_status": "运营"},
        index=towns.index,
    )
    assessments[0] = replace(assessments[0], nearest=nearest)
    lacking = make_indicator("lacking", "village", "50")
    assessments.append(Assessment(lacking, AS_OF, None, missing=("中心村名单",)))
    keys = ("township", "cemetery")
    layers = {k: Layer(k, "units", ("x",), f"{HOSTILE[0]} 提供", sample=True) for k in keys}
    catalog = Catalog(Path(), f"示例 {HOSTILE[1]}", AS_OF, "MCA-2025", "", "", layers)
    given = {"catalog": catalog, "units": units, "layers": {"cemetery": cemeteries}}
    return SimpleNamespace(assessments=assessments, given=given, towns=towns, **units)


@pytest.fixture(scope="session")
def example() -> SimpleNamespace:
    return make_example()


@pytest.fixture(scope="session")
def html(example: SimpleNamespace) -> str:
    return draw(example.assessments, **example.given).get_root().render()


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

    def open_it(address: str = "", *, width: int = 1440, height: int = 860, **more: object):
        size = {"width": width, "height": height}
        context = chromium.new_context(viewport=size, offline=True, **more)
        contexts.append(context)
        page = context.new_page()
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
