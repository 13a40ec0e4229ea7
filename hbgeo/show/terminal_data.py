"""What the terminal shows of data: the catalogue, problems of ledgers, what became of a cleaned one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from hbgeo.read.catalog import LEVEL_NAMES, ROLE_NAMES, Layer
from hbgeo.read.cell.text import clean_text
from hbgeo.show import words
from hbgeo.show.screen import Listing
from hbgeo.show.table.effects import EFFECT
from hbgeo.show.terminal import MANY, cut

if TYPE_CHECKING:
    from hbgeo.read.cleaning import Cleaned
    from hbgeo.read.table import LayerTable


def layers(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """The catalogue as a table."""
    table = Listing("图层")
    table.heading("键", lead=True)
    table.heading("用途", spare=5)
    table.heading("级别", spare=4)
    table.heading("文件", wrap=14)
    for heading in ("行数", "有误未计", "单列"):
        table.heading(heading, right=True)
    table.heading("坐标系", wrap=10)
    table.heading("代码表", spare=3)
    table.heading("标记", wrap=8)
    table.heading("来源", wrap=30, spare=6)
    for row in rows:
        on = ((words.SAMPLE, row["sample"]), (words.APPROXIMATE, row["approximate"]))
        marks = [mark for mark, is_on in on if is_on]
        table.add_row(
            row["key"], ROLE_NAMES[row["role"]], LEVEL_NAMES.get(row["level"], ""),
            "、".join(row["path"]), f"{row['rows']:,}", f"{row['aside']:,}", f"{row['apart']:,}",
            row["crs"], row["scheme"], "、".join(marks), row["source"],
        )  # fmt: skip
    return table


def grid_line(key: str, grid: Mapping[str, Any], layer: Layer) -> str:
    """What the cells of a population grid hold, in a sentence."""
    about = [grid["crs"], f"{layer.year} 年" * bool(layer.year), f"{layer.age}岁" * bool(layer.age)]
    about += [words.SAMPLE * layer.sample]
    files = f"{grid['files']:,} 个文件，" if grid["files"] > 1 else ""
    aside = f"，另有 {grid['aside']:,} 个格子的数不能用、不计" if grid["aside"] else ""
    return (
        f"{key}：{files}格子 {grid['cell_size']}，{grid['cells']:,} 个有人，"
        f"合计 {grid['people']:,.0f} 人{aside}（{'，'.join(filter(None, about))}）。"
    )


def first_rows(table: LayerTable, most: int = 3) -> list[RenderableType]:
    """The first rows of a layer as they are understood, and how many there are."""
    schema, frame = table.kind, table.frame.head(most).reset_index()
    places = {"x": "经度（CGCS2000）", "y": "纬度（CGCS2000）"}
    names = {c.id: c.names[0] for c in schema.columns.values()} | places
    listed = Listing(f"读成这样（前 {len(frame)} 行）")
    columns = [c for c in (*schema.columns, *places) if c in frame and c not in {"lon", "lat"}]
    shown = [c for c in columns if any(_filled(v) for v in frame[c])]
    for column in shown:
        listed.heading(names[column], wrap=10)
    for row in frame[shown].itertuples(index=False):
        listed.add_row(*[_as_text(value) for value in row])
    count = f"共 {len(table):,} 行" + (f"，另有 {table.aside:,} 行有误、不计入" * bool(table.aside))
    wrong = table.issues[table.issues["severity"] == "error"]["message"].head(3).tolist()
    return [listed, Text(f"{count}。"), *(Text(f"  如 {one}") for one in wrong)]


def _filled(value: Any) -> bool:
    return value is not None and value == value and value not in ("", ())


def _as_text(value: Any) -> str:
    if not _filled(value):
        return ""
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    if isinstance(value, float):
        return f"{value:,.6f}".rstrip("0").rstrip(".")
    return str(value)


def issues(table: pd.DataFrame) -> list[RenderableType]:
    """Issues by layer and rule with an example each, and the count.

    Where it is known what each row could change, those rules come first whose rows change most.
    """
    told = EFFECT in table
    shown = Listing("数据问题")
    shown.heading("图层", wrap=10)
    shown.heading("规则")
    shown.heading("程度")
    shown.heading("条数", right=True)
    shown.heading("例", wrap=24)
    if told:
        shown.heading("影响", wrap=16, spare=1)
    for (layer, rule, severity), rows in _groups(table, told=told):
        word = "错误" if severity == "error" else "提醒"
        first = rows.iloc[0]
        where = first["file"] + (f" {first['sheet']}" if first["sheet"] else "")
        cells = [str(layer), str(rule), word, f"{len(rows):,}", f"{where} {first['message']}"]
        cells += ["" if pd.isna(first[EFFECT]) else str(first[EFFECT])] if told else []
        shown.add_row(*cells, style="" if severity == "error" else "dim")
    if not len(table):
        return [Text("没有发现问题。")]
    return [shown, _issues_by_county(table), issue_count(table)]


def _groups(table: pd.DataFrame, *, told: bool) -> list[tuple[Any, pd.DataFrame]]:
    """The problems by layer, rule and severity; those that change something in the table's order."""
    groups = list(table.groupby(["layer", "rule", "severity"], sort=True))
    if told:  # rows stand in the order of what matters: a group is as important as its first
        groups.sort(
            key=lambda group: (
                group[0][2] != "error",
                group[1].index[0] if group[1][EFFECT].notna().any() else len(table),
            )
        )
    return groups


def _issues_by_county(table: pd.DataFrame) -> RenderableType:
    """How many problems each county has to work through, most errors first."""
    wrong = table["severity"] == "error"
    named = table.assign(errors=wrong, warnings=~wrong)[table["county_code"] != ""]
    counts = named.groupby(["county_code", "county"])[["errors", "warnings"]].sum().reset_index()
    counts = counts.sort_values(["errors", "warnings"], ascending=False, kind="stable")
    shown = Listing(f"按县（共 {len(counts):,} 个县）" + cut(len(counts)))
    shown.heading("代码")
    shown.heading("县（市、区）", wrap=12)
    shown.heading("错误", right=True)
    shown.heading("提醒", right=True)
    columns = ["county_code", "county", "errors", "warnings"]
    for code, county, errors, warnings in (
        counts[columns].head(MANY).itertuples(index=False, name=None)
    ):
        shown.add_row(code, county, f"{errors:,}", f"{warnings:,}")
    return shown


def issue_count(table: pd.DataFrame) -> Text:
    """How many errors and warnings there are."""
    errors = int((table["severity"] == "error").sum())
    warnings = len(table) - errors
    if not len(table):
        return Text("数据检查：没有发现问题。")
    said = f"数据检查：错误 {errors:,} 条（所在行未计入），提醒 {warnings:,} 条；清单见 hbgeo check -o 文件.xlsx"
    return Text(said)


def cleaned(file: str, made: Cleaned, table: pd.DataFrame) -> list[Text]:
    """The balance of a cleaned ledger, and how many problems it has."""
    from hbgeo.show.excel.cleaned import ISSUES  # workbooks are slow to load

    balance = f"{clean_text(file)}：{made.taken:,} 行 = 写出 {len(made.rows):,} 行 + 搁置 {len(made.aside):,} 行"
    more = f"；合计、表尾等 {len(made.skipped):,} 行不是数据" if made.skipped else ""
    errors = int((table["severity"] == "error").sum())
    found = f"问题：错误 {errors:,} 条，提醒 {len(table) - errors:,} 条，见“{ISSUES}”一表。"
    return [Text(f"{balance}{more}。"), Text(found)]
