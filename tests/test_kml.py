"""KML as 奥维 and map services write it: names, fields, folders and shapes are kept."""

from __future__ import annotations

from pathlib import Path

import hostile_maps as hostile

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
