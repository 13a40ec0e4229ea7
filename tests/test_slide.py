"""The picture for a slide: its size, what it says, and what it refuses."""

from __future__ import annotations

import struct
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from test_poster import CATALOG, Source, make_assessment, make_units

from hbgeo.errors import OutputError, RequestError
from hbgeo.measure.assessment import Assessment
from hbgeo.read.table import LayerTable
from hbgeo.show import look
from hbgeo.show.paper import slide
from hbgeo.show.paper.slide import draw_slide

Units = dict[str, LayerTable]


@pytest.fixture(scope="module")
def units() -> Units:
    return make_units()


@pytest.fixture(scope="module")
def town(units: Units) -> Assessment:
    """Two of six townships are covered, of 35 %."""
    return make_assessment(units)


def drawn(a: Assessment, units: Units, shape: str = "16:9", **more: Any) -> Any:
    """The figure before it is written."""
    kept: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slide, "save", lambda figure, _suffix, dpi: kept.append((figure, dpi)) or b"")
        draw_slide(a, units, CATALOG, shape=shape, suffix=".png", **more)
    return kept[0][0]


def texts(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


@pytest.mark.parametrize(("shape", "size"), [("16:9", (1920, 1080)), ("4:3", (1440, 1080))])
def test_it_has_the_pixels_of_a_slide_and_the_same_bytes_again(
    units: Units, town: Assessment, shape: str, size: tuple[int, int]
) -> None:
    once, twice = (
        draw_slide(town, units, CATALOG, shape=shape, suffix=".png").content for _ in range(2)
    )
    assert once == twice
    assert struct.unpack(">II", once[16:24]) == size


def test_it_says_title_figure_verdict_counts_target_marks_and_ground(
    units: Units, town: Assessment
) -> None:
    said = texts(drawn(town, units, maker="示例处"))
    assert said[:1] == ["乡镇公墓覆盖率"]
    for line in ("33.33%", "差 1 个", "已覆盖 2 / 6", "目标 35%（2023 年底前）", "制图：示例处"):
        assert line in said
    assert "示例数据，非真实统计 · 边界为近似示意" in said
    assert "示例示意，非正式地图" in said
    assert any(line.startswith("截至 2023-12-31。") for line in said)
    at = said.index("已覆盖")
    assert said[at : at + 4] == ["已覆盖", "2", "未覆盖", "4"]


def test_letters_can_be_read_from_the_back(units: Units, town: Assessment) -> None:
    """A slide 190 mm high is read from eight times its height at 10 points and more."""
    figure = drawn(town, units)
    sizes = {t.get_text(): t.get_fontsize() for t in figure.findobj(Text) if t.get_text()}
    assert min(sizes.values()) >= 10
    assert sizes["33.33%"] >= 50
    assert sizes["差 1 个"] >= 30


@pytest.mark.parametrize("shape", ["16:9", "4:3"])
def test_nothing_leaves_the_slide_or_runs_into_the_map(
    units: Units, town: Assessment, shape: str
) -> None:
    long = replace(
        town.indicator, name="特殊困难老年人居家适老化改造和街道（乡镇）综合养老服务机构覆盖率"
    )
    figure = drawn(replace(town, indicator=long), units, shape)
    width, height = figure.get_size_inches() * figure.dpi
    renderer = FigureCanvasAgg(figure).get_renderer()
    for text in figure.axes[0].texts:
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0, text
        assert box.x1 <= width, text
        assert box.y0 >= 0, text
        assert box.y1 <= height, text
    map_box = figure.axes[1].get_window_extent()
    [number] = [t for t in figure.axes[0].texts if t.get_text() == "33.33%"]
    assert number.get_window_extent().x0 > map_box.x1


def test_a_target_that_is_met_is_said_calmly(units: Units, town: Assessment) -> None:
    met = replace(
        town,
        indicator=replace(
            town.indicator, targets=(replace(town.indicator.targets[0], pct=Decimal(30)),)
        ),
    )
    [verdict] = [t for t in drawn(met, units).findobj(Text) if t.get_text() == "达标"]
    assert verdict.get_color() == look.ACCENT


def test_an_amount_has_its_unit(units: Units) -> None:
    beds = make_assessment(units, source=Source(units), measure="sum", column="beds", unit="张")
    assert "42 张" in texts(drawn(beds, units))


def test_other_shapes_and_formats_are_refused(units: Units, town: Assessment) -> None:
    with pytest.raises(RequestError, match="--shape “1:1”不在可选值 16:9、4:3 中"):
        draw_slide(town, units, CATALOG, shape="1:1", suffix=".png")
    with pytest.raises(OutputError, match=r"扩展名应为 \.png"):
        draw_slide(town, units, CATALOG, shape="4:3", suffix=".pdf")
