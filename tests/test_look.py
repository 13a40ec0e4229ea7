"""Colours, fonts and scale bars stand once, in look.py, for the page, the poster and the papers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hbgeo.show import look
from hbgeo.show.page.classes import COVERED, NO_DATA, NOT_APPLICABLE, UNCOVERED
from hbgeo.show.page.script import read_script
from hbgeo.show.paper.poster import FONTS
from hbgeo.show.paper.poster_map import APART, COVER

SHOW = Path(look.__file__).parent
COLOUR = re.compile(
    r"(?<![\w&])#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b|\b(?:rgb|hsl)a?\("
)
FILES = sorted(p for p in SHOW.rglob("*") if p.suffix in {".py", ".js", ".css", ".html"})


def colours_of(path: Path) -> list[str]:
    text = path.read_text("utf-8")
    if path.suffix == ".css":  # `#add` before a brace names an element
        text = re.sub(r"[^{};]*\{", "{", text)
    return COLOUR.findall(text)


def test_a_colour_is_found_wherever_it_stands() -> None:
    for code in (
        "a { color: #1f272c; }",
        "'#fff'",
        '"#B45309"',
        "rgb(1 2 3 / 4%)",
        "rgba(1, 2, 3, .4)",
    ):
        assert COLOUR.search(code), code
    assert not COLOUR.search("elements('#goals')")


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(SHOW).as_posix())
def test_a_colour_stands_only_in_look(path: Path) -> None:
    found = colours_of(path)
    assert found == [] or path.name == "look.py"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(SHOW).as_posix())
def test_a_font_is_named_only_in_look(path: Path) -> None:
    names = {*look.SCREEN_FONTS, *look.POSTER_FONTS, *look.RARE_FONTS, *look.PICTURE_FONTS}
    names |= {look.PAPER_FONT, look.PAPER_HEAD_FONT}
    text = path.read_text("utf-8")
    found = [name for name in names if f'"{name}"' in text or f"'{name}'" in text]
    assert found == [] or path.name == "look.py"


def test_the_style_sheet_names_only_properties_that_there_are_and_all_of_them() -> None:
    css = (SHOW / "page" / "page.css").read_text("utf-8")
    given = set(re.findall(r"(--[\w-]+):", look.for_style() + css))
    named = set(re.findall(r"var\((--[\w-]+)", css))
    assert named <= given | {"--columns"}  # the list sets its own
    assert set(re.findall(r"(--[\w-]+):", look.for_style())) <= named


def test_the_script_names_only_values_that_there_are_and_all_of_them() -> None:
    named = set(re.findall(r"\bLOOK\.(\w+)", read_script()))
    assert named == set(look.for_script())


def test_the_poster_fills_classes_as_the_page_does() -> None:
    script = look.for_script()
    assert [colour for colour, _ in COVER] == [script["covered"], script["uncovered"]]
    assert APART[NOT_APPLICABLE][1] == script["notApplicable"]
    assert APART[NO_DATA][1] == script["noData"]
    assert FONTS[0] == look.SCREEN_FONTS[0]


def test_the_page_counts_classes_as_python_does() -> None:
    codes = {
        "covered": COVERED,
        "uncovered": UNCOVERED,
        "notApplicable": NOT_APPLICABLE,
        "noData": NO_DATA,
    }
    text = ",".join(f'"{name}":{code}' for name, code in codes.items())
    assert f"const CODES = {{{text}}};" in read_script()


@pytest.mark.parametrize(
    ("pct", "css", "short"),
    [
        (42, "rgb(96 40 8 / 42%)", "#6028086b"),
        (0, "rgb(96 40 8 / 0%)", "#60280800"),
        (100, "rgb(96 40 8 / 100%)", "#602808ff"),
    ],
)
def test_a_colour_that_lets_through_is_the_same_for_both(pct: int, css: str, short: str) -> None:
    assert look.clear("#602808", pct) == css
    assert look.clear_hex("#602808", pct) == short
