"""The page as Python makes it: bytes, refusals, polygons, points, classes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import folium
import numpy as np
import pandas as pd
import pytest
import shapely
from folium.plugins import MarkerCluster
from pyproj import Geod

from hbgeo.errors import OutputError
from hbgeo.show.page import polygons as units
from hbgeo.show.page.classes import classify, classify_parents, rate_edges
from hbgeo.show.page.draw import draw
from hbgeo.show.page.layer import make_layer
from hbgeo.show.page.pack import PartWriter, pack, unpack
from hbgeo.show.page.points import BITS, ROW_BITS, encode_points, symbol_of
from hbgeo.show.page.polygons import encode_units
from hbgeo.store.folder import StoreFolder


def unpack_part(html: str, name: str) -> object:
    """The JSON of one part of the page."""
    raw = unpack(re.search(f'id="data-{name}">([^<]*)<', html).group(1))
    size = int.from_bytes(raw[:4], "little")
    return json.loads(raw[4 : 4 + size])


def decode_points(points):
    """Undo the planes, as the page does."""
    n, strips, shift = points.meta["n"], 1 << ROW_BITS, BITS - ROW_BITS
    counts = np.frombuffer(points.planes, "<u4", strips)
    planes = np.frombuffer(points.planes, np.uint8, offset=4 * strips).reshape(5, n).astype(int)
    change = planes[0] | planes[1] << 8 | planes[2] << 16
    starts = np.r_[0, np.cumsum(counts)[:-1]]
    total = np.cumsum(change)
    before = np.r_[0, total][starts]
    column = total - np.repeat(before, counts)
    row = np.repeat(np.arange(strips), counts) << shift | planes[3]
    step = points.meta["step"]
    return column * step + points.meta["x0"], row * step + points.meta["y0"], planes[4]


def from_mercator(x, y):
    return x * 360 - 180, np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y))))


def test_same_input_gives_same_bytes(example, html):
    assert draw(example.measured, **example.given).get_root().render() == html


def test_rendering_twice_gives_the_same_page(example):
    figure = draw(example.measured, **example.given).get_root()
    assert figure.render() == figure.render()


def test_save_writes_the_whole_page(example, html, tmp_path):
    draw(example.measured, **example.given).save(str(tmp_path / "page.html"))
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == html


def test_page_is_small_and_names_no_outside_address(html):
    assert len(html.encode()) < 450_000
    assert not re.search(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=", html)


def test_browsers_with_two_engines_are_asked_for_the_newer_one(html):
    for meta in (
        'name="renderer" content="webkit"',
        'name="force-rendering" content="webkit"',
        'content="IE=edge"',
    ):
        assert meta in html


def test_the_guard_stands_before_every_other_script(html):
    assert html.index("DecompressionStream") < html.index("L.map(")
    assert html.index("<script>") < html.index("DecompressionStream") < html.index("</script>")


def test_hostile_names_are_neither_markup_nor_template(html):
    assert "<img src=x" not in html
    assert "<title>示例 {{7*7}}</title>" in html


def test_an_unknown_asset_is_refused_by_its_name(example):
    page = draw(example.measured, **example.given)
    MarkerCluster().add_to(page)
    with pytest.raises(OutputError, match="markerclusterjs"):
        page.get_root().render()


def test_a_layer_with_an_outside_image_is_refused(example):
    page = draw(example.measured, **example.given)
    page.get_root().html.add_child(folium.Element('<img src="https://example.org/x.png">'))
    with pytest.raises(OutputError, match=r"example\.org"):
        page.get_root().render()


def test_a_stock_folium_layer_goes_on_the_page(example):
    page = draw(example.measured, **example.given)
    folium.CircleMarker([30.1, 110.1], radius=4).add_to(page)
    assert "L.circleMarker" in page.get_root().render()


def test_neighbours_share_their_arcs_and_polygons_stay_valid(example):
    payload = encode_units({"county": example.county, "township": example.township})
    topology = payload["topology"]
    arcs = [
        np.cumsum(arc, axis=0) * topology["scale"] + topology["translate"]
        for arc in topology["arcs"]
    ]
    shapes = [
        shapely.Polygon(
            np.concatenate([arcs[a] if a >= 0 else arcs[~a][::-1] for a in rings[0][0]])
        )
        for rings in topology["objects"]["township"]
    ]
    assert all(shape.is_valid for shape in shapes)
    assert shapely.coverage_is_valid(shapes)
    assert shapely.unary_union(shapes).area == pytest.approx(27 * 0.01, rel=1e-3)
    used = [arc for rings in topology["objects"]["township"] for arc in rings[0][0]]
    owners = pd.Series([arc if arc >= 0 else ~arc for arc in used]).value_counts()
    assert owners.max() == 2


def test_polygons_are_encoded_once_and_again_for_others(example, tmp_path, monkeypatch):
    store = StoreFolder(tmp_path, "shapes")
    levels = {"county": example.county, "township": example.township}
    first = encode_units(levels, store=store)
    with monkeypatch.context() as patch:
        patch.setattr(units, "_encode", lambda _: pytest.fail("made again"))
        assert encode_units(levels, store=store) == json.loads(json.dumps(first))
    moved = example.township.copy()
    moved["geometry"] = moved.geometry.translate(0.001)
    renamed = example.township.assign(county_code="")
    for other in (
        {**levels, "township": moved},
        {**levels, "township": renamed},
        {"township": moved},
    ):
        assert encode_units(other, store=store) == encode_units(other)
    assert len(list(tmp_path.iterdir())) == 4


def test_a_damaged_entry_is_made_again(example, tmp_path):
    store = StoreFolder(tmp_path, "shapes")
    first = encode_units({"county": example.county}, store=store)
    [entry] = tmp_path.iterdir()
    entry.write_bytes(entry.read_bytes()[:20])
    assert encode_units({"county": example.county}, store=store) == first


def test_label_points_lie_inside(example):
    labels = encode_units({"township": example.township})["labels"]["township"]
    points = shapely.points(labels)
    assert shapely.contains(example.township.geometry.to_numpy(), points).all()


def test_points_come_back_within_a_metre():
    random = np.random.default_rng(5)
    layer = pd.DataFrame(
        {"x": random.uniform(108.3, 116.1, 3000), "y": random.uniform(29, 33.3, 3000)}
    )
    layer.loc[[7, 40], ["x", "y"]] = np.nan
    points = encode_points(layer)
    x, y = from_mercator(*decode_points(points)[:2])
    asked = layer.iloc[points.order[: points.meta["n"]]]
    metres = Geod(ellps="GRS80").inv(x, y, asked["x"].to_numpy(), asked["y"].to_numpy())[2]
    assert points.meta["n"] == 2998
    assert metres.max() < 1
    assert sorted(points.order) == list(range(3000))


@pytest.mark.parametrize("n", [0, 1])
def test_few_points_are_no_special_case(n):
    layer = pd.DataFrame({"x": [112.0] * n, "y": [30.0] * n, "status": ["运营"] * n})
    assert encode_points(layer).meta["n"] == n


def test_symbols_follow_the_states_that_count():
    states = ["完好", "在建", "规划", "停用", "破损", ""]
    assert [symbol_of(state, ("完好",)) for state in states] == [0, 1, 2, 3, 3, 0]


@pytest.mark.parametrize("target", ["1", "33.3", "35", "50", "55", "85", "99", "100"])
def test_a_class_begins_exactly_at_the_target(target):
    shares = np.arange(101.0)
    edges = rate_edges(Decimal(target), shares, np.full(101, 100.0))
    assert Decimal(target) in edges
    assert edges[0] == 0
    assert edges == sorted(set(edges))
    assert 2 <= len(edges) <= 6


def test_units_at_the_target_are_in_the_first_class_that_meets_it(example):
    shown = classify(example.assessments[2], example.units)
    assert shown.mode == "rate"
    for at, (covered, total) in enumerate(
        zip(shown.table["covered"], shown.table["total"], strict=True)
    ):
        meets = Fraction(covered) * 100 >= 50 * Fraction(total)
        assert (shown.of[at] >= shown.met_from) == meets


def test_classes_are_those_of_the_coverage_frame(example):
    shown = classify(example.assessments[0], example.units)
    by_code = pd.Series(shown.of, index=example.township.index)
    frame = example.assessments[0].coverage.units
    assert (by_code[frame.index] == np.where(frame["covered"] > 0, 0, 1)).all()
    assert set(by_code.drop(frame.index)) == {-1}


def class_by_hand(demand, covered, edges):
    """Of units one by one: −2 where all weights are missing, −1 where nothing is to be covered."""
    known = [(d, c) for d, c in zip(demand, covered, strict=True) if not np.isnan(d)]
    total = sum(Fraction(d) for d, _ in known)
    if len(demand) and not known:
        return -2
    if not total:
        return -1
    share = sum(Fraction(d) * Fraction(c) for d, c in known) * 100 / total
    return sum(share >= Fraction(edge) for edge in edges[1:])


@pytest.mark.parametrize("seed", range(8))
def test_polygons_of_every_level_add_up_their_units(example, seed):
    """By brute force: whole and halved shares, weights of nought and missing ones."""
    random = np.random.default_rng(seed)
    one, units = example.assessments[0], example.units
    frame = one.coverage.units.copy()
    frame["demand"] = random.choice([0.0, 1, 2, 3, np.nan], len(frame))
    frame["covered"] = random.choice([0.0, 0.25, 0.5, 1], len(frame))
    if seed % 2:
        frame.loc[frame["county_code"] == frame["county_code"].iloc[0], "demand"] = np.nan
    one = replace(one, coverage=replace(one.coverage, units=frame))
    own = classify(one, units)
    parents = classify_parents(one, own, units)
    assert [own.level, *(shown.level for shown in parents)] == ["township", "county", "prefecture"]
    for shown in (own, *parents):
        codes = units["township"].assign(township_code=units["township"].index)
        owner = codes[f"{shown.level}_code"].reindex(frame.index)
        for code, of in zip(shown.table.index, shown.of, strict=True):
            mine = frame[owner == code]
            assert of == class_by_hand(mine["demand"], mine["covered"], shown.edges)


def test_every_reading_of_a_character_is_known(html):
    pinyin = unpack_part(html, "tables")["pinyin"]
    assert {"chang", "zhang"} <= set(pinyin["长"].split())
    assert pinyin["县"].split()[0] == "xian"


@pytest.fixture
def few(monkeypatch):
    """Let a layer of more than five rows be a very large one."""
    monkeypatch.setattr("hbgeo.show.page.layer.DETAIL_LIMIT", 5)


@pytest.mark.usefixtures("few")
def test_a_very_large_layer_carries_only_the_rows_that_do_not_count(example):
    page = draw(example.measured, **example.given).get_root().render()
    facts = unpack_part(page, "facts-cemetery")
    layer = example.given["layers"]["cemetery"].frame
    assert facts["count"] == int((~layer["works"]).sum())
    assert unpack_part(page, "pairs") == {}
    head = json.loads(unpack(re.search('id="data-head">([^<]*)<', page).group(1)))
    assert [one["rule"] for one in head["indicators"]] == [None] * len(head["indicators"])


@pytest.mark.usefixtures("few")
def test_details_keep_every_row_of_any_layer(example, html):
    page = draw(example.measured, **example.given, details=True).get_root().render()
    assert page == html


def test_columns_come_back_as_they_were_stored():
    part = PartWriter()
    columns = {
        "numbered": [f"GM{n:04d}" for n in range(90, 120)],
        "rows": [str(n) for n in range(98, 128)],
        "days": ["2020-02-29", "", "1999-12-31"] * 10,
        "few": ["甲", "乙", ""] * 10,
        "all": [f"名{n * n}号" for n in range(30)],
        "one": ["示例"] * 30,
    }
    stored = {name: part.column(texts) for name, texts in columns.items()}
    kinds = {name: set(one) for name, one in stored.items()}
    assert kinds == {
        "numbered": {"prefix", "digits", "steps"},
        "rows": {"prefix", "digits", "steps"},
        "days": {"first", "days"},
        "few": {"texts", "at"},
        "all": {"texts"},
        "one": {"one"},
    }
    assert part.whole([1, 2, 3]) == part.whole([1, 2, 3])
    assert part.whole([513]) != part.whole([1, 2])


def test_packed_bytes_come_back_and_are_safe_in_html():
    random = np.random.default_rng(1)
    for size in (0, 1, 2, 3, 4, 5, 1000):
        raw = random.bytes(size)
        text = pack(raw)
        assert unpack(text) == raw
        assert not set(text) & set('<&"{')


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["GM01", "GM2", "GM10"], "texts"),  # padded, but not alike
        (["GM01", "GMX2", "GM30"], "texts"),
        (["GM08", "HM09", "GM10"], "texts"),
        (["GM", "GM2", "GM3"], "texts"),
        (["号1", "号2", "号３"], "texts"),  # the page writes 0-9 only
        (["1" * 16, "2", "3"], "texts"),  # no JavaScript number is exact so far
        (["2023-02-30", "2023-02-28", "2023-02-01"], "texts"),  # no such day
        (["0", "7", "10"], "prefix"),
        (["00", "07", "10"], "prefix"),
        (["9" * 15, "8", "7"], "prefix"),
    ],
)
def test_only_texts_that_can_be_counted_are_stored_as_numbers(cells, kind):
    assert kind in PartWriter().column(cells)


def test_numbered_texts_say_their_number():
    part = PartWriter()
    stored = part.column(["GM08", "GM09", "GM07"])
    assert (stored["prefix"], stored["digits"]) == ("GM", 2)
    raw = unpack(part.pack({}))
    # differences 8, 1, -2 as 16, 2, 3
    assert list(raw[6:]) == [16, 2, 3]


@pytest.mark.parametrize("numbers", [[1, 2.5, None], [-2, 0], [], [1.25, 3], [2.0**60], ["甲", 1]])
def test_figures_are_stored_as_whole_numbers_only_where_that_is_exact(numbers):
    part = PartWriter()
    stored = part.figures(numbers)
    if not isinstance(stored, dict):
        assert numbers in ([1.25, 3], [2.0**60], ["甲", 1])
        assert stored == numbers
        return
    start, width, count = stored["plus3"]
    planes = np.frombuffer(unpack(part.pack({})), np.uint8, offset=6)
    bytes_of = planes[start : start + width * count].reshape(width, count)
    whole = sum(plane.astype(int) << 8 * at for at, plane in enumerate(bytes_of))
    back = [None if n == 0 else (n - 3) / stored["scale"] for n in whole]
    assert back == numbers


def test_points_in_a_strip_go_east_and_the_same_place_in_the_ledgers_order():
    """By brute force: strips of 2^8 rows from north to south, in each from west to east."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {"x": random.integers(0, 40, 500) / 8 + 110, "y": random.integers(0, 30, 500) / 8 + 29}
    )
    frame.loc[[3, 77], "x"] = np.nan
    points = encode_points(frame)
    assert points.order[-2:].tolist() == [3, 77]
    x, y, _ = decode_points(points)
    x, y = from_mercator(x, y)
    order = points.order[:-2]
    assert np.allclose(frame["x"][order], x, atol=1e-5)
    assert np.allclose(frame["y"][order], y, atol=1e-5)
    keys = list(zip(-frame["y"][order], frame["x"][order], order, strict=True))
    assert keys == sorted(keys)


@pytest.mark.usefixtures("few")
def test_a_very_large_layer_is_numbered_as_its_points_stand(example):
    layer = make_layer("cemetery", example.given["layers"]["cemetery"])
    numbered = layer.frame.index[layer.numbered]
    assert layer.positions(pd.Series(numbered)).tolist() == list(range(len(numbered)))
    assert layer.positions(pd.Series(["没有"])).tolist() == [-1]
