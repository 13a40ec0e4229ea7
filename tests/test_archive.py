"""Archives are unpacked into a folder of their own, or refused; their names are read as meant."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import hostile_maps as hostile
import pytest

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.file import archive
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
    said = "不是有效的压缩包，或已损坏"
    if sys.platform == "win32":  # there Python gives it a name
        said = "其中的“.”指向压缩包之外；不能读取"
    with pytest.raises(LayerError, match=rf"^a\.zip：{said}$"):
        read_vector(path, layer(path))


@pytest.mark.parametrize(
    ("sizes", "bounds", "refused"),
    [
        ([5, 5], {}, False), ([4, 3, 3], {}, False), ([3, 3, 3, 1], {}, True),  # four files
        ([6, 5], {}, True),  # eleven bytes
        ([5, 5], {"_MOST_RATIO": 5, "_FREE_BYTES": 9}, False),  # ten bytes are five times two
        ([5, 5], {"_MOST_RATIO": 4, "_FREE_BYTES": 9}, True),
        ([5, 5], {"_MOST_RATIO": 4, "_FREE_BYTES": 10}, False),  # so few may be as dense as they are
        ([], {}, False),
    ],
)  # fmt: skip
def test_an_archive_holds_neither_more_files_nor_bytes_than_any_map(
    tmp_path, monkeypatch, sizes, bounds, refused
):
    wanted = {"_MOST_FILES": 3, "_MOST_BYTES": 10, "_FREE_BYTES": 100, "_MOST_RATIO": 100} | bounds
    for name, value in wanted.items():
        monkeypatch.setattr(archive, name, value)
    path = tmp_path / "a.zip"
    path.write_bytes(b"12")
    members = [zipfile.ZipInfo(f"{n}.shp") for n in range(len(sizes))]
    for member, size in zip(members, sizes, strict=True):
        member.file_size = size
    if not refused:
        archive._check(members, path)
        return
    with pytest.raises(LayerError) as caught:
        archive._check(members, path)
    said = f"展开后有 {len(sizes)} 个文件、{sum(sizes)} 字节，异常；请解压后检查"
    assert str(caught.value) == f"a.zip：{said}"


@pytest.mark.parametrize(
    ("name", "mode", "said"),
    [
        ("a/b.shp", 0o100644, ""), ("a..b.shp", 0o100644, ""), ("a/../b.shp", 0o100644, "指向压缩包之外"),
        ("/b.shp", 0o100644, "指向压缩包之外"), ("C:/b.shp", 0o100644, "指向压缩包之外"),
        ("a/c:b.shp", 0o100644, ""), ("b.shp", 0o120777, "是链接；请换成文件"),
    ],
)  # fmt: skip
def test_a_member_stays_inside_and_is_no_link(tmp_path, name, mode, said):
    path = tmp_path / "a.zip"
    path.write_bytes(b"12")
    member = zipfile.ZipInfo(name)
    member.external_attr = mode << 16
    if not said:
        archive._check([member], path)
        return
    with pytest.raises(LayerError, match=said):
        archive._check([member], path)
