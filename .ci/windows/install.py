"""What 安装.bat does: checks the kit's files and unpacks its packages beside them, without a network.

Needs nothing but the Python of the kit. What was installed before stays in use until the new one is
whole; workspaces lie elsewhere and are not touched.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import zipfile
from pathlib import Path

KIT = Path(__file__).resolve().parent.parent
CORE = "core"
LONGEST = 259  # signs of a path, unless Windows was told otherwise


class KitError(Exception):
    """Why nothing could be installed; one line."""


def main(words: list[str]) -> int:
    """Install the parts named, or all there are; say what was done."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        parts = install(KIT, words)
    except KitError as err:
        print(f"没有装成：{err}")
        return 1
    except OSError as err:
        print(
            f"没有装成：{err.filename or ''} 无法写入或读取（{err.strerror}）；请检查磁盘空间和权限"
        )
        return 1
    more = "、".join(part for part in parts if part != CORE)
    print(f"安装完成{f'（含可选部分 {more}）' if more else ''}。下一步：双击“新建工作区.bat”。")
    return 0


def install(kit: Path, wanted: list[str]) -> list[str]:
    """Unpack the packages of some parts into `lib`, in place of what was there.

    Returns
    -------
    parts
        The parts installed, the core first.

    Raises
    ------
    KitError
        If the kit is damaged, a part is not in it, the path is too long, the disk too full, or
        hbgeo is running.
    """
    restore(kit)
    parts = choose(kit, wanted)
    print("检查安装包……", flush=True)
    check(kit, parts)
    wheels = [wheel for part in parts for wheel in sorted(folder_of(kit, part).glob("*.whl"))]
    fresh = kit / "lib.new"
    shutil.rmtree(fresh, ignore_errors=True)
    check_room(fresh, wheels)
    try:
        for number, wheel in enumerate(wheels, 1):
            say(f"安装 {number}/{len(wheels)} {wheel.name.split('-')[0]}")
            unpack(wheel, fresh)
        say("")
        (fresh / stamp(kit)).write_text("\n".join(parts), "utf-8")
        swap(kit, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return parts


def folder_of(kit: Path, part: str) -> Path:
    """Where the packages of a part lie."""
    return kit / "kit" / "wheels" / part


def stamp(kit: Path) -> str:
    """The name of the file that says which list of packages was installed."""
    content = (kit / "kit" / "packages.txt").read_bytes()
    return f"installed-{hashlib.sha256(content).hexdigest()[:12]}"


def choose(kit: Path, wanted: list[str]) -> list[str]:
    """The parts to install: those named, or all whose folders are there."""
    there = sorted(p.name for p in folder_of(kit, "").glob("*") if p.is_dir())
    if CORE not in there:
        raise KitError("安装包不完整：缺少 kit\\wheels\\core；请把整个文件夹重新复制一份")
    unknown = [part for part in wanted if part not in there]
    if unknown:
        raise KitError(f"没有“{unknown[0]}”这一部分；可选：{'、'.join(there)}")
    return [CORE, *(part for part in wanted or there if part != CORE)]


def check(kit: Path, parts: list[str]) -> None:
    """Compare every file with the list of hashes; parts that are not installed are left out."""
    for line in (kit / "kit" / "hashes.txt").read_text("utf-8").splitlines():
        known, _, name = line.partition("  ")
        way = name.split("/")
        if way[:2] == ["kit", "wheels"] and way[2] not in parts:
            continue
        file = kit.joinpath(*way)
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != known:
            what = "损坏" if file.is_file() else "缺失"
            raise KitError(
                f"安装包不完整：{file.relative_to(kit)} {what}；请把整个文件夹重新复制一份"
            )


def check_room(fresh: Path, wheels: list[Path]) -> None:
    """Refuse a path in which files would have too long names, and a disk without room."""
    names, size = [""], 0
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            names += archive.namelist()
            size += sum(entry.file_size for entry in archive.infolist())
    length = len(str(fresh)) + 1 + max(map(len, names))
    if length > LONGEST:
        raise KitError(
            f"文件夹的路径太长（多 {length - LONGEST} 个字）；请移到浅一些的位置，如 D:\\hbgeo"
        )
    free = shutil.disk_usage(fresh.parent).free
    if free < size:
        raise KitError(f"磁盘空间不够：还要 {(size - free) / 1e6:,.0f} MB")


def unpack(wheel: Path, folder: Path) -> None:
    """Unpack a wheel as an installer does; its scripts and headers are not needed."""
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            first, _, rest = entry.filename.partition("/")
            if first.endswith(".data"):
                kind, _, rest = rest.partition("/")
                if kind not in {"purelib", "platlib"} or not rest:
                    continue
                entry.filename = rest
            archive.extract(entry, folder)


def swap(kit: Path, fresh: Path) -> None:
    """Put what was unpacked in the place of what was installed before."""
    lib, old = kit / "lib", kit / "lib.old"
    shutil.rmtree(old, ignore_errors=True)
    try:
        if lib.exists():
            lib.rename(old)
        fresh.rename(lib)
    except OSError:
        restore(kit)
        raise KitError("hbgeo 正在使用，请关闭它的窗口后再装一次；原来装的没有改动") from None
    shutil.rmtree(old, ignore_errors=True)


def restore(kit: Path) -> None:
    """Put back what was installed before, where an installation ended in between."""
    lib, old = kit / "lib", kit / "lib.old"
    if old.exists() and not lib.exists():
        old.rename(lib)


def say(text: str) -> None:
    """One line that is written over, on a screen only."""
    if sys.stdout.isatty():
        print(f"\r{text:<60}", end="" if text else "\r", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
