"""What a command said is said again only where not one byte of what it rests on differs."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from golden_cases import make_workspace
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from hbgeo import answers, workspace
from hbgeo.cli import running
from hbgeo.cli.console import _Plain
from hbgeo.errors import RequestError
from hbgeo.show.said import as_data, from_data
from hbgeo.show.screen import Lines, Listing
from hbgeo.store.whole import look_at

Typed = Callable[..., tuple[int, str, str]]
LEDGER = (
    "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 经度 | 纬度 | 备注\n"
    "G1 | 示例公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 长阳县 | 示例甲镇 | 110.2512 | 30.5123 |\n"
)
LAYERS: dict[str, Any] = {
    "county": [{"code": "420528", "name": "长阳土家族自治县"}],
    "township": [
        {"code": "420528101", "name": "示例甲镇"}, {"code": "420528102", "name": "示例乙镇"},
    ],
    "cemetery": LEDGER,
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A county of two townships, one of them with a cemetery."""
    (tmp_path / "县" / "maps").mkdir(parents=True)
    make_workspace(LAYERS, tmp_path / "县")
    return tmp_path / "县"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The workspaces that were opened: a command that says again what it said opens none."""
    found: list[Path] = []
    real = workspace.Workspace.open.__func__  # type: ignore[attr-defined]

    def note(cls: type, path: Path = Path(), **how: Any) -> Any:
        found.append(path)
        return real(cls, path, **how)

    monkeypatch.setattr(workspace.Workspace, "open", classmethod(note))
    return found


LOOKS = [
    ["stats"],
    ["stats", "cemetery-township", "--by", "county"],
    ["stats", "--json"],
    ["uncovered", "cemetery-township"],
    ["uncovered", "cemetery-township", "--json"],
    ["check"],
    ["doubts"],
    ["why", "示例乙镇"],
    ["targets"],
    ["layers"],
    ["agenda"],
]


@pytest.mark.parametrize("words", LOOKS, ids=" ".join)
def test_the_same_question_has_the_same_answer_and_opens_nothing(
    home: Path, typed_in: Typed, opened: list[Path], words: list[str]
) -> None:
    first = typed_in(home, *words)
    assert opened
    opened.clear()
    assert typed_in(home, *words) == first
    assert not opened


@pytest.mark.parametrize("suffix", [".csv", ".json", ".xlsx", ".geojson", ".gpkg", ".parquet"])
def test_a_file_is_written_again_with_the_same_bytes(
    home: Path, typed_in: Typed, opened: list[Path], suffix: str
) -> None:
    out = home.parent / f"未覆盖{suffix}"
    first = typed_in(home, "uncovered", "cemetery-township", "-o", str(out))
    content = out.read_bytes()
    out.unlink()
    opened.clear()
    assert typed_in(home, "uncovered", "cemetery-township", "-o", str(out)) == first
    assert not opened
    assert out.read_bytes() == content


def _one_more_row(home: Path) -> None:
    ledger = home / "layers" / "cemetery.csv"
    row = "G2,示例乙公墓,公墓,公益性,乡镇级,运营,2021-05-01,长阳县,示例乙镇,110.7512,30.5123,\n"
    ledger.write_bytes(ledger.read_bytes() + row.encode())


def _one_byte_at_the_same_time_and_size(home: Path) -> None:
    ledger = home / "layers" / "cemetery.csv"
    about = ledger.stat()
    content = ledger.read_bytes()
    assert b"2020-05-01" in content
    ledger.write_bytes(content.replace(b"2020-05-01", b"2024-05-01"))
    os.utime(ledger, ns=(about.st_atime_ns, about.st_mtime_ns))


def _another_date(home: Path) -> None:
    catalog = home / "layers" / "catalog.toml"
    text = catalog.read_text("utf-8")
    assert "2023-12-31" in text
    catalog.write_text(text.replace("2023-12-31", "2019-12-31"), "utf-8")


def _a_policy_of_its_own(home: Path) -> None:
    (home / "layers" / "policy").mkdir()
    (home / "layers" / "policy" / "own.toml").write_text(
        'system = "funeral"\ntitle = "示例"\n[[indicator]]\nid = "cemetery-township"\n'
        'name = "示例指标"\nmeasure = "presence"\nunits = "township"\nlayer = "cemetery"\n',
        "utf-8",
    )


CHANGES = [
    _one_more_row, _one_byte_at_the_same_time_and_size, _another_date, _a_policy_of_its_own,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: c.__name__)
def test_whatever_changes_is_seen(
    home: Path, typed_in: Typed, change: Callable[[Path], None]
) -> None:
    words = ("stats", "cemetery-township")
    before = typed_in(home, *words)
    change(home)
    after = typed_in(home, *words)
    assert after != before
    shutil.rmtree(home / "maps")
    (home / "maps").mkdir()
    assert typed_in(home, *words) == after  # as where nothing was ever kept


def test_options_are_questions_of_their_own(home: Path, typed_in: Typed) -> None:
    plain = typed_in(home, "stats", "cemetery-township", "--json")
    early = typed_in(home, "stats", "cemetery-township", "--json", "--as-of", "2019-12-31")
    assert json.loads(plain[1])[0]["covered"] == 1
    assert json.loads(early[1])[0]["covered"] == 0
    assert typed_in(home, "stats", "cemetery-township", "--json") == plain


def test_a_damaged_or_foreign_answer_is_not_believed(home: Path, typed_in: Typed) -> None:
    first = typed_in(home, "stats")
    [kept] = (home / "maps" / ".cache").glob("said-*.answer")
    content = kept.read_bytes()
    kept.write_bytes(content.replace("示例".encode(), "实测".encode()))
    assert kept.read_bytes() != content
    assert typed_in(home, "stats") == first
    for other in (b"", content[:-1], b"\x00" * len(content)):
        kept.write_bytes(other)
        assert typed_in(home, "stats") == first


def test_an_answer_of_another_question_under_its_name_is_not_given(
    home: Path, typed_in: Typed
) -> None:
    first = typed_in(home, "stats")
    [one] = (home / "maps" / ".cache").glob("said-*.answer")
    typed_in(home, "check")
    [other] = set((home / "maps" / ".cache").glob("said-*.answer")) - {one}
    one.write_bytes(other.read_bytes())
    assert typed_in(home, "stats") == first


def test_a_policy_folder_or_a_layer_from_elsewhere_keeps_nothing(
    home: Path, typed_in: Typed, tmp_path: Path
) -> None:
    (tmp_path / "政策").mkdir()
    typed_in(home, "stats", "--policy", str(tmp_path / "政策"))
    assert not list((home / "maps").rglob("*.answer"))
    away = tmp_path / "away.csv"
    shutil.move(home / "layers" / "cemetery.csv", away)
    catalog = home / "layers" / "catalog.toml"
    text = catalog.read_text("utf-8").replace("cemetery.csv", away.as_posix())
    catalog.write_text(text, "utf-8")
    code, _, _ = typed_in(home, "stats")
    assert code == 0
    assert not list((home / "maps").rglob("*.answer"))


@pytest.mark.parametrize(
    "path", ["postgresql://me:${P}@db/x", "/else/x.csv", "C:/x.csv", "\\\\share\\x.csv", "../x.csv"]
)
def test_what_no_file_of_the_workspace_holds_has_no_fingerprint(home: Path, path: str) -> None:
    assert look_at(home).fingerprint
    catalog = home / "layers" / "catalog.toml"
    entry = f"[other]\nrole = 'table'\npath = ['{path}']\nsource = '示例'\n"
    catalog.write_text(catalog.read_text("utf-8") + "\n" + entry, "utf-8")
    assert look_at(home).fingerprint == ""


@pytest.mark.usefixtures("_links")
def test_links_in_the_layers_have_no_fingerprint(home: Path) -> None:
    (home / "layers" / "more.csv").symlink_to(home / "layers" / "cemetery.csv")
    assert look_at(home).fingerprint == ""


@pytest.mark.parametrize("folder", [".", "maps"])
def test_moves_that_were_not_completed_have_no_fingerprint(home: Path, folder: str) -> None:
    (home / folder / ".hbgeo-a-b-1-c.moves").write_bytes(b"")
    assert look_at(home).fingerprint == ""


def test_every_file_folder_and_name_tells(home: Path) -> None:
    seen = [look_at(home).fingerprint]
    (home / "layers" / "new").mkdir()
    seen.append(look_at(home).fingerprint)
    (home / "layers" / "new" / "a.csv").write_bytes(b"1")
    seen.append(look_at(home).fingerprint)
    (home / "layers" / "new" / "a.csv").rename(home / "layers" / "new" / "b.csv")
    seen.append(look_at(home).fingerprint)
    (home / "maps" / "snapshots").mkdir(exist_ok=True)
    (home / "maps" / "snapshots" / "2022-12-31.parquet").write_bytes(b"1")
    seen.append(look_at(home).fingerprint)
    assert len(set(seen)) == len(seen)
    (home / "maps" / "index.html").write_bytes(b"1")  # written, never read
    assert look_at(home).fingerprint == seen[-1]


def test_what_a_command_has_read_it_reads_again_only_where_it_was_touched(home: Path) -> None:
    first = look_at(home)
    ledger = home / "layers" / "cemetery.csv"
    about, content = ledger.stat(), ledger.read_bytes()
    other = content.replace(b"2020-05-01", b"2024-05-01")
    ledger.write_bytes(other)
    os.utime(ledger, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert look_at(home, seen=first.seen).fingerprint == first.fingerprint  # it was not read
    assert look_at(home).fingerprint != first.fingerprint
    os.utime(ledger, ns=(about.st_atime_ns, about.st_mtime_ns + 10**9))
    assert look_at(home, seen=first.seen) == look_at(home)


def test_an_unchanged_run_leaves_its_files_alone_and_says_so(
    home: Path, typed_in: Typed, opened: list[Path]
) -> None:
    code, first, _ = typed_in(home, "run")
    assert code == 0
    files = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in _written(home)}
    assert {p.name for p in files} >= {"index.html", "report.xlsx", "coverage.csv", "issues.csv"}
    opened.clear()
    code, again, _ = typed_in(home, "run")
    assert (code, opened) == (0, [])
    assert (
        again[: again.index("资料和口径都没有变，沿用上次写出的")] == first[: first.index("已写出")]
    )
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in _written(home)} == files


@pytest.mark.parametrize("name", ["index.html", "report.xlsx", "coverage.csv", "issues.csv"])
@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_a_result_that_is_gone_or_was_changed_is_made_anew(
    home: Path, typed_in: Typed, name: str, harm: str
) -> None:
    typed_in(home, "run")
    path = home / "maps" / name
    content = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    typed_in(home, "run")
    assert path.read_bytes() == content


@pytest.mark.parametrize("harm", ["gone", "changed", "another"])
def test_a_snapshot_that_differs_is_seen_by_an_unchanged_run(
    home: Path, typed_in: Typed, harm: str
) -> None:
    typed_in(home, "run")
    [path] = (home / "maps" / "snapshots").iterdir()
    content = path.read_bytes()
    if harm == "gone":
        path.unlink()
    elif harm == "changed":
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    else:
        path.with_name("2022-12-31.parquet").write_bytes(b"none")
    _, said, _ = typed_in(home, "run")
    assert "沿用上次写出的" not in said
    assert path.read_bytes() == content


def test_snapshots_that_were_replaced_pile_up_and_keep_nothing_from_being_known(
    home: Path, typed_in: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hbgeo.store.whole._MOST_KEPT", 1 << 18)
    typed_in(home, "run")
    kept = home / "maps" / "snapshots"
    for at in range(3):  # as a run leaves them that found other figures of the same date
        (kept / f"2023-12-31-{at:08x}.parquet").write_bytes(bytes(1 << 17))
    typed_in(home, "run")
    (kept / "2023-12-31-00000000.parquet").write_bytes(b"nobody reads it")
    _, said, _ = typed_in(home, "run")
    assert "沿用上次写出的" in said
    (kept / "2022-12-31.parquet").write_bytes(bytes(1 << 18))  # its date is looked back at
    assert look_at(home).fingerprint == ""


def test_a_scenarios_snapshot_is_one_of_its_results(home: Path, typed_in: Typed) -> None:
    ask = ("run", "--status", "规划")
    typed_in(home, *ask)
    [path] = (home / "maps" / "snapshots").iterdir()
    assert path.stem != "2023-12-31"
    _, again, _ = typed_in(home, *ask)
    assert "沿用上次写出的" in again
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    _, said, _ = typed_in(home, *ask)
    assert "沿用上次写出的" not in said
    assert path.read_bytes() == content


def test_what_a_run_would_tell_again_is_told_again_and_keeps_it_from_nothing(
    home: Path, typed_in: Typed
) -> None:
    (home / "maps" / "snapshots").mkdir()
    (home / "maps" / "snapshots" / "2022-12-31.parquet").write_bytes(b"none")
    _, first, _ = typed_in(home, "run")
    _, again, _ = typed_in(home, "run")
    assert "沿用上次写出的" in again
    assert "历期不含这一期" in first
    assert "历期不含这一期" in again


def test_a_run_during_which_a_ledger_changed_is_not_believed(
    home: Path, typed_in: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = running._show_run

    def change(*given: Any) -> None:
        _one_more_row(home)
        real(*given)

    with monkeypatch.context() as patch:
        patch.setattr(running, "_show_run", change)
        _, stale, _ = typed_in(home, "run")
    _, fresh, _ = typed_in(home, "run")
    assert "沿用上次写出的" not in fresh
    assert fresh != stale


def test_a_look_during_which_a_ledger_changed_is_not_kept(
    home: Path, typed_in: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = workspace.Workspace.measure

    def change(self: Any, *given: Any, **how: Any) -> Any:
        found = real(self, *given, **how)
        _one_more_row(home)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(workspace.Workspace, "measure", change)
        typed_in(home, "stats", "cemetery-township", "--json")
    assert not list((home / "maps").rglob("*.answer"))


def test_what_ends_with_an_error_is_worked_out_each_time(
    home: Path, typed_in: Typed, opened: list[Path]
) -> None:
    for _ in range(2):
        opened.clear()
        code, _, said = typed_in(home, "stats", "cemetery-townshipp")
        assert (code, bool(opened)) == (1, True)
        assert "没有指标" in said
    assert not list((home / "maps").rglob("*.answer"))


def test_check_strict_ends_with_three_each_time(home: Path, typed_in: Typed) -> None:
    ledger = home / "layers" / "cemetery.csv"
    ledger.write_bytes(ledger.read_bytes().replace(b"110.2512", b"11.2512"))
    codes = [typed_in(home, "check", "--strict")[0] for _ in range(2)]
    assert codes == [3, 3]


def test_nobodys_number_is_kept_in_an_answer(home: Path, typed_in: Typed) -> None:
    ledger = home / "layers" / "cemetery.csv"
    ledger.write_bytes(
        ledger.read_bytes() + "G3,张三13971234567,公墓,公益性,乡镇级,不明,,,,,,\n".encode()
    )
    for words in (["check"], ["why", "示例乙镇"], ["doubts"], ["run"]):
        typed_in(home, *words)
    kept = list((home / "maps").rglob("*.answer"))
    assert kept
    assert not any(b"13971234567" in path.read_bytes() for path in kept)


def test_a_read_only_workspace_still_answers(
    home: Path, typed_in: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "no")

    first = typed_in(home, "stats")
    shutil.rmtree(home / "maps" / ".cache")
    monkeypatch.setattr(Path, "mkdir", refuse)
    assert typed_in(home, "stats") == first


def test_more_than_fits_is_not_kept(
    home: Path, typed_in: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "_MOST_BYTES", 10)
    typed_in(home, "stats")
    assert not list((home / "maps").rglob("*.answer"))


@pytest.mark.parametrize("said", ["path = 3", "path = [3]", "path = { a = 1 }", "path = true"])
def test_a_catalogue_that_makes_no_sense_is_for_its_reader_to_refuse(
    home: Path, typed_in: Typed, said: str
) -> None:
    catalog = home / "layers" / "catalog.toml"
    entry = f"\n[other]\nrole = 'table'\nsource = '示例'\n{said}\n"
    catalog.write_text(catalog.read_text("utf-8") + entry, "utf-8")
    assert look_at(home).fingerprint == ""
    for words in (["stats"], ["run"]):
        code, _, told = typed_in(home, *words)
        assert code == 1
        assert "other" in told
        assert len(told.splitlines()) == 1


def test_more_files_than_are_worth_it_have_no_fingerprint(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hbgeo.store.whole._MOST", 1000)
    assert look_at(home).fingerprint == ""


def test_a_large_file_is_written_and_not_noted(
    home: Path, typed_in: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hbgeo.cli.console._MOST_NOTED", 10)
    out = home.parent / "a.csv"
    assert typed_in(home, "uncovered", "cemetery-township", "-o", str(out))[0] == 0
    assert out.stat().st_size > 10
    assert not list((home / "maps").rglob("*.answer"))


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)


@given(
    st.lists(st.tuples(TEXT, st.booleans(), st.integers(0, 9), st.integers(0, 3), st.booleans()), min_size=1, max_size=4),
    st.data(),
)  # fmt: skip
def test_what_is_shown_comes_back_as_it_was(
    headings: list[tuple[str, bool, int, int, bool]], data: st.DataObject
) -> None:
    table = Listing(data.draw(TEXT))
    for name, right, wrap, spare, lead in headings:
        table.heading(name, right=right, wrap=wrap, spare=spare, lead=lead)
    for _ in range(data.draw(st.integers(0, 3))):
        cells = [data.draw(TEXT) for _ in headings]
        table.add_row(*cells, style=data.draw(st.sampled_from(["", "dim"])))
    for part in (table, Lines(data.draw(TEXT), "dim", indent=2), Text(data.draw(TEXT), "bold")):
        kept = json.loads(json.dumps(as_data(part)))
        assert _drawn(from_data(kept)) == _drawn(part)
        assert as_data(from_data(kept)) == kept


def test_what_would_not_come_back_is_refused() -> None:
    spans = Text("甲")
    spans.append("乙", "bold")
    for part in (spans, object(), 3):
        with pytest.raises(TypeError):
            as_data(part)


def test_where_somebody_else_works_an_unchanged_run_is_refused(
    home: Path, typed_in: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed_in(home, "run")

    def busy(*_: Any, **__: Any) -> Any:
        raise RequestError("正被使用")

    monkeypatch.setattr("hbgeo.store.lock.only_one", busy)
    assert typed_in(home, "run")[0] == 1


def _drawn(part: Any) -> list[str]:
    from rich.console import Console

    made = []
    for width in (20, 60, 200):
        console = Console(width=width, color_system=None)
        with console.capture() as said:
            console.print(_Plain(part))
        made.append(said.get())
    return made


def _written(home: Path) -> list[Path]:
    return sorted(p for p in (home / "maps").rglob("*") if p.is_file() and ".cache" not in p.parts)
