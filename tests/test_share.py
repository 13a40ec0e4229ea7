"""A workspace on a share: slow is only slow; gone is one line, and everything old or everything new."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from collect_worlds import CEMETERY, make_base, send
from share import GONE, Share

import hbgeo
from hbgeo.errors import HbgeoError, why_not
from hbgeo.store.moves import complete_moves
from hbgeo.store.plain import is_plain
from hbgeo.workspace import Workspace

COUNTIES = {"420528": "长阳土家族自治县", "420581": "宜都市"}
POLICY = """system = "funeral"
title = "示例"
[[indicator]]
id = "here"
name = "示例公墓覆盖率"
measure = "presence"
units = "township"
layer = "cemetery"
[[indicator.target]]
pct = 35
deadline = 2023-12-31
source = "示例"
"""
EVERY = int(os.environ.get("HBGEO_EVERY_CALL", "149"))  # 1: fail at each single one
ALIASES = (
    "标准名称,所在县,别名,启用日期,停用日期,依据\n示例甲0528镇,长阳土家族自治县,示例老镇,,,示例\n"
)
ENTRY = '\n[cemetery]\nrole = "facilities"\npath = "公墓*.csv"\ncrs = "CGCS2000"\nsource = "示例"\nsample = true\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two counties of two townships, and a ledger of three cemeteries in two files."""
    root = tmp_path / "share" / "工作区"
    make_base(root, COUNTIES)
    for n, (code, county) in enumerate(COUNTIES.items()):
        rows = send(code, county, n, 2).cemetery[: 2 - n]
        if n == 0:
            rows[0][3] = "示例老镇"  # lost with the list of aliases
        lines = [",".join(CEMETERY), *(",".join(row) for row in rows)]
        (root / "layers" / f"公墓{n}.csv").write_text("\n".join(lines), "utf-8")
    with (root / "layers" / "catalog.toml").open("a", encoding="utf-8") as book:
        book.write(ENTRY)
    (root / "layers" / "policy").mkdir()
    (root / "layers" / "policy" / "a.toml").write_text(POLICY, "utf-8")
    (root / "layers" / "aliases.csv").write_text(ALIASES, "utf-8")
    return root


def work(home: Path) -> None:
    """What is done on the share: one indicator, and two files written together."""
    workspace = Workspace.open(home)
    report = hbgeo.run(workspace)
    report = type(report)(
        report.assessments, report.issues, _small(report), report.snapshot, report.papers
    )
    report.write(home / "maps")


def _small(report: hbgeo.job.Report) -> dict[str, object]:
    """Of its files the two tables: the others are written in the same way, and take long to make."""
    return {name: report.files[name] for name in ("coverage.csv", "issues.csv")}


def content(home: Path) -> dict[str, bytes]:
    """What somebody sees who opens the workspace."""
    names = ("coverage.csv", "issues.csv")
    return {n: (home / "maps" / n).read_bytes() for n in names if (home / "maps" / n).exists()}


def _tried(home: Path) -> str:
    """What a run says: "" if it went well."""
    try:
        work(home)
    except HbgeoError as err:
        return str(err)
    except OSError as err:
        return why_not(err)
    return ""


def _is_chinese_line(said: str) -> bool:
    return "\n" not in said and any("一" <= c <= "鿿" for c in said) and "系统错误" not in said


@pytest.mark.parametrize("once", [True, False], ids=["for a moment", "for good"])
def test_a_share_that_vanishes_at_any_call_ends_in_a_line_and_nothing_half_written(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, once: bool
) -> None:
    before = {"coverage.csv": b"old", "issues.csv": b"old"}
    (home / "maps").mkdir(exist_ok=True)
    for name, old in before.items():
        (home / "maps" / name).write_bytes(old)
    fresh = tmp_path / "fresh"
    shutil.copytree(home, fresh)
    share = Share(monkeypatch, tmp_path / "share")
    work(home)
    whole, calls = content(home), share.calls
    assert calls > 100
    seen = set()
    for n in range(1 + once, calls + 1, EVERY + once):
        share.reset()
        shutil.rmtree(home)
        shutil.copytree(fresh, home)
        share.reset(fails_at=n, once=once, code=GONE[n % 3])
        said = _tried(home)
        share.reset()
        complete_moves(home / "maps")
        assert content(home) in (before, whole), n
        if said:
            assert _is_chinese_line(said), (n, said)
        else:  # it went on without what it can do without, and no figure is another
            assert content(home) == whole, n
        seen.add(bool(said))
    assert True in seen


def test_a_slow_share_gives_the_same(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = Share(monkeypatch, tmp_path / "share")
    work(home)
    quick = content(home)
    shutil.rmtree(home / "maps")
    share.delay = 0.002
    work(home)
    assert content(home) == quick


@pytest.mark.parametrize("code", GONE)
def test_a_file_on_a_share_that_is_gone_is_not_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    (tmp_path / "changes.csv").write_text("", "utf-8")
    share = Share(monkeypatch, tmp_path)
    assert is_plain(tmp_path / "changes.csv")
    assert not is_plain(tmp_path / "nothing.csv")
    share.reset(fails_at=1, code=code)
    with pytest.raises(OSError):  # noqa: PT011 - of each kind
        is_plain(tmp_path / "changes.csv")


@pytest.mark.parametrize("number", [53, 59, 64, 67, 121])
def test_what_windows_says_of_a_share_that_is_gone_is_no_absence(number: int) -> None:
    from hbgeo.store.plain import is_absence

    err = FileNotFoundError(2, "No such file")
    assert is_absence(err)
    err.winerror = number  # type: ignore[attr-defined]
    assert not is_absence(err)
