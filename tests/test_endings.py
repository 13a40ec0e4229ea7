"""Which files are read is told by one list of endings; no other part of the reader has its own."""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path

import pytest

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.file import endings
from hbgeo.read.file.others import way_out
from hbgeo.read.file.raw import read_raw
from hbgeo.read.schema.records import read_schema
from hbgeo.read.stream.points import open_points

ROOT = Path(__file__).parent.parent
READERS = [endings.WORKBOOKS, endings.TEXTS, endings.GDAL, endings.PARQUET, endings.KML]
READERS += [endings.ARCHIVES, endings.RECORDS]
ELSEWHERE = {  # what a file's own reader must know of one ending
    ".shp": {"vector.py", "sources.py"},  # shapefiles have parts and an encoding
    ".gpkg": {"guard.py", "vector.py"},  # has a signature and named layers
    ".fgb": {"guard.py"},  # has a signature
    ".zip": {"others.py", "vector.py", "archive.py"},  # a way out; may hold several maps
    ".txt": {"archive.py"},  # in an archive it is a note
}
LAYER = Layer("cemetery", "facilities", ("x",), "示例", crs="CGCS2000")
LEDGER = (
    "编号\t公墓名称\t所在县\t所在乡镇\t经度\t纬度\nG1\t甲,乙公墓\t远安县\t鸣凤镇\t111.6\t31.1\n"
)


def _named_in(path: Path) -> set[str]:
    """The endings that a module writes as such."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    texts = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return texts & endings.READ


def test_an_ending_has_one_reader_and_no_other_way_out() -> None:
    for one, other in itertools.combinations(READERS, 2):
        assert not one & other
    assert frozenset().union(*READERS) == endings.READ
    assert all(e == e.lower() and e.startswith(".") for e in endings.READ)
    assert [e for e in sorted(endings.READ - {".zip"}) if way_out(e)] == []


def test_no_other_module_of_the_reader_lists_endings() -> None:
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "hbgeo" / "read").rglob("*.py")):
        for ending in _named_in(path) if path.name != "endings.py" else ():
            found.setdefault(ending, set()).add(path.name)
    assert found == ELSEWHERE


def test_the_readme_names_every_ending() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    [line] = [text for text in readme.split("\n\n") if text.startswith("可读的文件：")]
    assert {e for e in endings.READ if not re.search(rf"(?<![a-z]){e[1:]}(?![a-z])", line)} == set()


@pytest.mark.parametrize("ending", sorted(endings.TEXTS))
def test_every_ending_of_a_text_is_read_as_a_ledger_and_in_batches(
    tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"台账{ending.upper()}"
    path.write_text(LEDGER, "utf-8")
    [frame] = read_raw(path, LAYER, read_schema("cemetery")).frames
    assert frame["公墓名称"].tolist() == ["甲,乙公墓"]
    [batch] = open_points(path, LAYER).batches
    assert (batch.x.tolist(), batch.y.tolist()) == ([111.6], [31.1])


@pytest.mark.parametrize("ending", sorted(endings.READ))
def test_every_ending_goes_to_a_reader_which_says_what_it_found(
    tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"空{ending}"
    path.touch()
    with pytest.raises(LayerError, match=r"空文件|压缩包|不是") as caught:
        read_raw(path, LAYER, read_schema("cemetery"))
    assert "不认识的文件类型" not in str(caught.value)
