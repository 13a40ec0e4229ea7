"""A ledger is added by answering questions; nothing is guessed, and nothing half written is left."""

from __future__ import annotations

import io
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from golden_cases import make_workspace

from hbgeo.adding import Given, add_ledger
from hbgeo.dialogue import Dialogue
from hbgeo.errors import RequestError
from hbgeo.mending import mend_layers
from hbgeo.workspace import Workspace

UNITS = {
    "county": [{"code": "420528", "name": "长阳土家族自治县"}],
    "township": [
        {"code": "420528101", "name": "示例甲镇"}, {"code": "420528102", "name": "示例乙镇"},
    ],
}  # fmt: skip
OWN = (
    "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 墓园说明\n"
    "G1 | 示例甲公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 长阳县 | 示例甲镇 | 无\n"
    "G2 | 示例乙公墓 | 公墓 | 公益性 | 乡镇级 | 正常营业着呢 | 2020-05-01 | 长阳县 | 示例乙镇 | 无\n"
    "G3 | 示例丙公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 长阳县 | 示例丁镇 | 无\n"
)
HEAD = ["编号", "机构名", "类型", "性质", "级别", "状态", "启用时间", "所在县", "所在乡镇"]
ROWS = [
    ["G1", "示例甲公墓", "公墓", "公益性", "乡镇级", "正常营业着呢", "2020-05-01", "长阳县", "示例甲镇"],
    ["G2", "示例乙公墓", "公墓", "公益性", "乡镇级", "在建", "", "长阳县", "示例乙镇"],
]  # fmt: skip
FULL = Given(
    key="cemetery", columns=("名称=机构名",), values=("状态：正常营业着呢=运营",),
    source="示例县民政局，2023年12月", sample=True, copy=True,
)  # fmt: skip


class Planner:
    """Types answers, and keeps what was said; Ctrl-C where there are no more."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.said = list(answers), list[str]()

    def ask(self, question: str) -> str:
        self.said.append(question)
        if not self.answers:
            raise KeyboardInterrupt
        return self.answers.pop(0)

    def talk(self, *, asks: bool = True) -> Dialogue:
        return Dialogue(
            self.ask if asks else None, lambda *parts: self.said.extend(map(str, parts))
        )

    @property
    def text(self) -> str:
        return "\n".join(self.said)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "ws"
    folder.mkdir()
    make_workspace(UNITS, folder)
    return folder


@pytest.fixture
def ledger(tmp_path: Path) -> Callable[..., Path]:
    def write(more: dict[str, list[object]] | None = None, name: str = "公墓.xlsx") -> Path:
        book = openpyxl.Workbook()
        book.active.append([*HEAD, *(more or {})])
        for at, row in enumerate(ROWS):
            book.active.append([*row, *(cells[at] for cells in (more or {}).values())])
        book.save(tmp_path / name)
        return tmp_path / name

    return write


def catalog(home: Path) -> str:
    return (home / "layers" / "catalog.toml").read_text("utf-8")


def files(home: Path) -> set[str]:
    return {p.name for p in (home / "layers").iterdir()}


@pytest.fixture
def untouched(home: Path) -> Iterator[None]:
    before, there = catalog(home), files(home)
    yield
    assert (catalog(home), files(home)) == (before, there)


# ------------------------------------------------------------------ the dialogue


def test_a_planner_answers_and_the_figure_is_there(home: Path, ledger) -> None:
    before = catalog(home)
    planner = Planner(
        "cemetery",  # the kind
        "机构名",  # 公墓名称
        "运营",  # 正常营业着呢
        "示例县民政局，2023年12月", "是", "1", "是",
    )  # fmt: skip
    written = add_ledger(home, ledger(), Given(), planner.talk())
    assert [p.name for p in written] == ["公墓.xlsx", "catalog.toml"]
    assert catalog(home).startswith(before)
    assert tomllib.loads(catalog(home))["cemetery"] == {
        "role": "facilities", "path": "公墓.xlsx", "columns": {"name": "机构名"},
        "values": {"status": {"正常营业着呢": "运营"}},
        "source": "示例县民政局，2023年12月", "sample": True,
    }  # fmt: skip
    assert "机构名（如 示例甲公墓、示例乙公墓）" in planner.text
    assert "“状态”有 1 行写“正常营业着呢”，是哪一种？" in planner.text
    assert planner.answers == []
    [a] = Workspace.open(home).assess(["cemetery-township"])[:1]
    assert (a.share.total, a.share.covered) == (2, 1)


def test_wrong_answers_are_asked_again(home: Path, ledger) -> None:
    planner = Planner(
        "99", "公司", "", "cemetery", "0", "机构名", "运营中啊", "4",
        "", "示例县民政局", "也许", "是", "3", "copy", "嗯", "是",
    )  # fmt: skip
    add_ledger(home, ledger(), Given(), planner.talk())
    for said in (
        "“99”不是其中之一",
        "“公司”不是其中之一",
        "“0”不是其中之一",
        "不能为空，请再写一次",
    ):
        assert said in planner.text
    assert planner.text.count("请写 是 或 否") == 2
    assert tomllib.loads(catalog(home))["cemetery"]["values"] == {
        "status": {"正常营业着呢": "运营"}
    }


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("answered", range(7))
def test_ctrl_c_at_any_question_leaves_nothing(home: Path, ledger, answered: int) -> None:
    answers = ["cemetery", "机构名", "运营", "示例县民政局", "是", "1", "是"]
    with pytest.raises(KeyboardInterrupt):
        add_ledger(home, ledger(), Given(), Planner(*answers[:answered]).talk())


@pytest.mark.usefixtures("untouched")
def test_no_to_the_last_question_writes_nothing(home: Path, ledger) -> None:
    planner = Planner("否")
    assert add_ledger(home, ledger(), FULL, planner.talk()) == []
    assert "什么都没有改动" in planner.text


def test_a_second_pair_of_coordinates_is_a_question(home: Path, ledger) -> None:
    more = {"高德经度": [110.256, 110.756], "高德纬度": [30.51, 30.51], "经度84": [110.25, 110.75], "纬度84": [30.51, 30.51]}  # fmt: skip
    planner = Planner("2", "是")
    add_ledger(home, ledger(more), FULL, planner.talk())
    assert "有 2 套坐标，用哪一套？" in planner.text
    assert tomllib.loads(catalog(home))["cemetery"]["columns"] == {
        "name": "机构名", "lon": "经度84", "lat": "纬度84",
    }  # fmt: skip


def test_the_datum_is_asked_with_what_the_points_suggest(home: Path, ledger) -> None:
    more = {"经度": [110.25, 110.75], "纬度": [30.51, 30.51]}
    planner = Planner("5", "火星 1", "CGCS2000-3GK-37", "否")
    add_ledger(home, ledger(more), FULL, planner.talk())
    assert "1 个点落在所写的县里的：按 CGCS2000 有 100.0%" in planner.text
    assert "坐标系“火星 1”无法识别" in planner.text
    assert 'crs     = "CGCS2000-3GK-37"' in planner.text
    planner = Planner("GCJ-02", "是")
    add_ledger(home, ledger(more), FULL, planner.talk())
    assert tomllib.loads(catalog(home))["cemetery"]["crs"] == "GCJ-02"


def test_a_key_that_is_taken_is_asked_about(home: Path, ledger) -> None:
    add_ledger(home, ledger(), FULL, Planner().talk(asks=False))
    first = catalog(home)
    planner = Planner("other", "cemetery", "replace", "是")
    add_ledger(home, ledger(), FULL, planner.talk())
    assert "目录里已有 [cemetery]（公墓.xlsx，示例数据），怎么办？" in planner.text
    assert "# [cemetery]\n" in catalog(home)
    assert first.split("[cemetery]")[0] in catalog(home)
    assert {"公墓.xlsx", "公墓-2.xlsx"} <= files(home)  # the first copy is not overwritten
    assert tomllib.loads(catalog(home))["cemetery"]["path"] == "公墓-2.xlsx"


@pytest.mark.usefixtures("untouched")
def test_what_excel_left_beside_a_ledger_asks_for_the_ledger(home: Path, ledger) -> None:
    path = ledger()
    lock = path.with_name("~$公墓.xlsx")
    lock.write_bytes(b"\x05user")
    planner = Planner("是", "否", "是", "否")  # the ledger itself; not saved, saved; not written
    add_ledger(home, lock, FULL, planner.talk())
    assert "是打开 公墓.xlsx 时留下的临时文件" in planner.text
    assert planner.text.count("好像正开着（Excel 或 WPS）") == 2


@pytest.mark.usefixtures("untouched")
def test_a_locked_file_is_tried_again(home: Path, ledger, monkeypatch) -> None:
    import hbgeo.adding

    reads, real = [], hbgeo.adding.probe_file

    def read(*given: object):
        reads.append(given)
        if len(reads) == 1:
            raise PermissionError(13, "locked")
        return real(*given)

    monkeypatch.setattr(hbgeo.adding, "probe_file", read)
    planner = Planner("", "否")
    add_ledger(home, ledger(), FULL, planner.talk())
    assert len(reads) == 2
    assert "正被其他程序（如 Excel）打开" in planner.text


# ------------------------------------------------------------------ --yes


def test_with_everything_given_nothing_is_asked(home: Path, ledger) -> None:
    add_ledger(home, ledger(), FULL, Planner().talk(asks=False))
    assert tomllib.loads(catalog(home))["cemetery"]["columns"] == {"name": "机构名"}


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    ("changed", "option"),
    [
        ({"key": ""}, "--schema 类别"),
        ({"columns": ()}, "--column 公墓名称=列名"),
        ({"values": ()}, "--value 状态：正常营业着呢=可选值"),
        ({"source": ""}, "--source 来源"),
        ({"sample": None}, "--sample 或 --real"),
        ({"copy": None}, "--copy 或 --keep"),
        ({"schema": "population"}, "--level 级别"),
        ({"schema": "gongmu"}, "--schema “gongmu”不在可选值中"),
        ({"columns": ("名称=机构名称",)}, "是否指 机构名？"),
        ({"columns": ("招牌=机构名",)}, "--column “招牌”不是公墓的列"),
        ({"columns": ("机构名",)}, "--column “机构名”应写作 左边=右边"),
        ({"values": ("状态：正常营业着呢=开门",)}, "“开门”不在可选值 规划、在建"),
        ({"values": ("正常营业着呢=运营",)}, "应写作 列：写法=可选值"),
        ({"key": "a/b"}, "--schema 类别"),
    ],
)
def test_what_is_not_given_is_refused_naming_its_option(
    home: Path, ledger, changed: dict[str, object], option: str
) -> None:
    from dataclasses import replace

    with pytest.raises(RequestError) as caught:
        add_ledger(home, ledger(), replace(FULL, **changed), Planner().talk(asks=False))
    assert option in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nothing_behind_the_sign_means_none(home: Path, ledger) -> None:
    from dataclasses import replace

    given = replace(FULL, columns=("名称=",), values=("状态：正常营业着呢=",))
    add_ledger(home, ledger(), given, Planner().talk(asks=False))
    assert set(tomllib.loads(catalog(home))["cemetery"]) == {"role", "path", "source", "sample"}


@pytest.mark.usefixtures("untouched")
def test_a_catalogue_that_cannot_be_written_keeps_no_copy(home: Path, ledger, monkeypatch) -> None:
    import hbgeo.adding

    def full(_: object) -> None:
        raise RequestError("磁盘已满")

    monkeypatch.setattr(hbgeo.adding, "write_files", full)
    with pytest.raises(RequestError, match="磁盘已满"):
        add_ledger(home, ledger(), FULL, Planner().talk(asks=False))


@pytest.mark.usefixtures("untouched")
def test_a_file_that_is_not_there_proposes_a_near_one(home: Path, ledger) -> None:
    with pytest.raises(RequestError, match=r"没有这个文件；是否指 公墓.xlsx？"):
        add_ledger(home, ledger().with_name("公墓"), FULL, Planner().talk())


def test_a_table_without_years_asks_for_one(home: Path) -> None:
    path = home / "layers" / "人口.csv"
    path.write_text(
        "代码,乡镇名称,常住人口\n420528101,示例甲镇,100\n420528102,示例乙镇,300\n", "utf-8"
    )
    planner = Planner("population", "township", "二三年", "2023", "示例", "是", "是")
    add_ledger(home, path, Given(), planner.talk())
    entry = tomllib.loads(catalog(home))["population"]
    assert (entry["role"], entry["level"], entry["year"], entry["path"]) == (
        "table", "township", 2023, "人口.csv",
    )  # fmt: skip
    assert Workspace.open(home).units("township")["population"].tolist() == [100, 300]


# ------------------------------------------------------------------ without a file


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    make_workspace({**UNITS, "cemetery": OWN}, folder)
    return folder


def test_what_check_could_not_place_is_gone_through(own: Path) -> None:
    before = catalog(own)
    planner = Planner("运营", "是")
    assert [p.name for p in mend_layers(own, Given(), planner.talk())] == ["catalog.toml"]
    line = 'values = { status = { "正常营业着呢" = "运营" } }\n'
    assert catalog(own).replace("\n" + line.rstrip(), "").rstrip("\n") == before.rstrip("\n")
    assert "示例丁镇" in planner.text
    planner = Planner()
    assert mend_layers(own, Given(), planner.talk()) == []
    assert "没有要补写的" in planner.text


def test_given_answers_need_their_layer(own: Path) -> None:
    words = ("状态：正常营业着呢=运营",)
    with pytest.raises(RequestError, match="要和 --as 键 一起写"):
        mend_layers(own, Given(values=words), Planner().talk(asks=False))
    with pytest.raises(RequestError, match="--value 状态：正常营业着呢"):
        mend_layers(own, Given(), Planner().talk(asks=False))
    assert mend_layers(own, Given(key="cemetery", values=words), Planner().talk(asks=False))


def test_a_heading_that_is_given_is_entered(own: Path) -> None:
    given = Given(key="cemetery", columns=("备注=墓园说明",), values=("状态：正常营业着呢=",))
    mend_layers(own, given, Planner().talk(asks=False))
    assert tomllib.loads(catalog(own))["cemetery"]["columns"] == {"note": "墓园说明"}


def test_coordinates_of_a_layer_that_could_not_be_read_are_asked_too(own: Path) -> None:
    head, *rows = OWN.strip().split("\n")
    more = [head + " | 高德经度 | 高德纬度 | 经度84 | 纬度84"]
    more += [f"{row} | 110.256 | 30.51 | 110.25 | 30.51" for row in rows]
    text = "\n".join(",".join(c.strip() for c in line.split("|")) for line in more)
    (own / "layers" / "cemetery.csv").write_text(text, "utf-8")
    (own / "layers" / "catalog.toml").write_text(
        catalog(own).replace('path = "cemetery.csv"\ncrs = "CGCS2000"', 'path = "cemetery.csv"'), "utf-8"
    )  # fmt: skip
    planner = Planner("1", "", "是")
    mend_layers(own, Given(), planner.talk())
    assert tomllib.loads(catalog(own))["cemetery"]["columns"] == {
        "lon": "高德经度", "lat": "高德纬度",
    }  # fmt: skip
    assert "有 2 套坐标，用哪一套？" in planner.text


# ------------------------------------------------------------------ as it is typed


def test_it_is_typed_and_ended_midway(home: Path, ledger) -> None:
    """The end of input is as Ctrl-C; on a console of cp936 every question can be shown."""
    before = catalog(home)
    command = [sys.executable, "-m", "hbgeo", "-C", str(home), "add", str(ledger())]
    env = {**__import__("os").environ, "PYTHONIOENCODING": "cp936:strict"}
    typed = "cemetery\n机构名\n运营\n示例县民政局\n是\n1\n"
    ended = subprocess.run(command, input=typed.encode("cp936"), capture_output=True, env=env, check=False)  # fmt: skip
    assert ended.returncode == 130
    said = [one for one in ended.stderr.decode("cp936").splitlines() if "cpu_info" not in one]
    assert said == ["hbgeo：已中断"]  # Wine lets Arrow say that it knows no processor
    assert "写入吗（是/否）" in ended.stdout.decode("cp936")
    assert (catalog(home), "公墓.xlsx" in files(home)) == (before, False)
    done = subprocess.run(command, input=(typed + "是\n").encode("cp936"), capture_output=True, env=env, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr.decode("cp936")
    assert "已写出" in done.stdout.decode("cp936")
    assert "?" not in io.StringIO(done.stdout.decode("cp936")).read()
    assert tomllib.loads(catalog(home))["cemetery"]["columns"] == {"name": "机构名"}
