"""What a ledger does not say of itself: which column, which coordinates, which datum, which word."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from rapidfuzz import fuzz

from hbgeo.dialogue import Dialogue
from hbgeo.errors import LayerError, RequestError
from hbgeo.measure.check.choices import count_unknown, nearest_choice
from hbgeo.measure.check.datum import weigh_datums
from hbgeo.measure.locate import find_units
from hbgeo.read.catalog import Layer, column_of
from hbgeo.read.crs import transformation
from hbgeo.read.near import ask_whether
from hbgeo.read.points import NO_DATUM
from hbgeo.read.probe import Probe, without_places
from hbgeo.read.schema.axes import COORDINATES
from hbgeo.read.schema.match import heading_key, match_columns, match_headings
from hbgeo.read.schema.records import read_schema, schema_with
from hbgeo.read.schema.tidy import propose_columns
from hbgeo.read.table import LayerTable

_DATUMS = (
    ("CGCS2000", "CGCS2000：国家2000、天地图、RTK 测的"),
    ("GCJ-02", "GCJ-02：高德、腾讯地图上取的"),
    ("BD-09", "BD-09：百度地图上取的"),
    ("WGS84", "WGS84：手持 GPS、奥维、谷歌地球"),
)
_OTHER = "其他"
_LEFT = 12  # headings that a question lists


def given_columns(probe: Probe, schema: str, pairs: Mapping[str, str]) -> dict[str, str]:
    """What `--column` says: canonical column → heading; "" for none.

    Raises
    ------
    RequestError
        If there is no such column, or no such heading.
    """
    known, made = read_schema(schema), {}
    keys = {heading_key(h): h for h in probe.headings}
    for name, heading in pairs.items():
        column = column_of(name, known, {}) or (name if name in COORDINATES else "")
        if not column:
            near = ask_whether(name, {c.names[0]: c.names[0] for c in known.columns.values()})
            every = "、".join(c.names[0] for c in known.columns.values())
            raise RequestError(
                f"--column “{name}”不是{known.title}的列；{near or f'可用：{every}'}"
            )
        if heading and heading_key(heading) not in keys:
            near = ask_whether(heading, {h: h for h in probe.headings})
            have = near or f"已有：{'、'.join(probe.headings)}"
            raise RequestError(f"--column {name}={heading}：台账里没有“{heading}”列；{have}")
        made[column] = keys[heading_key(heading)] if heading else ""
    return made


def given_values(
    schema: str, pairs: Mapping[str, str], columns: Mapping[str, str]
) -> dict[tuple[str, str], str]:
    """What `--value` says: canonical column and word → the value it stands for; "" for none.

    Raises
    ------
    RequestError
        If there is no such column of choices, or no such choice.
    """
    known, made = read_schema(schema), {}
    for left, value in pairs.items():
        name, _, word = left.replace("：", ":").partition(":")
        column = known.columns.get(column_of(name, known, columns))
        if column is None or not column.choices or not word:
            every = "、".join(c.names[0] for c in known.columns.values() if c.choices)
            raise RequestError(
                f"--value “{left}={value}”应写作 列：写法=可选值；有可选值的列：{every}"
            )
        if value and value not in column.choices:
            allowed = "、".join(column.choices)
            raise RequestError(f"--value “{left}={value}”：“{value}”不在可选值 {allowed} 中")
        made[column.id, word.strip()] = value
    return made


def ask_coordinates(
    probe: Probe, schema: str, columns: Mapping[str, str], talk: Dialogue
) -> dict[str, str]:
    """Which of several sets of coordinates is meant."""
    known, made = read_schema(schema), dict(columns)
    named = {c: h for c, h in made.items() if h}
    if not {"lon", "lat"} <= known.columns.keys() or set(named) & set(COORDINATES):
        return made
    try:
        match_headings(probe.headings, known, named)
    except LayerError as err:
        if len(probe.sets) < 2:
            raise LayerError(f"{probe.path.name}：{err}") from None
        choices = []
        for at, one in enumerate(probe.sets):
            seen = "，".join("、".join(probe.examples(h, 1)) for h in one.columns.values())
            datum = f"（{one.datum}）" if one.datum else ""
            choices.append((str(at), f"{one.headings}{datum}，如 {seen}"))
        asked = f"有 {len(choices)} 套坐标，用哪一套？"
        meant = talk.pick(asked, choices, option="--column 经度=列名 --column 纬度=列名")
        made |= probe.sets[int(meant)].columns
    return made


def ask_columns(
    probe: Probe, schema: str, columns: Mapping[str, str], talk: Dialogue
) -> dict[str, str]:
    """Which heading holds each column that is expected and not found, or that one is most like."""
    known, made = read_schema(schema), dict(columns)
    named = {c: h for c, h in made.items() if h}
    found = match_columns(probe.headings, without_places(known), _of(known.columns, named))
    used = {*found.values(), *named.values(), *(h for s in probe.sets for h in s.columns.values())}
    left = [h for h in probe.headings if h not in used]
    near = propose_columns(left, known, {**found, **made})
    wanted = [c for c in known.columns.values() if c.expected or c.id in near.values()]
    wanted.sort(key=lambda c: c.id != "name")
    for column in (c for c in wanted if c.id not in {*found, *made} and left):
        order = sorted(left, key=lambda h: -max(fuzz.ratio(h, n) for n in column.names))
        choices = [(h, f"{h}（如 {'、'.join(probe.examples(h))}）") for h in order[:_LEFT]]
        asked = f"没有认出“{column.names[0]}”列，是下面哪一列？"
        option = f"--column {column.names[0]}=列名（没有这一列的，等号后面空着）"
        if meant := talk.pick(asked, choices, option=option, nothing="没有这一列"):
            made[column.id] = meant
            left.remove(meant)
    if left:
        talk.say(f"没有用到的列：{'、'.join(left)}")
    return made


def _of(columns: Mapping[str, object], named: Mapping[str, str]) -> dict[str, str]:
    return {c: h for c, h in named.items() if c in columns and c not in COORDINATES}


def find_datum(
    read: Callable[[str], LayerTable], counties: LayerTable | None, talk: Dialogue
) -> str:
    """Which coordinate system a ledger is in that says none itself; "" where it needs none.

    Parameters
    ----------
    read
        Reads it as if the catalogue said a system; "" as if it said none.

    Raises
    ------
    LayerError
        If it cannot be read for another reason.
    """
    try:
        read("")
    except LayerError as err:
        if NO_DATUM not in str(err):
            raise
        return ask_datum(read("CGCS2000"), counties, talk)
    return ""


def ask_datum(table: LayerTable, counties: LayerTable | None, talk: Dialogue) -> str:
    """Which coordinate system the numbers are in, with what they themselves suggest."""
    for line in _evidence(table, counties):
        talk.say(line)
    choices = [*_DATUMS, (_OTHER, "其他（写名称，如 CGCS2000-3GK-38、EPSG:4547）")]
    meant = talk.pick("台账没有写明坐标系，坐标是哪一种？", choices, option="--crs 坐标系")
    if meant != _OTHER:
        return meant
    return talk.text("坐标系的名称", option="--crs 坐标系", check=_wrong_crs)


def _wrong_crs(name: str) -> str:
    try:
        transformation(name)
    except LayerError as err:
        return str(err)
    return ""


def _evidence(table: LayerTable, counties: LayerTable | None) -> list[str]:
    """How many points, read as if in CGCS2000, lie in the county they name as each system."""
    frame = table.frame
    if counties is None or counties.approximate or not {"x", "county_code"} <= set(frame):
        return []
    stated = find_units(counties.frame, frame["county_code"])
    usable = np.flatnonzero((stated >= 0) & frame["x"].notna())[:20_000]
    if not len(usable):
        return []
    x, y = (frame[c].to_numpy(float)[usable] for c in ("x", "y"))
    weighed = weigh_datums(x, y, stated[usable], counties.frame)
    told = "，".join(f"按 {e.crs} 有 {100 * e.share:.1f}%" for e in weighed)
    said = [f"{len(usable):,} 个点落在所写的县里的：{told}"]
    best = max(weighed, key=lambda e: e.share)
    if sum(e.share == best.share for e in weighed) > 1:
        said.append("从这些点看不出是哪一种，请问提供数据的人。")
    else:
        said.append(f"这些点更像 {best.crs}，请核实后再选。")
    return said


def ask_values(
    table: LayerTable, layer: Layer, given: Mapping[tuple[str, str], str], talk: Dialogue
) -> dict[str, dict[str, str]]:
    """What the words stand for that a column of choices does not know: column → word → value."""
    made: dict[str, dict[str, str]] = {}
    schema = schema_with(layer.schema, layer.own_words)
    counts = count_unknown(table.issues, layer)
    for (name, word), rows in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        column = schema.columns[name]
        value = given.get((name, word))
        if value is None:
            near = nearest_choice(word, column)
            choices = [(v, f"{v}（最相近）" if v == near else v) for v in column.choices]
            heading = column.names[0]
            asked = f"“{heading}”有 {rows:,} 行写“{word}”，是哪一种？"
            option = f"--value {heading}：{word}=可选值（不对应的，等号后面空着）"
            value = talk.pick(asked, choices, option=option, nothing="都不是，这些行不计入")
        if value:
            made.setdefault(name, {})[word] = value
    return made
