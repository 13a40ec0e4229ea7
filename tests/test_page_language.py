"""The page's script and style hold nothing that Chromium 80 does not know; the guard reads everywhere."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from younger import in_script, in_style

PAGE = files("hbgeo.show.page")
SCRIPTS = ["guard.js", *sorted(f"js/{p.name}" for p in (PAGE / "js").iterdir())]
STYLES = sorted(p.name for p in PAGE.iterdir() if p.name.endswith(".css"))


def read(name: str) -> str:
    return (PAGE / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_hold_nothing_younger_than_chromium_80(name):
    assert in_script(read(name)) == []


@pytest.mark.parametrize("name", STYLES)
def test_styles_hold_nothing_younger_than_chromium_80(name):
    assert in_style(read(name)) == []


def test_there_are_scripts_and_styles_to_read():
    assert {"guard.js", "js/start.js"} <= set(SCRIPTS)
    assert STYLES == ["page.css"]


def test_the_markup_has_no_group_that_chromium_80_cannot_lay_out():
    assert not re.search(
        r"<(fieldset|dialog|search|details[^>]*\sname=)|\s(inert|popover)\b", read("page.html")
    )


@pytest.mark.parametrize(
    "code",
    [
        "if (Object.hasOwn(a, 'b')) run();",
        "const last = rows.at(-1);",
        "text.replaceAll('a', 'b');",
        "box.replaceChildren(one);",
        "const copy = structuredClone(state);",
        "const groups = Map.groupBy(all, of);",
        "const groups = Object.groupBy(all, of);",
        "state.name ??= '';",
        "state.name ||= '';",
        "state.on &&= other;",
        "class A { #field = 1; }",
        "class A {\n  #run() {}\n}",
        "return this.#field;",
        "class A { static { run(); } }",
        "const found = rows.findLast((row) => row);",
        "const sorted = rows.toSorted();",
        "const other = rows.with(1, 2);",
        "await Promise.any(all);",
        "const one = new WeakRef(thing);",
        "throw new Error('x', { cause: error });",
        "pen.roundRect(0, 0, 1, 1);",
        "const parts = new Intl.Segmenter('zh');",
        "const known = a.union(b);",
        "const line = `${rows.at(-1)} 个`;",
    ],
)
def test_a_younger_word_of_a_script_is_found(code):
    assert in_script(code)


@pytest.mark.parametrize(
    "code",
    [
        "const name = a?.b ?? '';",
        "// rows.at(-1) is younger\nrun();",
        "/* Object.hasOwn(a, b) */",
        "say('structuredClone and x ||= y');",
        "const { at } = coded; at(1);",
        "facts.position(row); column.at[3];",
        "if (a || b === c && d) run();",
        "const all = rows.flat(2).map(one).filter(Boolean);",
        "const address = 'https://example.org/a.at(1)';",
        "const { navigation: bar } = panels;",
    ],
)
def test_what_chromium_80_knows_passes(code):
    assert in_script(code) == []


@pytest.mark.parametrize(
    "css",
    [
        ".a { display: flex; gap: 8px; }",
        ".a { display: flex; }\n.a { column-gap: 8px; }",
        ".a { display: grid; }\n@media print { .b { gap: 1px; } }",
        ".a i { position: absolute; inset: 0 auto 0 0; }",
        ".a { aspect-ratio: 1; }",
        "input { accent-color: red; }",
        ".a:has(+ .b) { color: red; }",
        ".a :is(b, i) { color: red; }",
        ".a :where(b) { color: red; }",
        ":focus-visible { outline: 1px solid; }",
        ".a:not(.b, .c) { color: red; }",
        ".a { margin-inline: 4px; }",
        ".a { height: 100dvh; }",
        "@container (width > 1px) { .a { color: red; } }",
        "@media (width >= 400px) { .a { color: red; } }",
        ".a { color: color-mix(in srgb, red, blue); }",
        ".a { overflow: clip; }",
        ".a { & b { color: red; } }",
        ".a { translate: 1px; }",
        ".a { scrollbar-width: thin; }",
    ],
)
def test_a_younger_word_of_a_style_is_found(css):
    assert in_style(css)


@pytest.mark.parametrize(
    "css",
    [
        ".a { display: grid; gap: 8px; }",
        ".a { display: grid; }\n@media print { .a { gap: 1px; } }",
        ".a { columns: 2; column-gap: 8px; }",
        "@supports (accent-color: red) { input { accent-color: red; } }\n.a { color: red; }",
        ":focus:not(:focus-visible) { outline: none; }",
        ".a { transform: translate(1px); margin-left: 4px; }",
        "/* gap in a flex box: .a:has(b) { inset: 0 } */",
        ".a { -webkit-print-color-adjust: exact; print-color-adjust: exact; }",
        "@media (max-width: 800px) { .a > :not(:last-child) { margin: 0; } }",
    ],
)
def test_a_style_that_chromium_80_knows_passes(css):
    assert in_style(css) == []


def test_what_stands_after_a_feature_query_is_looked_at_again():
    css = "@supports (gap: 1px) { @media print { .b { gap: 1px; } } }\n.a { inset: 0; }"
    assert len(in_style(css)) == 1


def test_the_guard_is_written_in_the_language_of_2009():
    code = re.sub(r"/\*.*?\*/|//[^\n]*|'[^'\n]*'", "", read("guard.js"), flags=re.DOTALL)
    young = r"=>|`|\b(let|const|class|async|await|of)\b|\.\.\.|\?\.|\?\?|\bfunction\s*\*|classList|querySelector|,\s*[)\]}]"
    assert re.findall(young, code) == []


def test_the_line_for_an_older_browser_is_chinese_and_names_the_versions():
    line = re.search(r'<p id="unable"[^>]*>([^<]*)</p>', read("page.html"))[1]
    for part in ("Chrome", "Edge", "80", "Firefox 113", "Safari 16.4", "浏览器太旧"):
        assert part in line
    assert "\n" not in line
