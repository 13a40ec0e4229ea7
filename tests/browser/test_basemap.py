"""Base maps: which are taken, which are refused and why, and that the key is nowhere but in the page."""

from __future__ import annotations

import re

import pytest

from hbgeo.errors import RequestError
from hbgeo.show.page.basemap import read_basemap
from hbgeo.show.page.draw import draw

KEY = "0123456789abcdef0123456789abcdef"
TEMPLATE = "https://{s}.tiles.example/{z}/{x}/{y}.png"


def test_no_base_map_by_default(html):
    assert read_basemap("") is None
    assert "img-src data: blob:;" in html


@pytest.mark.parametrize("name", ["tianditu-vec", "tianditu-img", "天地图", "天地图影像"])
def test_tianditu_takes_the_key_from_the_environment(name):
    found = read_basemap(name, {"TIANDITU_KEY": KEY})
    assert all(f"tk={KEY}" in url and "{z}" in url for url in found.urls)
    assert len(found.urls) == 2  # the map, and its names above
    assert "https://t0.tianditu.gov.cn" in found.hosts
    assert any("密钥" in line for line in found.warnings)


@pytest.mark.parametrize("key", ["", "ab", "x" * 30 + "&tk=y", "</script>"])
def test_without_a_proper_key_tianditu_is_refused_and_the_key_not_said(key):
    with pytest.raises(RequestError, match="TIANDITU_KEY") as caught:
        read_basemap("天地图", {"TIANDITU_KEY": key})
    assert not key or key not in str(caught.value)


@pytest.mark.parametrize(
    ("template", "datum"),
    [
        ("https://webrd0{s}.is.autonavi.com/appmaptile?x={x}&y={y}&z={z}", "GCJ-02"),
        ("https://rt0.map.gtimg.com/tile?z={z}&x={x}&y={y}", "GCJ-02"),
        ("https://mt1.google.cn/vt?x={x}&y={y}&z={z}", "GCJ-02"),
        ("http://online1.map.bdimg.com/tile/?x={x}&y={y}&z={z}", "BD-09"),
    ],
)
def test_shifted_tiles_are_refused_by_their_datum(template, datum):
    with pytest.raises(RequestError, match=datum):
        read_basemap(template)


@pytest.mark.parametrize(
    "wrong",
    ["gaode", "ftp://x/{z}/{x}/{y}", "https://x.example/{z}/{x}", 'https://x.example/{z}/{x}/{y}"'],
)
def test_what_is_no_template_is_refused_with_what_is(wrong):
    with pytest.raises(RequestError, match=r"底图"):
        read_basemap(wrong)


def test_the_page_may_load_pictures_from_the_tiles_and_nothing_else(example):
    html = draw(example.measured, **example.given, basemap=read_basemap(TEMPLATE))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html.get_root().render())
    pictures = re.search(r"img-src ([^;]*);", policy.group(1)).group(1).split()
    letters = [f"https://{letter}.tiles.example" for letter in "abc"]
    assert pictures == ["data:", "blob:", *letters]
    assert "default-src 'none'" in policy.group(1)
    assert "tiles.example" not in policy.group(1).replace(" ".join(letters), "")


@pytest.mark.system
def test_tiles_are_asked_for_under_the_units(chromium, example, tmp_path):
    file = tmp_path / "page.html"
    draw(example.measured, **example.given, basemap=read_basemap(TEMPLATE)).save(str(file))
    context = chromium.new_context(offline=True)
    page = context.new_page()
    asked = []
    blocked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: "Content Security" in said.text and blocked.append(said.text))
    page.goto(file.as_uri())
    page.evaluate("hbgeo.ready")
    page.wait_for_timeout(400)
    outside = [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
    assert len(outside) > 3
    assert all(re.fullmatch(r"https://[abc]\.tiles\.example(/\d+){3}\.png", one) for one in outside)
    assert blocked == []
    assert page.inner_text("#credit") == "底图：tiles.example"
    context.close()
