"""Archives are unpacked into a folder of their own, or refused; their names are read as meant."""

from __future__ import annotations

import zipfile
from pathlib import Path

import hostile_maps as hostile
import pytest

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.file.archive import unpack
from hbgeo.read.file.vector import read_vector


def layer(path: Path) -> Layer:
    return Layer(
        "township", "units", (str(path),), "示例", level="township", schema="unit", crs="WGS84"
    )


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


def test_a_member_without_a_name_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", "甲")
    data = path.read_bytes()
    at = data.find(b"PK\x01\x02")  # the directory's entry, which bears the name once more
    end = data.find(b"PK\x05\x06")
    entry = data[at : at + 28] + b"\0\0" + data[at + 30 : at + 46]
    size = (int.from_bytes(data[end + 12 : end + 16], "little") - 1).to_bytes(4, "little")
    path.write_bytes(data[:at] + entry + data[end : end + 12] + size + data[end + 16 :])
    with pytest.raises(LayerError, match=r"^a\.zip:不是有效的压缩包,或已损坏$"):
        read_vector(path, layer(path))
