"""KML as 奥维 and map services write it: names, fields, folders and shapes are kept."""

from __future__ import annotations

from pathlib import Path

import hostile_maps as hostile
import pytest
import shapely

from hbgeo.errors import LayerError
from hbgeo.read.file import kml as kml_module
from hbgeo.read.file.kml import read_kml


def kml(folder: Path, marks: str) -> Path:
    return hostile.text(folder / "a.kml", hostile.kml(marks))


def test_kml_keeps_names_fields_folders_and_shapes(tmp_path):
    ring = "<LinearRing><coordinates>{}</coordinates></LinearRing>"
    outer, inner = ring.format("0,0 9,0 9,9 0,9 0,0"), ring.format("1,1,5 2,1,5 2,2,5 1,1,5")
    polygon = f"<Polygon><outerBoundaryIs>{outer}</outerBoundaryIs><innerBoundaryIs>{inner}</innerBoundaryIs></Polygon>"
    field = '<ExtendedData><SchemaData><SimpleData name="编号">7</SimpleData></SchemaData></ExtendedData>'
    frame = read_kml(kml(tmp_path, (
        f"<Folder><name>甲县</name><Placemark><name>面</name>{field}{polygon}</Placemark></Folder>"
        f"<Folder><name>乙县</name><Placemark><name>点</name><MultiGeometry>"
        "<Point><coordinates>114 , 30</coordinates></Point></MultiGeometry></Placemark>"
        "<Placemark><name>无形</name></Placemark></Folder>"
    )))  # fmt: skip
    assert frame["名称"].tolist() == ["面", "点", "无形"]
    assert frame["编号"].tolist() == ["7", "", ""]
    assert frame["文件夹"].tolist() == ["甲县", "乙县", "乙县"]
    assert frame.geometry[0].area == 81 - 0.5
    assert frame.geometry[1].coords[0] == (114, 30)
    assert frame.geometry[2] is None


def test_a_table_in_the_description_becomes_columns(tmp_path):
    table = "<table><tr><td>乡镇</td><td>青山镇&amp;</td></tr><tr><th>数</th><td><b>3</b></td></tr></table>"
    mark = (
        f"<Placemark><name>甲</name><description><![CDATA[{table}]]></description>{{}}</Placemark>"
    )
    frame = read_kml(kml(tmp_path, mark.format("<Point><coordinates>1,2</coordinates></Point>")))
    assert frame.drop(columns="geometry").to_dict("records") == [
        {"名称": "甲", "乡镇": "青山镇&", "数": "3"}
    ]


def test_a_name_that_differs_from_the_field_of_that_name_is_kept(tmp_path):
    field = '<ExtendedData><Data name="名称"><value>全名</value></Data></ExtendedData>'
    frame = read_kml(kml(tmp_path, f"<Placemark><name>标注</name>{field}</Placemark>"))
    assert frame["名称"].tolist() == ["全名"]
    assert frame["名称(地标)"].tolist() == ["标注"]


def test_fields_that_bear_a_name_of_ours_are_kept(tmp_path):
    fields = "".join(
        f'<Data name="{name}"><value>{value}</value></Data>'
        for name, value in (("名称", "全名"), ("名称(地标)", "别名"), ("geometry", "点"))
    )
    mark = f"<Placemark><name>标注</name><ExtendedData>{fields}</ExtendedData>{{}}</Placemark>"
    frame = read_kml(kml(tmp_path, mark.format("<Point><coordinates>1,2</coordinates></Point>")))
    assert frame.drop(columns="geometry").to_dict("records") == [
        {"名称(地标).2": "标注", "名称": "全名", "名称(地标)": "别名", "geometry.2": "点"}
    ]
    assert frame.geometry[0].coords[0] == (1, 2)


POINT = "<Point><coordinates>111.3,30.9</coordinates></Point>"
MARK = f"<Placemark><name>分乡公墓</name>{POINT}</Placemark>"


@pytest.mark.parametrize(
    ("said", "encoding"),
    [
        (' encoding="GB2312"', "gb2312"),
        (' encoding="gbk"', "gbk"),
        (" encoding='GB18030'", "gb18030"),
        (' encoding="UTF-8"', "gbk"),  # a lie
        (' encoding="GB2312"', "utf-8"),  # another
        ("", "gbk"),
        ("", "utf-8-sig"),
        (' encoding="UTF-16"', "utf-16"),
        (' encoding="UTF-16"', "utf-16-le"),
        (' encoding="UTF-16"', "utf-16-be"),
        (' encoding="no-such"', "utf-8"),
        (' encoding="hex"', "gbk"),
    ],
)
def test_kml_is_read_in_what_it_is_not_in_what_it_says(tmp_path, said, encoding):
    text = f'<?xml version="1.0"{said}?>\n' + hostile.kml(MARK)
    file = hostile.binary(tmp_path / "a.kml", text.encode(encoding))
    frame = read_kml(file)
    assert frame["名称"].tolist() == ["分乡公墓"]
    assert frame.geometry[0].coords[0] == (111.3, 30.9)


def test_an_encoding_that_is_declared_and_fits_is_taken(tmp_path):
    text = '<?xml version="1.0" encoding="big5"?>' + hostile.kml(MARK.replace("分乡", "臺灣"))
    file = hostile.binary(tmp_path / "a.kml", text.encode("big5"))
    assert read_kml(file)["名称"].tolist() == ["臺灣公墓"]


def test_the_catalogues_encoding_must_be_right(tmp_path):
    file = hostile.binary(tmp_path / "a.kml", hostile.kml(MARK).encode("gbk"))
    assert read_kml(file, "gbk")["名称"].tolist() == ["分乡公墓"]
    with pytest.raises(LayerError, match="编码与声明不符"):
        read_kml(file, "utf-8")


@pytest.mark.parametrize("before", ["\n", "\r\n \t\n", "\ufeff\n", "\n" * 5000])
def test_blank_lines_before_the_declaration_are_dropped(tmp_path, before):
    text = before + '<?xml version="1.0" encoding="UTF-8"?>\n' + hostile.kml(MARK)
    assert read_kml(hostile.text(tmp_path / "a.kml", text))["名称"].tolist() == ["分乡公墓"]


@pytest.mark.parametrize(
    "text",
    [
        f"<kml><Document>{MARK}</Document></kml>",
        hostile.kml(
            MARK.replace("<Point>", "<gx:balloonVisibility>1</gx:balloonVisibility><Point>")
        ),
        hostile.kml(MARK).replace("<Document>", '<Document xsi:schemaLocation="a b">'),
        "<kml:kml>"
        + MARK.replace("</", "\0").replace("<", "<kml:").replace("\0", "</kml:")
        + "</kml:kml>",
    ],
)
def test_namespaces_may_be_missing(tmp_path, text):
    frame = read_kml(hostile.text(tmp_path / "a.kml", text))
    assert frame["名称"].tolist() == ["分乡公墓"]
    assert frame.geometry[0].coords[0] == (111.3, 30.9)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            hostile.kml(MARK.replace("分乡", "甲&乙")),
            r"第1行第\d+个字处有 kml 不能用的字符.*改名后",
        ),
        (hostile.kml(MARK.replace("分乡", "甲\x03乙")), "控制符"),
        (hostile.kml(MARK)[:-20], "文件不完整"),
        (hostile.kml(MARK.replace("</name>", "</title>")), "从地图软件重新导出"),
    ],
)
def test_what_is_no_xml_is_said_in_chinese_with_the_place(tmp_path, text, said):
    with pytest.raises(LayerError, match=said) as told:
        read_kml(hostile.text(tmp_path / "a.kml", text))
    assert "token" not in str(told.value)
    assert "line" not in str(told.value)


def test_a_track_is_a_line(tmp_path):
    track = "<gx:Track><when>2023</when><gx:coord>111.3 30.9 0</gx:coord><gx:coord>112 31 5</gx:coord></gx:Track>"
    frame = read_kml(kml(tmp_path, f"<Placemark><name>轨迹</name>{track}</Placemark>"))
    assert list(frame.geometry[0].coords)[:2] == [(111.3, 30.9), (112, 31)]


def test_a_file_of_more_fields_than_any_map_has_is_refused(tmp_path):
    field = '<Placemark><ExtendedData><Data name="f{}"><value>1</value></Data></ExtendedData></Placemark>'
    with pytest.raises(LayerError, match=r"^a\.kml：有 2,002 列.*至多 2,000 列$"):
        read_kml(kml(tmp_path, "".join(field.format(i) for i in range(2001))))


def test_a_kml_is_neither_deeper_nor_longer_than_a_program_makes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kml_module, "_MOST_DEPTH", 5)
    monkeypatch.setattr(kml_module, "_MOST_TEXT", 9)
    path = tmp_path / "a.kml"

    def read(name: str, around: str = "{}") -> list[str]:
        point = f"<Placemark><name>{name}</name><Point><coordinates>9,8</coordinates></Point></Placemark>"
        path.write_text(f"<kml><Document>{around.format(point)}</Document></kml>", "utf-8")
        return read_kml(path)["名称"].tolist()

    assert read("九个字九个字九个字") == ["九个字九个字九个字"]
    with pytest.raises(LayerError, match="有一段文字超过 9 字"):
        read("九个字九个字九个字十")
    with pytest.raises(LayerError, match="嵌套超过 5 层"):
        read("甲", "<Folder>{}</Folder>")


def test_folders_are_named_from_the_outermost_and_the_document_is_none(tmp_path: Path) -> None:
    mark = "<Placemark><name>{}</name></Placemark>"
    frame = read_kml(kml(tmp_path, (
        "<name>全图</name><Folder><name> 甲县 </name><Folder><name>乙镇</name>"
        f"{mark.format('一')}</Folder>{mark.format('二')}</Folder>{mark.format('三')}"
    )))  # fmt: skip
    assert frame["名称"].tolist() == ["一", "二", "三"]
    assert frame["文件夹"].tolist() == ["甲县/乙镇", "甲县", ""]


def test_one_folder_of_all_is_no_column_and_nor_is_a_name_told_twice(tmp_path: Path) -> None:
    field = '<ExtendedData><Data name="名称"><value>甲</value></Data></ExtendedData>'
    mark = f"<Folder><name>甲县</name><Placemark><name>甲</name>{field}</Placemark></Folder>"
    assert read_kml(kml(tmp_path, mark)).columns.tolist() == ["名称", "geometry"]


def test_a_field_is_its_value_and_nothing_beside_it(tmp_path: Path) -> None:
    fields = (
        '<Data name="床位"><displayName>床位数</displayName><value> 30 </value></Data>'
        '<Data><value>无名</value></Data><SchemaData><SimpleData name="层">2</SimpleData></SchemaData>'
    )
    inside = f"<ExtendedData>{fields}</ExtendedData><Style><name>红</name><value>9</value></Style>"
    frame = read_kml(kml(tmp_path, f"<Placemark><name>甲</name>{inside}</Placemark>"))
    assert frame.drop(columns="geometry").to_dict("records") == [
        {"名称": "甲", "床位": "30", "层": "2"}
    ]


def test_what_stands_outside_of_a_placemark_is_of_none(tmp_path: Path) -> None:
    mark = "<Placemark><name>{}</name></Placemark><description>图例</description>"
    frame = read_kml(kml(tmp_path, mark.format("甲") + mark.format("乙")))
    assert frame.drop(columns="geometry").to_dict("list") == {"名称": ["甲", "乙"]}


SHAPES = {
    "a point of three": ("<Point><coordinates>1,2,99</coordinates></Point>", "POINT (1 2)"),
    "a line": (
        "<LineString><coordinates>1,2,3 4,5,6\n7,8</coordinates></LineString>", "LINESTRING (1 2, 4 5, 7 8)",
    ),
    "a track ends where it ends": (
        "<gx:Track><gx:coord>1 2 0</gx:coord><gx:coord>3 4 5</gx:coord></gx:Track>",
        "LINESTRING (1 2, 3 4, 3 4)",
    ),
    "two points": (
        "<MultiGeometry><Point><coordinates>1,2</coordinates></Point><Point><coordinates>3,4</coordinates></Point></MultiGeometry>",
        "MULTIPOINT (1 2, 3 4)",
    ),
    "a point and a line": (
        "<MultiGeometry><Point><coordinates>1,2</coordinates></Point><LineString><coordinates>1,2 3,4</coordinates></LineString></MultiGeometry>",
        "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1 2, 3 4))",
    ),
    "two lines": (
        "<MultiGeometry><LineString><coordinates>1,2 3,4</coordinates></LineString><LineString><coordinates>5,6 7,8</coordinates></LineString></MultiGeometry>",
        "GEOMETRYCOLLECTION (LINESTRING (1 2, 3 4), LINESTRING (5 6, 7 8))",
    ),
    "a ring of no polygon": ("<LinearRing><coordinates>0,0 1,0 1,1 0,0</coordinates></LinearRing>", None),
    "no coordinates": ("<Point><coordinates> </coordinates></Point>", None),
}  # fmt: skip


@pytest.mark.parametrize("what", SHAPES)
def test_every_shape_is_what_its_marks_say(what: str, tmp_path: Path) -> None:
    marks, text = SHAPES[what]
    [shape] = read_kml(kml(tmp_path, f"<Placemark><name>甲</name>{marks}</Placemark>")).geometry
    assert shape == (text and shapely.from_wkt(text))


def test_two_polygons_are_one_shape_and_each_has_its_own_holes(tmp_path: Path) -> None:
    ring = "<{0}BoundaryIs><LinearRing><coordinates>{1}</coordinates></LinearRing></{0}BoundaryIs>"
    one = ring.format("outer", "0,0 9,0 9,9 0,9 0,0") + ring.format("inner", "1,1 2,1 2,2 1,1")
    other = ring.format("outer", "20,0 21,0 21,1 20,1 20,0")
    marks = f"<Polygon>{one}</Polygon><Polygon>{other}</Polygon><Polygon></Polygon>"
    [shape] = read_kml(kml(tmp_path, f"<Placemark><name>甲</name>{marks}</Placemark>")).geometry
    assert shape.geom_type == "MultiPolygon"
    assert [part.area for part in shape.geoms] == [80.5, 1.0]


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        (
            "<LineString><coordinates>1,2</coordinates></LineString>",
            "a.kml 第2个地标：图形的坐标不足",
        ),
        (
            "<Point><coordinates>1;2</coordinates></Point>",
            "a.kml：坐标“1;2”无法识别；应为 经度,纬度",
        ),
        (
            f"<Point><coordinates>{'x' * 50}</coordinates></Point>",
            f"a.kml：坐标“{'x' * 40}”无法识别；应为 经度,纬度",
        ),
    ],
)
def test_coordinates_that_are_none_are_said(mark: str, said: str, tmp_path: Path) -> None:
    marks = f"<Placemark><name>甲</name></Placemark><Placemark><name>乙</name>{mark}</Placemark>"
    with pytest.raises(LayerError) as caught:
        read_kml(kml(tmp_path, marks))
    assert str(caught.value) == said


def test_where_a_file_breaks_is_counted_from_one(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    path.write_text("<kml>\n<a>b&c</a></kml>", "utf-8")
    with pytest.raises(LayerError) as caught:
        read_kml(path)
    assert str(caught.value) == (
        "a.kml：第2行第7个字处有 kml 不能用的字符（多为名称里单独的“&”“<”或控制符）；请改名后重新导出"
    )
    path.write_text("<html></html>", "utf-8")
    with pytest.raises(LayerError) as caught:
        read_kml(path)
    assert str(caught.value) == "a.kml：不是 kml 文件（没有 kml 元素）"


def test_a_table_is_taken_apart_only_where_there_are_no_fields(tmp_path: Path) -> None:
    table = "<![CDATA[<TABLE><tr class='a'><td> 乡 镇 </td>\n<td>青山镇</td></tr><tr><td></td><td>x</td></tr></TABLE>]]>"
    field = '<ExtendedData><Data name="数"><value>3</value></Data></ExtendedData>'
    mark = f"<Placemark><description>{table}</description>{{}}</Placemark>"
    frame = read_kml(kml(tmp_path, mark.format(field) + mark.format("")))
    assert frame["数"].tolist() == ["3", ""]
    assert frame["乡 镇"].tolist() == ["", "青山镇"]
    assert frame["描述"].tolist()[1] == ""
    assert frame["描述"].tolist()[0].startswith("<TABLE>")
