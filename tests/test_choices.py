"""Everyday words: the usual ones are known, what may mean two things is not, and a line is proposed."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from hbgeo.errors import CatalogError
from hbgeo.measure.check.choices import nearest_choice, propose_values
from hbgeo.read.catalog import Layer, read_catalog
from hbgeo.read.cell.choices import find_choice, known_words, loose_key, unknown_words
from hbgeo.read.cell.text import choice_key
from hbgeo.read.cleaning import schema_keys
from hbgeo.read.issues import issue_rows
from hbgeo.read.layer import read_layer
from hbgeo.read.schema.records import Column, read_schema, schema_with

TOP = 'title = "示例"\nas_of = 2023-12-31\nscheme = "MCA-2025"\n'
LAYER = '[cemetery]\nrole = "facilities"\npath = "a.csv"\nsource = "示例"\n'
HEAD = "公墓编号,公墓名称,设施类型,公墓性质,级别,状态,启用时间,所在县,所在乡镇"
ROW = "GM1,示例公墓,公墓,{nature},{level},{status},2022-05-01,示例县,示例镇"


def meant(schema: str, column: str, text: str) -> str | None:
    return find_choice(text, known_words(read_schema(schema).columns[column]))


@pytest.mark.parametrize(
    ("schema", "column", "value", "texts"),
    [
        ("cemetery", "nature", "公益性", "公益性公墓 农村公益性公墓 城市公益性 公益性(村级) 公益"),
        ("cemetery", "nature", "经营性", "经营性公墓 经营类"),
        ("cemetery", "nature", "经营性(含公益性墓区)", "经营性【含公益性墓区】 经营性含公益性"),
        ("cemetery", "status", "运营", "正常运营 运行 正在运营 投入使用 营业 已投用 使用中 开放"),
        ("cemetery", "status", "建成未启用", "已建成未启用 建成未投入使用 建成(未启用)"),
        ("cemetery", "status", "停用", "暂停营业 停业"),
        ("cemetery", "status", "关闭", "已关停 已拆除"),
        ("cemetery", "level", "县级", "县 区 县(市、区)级 县(区)级 县级公益性 城市公益性公墓"),
        ("cemetery", "level", "乡镇级", "乡(镇)级 乡镇 镇 乡(镇、街道)级 乡镇(街道)级 街道"),
        ("cemetery", "level", "村级", "村 村(社区)级 村(居)级 村级公益性公墓 社区"),
        ("cemetery", "kind", "公墓", "公益性公墓 经营性公墓 农村公益性墓地 城市公益性公墓"),
        ("cemetery", "kind", "骨灰堂", "安放堂 骨灰安放堂"),
        ("eldercare", "status", "运营", "正常运营 投入运营"),
        ("eldercare", "kind", "农村互助照料中心", "农村老年人互助照料活动中心 互助照料服务中心"),
        ("eldercare", "kind", "街道(乡镇)养老服务综合体", "街道养老综合体 街道(乡镇)养老综合体"),
        ("eldercare", "kind", "县级养老服务指导中心", "县(市、区)养老服务指导中心"),
        ("minors", "level", "乡镇级", "镇 乡(镇)级 街道"),
        ("minors", "kind", "未成年人保护工作站", "乡镇未成年人保护工作站 未保站"),
        ("sign", "status", "完好", "良好 正常"),
        ("sign", "status", "破损", "部分破损 褪色"),
        ("service-facility", "kind", "村级综合服务设施", "村党群服务中心"),
        ("organisation", "kind", "民办非企业单位", "民非 社会服务机构"),
        ("village", "kind", "社区", "居民委员会"),
        ("central-village", "listed", "是", "√ 已达标"),
        ("central-village", "listed", "否", "× 没有"),
    ],
)  # fmt: skip
def test_the_usual_words_of_an_office_are_known(schema, column, value, texts):
    assert {text: meant(schema, column, text) for text in texts.split()} == dict.fromkeys(
        texts.split(), value
    )


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        ("status", "建成 已建成 是 √ 未建 运营/停用 1"),
        ("level", "市 市县级 县、市级 乡镇级/村级 县乡级"),
        ("nature", "公建 公益性/经营性 公益性、经营性 混合"),
        ("kind", "骨灰安放设施 陵园 墓"),
    ],
)
def test_what_may_mean_two_things_stays_an_error(column, texts):
    assert [t for t in texts.split() if meant("cemetery", column, t)] == []


@pytest.mark.parametrize("key", schema_keys())
def test_no_word_stands_for_two_values(key):
    for column in read_schema(key).columns.values():
        for fold in (choice_key, loose_key):
            pairs = {
                (fold(name), value)
                for value, aliases in column.choices.items()
                for name in (value, *aliases)
            }
            assert [k for k, n in Counter(k for k, _ in pairs).items() if n > 1] == []


def read(folder: Path, *rows: dict[str, str], more: str = ""):
    usual = {"nature": "公益性", "level": "乡镇级", "status": "运营"}
    lines = [
        HEAD,
        *(ROW.format(**usual | row).replace("GM1", f"GM{i}") for i, row in enumerate(rows)),
    ]
    (folder / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "catalog.toml").write_text(TOP + LAYER + more, encoding="utf-8")
    layer = read_catalog(folder).layers["cemetery"]
    return layer, read_layer(layer, folder)


WORDS = [{"status": "正常营业"}, {"status": "正常营业"}, {"status": "建成"}, {"level": "乡里管的"}]


def test_the_catalogue_maps_a_ledgers_own_words(tmp_path):
    more = 'values = { status = { "正常营业" = "运营", "建成" = "建成未启用" } }\n'
    _, made = read(tmp_path, *WORDS, more=more)
    assert made.frame["status"].tolist() == ["运营", "运营", "建成未启用"]
    assert made.aside["status"].tolist() == ["运营"]  # 乡里管的 is no level


@pytest.mark.parametrize("key", ["状态", "运营状态", '"状态"', "status", "状 态"])
def test_a_column_of_values_goes_by_any_of_its_headings(tmp_path, key):
    key = f'"{key}"' if " " in key else key
    _, made = read(
        tmp_path, {"status": "开门"}, more=f'values = {{ {key} = {{ "开门" = "运营" }} }}\n'
    )
    assert made.frame["status"].tolist() == ["运营"]


def test_a_column_that_the_catalogue_names_goes_by_that_heading(tmp_path):
    own = 'columns = { status = "情况" }\nvalues = { 情况 = { "开门" = "运营" } }\n'
    layer = read_catalog_of(tmp_path, own)
    assert layer.own_words == {"status": {"开门": "运营"}}


def test_the_catalogue_goes_before_the_schemas_words(tmp_path):
    more = 'values = { 状态 = { "正常" = "停用" } }\n'
    _, made = read(tmp_path, {"status": "正常"}, more=more)
    assert made.frame["status"].tolist() == ["停用"]
    assert meant("cemetery", "status", "正常") == "运营"  # elsewhere as ever


def read_catalog_of(folder: Path, more: str) -> Layer:
    (folder / "catalog.toml").write_text(TOP + LAYER + more, encoding="utf-8")
    return read_catalog(folder).layers["cemetery"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ('{ 状态 = { "开门" = "营业" } }', "“开门” = “营业”不在可选值 规划、在建"),
        ('{ 状态 = { "开门" = "" } }', "“开门” = “”不在可选值"),
        ('{ 状态 = { "开门" = ["运营"] } }', "不在可选值"),
        ('{ 状况 = { "开门" = "运营" } }', "values.状况 不是有可选值的列；可用：状态、设施类型"),
        ('{ 名称 = { "甲" = "乙" } }', "values.名称 不是有可选值的列"),
        ('{ 状态 = { "" = "运营" } }', "是空值，不能对应到“运营”"),
        ('{ 状态 = { "无" = "运营" } }', "是空值"),
        ('{ 状态 = { "停用" = "运营" } }', "“停用”本身就是可选值，不能改作“运营”"),
        ('{ 状态 = { "开 门" = "运营", "开门" = "停用" } }', "写了两次"),
        ('{ 状态 = "运营" }', "values.状态 应写作"),
        ("{ 状态 = {} }", "values.状态 应写作"),
        ('["运营"]', "values = ['运营'] 的类型不对；应为表"),
    ],
)
def test_values_are_read_strictly(tmp_path, values, said):
    with pytest.raises(CatalogError) as caught:
        read_catalog_of(tmp_path, f"values = {values}\n")
    assert said in str(caught.value)
    assert "[cemetery]" in str(caught.value)
    assert "\n" not in str(caught.value)


def propose(layer: Layer, made) -> list:
    return propose_values(issue_rows(made.issues), layer)


def test_check_proposes_the_line_to_paste(tmp_path):
    layer, made = read(tmp_path, *WORDS)
    [issue] = propose(layer, made)
    assert (issue.layer, issue.row, issue.rule, issue.severity) == (
        "cemetery",
        None,
        "E07",
        "warning",
    )
    assert issue.message.startswith("有 3 种写法不在可选值中")
    line = 'values = { status = { "正常营业" = "运营", "建成" = "" }, level = { "乡里管的" = "" } }'
    assert issue.fix.endswith(f"在 catalog.toml 的 [cemetery] 中写 {line}")


def test_the_line_can_be_pasted_and_keeps_what_the_catalogue_had(tmp_path):
    layer, made = read(tmp_path, *WORDS, more='values = { 状态 = { "建成" = "建成未启用" } }\n')
    [issue] = propose(layer, made)
    line = re.search(r"values = .*", issue.fix)[0].replace('= ""', '= "乡镇级"')
    assert tomllib.loads(line)["values"]["status"] == {"建成": "建成未启用", "正常营业": "运营"}
    layer, made = read(tmp_path, *WORDS, more=line + "\n")
    assert len(made.frame) == 4
    assert propose(layer, made) == []


def test_quotes_inside_a_word_do_not_break_the_line(tmp_path):
    layer, made = read(tmp_path, {"level": '"乡""里\\管"'})
    [issue] = propose(layer, made)
    line = re.search(r"values = .*", issue.fix)[0]
    assert tomllib.loads(line) == {"values": {"level": {'乡"里\\管': ""}}}


def test_only_the_most_frequent_words_are_listed():
    rows = [f"第{i}种" for i in range(25)] + ["第24种"]
    table = pd.DataFrame({"rule": "E07", "row": range(26), "column": "状态", "value": rows})
    [issue] = propose_values(table, Layer("cemetery", "facilities", (), "", schema="cemetery"))
    assert issue.message.startswith("有 25 种写法")
    words = tomllib.loads(re.search(r"values = .*", issue.fix)[0])["values"]["status"]
    assert len(words) == 20
    assert next(iter(words)) == "第24种"


def test_of_several_words_in_a_cell_only_the_unknown_are_proposed():
    column = schema_with("eldercare", {"functions": {"吃饭": "助餐"}}).columns["functions"]
    assert unknown_words("日托、吃饭/唱歌、无", column) == ["唱歌"]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["甲丙"], "甲丙"),  # one letter of two in common: 50 of 100
        (["甲丙丁"], ""),  # of two and three: 40
        (["甲乙子丑", "寅卯辰巳"], "甲乙子丑"),
        (["丁"], ""),
    ],
)
def test_a_word_half_like_another_is_proposed(words, wanted):
    column = Column("c", ("列",), "choice", choices=dict.fromkeys(words, ()))
    assert nearest_choice("甲乙", column) == wanted


@pytest.mark.parametrize(
    ("other", "sure"),
    [
        ("甲乙五六七", True),  # 40 of 100, which is 20 less
        ("甲乙五六", False),  # 4 letters of 9 in common: 44
        ("甲乙丙八九", False),  # as much
    ],
)
def test_a_word_that_is_like_two_is_proposed_for_neither(other, sure):
    """甲乙丙丁戊 and 甲乙丙一二 have three letters of five in common: 60 of 100."""
    column = Column("c", ("列",), "choice", choices={"甲乙丙一二": (), other: ()})
    assert nearest_choice("甲乙丙丁戊", column) == ("甲乙丙一二" if sure else "")
    named = Column("c", ("列",), "choice", choices={"子": ("甲乙丙一二",), "丑": (other,)})
    assert nearest_choice("甲乙丙丁戊", named) == ("子" if sure else "")


def test_a_word_all_but_half_like_another_is_not_proposed():
    """13 letters of 53 stand in both: 26 / 53 is 49.06 of 100; of 52 they are half."""
    word, rest = "abcdefghijklm", "nopqrstuvwxyzNOPQRSTUVWXYZ1"
    for value, wanted in ((word + rest, ""), (word + rest[:-1], word + rest[:-1])):
        column = Column("c", ("列",), "choice", choices={value: ()})
        assert nearest_choice(word, column) == wanted


def test_nineteen_of_a_hundred_apart_is_not_enough():
    """甲乙丙一二 is 6 / 9 like it, 66.7 of 100; the longer one 8 / 17, 47.1: 19.6 apart."""
    for more, wanted in (("子丑寅卯辰巳午未申", ""), ("子丑寅卯辰巳午未申酉", "甲乙丙一二")):
        choices = {"甲乙丙一二": (), "甲乙丙丁" + more: ()}
        column = Column("c", ("列",), "choice", choices=choices)
        assert nearest_choice("甲乙丙丁", column) == wanted


@pytest.mark.parametrize(("kinds", "more"), [(20, ""), (21, "（只列出最多的 20 种）")])
def test_that_not_all_words_are_listed_is_said_from_the_twenty_first(kinds, more):
    rows = [f"第{i}种" for i in range(kinds)]
    table = pd.DataFrame({"rule": "E07", "row": range(kinds), "column": "状态", "value": rows})
    [issue] = propose_values(table, Layer("cemetery", "facilities", (), "", schema="cemetery"))
    said = f"有 {kinds} 种写法不在可选值中，如是本地的习惯写法，可在目录里对应到可选值{more}"
    assert issue.message == said


@pytest.mark.parametrize(
    "row",
    [
        {"rule": "E06"}, {"row": None}, {"column": "没有的列"},
        {"value": "差不多[已隐去]"},
    ],
)  # fmt: skip
def test_nothing_is_proposed_for_what_is_no_word_of_a_column(row):
    usual = {"rule": "E07", "row": 2, "column": "状态", "value": "差不多"}
    layer = Layer("cemetery", "facilities", (), "", schema="cemetery")
    assert propose_values(pd.DataFrame([usual | row]), layer) == []
    [issue] = propose_values(pd.DataFrame([usual]), layer)
    assert issue.fix == (
        "逐个核对（右边是最相近的可选值，空着的请填）后，在 catalog.toml 的 [cemetery] 中写 "
        'values = { status = { "差不多" = "" } }'
    )
