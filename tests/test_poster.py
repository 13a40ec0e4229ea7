"""The A3 map: its size, its words, its fonts, and that nothing is cut off."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from hbgeo.errors import OutputError, RequestError
from hbgeo.measure.assess import assess
from hbgeo.measure.options import Options
from hbgeo.read.catalog import Catalog
from hbgeo.read.indicator import Indicator, Target
from hbgeo.read.schema.records import read_schema
from hbgeo.read.table import LayerTable
from hbgeo.show.paper import poster, poster_map
from hbgeo.show.paper.poster import draw_poster, find_fonts, wrap
from hbgeo.show.words import figure_line

AS_OF = date(2023, 12, 31)
NAMES = ("𣲗源口镇", "盛𡐓镇", "$x^2$镇", "<b>镇", "长阳土家族自治镇", "长埫口镇")


def make_units() -> dict[str, pd.DataFrame]:
    """Six townships in two prefectures; the first has a hole, the rest of it lies apart."""
    boxes = [shapely.box(110 + 0.5 * (n % 3), 30 + 0.4 * (n // 3), 110.5 + 0.5 * (n % 3), 30.4 + 0.4 * (n // 3)) for n in range(6)]  # fmt: skip
    boxes[0] = boxes[0].difference(shapely.box(110.1, 30.1, 110.2, 30.2))
    boxes[5] = shapely.union_all([boxes[5], shapely.box(112.4, 30.4, 112.6, 30.6)])
    rows = pd.DataFrame(
        {
            "name": NAMES,
            "kind": ["镇"] * 5 + ["街道"],
            "county_code": ["420101"] * 3 + ["420528"] * 3,
            "county": ["江东区"] * 3 + ["长阳土家族自治县"] * 3,
            "prefecture_code": ["420100"] * 3 + ["420500"] * 3,
            "prefecture": ["大江市"] * 3 + ["宜山市"] * 3,
            "province_code": "420000",
            "province": "示例省",
        },
        index=pd.Index([f"42010110{n}" for n in range(6)], name="code"),
    )
    townships = gpd.GeoDataFrame(rows, geometry=boxes, crs="EPSG:4490")
    counties = townships.dissolve("county_code")
    counties["name"], counties["county_code"] = counties["county"], counties.index
    prefectures = townships.dissolve("prefecture_code")
    prefectures["name"] = prefectures["prefecture"]
    frames = {"prefecture": prefectures, "county": counties, "township": townships}
    return {
        level: LayerTable(level, frame, level=level, approximate=True, source="示例边界")
        for level, frame in frames.items()
    }


class Source:
    def __init__(self, units: dict[str, LayerTable]) -> None:
        self.units = units
        sites = pd.DataFrame(
            {
                "name": ["甲", "乙"],
                "status": "运营",
                "opened_on": pd.Timestamp("2020-01-01"),
                "x": np.nan,
                "y": np.nan,
                "township_code": units["township"].frame.index[[1, 4]],
                "beds": [12, 30],
            },
            index=["a", "b"],
        )
        source = "示例台账 $5"
        self.sites = LayerTable("cemetery", sites, "公墓", "cemetery", source=source, sample=True)

    def find_units(self, level: str) -> LayerTable | None:
        return self.units.get(level)

    def find_index(self, level: str) -> None:  # noqa: ARG002 - as `Source` has it
        return None

    def find_layer(self, key: str) -> LayerTable | None:
        return self.sites if key == "cemetery" else None

    def schema_of(self, key: str):
        return read_schema(key)


def make_assessment(units, *, source=None, **more):
    given = {"measure": "presence", "units": "township", "layer": "cemetery"} | more
    target = Target(Decimal(35), None, AS_OF, ("示例文件",))
    one = Indicator(
        base="town",
        variant=None,
        system="funeral",
        system_title="殡葬",
        name="乡镇公墓覆盖率",
        origin="test",
        targets=(target,) if given["measure"] == "presence" else (),
        **given,
    )
    return assess([one], source or Source(units), Options(as_of=AS_OF))[0]


CATALOG = Catalog(Path(), "示例 $省$", AS_OF, "MCA-2025", "", "", {})


@pytest.fixture(scope="module")
def units():
    return make_units()


@pytest.fixture(scope="module")
def figure(units):
    """The sheet before it is written."""
    kept = []
    save = poster.save
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            poster, "save", lambda sheet, suffix: kept.append(sheet) or save(sheet, suffix)
        )
        made = draw_poster(make_assessment(units), units, CATALOG, suffix=".png", maker="示例处")
    return kept[0], made


def words_of(sheet) -> str:
    return "\n".join(text.get_text() for text in sheet.findobj(Text))


def test_png_is_a3_at_300_dpi(figure):
    width, height = struct.unpack(">II", figure[1].content[16:24])
    assert (width, height) == (4960, 3507)  # 420 and 297 mm


def test_sheet_says_what_where_when_who_and_on_what_ground(figure):
    words = words_of(figure[0])
    for part in (
        "乡镇公墓覆盖率",
        "33.33% · 2 / 6 · 目标 35%（2023 年 12 月 31 日前） · 差 1 个",
        "示例数据，非真实统计 · 边界为近似示意",
        "已覆盖",
        "未覆盖",
        "大江市",
        "北",
        "公里",
        "CGCS2000",
        "阿尔伯斯",
        "制图：示例处",
        "截至 2023 年 12 月 31 日",
        "示例示意，非正式地图",
        "数据来源：",
        "目标依据：示例文件",
        "示例 $省$",
    ):
        assert part in words, part


def test_a_target_that_is_met_is_said_to_be_met(units):
    everywhere = Source(units)
    served = pd.Series([("420101",), ("420528",)], index=["a", "b"], dtype=object)
    everywhere.sites = everywhere.sites.assign(served=served)
    one = make_assessment(units, source=everywhere)
    said = figure_line(one)
    assert said.startswith("100.00% · 6 / 6 · 目标 35%")
    assert said.endswith("达标")
    assert "差" not in said
    missed = figure_line(make_assessment(units))
    assert "达标" not in missed
    assert "差 1 个" in missed


def test_nothing_is_cut_off(figure):
    sheet = figure[0]
    renderer = FigureCanvasAgg(sheet).get_renderer()
    page = sheet.bbox
    for text in sheet.findobj(Text):
        if text.get_text().strip() and text.get_visible():
            box = text.get_window_extent(renderer)
            assert box.x0 >= page.x0, text
            assert box.y0 >= page.y0, text
            assert box.x1 <= page.x1, text
            assert box.y1 <= page.y1, text


def test_words_beside_the_map_do_not_run_into_each_other(figure):
    sheet = figure[0]
    renderer = FigureCanvasAgg(sheet).get_renderer()
    texts = [t for t in sheet.axes[0].texts if t.get_text().strip()]
    boxes = [t.get_window_extent(renderer) for t in texts]
    for at, box in enumerate(boxes):
        for other, text in zip(boxes[at + 1 :], texts[at + 1 :], strict=True):
            assert not box.overlaps(other), (texts[at].get_text(), text.get_text())


def test_same_input_gives_the_same_bytes(units):
    one = make_assessment(units)
    first, again = (draw_poster(one, units, CATALOG, suffix=".pdf") for _ in range(2))
    assert first.content.startswith(b"%PDF")
    assert first == again


def test_holes_stay_empty_and_parts_are_drawn(figure, units):
    sheet = figure[0]
    canvas = FigureCanvasAgg(sheet)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())
    flat = poster_map._flatten({level: table.frame for level, table in units.items()})["township"]
    points = gpd.GeoSeries.from_xy([110.42, 110.15, 112.55], [30.35, 30.15, 30.55], crs=4490)
    for point, filled in zip(points.to_crs(flat.crs), (True, False, True), strict=True):
        column, row = sheet.axes[1].transData.transform((point.x, point.y))
        around = pixels[-int(row) - 3 : -int(row) + 3, int(column) - 3 : int(column) + 3, :3]
        assert bool((around < 250).any()) == filled


def test_a_character_that_no_font_has_is_said(units):
    changed = dict(units)
    changed["prefecture"] = units["prefecture"].assign(name="\ue123州")
    [note] = draw_poster(make_assessment(changed), changed, CATALOG, suffix=".png").notes
    assert "字体缺 \ue123，" in note


def test_no_chinese_font_is_an_error_with_the_way_out(monkeypatch):
    monkeypatch.setattr(poster, "FONTS", ("No Such Font",))
    with pytest.raises(OutputError, match="没有中文字体"):
        find_fonts()


@pytest.mark.parametrize("suffix", [".svg", "", ".PDFX"])
def test_other_formats_are_refused(units, suffix):
    with pytest.raises(OutputError, match="扩展名"):
        draw_poster(make_assessment(units), units, CATALOG, suffix=suffix)


def test_what_cannot_be_computed_is_not_drawn(units):
    one = make_assessment(units, layer="sign")
    with pytest.raises(RequestError, match="无法计算"):
        draw_poster(one, units, CATALOG, suffix=".png")


def test_without_polygons_there_is_nothing_to_draw(units):
    plain = pd.DataFrame(units["township"].frame.drop(columns="geometry"))
    bare = {"township": replace(units["township"], frame=plain)}
    with pytest.raises(RequestError, match="边界"):
        draw_poster(make_assessment(bare), bare, CATALOG, suffix=".png")


def test_amounts_have_their_own_line(units):
    beds = make_assessment(units, measure="sum", column="beds")
    assert figure_line(beds) == "42 · 无目标"


def test_lines_are_broken_by_width_and_never_begin_with_a_closing_mark():
    assert wrap("一二三四,五", 4) == ["一二三四,", "五"]
    assert "".join(wrap("混 mixed 文字。" * 9, 7)) == "混 mixed 文字。" * 9
    assert wrap("", 5) == [""]
