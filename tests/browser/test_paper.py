"""What comes out of the printer: every row, and on every sheet what it is, of when, and which of how many."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hbgeo.products import draw_page
from hbgeo.workspace import Workspace

pytestmark = pytest.mark.system

COUNTY = "county_code=420528"


@pytest.fixture(scope="module")
def page(chromium: Any, sample: Workspace, tmp_path_factory: Any) -> Iterator[Any]:
    file = tmp_path_factory.mktemp("paper") / "page.html"
    draw_page(sample, sample.measure(with_nearest=True), sample.options()).save(str(file))
    opened = chromium.new_page(viewport={"width": 1440, "height": 860})
    opened.goto(file.as_uri())
    opened.evaluate("hbgeo.ready")
    yield opened
    opened.close()


def printed(page: Any, folder: Path) -> list[str]:
    """The text of each sheet."""
    file = folder / "sheets.pdf"
    page.pdf(path=str(file), prefer_css_page_size=True)
    done = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True, text=True
    )
    return done.stdout.split("\f")[:-1]


def sizes(folder: Path) -> list[tuple[int, int]]:
    """Width and height of each sheet in millimetres."""
    told = subprocess.run(
        ["pdfinfo", "-l", "999", str(folder / "sheets.pdf")],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    found = re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+)", told)
    return [(round(float(w) / 72 * 25.4), round(float(h) / 72 * 25.4)) for w, h in found]


def test_every_row_is_printed_under_a_whole_head(page: Any, tmp_path: Path) -> None:
    codes = page.evaluate("hbgeo.state().rows")
    assert len(codes) == 611
    sheets = printed(page, tmp_path)
    assert 10 < len(sheets) < 25
    assert re.findall(r"^ *(\d{9})\b", "\n".join(sheets[1:]), re.MULTILINE) == codes
    for n, text in enumerate(sheets, 1):
        flat = re.sub(r"\s+", "", text)
        assert f"第{n}页，共{len(sheets)}页" in flat
        for words in (
            "乡镇公益性公墓覆盖率",
            "范围：全省",
            "截至2023年12月31日",
            "示例数据",
            "边界为近似示意",
        ):
            assert words in flat, (n, words)
        assert ("口径：" if n > 1 else "应覆盖") in flat
        assert "示例示意" in flat
    assert sizes(tmp_path) == [(420, 297), *[(210, 297)] * (len(sheets) - 1)]
    assert re.search(r"本页第 1—\d+ 个", sheets[1])


def test_the_map_says_north_scale_maker_and_day(page: Any, tmp_path: Path) -> None:
    [first, *_] = printed(page, tmp_path)
    for words in ("制图单位：", "制图人：", "审核：", "制图日期："):
        assert words in first
    assert "数据来源" in first


def test_a_list_of_one_row_is_one_sheet(page: Any, tmp_path: Path) -> None:
    page.fill("#filter", "天兴乡")
    sheets = printed(page, tmp_path)
    page.fill("#filter", "")
    assert len(sheets) == 1
    assert "420111205" in sheets[0]
    assert "列出其中 1 个" in sheets[0]
    assert "第 1 页，共 1 页" in sheets[0]


def test_a_county_prints_its_own_name_on_every_sheet(page: Any, tmp_path: Path) -> None:
    page.select_option("#scope", COUNTY)
    page.click("#tab-all")
    page.click("#mine")
    sheets = printed(page, tmp_path)
    page.click("#to-map")
    page.select_option("#scope", "")
    page.click("#tab-uncovered")
    assert len(sheets) == 3
    assert all("范围：长阳土家族自治县" in text for text in sheets)
    assert "与全省对照" in sheets[0]
    assert len(re.findall(r"^ *420528\d{3}\b", sheets[2], re.MULTILINE)) == 11


def test_nothing_is_cut_off_at_the_end_of_a_sheet(page: Any) -> None:
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    over = page.evaluate(
        """() => [...document.querySelectorAll('.paper.list')].map((sheet) => {
          const notes = sheet.querySelector('.notes').getBoundingClientRect();
          const table = sheet.querySelector('table').getBoundingClientRect();
          return notes.top - table.bottom;
        })"""
    )
    page.emulate_media(media="screen")
    assert len(over) > 5
    assert min(over) >= 0
    # and no sheet but the last stands half empty
    assert max(over[:-1]) < 60
