"""The page's script: small files that make one closure, in an order that stands once."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from hbgeo.show.page.script import BEFORE, WITHIN, read_pieces, read_script

FOLDER = files("hbgeo.show.page") / "js"
NAMES = sorted(path.name for path in FOLDER.iterdir())


def test_every_file_of_the_folder_is_named_once() -> None:
    assert sorted(f"{name}.js" for name in BEFORE + WITHIN) == NAMES
    assert len(NAMES) > 15


@pytest.mark.parametrize("name", NAMES)
def test_a_file_can_be_held_in_the_head(name: str) -> None:
    text = (FOLDER / name).read_text("utf-8")
    assert len(text.splitlines()) < 250
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_the_script_is_one_closure() -> None:
    script = read_script()
    assert re.findall(r"^\S.*", script, re.MULTILINE)[-2:] == ["(() => {", "})();"]
    assert script.endswith("})();\n")
    assert script.count("\n(() => {\n") == 1


def test_every_line_of_a_file_stands_in_the_script_in_its_place() -> None:
    pieces = list(read_pieces())
    assert "".join(text for _, text in pieces) == read_script()
    for name in BEFORE + WITHIN:
        [text] = [text for file, text in pieces if file == f"{name}.js"]
        own = (FOLDER / f"{name}.js").read_text("utf-8")
        assert [line.strip() for line in text.splitlines()] == [
            line.strip() for line in own.splitlines()
        ]


def test_no_text_spans_lines() -> None:
    # the page leaves out indentation: a template of two lines would change with it
    for name in NAMES:
        for line in (FOLDER / name).read_text("utf-8").splitlines():
            bare = re.sub(r"'(?:[^'\\]|\\.)*'|//.*", "", line)
            assert bare.count("`") % 2 == 0, (name, line)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_node_can_read_the_script(tmp_path: Path) -> None:
    file = tmp_path / "page.js"
    file.write_text(read_script(), "utf-8")
    done = subprocess.run(["node", "--check", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
