"""A release is refused, or it is whole: versions, changes, files, commit and tag."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

import hbgeo

ROOT = Path(__file__).parent.parent
if not (ROOT / ".ci" / "release").is_file() or shutil.which("git") is None:
    pytest.skip("only in a checkout with git", allow_module_level=True)


def load() -> ModuleType:
    loader = SourceFileLoader("hbgeo_ci_release", str(ROOT / ".ci" / "release"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec
    made = importlib.util.module_from_spec(spec)
    sys.modules[loader.name] = made  # dataclasses look there
    loader.exec_module(made)
    return made


script = load()
SUM = "911fc0c48cb0c70601db5775a9bef1b740dc4cc9f9b46389b9f0563fe7eb94d7"  # printf 0.2.0 | sha256sum
COMING = "# 变化\n\n## 未发布\n\n- 新的。\n\n## 0.1.0（2026-11-24）\n\n- 旧的。\n"


def git(at: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=at, capture_output=True, encoding="utf-8", check=True
    ).stdout


def state(at: Path) -> tuple[str, ...]:
    """All that a release may change: the tree, the commit, the tags."""
    return (git(at, "status", "--porcelain"), git(at, "rev-parse", "HEAD"), git(at, "tag"))


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that holds what states a version, and nothing else."""
    for variable in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    home = tmp_path / "tiny"
    for name in script.STATED:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, home / name)
    script.set_version(home, "0.1.0")
    (home / script.CHANGES).write_text(COMING, "utf-8", newline="\n")
    (home / ".gitignore").write_text("dist/\n", "utf-8")
    git(home, "init", "--quiet", "--initial-branch", "main")
    git(home, "config", "user.name", "示例")
    git(home, "config", "user.email", "nobody@example.org")
    git(home, "add", "--all")
    git(home, "commit", "--quiet", "--message", "first")
    monkeypatch.setattr(script, "ROOT", home)
    return home


def asked(home: Path, version: str = "0.2.0", *, dry: bool = False) -> object:
    return script.Asked(version, home / "dist", kit=False, dry=dry)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes long stands aside: `.ci/full release` does all of it."""

    def build(clone: Path, made: Path, _home: Path) -> None:
        (made / "hbgeo.whl").write_bytes(script.stated_version(clone).encode())

    monkeypatch.setattr(script, "check_layout", lambda *_: None)
    monkeypatch.setattr(script, "build", build)
    monkeypatch.setattr(script, "check_installed", lambda *_: None)


def released(home: Path, one: object) -> None:
    script.refuse(home, one)
    work = home.parent / "work"
    work.mkdir()
    script.release(one, work)


def test_the_newest_heading_is_the_version_or_says_that_it_is_to_come() -> None:
    text = (ROOT / script.CHANGES).read_text("utf-8")
    heads = [head.split("（")[0] for head in re.findall(r"(?m)^## (.+)$", text)]
    assert heads[0] in {script.COMING, hbgeo.__version__}
    versions = [script.numbers(head) for head in heads if head != script.COMING]
    assert versions == sorted(versions, reverse=True)
    assert versions[0] == script.numbers(hbgeo.__version__)
    assert len(set(versions)) == len(versions)


def test_every_place_says_the_version_that_the_program_says() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "hbgeo", "--version"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        check=True,
    ).stdout
    assert said.startswith(f"hbgeo {hbgeo.__version__}（")
    assert script.stated_version(ROOT) == hbgeo.__version__


@pytest.mark.parametrize(
    ("version", "tags", "said"),
    [
        ("0.1.0", [], "not larger than 0.1.0"),
        ("0.0.9", [], "not larger than 0.1.0"),
        ("0.9.0", ["v0.10.0"], "not larger than 0.10.0"),  # as numbers, not as text
        ("0.2", [], "three numbers"),
        ("v0.2.0", [], "three numbers"),
        ("0.2.0rc1", [], "three numbers"),
        ("0.02.0", [], "three numbers"),
    ],
)
def test_a_version_that_is_none_or_not_larger_is_refused(
    version: str, tags: list[str], said: str
) -> None:
    with pytest.raises(SystemExit, match=said):
        script.check_version(version, "0.1.0", tags)


def test_a_larger_version_passes() -> None:
    script.check_version("0.10.0", "0.9.1", ["v0.9.1", "other", "v1"])


DIRTY: dict[str, tuple[Callable[[Path], object], str]] = {
    "a changed file": (
        lambda at: (at / ".gitignore").write_text(""),
        "not committed",
    ),
    "a new file": (lambda at: (at / "new.txt").write_text("x"), "not committed"),
    "a version apart": (
        lambda at: (
            (at / "hbgeo" / "__init__.py").write_text('__version__ = "0.1.5"\n'),
            git(at, "commit", "--quiet", "--all", "--message", "apart"),
        ),
        "do not say one version",
    ),
    "no branch": (lambda at: git(at, "checkout", "--quiet", "--detach"), "no branch"),
    "no changes": (
        lambda at: (
            (at / script.CHANGES).write_text(
                "# 变化\n\n## 未发布\n\n## 0.1.0\n\n- 旧的。\n", "utf-8"
            ),
            git(at, "commit", "--quiet", "--all", "--message", "none"),
        ),
        "nothing stands under",
    ),
    "no heading": (
        lambda at: (
            (at / script.CHANGES).write_text("# 变化\n\n## 0.1.0\n\n- 旧的。\n", "utf-8"),
            git(at, "commit", "--quiet", "--all", "--message", "none"),
        ),
        "first heading",
    ),
    "nobody": (
        lambda at: git(at, "config", "--unset", "user.email"),
        "git -c user.useConfigOnly=true",
    ),
    "there already": (lambda at: (at / "dist" / "0.2.0").mkdir(parents=True), "is there already"),
}


@pytest.mark.parametrize("what", DIRTY)
def test_what_cannot_be_released_is_refused_and_left(tiny: Path, what: str) -> None:
    spoil, said = DIRTY[what]
    spoil(tiny)
    before = state(tiny)
    with pytest.raises(SystemExit, match=re.escape(said)):
        script.refuse(tiny, asked(tiny))
    assert state(tiny) == before


@pytest.mark.usefixtures("quick")
def test_a_release_is_one_commit_one_tag_and_its_files(tiny: Path) -> None:
    first = git(tiny, "rev-parse", "HEAD")
    released(tiny, asked(tiny))
    assert state(tiny)[0] == ""
    assert state(tiny)[2] == "v0.2.0\n"
    assert git(tiny, "rev-parse", "HEAD~") == first
    assert git(tiny, "rev-parse", "v0.2.0^{commit}") == git(tiny, "rev-parse", "HEAD")
    assert (
        git(tiny, "log", "-1", "--format=%an <%ae> %s") == "示例 <nobody@example.org> hbgeo 0.2.0\n"
    )
    changed = set(git(tiny, "diff", "--name-only", "HEAD~").split())
    assert changed == {p.as_posix() for p in [*script.STATED, script.CHANGES]}
    assert script.stated_version(tiny) == "0.2.0"
    place = tiny / "dist" / "0.2.0"
    assert {p.name for p in place.iterdir()} == {"hbgeo.whl", "SHA256SUMS"}
    assert (place / "hbgeo.whl").read_bytes() == b"0.2.0"
    assert (place / "SHA256SUMS").read_text() == f"{SUM}  hbgeo.whl\n"


def test_changes_get_their_heading_and_nothing_else(tiny: Path) -> None:
    moved = script.moved_changes(COMING, "0.2.0", "2026-12-01")
    assert moved == COMING.replace("## 未发布\n", "## 0.2.0（2026-12-01）\n")
    assert (tiny / script.CHANGES).read_text("utf-8") == COMING


@pytest.mark.usefixtures("quick")
def test_a_dry_run_leaves_everything(tiny: Path) -> None:
    before = state(tiny)
    released(tiny, asked(tiny, dry=True))
    assert state(tiny) == before
    assert not (tiny / "dist").exists()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("broken", ["check_layout", "build", "check_installed", "tag", "merge"])
def test_a_step_that_fails_leaves_everything(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    before, run = state(tiny), script.run

    def fail(*_: object, **__: object) -> None:
        raise SystemExit("broken")

    def fail_at(*words: str, **more: object) -> str:
        if words[0] == "git" and broken in words[1:2] and "--list" not in words:
            fail()
        return str(run(*words, **more))

    if broken in {"tag", "merge"}:
        monkeypatch.setattr(script, "run", fail_at)
    else:
        monkeypatch.setattr(script, broken, fail)
    with pytest.raises(SystemExit, match="broken"):
        released(tiny, asked(tiny))
    assert state(tiny) == before
    assert not (tiny / "dist" / "0.2.0").exists()


def test_what_is_not_the_same_is_named(tmp_path: Path) -> None:
    for home, content in (("a", "1"), ("b", "2")):
        (tmp_path / home).mkdir()
        (tmp_path / home / "same").write_text("0")
        (tmp_path / home / "differs").write_text(content)
    (tmp_path / "b" / "more").write_text("")
    with pytest.raises(SystemExit, match=r"built twice: differs, more$"):
        script.same_files(tmp_path / "a", tmp_path / "b", "built twice")
