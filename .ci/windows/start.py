"""What the double-click files do: 新建工作区 makes a workspace beside the kit, 运行并打开 runs one and opens its page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

KIT = Path(__file__).resolve().parent.parent
HOME = KIT.parent  # workspaces lie beside the kit: a newer kit in its place keeps them
NAME = "我的县"
FORBIDDEN = '\\/:*?"<>|'


def main(words: list[str]) -> int:
    """Do what is asked; 0 where it was done."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    return {"new": new, "run": run}[words[0]](words[1:])


def new(words: list[str]) -> int:
    """Make a workspace from the sample and show its folder."""
    name = words[0] if words else ask(f"工作区的名字（直接按回车就叫“{NAME}”）：") or NAME
    if not words and any(sign in name for sign in FORBIDDEN):
        print(f"名字里不能有 {' '.join(FORBIDDEN)} 这些符号，没有新建；请再双击一次，换个名字")
        return 1
    folder = HOME / name
    if code := hbgeo("init", str(folder), quiet=True):
        return code
    print(f"已建好工作区：{folder}")
    print("里面先放的是示例数据（虚构），可以先双击“运行并打开.bat”看看。")
    print(
        "用自己的数据：把台账放进其中的 layers 文件夹，改 layers\\catalog.toml（见 layers\\README.md）。"
    )
    show(folder)
    return 0


def run(words: list[str]) -> int:
    """Run a workspace and open its page: the one given, or one of those beside the kit."""
    folder = Path(words[0]) if words else choose(workspaces(HOME))
    if folder is None:
        return 1
    print(f"工作区：{folder}", flush=True)
    if code := hbgeo("-C", str(folder), "run"):
        return code
    show(folder / "maps" / "index.html")
    return 0


def workspaces(home: Path) -> list[Path]:
    """The workspaces in a folder, the one worked on last first."""
    try:
        found = [p.parent.parent for p in home.glob("*/layers/catalog.toml")]
    except OSError:
        found = []
    return sorted(found, key=used, reverse=True)


def used(workspace: Path) -> tuple[float, str]:
    """When a workspace was worked on last."""
    files = [workspace / "layers" / "catalog.toml", workspace / "maps" / "index.html"]
    return max(f.stat().st_mtime for f in files if f.exists()), workspace.name


def choose(found: list[Path]) -> Path | None:
    """The only one, or the one that is chosen; None where there is none."""
    if not found:
        print(f"{HOME} 里还没有工作区，请先双击“新建工作区.bat”。")
        print("工作区在别处：把它的文件夹拖到“运行并打开.bat”上。")
        return None
    if len(found) == 1:
        return found[0]
    print("有几个工作区：")
    for number, one in enumerate(found, 1):
        print(f"  {number}  {one.name}")
    while True:
        said = ask("算哪一个？写号码（直接按回车为 1，上次用的）：") or "1"
        if said.isdecimal() and 0 < int(said) <= len(found):
            return found[int(said) - 1]
        print(f"没有“{said}”这个号码")


def ask(question: str) -> str:
    """What is typed, or nothing where nobody is there to type."""
    try:
        return input(question).strip()
    except EOFError:
        print()
        return ""


def hbgeo(*words: str, quiet: bool = False) -> int:
    """Run the program itself in this window."""
    out = subprocess.DEVNULL if quiet else None
    return subprocess.run(
        [sys.executable, "-m", "hbgeo", *words], stdout=out, check=False
    ).returncode


def show(path: Path) -> None:
    """Open a page or a folder as a double-click would."""
    if os.environ.get("HBGEO_NO_WINDOW"):
        return
    try:
        os.startfile(path)  # type: ignore[attr-defined]  # noqa: S606 - the user's own page
    except (OSError, AttributeError):
        print(f"请自己打开：{path}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
