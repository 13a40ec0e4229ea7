"""GeoTIFFs of people: what is refused in one line, what is no cell, and what a layer of them shows."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine
from grids import TOP, write_grid
from rasterio.errors import NotGeoreferencedWarning

from hbgeo.errors import CatalogError, LayerError
from hbgeo.read.catalog import Layer, read_catalog
from hbgeo.read.file.raster import _read_header, open_raster, read_strips
from hbgeo.read.layers import Layers
from hbgeo.read.table import LayerTable
from hbgeo.workspace import Workspace

Typed = Callable[..., tuple[int, str, str]]
ENTRY = '[population-grid]\nrole = "grid"\npath = {path}\nsource = "示例"\nsample = true\n{more}\n'


def layers(folder: Path, more: str = "", path: str = '"a.tif"') -> Layers:
    text = TOP + ENTRY.format(path=path, more=more)
    (folder / "catalog.toml").write_text(text, encoding="utf-8")
    return Layers(read_catalog(folder))


def read(folder: Path, more: str = "", path: str = '"a.tif"') -> LayerTable:
    return layers(folder, more, path).table("population-grid")


def refused(folder: Path, more: str = "", path: str = '"a.tif"') -> str:
    with pytest.raises((LayerError, CatalogError)) as caught:
        read(folder, more, path)
    said = str(caught.value)
    assert "\n" not in said
    return said


ONES = np.ones((4, 5), dtype=np.float32)
BAD = {
    "no CRS": ({"crs": None}, ["没有坐标系信息", "[population-grid] 也未写 crs", "EPSG:编号"]),
    "turned": (
        {"transform": Affine(0.1, 0.01, 110, 0.01, -0.1, 31)},
        ["格子是斜的", "重投影"],
    ),
    "from east to west": ({"transform": Affine(-0.1, 0, 111, 0, -0.1, 31)}, ["东西颠倒"]),
    "all no data": ({"nodata": 1}, ["没有一个有人的格子", "NoData"]),
    "metres as degrees": ({"cell": 100, "west": 5e5, "north": 3.4e6}, ["不是经纬度", "坐标疑为米"]),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_counted_is_one_line(case: str, tmp_path: Path) -> None:
    given, words = BAD[case]
    write_grid(tmp_path / "a.tif", ONES, **given)
    said = refused(tmp_path)
    assert said.startswith("a.tif：")
    assert [w for w in words if w not in said] == []


def without_place(path: Path) -> None:
    """A TIFF that says neither where it lies nor in which CRS."""
    with pytest.warns(NotGeoreferencedWarning):
        write_grid(path, ONES, transform=None, crs=None)


def test_a_picture_without_a_place_is_refused(tmp_path: Path) -> None:
    without_place(tmp_path / "a.tif")
    assert "没有写明格子在哪里" in refused(tmp_path, 'crs = "CGCS2000"')


def test_the_catalogue_says_the_crs_of_a_file_that_does_not(tmp_path: Path) -> None:
    write_grid(tmp_path / "a.tif", ONES, crs=None, west=5e5, north=3.4e6, cell=1_000)
    table = read(tmp_path, 'crs = "CGCS2000-3GK-37"')
    assert table.frame["cell_size"].tolist() == ["1000 米"]
    assert table.frame["cells"].tolist() == [20]
    assert "无法识别" in refused(tmp_path, 'crs = "胡写"')


def test_empty_zero_and_unknown_files(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(b"")
    assert "不是 GeoTIFF" in refused(tmp_path)
    (tmp_path / "a.tif").write_bytes(b"PK\x03\x04" + bytes(99))
    assert refused(tmp_path) == "a.tif：不是 GeoTIFF（只是名字像）；请在 GIS 软件里导出为 GeoTIFF"
    (tmp_path / "a.asc").write_text("ncols 1")
    assert "人口格网应为 GeoTIFF（.tif），不是“.asc”" in refused(tmp_path, path='"a.asc"')
    assert "没有这个文件" in refused(tmp_path, path='"b.tif"')
    write_grid(tmp_path / "a.tif", ONES * 0)
    assert "没有一个有人的格子" in refused(tmp_path)


@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.95])
@pytest.mark.parametrize("how", [{}, {"compress": "deflate"}])
def test_a_file_cut_short_is_damaged(part: float, how: dict, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).random((300, 300), dtype=np.float32)
    path = write_grid(tmp_path / "a.tif", noise, cell=0.001, **how)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    assert "损坏" in refused(tmp_path)


def test_bands_are_asked_for_by_number(tmp_path: Path) -> None:
    bands = np.stack([ONES, ONES * 2, ONES * 4])
    write_grid(tmp_path / "a.tif", bands, descriptions=("全部", "60-69", "70+"))
    said = refused(tmp_path)
    assert "有 3 个波段（1 全部、2 60-69、3 70+）" in said
    assert "写 band = 1，或要相加的几个 band = [1, 2]" in said
    assert "没有第 4 波段" in refused(tmp_path, "band = 4")
    assert read(tmp_path, "band = 2").frame["people"].tolist() == [40]
    assert read(tmp_path, 'band = [3, 2]\nage = "60+"').frame["people"].tolist() == [120]


def test_a_band_without_data_adds_nothing(tmp_path: Path) -> None:
    bands = np.array([[[1, -9, -9, 4]], [[10, 20, -9, -5]]], dtype=np.float32)
    write_grid(tmp_path / "a.tif", bands, nodata=-9)
    table = read(tmp_path, "band = [1, 2]")
    assert table.frame[["cells", "people", "negative", "negative_people"]].to_numpy().tolist() == [[2, 31, 1, -1]]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("band = 0", "band 应为波段号"),
        ("band = [1, 1]", "band 应为波段号"),
        ('band = ["1"]', "band 应为波段号"),
        ("band = true", "band"),
        ('age = "老人"', "应写作 60+ 或 0-14"),
        ('age = "60-14"', "应写作 60+ 或 0-14"),
        ('level = "township"', "level 人口格网不用这个键"),
        ('columns = { name = "x" }', "columns 人口格网不用这个键"),
        ("bands = 1", "bands"),
    ],
)
def test_keys_of_a_grid_are_strict(line: str, said: str, tmp_path: Path) -> None:
    write_grid(tmp_path / "a.tif", ONES)
    assert said in refused(tmp_path, line)


def test_only_a_grid_has_bands_and_ages(tmp_path: Path) -> None:
    for line in ("band = 1", 'age = "60+"'):
        text = f'{TOP}[cemetery]\nrole = "facilities"\npath = "a.xlsx"\nsource = "示例"\n{line}\n'
        (tmp_path / "catalog.toml").write_text(text, "utf-8")
        with pytest.raises(CatalogError, match=r'只用于 role = "grid"（人口格网）'):
            read_catalog(tmp_path)


def test_pictures_and_classes_count_nobody(tmp_path: Path) -> None:
    bytes_ = np.ones((3, 4, 5), dtype=np.uint8)
    write_grid(tmp_path / "a.tif", bytes_, photometric="RGB")
    assert "第 1 波段是颜色（图片），不是人数" in refused(tmp_path, "band = 1")
    write_grid(tmp_path / "a.tif", bytes_[0], colormap={1: (255, 0, 0, 255)})
    assert "第 1 波段是分类（带色表），不是人数" in refused(tmp_path)
    write_grid(tmp_path / "a.tif", ONES.astype(np.complex64))
    assert "复数" in refused(tmp_path)


@pytest.mark.parametrize("kind", ["uint8", "uint16", "int16", "int32", "float32", "float64"])
@pytest.mark.parametrize("nodata", [None, 0, 200])
def test_no_data_of_any_kind_of_number_is_no_cell(
    kind: str, nodata: int | None, tmp_path: Path
) -> None:
    values = np.array([[0, 200, 7], [3, 0, 200]], dtype=kind)
    write_grid(tmp_path / "a.tif", values, nodata=nodata)
    row = read(tmp_path).frame.iloc[0]
    assert (row["cells"], row["people"]) == ((2, 10) if nodata == 200 else (4, 410))


def test_lowest_float_and_nan_and_masks_are_no_data(tmp_path: Path) -> None:
    lowest = float(np.finfo(np.float32).min)
    values = np.array([[lowest, np.nan, 5]], dtype=np.float32)
    write_grid(tmp_path / "a.tif", values, nodata=lowest)
    assert read(tmp_path).frame[["cells", "negative"]].to_numpy().tolist() == [[1, 0]]
    write_grid(tmp_path / "a.tif", ONES)
    with (
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
        rasterio.open(tmp_path / "a.tif", "r+") as file,
    ):
        file.write_mask(np.eye(4, 5) > 0)
    assert read(tmp_path).frame["cells"].tolist() == [4]


def test_scale_and_offset_are_applied(tmp_path: Path) -> None:
    write_grid(tmp_path / "a.tif", np.array([[0, 10, 99]], dtype=np.int16), nodata=99)
    with rasterio.open(tmp_path / "a.tif", "r+") as file:
        file.scales, file.offsets = (0.5,), (2.0,)
    assert read(tmp_path).frame[["cells", "people"]].to_numpy().tolist() == [[2, 9]]


def test_what_cannot_be_is_set_aside_and_said(tmp_path: Path) -> None:
    # 100 m: 10,000 m² hold at most 10,000 people
    values = np.array([[-3, 10_000, 10_001, np.inf, -np.inf]])
    write_grid(tmp_path / "a.tif", values, crs="EPSG:4546", west=5e5, north=3.4e6, cell=100)
    table = read(tmp_path)
    row = table.frame.iloc[0]
    assert (row["cells"], row["negative"], row["excess"]) == (1, 2, 2)
    assert (row["negative_people"], row["excess_people"]) == (-3, 10_001)
    below, beyond = table.issues["message"]
    assert below.startswith("a.tif：2 个格子是负数，不计；第一个在东经 111.")
    assert beyond.startswith("a.tif：2 个格子是多得不可能的数，不计")
    assert table.issues["rule"].tolist() == ["E19", "E19"]
    assert "每平方米超过 1 人" in table.issues["fix"][1]


def test_files_that_overlap_would_count_twice(tmp_path: Path) -> None:
    write_grid(tmp_path / "a.tif", ONES * 3)
    write_grid(tmp_path / "b.tif", ONES, west=110.4)  # the last column of the other
    said = refused(tmp_path, path='["a.tif", "b.tif"]')
    assert "a.tif、b.tif：有 4 个格子" in said
    assert "在两个文件里重叠，会重复计算" in said
    write_grid(tmp_path / "b.tif", ONES, west=110.5)
    table = read(tmp_path, path='"*.tif"')
    assert table.frame["people"].tolist() == [60, 20]
    half = ONES.copy()
    half[:, 0] = 0  # boxes overlap, people do not
    write_grid(tmp_path / "b.tif", half, west=110.4)
    assert read(tmp_path, path='"*.tif"').frame["cells"].tolist() == [20, 16]


def test_a_file_without_people_beside_others_is_named(tmp_path: Path) -> None:
    write_grid(tmp_path / "a.tif", ONES)
    write_grid(tmp_path / "b.tif", ONES * 0, west=111)
    issues = read(tmp_path, path='"*.tif"').issues
    assert issues[["file", "rule"]].to_numpy().tolist() == [["b.tif", "W18"]]


def test_files_of_two_crs_are_not_put_together(tmp_path: Path) -> None:
    write_grid(tmp_path / "a.tif", ONES)
    write_grid(tmp_path / "b.tif", ONES, crs="EPSG:4546", west=5e5, north=3.4e6, cell=1_000)
    assert "两个文件的坐标系不同" in refused(tmp_path, path='"*.tif"')


def test_a_world_file_beside_is_read_and_known_to_be_part(tmp_path: Path) -> None:
    without_place(tmp_path / "a.tif")
    (tmp_path / "a.tfw").write_text("0.1\n0\n0\n-0.1\n110.05\n30.95\n")
    grid = layers(tmp_path, 'crs = "CGCS2000"')
    assert grid.table("population-grid").frame["cell_size"].tolist() == ["360 角秒（约 11132 米）"]
    before = layers(tmp_path, 'crs = "CGCS2000"').fingerprint_of("population-grid")
    (tmp_path / "a.tfw").write_text("0.2\n0\n0\n-0.2\n110.05\n30.95\n")
    assert layers(tmp_path, 'crs = "CGCS2000"').fingerprint_of("population-grid") != before


def test_without_rasterio_the_way_out_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_grid(tmp_path / "a.tif", ONES)
    monkeypatch.setitem(sys.modules, "rasterio", None)
    with pytest.raises(LayerError, match=r'pip install "hbgeo\[raster\]"'):
        _read_header(path, "a.tif", Layer("g", "grid", ("a.tif",), ""))


def test_a_grid_in_any_other_role_says_which_it_is(tmp_path: Path) -> None:
    write_grid(tmp_path / "a.tif", ONES)
    text = TOP + '[x]\nrole = "facilities"\npath = "a.tif"\nsource = "示例"\n'
    (tmp_path / "catalog.toml").write_text(text, "utf-8")
    with pytest.raises(
        LayerError, match=r'栅格只能作人口格网：请在 catalog.toml 里写 role = "grid"'
    ):
        Layers(read_catalog(tmp_path)).table("x")


def test_a_strip_is_never_more_than_it_may_be(tmp_path: Path) -> None:
    path = write_grid(tmp_path / "a.tif", np.ones((1_100, 1_100), np.uint8), cell=0.0001)
    raster = open_raster(path, "a.tif", Layer("g", "grid", ("a.tif",), ""))
    sizes = [len(strip.populated.cells) for strip in read_strips(raster)]
    assert len(sizes) > 1
    assert max(sizes) <= 1 << 20
    assert sum(sizes) == 1_100**2


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_file_is_read_or_refused_in_one_line(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    noise = rng.random((40, 40), dtype=np.float32)
    path = write_grid(tmp_path / "a.tif", noise, cell=0.01, nodata=-1, compress="deflate")
    data = bytearray(path.read_bytes())
    for at in rng.integers(4, 400 if seed % 2 else len(data), 3):
        data[at] ^= 1 << int(rng.integers(8))
    path.write_bytes(data)
    said = ""
    try:
        row = read(tmp_path).frame.iloc[0]
    except LayerError as err:
        said = str(err)
    if said:
        assert said.startswith("a.tif：")
        assert "\n" not in said
    else:
        assert 0 < row["cells"] <= row["width"] * row["height"]


# ------------------------------------------------------------------ in a workspace


def make_sample_grid(path: Path) -> None:
    """The grid that the sample's script makes on demand (示例)."""
    script = Path(__file__).parent.parent / "layers" / "make_sample.py"
    subprocess.run([sys.executable, script, "--people-grid", path], check=True, capture_output=True)


def test_the_invented_grid_says_so_itself_and_is_the_same_each_time(
    home: Path, tmp_path: Path
) -> None:
    make_sample_grid(tmp_path / "a.tif")
    assert (tmp_path / "a.tif").read_bytes() == (home / "layers" / "people.tif").read_bytes()
    with rasterio.open(tmp_path / "a.tif") as file:
        assert "示例" in file.tags()["TIFFTAG_IMAGEDESCRIPTION"]
    entry = TOP + '[g]\nrole = "grid"\npath = "a.tif"\nsource = "某单位"\n'
    (tmp_path / "catalog.toml").write_text(entry, "utf-8")
    with pytest.raises(
        LayerError, match=r"文件写明是示例（虚构）数据；请在 \[g\] 写 sample = true"
    ):
        Layers(read_catalog(tmp_path)).table("g")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with an invented grid beside it (示例), made of the population it has."""
    folder = tmp_path_factory.mktemp("people")
    root = Path(__file__).parent.parent
    (folder / "layers").mkdir()
    for name in ("counties.gpkg", "townships.gpkg", "population.csv", "villages.csv"):
        shutil.copy(root / "layers" / name, folder / "layers")
    kept = (root / "layers" / "catalog.toml").read_text("utf-8").split("\n[cemetery]")[0]
    more = 'role = "grid"\npath = "people.tif"\nyear = 2020\nsource = "示例，虚构"\nsample = true\n'
    (folder / "layers" / "catalog.toml").write_text(f"{kept}\n[population-grid]\n{more}", "utf-8")
    make_sample_grid(folder / "layers" / "people.tif")
    return folder


def test_layers_shows_what_a_grid_holds(home: Path, typed_in: Typed) -> None:
    code, out, err = typed_in(home, "layers", "--json")
    assert (code, err) == (0, "")
    row = json.loads(out)[-1]
    assert (row["role"], row["key"], row["sample"], row["year"]) == ("grid", "population-grid", True, 2020)  # fmt: skip
    with rasterio.open(home / "layers" / "people.tif") as file:
        values = file.read(1)
    assert row["rows"] == row["grid"]["cells"] == (values > 0).sum()
    assert row["grid"]["people"] == values.sum(dtype=float)
    assert row["grid"]["cell_size"] == "30 角秒（约 928 米）"
    assert all(r["grid"] is None for r in json.loads(out)[:-1])
    said = typed_in(home, "layers")[1].replace("\n", "")
    assert f"population-grid：格子 30 角秒（约 928 米），{row['rows']:,} 个有人，合计" in said
    assert "（CGCS2000，2020 年，示例）" in said


def test_check_says_how_far_a_grid_is_from_the_units_own_people(
    home: Path, typed_in: Typed
) -> None:
    code, out, _ = typed_in(home, "check", "population-grid")
    said = out.replace("\n", "")
    people = Workspace.open(home).people()
    assert code == 0
    assert f"{len(people.cells):,} 个格子、{people.total:,.0f} 人" in said
    assert "乡镇（街道）自己的人口（2023 年）" in said
    assert f"{people.difference:+,.0f} 人" in said
    assert "乡镇（街道）界线是近似的，不逐个列出" in said
    assert people.sample
    assert people.approximate


def test_counties_own_the_same_cells_as_their_townships(home: Path) -> None:
    workspace = Workspace.open(home)
    towns, counties = workspace.people("township"), workspace.people("county")
    assert counties.total == towns.total
    summed = towns.units.groupby("county_code")["people"].sum()
    assert (counties.units["people"] == summed.reindex(counties.units.index)).all()


def test_a_kept_grid_is_the_same_and_is_not_read_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Workspace.open(home).people()
    monkeypatch.setattr(Layers, "cells", lambda *_: pytest.fail("read again"))
    monkeypatch.setattr(
        "hbgeo.read.units.grid.read_grid", lambda *_, **__: pytest.fail("read again")
    )
    again = Workspace.open(home).people()
    pd.testing.assert_frame_equal(again.cells, first.cells)
    pd.testing.assert_frame_equal(again.units, first.units)
    assert (again.outside, again.on_border, again.words()) == (
        first.outside,
        first.on_border,
        first.words(),
    )


def test_who_asks_for_no_grid_does_not_read_it(home: Path, typed_in: Typed, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("maps"))
    (copy / "layers" / "people.tif").write_bytes(b"not a TIFF")
    code, _, err = typed_in(copy, "search", "长阳")
    assert (code, err) == (0, "")
    code, out, err = typed_in(copy, "check", "population-grid")
    assert (code, out) == (1, "")
    assert err.strip().endswith(
        "people.tif：不是 GeoTIFF（只是名字像）；请在 GIS 软件里导出为 GeoTIFF"
    )


def test_the_problems_of_a_grid(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("maps"))
    catalog = copy / "layers" / "catalog.toml"
    catalog.write_text(catalog.read_text("utf-8").replace("approximate = true\n", ""), "utf-8")
    with rasterio.open(copy / "layers" / "people.tif") as file:
        values, place = file.read(1), file.transform
    write_grid(copy / "layers" / "people.tif", values * 2 + 20, transform=place)
    issues = Workspace.open(copy).issues_of("population-grid")
    assert set(issues["rule"]) == {"W35", "W36"}
    assert (issues["severity"] == "warning").all()
    whole = issues[(issues["rule"] == "W36") & (issues["county"] == "")]
    assert whole["message"].tolist() == [Workspace.open(copy).people().words()]
    one = issues[issues["county"] != ""].iloc[0]
    assert f"（{one['county_code'][:6]}" in one["message"]
    assert "自己的人口" in one["message"]


def test_a_grid_of_a_later_year_is_said(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("maps"))
    catalog = copy / "layers" / "catalog.toml"
    text = catalog.read_text("utf-8")
    for year, rules in ((2023, []), (2024, ["W37"])):
        catalog.write_text(text.replace("year = 2020", f"year = {year}"), "utf-8")
        issues = Workspace.open(copy).issues_of("population-grid")
        assert issues[issues["rule"] != "W36"]["rule"].tolist() == rules
    assert "格网是 2024 年的，晚于截至日期 2023-12-31" in issues["message"].tolist()


def test_units_without_shapes_own_no_cells(tmp_path: Path) -> None:
    (tmp_path / "layers").mkdir()
    write_grid(tmp_path / "layers" / "a.tif", ONES)
    (tmp_path / "layers" / "catalog.toml").write_text(TOP + ENTRY.format(path='"a.tif"', more=""), "utf-8")  # fmt: skip
    workspace = Workspace.open(tmp_path)
    with pytest.raises(LayerError, match="没有乡镇、县的面图层"):
        workspace.people()
    with pytest.raises(LayerError, match="没有县（市、区）的面图层"):
        workspace.people("county")
    with pytest.raises(LayerError, match="没有图层“other”"):
        workspace.people("county", "other")
