"""Problems inside the rows of a ledger: dates and numbers that cannot be, and rows said twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from hbgeo.read.columns import Issue, Mask, Notes, Schema
from hbgeo.read.datum import GEOD

TWICE_M = 100.0  # two rows of one name this near each other may be one facility
ASHES_SINGLE_M2, ASHES_DOUBLE_M2 = 0.5, 0.8  # Hubei's rule of 2020 for a grave of ashes

_ORDER = (  # earlier, later: what must not come after what
    ("approved_on", "opened_on"),
    ("completed_on", "opened_on"),
    ("opened_on", "closed_on"),
    ("installed_on", "checked_on"),
)
_PARTS = (
    ("plots_used", "plots_total"),
    ("beds_nursing", "beds"),
    ("population_60", "population"),
    ("population_65", "population_60"),
)
_NOT_YET = ("规划", "在建", "建成未启用", "待设")
_REPEATED = {"路牌", "街牌", "巷牌", "门牌", "导向", "界桩"}  # signs that stand in rows by nature
_ENGLISH = re.compile(
    r"(?i)\b(road|street|town|village|avenue|lane|rd|st|ave|district|county|township)\b\.?"
)
_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvvnnnm")
_ROMAN = re.compile(r"[A-Za-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿĀÁǍÀĒÉĚÈŌÓǑÒ0-9'’‘()\uff08\uff09\-\s]*")
_LOCAL = {"埫": ("tang",), "垱": ("dang",), "剅": ("lou",), "簰": ("pai",)}  # as spoken in Hubei


def check_rows(frame: pd.DataFrame, schema: Schema, layer: str, as_of: date) -> list[Issue]:
    """List what cannot be right in the rows that count; none of them is put aside for it.

    Parameters
    ----------
    frame
        A layer's tied rows, with `file`, `sheet`, `row`.
    as_of
        The date figures hold for.

    Returns
    -------
    issues
        Warnings: E13 dates in the wrong order, E14 numbers that cannot be, W04 likely the same
        facility twice, W05 a state that its dates contradict, W07 romanisation, W08 characters
        that GBK cannot hold, W10 graves larger than Hubei allows.
    """
    rows = frame.reset_index()
    notes = Notes(layer, rows, schema)
    _dates(rows, notes)
    _numbers(rows, notes)
    _states(rows, notes, pd.Timestamp(as_of))
    _graves(rows, notes)
    _twice(rows, notes)
    _romanisation(rows, notes)
    _rare_characters(rows, notes)
    return notes.issues


def _warn(notes: Notes, wrong: Mask, cells: pd.Series, said: str, rule: str, fix: str) -> None:
    notes.cells(wrong, cells, lambda _: said, rule=rule, fix=fix, severity="warning")


def _dates(rows: pd.DataFrame, notes: Notes) -> None:
    for early, late in _ORDER:
        if early not in rows or late not in rows:
            continue
        first, last = _bound(rows, early, notes, last=False), _bound(rows, late, notes, last=True)
        names = [notes.schema.heading(c) for c in (early, late)]
        cells = rows[late].dt.strftime("%Y-%m-%d").rename(names[1])
        said = f"“{names[1]}”早于“{names[0]}”"
        _warn(notes, (first > last).to_numpy(), cells, said, "E13", "核对两个日期")


def _bound(rows: pd.DataFrame, column: str, notes: Notes, *, last: bool) -> pd.Series:
    """The first or last day a date may mean: a year alone is any day of it."""
    days = rows[column]
    precise = rows.get(f"{column}_precision")
    if precise is None:
        return days
    known = notes.schema.columns.get(column)
    is_last = known is None or known.bound != "start"
    if is_last == last:
        return days
    year, month = (precise == "year").to_numpy(), (precise == "month").to_numpy()
    moved = days.copy()
    for mark, unit in ((year, "Y"), (month, "M")):
        period = days[mark].dt.to_period(unit)
        moved[mark] = (period.dt.end_time if last else period.dt.start_time).dt.normalize()
    return moved


def _numbers(rows: pd.DataFrame, notes: Notes) -> None:
    for part, whole in _PARTS:
        if part in rows and whole in rows:
            names = [notes.schema.heading(c) for c in (part, whole)]
            cells = rows[part].map("{:g}".format).rename(names[0])
            said = f"“{names[0]}”大于“{names[1]}”"
            _warn(notes, (rows[part] > rows[whole]).to_numpy(), cells, said, "E14", "核对两个数")
    for column in notes.schema.columns.values():
        if column.type in {"number", "area"} and column.id in rows:
            wrong = (rows[column.id] < 0).to_numpy()
            name = notes.schema.heading(column.id)
            cells = rows[column.id].map("{:g}".format).rename(name)
            _warn(notes, wrong, cells, f"“{name}”是负数", "E14", "核对该数")


def _states(rows: pd.DataFrame, notes: Notes, as_of: pd.Timestamp) -> None:
    counting = notes.schema.counting
    if counting is None or counting.column not in rows or counting.since not in rows:
        return
    states, since = rows[counting.column], rows[counting.since]
    state, day = notes.schema.heading(counting.column), notes.schema.heading(counting.since)
    cells = states.rename(state)
    early = states.isin(_NOT_YET) & since.notna() & (since <= as_of)
    fix = "核对状态与时间"
    say = lambda v: f"状态“{v}”却有{day}"  # noqa: E731
    notes.cells(early.to_numpy(), cells, say, rule="W05", fix=fix, severity="warning")
    works = states.isin(counting.states)
    late = (works & (since > as_of)).to_numpy()
    say = lambda v: f"状态“{v}”而{day}晚于截止日期 {as_of.date()},不计入"  # noqa: E731
    notes.cells(late, cells, say, rule="E13", fix=fix, severity="warning")
    if not counting.include_undated:
        undated = (works & since.isna()).to_numpy()
        say = lambda v: f"状态“{v}”却无{day},不计入"  # noqa: E731
        notes.cells(undated, cells, say, rule="W05", fix=f"补填{day}", severity="warning")


def _graves(rows: pd.DataFrame, notes: Notes) -> None:
    for column, most in (("single_m2", ASHES_SINGLE_M2), ("double_m2", ASHES_DOUBLE_M2)):
        if column in rows:
            name = notes.schema.heading(column)
            cells = rows[column].map("{:g}".format).rename(name)
            said = f"“{name}”超过骨灰墓位上限 {most:g} 平方米(湖北 2020 年规定)"
            fix = "土葬墓区不适用此上限;骨灰墓位请核对"
            _warn(notes, (rows[column] > most).to_numpy(), cells, said, "W10", fix)


def _twice(rows: pd.DataFrame, notes: Notes) -> None:
    """Rows of one name within 100 m: each is told of its nearest twin above it."""
    if "name" not in rows or "x" not in rows:
        return
    kinds = rows.get("kind", pd.Series("", rows.index))
    once = rows["x"].notna() & (rows["name"] != "") & ~kinds.isin(_REPEATED)
    once &= (rows["name"].map(rows.loc[once, "name"].value_counts()) > 1).to_numpy()
    at = np.flatnonzero(once)
    for i, j, metres in _near_pairs(rows, at):
        first = rows.iloc[i]
        where = _where(first, rows.iloc[j])
        said = f"与{where}“{first['name']}”同名,相距 {metres:.0f} 米,疑似重复设施"
        what = ("W04", said, "确为同一设施的请删去一行")
        _one(notes, rows, j, "名称", first["name"], what)


def _near_pairs(rows: pd.DataFrame, at: NDArray[np.int64]) -> Iterator[tuple[int, int, float]]:
    if len(at) < 2:
        return
    names = pd.factorize(rows["name"].to_numpy()[at])[0]
    x, y = rows["x"].to_numpy()[at], rows["y"].to_numpy()[at]
    lon, lat = np.radians(x), np.radians(y)
    globe = 6.38e6 * np.column_stack(
        [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat), names]
    )  # a sphere of the largest radius misses no pair; names stand far apart
    _, near = cKDTree(globe).query(globe, k=2, distance_upper_bound=TWICE_M * 1.01)
    own = np.arange(len(at))
    other = np.where(near[:, 0] == own, near[:, 1], near[:, 0])
    pairs = {(min(i, j), max(i, j)) for i, j in zip(own, other, strict=True) if j < len(at)}
    for i, j in sorted(pairs):
        exact = GEOD.inv(x[i], y[i], x[j], y[j])[2]
        if exact <= TWICE_M:
            yield int(at[i]), int(at[j]), float(exact)


def _where(first: pd.Series, other: pd.Series) -> str:
    """Where the first row stands, as seen from the other: file and sheet only where they differ."""
    parts = [first["file"]] if first["file"] != other["file"] else []
    parts += [first["sheet"]] if parts or first["sheet"] != other["sheet"] else []
    return "".join(f"{p} " for p in parts if p) + f"第{first['row']}行"


def _one(
    notes: Notes, rows: pd.DataFrame, i: int, column: str, value: str, what: tuple[str, str, str]
) -> None:
    row = rows.iloc[i]
    where = (notes.layer, row["file"], row["sheet"], int(row["row"]), column, str(value))
    rule, said, fix = what
    notes.issues.append(Issue(*where, rule, "warning", f"第{row['row']}行 {said}", fix))


def _romanisation(rows: pd.DataFrame, notes: Notes) -> None:
    if "roman" not in rows or "name" not in rows:
        return
    pairs = rows[["name", "roman"]].drop_duplicates()
    pairs = pairs[pairs["roman"] != ""]
    wrong = {
        (n, r): said
        for n, r in zip(pairs["name"], pairs["roman"], strict=True)
        if (said := tell_romanisation(n, r))
    }
    if not wrong:
        return
    keys = pd.MultiIndex.from_frame(rows[["name", "roman"]])
    for reason in sorted(set(wrong.values())):
        mine = keys.isin([k for k, v in wrong.items() if v == reason])
        cells = rows["roman"].rename(notes.schema.heading("roman"))
        say = lambda v, r=reason: f"拼写“{v}”{r}"  # noqa: E731
        fix = "由地名主管部门核定读音;通名用汉语拼音"
        notes.cells(mine, cells, say, rule="W07", fix=fix, severity="warning")


def tell_romanisation(name: str, roman: str) -> str:
    """Say what is wrong with a romanised name; "" if nothing is.

    Tones and word division are not judged (practice differs); every reading a character has is
    accepted, for local readings are decided by the place-name authority.
    """
    if found := _ENGLISH.search(roman):
        return f"含英文通名“{found[0]}”"
    if not _ROMAN.fullmatch(roman):
        return "含有汉语拼音以外的字符"
    letters = re.sub(r"[^a-z]", "", roman.lower().translate(_TONES))
    hanzi = [c for c in name if "\u4e00" <= c <= "\u9fff" or ord(c) > 0x20000]
    if not letters or not hanzi or len(hanzi) > 40 or _reads(letters, tuple(hanzi)):
        return ""
    return "与读音不一致"


def _reads(letters: str, hanzi: tuple[str, ...]) -> bool:
    """Whether the letters are some reading of the characters, one after the other."""
    ends = {0}
    for char in hanzi:
        options = _readings(char)
        if not options:
            return True  # a character no dictionary knows is not judged
        ends = {e + len(o) for e in ends for o in options if letters.startswith(o, e)}
        if not ends:
            return False
    return len(letters) in ends


@lru_cache(maxsize=20_000)
def _readings(char: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin

    found = pinyin(char, heteronym=True, style=Style.NORMAL, errors="ignore")
    known = {*(found[0] if found else ()), *_LOCAL.get(char, ())} - {""}
    return tuple(sorted(known | {k.replace("v", "yu") for k in known} | {k.replace("v", "u") for k in known}))  # fmt: skip


def _rare_characters(rows: pd.DataFrame, notes: Notes) -> None:
    """Name each text that GBK cannot hold once, with the first row it stands in."""
    for column in notes.schema.columns.values():
        if column.id not in rows or not isinstance(rows[column.id].dtype, pd.StringDtype):
            continue
        firsts = rows[column.id].drop_duplicates()
        whole = "".join(firsts.tolist())
        if _in_gbk(whole):  # nearly always: one look at all of them
            continue
        rare = [c for c in sorted(set(whole)) if not _in_gbk(c)]
        firsts = firsts[firsts.str.contains(f"[{re.escape(''.join(rare))}]").to_numpy(bool)]
        heading = notes.schema.heading(column.id)
        for i, text in firsts.items():
            which = "、".join(f"“{c}”(U+{ord(c):04X})" for c in rare if c in text)
            said = f"{which}不在 GBK 中,旧版 shp、Excel 可能变成“?”"
            _one(
                notes,
                rows,
                rows.index.get_loc(i),
                heading,
                text,
                ("W08", said, "用 UTF-8 或 GB18030 保存"),
            )


def _in_gbk(text: str) -> bool:
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True
