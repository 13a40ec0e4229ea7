"""The same 200 facilities come out the same, whatever kind of file a county sends."""

from __future__ import annotations

import csv
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import postgres
import pytest
import shapely
import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.file import postgis
from hbgeo.read.file.find import Database
from hbgeo.read.file.postgis import read_batches, read_postgis
from hbgeo.read.layer import read_layer

N = 200
HEADINGS = ["编号", "名称", "所在县", "所在乡镇", "运营状态", "启用时间", "墓位总数", "备注"]
TOWNS = ["𣲗源口镇", "簰洲湾镇", "青山镇街道", "九里回族乡"]


def make_rows() -> pd.DataFrame:
    """200 invented cemeteries with points of seven decimals."""
    rng = np.random.default_rng(7)
    rows = pd.DataFrame(
        {
            "编号": [f"示例{i:04d}" for i in range(N)],
            "名称": [f"示例公墓{i}号" for i in range(N)],
            "所在县": ["阳新县", "嘉鱼县", "青山区", "钟祥市"] * (N // 4),
            "所在乡镇": TOWNS * (N // 4),
            "运营状态": ["运营", "在建"] * (N // 2),
            "启用时间": [f"20{10 + i % 13}-0{1 + i % 9}-15" for i in range(N)],
            "墓位总数": [str(100 + i) for i in range(N)],
            "备注": ["", "垱、埫、剅"] * (N // 2),
        },
        dtype="str",
    )
    rows["经度"] = rng.uniform(110, 115, N).round(7)
    rows["纬度"] = rng.uniform(30, 32, N).round(7)
    return rows


ROWS = make_rows()
POINTS = gpd.GeoDataFrame(
    ROWS[HEADINGS], geometry=shapely.points(ROWS["经度"], ROWS["纬度"]), crs="EPSG:4490"
)
TABLE = [[*HEADINGS, "经度", "纬度"], *ROWS.to_numpy().tolist()]


def write_xlsx(path: Path) -> None:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("公墓")
    for r, row in enumerate(TABLE):
        sheet.write_row(r, 0, row)
    book.close()


def write_xls(path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("公墓")
    for r, row in enumerate(TABLE):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    book.save(str(path))


def write_ods(path: Path) -> None:
    book = OpenDocumentSpreadsheet()
    sheet = Table(name="公墓")
    for row in TABLE:
        line = TableRow()
        for value in row:
            number = isinstance(value, float)
            cell = (
                TableCell(valuetype="float", value=repr(value))
                if number
                else TableCell(valuetype="string")
            )
            cell.addElement(P(text=str(value)))
            line.addElement(cell)
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    book.save(str(path))


def write_csv(encoding: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(TABLE)

    return write


def write_ogr(path: Path, **more: Any) -> None:
    POINTS.to_file(path, engine="pyogrio", **more)


def write_shp(encoding: str, *, cpg: bool) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with warnings.catch_warnings():  # headings are cut at ten bytes: that is what is tested
            warnings.simplefilter("ignore", RuntimeWarning)
            write_ogr(path, encoding=encoding)
        beside = path.with_suffix(".cpg")
        if cpg:
            beside.write_text({"gb18030": "GBK"}.get(encoding, encoding), "ascii")
        else:
            beside.unlink()

    return write


def write_zip(path: Path) -> None:
    folder = path.with_suffix("")
    folder.mkdir()
    write_shp("gb18030", cpg=False)(folder / "公墓.shp")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, f"数据/{file.name}")


def write_kml(path: Path) -> None:
    # as 奥维 exports it: a folder of placemarks, their attributes as ExtendedData
    marks = "".join(
        "<Placemark><name>{}</name><ExtendedData>{}</ExtendedData><Point><coordinates>{!r},{!r},0"
        "</coordinates></Point></Placemark>".format(
            row["名称"],
            "".join(f'<Data name="{h}"><value>{row[h]}</value></Data>' for h in HEADINGS),
            row["经度"],
            row["纬度"],
        )
        for row in ROWS.to_dict("records")
    )
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><name>导出</name><Folder><name>公墓</name>{marks}</Folder></Document></kml>",
        encoding="utf-8",
    )


def write_kmz(path: Path) -> None:
    inside = path.with_suffix(".kml")
    write_kml(inside)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(inside, "doc.kml")


def write_plain_parquet(path: Path) -> None:
    ROWS.to_parquet(path)


FILES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "xlsx": ("公墓.xlsx", write_xlsx),
    "xls": ("公墓.xls", write_xls),
    "ods": ("公墓.ods", write_ods),
    "csv-utf8": ("公墓.csv", write_csv("utf-8")),
    "csv-utf8-bom": ("公墓.csv", write_csv("utf-8-sig")),
    "csv-gb18030": ("公墓.csv", write_csv("gb18030")),
    "csv-utf16": ("公墓.csv", write_csv("utf-16")),
    "shp-gbk-cpg": ("公墓.shp", write_shp("gb18030", cpg=True)),
    "shp-gbk": ("公墓.shp", write_shp("gb18030", cpg=False)),
    "shp-utf8": ("公墓.shp", write_shp("utf-8", cpg=True)),
    "zip": ("公墓.zip", write_zip),
    "gpkg": ("公墓.gpkg", write_ogr),
    "geojson": ("公墓.geojson", write_ogr),
    "kml": ("公墓.kml", write_kml),
    "kmz": ("公墓.kmz", write_kmz),
    "ovkml": ("公墓.ovkml", write_kml),
    "ovkmz": ("公墓.ovkmz", write_kmz),
    "fgb": ("公墓.fgb", lambda path: write_ogr(path, SPATIAL_INDEX="NO")),
    "geoparquet": ("公墓.parquet", lambda path: POINTS.to_parquet(path)),
    "parquet": ("公墓.parquet", write_plain_parquet),
}


def layer(path: str, **more: Any) -> Layer:
    """A cemetery layer of one file."""
    return Layer(
        "cemetery", "facilities", (path,), "示例", schema="cemetery", crs="CGCS2000", **more
    )


def read(one: Layer, folder: Path) -> pd.DataFrame:
    """The layer's rows without where they came from: a file, a sheet, a row."""
    made = read_layer(one, folder)
    assert len(made.aside) == 0
    assert [i for i in made.issues if i.severity == "error"] == []
    # under which declaration a point was read is not the point
    apart = ["file", "sheet", "row", "crs"]
    return made.frame.drop(columns=apart, errors="ignore").reset_index(drop=True)


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """What the plainest of them, UTF-8 CSV, gives; checked against the rows themselves."""
    folder = tmp_path_factory.mktemp("plain")
    write_csv("utf-8")(folder / "公墓.csv")
    frame = read(layer("公墓.csv"), folder)
    assert frame["id"].tolist() == ROWS["编号"].tolist()
    assert frame["township"].tolist() == ROWS["所在乡镇"].tolist()
    assert frame["x"].tolist() == ROWS["经度"].tolist()
    assert frame["opened_on"].dt.strftime("%Y-%m-%d").tolist() == ROWS["启用时间"].tolist()
    assert frame["plots_total"].tolist() == [100.0 + i for i in range(N)]
    return frame


def same(frame: pd.DataFrame, wanted: pd.DataFrame) -> None:
    """Equal in columns, order and values; coordinates to the seventh decimal."""
    assert set(frame.columns) == set(wanted.columns)
    pd.testing.assert_frame_equal(
        frame[wanted.columns], wanted, check_exact=False, rtol=0, atol=1e-8, check_dtype=False
    )


@pytest.mark.parametrize("kind", list(FILES))
def test_every_kind_of_file_gives_the_same_rows(tmp_path, wanted, kind):
    name, write = FILES[kind]
    write(tmp_path / name)
    same(read(layer(name), tmp_path), wanted)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostGIS server with the rows in a table; the address without its password."""
    import sqlalchemy

    with postgres.server(tmp_path_factory.mktemp("pg")) as port:
        address = f"postgresql://planner:${{HBGEO_TEST_PASSWORD}}@127.0.0.1:{port}/postgres"
        url = sqlalchemy.make_url(address).set(
            drivername="postgresql+psycopg", password=postgres.PASSWORD
        )
        engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE EXTENSION postgis"))
            connection.execute(sqlalchemy.text("CREATE SCHEMA 民政"))
            POINTS.rename_geometry("geom").to_postgis("公墓", connection, schema="民政")
            ROWS.to_sql("台账", connection, schema="民政", index=False)
            for made in (
                "空 (编号 text, geom geometry(Point, 4490))",
                "两列 (编号 text, a geometry(Point, 4490), b geometry)",
                (
                    "混 AS SELECT 编号, ST_SetSRID(geom, CASE 编号 WHEN '示例0007' THEN 4326 ELSE 4490 END)"
                    " AS geom FROM 民政.公墓"
                ),
            ):
                connection.execute(sqlalchemy.text(f"CREATE TABLE {made}"))
            connection.execute(
                sqlalchemy.text(
                    "CREATE VIEW 运营公墓 AS SELECT * FROM 民政.公墓 WHERE 运营状态 = '运营'"
                )
            )
        yield address


@pytest.mark.system
class TestPostgis:
    def test_a_table_gives_the_same_rows(self, database, wanted, tmp_path, monkeypatch):
        monkeypatch.setenv("HBGEO_TEST_PASSWORD", postgres.PASSWORD)
        same(read(layer(database, table="民政.公墓"), tmp_path), wanted)

    def test_a_view_is_read(self, database, wanted, tmp_path, monkeypatch):
        monkeypatch.setenv("HBGEO_TEST_PASSWORD", postgres.PASSWORD)
        frame = read(layer(database, table="运营公墓"), tmp_path)
        assert sorted(frame["id"]) == sorted(wanted.loc[wanted["status"] == "运营", "id"])

    def test_a_ledger_without_geometry_gives_the_same_rows(
        self, database, wanted, tmp_path, monkeypatch
    ):
        monkeypatch.setenv("HBGEO_TEST_PASSWORD", postgres.PASSWORD)
        same(read(layer(database, table="民政.台账"), tmp_path), wanted)

    def test_batches_are_of_the_size_asked_for(self, database, monkeypatch):
        monkeypatch.setenv("HBGEO_TEST_PASSWORD", postgres.PASSWORD)
        batches = list(read_batches(Database(database), layer(database, table="民政.公墓"), 64))
        assert [len(b.frame) for b in batches] == [64, 64, 64, 8]
        assert {b.srid for b in batches} == {4490}
        assert pd.concat([b.frame for b in batches])["编号"].tolist() == ROWS["编号"].tolist()

    def test_rows_of_several_batches_are_numbered_through(self, database, monkeypatch):
        monkeypatch.setenv("HBGEO_TEST_PASSWORD", postgres.PASSWORD)
        monkeypatch.setattr(postgis, "read_batches", partial(read_batches, size=64))
        raw = read_postgis(Database(database), layer(database, table="民政.公墓"))
        assert raw.index.tolist() == list(range(200))
        assert raw["编号"].tolist() == ROWS["编号"].tolist()

    def test_an_empty_table_has_its_columns(self, database, monkeypatch):
        monkeypatch.setenv("HBGEO_TEST_PASSWORD", postgres.PASSWORD)
        raw = read_postgis(Database(database), layer(database, table="空"))
        assert (len(raw), list(raw.columns)) == (0, ["编号", "geometry", "file", "sheet", "row"])

    @pytest.mark.parametrize(
        ("table", "said"), [("两列", "有 2 个几何列（a、b）"), ("混", "几何列有多个坐标系")]
    )
    def test_geometry_that_leaves_a_choice_is_refused(self, database, monkeypatch, table, said):
        monkeypatch.setenv("HBGEO_TEST_PASSWORD", postgres.PASSWORD)
        with pytest.raises(LayerError) as caught:
            read_postgis(Database(database), layer(database, table=table))
        assert said in str(caught.value)

    def test_the_database_is_only_read(self, database, tmp_path, monkeypatch):
        monkeypatch.setenv("HBGEO_TEST_PASSWORD", postgres.PASSWORD)
        hostile = '公墓"; DROP TABLE 民政.公墓; --'
        with pytest.raises(LayerError, match="没有表"):
            read(layer(database, table=hostile), tmp_path)
        assert len(read(layer(database, table="民政.公墓"), tmp_path)) == N

    def test_an_unknown_table_names_what_there_is(self, database, tmp_path, monkeypatch):
        monkeypatch.setenv("HBGEO_TEST_PASSWORD", postgres.PASSWORD)
        with pytest.raises(LayerError, match=r"没有表“民政\.养老”；已有：.*民政\.公墓"):
            read(layer(database, table="民政.养老"), tmp_path)

    def test_a_wrong_password_is_not_repeated(self, database, tmp_path, monkeypatch):
        monkeypatch.setenv("HBGEO_TEST_PASSWORD", "wrong-secret")
        with pytest.raises(LayerError, match="无法读取数据库") as caught:
            read(layer(database, table="民政.公墓"), tmp_path)
        assert "wrong-secret" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize(
        ("password", "change", "said"),
        [
            ("wrong", ("", ""), "用户名或密码不对"), ("", ("", ""), "用户名或密码不对"),
            (postgres.PASSWORD, ("/postgres", "/geheim"), "没有这个数据库"),
            (postgres.PASSWORD, ("127.0.0.1", "geheim.invalid"), "找不到这台服务器"),
            (postgres.PASSWORD, ("/postgres", "/postgres?sslmode=require"), "加密方式"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said_in_our_words_alone(
        self, database, tmp_path, monkeypatch, capfd, password, change, said
    ):
        monkeypatch.setenv("HBGEO_TEST_PASSWORD", password)
        open_to_all = tmp_path / "pgpass"  # of which libpq would complain on stderr
        open_to_all.write_text("*:*:*:*:geheim\n")
        open_to_all.chmod(0o644)
        monkeypatch.setenv("PGPASSFILE", str(open_to_all))
        with pytest.raises(LayerError, match="无法读取数据库") as caught:
            read(layer(database.replace(*change), table="民政.公墓"), tmp_path)
        found = re.search(r"无法读取数据库（(.*)）$", str(caught.value))
        assert said in found[1]
        assert not re.search(r"planner|geheim|127|FATAL|connection", found[1])
        assert capfd.readouterr() == ("", "")

    def test_no_file_of_passwords_is_looked_into(self, database, tmp_path, monkeypatch):
        monkeypatch.setenv("HBGEO_TEST_PASSWORD", "")
        secret = tmp_path / "pgpass"
        secret.write_text(
            f"*:*:*:planner:{postgres.PASSWORD.replace(':', chr(92) + ':')}\n", "utf-8"
        )
        secret.chmod(0o600)
        monkeypatch.setenv("PGPASSFILE", str(secret))
        with pytest.raises(LayerError, match="用户名或密码不对"):
            read(layer(database, table="民政.公墓"), tmp_path)

    def test_notices_and_odd_types_say_nothing(self, database, monkeypatch, capfd):
        import sqlalchemy

        monkeypatch.setenv("HBGEO_TEST_PASSWORD", postgres.PASSWORD)
        engine = sqlalchemy.create_engine(
            sqlalchemy.make_url(database).set(drivername="postgresql+psycopg", password=postgres.PASSWORD),
            poolclass=sqlalchemy.NullPool,
        )  # fmt: skip
        loud = (
            "CREATE FUNCTION 喊() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'geheim'; RETURN '甲'; END $$",
            "CREATE VIEW 吵 AS SELECT 编号, 喊() AS 名称, point(1, 2) AS 怪, geom FROM 民政.公墓 LIMIT 3",
        )  # fmt: skip
        with engine.begin() as connection:
            for line in loud:
                connection.execute(sqlalchemy.text(line))
        assert len(read_postgis(Database(database), layer(database, table="吵"))) == 3
        assert capfd.readouterr() == ("", "")

    def test_a_server_that_is_away_is_one_line(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HBGEO_TEST_PASSWORD", "secret")
        away = "postgresql://planner:${HBGEO_TEST_PASSWORD}@127.0.0.1:1/postgres"
        with pytest.raises(LayerError, match=r"127\.0\.0\.1/postgres：无法读取数据库") as caught:
            read(layer(away, table="公墓"), tmp_path)
        assert "secret" not in str(caught.value)


def test_a_password_that_is_not_set_names_its_variable(tmp_path, monkeypatch):
    monkeypatch.delenv("HBGEO_TEST_PASSWORD", raising=False)
    address = "postgresql://planner:${HBGEO_TEST_PASSWORD}@127.0.0.1:1/postgres"
    with pytest.raises(LayerError, match="没有设置环境变量 HBGEO_TEST_PASSWORD"):
        read(layer(address, table="公墓"), tmp_path)


def test_the_password_of_a_database_is_that_of_the_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = Database("postgresql://某人:${HBGEO_WORD}@localhost:5433/民政")
    monkeypatch.setenv("HBGEO_WORD", "secret")
    url = postgis.url_of(given)
    assert (url.drivername, url.username, url.password) == ("postgresql+psycopg", "某人", "secret")
    assert (url.host, url.port, url.database) == ("localhost", 5433, "民政")
    assert postgis.url_of(Database("postgresql://某人@localhost/民政")).password is None
    monkeypatch.delenv("HBGEO_WORD")
    with pytest.raises(LayerError, match="没有设置环境变量 HBGEO_WORD"):
        postgis.url_of(given)
