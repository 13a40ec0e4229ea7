"""Names are found by what is typed of them: hand-worked, against a plain scan, and whatever is typed."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import combinations, product
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from golden_cases import make_workspace
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hbgeo.errors import RequestError
from hbgeo.measure.names.forms import plain_name
from hbgeo.measure.names.reading import Reader
from hbgeo.measure.names.tokens import ALIAS, NAME, OLD, key_of
from hbgeo.measure.names.wanted import LONGEST
from hbgeo.names import finding
from hbgeo.names.finding import COLUMNS, Finder, Found, search
from hbgeo.names.known import PLACES, Named, index_bytes, names_in, read_today
from hbgeo.read.characters.readings import plain, read_readings
from hbgeo.read.table import LayerTable
from hbgeo.store.folder import StoreFolder
from hbgeo.workspace import Workspace

WORLD = {
    "county": [
        {"code": "420525", "name": "远安县"},
        {"code": "420528", "name": "长阳土家族自治县"},
    ],
    "township": [
        {"code": "420525101", "name": "鸣凤镇", "kind": "镇", "county": "远安县"},
        {"code": "420528101", "name": "龙舟坪镇", "kind": "镇", "county": "长阳土家族自治县"},
        {"code": "420528102", "name": "绿水镇", "kind": "镇", "county": "长阳土家族自治县"},
    ],
    "levels": {},
    "village": """
村代码       | 村名             | 类别   | 所属乡镇 | 所在县
420525101201 | 双河村村民委员会 | 行政村 | 鸣凤镇   | 远安县
420525101202 | 长岭村           | 行政村 | 鸣凤镇   | 远安县
420528101201 | 双合村           | 行政村 | 龙舟坪镇 | 长阳土家族自治县
420528101202 | 西安村           | 行政村 | 龙舟坪镇 | 长阳土家族自治县
420528101203 | 先锋村           | 行政村 | 龙舟坪镇 | 长阳土家族自治县
""",
    "cemetery": """
编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇
G1 | 双河公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2019-05-01 | 远安县 | 鸣凤镇
""",
    "sign": """
标志编号 | 标志名称 | 罗马字母拼写  | 标志类别 | 指代地名 | 所在县 | 所在乡镇 | 所在村 | 状态 | 设置时间
B1       | 双河村   | Shuānghé Cūn  | 村牌     |          | 远安县 | 鸣凤镇   | 双河村 | 完好 | 2022-01-01
""",
}
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("finding")
    make_workspace(WORLD, home)
    yield home
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def finder(made: Path) -> Finder:
    return Finder.open(Workspace.open(made))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_workspace(WORLD, tmp_path)
    return tmp_path


def names(found: Found) -> list[tuple[str, str]]:
    return list(zip(found.rows["name"], found.rows["why"], strict=True))


# ---- by hand


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("长阳", [("长阳土家族自治县", "名称")]),
        ("長陽", [("长阳土家族自治县", "名称（繁体、异体字）")]),
        ("changyang", [("长阳土家族自治县", "拼音")]),
        ("Cháng Yáng", [("长阳土家族自治县", "拼音")]),
        ("chang2yang2", [("长阳土家族自治县", "拼音")]),
        ("zhang yang", []),
        ("chāngyáng", []),
        ("cy", [("长阳土家族自治县", "首字母")]),
        ("CYTJZZZX", [("长阳土家族自治县", "首字母")]),
        ("长阳县", [("长阳土家族自治县", "别名“长阳县”")]),
        ("changyang xian", [("长阳土家族自治县", "别名“长阳县”的拼音")]),
        ("长", [("长阳土家族自治县", "名称"), ("长岭村", "名称")]),
        ("阳", [("长阳土家族自治县", "名称")]),
        ("双河村", [("双河村村民委员会", "名称"), ("双河村", "名称")]),
        ("双河村委会", [("双河村村民委员会", "名称"), ("双河村", "名称")]),
        ("村民委员会", [("双河村村民委员会", "名称")]),
        (
            "shuanghe",
            [("双合村", "拼音"), ("双河村村民委员会", "拼音"), ("双河公墓", "拼音"), ("双河村", "拼音")],
        ),
        (  # 先, and the run 西·安; then 县
            "xian",
            [("先锋村", "拼音"), ("西安村", "拼音"), ("远安县", "拼音"), ("长阳土家族自治县", "拼音")],
        ),
        ("xi an", [("西安村", "拼音")]),
        ("xi'an cun", [("西安村", "拼音")]),
        ("xiancun", [("西安村", "拼音")]),
        ("lǜshuǐ", [("绿水镇", "拼音")]),
        ("lvshui", [("绿水镇", "拼音")]),
        ("lu4shui3", [("绿水镇", "拼音")]),
        ("420528102", [("绿水镇", "代码")]),
        ("b1", [("双河村", "代码")]),
        ("g1", [("双河公墓", "代码")]),
    ],
)  # fmt: skip
def test_a_name_is_found_by(text: str, due: list[tuple[str, str]], finder: Finder) -> None:
    assert names(finder.search(text)) == due


def test_the_rows_have_the_columns_of_the_design(finder: Finder) -> None:
    rows = finder.search("长岭村").rows
    contract = "name roman kind code unit_code county x y score why"
    assert " ".join(COLUMNS[:10]) == contract
    assert list(rows.columns) == COLUMNS
    assert rows[["name", "roman", "kind", "code", "unit_code", "county", "score", "layer"]].to_numpy().tolist() == [
        ["长岭村", "Chánglǐng Cūn", "行政村", "420525101202", "420525101", "远安县", 100, "village"]
    ]  # fmt: skip
    assert finder.search("双河公墓").rows["roman"].tolist() == [""]


def test_scores_go_by_what_where_and_whose(finder: Finder) -> None:
    def score(text: str, name: str) -> int:
        rows = finder.search(text).rows
        return int(rows.loc[rows["name"] == name, "score"].iloc[0])

    county = "长阳土家族自治县"
    each = [county, "长阳县", "长阳", "阳土", "changyangtujiazuzizhixian", "changyang", "yangtu"]
    each += ["cytjzzzx", "cyt", "ytj"]
    assert [score(text, county) for text in each] == [100, 97, 90, 80, 70, 60, 50, 40, 30, 20]


def test_only_the_county_or_prefecture_asked_for(finder: Finder) -> None:
    assert names(finder.search("shuang", within="420528")) == [("双合村", "拼音")]
    assert len(finder.search("shuang", within="420500").rows) == 4
    assert finder.search("shuang", within="420600").rows.empty


def test_more_than_asked_for_is_said(finder: Finder) -> None:
    every = finder.search("村", most=None)
    assert not every.more
    for most in range(1, len(every.rows)):
        some = finder.search("村", most=most)
        assert some.more
        assert some.rows.equals(every.rows.head(most))
    assert not finder.search("村", most=len(every.rows)).more


def test_former_names_and_aliases_of_a_gazetteer() -> None:
    frame = pd.DataFrame(
        {
            "name": ["和平村", "大公山"],
            "roman": ["Hépíng Cūn", ""],
            "old_names": ["大公村、跃进村", ""],
            "aliases": ["", "老公山"],
            "township_code": ["420525101", "420525101"],
            "county_code": ["420525", "420525"],
            "county": ["远安县", "远安县"],
        },
        index=["42052510121610000001", "b"],
    )
    one = made_of(list(names_in(LayerTable("placename", frame), "", PLACES)))
    assert names(one.search("大公")) == [("大公山", "名称"), ("和平村", "曾用名“大公村”")]
    assert names(one.search("yuejin")) == [("和平村", "曾用名“跃进村”的拼音")]
    assert names(one.search("lgs")) == [("大公山", "别名“老公山”的首字母")]
    assert one.search("和平村").rows["code"].tolist() == ["42052510121610000001"]
    assert names(one.search("42052510121610000001")) == [("和平村", "代码")]


def test_spellings_and_changes_of_the_workspace_are_names_too(home: Path) -> None:
    (home / "layers" / "aliases.csv").write_text(
        "标准名称,所在县,别名,启用日期,停用日期,依据\n鸣凤镇,远安县,名凤镇,,,示例\n", "utf-8"
    )
    (home / "layers" / "changes.csv").write_text(
        "变更类型,原名称,原所在县,现名称,现所在县,变更日期,依据\n"
        "更名,老街镇,远安县,鸣凤镇,,2001-03-01,示例\n"
        "撤并,花林乡,远安县,鸣凤镇,,2001-03-01,示例\n",
        "utf-8",
    )
    one = Finder.open(Workspace.open(home))
    assert names(one.search("名凤")) == [("鸣凤镇", "别名“名凤镇”")]
    assert names(one.search("老街")) == [("鸣凤镇", "曾用名“老街镇”")]
    assert names(one.search("花林")) == [("鸣凤镇", "并入或变更前的“花林乡”")]


# ---- against a plain scan


def made_of(named: list[Named]) -> Finder:
    return Finder(index_bytes(named, reader(), TODAY), TODAY)


@cache
def reader() -> Reader:
    return Reader(read_readings())


COUNT, TODAY = 2000, read_today()


@cache
def world_of_names() -> tuple[list[Named], Finder]:
    """Made-up names, every seventh with a former name or an alias; none has over eight readings."""
    rng = random.Random(5)  # noqa: S311
    chars = "长阳双河合岭西安先锋绿水大小石头咀朝行乐重女路318Kk"

    def text(*ends: str) -> str:
        while True:
            made = "".join(rng.choices(chars, k=rng.randint(1, 5))) + rng.choice(ends)
            if len(readings(key_of(made, {}))) <= 8:
                return made

    named = []
    for number in range(COUNT):
        name = text("村", "", "湾", "社区")
        forms = [(NAME, name, True)]
        if number % 7 == 0:
            forms.append((rng.choice((ALIAS, OLD)), text(""), True))
        county = rng.choice(("420525", "420528", "420111"))
        told = (name, "", "自然村", f"P{number}x", "", "", None, None, county, "placename")
        named.append(Named(told, tuple(forms), PLACES))
    return named, made_of(named)


@cache
def readings(key: str) -> list[tuple[str, ...]]:
    """Every way to read a text, its tones marked; ü is also written u."""
    options = []
    for spoken in reader().read(key):
        plainly = [
            re.sub("ü|ǚ|ǜ", lambda m: {"ü": "u", "ǚ": "ǔ", "ǜ": "ù"}[m[0]], o)
            for o in spoken.options
        ]
        options.append(list(dict.fromkeys((*spoken.options, *plainly))))
    return list(product(*options))


@cache
def runs(key: str) -> dict[str, int]:
    """What is typed for any run of a text's syllables, toned, plain or first letters → its worth."""
    worth: dict[str, int] = {}
    for reading in readings(key):
        for start, end in combinations(range(len(reading) + 1), 2):
            place = 0 if end - start == len(reading) else 1 if not start else 2
            toned = reading[start:end]
            spelled = [plain(one) for one in toned]
            first = "".join(one[:1] for one in spelled)
            for typed, best in (("".join(toned), 70), ("".join(spelled), 70), (first, 40)):
                worth[typed] = max(worth.get(typed, 0), best - 10 * place)
    return worth


@cache
def spelled(key: str) -> dict[str, list[tuple[str, int]]]:
    """A run of a text's syllables without tones → the same with all of them, and its worth."""
    made: dict[str, list[tuple[str, int]]] = {}
    for reading in readings(key):
        for start, end in combinations(range(len(reading) + 1), 2):
            place = 0 if end - start == len(reading) else 1 if not start else 2
            toned = "".join(reading[start:end])
            made.setdefault(plain(toned), []).append((toned, 70 - 10 * place))
    return made


def in_tones(key: str, text: str) -> int:
    """The worth of a text with tones: what it marks is as it is read, what it leaves out may be any."""
    each = spelled(key).get(plain(text), [])
    fits = [
        best
        for toned, best in each
        if all(a in {b, plain(b)} for a, b in zip(text, toned, strict=True))
    ]
    return max(fits, default=0)


def scan(named: list[Named], text: str, *, letters: bool) -> dict[str, int]:
    """Code → score, by looking at every name."""
    key, found = key_of(text, TODAY), dict[str, int]()
    other = key if re.search("[a-z]", key) else key_of(plain_name(text), TODAY)
    for one in named:
        scores = []
        for way, shown, _ in one.forms:
            name = key_of(shown, TODAY)
            here = (
                100
                if name in {key, other}
                else 90
                if name.startswith(key)
                else 80
                if key in name
                else 0
            )
            if letters:
                here = max(
                    here, runs(name).get(text, 0) if text.isascii() else in_tones(name, text)
                )
            scores += [here - 3 * way] * bool(here)
        if scores:
            found[one.told[3]] = max(scores)
    return found


def asked(text: str, *, letters: bool = False) -> None:
    named, one = world_of_names()
    rows = one.search(text, most=None).rows
    due = scan(named, text, letters=letters)
    assert dict(zip(rows["code"], rows["score"], strict=True)) == due
    assert rows["score"].is_monotonic_decreasing
    assert one.search(text, most=7).rows.equals(rows.head(7))


PART = st.tuples(st.integers(0, COUNT - 1), st.integers(0, 5), st.integers(1, 6))


def part_of(at: tuple[int, int, int]) -> str:
    name = key_of(world_of_names()[0][at[0]].told[0], TODAY)
    start = at[1] % len(name)
    return name[start : start + at[2]]


@settings(max_examples=100, deadline=None)
@given(PART)
def test_characters_find_what_a_scan_finds(at: tuple[int, int, int]) -> None:
    text = part_of(at)
    asked(text, letters=text.isascii() and not text.isdigit())


@settings(max_examples=100, deadline=None)
@given(PART, st.integers(0, 7), st.integers(0, 1))
def test_letters_find_what_a_scan_finds(at: tuple[int, int, int], which: int, toned: int) -> None:
    ways = readings(part_of(at))
    way = ways[which % len(ways)]
    text = "".join(way if toned else map(plain, way))
    if not any(char.isdigit() for char in text):
        asked(text, letters=True)


@settings(max_examples=100, deadline=None)
@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=6))
@example("xian")
@example("v")
def test_any_letters_find_what_a_scan_finds(text: str) -> None:
    asked(text, letters=True)


@settings(max_examples=100, deadline=None)
@given(st.text("长阳双河合岭西安朝行村社区湾318", min_size=1, max_size=3))
def test_any_characters_find_what_a_scan_finds(text: str) -> None:
    asked(text)


def test_names_of_more_syllables_than_a_token_holds_are_found_whole_and_in_part() -> None:
    text = "长阳双河合岭西安先锋绿水大石头湾"
    told = (text, "", "", "P", "", "", None, None, "", "placename")
    one = made_of([Named(told, ((NAME, text, True),), PLACES)])
    syllables = [plain(s.options[0]) for s in reader().read(text)]
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            place = 0 if end - start == len(text) else 1 if not start else 2
            run = syllables[start:end]
            assert one.search(text[start:end]).rows["score"].tolist() == [100 - 10 * place]
            for letters in ("".join(run), " ".join(run)):
                assert one.search(letters).rows["score"].tolist() == [70 - 10 * place]
            letters = "".join(s[:1] for s in run)
            if letters not in syllables:
                assert one.search(letters).rows["score"].tolist() == [40 - 10 * place]
    assert one.search("changyangshuanghehelingxianxianfenglushuidashitouwei").rows.empty


def test_names_alike_come_in_one_order_whatever_order_they_were_given_in() -> None:
    named = world_of_names()[0]
    mixed = random.Random(1).sample(named, len(named))  # noqa: S311
    other, one = made_of(mixed), world_of_names()[1]
    for text in ("村", "长", "cy", "he", "xi an", "k"):
        assert one.search(text, most=200).rows.equals(other.search(text, most=200).rows)
    assert index_bytes(named, reader(), TODAY) == index_bytes(named, reader(), TODAY)


# ---- whatever is typed


@pytest.mark.parametrize(
    "text", ["", "﷽", " ", '"', "'", "%", "*", "（）", "\x00", "\ue001", "\ud800", "🀄"]
)
def test_a_text_without_anything_to_look_for_is_refused(text: str, finder: Finder) -> None:
    with pytest.raises(RequestError, match="没有汉字、字母或数字"):
        finder.search(text)


def test_a_text_longer_than_any_name_is_refused(finder: Finder) -> None:
    assert finder.search("长" * LONGEST).rows.empty
    with pytest.raises(RequestError, match=f"最多 {LONGEST} 个"):
        finder.search("长" * (LONGEST + 1))
    assert finder.search("xian" * (LONGEST // 4)).rows.empty
    assert finder.search("ān" * (LONGEST // 2)).rows.empty


@pytest.mark.parametrize(
    "text",
    [
        "长阳 OR 村", "NEAR(长 阳)", "长阳 AND 村", "NOT 村", "text:村", "x' OR '1'='1", "村;DROP TABLE forms",
        "a\x00b", "a" * 60, "1" * 60, "ā" * 60, "a1" * 30, "ﬃ",
    ],
)  # fmt: skip
def test_what_means_something_to_a_database_means_nothing_here(text: str, finder: Finder) -> None:
    assert finder.search(text).rows.empty


@pytest.mark.parametrize(
    "text", ["村*", "^村", '"村"', "村%", "(村", "-村", "村 ", "\ue000村", "{村}"]
)
def test_marks_around_a_name_are_no_part_of_it(text: str, finder: Finder) -> None:
    assert finder.search(text).rows.equals(finder.search("村").rows)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_answered_or_refused_in_a_line(text: str) -> None:
    said = "一行"
    try:
        world_of_names()[1].search(text)
    except RequestError as err:
        said = str(err)
    assert len(said.splitlines()) == 1


# ---- kept


def kept(home: Path) -> list[Path]:
    return sorted((home / "maps" / ".cache").glob("[!.]*.search"))


def test_the_index_is_one_file_and_is_not_made_twice(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = search(Workspace.open(home), "双").rows
    [file] = kept(home)
    monkeypatch.setattr(finding, "index_bytes", None)
    assert search(Workspace.open(home), "双").rows.equals(first)
    assert kept(home) == [file]


@pytest.mark.parametrize("file", ["village", "readings.toml", "aliases.csv", "changes.csv"])
def test_the_index_is_made_anew_when_what_it_comes_from_has_changed(home: Path, file: str) -> None:
    assert names(search(Workspace.open(home), "changling")) == [("长岭村", "拼音")]
    layers = home / "layers"
    if file == "village":
        [path] = [p for p in layers.glob("village*") if p.is_file()]
        path.write_text(path.read_text("utf-8").replace("长岭村", "常林村"), "utf-8")
        assert names(search(Workspace.open(home), "长岭")) == []
        assert names(search(Workspace.open(home), "常林")) == [("常林村", "名称")]
    elif file == "readings.toml":
        (layers / file).write_text(
            '[[name]]\nsource = "示例"\nnames = ["长岭 zhǎng lǐng"]\n', "utf-8"
        )
        assert names(search(Workspace.open(home), "changling")) == []
        assert names(search(Workspace.open(home), "zhangling")) == [("长岭村", "拼音")]
    elif file == "aliases.csv":
        head = "标准名称,所在县,别名,启用日期,停用日期,依据\n"
        (layers / file).write_text(f"{head}绿水镇,420528,录水镇,,,示例\n", "utf-8")
        assert names(search(Workspace.open(home), "录水")) == [("绿水镇", "别名“录水镇”")]
    else:
        head = "变更类型,原名称,原所在县,现名称,现所在县,变更日期,依据\n"
        row = "更名,青水镇,长阳土家族自治县,绿水镇,,2001-03-01,示例\n"
        (layers / file).write_text(head + row, "utf-8")
        assert names(search(Workspace.open(home), "青水")) == [("绿水镇", "曾用名“青水镇”")]


@pytest.mark.parametrize("harm", ["empty", "half", "bit", "text", "folder", "sealed"])
def test_a_damaged_index_is_made_anew(home: Path, harm: str) -> None:
    due = search(Workspace.open(home), "双").rows
    [file] = kept(home)
    whole = file.read_bytes()
    if harm == "folder":
        file.unlink()
        file.mkdir()
    elif harm == "sealed":  # whole and ours, and no database
        workspace = Workspace.open(home)
        StoreFolder(workspace.store, "search").put(
            "names", b"no database", finding._fingerprint(workspace)
        )
    else:
        bit = bytearray(whole)
        bit[len(bit) // 2] ^= 4
        harmed = {
            "empty": b"",
            "half": whole[: len(whole) // 2],
            "bit": bytes(bit),
            "text": b"x" * 999,
        }
        file.write_bytes(harmed[harm])
    assert search(Workspace.open(home), "双").rows.equals(due)
    if harm != "folder":
        assert kept(home)[0].read_bytes() == whole


def test_who_dies_over_the_index_leaves_none(home: Path) -> None:
    def die(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Finder.open(Workspace.open(home), progress=die)
    assert kept(home) == []
    assert names(search(Workspace.open(home), "cy")) == [("长阳土家族自治县", "首字母")]


KILLED = """
import io, os, signal, sys
from hbgeo.names.finding import Finder
from hbgeo.store import folder
from hbgeo.workspace import Workspace
write = folder._Summed.write
def half(self, data):
    write(self, bytes(data)[: len(data) // 2])
    os._exit(9)
folder._Summed.write = half
workspace = Workspace.open(sys.argv[1])
for key in workspace.catalog.layers: workspace.layers._store = None
Finder.open(workspace)
"""


def test_who_is_killed_while_the_index_is_written_leaves_half_of_none(home: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(home)], check=False)
    assert done.returncode == 9
    assert kept(home) == []
    assert names(search(Workspace.open(home), "cy")) == [("长阳土家族自治县", "首字母")]
    assert not list((home / "maps" / ".cache").glob(".hbgeo-*.search"))


def test_two_at_once_find_the_same_and_leave_one_file(home: Path) -> None:
    files = [home / "one.csv", home / "other.csv"]
    start = [sys.executable, "-m", "hbgeo", "-C", str(home), "search", "双", "-o"]
    both = [subprocess.Popen([*start, str(file)], stdout=subprocess.DEVNULL) for file in files]
    assert [one.wait() for one in both] == [0, 0]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert len(kept(home)) == 1
    due = search(Workspace.open(home), "双").rows["code"].tolist()
    assert pd.read_csv(files[0], dtype=str)["code"].tolist() == due


# ---- typed


@pytest.fixture
def typed(made: Path, typed_in: Typed) -> Typed:
    return partial(typed_in, made)


def test_the_terminal_lists_what_was_found_and_how(typed: Typed) -> None:
    code, out, _ = typed("search", "chang", "yang")
    assert code == 0
    assert "长阳土家族自治县" in out
    assert "Chángyáng Tǔjiāzú Zìzhìxiàn" in out
    assert "拼音" in out
    assert "共 1 条" in out
    _, out, _ = typed("search", "村", "--most", "2")
    assert "不止 2 条，只列出前 2 条" in out
    _, out, _ = typed("search", "鑫")
    assert "没有找到“鑫”" in out


def test_json_has_all_of_them_unless_asked_otherwise(typed: Typed) -> None:
    _, out, err = typed("search", "村", "--json")
    rows = json.loads(out)
    assert len(rows) == 6
    assert list(rows[0]) == COLUMNS
    assert rows[0]["x"] is None
    assert err == ""
    _, out, err = typed("search", "村", "--json", "--most", "2")
    assert json.loads(out) == rows[:2]
    assert "不止 2 条" in err
    _, out, _ = typed("search", "村", "--json", "--in", "远安县")
    assert {row["county"] for row in json.loads(out)} == {"远安县"}


def test_files_have_chinese_headings_for_people(typed: Typed, tmp_path: Path) -> None:
    typed("search", "村", "-o", str(tmp_path / "村.xlsx"))
    rows = list(openpyxl.load_workbook(tmp_path / "村.xlsx").active.iter_rows(values_only=True))
    said = {str(cell) for row in rows for cell in row if cell is not None}
    assert {"名称", "拼写", "怎么找到的", "经度（CGCS2000）", "双河村村民委员会"} <= said
    assert not {"roman", "why", "unit_code"} & said
    typed("search", "村", "-o", str(tmp_path / "村.csv"))
    assert (tmp_path / "村.csv").read_text("utf-8-sig").splitlines()[0] == ",".join(COLUMNS)
    typed("search", "村", "-o", str(tmp_path / "村.csv"), "--chinese")
    assert (tmp_path / "村.csv").read_text("utf-8-sig").startswith("名称,拼写,类型,代码,")


@pytest.mark.parametrize("most", ["0", "-1", "many", "1.5", "²", "9" * 12])
def test_how_many_is_a_number(most: str, typed: Typed) -> None:
    code, _, err = typed("search", "村", f"--most={most}")
    assert code == 1
    assert f"--most “{most}”不是条数" in err
    assert len(err.splitlines()) == 1


def test_nothing_to_look_for_is_one_line(typed: Typed) -> None:
    code, out, err = typed("search", '"%"')
    assert (code, out) == (1, "")
    assert err.startswith("hbgeo：要查的名称里没有汉字")
    assert len(err.splitlines()) == 1
    assert typed("search")[0] == 2


def test_a_place_that_is_no_more_says_so_and_a_committee_beside_its_village_is_no_second(
    tmp_path: Path,
) -> None:
    gazetteer = """
地名代码 | 标准名称         | 类别名称   | 所在县 | 所在乡镇 | 废止年份   | 曾用名
Z1       | 石坝子           | 自然村     | 远安县 | 鸣凤镇   | 2021-06-30 | 石坝
Z2       | 红旗村村民委员会 | 村民委员会 | 远安县 | 鸣凤镇   |            |
Z3       | 红旗村           | 行政村     | 远安县 | 鸣凤镇   |            |
"""
    home = make_workspace(WORLD | {"placename": gazetteer}, tmp_path).root

    def kinds(text: str) -> list[tuple[str, str]]:
        rows = Finder.open(Workspace.open(home)).search(text).rows
        return list(zip(rows["code"], rows["kind"], strict=True))

    assert kinds("石坝") == [("Z1", "自然村（已停用）")]
    assert kinds("红旗") == [("Z3", "行政村")]
    catalog = home / "layers" / "catalog.toml"
    text = catalog.read_text("utf-8")
    catalog.write_text(text.replace("2023-12-31", "2020-12-31"), "utf-8")
    assert kinds("石坝") == [("Z1", "自然村")]


def test_a_road_is_found_and_under_its_new_name_once_it_has_one(tmp_path: Path) -> None:
    roads = """
道路名称 | 道路等级 | 所在县 | 所在乡镇 | 线
{}     | 村道     | 远安县 | 鸣凤镇   | 110.1 30.5, 110.2 30.5
"""

    def found(text: str) -> list[tuple[str, str]]:
        return names(Finder.open(Workspace.open(tmp_path)).search(text))

    make_workspace(WORLD | {"roads": roads.format("凤山路")}, tmp_path)
    assert found("凤山") == [("凤山路", "名称")]
    path = tmp_path / "layers" / "roads.gpkg"
    lines = gpd.read_file(path).assign(道路名称="花林路")
    path.unlink()
    lines.to_file(path)
    assert found("凤山") == []
    assert found("花林") == [("花林路", "名称")]
