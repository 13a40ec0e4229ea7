"""Facts kept from one page to the next are those that would be made; what changed is made anew."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from golden_cases import make_workspace
from test_job import WORLD

from hbgeo.products import draw_page
from hbgeo.show.page import parts
from hbgeo.workspace import Workspace

MORE: dict[str, Any] = WORLD | {
    "eldercare": """
        编号 | 机构名称 | 类型 | 状态 | 启用时间 | 所在县 | 所在乡镇
        Y1 | 示例敬老院 | 敬老院 | 运营 | 2020-05-01 | 远安县 | 示例甲镇
    """,
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_workspace(MORE, tmp_path / "world").root


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The layers whose facts were made, in their order."""
    known: list[str] = []
    make = parts.facts_part

    def counted(layer: Any, villages: Any) -> str:
        known.append(layer.key)
        return make(layer, villages)

    monkeypatch.setattr(parts, "facts_part", counted)
    return known


def page_of(root: Path, **options: Any) -> str:
    home = Workspace.open(root)
    asked = home.options() if not options else home.options().__class__(**options)
    measured = home.measure(options=asked, with_nearest=True)
    return str(draw_page(home, measured, asked).get_root().render())


def kept_in(root: Path) -> list[Path]:
    return sorted((root / "maps" / ".cache").glob("*.facts"))


def anew(root: Path) -> str:
    """The page of a workspace that has kept nothing."""
    shutil.rmtree(root / "maps" / ".cache")
    return page_of(root)


def ledger(root: Path, key: str) -> Path:
    return next((root / "layers").glob(f"{key}.*"))


def test_facts_are_kept_and_the_page_is_the_same(home: Path, made: list[str]) -> None:
    first = page_of(home)
    assert made == ["cemetery", "eldercare"]
    assert len(kept_in(home)) == 2
    made.clear()
    assert page_of(home) == first
    assert made == []
    assert anew(home) == first
    assert made == ["cemetery", "eldercare"]


def test_a_row_that_changed_shows_and_other_layers_are_left(home: Path, made: list[str]) -> None:
    first = page_of(home)
    made.clear()
    path = ledger(home, "cemetery")
    path.write_text(path.read_text("utf-8").replace("示例公墓一", "示例公墓改"), "utf-8")
    after = page_of(home)
    assert made == ["cemetery"]
    assert after != first
    assert after == anew(home)


def test_facts_of_another_date_are_others_where_other_rows_count(
    home: Path, made: list[str]
) -> None:
    page_of(home)
    made.clear()
    early = page_of(home, as_of=date(2019, 12, 31))  # before the home was opened, not the graves
    assert made == ["eldercare"]
    made.clear()
    assert page_of(home, as_of=date(2019, 12, 31)) == early
    assert made == []


@pytest.mark.parametrize("harm", ["cut", "turned", "foreign", "empty"])
def test_an_entry_that_is_not_as_it_was_put_is_as_if_it_were_not_there(
    home: Path, made: list[str], harm: str
) -> None:
    first = page_of(home)
    made.clear()
    one, other = kept_in(home)
    content = one.read_bytes()
    turned = content[:-1] + bytes([content[-1] ^ 1])
    harmed = {"cut": content[:-1], "turned": turned, "foreign": other.read_bytes(), "empty": b""}
    one.write_bytes(harmed[harm])
    assert page_of(home) == first
    assert len(made) == 1
    made.clear()
    assert page_of(home) == first  # it was put again
    assert made == []


def test_what_cannot_be_told_is_not_kept(
    home: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hbgeo.read.layers.Layers.fingerprint_of", lambda *_: "")
    first = page_of(home)
    assert kept_in(home) == []
    made.clear()
    assert page_of(home) == first
    assert made == ["cemetery", "eldercare"]


def test_rows_of_a_file_that_changed_meanwhile_are_not_kept(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hbgeo.read.inputs.Inputs.unchanged", lambda _: False)
    page_of(home)
    assert kept_in(home) == []
