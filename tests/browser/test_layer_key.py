"""The page follows a layer whose key is not its schema's name."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from test_layer_table import make_renamed

from hbgeo.measure.options import Options
from hbgeo.products import draw_page

pytestmark = pytest.mark.system


def test_a_date_moved_on_the_page_gives_the_figure_of_stats(chromium: Any, tmp_path: Path) -> None:
    renamed, file = make_renamed(tmp_path), tmp_path / "page.html"
    draw_page(renamed, renamed.measure(["mine"]), renamed.options()).save(str(file))
    page = chromium.new_page()
    page.goto(file.as_uri())
    page.evaluate("hbgeo.ready")
    for day, also, figure in (
        ("2023-12-31", [], "50.00"),
        ("2020-01-01", [], "25.00"),
        ("2020-01-01", ["在建"], "50.00"),
        ("2018-01-01", [], "0.00"),
    ):
        page.evaluate("([day, also]) => hbgeo.scenario(day, also)", [day, also])
        assert page.evaluate("hbgeo.figures()")["mine"]["shown"] == figure, (day, also)
        asked = Options(as_of=date.fromisoformat(day), status=tuple(also))
        assert renamed.assess(["mine"], options=asked)[0].shown == figure
    page.close()
