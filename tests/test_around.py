"""Folders as they are: what other programs left is passed over, what is not read is named."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import hostile_maps as hostile
import pytest

from hbgeo.errors import CatalogError, LayerError, RequestError
from hbgeo.read import around as around_module
from hbgeo.read.around import look_around
from hbgeo.read.catalog import Catalog, Layer, read_catalog
from hbgeo.read.cleaning import clean_ledger
from hbgeo.read.file import find
from hbgeo.read.file.archive import look_inside, unpack
from hbgeo.read.file.find import beside, find_files
from hbgeo.read.file.others import is_litter, owner_of, way_out
from hbgeo.read.file.raw import read_raw
from hbgeo.read.schema.records import read_schema
from hbgeo.workspace import Workspace

TOP = 'title = "示例"\nas_of = 2023-12-31\nscheme = "MCA-2025"\n'
CEMETERY = '[cemetery]\nrole = "facilities"\npath = {}\ncrs = "CGCS2000"\nsource = "示例"\n'
UNITS = '[township]\nrole = "units"\nlevel = "township"\npath = {}\nsource = "示例"\n'
LINES = "公墓编号,公墓名称,所在县,经度,纬度\nGM1,示例公墓,示例县,111.3,30.9\n"
SPARE = os.path.normcase("A") == "A"  # capital letters make another file


def folder(home: Path, entry: str, *files: str) -> Catalog:
    for name in files:
        path = home / "layers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(LINES, encoding="utf-8")
    (home / "layers" / "catalog.toml").write_text(TOP + entry, encoding="utf-8")
    return read_catalog(home / "layers")


def glob_of(pattern: str) -> str:
    return CEMETERY.format(f'"{pattern}"')


def around(catalog: Catalog, key: str = "cemetery") -> list[str]:
    return [issue.message for issue in look_around(catalog.layers[key], catalog)]


def read_names(catalog: Catalog, key: str = "cemetery") -> list[str]:
    found = find_files(catalog.layers[key], catalog.folder)
    return [p.relative_to(catalog.folder).as_posix() for p in found if isinstance(p, Path)]


@pytest.mark.parametrize(
    ("name", "litter"),
    [
        ("~$夷陵区.xlsx", True), (".~夷陵区.xlsx", True), ("._夷陵区.xlsx", True),
        (".~lock.夷陵区.xlsx#", True), ("__MACOSX/乡镇/a.shp", True), ("Thumbs.db", True),
        ("THUMBS.DB", True), ("desktop.ini", True), (".DS_Store", True), ("公墓/._a.csv", True),
        ("夷陵区.xlsx", False), ("a~$.xlsx", False), ("_夷陵区.xlsx", False), ("~夷陵区.xlsx", False),
    ],
)  # fmt: skip
def test_what_other_programs_leave_is_known_by_its_name(name, litter):
    assert is_litter(Path(name)) is litter


def test_litter_among_a_globs_files_is_passed_over_with_a_word(tmp_path):
    files = ["公墓/夷陵区.csv", "公墓/~$夷陵区.csv", "公墓/.~甲.csv", "公墓/._乙.csv"]
    catalog = folder(tmp_path, glob_of("公墓/*.csv"), *files)
    assert read_names(catalog) == ["公墓/夷陵区.csv"]
    [issue] = look_around(catalog.layers["cemetery"], catalog)
    assert issue.message == (
        "“公墓/*.csv”中有 3 个临时或系统文件没有读（._乙.csv、.~甲.csv、~$夷陵区.csv），它们不是数据"
    )
    assert (issue.rule, issue.severity, issue.row) == ("W13", "warning", None)
    assert "保存、关闭" in issue.fix


def test_a_glob_over_everything_passes_over_the_systems_files_and_folders(tmp_path):
    files = [
        "公墓/甲.csv",
        "公墓/Thumbs.db",
        "公墓/desktop.ini",
        "公墓/2022/乙.csv",
        "公墓/__MACOSX/丙.csv",
    ]
    catalog = folder(tmp_path, glob_of("公墓/*"), *files)
    assert read_names(catalog) == ["公墓/甲.csv"]
    litter, below = around(catalog)
    assert "有 3 个临时或系统文件没有读（Thumbs.db、__MACOSX、desktop.ini）" in litter
    assert below == "“公墓/2022/乙.csv”与“公墓/*”中的文件相像而不在其中，没有读入"


def test_files_beside_a_glob_that_look_like_its_own_are_named(tmp_path):
    catalog = folder(
        tmp_path,
        glob_of("公墓/*.xlsx") + UNITS.format('"公墓/界.gpkg"'),
        *(
            "公墓/甲.xlsx",
            "公墓/乙.xls",
            "公墓/丙.csv",
            "公墓/丁.rar",
            "公墓/旧/戊.xlsx",
            "公墓/己.et",
        ),
        *("公墓/说明.docx", "公墓/图.png", "公墓/界.gpkg", "别处/庚.xlsx", "公墓/~$乙.xls"),
    )
    found = {i.file: i.fix for i in look_around(catalog.layers["cemetery"], catalog)}
    assert list(found) == ["丁.rar", "丙.csv", "乙.xls", "己.et", "戊.xlsx"]
    assert 'path = ["公墓/*.xlsx", "公墓/*.xls"]' in found["乙.xls"]
    assert 'path = ["公墓/*.xlsx", "公墓/旧/*.xlsx"]' in found["戊.xlsx"]
    assert found["丁.rar"].startswith("读不了 .rar 压缩包；请解压")
    assert found["己.et"].startswith("WPS 的 .et 文件请另存为 .xlsx")


def test_the_line_proposed_reads_the_file(tmp_path):
    files = ["公墓/甲.xlsx", "公墓/乙.xls", "公墓/旧/丙.xlsx"]
    paths = '["公墓/*.xlsx", "公墓/*.xls", "公墓/旧/*.xlsx"]'
    catalog = folder(tmp_path, CEMETERY.format(paths), *files)
    assert sorted(read_names(catalog)) == sorted(files)
    assert around(catalog) == []


@pytest.mark.skipif(not SPARE, reason="one file by any case here")
def test_endings_in_capitals_are_named(tmp_path):
    catalog = folder(tmp_path, glob_of("公墓/*.csv"), "公墓/甲.csv", "公墓/乙.CSV")
    if len(read_names(catalog)) == 1:  # on Windows a glob finds both
        assert around(catalog) == ["“公墓/乙.CSV”与“公墓/*.csv”中的文件相像而不在其中，没有读入"]


def test_only_names_like_the_globs_are_siblings(tmp_path):
    files = ["公墓甲.csv", "公墓乙.xls", "养老丙.xls", "公墓/丁.csv", "公墓/公墓戊.csv"]
    catalog = folder(tmp_path, glob_of("公墓*.csv"), *files)
    assert read_names(catalog) == ["公墓甲.csv"]
    named = [i.file for i in look_around(catalog.layers["cemetery"], catalog)]
    assert sorted(named) == sorted(["公墓乙.xls", "公墓戊.csv"])


def test_a_county_folder_whose_file_has_another_ending_is_named(tmp_path):
    catalog = folder(
        tmp_path, glob_of("县/*/公墓.csv"), "县/甲/公墓.csv", "县/乙/公墓.xls", "县/丙/养老.csv"
    )
    assert around(catalog) == ["“县/乙/公墓.xls”与“县/*/公墓.csv”中的文件相像而不在其中，没有读入"]


def test_ledgers_are_no_siblings_of_boundaries_and_databases_are(tmp_path):
    files = [
        "界/甲.shp",
        "界/甲.dbf",
        "界/说明.xlsx",
        "界/乙.gdb/a.gdbtable",
        "界/丙.dwg",
        "界/丁.geojson",
    ]
    catalog = folder(tmp_path, UNITS.format('"界/*.shp"'), *files)
    named = {i.file: i.fix for i in look_around(catalog.layers["township"], catalog)}
    assert set(named) == {"丁.geojson", "丙.dwg", "乙.gdb"}
    assert "导出为 .gpkg 或 .shp" in named["乙.gdb"]


def test_a_name_without_a_glob_has_no_siblings(tmp_path):
    assert around(folder(tmp_path, glob_of("甲.csv"), "甲.csv", "乙.csv")) == []


def test_very_many_siblings_are_counted(tmp_path):
    catalog = folder(tmp_path, glob_of("*.xlsx"), "甲.xlsx", *(f"{i:03d}.csv" for i in range(103)))
    said = around(catalog)
    assert len(said) == 101
    assert said[-1] == "“*.xlsx”旁边另有 3 个文件没有读入"


def test_check_and_layers_say_what_lies_about_even_when_it_comes_later(tmp_path):
    home = Workspace(tmp_path, folder(tmp_path, glob_of("公墓/*.csv"), "公墓/甲.csv"), {})
    assert not home.issues()["message"].str.contains("没有读").any()
    (tmp_path / "layers" / "公墓" / "乙.tsv").write_text(LINES, encoding="utf-8")
    later = Workspace(tmp_path, home.catalog, {})
    assert later.issues()["message"].str.contains("乙.tsv”与").sum() == 1
    assert [i.file for i in later.unread_files(["cemetery"])] == ["乙.tsv"]
    with pytest.raises(LayerError, match="没有图层"):
        later.unread_files(["x"])


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("公墓", r"path = “公墓” 是文件夹.*“公墓/\*.xlsx”"),
        ("公墓/", r"是文件夹.*“公墓/\*.xlsx”"),
        ("空/*.csv", "没有这个文件"),
    ],
)
def test_a_folder_and_a_glob_of_litter_alone_are_refused(tmp_path, path, said):
    catalog = folder(tmp_path, glob_of(path), "公墓/甲.csv", "空/~$甲.csv")
    with pytest.raises(CatalogError, match=said):
        find_files(catalog.layers["cemetery"], catalog.folder)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("~$甲.xlsx", "甲.xlsx"),
        ("._甲.csv", "甲.csv"),
        (".~lock.甲.ods#", "甲.ods"),
        ("Thumbs.db", ""),
    ],
)
def test_litter_that_is_asked_for_is_refused_and_its_owner_named(tmp_path, name, own):
    (tmp_path / name).write_text(LINES, encoding="utf-8")
    assert owner_of(name) == own
    with pytest.raises(
        LayerError, match="临时或系统文件，不是数据" + (f"；请写 {own}" if own else "$")
    ):
        clean_ledger(tmp_path / name, "cemetery")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.rar", "解压"), ("a.7z", "解压"), ("a.RAR", "解压"), ("a.mdb", "Access"),
        ("a.accdb", "导出为 .xlsx"), ("a.tab", "导出为 .gpkg 或 .shp"), ("a.mif", "MapInfo"),
        ("a.dwg", "CAD"), ("a.dxf", "带坐标系的 .shp"), ("a.et", "另存为 .xlsx"), ("a.dbf", "同名的 .shp"),
        ("a.gpx", ".kml"), ("a.jpg", "图片"), ("a.qgz", "工程文件"), ("a.docx", "不是台账"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_the_way_out_in_one_line(tmp_path, name, said):
    path = hostile.binary(tmp_path / name, b"x")
    layer = Layer("cemetery", "facilities", (name,), "示例", schema="cemetery")
    with pytest.raises(LayerError, match=said) as told:
        read_raw(path, layer, read_schema("cemetery"))
    assert str(told.value).startswith(f"{name}：")
    assert "\n" not in str(told.value)


def test_a_geodatabase_is_a_folder_and_says_the_way_out(tmp_path):
    (tmp_path / "界.gdb").mkdir()
    with pytest.raises(LayerError, match=r"地理数据库.*导出为 .gpkg 或 .shp"):
        clean_ledger(tmp_path / "界.gdb", "unit")
    with pytest.raises(RequestError, match="是文件夹"):
        clean_ledger(tmp_path, "unit")
    with pytest.raises(RequestError, match="没有这个文件"):
        clean_ledger(tmp_path / "无.gdb", "unit")


def zipped(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, hostile.kml(hostile.MARK) if name.endswith(".kml") else "x")
    return path


def test_what_a_mac_adds_to_an_archive_is_no_layer(tmp_path):
    names = ["乡镇/公墓.kml", "__MACOSX/乡镇/._公墓.kml", "乡镇/.DS_Store", "._公墓.kml"]
    path = zipped(tmp_path / "mac.zip", *names)
    (tmp_path / "里").mkdir()
    assert [f.name for f in unpack(path, tmp_path / "里")] == ["公墓.kml"]
    layer = Layer("cemetery", "facilities", ("mac.zip",), "示例", schema="cemetery")
    made = read_raw(path, layer, read_schema("cemetery"))
    assert len(made.frames[0]) == 1
    assert [i.message for i in made.issues] == [
        "压缩包里有 3 个系统文件（如 __MACOSX、._ 开头的）不是数据，没有读"
    ]


def test_what_an_archive_holds_beside_its_layer_is_named(tmp_path):
    names = [
        "公墓.kml",
        "台账.xlsx",
        "里/旧.zip",
        "库.gdb/a.gdbtable",
        "库.gdb/b.gdbtable",
        "说明.txt",
    ]
    path = zipped(tmp_path / "a.zip", *names)
    assert list(look_inside(path).others) == ["台账.xlsx", "库.gdb", "旧.zip"]
    layer = Layer("cemetery", "facilities", ("a.zip",), "示例", schema="cemetery")
    said = [i.message for i in read_raw(path, layer, read_schema("cemetery")).issues]
    assert said[0] == "压缩包里的 台账.xlsx 没有读入；台账请解压后单独放，用 path 指明"
    assert len(said) == 3


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["乡镇.zip"], "乡镇.zip：压缩包里不能再套压缩包，请解压后"),
        (["乡镇.rar"], "乡镇.rar：读不了 .rar"),
        (["a.gdb/a00000001.gdbtable", "a.gdb/gdb"], "a.gdb：读不了 ArcGIS 地理数据库"),
        (["界.tab", "界.dat"], "界.tab：读不了 MapInfo"),
        (["界.dwg"], "界.dwg：读不了 CAD 图"),
        (["点.csv"], "点.csv：台账请解压后单独放"),
        (["说明.txt"], "压缩包里没有图层文件；可用 .fgb"),
        (["__MACOSX/._a.shp"], "压缩包里没有图层文件；可用 .fgb"),
    ],
)
def test_an_archive_without_a_layer_says_what_it_holds(tmp_path, names, said):
    path = zipped(tmp_path / "a.zip", *names)
    with pytest.raises(LayerError) as told:
        clean_ledger(path, "unit")
    assert said in str(told.value)


def test_every_kind_with_a_way_out_says_one():
    assert way_out(".GDB") == way_out(".gdb") != ""
    assert way_out(".xlsx") == way_out(".unknown") == ""


@pytest.mark.parametrize(
    ("files", "fix"),
    [
        (
            ["公墓/~$甲.csv", "公墓/desktop.ini.csv", "公墓/._乙.csv"],
            "文件正被打开的，请保存、关闭后再运行",
        ),
        (["公墓/._乙.csv"], "不必理会"),
    ],
)
def test_what_to_do_with_litter(tmp_path, files, fix):
    catalog = folder(tmp_path, glob_of("公墓/*.csv"), "公墓/甲.csv", *files)
    issues = look_around(catalog.layers["cemetery"], catalog)
    assert [i.fix for i in issues if "临时或系统文件" in i.message] == [fix]


@pytest.mark.parametrize(("count", "more"), [(5, ""), (6, " 等")])
def test_five_pieces_of_litter_are_named(tmp_path, count, more):
    files = [f"公墓/.__{n}.csv" for n in range(count)]
    catalog = folder(tmp_path, glob_of("公墓/*.csv"), "公墓/甲.csv", *files)
    [issue] = look_around(catalog.layers["cemetery"], catalog)
    names = "、".join(f".__{n}.csv" for n in range(5)) + more
    assert issue.message == (
        f"“公墓/*.csv”中有 {count} 个临时或系统文件没有读（{names}），它们不是数据"
    )


def test_files_are_named_in_the_order_of_their_whole_paths(tmp_path):
    """`a-b/` stands before `a/`, as the text of the paths has it on every system."""
    files = ["a/甲.csv", "a/.__1甲.csv", "a/甲.xlsx", "a-b/.__2甲.csv", "a-b/甲.XLSX"]
    catalog = folder(tmp_path, glob_of("*/*甲.csv"), *files)
    issues = look_around(catalog.layers["cemetery"], catalog)
    assert [i.file for i in issues] == [".__2甲.csv", "甲.XLSX", "甲.xlsx"]
    assert "（.__2甲.csv、.__1甲.csv）" in issues[0].message


@pytest.mark.parametrize(("count", "end"), [(5, "5.csv）"), (6, "5.csv 等）")])
def test_five_files_of_other_programs_are_named(tmp_path, count, end):
    names = [f"a/~${n}.csv" for n in range(1, count + 1)]
    [said] = around(folder(tmp_path, glob_of("a/*.csv"), "a/b.csv", *names))
    assert said.startswith(f"“a/*.csv”中有 {count} 个临时或系统文件没有读（~$1.csv、")
    assert f"{end}，它们不是数据" in said


def test_so_many_files_that_are_not_read_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(around_module, "_MOST_SAID", 2)
    catalog = folder(tmp_path, glob_of("a/*.csv"), "a/b.csv", "a/1.xlsx", "a/2.xlsx")
    assert [said.split("”")[0] for said in around(catalog)] == ["“a/1.xlsx", "“a/2.xlsx"]
    catalog = folder(tmp_path, glob_of("a/*.csv"), "a/3.xlsx", "a/4.xlsx")
    first, second, more = look_around(catalog.layers["cemetery"], catalog)
    assert (first.file, second.file, more.file) == ("1.xlsx", "2.xlsx", "")
    assert (more.message, more.fix) == ("“a/*.csv”旁边另有 2 个文件没有读入", "请整理文件夹")


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("/".join(["*"] * 11 + ["a.csv"]), ["/".join(["d"] * 11 + ["a.csv"])]), ("**/a.csv", None),
        ("/".join(["*"] * 12 + ["a.csv"]), ""), ("**/d/**/a.csv", ""), ("x.csv", ["x.csv"]),
    ],
)  # fmt: skip
def test_a_glob_goes_twelve_folders_deep_and_down_once(tmp_path, given, names):
    for depth in (11, 12):
        home = tmp_path.joinpath(*["d"] * depth)
        home.mkdir(parents=True, exist_ok=True)
        (home / "a.csv").write_text("", "utf-8")
    if names == "":
        with pytest.raises(ValueError, match=r"^\*\* 至多一个，至多 12 层$"):
            beside(tmp_path, given)
        return
    found = [p.relative_to(tmp_path).as_posix() for p in beside(tmp_path, given)]
    assert found == (names or ["/".join(["d"] * n + ["a.csv"]) for n in (11, 12)])


def test_a_glob_means_no_more_files_than_a_layer_may_have(tmp_path, monkeypatch):
    monkeypatch.setattr(find, "_MOST", 3)
    for n in range(4):
        (tmp_path / f"{n}.csv").write_text("", "utf-8")
        if n < 3:
            assert len(beside(tmp_path, "*.csv")) == n + 1
    with pytest.raises(ValueError, match=r"^多于 3 个文件$"):
        beside(tmp_path, "*.csv")


SHAPES = "请在 ArcGIS 或 QGIS 里把要用的图层导出为 .gpkg 或 .shp"
UNPACK = "请解压后把里面的文件放进来，或改压成 .zip"
CAD = "请在 CAD、ArcGIS 或 QGIS 里把要用的界线或点导出为带坐标系的 .shp"
WAYS = {
    ".et .ett": "WPS 的 {} 文件请另存为 .xlsx", ".xlsb": "二进制工作簿 {} 请另存为 .xlsx",
    ".xltx": "模板 {} 请另存为 .xlsx", ".numbers": "Numbers 文件请另存为 .xlsx",
    ".doc .docx": "Word 文档不是台账，请另存为 .xlsx", ".wps": "WPS 文字文档不是台账，请另存为 .xlsx",
    ".pdf": "PDF 不是台账，请另存为 .xlsx", ".ofd": "OFD 不是台账，请另存为 .xlsx",
    ".rar .7z .tar .gz .tgz": f"读不了 {{}} 压缩包；{UNPACK}",
    ".gdb": f"读不了 ArcGIS 地理数据库（{{}}）；{SHAPES}",
    ".mdb": f"读不了 Access 数据库（{{}}）；里面是图层的，{SHAPES}；是表的，请在 Access 里导出为 .xlsx",
    ".accdb": "读不了 Access 数据库（{}）；请在 Access 里把要用的表导出为 .xlsx",
    ".tab": f"读不了 MapInfo 的 {{}}；{SHAPES}（如是制表符分隔的文本，请改名为 .tsv）",
    ".mif": f"读不了 MapInfo 的 {{}}；{SHAPES}", ".dwg .dxf .dgn": f"读不了 CAD 图（{{}}）；{CAD}",
    ".gpx": "读不了 GPX；请在奥维或 QGIS 里把点导出为 .kml",
    ".mxd .aprx .qgz .qgs": f"是工程文件，里面没有数据；{SHAPES}",
    ".dbf .shx .prj .cpg": "是 shapefile 的一部分，请写同名的 .shp",
    ".jpg .jpeg .png .bmp": "图片不是台账，请录入成 .xlsx",
}  # fmt: skip


@pytest.mark.parametrize("suffixes", WAYS)
def test_the_way_out_of_every_kind_in_full(suffixes):
    for suffix in suffixes.split():
        assert way_out(suffix) == way_out(suffix.upper()) == WAYS[suffixes].format(suffix)
