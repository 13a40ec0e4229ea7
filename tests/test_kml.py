"""KML as 奥维 and map services write it: names, fields, folders and shapes are kept."""

from __future__ import annotations

from pathlib import Path

import hostile_maps as hostile
import pytest

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
    with pytest.raises(LayerError, match=r"^a\.kml:有 2,002 列.*至多 2,000 列$"):
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
