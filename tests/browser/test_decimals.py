"""Decimals on the page: a share that is the target by its digits is in the class that begins there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from golden_cases import make_workspace

from hbgeo.products import draw_page

pytestmark = pytest.mark.system

# rural and urban standards of two counties of one prefecture: together 75 % of each other exactly
PAIRS = [
    (("478.2", "853"), ("458.4", "395.8")),  # 936.5999999999999 in binary
    (("868.9", "605.4"), ("171.2", "781.4")),
    (("318.5", "496.6"), ("683.8", "839.8")),
    (("0.1", "0.3"), ("0.2", "0.1")),
]


@pytest.mark.parametrize("pair", PAIRS)
def test_a_prefecture_at_the_target_is_in_its_class(
    chromium: Any, tmp_path: Path, pair: tuple[tuple[str, str], tuple[str, str]]
) -> None:
    rows = "\n".join(
        f"{name} | 2023 | {urban} | {rural}"
        for name, (rural, urban) in zip(("远安县", "宜都市"), pair, strict=True)
    )
    world = {
        "county": [{"code": "420525", "name": "远安县"}, {"code": "420581", "name": "宜都市"}],
        "assistance": f"\n县（市、区） | 年份 | 城市低保标准 | 农村低保标准\n{rows}\n",
    }
    workspace, file = make_workspace(world, tmp_path), tmp_path / "page.html"
    measured = workspace.measure(["assistance-ratio"])
    [one] = measured.assessments
    assert (one.met, one.shown) == (True, "75.00")
    draw_page(workspace, measured, workspace.options()).save(str(file))
    page = chromium.new_page()
    page.goto(file.as_uri())
    page.evaluate("hbgeo.ready")
    page.click('[data-level="prefecture"]')
    keys = [key.inner_text().split("\n") for key in page.query_selector_all("#keys .key")]
    assert [name for name, count in keys if count == "1"] == ["75% 以上"]
    assert page.evaluate("hbgeo.areas('assistance-ratio', 'prefecture')")["420500"][2] == "75.00%"
    page.close()
