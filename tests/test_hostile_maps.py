"""Hostile map files end in one line; nothing outside the file is looked at, no network is touched."""

from __future__ import annotations

import socket
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import hostile_maps as hostile
import numpy as np
import pytest

from hbgeo.errors import HbgeoError, LayerError
from hbgeo.read.archive import unpack
from hbgeo.read.catalog import Layer
from hbgeo.read.kml import read_kml
from hbgeo.read.passing import open_points
from hbgeo.read.vector import list_layers, read_vector


class Listener:
    """A server that counts who calls."""

    def __init__(self) -> None:
        self.calls = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.socket.getsockname()[1])
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.calls += 1
            connection.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.socket.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, listener: Listener) -> list[Path]:
    return hostile.every(tmp_path_factory.mktemp("hostile"), listener.port)


def layer(path: Path) -> Layer:
    return Layer(
        "township", "units", (str(path),), "示例", level="township", schema="unit", crs="WGS84"
    )


def one_line(err: HbgeoError) -> bool:
    return bool(str(err)) and "\n" not in str(err) and len(str(err)) < 400


def test_every_file_ends_in_one_line_that_names_it(files, listener):
    assert len(files) > 130
    for path in files:
        with pytest.raises(HbgeoError) as caught:
            read_vector(path, layer(path))
        assert one_line(caught.value), path.name
        parts = path.parent.glob(f"{path.stem}.*")
        assert any(p.name in str(caught.value) for p in parts) or path.suffix in {".zip", ".kmz"}
    assert listener.calls == 0


def test_passing_them_on_ends_so_too(files, listener):
    for path in files:
        with pytest.raises(HbgeoError) as caught:
            list(open_points(path, layer(path)).batches)
        assert one_line(caught.value), path.name
    assert listener.calls == 0


def test_listing_their_layers_never_breaks_or_calls(files, listener):
    for path in files:
        if path.suffix != ".parquet":
            try:
                list_layers(path)
            except HbgeoError as err:
                assert one_line(err), path.name  # noqa: PT017 - some of them may be listed
    assert listener.calls == 0


def test_flipped_bytes_are_read_or_refused(tmp_path):
    rng = np.random.default_rng(5)
    for suffix, good in hostile.whole(tmp_path).items():
        data = good.read_bytes()
        for n in range(25):
            broken = bytearray(data)
            for at in rng.integers(0, len(data), 1 + n % 8):
                broken[at] ^= int(rng.integers(1, 256))
            path = tmp_path / f"翻{n}{suffix}"
            path.write_bytes(bytes(broken))
            for part in (".shx", ".dbf", ".prj", ".cpg") if suffix == ".shp" else ():
                path.with_suffix(part).write_bytes(good.with_suffix(part).read_bytes())
            try:
                read_vector(path, layer(path))
            except HbgeoError as err:
                assert one_line(err), (path.name, str(err))  # noqa: PT017 - both are right


def test_nothing_is_unpacked_outside_its_folder(tmp_path):
    inside = tmp_path / "里"
    for path in hostile.ways_out(tmp_path):
        inside.mkdir()
        with pytest.raises(LayerError, match=r"指向压缩包之外|是链接"):
            unpack(path, inside)
        assert list(inside.iterdir()) == []
        inside.rmdir()
    assert not (tmp_path / "出.kml").exists()


def test_names_that_windows_wrote_in_gbk_are_read(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("abcd.kml", hostile.kml(hostile.MARK))
    data = path.read_bytes().replace(b"abcd.kml", "乡镇".encode("gb18030") + b".kml")
    path.write_bytes(data)
    (tmp_path / "里").mkdir()
    assert [f.name for f in unpack(path, tmp_path / "里")] == ["乡镇.kml"]


def test_a_protected_archive_is_said(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.kml", "x")
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + at] |= 1
    path.write_bytes(bytes(data))
    (tmp_path / "里").mkdir()
    with pytest.raises(LayerError, match="有密码保护"):
        unpack(path, tmp_path / "里")


def test_an_archive_of_two_layers_asks_which(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("甲.kml", hostile.kml(hostile.MARK))
        archive.writestr("乙.kml", hostile.kml(hostile.MARK * 2))
    with pytest.raises(LayerError, match=r"有 2 个图层.*请用 layer 指明"):
        read_vector(path, layer(path))
    named = Layer("township", "units", ("a.zip",), "示例", table="乙")
    assert len(read_vector(path, named)) == 2


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
