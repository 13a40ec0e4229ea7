"""How names are read: by the table and the dictionary, with two referees and GeoNames as a third."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from hbgeo.errors import CatalogError
from hbgeo.measure.names.generics import divide
from hbgeo.measure.names.reading import Reader, same_tone, tone_of
from hbgeo.measure.names.roman import check_roman
from hbgeo.measure.names.writing import write
from hbgeo.read.characters.readings import Spoken, plain, read_readings
from hbgeo.read.divisions.lists import read_list

HERE = Path(__file__).parent / "names"
# where the second dictionary is wrong, and by what that is known
MISREAD = {
    "监利市": "jiàn lì shì",  # 县名，通行读音
    "黄陂区": "huáng pí qū",  # 《现代汉语词典》：陂 pí，黄陂在湖北
    "曾都区": "zēng dū qū",  # 曾国、都城
    "西塞山区": "xī sài shān qū",  # 《现代汉语词典》：边塞 sài
    "曾集镇": "zēng jí zhèn", "曾店镇": "zēng diàn zhèn",  # 姓
    "钢都花园街道": "gāng dū huā yuán jiē dào", "都亭街道": "dū tíng jiē dào",  # 都城
    "都镇湾镇": "dū zhèn wān zhèn",
    "奓山街道": "zhā shān jiē dào",  # 《现代汉语词典》：奓山在湖北
    "沌口街道": "zhuàn kǒu jiē dào", "沌阳街道": "zhuàn yáng jiē dào",  # 《现代汉语词典》：沌 zhuàn，水名
    "还地桥镇": "huán dì qiáo zhèn",  # 归还土地
    "柏林镇": "bǎi lín zhèn",  # 柏树；bó 只用于外国城市
    "斗湖堤镇": "dǒu hú dī zhèn", "文斗镇": "wén dǒu zhèn",  # 量器、星名；dòu 只用于争斗
    "杉木乡": "shā mù xiāng",
    "调关镇": "diào guān zhèn",  # 调兵之关
    "隽水镇": "juàn shuǐ zhèn", "厦铺镇": "xià pù zhèn", "燕厦乡": "yàn xià xiāng",  # 水名；地名用 xià
}  # fmt: skip
# GeoNames: what its letters are instead, by the places' own names; left standing, never listed
ERRORS_OF_GEONAMES = {
    "1786067": "潜江，不是园林街道", "1786759": "宜城，不是鄢城街道",
    "1802659": "龙凤，缺“坝”字", "7904017": "字母写错：Qianchuan",
    "7758822": "澄：词典 chéng，另有 dèng，待核定", "7895614": "奓：《现代汉语词典》zhā，不读 shē",
    "8515092": "垌冢：《现代汉语词典》tóng，在湖北", "8524968": "字母写错：Wangzhai",
}  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(read_readings())


def rows_of(file: str) -> list[dict[str, str]]:
    lines = (HERE / file).read_text("utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def agree(name: str, mine: tuple[Spoken, ...], theirs: str) -> bool:
    """Whether two readings are one; a neutral tone and 一-sandhi are no difference."""
    syllables = theirs.split()
    return len(mine) == len(syllables) and all(
        any(
            plain(one) == plain(other)
            and (same_tone(char, one, tone_of(other)) or same_tone(char, other, tone_of(one)))
            for one in spoken.options
        )
        for char, spoken, other in zip(name, mine, syllables, strict=True)
    )


def test_every_county_and_township_is_read_as_the_second_dictionary_or_better(
    reader: Reader,
) -> None:
    have = {row["name"]: row["reading"] for row in rows_of("second.csv")}
    names = {
        *read_list("MCA-2025", "county", "42")["name"],
        *read_list("MCA-2025", "township", "42")["name"],
    }
    assert names <= have.keys()
    differ = {n for n in names if not agree(n, reader.read(n), have[n])}
    assert differ <= MISREAD.keys(), differ - MISREAD.keys()
    for name, reading in MISREAD.items():
        assert agree(name, reader.read(name), reading), name


def test_every_listed_name_is_read_as_listed_and_differs_from_a_referee_only_knowingly(
    reader: Reader,
) -> None:
    have = {row["name"]: row["reading"] for row in rows_of("second.csv")}
    listed = read_readings().names
    differ = [
        n for n, said in listed.items() if not agree(n, tuple(Spoken((s,)) for s in said), have[n])
    ]
    for name, said in listed.items():
        assert " ".join(s.options[0] for s in reader.read(name)) == " ".join(said)
    assert len(differ) < len(listed) / 4  # most entries are there for the first dictionary's sake


def folded(letters: str) -> str:
    text = unicodedata.normalize("NFKD", letters.lower().replace("ü", "u"))
    return re.sub("[^a-z]", "", text.encode("ascii", "ignore").decode())


def same_place(roman: str, mine: str) -> bool:
    """Letters without tones, with the generic or without."""
    bare = [
        re.sub("(zhen|xiang|jiedao|cun|qu|shi|xian|cheng)$", "", text) for text in (roman, mine)
    ]
    return not {roman, bare[0]}.isdisjoint({mine, bare[1]})


def geonames(half: int) -> Iterator[tuple[str, bool]]:
    reader = Reader(read_readings())
    for row in rows_of("geonames.csv"):
        if int(row["geonameid"]) % 2 == half:
            names = row["names"].split("、")
            read = (
                "".join(plain(s.options[0]) if s.options else "?" for s in reader.read(n))
                for n in names
            )
            theirs = folded(row["roman"])
            yield row["geonameid"], any(same_place(theirs, mine.replace("v", "u")) for mine in read)


@pytest.mark.parametrize(("half", "count"), [(1, 466), (0, 490)])
def test_geonames_says_the_same_letters(half: int, count: int) -> None:
    found = dict(geonames(half))
    wrong = {place for place, right in found.items() if not right}
    assert len(found) == count
    assert 1 - len(wrong) / count >= 0.985
    assert wrong <= ERRORS_OF_GEONAMES.keys()


def test_township_names_spelled_by_the_rules_are_hardly_ever_called_wrong(reader: Reader) -> None:
    have = {row["name"]: row["reading"] for row in rows_of("second.csv")}
    names = read_list("MCA-2025", "township", "42")["name"].tolist()
    alarms = []
    for name in names:
        spoken = tuple(Spoken((s,)) for s in MISREAD.get(name, have[name]).split())
        roman = write(name, spoken, divide(name, "其他"))
        alarms += [name] if check_roman(name, "其他", roman, reader) else []
    assert len(names) == 1260
    assert len(alarms) / len(names) < 0.005, alarms


@pytest.mark.parametrize(
    ("name", "roman", "rule"),
    [
        ("长阳土家族自治县", "Zhǎngyáng Tǔjiāzú Zìzhìxiàn", "N10"),
        ("蔡甸区", "Càidiān Qū", "N12"),
        ("应城市", "Yīngchéng Shì", "N12"),
        ("石头咀镇", "Shítoujǔ Zhèn", "N10"),
        ("总路咀镇", "Zǒnglùjǔ Zhèn", "N10"),
        ("长岭镇", "Zhǎnglǐng Zhèn", "N10"),
        ("黄陂区", "Huángbēi Qū", "N10"),
        ("佛子山镇", "Fúzǐshān Zhèn", "N10"),
        ("干驿镇", "Gànyì Zhèn", "N12"),
        ("革勒车镇", "Gélēichē Zhèn", "N10"),
    ],
)
def test_what_dictionaries_misread_is_caught(
    name: str, roman: str, rule: str, reader: Reader
) -> None:
    assert [one.rule for one in check_roman(name, "其他", roman, reader)] == [rule]


def test_a_name_goes_before_a_rule_and_a_rule_of_a_place_before_one_of_any(reader: Reader) -> None:
    def said(name: str) -> str:
        return " ".join(s.options[0] for s in reader.read(name))

    assert said("长河") == "cháng hé"
    assert said("村长河") == "cūn zhǎng hé"
    assert said("单家湾") == "shàn jiā wān"
    assert said("单河") == "dān hé"
    assert said("蔡甸大道").startswith("cài diàn")
    assert reader.read("朝天村")[0] == Spoken(("zhāo", "cháo"), "open")
    assert reader.read("朝阳门")[0] == Spoken(("cháo",))


def test_neutral_tones_and_sandhi_are_no_difference() -> None:
    assert same_tone("子", "zǐ", 0)
    assert same_tone("子", "zi", 3)
    assert same_tone("一", "yī", 4)
    assert same_tone("一", "yì", 1)
    assert not same_tone("一", "yī", 3)
    assert not same_tone("河", "hé", 0)


def own(folder: Path, text: str) -> Reader:
    (folder / "readings.toml").write_text(text, "utf-8")
    return Reader(read_readings(folder))


def test_the_workspace_has_the_last_word(tmp_path: Path) -> None:
    reader = own(
        tmp_path,
        '[[name]]\nsource = "示例县地名办公室"\nnames = ["朝家湾 cháo jiā wān"]\n'
        '[[rule]]\nsource = "示例县地名办公室"\nat = "first"\nchars = ["卡 qiǎ"]\n'
        '[[rule]]\nsource = "示例县地名办公室"\nchars = ["咀 jǔ"]\n',
    )
    assert reader.read("朝家湾村")[0] == Spoken(("cháo",))
    assert reader.read("卡子村")[0] == Spoken(("qiǎ",))
    assert reader.read("关卡村")[1].state == "open"
    assert reader.read("石咀")[1] == Spoken(("jǔ",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[name]]\nnames = ["蔡甸 cài diàn"]', "第 1 个 [[name]]：缺少键 source"),
        ('[[name]]\nsource = " "\nnames = []', "source 不能为空"),
        ('[[name]]\nsource = "示例"\nnames = ["蔡甸 cài"]', "2 个字，应有 2 个音节"),
        ('[[name]]\nsource = "示例"\nnames = ["蔡甸 菜 店"]', "写作汉语拼音"),
        ('[[rule]]\nsource = "示例"\nchars = ["蔡甸 cài"]', "应以一个字开头"),
        ('[[rule]]\nsource = "示例"\nstate = "open"\nchars = ["朝 zhāo"]', "应写两个以上的读音"),
        (
            '[[rule]]\nsource = "示例"\nstate = "sure"\nchars = ["朝 zhāo"]',
            "state “sure”不在可选值",
        ),
        ('[[rule]]\nsource = "示例"\nat = "middle"\nchars = ["朝 zhāo"]', "at “middle”不在可选值"),
        ('[[rule]]\nsource = "示例"\nat = "before"\nchars = ["朝 zhāo"]', "须同时写"),
        ('[[rule]]\nsource = "示例"\nchars = [1]', "应为文字列表"),
        ('[[rules]]\nsource = "示例"', "不认识的键 “rules”"),
    ],
)
def test_a_damaged_table_says_which_entry(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CatalogError, match=r"readings\.toml") as caught:
        own(tmp_path, text)
    assert said in str(caught.value)
