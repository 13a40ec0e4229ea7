"""What a command loads: the libraries that do its work, and none that does another's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pytest
from fiona.errors import DriverError
from golden_cases import make_workspace

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.file import vector

ROOT = Path(__file__).parent.parent
SMALL = {
    "county": [{"code": "420528", "name": "长阳土家族自治县"}],
    "township": [
        {"code": "420528101", "name": "示例甲镇"}, {"code": "420528102", "name": "示例乙镇"},
    ],
    "cemetery": (
        "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 经度 | 纬度\n"
        "G1 | 示例公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 长阳县 | 示例甲镇 | 110.2512 | 30.5123\n"
    ),
}  # fmt: skip
# what each does in a run, in one of its two processes
USED = {
    "fiona": "the features of a boundary file counted a second time",
    "geopandas": "units and their boundaries as frames",
    "shapely": "which unit holds a point, where a unit is reached from, what lies within a radius",
    "pyproj": "coordinates of other systems, and geodesic distances and areas",
    "folium": "the page",
}
# what nobody waits for who asks for one figure of layers that are kept: other formats and maps,
# trees and programmes, workbooks, readings of characters, boundaries shared, conversion by Typer
UNUSED = {"fiona", "folium", "scipy", "xlsxwriter", "pypinyin", "topojson", "pyogrio", "pydantic"}
UNUSED |= {"hbgeo.measure.doubt", "hbgeo.measure.check", "hbgeo.read.file.ledger", "hbgeo.history"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose layers are kept."""
    folder = tmp_path_factory.mktemp("starting")
    make_workspace(SMALL, folder)
    return folder


def loaded(home: Path, *words: str) -> set[str]:
    """The modules that a command loads, into its first process and into the one that helps it."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "hbgeo", "-C", str(home), *words],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=True,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip() for line in lines}


def test_a_run_rests_on_the_libraries_of_maps(tmp_path: Path) -> None:
    make_workspace(SMALL, tmp_path)
    layers = tmp_path / "layers"
    gpd.read_parquet(layers / "county.parquet").to_file(layers / "county.gpkg")
    catalog = (layers / "catalog.toml").read_text(encoding="utf-8")
    catalog = catalog.replace("county.parquet", "county.gpkg")
    (layers / "catalog.toml").write_text(catalog, encoding="utf-8")
    found = loaded(tmp_path, "run")
    assert USED.keys() <= found, USED.keys() - found
    assert (tmp_path / "maps" / "index.html").exists()


def test_one_figure_of_kept_layers_loads_nothing_that_it_does_not_use(home: Path) -> None:
    loaded(home, "stats", "cemetery-township", "--as-of", "2024-12-31")  # whoever asks first keeps
    found = loaded(home, "stats", "cemetery-township")
    assert "hbgeo.measure.assess" in found  # it was measured, not said again
    assert not UNUSED & found, UNUSED & found


def test_a_run_looks_at_names_only_where_signs_have_changed(tmp_path: Path) -> None:
    signs = (
        "标志编号 | 标志名称 | 罗马字母拼写 | 标志类别 | 所在县 | 所在乡镇 | 设置时间 | 状态\n"
        "B1 | 一村 | Yī Cūn | 村牌 | 长阳县 | 示例甲镇 | 2020-05-01 | 完好\n"
    )
    looking = "hbgeo.measure.names.check"
    make_workspace(SMALL | {"sign": signs}, tmp_path)
    assert looking in loaded(tmp_path, "run")
    cemetery, sign = (tmp_path / "layers" / f"{key}.csv" for key in ("cemetery", "sign"))
    rewrite(cemetery, "2020-05-01", "2021-05-01")
    found = loaded(tmp_path, "run")
    assert "hbgeo.measure.methods" in found  # what changed was measured
    assert looking not in found
    rewrite(sign, "Yī Cūn", "Yī Cun")
    assert looking in loaded(tmp_path, "run")


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8-sig")


def test_a_boundary_that_one_reader_passes_over_is_missed_by_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = ROOT / "layers" / "counties.gpkg"
    layer = Layer("county", "units", (path.name,), "示例", level="county", table="counties")
    raw, *_ = vector._read_packed(path, layer)
    assert len(raw) == 103
    read = vector.read_vector
    monkeypatch.setattr(vector, "read_vector", lambda *given: read(*given).iloc[1:])
    with pytest.raises(LayerError, match="应有 103 行，只读出 102 行"):
        vector._read_packed(path, layer)


def test_what_the_second_reader_cannot_open_the_first_answers_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = ROOT / "layers" / "counties.gpkg"
    layer = Layer("county", "units", (path.name,), "示例", level="county", table="counties")
    asked = list[Path]()

    def refuse(path: Path, **_: object) -> None:
        asked.append(path)
        raise DriverError(path.name)

    monkeypatch.setattr("fiona.open", refuse)
    raw, *_ = vector._read_packed(path, layer)
    assert (len(raw), asked) == (103, [path])


def test_what_is_inside_a_map_file_is_told_by_fiona() -> None:
    probe = (
        "import sys; from pathlib import Path\n"
        "from hbgeo.read.file.vector import list_layers\n"
        "print('fiona' in sys.modules, [*list_layers(Path(sys.argv[1]))], 'fiona' in sys.modules)"
    )
    command = [sys.executable, "-c", probe, str(ROOT / "layers" / "counties.gpkg")]
    said = subprocess.check_output(command, encoding="utf-8", cwd=ROOT)
    assert said.startswith("False [")
    assert said.rstrip().endswith("] True")
