"""The notebook runs from its first cell to its last, shows a map and says what the papers say."""

from __future__ import annotations

import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import shapely
from golden_cases import make_workspace
from test_doctests import WORLD

import hbgeo
from hbgeo.notebook import card, line

ROOT = Path(__file__).parent.parent
FILE = ROOT / ".github" / "notebook.ipynb"
MARKS = "示例数据，非真实统计；边界为近似示意"
# a process of its own, as a notebook's: what the kernel's libraries warn of is not ours
RUN = """
import sys, nbformat, nbclient
book = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(book, timeout=900, kernel_name="python3").execute()
nbformat.write(book, sys.argv[1])
"""


def cells(path: Path, kind: str = "code") -> list[dict[str, Any]]:
    return [c for c in json.loads(path.read_text("utf-8"))["cells"] if c["cell_type"] == kind]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The notebook after a run beside a copy of the sample, and that copy."""
    if not FILE.is_file():
        pytest.skip("only in a checkout")
    home = tmp_path_factory.mktemp("notebook")
    shutil.copytree(ROOT / "layers", home / "layers")
    (home / "maps").mkdir()
    (home / "book").mkdir()
    book = home / "book" / "notebook.ipynb"
    shutil.copy(FILE, book)
    own = {name: str(home / "own") for name in ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR")}
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", RUN, book.name],
        cwd=book.parent,
        env={**os.environ, **own, "PYTHONPATH": path, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    yield SimpleNamespace(cells=cells(book), home=home)
    shutil.rmtree(home)


def shown(cell: dict[str, Any], kind: str = "text/plain") -> str:
    """All that a cell shows of a kind."""
    found = [out["data"].get(kind, "") for out in cell["outputs"] if "data" in out]
    return "\n".join("".join(one) for one in found)


def figures(home: Path, *words: str) -> list[dict[str, Any]]:
    """What the command line says of the same workspace."""
    asked = [sys.executable, "-m", "hbgeo", "-C", str(home), "stats", *words, "--json"]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"}
    done = subprocess.run(asked, env=env, capture_output=True, encoding="utf-8", check=True)
    return list(json.loads(done.stdout))


@pytest.mark.skipif(not FILE.is_file(), reason="only in a checkout")
def test_a_map_takes_ten_lines_and_the_file_is_kept_without_outputs() -> None:
    book = json.loads(FILE.read_text("utf-8"))
    first, *_ = cells(FILE)
    assert len("".join(first["source"]).splitlines()) <= 10
    assert "hbgeo.draw(" in "".join(first["source"])
    assert all(c["outputs"] == [] and c["execution_count"] is None for c in cells(FILE))
    assert book["metadata"].keys() == {"kernelspec", "language_info"}
    for one in cells(FILE, "markdown"):  # both kinds of readers
        text = "".join(one["source"])
        assert re.search(r"[\u4e00-\u9fff]", text)
        assert re.search(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}", text)


def test_no_cell_complains(ran: SimpleNamespace) -> None:
    said = [out for cell in ran.cells for out in cell["outputs"]]
    assert [out for out in said if out["output_type"] in {"stream", "error"}] == []
    assert all(cell["outputs"] for cell in ran.cells)


def test_the_map_is_a_whole_page_in_a_frame_that_asks_nothing_of_the_network(
    ran: SimpleNamespace,
) -> None:
    frame = shown(ran.cells[0], "text/html")
    [found] = re.findall(r'<iframe ([^>]*)srcdoc="([^"]*)"></iframe>', frame)
    page = html.unescape(found[1])
    assert 'sandbox="allow-scripts allow-downloads allow-modals"' in found[0]
    assert re.search(r"height:[67]\d\dpx", found[0])
    assert page == (ran.home / "maps" / "cemetery.html").read_text("utf-8")  # `page.save`
    assert "default-src 'none'" in page
    assert 'id="data-points-cemetery"' in page
    assert 'id="data-points-sign"' not in page  # a layer that the indicator does not count
    assert len(frame.encode()) < 1_000_000


def test_the_figures_are_those_of_the_command_line(ran: SimpleNamespace) -> None:
    [plain] = figures(ran.home, "cemetery-township")
    [built] = figures(ran.home, "cemetery-township", "--status", "运营,在建")
    counts = [f"{one['covered']:g} / {one['total']:g}" for one in (plain, built)]
    assert counts[0] != counts[1]
    assert counts[0] in shown(ran.cells[0])
    assert counts[0] in shown(ran.cells[0], "text/html")
    what_if = shown(ran.cells[4]).splitlines()  # a list, one indicator a line
    assert [counts[n] in one for n, one in enumerate(what_if)] == [True, True]
    assert all(MARKS in one for one in what_if)


def test_who_is_left_out_stands_farthest_first(ran: SimpleNamespace) -> None:
    [table] = pd.read_html(io.StringIO(shown(ran.cells[2], "text/html")), flavor="lxml")
    assert len(table) == 10
    assert table["nearest_km"].is_monotonic_decreasing


def test_own_points_find_their_township_and_cover_it(ran: SimpleNamespace) -> None:
    said = shown(ran.cells[3])
    names = re.findall(r"'([^']+)'", said)
    assert len(names) == 3
    assert names[2] == "不在任何乡镇内"
    assert "不在任何乡镇内" not in names[:2]
    assert "· 2 / " in said  # two points, two townships
    assert MARKS in said


def test_the_main_job_is_written_and_shown(ran: SimpleNamespace) -> None:
    table = shown(ran.cells[5], "text/html")
    assert table.count("<tr>") == 1 + len(hbgeo.Workspace.open(ran.home).policy)
    assert MARKS in table
    names = {p.name for p in (ran.home / "maps").iterdir()}
    assert {"index.html", "report.xlsx", "coverage.csv", "issues.csv"} <= names


@pytest.fixture
def county(tmp_path: Path) -> hbgeo.Workspace:
    make_workspace(WORLD, tmp_path)
    return hbgeo.Workspace.open(tmp_path)


def test_an_assessment_says_figure_counts_and_ground(county: hbgeo.Workspace) -> None:
    [one] = county.assess(["cemetery-township"])
    said = "乡镇公益性公墓覆盖率 50.00% · 1 / 2 · 目标 35%（2023 年 12 月 31 日前） · 达标 截至 2023-12-31"
    assert line(one) == said
    made = card(one)
    assert "<b>乡镇公益性公墓覆盖率</b> 50.00% · 1 / 2" in made
    assert "<summary>口径</summary>" in made
    assert all(f"<li>{html.escape(ground)}</li>" in made for ground in one.basis_lines)
    assert "示例数据" not in made  # real data bears no mark


def test_what_cannot_be_computed_says_so(county: hbgeo.Workspace) -> None:
    [one] = county.assess(["elder-street"])
    assert "无法计算" in line(one)
    assert "%" not in line(one).partition("目标")[0]
    assert "缺少" in card(one)


def test_a_measurement_of_ones_own_bears_its_marks() -> None:
    shapes = [shapely.box(110, 30, 111, 31), shapely.box(111, 30, 112, 31)]
    units = pd.DataFrame({"name": ["甲镇", "乙镇"], "geometry": shapes}, index=["a", "b"])
    points = pd.DataFrame({"x": [110.5], "y": [30.5]})
    assert line(hbgeo.by_presence(units, points)) == "覆盖率 50.00% · 1 / 2 · 未覆盖 1 个单元"
    made = hbgeo.by_presence(units, points, sample=True)
    assert line(made).endswith("（示例数据，非真实统计）")
    assert "示例数据，非真实统计" in card(made)
    none = hbgeo.by_presence(units[:0], points)
    assert line(none) == "覆盖率 — · 0 / 0 · 未覆盖 0 个单元"  # no denominator, no rate


def test_hostile_names_are_text(county: hbgeo.Workspace) -> None:
    from dataclasses import replace

    catalog = replace(county.catalog, title="<script>alert(1)</script>")
    made = card(hbgeo.Workspace(county.root, catalog, county.policy))
    assert "<script" not in made
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in made


def test_a_workspace_lists_its_layers(county: hbgeo.Workspace) -> None:
    made = card(county)
    for layer in county.catalog.layers.values():
        assert f">{html.escape(layer.source)}</td>" in made
    assert line(county).endswith(f"{len(county.catalog.layers)} 个图层")


def test_a_list_of_figures_is_a_line_each_in_a_shell(county: hbgeo.Workspace) -> None:
    from IPython.core.formatters import DisplayFormatter

    from hbgeo.notebook import show_in

    shell = SimpleNamespace(
        display_formatter=DisplayFormatter()
    )  # a whole one writes into one's home
    show_in(shell)
    found = county.assess(["cemetery-township"])
    given, _ = shell.display_formatter.format(found)
    assert given == {"text/plain": f"[{line(found[0])}]"}
    alone, _ = shell.display_formatter.format(found[0])
    assert alone == {"text/plain": line(found[0]), "text/html": card(found[0])}


def test_draw_takes_a_folder_or_a_workspace_and_one_name_or_several(
    county: hbgeo.Workspace,
) -> None:
    page = hbgeo.draw(county.root, "cemetery-township").get_root().render()
    assert page == hbgeo.draw(county, ["cemetery-township"]).get_root().render()
    with pytest.raises(hbgeo.HbgeoError, match="没有指标"):
        hbgeo.draw(county, "no-such")
