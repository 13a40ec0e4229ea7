"""The commands as a planner types them: contracts, broken inputs, and nothing personal goes out."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from golden_cases import make_workspace

from hbgeo import cli, sharing
from hbgeo import workspace as workspaces
from hbgeo.errors import LayerError
from hbgeo.show.page.pack import unpack
from hbgeo.worker import Piece

ROOT = Path(__file__).parent.parent
KEYS = {
    "indicator", "base", "variant", "system", "name", "measure", "level", "by", "code", "unit",
    "as_of", "covered", "total", "pct", "value", "value_unit", "target_pct", "target_value",
    "deadline", "short", "met", "status", "missing", "basis", "sample", "approximate", "targets",
}  # fmt: skip
UNCOVERED = [
    "indicator", "variant", "as_of", "code", "name", "kind", "county_code", "county", "prefecture",
    "demand", "covered", "facilities", "via", "nearest_id", "nearest_name", "nearest_km",
    "nearest_status", "population", "population_60",
]  # fmt: skip
SMALL = {
    "county": [
        {"code": "420528", "name": "长阳土家族自治县"}, {"code": "420529", "name": "五峰土家族自治县"},
    ],
    "township": [
        {"code": "420528101", "name": "示例甲镇"}, {"code": "420528102", "name": "示例乙镇"},
        {"code": "420529101", "name": "示例丙镇"},
    ],
    "cemetery": (
        "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 经度 | 纬度 | 备注\n"
        "G1 | 示例公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 长阳县 | 示例甲镇 | 110.2512 | 30.5123 |\n"
        "G2 | 示例乙公墓 | 公墓 | 公益性 | 乡镇级 | 在建 | | 长阳县 | 示例乙镇 | 110.7512 | 30.5123 |\n"
    ),
}  # fmt: skip
HOSTILE = ["<img src=x onerror=alert(1)>", "{{7*7}}", '=HYPERLINK("http://x.example","点")']

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process: exit code, stdout, stderr."""

    def one(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hbgeo", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return one


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A workspace of two counties, three townships and two cemeteries."""
    make_workspace(SMALL, tmp_path)
    return tmp_path


def outputs(folder: Path) -> dict[str, bytes]:
    maps = folder / "maps"
    return {p.name: p.read_bytes() for p in sorted(maps.glob("*.*")) if p.is_file()}


def test_files_with_the_line_ends_of_windows_give_the_same(
    run: Run, small: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert run("-C", small, "run")[0] == 0
    other = tmp_path_factory.mktemp("县 里")
    shutil.copytree(small / "layers", other / "layers")
    texts = [p for p in (other / "layers").rglob("*") if p.suffix in {".csv", ".toml"}]
    assert len(texts) > 1
    for path in texts:
        lines = path.read_bytes().replace(b"\r\n", b"\n")
        path.write_bytes(lines.replace(b"\n", b"\r\n"))
    assert run("-C", other, "run")[0] == 0
    assert outputs(other)["coverage.csv"] == outputs(small)["coverage.csv"]
    assert outputs(other)["issues.csv"] == outputs(small)["issues.csv"]


@pytest.mark.parametrize("helped", [True, False])
def test_layers_are_read_by_two_processes_and_nothing_differs(
    run: Run, small: Path, monkeypatch: pytest.MonkeyPatch, *, helped: bool
) -> None:
    assert run("-C", small, "run")[0] == 0
    plain = outputs(small)
    shutil.rmtree(small / "maps")
    monkeypatch.setattr(os, "cpu_count", lambda: 2 if helped else 1)
    monkeypatch.setattr(sharing, "_SHARED", 1)
    mine, others = sharing._shares(workspaces.Workspace.open(small))
    assert mine
    assert others
    assert sorted([*mine, *others]) == ["cemetery", "county", "township"]
    assert run("-C", small, "run")[0] == 0
    assert outputs(small) == plain
    assert sharing._shares(workspaces.Workspace.open(small)) == ([], [])


def test_what_is_wrong_with_a_layer_is_said_as_ever_by_either_process(
    run: Run, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (small / "layers" / "cemetery.csv").write_text("甲,乙\n1,2\n", "utf-8")
    expected = run("-C", small, "run")
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(sharing, "_SHARED", 1)
    assert run("-C", small, "run") == expected
    assert expected[0] == 1
    assert "cemetery.csv" in expected[2]


class _Slow:
    """A worker that has done nothing yet of what it was given."""

    def give(self, work: Callable[..., Any], *given: Any) -> Piece[Any]:
        return Piece(work, given)


def test_of_two_layers_that_cannot_be_read_the_same_one_is_told_whoever_is_quicker(
    small: Path,
) -> None:
    catalog = small / "layers" / "catalog.toml"
    for name, rows in (("minors", 5), ("eldercare", 1)):
        text = f'\n[{name}]\nrole = "facilities"\npath = "{name}.csv"\nsource = "示例"\n'
        catalog.write_text(catalog.read_text("utf-8") + text, "utf-8")
        (small / "layers" / f"{name}.csv").write_text("甲,乙\n" + "1,2\n" * rows, "utf-8")
    workspace = workspaces.Workspace.open(small)
    with pytest.raises(LayerError, match=r"minors\.csv"):
        sharing._read(workspace, _Slow(), small, ["cemetery"], ["minors", "eldercare"])  # type: ignore[arg-type]


def every_text(folder: Path) -> str:
    """All that the outputs say, workbooks unpacked."""
    said = []
    for path in folder.rglob("*.*"):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                said += [book.read(n).decode("utf-8", "replace") for n in book.namelist()]
        elif path.suffix in {".csv", ".json", ".html"}:
            said.append(path.read_text("utf-8"))
    return "\n".join(said)


def test_stats_json_has_the_contracts_keys(run: Run) -> None:
    code, out, err = run("-C", ROOT, "stats", "--json")
    rows = json.loads(out)
    assert (code, err) == (0, "")
    assert all(r.keys() >= KEYS for r in rows)
    by_id = {r["indicator"]: r for r in rows}
    one = by_id["cemetery-county@county-cities"]
    assert (one["base"], one["variant"], one["total"]) == ("cemetery-county", "county-cities", 64)
    first = by_id["cemetery-township"]
    assert first["pct"] == 100 * first["covered"] / first["total"]
    assert (first["target_pct"], first["deadline"], first["sample"]) == (35, "2023-12-31", True)
    assert by_id["elder-beds-new"]["value_unit"] == "张"
    assert by_id["elder-beds-new"]["pct"] is None


def test_an_id_alone_means_the_main_reading_and_a_system_all_of_it(run: Run, small: Path) -> None:
    ids = lambda *words: [  # noqa: E731
        r["indicator"] for r in json.loads(run("-C", small, "stats", *words, "--json")[1])
    ]
    assert ids("cemetery-county") == ["cemetery-county"]
    assert ids("cemetery-county@county-cities") == ["cemetery-county@county-cities"]
    assert {i.split("@")[0] for i in ids("funeral")} >= {"cemetery-county", "burial-county"}
    code, out, err = run("-C", small, "stats", "cemetery-town", "--json")
    assert (code, out) == (1, "")
    assert "没有指标“cemetery-town”" in err
    assert err.count("\n") == 1


def test_run_writes_four_files_and_the_same_bytes_twice(run: Run, small: Path) -> None:
    code, out, _ = run("-C", small, "run")
    first = outputs(small)
    assert code == 0
    assert {"index.html", "report.xlsx", "coverage.csv", "issues.csv"} <= first.keys()
    assert "乡镇公益性公墓覆盖率" in out
    assert "示例数据" not in out  # nothing of this workspace is invented
    run("-C", small, "run")
    assert outputs(small) == first


def test_coverage_csv_and_uncovered_have_the_contracts_columns(run: Run, small: Path) -> None:
    run("-C", small, "run")
    table = pd.read_csv(small / "maps/coverage.csv", dtype=str, encoding="utf-8-sig")
    assert list(table.columns)[: len(UNCOVERED)] == UNCOVERED
    run("-C", small, "uncovered", "cemetery-township", "-o", small / "u.csv")
    left = pd.read_csv(small / "u.csv", dtype={"code": str}, encoding="utf-8-sig")
    assert list(left.columns) == UNCOVERED
    assert list(left["code"]) == ["420528102", "420529101"]
    assert set(left["nearest_id"]) == {"G1"}
    assert left["nearest_km"].iloc[0] == pytest.approx(48, abs=2)  # half a degree at 30.5°N


def test_stats_by_county_puts_what_should_be_covered_before_what_is(run: Run, small: Path) -> None:
    code, out, _ = run("-C", small, "stats", "cemetery-township", "--by", "county")
    rows = [re.findall(r"[^\s│┃|]+", line) for line in out.splitlines()]
    [head] = [row for row in rows if row[:1] == ["代码"]]
    assert (code, head) == (0, ["代码", "地区", "应覆盖", "已覆盖", "覆盖率（%）"])
    by_code = {row[0]: row[1:] for row in rows if row and row[0].isdigit()}
    assert by_code["420528"] == ["长阳土家族自治县", "2", "1", "50.00"]
    assert by_code["420529"] == ["五峰土家族自治县", "1", "0", "0.00"]


def test_scenario_date_and_place_change_the_figure(run: Run, small: Path) -> None:
    covered = lambda *words: json.loads(  # noqa: E731
        run("-C", small, "stats", "cemetery-township", *words, "--json")[1]
    )[0]["covered"]
    assert covered() == 1
    assert covered("--status", "在建") == 2
    for written in ("规划，在建", "规划\uff0c在建", "规划、在建"):
        assert covered("--status", written) == 2
    assert covered("--as-if", "G2") == 2
    assert covered("--as-of", "2020-04-30") == 0
    assert covered("--in", "五峰土家族自治县") == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["stats", "--as-of", "去年"], "--as-of “去年”不是日期"),
        (["stats", "--undated", "maybe"], "--undated “maybe”不在可选值 include、exclude 中"),
        (["stats", "--by", "town"], "--by “town”不在可选值 county、prefecture、province 中"),
        (["stats", "--in", "示例县"], "没有县或市州“示例县”"),
        (["stats", "--in", "长阳"], "没有县或市州“长阳”；是否指 长阳土家族自治县（420528）？"),
        (["check", "公墓"], "没有图层“公墓”；是否指 cemetery？"),
        (["stats", "--as-if", "G2,G9"], "--as-if：没有编号为“G9”的设施"),
        (["stats", "--policy", "nowhere"], "没有这个政策文件夹"),
        (["uncovered", "funeral"], "不是单个的覆盖率指标"),
        (["uncovered", "elder-street"], "无法计算：缺少养老设施（eldercare）"),
        (["uncovered", "cemetery-township", "-o", "a.docx"], "不支持的输出格式“.docx”"),
        (["map", "-o", "a.png"], "应为 .html"),
        (["locate", "nofile.csv", "--units", "county", "-o", "a.csv"], "没有这个文件"),
        (["locate", "nofile.csv", "--units", "town", "-o", "a.csv"], "--units “town”不在可选值"),
        (["check", "nolayer"], "nolayer"),
        (["init", "."], "文件夹不为空"),
    ],
)
def test_a_wrong_request_is_one_line_and_exit_1(
    run: Run, small: Path, monkeypatch: pytest.MonkeyPatch, words: Sequence[str], said: str
) -> None:
    monkeypatch.chdir(small)
    code, out, err = run(*words)
    assert (code, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1


def _break_path(layers: Path) -> None:
    (layers / "cemetery.csv").unlink()


def _empty(layers: Path) -> None:
    (layers / "cemetery.csv").write_bytes(b"")


def _text_as_gpkg(layers: Path) -> None:
    (layers / "county.gpkg").write_text("这不是数据库", "utf-8")
    _edit(layers, "county.parquet", "county.gpkg")


def _no_places(layers: Path) -> None:
    (layers / "cemetery.csv").write_text("编号,公墓名称,状态\nG1,示例公墓,运营\n", "utf-8")


def _unknown_key(layers: Path) -> None:
    _edit(layers, "[cemetery]", '[cemetery]\nencodng = "gbk"')


def _no_crs(layers: Path) -> None:
    frame = gpd.read_parquet(layers / "county.parquet")
    with pytest.warns(UserWarning, match="crs"):
        frame.set_crs(None, allow_override=True).to_file(layers / "county.gpkg")
    _edit(layers, "county.parquet", "county.gpkg")


def _gbk_as_utf8(layers: Path) -> None:
    text = (layers / "cemetery.csv").read_text("utf-8-sig")
    (layers / "cemetery.csv").write_bytes(text.encode("gb18030"))
    _edit(layers, "[cemetery]", '[cemetery]\nencoding = "utf-8"')


def _swapped(layers: Path) -> None:
    text = (layers / "cemetery.csv").read_text("utf-8-sig")
    (layers / "cemetery.csv").write_text(text.replace("经度,纬度", "纬度,经度"), "utf-8")


def _edit(layers: Path, old: str, new: str) -> None:
    file = layers / "catalog.toml"
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_break_path, "cemetery.csv"), (_empty, "cemetery.csv"), (_text_as_gpkg, "county.gpkg"),
        (_no_places, "没有位置列"), (_unknown_key, "是否想写 encoding"), (_no_crs, "坐标系"),
        (_gbk_as_utf8, "编码"), (_swapped, "写反"),
    ],
)  # fmt: skip
def test_a_broken_input_is_one_line_and_leaves_earlier_outputs(
    run: Run, small: Path, damage: Callable[[Path], None], said: str
) -> None:
    run("-C", small, "run")
    before = outputs(small)
    assert before
    damage(small / "layers")
    code, out, err = run("-C", small, "run")
    assert (code, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1
    assert outputs(small) == before


@pytest.mark.filterwarnings("ignore:Unknown extension")  # openpyxl drops what draws the bars
def test_hostile_text_stays_text_everywhere(run: Run, tmp_path: Path) -> None:
    lines = SMALL["cemetery"].replace("示例公墓", HOSTILE[0]).replace("示例乙公墓", HOSTILE[1])
    make_workspace({**SMALL, "cemetery": lines}, tmp_path)
    ledger = pd.read_csv(tmp_path / "layers/cemetery.csv", dtype=str)
    ledger.loc[1, "备注"] = HOSTILE[2]
    ledger.loc[0, "所在乡镇"] = HOSTILE[2]
    ledger.to_csv(tmp_path / "layers/cemetery.csv", index=False)
    assert run("-C", tmp_path, "run")[0] == 0
    page = (tmp_path / "maps/index.html").read_text("utf-8")
    assert HOSTILE[0] not in page
    for name in ("coverage.csv", "issues.csv"):
        for row in pd.read_csv(tmp_path / "maps" / name, dtype=str).fillna("").to_numpy().flat:
            assert not row.startswith(("=", "+", "@")), row
    book = openpyxl.load_workbook(tmp_path / "maps/report.xlsx")
    kinds = {c.data_type for sheet in book for row in sheet.iter_rows() for c in row}
    assert "f" not in kinds


def test_phone_and_id_numbers_reach_no_output(run: Run, tmp_path: Path) -> None:
    phone, person = "13971234567", "420528196503121234"
    lines = SMALL["cemetery"].replace("30.5123 |\n", f"30.5123 | 联系 {phone},{person}\n", 1)
    lines = lines.replace("示例乙公墓", f"示例乙公墓{phone}")
    make_workspace({**SMALL, "cemetery": lines}, tmp_path)
    assert phone in (tmp_path / "layers/cemetery.csv").read_text("utf-8-sig")
    assert run("-C", tmp_path, "run")[0] == 0
    for suffix in (".csv", ".xlsx", ".json"):
        run("-C", tmp_path, "check", "-o", tmp_path / f"maps/check{suffix}")
        run("-C", tmp_path, "uncovered", "cemetery-county", "-o", tmp_path / f"maps/u{suffix}")
    said = every_text(tmp_path / "maps")
    assert "已隐去" in said
    assert phone not in said
    assert person not in said


def test_a_map_names_the_date_before_that_it_cannot_read(
    run: Run, small: Path, tmp_path: Path
) -> None:
    for year in (2020, 2021):
        assert run("-C", small, "run", "--as-of", f"{year}-12-31")[0] == 0
    older = small / "maps" / "snapshots" / "2020-12-31.parquet"
    older.write_bytes(older.read_bytes()[:-200])
    page = tmp_path / "页面.html"
    code, _, said = run("-C", small, "map", "cemetery-township", "-o", page)
    assert code == 0
    assert "2020-12-31.parquet：" in said
    assert "历期不含这一期。" in said
    assert "本次没有与上一期的比较" not in said  # that is 2021's, which is sound
    assert page.is_file()


def test_the_page_packs_no_personal_number(run: Run, tmp_path: Path) -> None:
    """What the page carries is compressed: decode every part of it."""
    phone = "13971234567"
    lines = SMALL["cemetery"].replace("30.5123 |\n", f"30.5123 | 联系 {phone}\n")
    make_workspace({**SMALL, "cemetery": lines}, tmp_path)
    run("-C", tmp_path, "run")
    page = (tmp_path / "maps/index.html").read_text("utf-8")
    parts = re.findall(r'<script type="text/plain" id="data-[^"]*">([^<]*)</script>', page)
    plain = b"".join(unpack(html.unescape(part)) for part in parts)
    assert "示例公墓".encode() in plain
    assert "已隐去".encode() in plain
    assert phone.encode() not in plain


def test_check_strict_ends_with_3_only_where_there_are_errors(run: Run, small: Path) -> None:
    assert run("-C", small, "check", "--strict")[0] == 0
    lines = (small / "layers/cemetery.csv").read_text("utf-8-sig")
    (small / "layers/cemetery.csv").write_text(lines.replace("110.2512", "111.6512"), "utf-8")
    code, out, _ = run("-C", small, "check", "--strict")
    assert code == 3
    assert "E11" in out


def test_locate_tags_points_of_any_file(run: Run, small: Path) -> None:
    points = small / "points.csv"
    points.write_text("名称,经度,纬度\n甲,110.25,30.5\n外,90.0,30.5\n", "utf-8")
    code, out, _ = run("-C", small, "locate", points, "--units", "township", "-o", small / "t.csv")
    assert code == 0
    assert "CGCS2000" in out
    table = pd.read_csv(small / "t.csv", dtype=str).fillna("")
    assert list(table["unit_code"]) == ["420528101", ""]
    assert list(table["county"]) == ["长阳土家族自治县", ""]
    assert {"名称", "unit_name", "county_code"} <= set(table.columns)


def test_layers_describes_the_catalogue(run: Run) -> None:
    rows = {r["key"]: r for r in json.loads(run("-C", ROOT, "layers", "--json")[1])}
    assert (rows["county"]["rows"], rows["township"]["rows"]) == (103, 1260)
    assert (rows["county"]["sample"], rows["township"]["sample"]) == (False, True)
    assert rows["township"]["approximate"]


def test_sample_marks_vanish_from_what_rests_on_real_layers(run: Run, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "layers", tmp_path / "layers")
    file = tmp_path / "layers/catalog.toml"
    before, after = file.read_text("utf-8").split("[cemetery]")
    file.write_text(before + "[cemetery]" + after.replace("sample = true", "", 1), "utf-8")
    rows = json.loads(run("-C", tmp_path, "stats", "funeral", "--json")[1])
    marks = {r["indicator"]: (r["sample"], r["approximate"]) for r in rows}
    assert marks["cemetery-county"] == (False, False)  # real counties, the user's ledger
    assert marks["cemetery-township"] == (True, True)  # townships are still the sample's


def test_another_province_works_by_its_catalogue_alone(run: Run, tmp_path: Path) -> None:
    layers = tmp_path / "layers"
    layers.mkdir()
    counties = gpd.GeoDataFrame(
        {"gb": ["156430102", "156430121", "156430181"], "name": ["芙蓉区", "长沙县", "浏阳市"]},
        geometry=[shapely.box(113 + i, 28, 114 + i, 29) for i in range(3)], crs="EPSG:4490",
    )  # fmt: skip
    counties.assign(gb=counties["gb"].str[3:]).to_file(layers / "counties.gpkg")
    (layers / "points.csv").write_text(
        "编号,名称,类型,性质,级别,状态,启用时间,经度,纬度\n"
        "1,示例公墓,公墓,公益性,县级,运营,2020年5月,114.51234,28.51234\n", "utf-8",
    )  # fmt: skip
    (layers / "catalog.toml").write_text(
        'title = "湖南（示例）"\nas_of = 2023-12-31\nscheme = "MCA-2025"\n'
        '[county]\nrole = "units"\nlevel = "county"\npath = "counties.gpkg"\nsource = "示例"\n'
        '[cemetery]\nrole = "facilities"\npath = "points.csv"\ncrs = "CGCS2000"\nsource = "示例"\n',
        "utf-8",
    )
    assert run("-C", tmp_path, "run")[0] == 0
    rows = json.loads(
        run("-C", tmp_path, "stats", "cemetery-county", "--by", "province", "--json")[1]
    )
    assert [(r["unit"], r["covered"], r["total"]) for r in rows] == [("湖南省", 1, 3)]


def test_help_is_chinese_and_needs_no_heavy_import() -> None:
    probe = (
        "import sys; sys.argv = ['hbgeo', '--help']\n"
        "from hbgeo import cli\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'geopandas', 'pandas', 'shapely', 'folium'} & sys.modules.keys()))"
    )
    made = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", probe],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert "覆盖率" in made.stdout
    assert made.stdout.rstrip().endswith("[]")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "没有命令 'nothing'；可用：run、"),
        (["stat"], "没有命令 'stat'；是否指 stats？"),
        (["未覆盖"], "没有命令 '未覆盖'；是否指 uncovered？"),
        (["stats", "--nothing"], "没有选项 --nothing"),
        (["stats", "--asof", "2023-12-31"], "没有选项 --asof；是否想写 --as-if、--as-of"),
        (["uncovered"], "缺少参数 指标"),
        (["locate", "a.csv"], "缺少选项 --units 级别"),
        (["stats", "--as-of"], "选项 --as-of 后面要写一个值"),
        (["layers", "extra"], "多出的参数 extra"),
    ],
)
def test_a_wrong_command_is_one_chinese_line_and_exit_2(
    run: Run, words: Sequence[str], said: str
) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["stats"],
        ["run"],
        ["check"],
        ["locate"],
        ["uncovered"],
        ["import"],
        ["compare"],
        ["brief"],
        ["poster"],
    ],
)
def test_every_help_is_chinese(run: Run, words: Sequence[str]) -> None:
    code, out, _ = run(*words, "--help")
    assert code == 0
    for english in (
        "Usage",
        "Options",
        "Commands",
        "Arguments",
        "Show this",
        "required",
        "default",
    ):
        assert english not in out


STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
NASTY = "\x1b[2J\x1b]0;x\x07\x9b1m\u202e\u2066\u200b甲"


@pytest.mark.parametrize(
    "words",
    [
        ["run"], ["check"], ["layers"], ["stats"], ["targets"], ["stats", NASTY], ["stats", f"--{NASTY}"], [NASTY],
        ["stats", "--in", NASTY], ["stats", "--policy", NASTY], ["uncovered", "cemetery-county", "--sort", NASTY],
        ["check", "-o", f"{NASTY}.csv"], ["check", "-o", f"{NASTY}/{NASTY}.csv"], ["import", NASTY, "--schema", "cemetery", "-o", "x.csv"],
        ["locate", f"{NASTY}.csv", "--units", "county", "-o", "x.csv"], ["compare", NASTY, NASTY], ["init", NASTY], ["init", "layers"],
    ],
)  # fmt: skip
def test_nothing_steers_the_terminal(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    make_workspace({**SMALL, "cemetery": SMALL["cemetery"].replace("示例甲镇", NASTY)}, tmp_path)
    layers = tmp_path / "layers"
    catalog = (layers / "catalog.toml").read_text("utf-8")
    escaped = json.dumps(f"示例{NASTY}\n甲")[1:-1]
    catalog = catalog.replace('"示例"', f'"{escaped}"').replace('"cemetery.csv"', '"c*.csv"')
    (layers / "catalog.toml").write_text(catalog, "utf-8")
    if os.name != "nt":
        shutil.copy(layers / "cemetery.csv", layers / f"c{NASTY}\n甲.csv")
    monkeypatch.chdir(tmp_path)
    _, out, err = run(*words)
    assert out + err
    assert not STEERING.search(out + err)
    assert err.count("\n") <= 1


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="names are text there")
def test_names_that_are_no_utf8_are_read_and_written(run: Run, small: Path) -> None:
    bad = os.fsdecode(b"c\xff\xfe")
    (small / "layers" / "cemetery.csv").rename(small / "layers" / f"{bad}.csv")
    file = small / "layers" / "catalog.toml"
    file.write_text(file.read_text("utf-8").replace('"cemetery.csv"', '"c*.csv"'), "utf-8")
    for words in (["run"], ["run"], ["check", "-o", small / f"{bad}.xlsx"], ["layers", "--json"]):
        assert run("-C", small, *words)[0] == 0
    ledger, out = small / "layers" / f"{bad}.csv", small / f"{bad}.csv"
    for words in (["locate", ledger, "--units", "township"], ["import", ledger, "--schema", "cemetery", "--crs", "CGCS2000"]):  # fmt: skip
        code, said, _ = run("-C", small, *words, "-o", out)
        assert (code, "c??.csv" in said) == (0, True)
        assert out.read_bytes()
    code, _, err = run("-C", small / bad, "run")
    assert (code, "没有这个文件" in err) == (1, True)


@pytest.mark.parametrize(
    ("number", "said"),
    [(13, "没有权限"), (2, "没有这个文件或文件夹"), (28, "磁盘已满"), (21, "这是一个文件夹"), (36, "文件名太长"), (9999, "系统错误 9999")],
)  # fmt: skip
@pytest.mark.skipif(os.name == "nt", reason="the numbers are those of Linux")
def test_what_the_system_refuses_is_one_chinese_line(
    run: Run, small: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), f"{small}/x\x1b[2J.csv")

    monkeypatch.setattr(workspaces.Workspace, "issues", refuse)
    code, out, err = run("-C", small, "check")
    assert (code, out) == (1, "")
    assert err.startswith(f"hbgeo：{small}/x[2J.csv：{said}")
    assert err.count("\n") == 1
