"""The page's script: small files that make one closure, in an order that stands once."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from hbgeo.show.page.script import ORDER, read_pieces, read_script

FOLDER = files("hbgeo.show.page") / "js"
CHECKS = Path(__file__).parent.parent / ".ci"
NAMES = sorted(path.name for path in FOLDER.iterdir())


def read(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def test_every_file_of_the_folder_is_named_once() -> None:
    assert sorted(f"{name}.js" for name in ORDER) == NAMES
    assert len(NAMES) > 15


@pytest.mark.parametrize("name", NAMES)
def test_a_file_can_be_held_in_the_head_and_says_what_it_holds(name: str) -> None:
    text = read(name)
    assert len(text.splitlines()) < 250
    assert re.match(r"/\* [A-Z].*[.] \*/\n\n", text)
    assert re.search(r"[^\n]\n\Z", text)


def test_the_script_is_one_closure_of_the_files_in_their_order() -> None:
    script = read_script()
    assert script.startswith("(() => {\n'use strict';\n")
    assert script.endswith("})();\n")
    assert script.count("'use strict'") == 1
    at = [script.index(read(f"{name}.js")) for name in ORDER]
    assert at == sorted(at)
    assert len(script) == sum(len(text) for _, text in read_pieces())


def test_a_page_without_earlier_figures_does_without_their_line() -> None:
    whole, plain = read_script(), read_script(past=False)
    assert whole.replace(read("past.js"), "") == plain
    made = re.findall(r"^(?:function|const) (\w+)", read("past.js"), re.MULTILINE)
    assert "pastLines" in made
    used = {name for name in made if re.search(rf"\b{name}\b", plain)}
    assert used == {"pastLines"}  # asked for only of an indicator that has them


@pytest.mark.parametrize("name", NAMES)
def test_no_text_spans_lines(name: str) -> None:
    # the page leaves out indentation: a template of two lines would change with it
    for line in read(name).splitlines():
        bare = re.sub(r"'(?:[^'\\]|\\.)*'|//.*", "", line)
        assert bare.count("`") % 2 == 0, line


@pytest.mark.parametrize("name", NAMES)
def test_only_one_file_reaches_into_leaflet(name: str) -> None:
    code = re.sub(r"/\*.*?\*/|//[^\n]*|'[^'\n]*'", "", read(name), flags=re.DOTALL)
    found = re.findall(r"(?<![\w$])_[A-Za-z]\w*|[A-Za-z]_(?!\w)", re.sub(r"`[^`]*`", "", code))
    assert found == [] or name == "renderer.js"


def test_every_element_that_the_script_asks_for_is_in_the_page() -> None:
    have = set(re.findall(r'\bid="([\w-]+)"', (FOLDER.parent / "page.html").read_text("utf-8")))
    have |= set(re.findall(r"\bid: '([\w-]+)'", read_script()))  # what it makes itself
    asked = re.findall(r"(?:\$|field|choice)\('([\w-]+)'\)", read_script())
    assert len(set(asked)) > 40
    assert set(asked) <= have, set(asked) - have


@pytest.mark.skipif(not CHECKS.exists(), reason="the checks are not part of what is handed on")
def test_what_checks_the_script_comes_in_exact_versions_and_names_no_host() -> None:
    package = json.loads((CHECKS / "package.json").read_text("utf-8"))
    versions = package["devDependencies"].values()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
    assert not [p.name for p in CHECKS.iterdir() if p.name in {"package-lock.json", ".npmrc"}]
    told = "".join(p.read_text("utf-8") for p in CHECKS.iterdir() if p.is_file())
    assert "--no-package-lock" in told
    assert not re.search(r"https?://|--registry", told)


@pytest.mark.skipif(not CHECKS.exists(), reason="the checks are not part of what is handed on")
def test_types_are_strict_and_none_is_waved_through() -> None:
    options = json.loads((CHECKS / "tsconfig.json").read_text("utf-8"))["compilerOptions"]
    assert options["strict"]
    assert "noImplicitAny" not in options or options["noImplicitAny"]
    assert "strictNullChecks" not in options
    for word in ("@ts-ignore", "@ts-nocheck", "@ts-expect-error", "eslint-disable"):
        assert word not in read_script()


@pytest.mark.system
def test_node_can_read_the_script(tmp_path: Path) -> None:
    file = tmp_path / "page.js"
    file.write_text(read_script(), "utf-8")
    done = subprocess.run(["node", "--check", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
