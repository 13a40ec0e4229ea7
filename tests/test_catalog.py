"""The catalogue is read strictly: what it does not know, or may not read, it refuses in one line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from hbgeo.errors import CatalogError
from hbgeo.read.catalog import LEVEL_NAMES, ROLE_NAMES, Layer, read_catalog
from hbgeo.read.file.find import find_files
from hbgeo.read.indicator import Assumption

TOP = 'title = "示例"\nas_of = 2023-12-31\nscheme = "MCA-2025"\n'
COUNTY = '[county]\nrole = "units"\nlevel = "county"\npath = "county.gpkg"\nsource = "示例"\n'


def write(folder: Path, text: str) -> Path:
    """A workspace's layers/ with this catalogue."""
    layers = folder / "work" / "layers"
    layers.mkdir(parents=True)
    (layers / "catalog.toml").write_text(text, encoding="utf-8")
    return layers


def test_a_catalogue_is_read_with_its_defaults(tmp_path):
    catalog = read_catalog(write(tmp_path, TOP + COUNTY))
    county = catalog.layers["county"]
    assert (catalog.as_of, county.schema, county.scheme) == (
        date(2023, 12, 31),
        "unit",
        "MCA-2025",
    )
    assert not county.sample
    assert county.paths == ("county.gpkg",)


def test_what_is_not_said_of_a_layer_is_nothing_and_no():
    layer = Layer("k", "facilities", ("a.csv",), "示例")
    assert (layer.level, layer.table, layer.schema, layer.scheme, layer.crs) == ("",) * 5
    assert (layer.encoding, layer.year, layer.columns, layer.own_words) == ("", None, {}, {})
    assert (layer.sample, layer.approximate) == (False, False)


def test_a_catalogue_says_whose_targets_bind_and_what_is_assumed(tmp_path):
    plain = read_catalog(write(tmp_path / "a", TOP))
    assert (plain.scope, plain.assumptions) == ("province", {})
    more = '[assumptions]\ndeaths = { per_mille = 6.5, source = "年鉴" }\n'
    own = read_catalog(write(tmp_path / "b", f'{TOP}scope = "420625"\n{more}{COUNTY}'))
    assert (own.scope, list(own.layers)) == ("420625", ["county"])
    assert own.assumptions == {"deaths": Assumption(Decimal("6.5"), "年鉴")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('scope = "谷城县"', "scope = “谷城县”应为 province（全省），或市州、县的六位代码"),
        ('scope = "4206250"', "scope = “4206250”应为"),
        ('scope = "nation"', "scope = “nation”应为"),
        ("assumptions = 3", "catalog.toml [assumptions] 应写作表"),
        ("[assumptions]\nshare = 3", "catalog.toml [assumptions]：share = 3 的类型不对；应为表"),
        ("[assumptions]\nbirths = { pct = 3 }", "不认识的键 “births”"),
        ('[assumptions]\nshare = { pct = 0, source = "甲" }', "share.pct = 0 应大于 0、不超过 100"),
    ],
)  # fmt: skip
def test_a_wrong_scope_or_assumption_is_refused(tmp_path, text, said):
    with pytest.raises(CatalogError) as err:
        read_catalog(write(tmp_path, f"{TOP}{text}\n"))
    assert said in str(err.value)
    assert "\n" not in str(err.value)


def test_schema_defaults_to_the_key_for_other_roles(tmp_path):
    row = '[cemetery]\nrole = "facilities"\npath = "a.xlsx"\nsource = "示例"\n'
    assert read_catalog(write(tmp_path, TOP + row)).layers["cemetery"].schema == "cemetery"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TOP + COUNTY + 'sauce = "x"\n', "不认识的键 “sauce”；是否想写 source？"),
        ('titel = "x"\n' + TOP + COUNTY, "不认识的键 “titel”；是否想写 title？"),
        (TOP + COUNTY.replace('source = "示例"\n', ""), "缺少键 source"),
        (TOP + COUNTY.replace('"示例"', '" "'), "source 不能为空"),
        (TOP + COUNTY.replace('"units"', '"unit"'), "role = “unit”不在可选值 units、facilities"),
        (TOP + COUNTY.replace('"county"\npath', '"town"\npath'), "level = “town”不在可选值"),
        (TOP + COUNTY.replace('level = "county"\n', ""), "缺少键 level"),
        (TOP + COUNTY + 'sample = "yes"\n', "sample = 'yes' 的类型不对；应为true 或 false"),
        (TOP + COUNTY + "year = true\n", "year = True 的类型不对；应为整数"),
        (TOP + COUNTY.replace('"county.gpkg"', "[]"), "path 应为文件名，或文件名的列表"),
        (TOP + COUNTY.replace('"county.gpkg"', "3"), "path = 3 的类型不对"),
        (TOP.replace("2023-12-31", '"2023-12-31"') + COUNTY, "as_of = '2023-12-31' 的类型不对"),
        (COUNTY, "缺少键 title"),
        (TOP + "[county\n", "TOML 格式有误"),
    ],
)
def test_a_wrong_catalogue_is_refused_in_one_line(tmp_path, text, said):
    with pytest.raises(CatalogError) as caught:
        read_catalog(write(tmp_path, text))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_without_catalogue_names_the_way_out(tmp_path):
    with pytest.raises(CatalogError, match="hbgeo init"):
        read_catalog(tmp_path)


def test_a_catalogue_that_is_not_utf8_is_refused(tmp_path):
    layers = write(tmp_path, "")
    (layers / "catalog.toml").write_bytes((TOP + COUNTY).encode("gb18030"))
    with pytest.raises(CatalogError, match="不是 UTF-8"):
        read_catalog(layers)


def files_of(layers: Path) -> list[str]:
    """The names of the files the county layer reads."""
    catalog = read_catalog(layers)
    return [p.name for p in find_files(catalog.layers["county"], catalog.folder)]


def test_a_list_and_a_glob_find_files_in_name_order(tmp_path):
    layers = write(tmp_path, TOP + COUNTY.replace('"county.gpkg"', '["z.csv", "县/*.csv"]'))
    (layers / "县").mkdir()
    for name in ("z.csv", "县/乙.csv", "县/丙.csv"):
        (layers / name).write_text("", encoding="utf-8")
    assert files_of(layers) == ["z.csv", *sorted(["乙.csv", "丙.csv"])]


def test_a_path_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CatalogError, match=r"path = “county.gpkg” 没有这个文件"):
        files_of(write(tmp_path, TOP + COUNTY))


def test_a_glob_without_files_is_refused(tmp_path):
    with pytest.raises(CatalogError, match="没有这个文件"):
        files_of(write(tmp_path, TOP + COUNTY.replace("county.gpkg", "县/*.xlsx")))


@pytest.mark.parametrize("path", ["../county.gpkg", "a/../../county.gpkg", "a/../county.gpkg"])
def test_two_dots_are_refused(tmp_path, path):
    layers = write(tmp_path, TOP + COUNTY.replace("county.gpkg", path))
    (layers.parent / "county.gpkg").write_bytes(b"")
    with pytest.raises(CatalogError, match=r"含有“\.\.”"):
        files_of(layers)


@pytest.mark.usefixtures("_links")
def test_a_link_out_of_the_workspace_is_refused(tmp_path):
    layers = write(tmp_path, TOP + COUNTY)
    outside = tmp_path / "secret.gpkg"
    outside.write_bytes(b"")
    (layers / "county.gpkg").symlink_to(outside)
    with pytest.raises(CatalogError, match="工作区之外的链接"):
        files_of(layers)


@pytest.mark.usefixtures("_links")
def test_a_folder_linked_out_of_the_workspace_is_refused(tmp_path):
    layers = write(tmp_path, TOP + COUNTY.replace("county.gpkg", "县/*.csv"))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.csv").write_bytes(b"")
    (layers / "县").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CatalogError, match="工作区之外的链接"):
        files_of(layers)


@pytest.mark.usefixtures("_links")
def test_a_link_inside_the_workspace_and_an_absolute_path_are_read(tmp_path):
    layers = write(tmp_path, TOP + COUNTY)
    (layers / "real.gpkg").write_bytes(b"")
    (layers / "county.gpkg").symlink_to(layers / "real.gpkg")
    assert files_of(layers) == ["county.gpkg"]
    away = tmp_path / "away.gpkg"
    away.write_bytes(b"")
    (layers / "catalog.toml").write_text(
        TOP + COUNTY.replace("county.gpkg", away.as_posix()), encoding="utf-8"
    )
    assert files_of(layers) == ["away.gpkg"]


TABLE = '[county]\nrole = "units"\nlevel = "county"\npath = "{}"\nlayer = "t"\nsource = "示例"\n'


@pytest.mark.parametrize(
    "path",
    [
        "postgresql://u:${PW}@h/db",
        "postgresql://u@h:5432/db",
        "postgresql://u:${PW}@h/db?sslmode=require",
    ],
)
def test_a_database_is_named_with_its_passwords_variable(tmp_path, path):
    catalog = read_catalog(write(tmp_path, TOP + TABLE.format(path)))
    assert [d.url for d in find_files(catalog.layers["county"], catalog.folder)] == [path]


@pytest.mark.parametrize(
    "path", ["postgresql://u:geheim@h/db", "mysql://u:geheim@h/db", "https://h/geheim.gpkg"]
)
def test_a_password_in_the_catalogue_is_refused_and_not_repeated(tmp_path, path):
    with pytest.raises(CatalogError, match="密码只能放在环境变量里") as caught:
        read_catalog(write(tmp_path, TOP + TABLE.format(path)))
    assert "geheim" not in str(caught.value)


def test_a_database_needs_a_table(tmp_path):
    text = TOP + COUNTY.replace("county.gpkg", "postgresql://u@h/db")
    with pytest.raises(CatalogError, match="path 是数据库，缺少键 layer"):
        read_catalog(write(tmp_path, text))


@pytest.mark.parametrize(
    "path",
    [
        *(
            f"postgresql://u:${{PW}}@h/db?{more}"
            for more in (
                "passfile=/etc/geheim", "password=geheim", "service=geheim", "host=geheim", "hostaddr=10.0.0.1",
                "sslkey=/geheim", "options=-cgeheim", "PassFile=geheim", "p%61ssfile=geheim", "sslmode=require;passfile=geheim",
                "sslmode=require&passfile=geheim", "sslmode=require&sslmode=geheim", "sslmode=require&", "",
            )
        ),
        "postgresql://u:${PW}@h,geheim/db", "postgresql://u:${PW}@/db", "postgresql://u:${PW}@h/db%3Fpassfile=geheim",
        "postgresql://u:${PW}@h/passfile=geheim", "postgresql://u:$%7BPW%7D@h/geheim", "postgresql://u:${P;W}@h/geheim",
        "postgresql+psycopg://u@h/geheim", "postgres://u@h/geheim", "POSTGRESQL://u@h/geheim", " postgresql://u@h/geheim",
        "PG:host=h password=geheim", "pg:dbname=geheim", "MySQL:db,password=geheim", "MSSQL:server=h;pwd=geheim",
        "OCI:u/geheim@h", "/vsicurl/http%3A//h/geheim.gpkg", "/vsizip/geheim.zip", "file:///geheim", "WFS:http://h/geheim",
    ],
)  # fmt: skip
def test_no_address_opens_more_than_a_table(tmp_path, path):
    with pytest.raises(
        CatalogError, match=r"path 不是可用的文件名或数据库地址；应写作 postgresql://"
    ) as caught:
        read_catalog(write(tmp_path, TOP + TABLE.format(path)))
    assert "geheim" not in str(caught.value)
    assert "sslmode、sslrootcert" in str(caught.value)


@pytest.mark.parametrize(
    "path",
    [
        "postgresql://u.v@db-1.gov.cn:5432/民政_1", "postgresql://u:${PW}@10.0.0.1/db?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        "C:/数据/县.gpkg", "县:界.gpkg", "county/*.gpkg",
    ],
)  # fmt: skip
def test_what_is_no_trick_is_taken(tmp_path, path):
    read_catalog(write(tmp_path, TOP + TABLE.format(path)))


def test_texts_of_the_catalogue_are_one_line_and_nobodys(tmp_path):
    text = TOP + COUNTY.replace('source = "示例"', 'source = """甲\n138 1234 5678"""')
    assert read_catalog(write(tmp_path, text)).layers["county"].source == "甲 [已隐去]"
    odd = text.replace("138 1234 5678", "\\u001b[2J\\u202e")
    with pytest.raises(CatalogError, match=r"county\.source 的文字含有控制字符$"):
        read_catalog(write(tmp_path / "b", odd))


OWN = '[cemetery]\nrole = "facilities"\npath = "a.csv"\nsource = "示例"\nvalues = { 状态 = { 开放 = %s } }\n'


def test_a_ledgers_own_word_stands_for_one_of_the_columns(tmp_path):
    cemetery = read_catalog(write(tmp_path, TOP + OWN % '"运营"')).layers["cemetery"]
    assert cemetery.own_words == {"status": {"开放": "运营"}}


@pytest.mark.parametrize(("word", "shown"), [('"营业"', "营业"), ("1", "1")])
def test_a_ledgers_own_word_for_none_of_them_is_refused(tmp_path, word, shown):
    with pytest.raises(CatalogError, match=f"“开放” = “{shown}”不在可选值 "):
        read_catalog(write(tmp_path, TOP + OWN % word))


EVERY = """[cemetery]
role = "places"
level = "village"
path = "a.gpkg"
layer = "墓"
schema = "cemetery"
scheme = "NBS-2023"
crs = "EPSG:4490"
encoding = "gbk"
columns = { plots_total = "穴数" }
values = { 状态 = { "开门" = "运营" } }
year = 2022
source = "示例"
sample = true
approximate = true
"""


def test_a_layer_says_all_that_its_keys_say(tmp_path):
    top = TOP + 'approval = "示例审图号"\nbasemap = "base.mbtiles"\n'
    catalog = read_catalog(write(tmp_path, top + EVERY))
    assert catalog.layers == {
        "cemetery": Layer(
            "cemetery", "places", ("a.gpkg",), "示例", level="village", table="墓",
            schema="cemetery", scheme="NBS-2023", crs="EPSG:4490", encoding="gbk",
            columns={"plots_total": "穴数"}, own_words={"status": {"开门": "运营"}}, year=2022,
            sample=True, approximate=True,
        )
    }  # fmt: skip
    assert (catalog.title, catalog.scheme) == ("示例", "MCA-2025")
    assert (catalog.approval, catalog.basemap) == ("示例审图号", "base.mbtiles")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"{key} = {wrong}", f"{key} = {shown} 的类型不对；应为{wanted}")
        for key, wrong, shown, wanted in [
            *((k, "3", "3", "文字") for k in ("role", "level", "layer", "schema", "scheme", "crs",
                                             "encoding", "source")),
            ("columns", '"x"', "'x'", "表"), ("values", "1", "1", "表"), ("year", '"2022"', "'2022'", "整数"),
            ("sample", "1", "1", "true 或 false"), ("approximate", "0", "0", "true 或 false"),
        ]
    ],
)  # fmt: skip
def test_a_key_of_another_type_is_refused_with_what_it_should_be(tmp_path, line, said):
    key = line.split(" = ")[0]
    rows = [line if row.startswith(f"{key} = ") else row for row in EVERY.splitlines()]
    assert line in rows
    with pytest.raises(CatalogError) as caught:
        read_catalog(write(tmp_path, TOP + "\n".join(rows) + "\n"))
    assert str(caught.value) == f"catalog.toml [cemetery]：{said}"


def test_two_words_may_stand_for_two_values(tmp_path):
    words = EVERY.replace('"开门" = "运营"', '"开门" = "运营", "关门" = "停用", "歇业" = "停用"')
    layer = read_catalog(write(tmp_path, TOP + words)).layers["cemetery"]
    assert layer.own_words == {"status": {"开门": "运营", "关门": "停用", "歇业": "停用"}}


def test_roles_and_levels_are_called_in_chinese():
    named = {
        "units": "单元",
        "facilities": "设施",
        "places": "村点",
        "table": "表",
        "lines": "线",
        "grid": "人口格网",
        "task": "督办单",
        "background": "底图",
    }
    assert named == ROLE_NAMES
    assert list(LEVEL_NAMES.items()) == [
        ("province", "省"), ("prefecture", "市州"), ("county", "县（市、区）"),
        ("township", "乡镇（街道）"), ("village", "村（社区）"), ("hamlet", "自然村"), ("road", "道路"),
    ]  # fmt: skip
