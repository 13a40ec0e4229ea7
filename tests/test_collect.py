"""What counties send is merged without a row lost, who lacks or contradicts is named, and only what changed is read."""

from __future__ import annotations

import csv
import io
import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from collect_worlds import (
    CEMETERY,
    FLAWS,
    HEAD,
    World,
    box_of,
    make_world,
    mend,
    send,
    write,
)
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from typer.testing import CliRunner

from hbgeo.cli.app import app
from hbgeo.collect.collecting import Collected, collect
from hbgeo.collect.counties import Counties
from hbgeo.collect.parts import Cut, stacked
from hbgeo.collect.senders import own_files
from hbgeo.errors import HbgeoError, LayerError, RequestError
from hbgeo.read.catalog import Layer
from hbgeo.read.catalog_text import replaced_entry
from hbgeo.sample import sample_folder
from hbgeo.workspace import Workspace

FEW = {
    "420528": "长阳土家族自治县",
    "420581": "宜都市",
    "422801": "恩施市",
    "422823": "巴东县",
}
ROWS = 4


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Four counties, each with two ledgers of four rows, nothing wrong with any."""
    return make_world(tmp_path, FEW, ROWS)


def collected(world: World, **how: Any) -> Collected:
    """Collect it into `out` beside it."""
    return collect(world.folder, world.folder.parent / "out", base=world.base, **how)[0]


def out(world: World) -> Workspace:
    """The province's workspace."""
    return Workspace.open(world.folder.parent / "out")


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


# ------------------------------------------------------------------ 42 counties, 20 flaws


@pytest.fixture(scope="module")
def flawed(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Collected, Collected]:
    """42 counties, 20 of them flawed: collected once as sent, and once mended."""
    frame = Workspace.open(sample_folder().parent).units("county")
    names = dict(list(zip(frame.index.map(str), frame["name"], strict=True))[:42])
    world = make_world(tmp_path_factory.mktemp("flawed"), names, ROWS, FLAWS)
    expect = world.base.parent / "应报.csv"
    lines = [f"{code},{name},2024-01-31" for code, name in names.items()]
    expect.write_text("\n".join(["code,name,due", *lines]), "utf-8")
    first = collected(world, expect=expect)
    flaws = dict(world.flaws)
    mend(world)
    second = collected(world, expect=expect)
    world.flaws = flaws
    return world, first, second


WRONG = {  # flaw → what is said of its county's cemeteries
    "lacking_file": "没有这个文件",
    "unknown_word": "搁置 1 行",
    "unknown_township": "搁置 1 行",
    "bad_date": "搁置 1 行",
    "two_of_one_id": "搁置 2 行",
    "claims_by_id": "同一设施",
    "no_datum": "未说明坐标系",
    "absolute_path": "不在本工作区里",
    "no_workbook": "不是有效的 xlsx",
    "other_kind": "与其他县（facilities cemetery）不同",
    "far_away": "搁置 1 行",
    "sent_twice": "收到 2 份",
    "broken_catalog": "TOML 格式有误",
}


@pytest.mark.parametrize("flaw", WRONG)
def test_each_flaw_is_named_with_its_county(
    flawed: tuple[World, Collected, Collected], flaw: str
) -> None:
    world, first, _ = flawed
    states = first.states.set_index(["county_code", "layer"])
    row = states.loc[(world.flaws[flaw], "cemetery")]
    assert row["state"] == "有误"
    assert WRONG[flaw] in row["why"]


def test_who_sent_nothing_or_late_or_under_nobodys_name_is_said(
    flawed: tuple[World, Collected, Collected],
) -> None:
    world, first, _ = flawed
    states = first.states.set_index(["county_code", "layer"])
    for flaw in ("never_sent", "two_counties_in_the_name", "nobodys_name"):
        row = states.loc[(world.flaws[flaw], "cemetery")]
        assert (row["state"], row["received_on"]) == ("未报", None)
    late = states.loc[(world.flaws["late"], "cemetery")]
    assert (late["state"], late["late"], late["received_on"]) == ("已报", True, "2024-02-20")
    assert states["late"].sum() == 2  # both ledgers of the one county
    said = "\n".join(first.left)
    assert "新建文件夹：看不出是哪个县报的" in said
    assert "不是同一个县" in said


def test_neighbours_that_contradict_are_both_named(
    flawed: tuple[World, Collected, Collected],
) -> None:
    world, first, _ = flawed
    found = {(r["county_code"], r["other_code"], r["kind"]) for r in first.conflicts.to_dict("records")}  # fmt: skip
    kinds = {
        "claims_by_id": "同一设施",
        "claims_by_name": "同一设施",
        "overlapping_border": "边界重叠",
        "one_township_drawn_twice": "同一单元",
    }
    assert found == {(world.flaws[f], world.next_to(world.flaws[f]), k) for f, k in kinds.items()}
    assert "相距 97 米" in "".join(first.conflicts["said"])
    states = first.states.set_index(["county_code", "layer"])
    home = world.flaws["claims_by_name"]
    for code in (home, world.next_to(home)):
        assert states.loc[(code, "eldercare"), "state"] == "有误"
    home = world.flaws["overlapping_border"]
    for code in (home, world.next_to(home)):
        assert states.loc[(code, "township"), "state"] == "有误"


def test_every_row_is_accounted_for(flawed: tuple[World, Collected, Collected]) -> None:
    """Cemeteries: of 43 senders 6 cannot be read or sent none; six lose 1, 1, 1, 2, 1, and 4 × 4 whole ledgers and more."""
    _, first, _ = flawed
    by = first.balance.set_index("layer")
    # read: 43 ledgers less never sent, broken catalogue, lacking, no datum, absolute, no workbook
    assert by.loc["cemetery", "taken"] == (43 - 6) * ROWS
    # whole: two in the name, nobody's, other kind, sent twice (2); rows: 1 + 1 + 1 + 2 + 1
    assert by.loc["cemetery", "aside"] == 5 * ROWS + 6
    assert by.loc["eldercare", "taken"] == (43 - 2) * ROWS
    assert by.loc["eldercare", "aside"] == 4 * ROWS
    assert by.loc["township", ["merged", "aside", "compared"]].tolist() == [0, 0, 5]
    assert (by["taken"] == by["merged"] + by["aside"] + by["compared"]).all()
    alone = first.aside[first.aside["row"].notna()]
    assert len(alone) == 6
    assert alone["reason"].str.len().min() > 5


def test_once_mended_all_is_clean_and_only_that_was_read_again(
    flawed: tuple[World, Collected, Collected],
) -> None:
    world, first, second = flawed
    assert first.read == first.parts
    assert second.read <= 21 < second.parts == 84
    assert second.balance[["taken", "merged", "aside"]].to_numpy().tolist() == [[168, 168, 0]] * 2
    assert set(second.states["state"]) == {"已报", "已更正"}
    assert len(second.conflicts) == len(second.aside) == len(second.left) == 0
    mended = second.states[second.states["state"] == "已更正"]
    assert world.flaws["unknown_word"] in set(mended["county_code"])
    assert set(mended["received_on"]) == {"2024-02-20"}


def test_the_papers_show_the_states(flawed: tuple[World, Collected, Collected]) -> None:
    world, _, second = flawed
    book = load_workbook(second.home / "收集情况.xlsx")
    assert book.sheetnames == ["总表", "明细", "收支", "矛盾", "搁置", "问题", "未收"]
    cells = [[c.value for c in row] for row in book["总表"].iter_rows()]
    assert cells[0][0] == "示例数据，非真实统计"
    line = next(row for row in cells if row[0] == world.counties[world.flaws["unknown_word"]])
    assert line[1] == "已更正 2024-02-20 逾期"
    assert not any(word in str(c) for row in cells for c in row if c for word in ("nan", "None"))
    page = (second.home / "maps" / "collect.html").read_text("utf-8")
    assert "示例数据，非真实统计" in page
    assert page.count("<tr><th scope") == 43  # the head, and each county
    assert "http" not in page
    kept = rows_of(second.home / "maps" / "collect" / "state.csv")
    assert list(kept[0])[:8] == ["county_code", "county", "layer", "state", "received_on", "rows", "aside", "due"]  # fmt: skip
    assert len(kept) == 84


# ------------------------------------------------------------------ nothing is lost on the way


def test_the_whole_sample_comes_through_a_collection_as_it_was(tmp_path: Path) -> None:
    """Every layer of the sample, sent by one county: the same rows, values, points and figures."""
    home = sample_folder()
    sent = tmp_path / "sent" / "长阳"
    shutil.copytree(home, sent / "layers", ignore=shutil.ignore_patterns("make_*", "policy", "__pycache__"))  # fmt: skip
    found, _ = collect(tmp_path / "sent", tmp_path / "out", base=home.parent)
    before, after = Workspace.open(home.parent), Workspace.open(tmp_path / "out")
    for key in found.balance.loc[found.balance["merged"] > 0, "layer"]:
        one, other = before.layers.table(key), after.layers.table(key)
        columns = [c for c in one.frame if c not in {"file", "crs"}]
        pd.testing.assert_frame_equal(
            pd.DataFrame(one.frame)[columns], pd.DataFrame(other.frame)[columns],
            check_categorical=False, check_dtype=False,
        )  # fmt: skip
        assert other.sample
        assert set(map(str, other.frame["file"])) == {f"长阳/layers/{before.catalog.layers[key].paths[0]}"}  # fmt: skip
        assert found.balance.set_index("layer").loc[key, "aside"] == one.aside
    shown = {a.indicator.id: a.shown for a in before.assess()}
    assert {a.indicator.id: a.shown for a in after.assess()} == shown


def test_units_marks_and_places_stay_in_the_merged_ledger(world: World) -> None:
    """1.5 亩 is 1000 m²; a month stays a month; GCJ-02 becomes CGCS2000; 示例 stays 示例."""
    one = world.sent["420528"]
    text = one.catalog.replace('crs = "CGCS2000"', 'crs = "GCJ-02"', 1)
    text = text.replace("sample = true\n", "", 2)
    (world.folder / one.folder / "layers" / "catalog.toml").write_text(text, "utf-8")
    collected(world)
    table = out(world).layers.table("cemetery")
    assert set(table.frame["area_m2"]) == {1000.0}
    assert table.sample  # of the other three
    mine = table.frame[table.frame["file"].astype("str").str.startswith("长阳")]
    x, _ = box_of(0, 12)
    assert abs(mine["x"].iloc[0] - (x + 0.021357)) > 1e-3
    theirs = table.frame[table.frame["file"].astype("str").str.startswith("宜都")]
    assert theirs["x"].iloc[0] == round(box_of(1, 12)[0] + 0.021357, 6)
    assert mine["opened_on_precision"].tolist() == ["day", "month"] * 2


def test_a_problem_is_said_of_the_countys_own_file_and_row(world: World) -> None:
    one = world.sent["420581"]
    one.cemetery[2][8] = "112.900001"  # in nobody's county
    write(world.folder, one)
    collected(world)
    issues = out(world).issues(["cemetery"])
    mine = issues[issues["file"] == "宜都市/layers/公墓.csv"]
    assert 4 in mine["row"].dropna().tolist()
    assert "第4行" in " ".join(mine["message"])


def test_figures_of_the_province_are_those_of_one_ledger(world: World) -> None:
    """Eight townships; two of each county have a cemetery: 8 of 8; without 巴东县 6 of 8."""
    policy = world.base / "layers" / "policy"
    policy.mkdir()
    (policy / "a.toml").write_text(
        'system = "funeral"\ntitle = "示例"\n[[indicator]]\nid = "here"\nname = "示例率"\n'
        'measure = "presence"\nunits = "township"\nlayer = "cemetery"\n[[indicator.target]]\n'
        'pct = 35\ndeadline = 2023-12-31\nsource = "示例"\n',
        "utf-8",
    )
    collected(world)
    [found] = out(world).assess(["here"])
    assert found.coverage is not None
    assert (found.coverage.share.covered, found.coverage.share.total) == (Fraction(8), Fraction(8))
    shutil.rmtree(world.folder / "巴东县")
    collected(world)
    [found] = out(world).assess(["here"])
    assert found.coverage is not None
    assert found.coverage.share.covered == 6
    assert found.coverage.basis.sample


def test_a_township_without_its_county_is_one_of_the_senders(world: World) -> None:
    one = world.sent["422823"]
    for row in one.cemetery:
        row[2] = ""
    write(world.folder, one)
    found = collected(world)
    said = found.issues[found.issues["rule"] == "W21"]
    assert said["message"].tolist() == ["4 行只写了乡镇或村，没有写所在县，按报送的县（巴东县）计"]
    assert said["county"].tolist() == ["巴东县"]
    frame = out(world).layer("cemetery")
    mine = frame[frame["file"].astype("str").str.startswith("巴东")]
    assert set(mine["county_code"]) == {"422823"}
    assert found.states["state"].tolist() == ["已报"] * 8


def test_the_same_again_is_byte_for_byte_the_same_and_reads_nothing(world: World) -> None:
    home = world.folder.parent / "out"
    collected(world)
    files = [*home.glob("layers/collected/*"), home / "layers/catalog.toml", home / "收集情况.xlsx"]
    before = [f.read_bytes() for f in files]
    again = collected(world)
    assert again.read == 0
    assert [f.read_bytes() for f in files] == before
    shutil.rmtree(home / "maps" / ".cache")
    assert collected(world).read == 8
    assert [f.read_bytes() for f in files] == before


def test_a_merged_ledger_that_was_edited_is_made_again(world: World) -> None:
    collected(world)
    path = world.folder.parent / "out" / "layers" / "collected" / "cemetery.csv"
    before = path.read_bytes()
    path.write_bytes(before.replace("运营".encode(), "停用".encode()))
    assert collected(world).read == 0
    assert path.read_bytes() == before


def test_only_the_ledger_that_changed_is_read_again(world: World) -> None:
    collected(world)
    one = world.sent["420528"]
    one.eldercare[0][1] = "示例新名养老院"
    write(world.folder, one)
    assert collected(world).read == 1
    assert "示例新名养老院" in out(world).layer("eldercare")["name"].tolist()


def test_a_layer_that_nobody_sends_any_more_leaves_the_catalogue(world: World) -> None:
    collected(world)
    for one in world.sent.values():
        one.catalog = one.catalog[: one.catalog.index("[eldercare]")]
        write(world.folder, one)
    found = collected(world)
    assert "eldercare" not in out(world).catalog.layers
    assert not (world.folder.parent / "out" / "layers" / "collected" / "eldercare.csv").exists()
    gone = found.states[found.states["layer"] == "eldercare"]
    assert set(gone["state"]) == {"未报"}


def test_what_was_wrong_stays_corrected(world: World) -> None:
    one = world.sent["420528"]
    one.cemetery[0][CEMETERY.index("状态")] = "说不清"
    write(world.folder, one)
    states = []
    for word in ("说不清", "运营", "运营", "还是说不清"):
        one.cemetery[0][CEMETERY.index("状态")] = word
        write(world.folder, one)
        table = collected(world).states.set_index(["county_code", "layer"])
        states.append(table.loc[("420528", "cemetery"), "state"])
    assert states == ["有误", "已更正", "已更正", "有误"]


# ------------------------------------------------------------------ who sent it, and what it is


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("长阳土家族自治县", {"420528"}),
        ("长阳公墓台账2024年", {"420528"}),
        ("420581", {"420581"}),
        ("宜昌市宜都市民政局公墓（终稿）", {"420581"}),
        ("恩施土家族苗族自治州巴东县养老", {"422823"}),
        ("恩施州公墓", set()),
        ("宜都市和巴东县", {"420581", "422823"}),
        ("420581巴东县", {"420581", "422823"}),
        ("新建文件夹", set()),
        ("4205811", set()),
        ("长阴", set()),
    ],
)
def test_a_name_means_a_county_or_nobody(world: World, name: str, codes: set[str]) -> None:
    known = Counties(Workspace.open(world.base))
    assert known.called(name) == codes


def test_bare_ledgers_go_by_their_names(world: World) -> None:
    shutil.rmtree(world.folder)
    world.folder.mkdir()
    one, two = send("420528", "长阳", 0, 3), send("420581", "宜都市", 1, 3)
    head = [*CEMETERY, "坐标系"]
    pd.DataFrame([[*r, "CGCS2000"] for r in one.cemetery], columns=head).to_csv(world.folder / "长阳公墓.csv", index=False)  # fmt: skip
    folder = world.folder / "宜都市"
    folder.mkdir()
    pd.DataFrame([[*r, "CGCS2000"] for r in two.cemetery], columns=head).to_excel(folder / "公墓一.xlsx", index=False)  # fmt: skip
    (folder / "说明.txt").write_text("示例", "utf-8")
    (world.folder / "全部.zip").write_bytes(b"PK")
    found = collected(world)
    assert found.balance[["layer", "taken", "merged"]].to_numpy().tolist() == [["cemetery", 6, 6]]
    said = "\n".join(found.left)
    assert "全部.zip：不是台账或工作区（压缩包请先解压）" in said
    assert "说明.txt：文件名看不出是哪一类台账" in said
    assert set(map(str, out(world).layer("cemetery")["file"])) == {"长阳公墓.csv", "宜都市/公墓一.xlsx"}  # fmt: skip


def test_rows_say_whose_a_ledger_is_where_its_name_does_not(world: World) -> None:
    (world.folder / "巴东县").rename(world.folder / "新建文件夹")
    found = collected(world)
    states = found.states.set_index(["county_code", "layer"])
    assert states.loc[("422823", "cemetery"), ["state", "rows"]].tolist() == ["已报", ROWS]
    assert collected(world).read == 0


def test_a_copy_of_the_provinces_units_tells_nothing_and_is_not_read(world: World) -> None:
    one = world.sent["420528"]
    home = write(world.folder, one) / "layers"
    for name in ("county", "township"):
        shutil.copy(world.base / "layers" / f"{name}.parquet", home)
    text = (world.base / "layers" / "catalog.toml").read_text("utf-8")
    (home / "catalog.toml").write_text(one.catalog + text.removeprefix(HEAD), "utf-8")
    found = collected(world)
    assert found.balance["layer"].tolist() == ["cemetery", "eldercare"]
    assert len(found.conflicts) == 0
    assert set(found.states["state"]) == {"已报"}


def test_numbers_of_lines_are_no_claim(world: World) -> None:
    """Every ledger numbers from 1: nobody contradicts anybody."""
    for one in world.sent.values():
        for n, row in enumerate(one.cemetery, 1):
            row[0] = str(n)
        write(world.folder, one)
    found = collected(world)
    assert len(found.conflicts) == 0
    assert len(out(world).layer("cemetery")) == 4 * ROWS


@pytest.mark.parametrize(("east", "claimed"), [(0.5045, True), (0.5055, False)])
def test_one_name_is_a_claim_within_500_m(world: World, east: float, *, claimed: bool) -> None:
    """At 29.3° a degree is 97.1 km: 0.0050 degrees are 486 m, 0.0060 are 583 m."""
    one, other = world.sent["420528"], world.sent["420581"]
    x, y = box_of(0, 12)
    for row, at in ((one.eldercare[0], 0.4995), (other.eldercare[0], east)):
        row[1], row[6], row[7] = "示例 界上养老院", f"{x + at:.6f}", f"{y + 0.111117:.6f}"
    other.eldercare[0][1] = "示例界上养老院"
    write(world.folder, one), write(world.folder, other)
    assert len(collected(world).conflicts) == claimed


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("code,name,due\n420528,宜都市,2024-01-31", "第2行"),
        ("code,name,due\n999999,某县,2024-01-31", "第2行"),
        ("code,name,due\n420528,长阳土家族自治县,月底", "“月底”不是某一天；写作 2024-03-31"),
        ("code,due\n420528,2024-01\n", "不是某一天"),
        ("code,due\n420528,2024-01-31\n420528,2024-02-01", "第3行：长阳土家族自治县在第2行已有"),
        ("甲,乙\n1,2", "没有 code 或 name 列"),
        ("code,name,due\n", "没有一行"),
    ],
)
def test_a_list_of_who_is_expected_is_read_strictly(world: World, lines: str, said: str) -> None:
    path = world.folder.parent / "应报.csv"
    path.write_text(lines, "utf-8")
    with pytest.raises(RequestError) as err:
        collected(world, expect=path)
    assert said in str(err.value)
    assert "\n" not in str(err.value)


def test_a_list_may_be_chinese_and_name_layers_and_days(world: World) -> None:
    path = world.folder.parent / "应报.csv"
    lines = "名称,期限,报送日期,图层\n长阳,2024-01-05,2024-01-04,cemetery\n宜都市,2024-01-05,,cemetery\n"
    path.write_bytes(lines.encode("gb18030"))
    states = collected(world, expect=path).states.set_index(["county_code", "layer"])
    assert states.loc[("420528", "cemetery"), ["received_on", "late"]].tolist() == ["2024-01-04", False]  # fmt: skip
    assert states.loc[("420581", "cemetery"), ["received_on", "late"]].tolist() == ["2024-01-10", True]  # fmt: skip


def test_without_units_nothing_is_collected(world: World) -> None:
    home = world.folder.parent / "out"
    with pytest.raises(RequestError, match="--base"):
        collect(world.folder, home)
    assert not home.exists()
    with pytest.raises(RequestError, match="不能在报送的文件夹"):
        collect(world.folder, world.folder / "out", base=world.base)
    with pytest.raises(RequestError, match="没有这个文件夹"):
        collect(world.folder.parent / "nothing", home, base=world.base)


def test_the_users_own_words_in_the_catalogue_stay(world: World) -> None:
    collected(world)
    book = world.folder.parent / "out" / "layers" / "catalog.toml"
    book.write_text("# 自己的话\n" + book.read_text("utf-8").replace("示例\"\nas_of", '全省"\nas_of'), "utf-8")  # fmt: skip
    collected(world)
    text = book.read_text("utf-8")
    assert text.startswith("# 自己的话\n")
    assert 'title = "全省"' in text
    assert text.count("[cemetery]") == 1


def test_a_damaged_record_of_the_last_time_is_said(world: World) -> None:
    home = collected(world).home
    (home / "maps" / "collect" / "state.csv").write_text(
        "county_code,layer,state\n1,2,3\n", "utf-8"
    )
    with pytest.raises(HbgeoError, match="上次收集的记录已损坏"):
        collected(world)


def test_an_entry_is_written_anew_where_it_stands() -> None:
    text = '# a\n[one]\nrole = "table"\nx = 1\n\n# b\n[two]\ny = 2\n'
    assert replaced_entry(text, "one", {"z": 3}) == "# a\n[one]\nz = 3\n\n# b\n[two]\ny = 2\n"
    assert replaced_entry(text, "one", None) == "# a\n\n# b\n[two]\ny = 2\n"
    assert replaced_entry(text, "six", None) == text
    assert replaced_entry(text, "six", {"z": 3}) == text + "\n[six]\nz = 3\n"


# ------------------------------------------------------------------ as it is typed


def test_the_command_says_what_came_and_what_comes_next(world: World) -> None:
    one = world.sent["420528"]
    one.cemetery[0][CEMETERY.index("状态")] = "说不清"
    write(world.folder, one)
    shutil.rmtree(world.folder / "宜都市")
    home = world.folder.parent / "out"
    args = ["collect", str(world.folder), "-o", str(home), "--base", str(world.base)]
    done = CliRunner().invoke(app, args)
    assert done.exit_code == 0, done.output
    for said in (
        "示例数据",
        "4 个县中 3 个有报送",
        "长阳土家族自治县 公墓：搁置 1 行",
        "收集情况.xlsx",
        "下一步",
    ):
        assert said in done.output
    done = CliRunner().invoke(app, [*args, "--json"])
    states = json.loads(done.stdout)
    assert states[0]["county_code"] == "420528"
    assert states[0]["state"] == "有误"


def test_a_second_collection_at_once_is_refused(world: World) -> None:
    from test_lock import held

    home = collected(world).home
    held(home / "maps")
    args = ["collect", str(world.folder), "-o", str(home)]
    done = CliRunner().invoke(app, args)
    assert isinstance(done.exception, RequestError)
    assert "张某 在 乙机 上" in str(done.exception)


TEXT_FRAMES = st.lists(
    st.dictionaries(st.sampled_from("abc"), st.just(0), min_size=1).flatmap(
        lambda columns: st.lists(
            st.fixed_dictionaries({c: st.sampled_from(["", "甲", "1"]) for c in columns}),
            min_size=1,
            max_size=4,
        )
    ),
    min_size=1,
    max_size=3,
)


@given(TEXT_FRAMES, st.data())
def test_rows_cut_from_several_frames_stand_as_if_put_together_one_by_one(
    rows: list[list[dict[str, str]]], data: st.DataObject
) -> None:
    frames = [pd.DataFrame(some, dtype="str") for some in rows]
    cuts = []
    for _ in range(data.draw(st.integers(1, 5))):
        frame = frames[data.draw(st.integers(0, len(frames) - 1))]
        start, stop = sorted(data.draw(st.tuples(*[st.integers(0, len(frame))] * 2)))
        some = data.draw(st.sets(st.sampled_from(list(frame.columns))))
        rows_of = frame.iloc[start:stop]
        columns = [c for c in frame if c in some or (rows_of[c] != "").any()]
        cuts.append(Cut(frame, start, stop, tuple(columns)))
    parts = [cut.whole[list(cut.columns)].iloc[cut.start : cut.stop] for cut in cuts]
    whole = pd.concat(parts, ignore_index=True).fillna("").astype("str")
    pd.testing.assert_frame_equal(stacked(cuts), whole, check_column_type=False)


@pytest.mark.parametrize(
    "given", ["/台账/公墓.csv", "C:\\台账\\公墓.csv", "C:公墓.csv", "\\\\服务器\\共享\\公墓.csv"]
)
def test_a_path_of_another_computer_is_not_looked_for(given: str, tmp_path: Path) -> None:
    layer = Layer("cemetery", "facilities", (given,), "示例")
    with pytest.raises(LayerError, match="不在本工作区里"):
        own_files(layer, tmp_path)
