"""What is no plain file is asked first, and never opened: one line, no waiting."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hbgeo.errors import HbgeoError, RequestError
from hbgeo.sample import make_workspace
from hbgeo.store.plain import is_plain, open_plain
from hbgeo.workspace import Workspace

LONG = 120  # seconds after which it hangs
pytestmark = pytest.mark.skipif(os.name == "nt", reason="no pipes among files")
KINDS: dict[str, Callable[[Path], object]] = {
    "pipe": lambda path: os.mkfifo(path),
    "device": lambda path: path.symlink_to("/dev/zero"),
    "folder": Path.mkdir,
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.csv"
    assert not is_plain(path)
    KINDS[kind](path)
    what = "是文件夹" if kind == "folder" else "是管道、设备之类的特殊文件"
    with pytest.raises(RequestError, match=rf"a\.csv：{what}，不是普通文件"):
        is_plain(path)
    with pytest.raises(OSError, match="not a plain file"):
        open_plain(path, 1 << 40)


def test_a_file_and_a_link_to_one_are_plain_for_users_and_only_the_file_for_us(
    tmp_path: Path,
) -> None:
    path, link = tmp_path / "a", tmp_path / "b"
    path.write_bytes(b"12345")
    link.symlink_to(path)
    assert is_plain(path)
    assert is_plain(link)
    with open_plain(path, 5) as file:
        assert file.read() == b"12345"
    for given, most in ((path, 4), (link, 5)):
        with pytest.raises(OSError, match="not a plain file"):
            open_plain(given, most)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ws") / "ws"
    make_workspace(folder)
    return folder


FILES = [
    "catalog.toml", "policy/own.toml", "aliases.csv", "changes.csv", "cemetery.xlsx",
    "townships.gpkg", "townships.gpkg-wal", "townships.gpkg-journal",
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kind"),
    # a layer that is a link out of the workspace is refused as such
    [*((name, "pipe") for name in FILES), *((name, "device") for name in FILES[:4])],
)
def test_a_workspace_names_what_it_cannot_read(home: Path, name: str, kind: str) -> None:
    path = home / "layers" / name
    path.parent.mkdir(exist_ok=True)
    aside = path.with_name(f"{path.name}.aside")
    if path.exists():
        path.rename(aside)
    KINDS[kind](path)
    try:
        with pytest.raises(HbgeoError, match=rf"{name}：是管道、设备之类的特殊文件"):
            Workspace.open(home).layer("cemetery")
    finally:
        path.unlink()
        if aside.exists():
            aside.rename(path)


def test_a_part_of_a_shapefile_and_a_file_of_a_glob_are_named_too(
    home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "ws"
    shutil.copytree(home, folder)
    layers = folder / "layers"
    (layers / "ledgers").mkdir()
    (layers / "cemetery.xlsx").rename(layers / "ledgers" / "a.xlsx")
    catalog = layers / "catalog.toml"
    text = catalog.read_text("utf-8").replace('"cemetery.xlsx"', '"ledgers/*.xlsx"')
    catalog.write_text(text.replace('"townships.gpkg"', '"towns.shp"'), "utf-8")
    os.mkfifo(layers / "ledgers" / "b.xlsx")
    with pytest.raises(HbgeoError, match=r"b\.xlsx：是管道"):
        Workspace.open(folder).layer("cemetery")
    (layers / "ledgers" / "b.xlsx").unlink()
    (layers / "towns.shp").write_bytes(b"")
    os.mkfifo(layers / "towns.dbf")
    with pytest.raises(HbgeoError, match=r"towns\.dbf：是管道"):
        Workspace.open(folder).layer("cemetery")


@pytest.mark.parametrize(
    "words",
    [
        ["import", "FILE", "--schema", "sign", "-o", "out.csv"],
        ["locate", "FILE", "--units", "township", "-o", "out.csv"],
        ["compare", "FILE", "2023-12-31"],
    ],
)
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_command_never_waits_for_a_pipe(
    home: Path, tmp_path: Path, words: list[str], kind: str
) -> None:
    path = tmp_path / ("a.parquet" if words[0] == "compare" else "a.csv")
    KINDS[kind](path)
    line = [str(path) if word == "FILE" else word for word in words]
    done = subprocess.run(
        [sys.executable, "-m", "hbgeo", "-C", str(home), *line],
        capture_output=True, timeout=LONG, cwd=tmp_path, check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == 1
    [said] = done.stderr.decode().splitlines()
    assert f"{path.name}：是管道、设备之类的特殊文件" in said
