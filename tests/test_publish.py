"""Published files hold what the main job wrote, open in other programs, and are whole or not there."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import fiona
import geopandas as gpd
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from published import NUMBERS, as_written, of_counties, read_as, rows_of

from hbgeo.errors import OutputError, RequestError
from hbgeo.job import Report, run
from hbgeo.publish.content import Content, make_content
from hbgeo.publish.layers import _pair
from hbgeo.publish.names import view_name
from hbgeo.publish.package import write_package
from hbgeo.publish.project import Source, project_bytes
from hbgeo.publish.publishing import target_of
from hbgeo.publish.styles import style_parts, style_text
from hbgeo.publish.tables import TABLES
from hbgeo.publish.views import views_of
from hbgeo.show import look, words
from hbgeo.workspace import Workspace

Typed = Callable[..., tuple[int, str, str]]
# what a policy may call an indicator: letters, digits, Chinese characters, _ and -
IDS = st.from_regex(r"[A-Za-z0-9_\-㐀-鿿]{1,60}", fullmatch=True)
VARIANTS = st.tuples(IDS, st.none() | IDS).map(lambda p: "@".join(filter(None, p)))


@pytest.fixture(scope="module")
def report(sample: Workspace) -> Report:
    return run(sample)


@pytest.fixture(scope="module")
def content(sample: Workspace) -> Content:
    return make_content(sample, sample.options())


@pytest.fixture(scope="module")
def package(content: Content, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("published") / "湖北.gpkg"
    write_package(content, path)
    return path


def parsed(text: Any) -> Element:
    return fromstring(text)  # noqa: S314 - our own


def query(path: Path, text: str) -> list[dict[str, object]]:
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(text)]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("cemetery-township", "v_cemetery_township"),
        ("cemetery-township@loose", "v_cemetery_township__loose"),
        ("乡镇-公墓@宽", "v_乡镇_公墓__宽"),
    ],
)
def test_a_view_is_called_as_its_indicator(given: str, name: str) -> None:
    assert view_name(given) == name


@given(st.lists(VARIANTS, unique=True, min_size=2, max_size=2))
def test_no_two_indicators_share_a_view_and_every_name_fits(ids: list[str]) -> None:
    names = [view_name(one) for one in ids]
    assert names[0].casefold() != names[1].casefold()
    assert all(len(name.encode()) <= 63 and name.startswith("v_") for name in names)


@pytest.mark.parametrize(
    ("one", "other"), [("a-b", "a_b"), ("a--b", "a@b"), ("a-@b", "a@-b"), ("Ab", "ab")]
)
def test_ids_that_would_fall_together_are_told_apart(one: str, other: str) -> None:
    assert view_name(one) != view_name(other)


@pytest.mark.parametrize("name", ["coverage", "issues"])
def test_the_package_holds_the_rows_of_the_main_job(
    name: str, package: Path, report: Report
) -> None:
    wanted = rows_of(report, f"{name}.csv")
    table = {"coverage": "results", "issues": "issues"}[name]
    have = query(package, f"SELECT * FROM {table} ORDER BY fid")  # noqa: S608
    columns = list(wanted[0])
    assert len(have) == len(wanted) > 400
    assert [as_written(row, columns) for row in have] == [
        read_as(row, NUMBERS[name]) for row in wanted
    ]


def test_every_row_of_results_stands_in_the_view_of_its_indicator(
    package: Path, content: Content
) -> None:
    views = [view for view in views_of(content) if view.indicator]
    rows = content.tables["results"]
    assert len(views) == len(content.legends) == rows["indicator"].nunique() > 60
    for view in views:
        codes = rows.loc[rows["indicator"] == view.indicator, "code"].tolist()
        have = query(package, f'SELECT code FROM "{view.name}" ORDER BY OGC_FID')  # noqa: S608
        assert [row["code"] for row in have] == codes


def test_every_unit_and_facility_is_there_once(package: Path, sample: Workspace) -> None:
    units = sum(len(table) for table in sample.all_units().values())
    keys = [k for k, la in sample.catalog.layers.items() if la.role == "facilities"]
    facilities = sum(len(sample.layer(key)) for key in keys)
    counts = [
        query(package, f"SELECT count(*) n, count(DISTINCT {key}) d FROM {table}")[0]  # noqa: S608
        for table, key in (("units", "level || code"), ("facilities", "layer || '/' || id"))
    ]
    assert [(c["n"], c["d"]) for c in counts] == [(units, units), (facilities, facilities)]


def test_other_programs_open_it(package: Path, content: Content) -> None:
    layers = fiona.listlayers(package)
    assert {view.name for view in views_of(content)} <= set(layers)
    towns = gpd.read_file(package, layer="v_cemetery_township")
    assert towns.crs.to_epsg() == 4490
    assert set(towns.geom_type) == {"MultiPolygon"}
    assert towns["covered"].sum() == 311
    assert len(towns) == 922
    assert set(towns["mark"]) == {f"{words.SAMPLE_MARK}；{words.APPROXIMATE_MARK}"}
    info = pyogrio.read_info(package, layer="results")
    assert dict(zip(info["fields"], info["ogr_types"], strict=True))["as_of"] == "OFTDate"
    with fiona.open(package, layer="v_sign_village") as signs:
        assert signs.schema["geometry"] == "Point"
        assert len(signs) == 20829


def test_what_must_be_said_stands_beside_every_layer(package: Path, content: Content) -> None:
    said = query(package, "SELECT * FROM gpkg_contents WHERE table_name <> 'layer_styles'")
    assert len(said) == len(views_of(content)) + len(TABLES)
    counties = {"units_province", "units_prefecture", "units_county"}
    for row in said:
        assert words.NOT_A_MAP in str(row["description"]), row["table_name"]
        assert words.SAMPLE_MARK in str(row["description"]) or row["table_name"] in counties
    villages = next(row for row in said if row["table_name"] == "v_sign_village")
    assert "画作点" in str(villages["description"])


def test_no_personal_column_goes_out(content: Content, sample: Workspace) -> None:
    for layer in content.layers:
        rows = content.tables["facilities"]
        details = rows.loc[rows["layer"] == layer.key, "details"]
        keys = {key for text in details for key in json.loads(text)}
        assert keys <= set(sample.schema_of(layer.key).columns), layer.key
    cemetery = rows[rows["layer"] == "cemetery"]
    first = json.loads(cemetery["details"].iloc[0])
    assert (first["level"], first["area_m2"], first["approved_on"]) == (
        "乡镇级",
        3310,
        "2008-04-06",
    )


def test_a_value_is_written_as_json_has_it() -> None:
    assert _pair("note", '引"号\\') == '"note":"引\\"号\\\\"'
    assert _pair("area_m2", 0.5) == '"area_m2":0.5'
    assert _pair("services", ("卫生", "议事")) == '"services":["卫生", "议事"]'
    assert [_pair("note", nothing) for nothing in ("", (), [])] == [None, None, None]


def test_the_same_content_gives_the_same_bytes(content: Content, tmp_path: Path) -> None:
    small = of_counties(content, "甲")
    for name in "ab":
        write_package(small, tmp_path / f"{name}.gpkg")
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()
    source = Source("ogr", "./a.gpkg")
    assert project_bytes(small, source, "a") == project_bytes(small, source, "a")


def test_styles_have_a_colour_for_every_class_and_hatch_what_misses(
    package: Path, content: Content
) -> None:
    views = {view.name: view for view in views_of(content)}
    styles = query(package, "SELECT * FROM layer_styles")
    assert {row["f_table_name"] for row in styles} == set(views)
    for row in styles:
        view, root = views[str(row["f_table_name"])], parsed(str(row["styleQML"]))
        assert str(row["styleQML"]) == style_text(style_parts(content, view))
        if view.indicator:
            legend = [c.get("value") for c in root.iter("category")]
            have = query(package, f'SELECT DISTINCT "class" c FROM "{view.name}"')  # noqa: S608
            assert {one["c"] for one in have} <= set(legend), view.name
            assert legend == [key.name for key in content.legends[view.indicator]]
    towns = next(row for row in styles if row["f_table_name"] == "v_cemetery_township")
    symbols = parsed(str(towns["styleQML"])).findall("renderer-v2/symbols/symbol")
    kinds = [[layer.get("class") for layer in s.findall("layer")] for s in symbols]
    assert kinds == [["SimpleFill"], ["SimpleFill", "LinePatternFill"]]
    colours = [s.find("layer/Option/Option[@name='color']").get("value") for s in symbols]  # type: ignore[union-attr]
    assert colours == [
        ",".join([*(str(int(c[at : at + 2], 16)) for at in (1, 3, 5)), "255"])
        for c in (look.COVERED, look.UNCOVERED)
    ]


def test_a_project_names_its_package_beside_itself_and_says_its_marks(
    sample: Workspace, content: Content, tmp_path: Path
) -> None:
    made = tmp_path / "a.qgz"
    made.write_bytes(project_bytes(content, Source("ogr", "./湖北.gpkg"), "a"))
    with zipfile.ZipFile(made) as archive:
        assert archive.namelist() == ["a.qgs"]
        root = parsed(archive.read("a.qgs"))
    sources = [node.text or "" for node in root.iter("datasource")]
    assert len(sources) == len(views_of(content)) + len(content.layers)
    assert all(one.startswith("./湖北.gpkg|layername=") for one in sources)
    title = root.findtext("title") or ""
    assert content.title in title
    assert words.SAMPLE_MARK in title
    assert words.NOT_A_MAP in title
    groups = [node.get("name") for node in root.findall("layer-tree-group/layer-tree-group")]
    assert groups[:2] == ["界线", "设施"]
    assert {
        "社会救助",
        "社区治理",
        "养老服务",
        "社会组织",
        "未成年人保护",
        "殡葬服务",
        "区划地名",
    } <= set(groups)
    assert root.findtext("projectCrs/spatialrefsys/authid") == "EPSG:4490"
    assert len(sample.all_units()) == len(content.shapes)


def test_a_project_over_a_server_names_no_user_and_no_password() -> None:
    source = Source("postgres", "dbname='民政' host=gis port=5432")
    found = source.of("v_a", "fid", "Point")
    assert found.startswith("dbname='民政' host=gis port=5432 key='fid'")
    assert "user" not in found
    assert "password" not in found


@pytest.mark.parametrize(
    "given",
    [
        "结果.shp", "结果", "结果.gpkg.zip", "postgres://u@h/d", "postgresql://u:geheim@h/d",
        "postgresql+psycopg://u:geheim@h/d", "host=h password=geheim", "POSTGRESQL://u:geheim@h",
    ],
)  # fmt: skip
def test_a_target_that_is_none_is_refused_and_its_password_not_repeated(
    given: str, sample: Workspace, typed_in: Typed
) -> None:
    code, out, err = typed_in(sample.root, "publish", given)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "geheim" not in err
    assert ".gpkg" in err


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_measured(
    sample: Workspace, typed_in: Typed, tmp_path: Path
) -> None:
    (tmp_path / "有.gpkg").mkdir()
    for name, said in (("没有/a.gpkg", "不存在"), ("有.gpkg", "文件夹")):
        code, _, err = typed_in(sample.root, "publish", str(tmp_path / name))
        assert (code, err.count("\n")) == (1, 1)
        assert said in err


def test_a_project_alone_brings_its_package() -> None:
    target = target_of("甲.qgz")
    assert (target.package, target.project) == (Path("甲.gpkg"), Path("甲.qgz"))
    with pytest.raises(RequestError, match="--project"):
        target_of("甲.qgz", Path("乙.qgz"))
    with pytest.raises(RequestError, match=r"扩展名应为 \.qgz"):
        target_of("甲.gpkg", Path("乙.qgs"))


def test_what_stood_there_stays_where_writing_fails(
    sample: Workspace, typed_in: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "甲.gpkg"
    old.write_bytes(b"earlier")

    def fail(*_: object) -> None:
        raise OutputError("磁盘已满")

    monkeypatch.setattr("hbgeo.publish.package._write_styles", fail)
    code, _, err = typed_in(sample.root, "publish", str(tmp_path / "甲.qgz"), "--in", "420525")
    assert (code, err) == (1, "hbgeo：磁盘已满\n")
    assert [p.name for p in tmp_path.iterdir()] == ["甲.gpkg"]
    assert old.read_bytes() == b"earlier"


def test_a_part_is_published_with_its_name_and_the_layers_whole(
    sample: Workspace, typed_in: Typed, tmp_path: Path
) -> None:
    file = tmp_path / "远安.gpkg"
    words_given = ("publish", str(file), "--in", "远安县", "--as-of", "2023-06-30")
    code, out, _ = typed_in(sample.root, *words_given)
    assert code == 0
    assert words.SAMPLE_MARK in out
    [run_row] = query(file, "SELECT * FROM runs")
    assert (run_row["part"], run_row["as_of"]) == ("远安县（420525）", "2023-06-30")
    counties = query(file, "SELECT DISTINCT county FROM v_cemetery_township")
    assert counties == [{"county": "远安县"}]
    assert query(file, "SELECT count(*) n FROM units WHERE level = 'county'") == [{"n": 103}]
