"""Units and places with their parents, and every other layer's rows tied to the units they name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hbgeo.errors import LayerError
from hbgeo.read import datum
from hbgeo.read.catalog import LEVEL_NAMES, Layer
from hbgeo.read.divisions import (
    DIGITS,
    fit_code,
    is_zone,
    kind_of,
    prefecture_code,
    province_code,
)
from hbgeo.read.divisions.lists import has_list, names_of
from hbgeo.read.divisions.register import Found, Naming, Register
from hbgeo.read.schema import PROVENANCE, Issue, Notes, Tidy, read_schema

PARENT_COLUMNS = ["county_code", "county", "prefecture_code", "prefecture"]
PARENT_COLUMNS += ["province_code", "province"]
SENDER_COLUMNS = [*PROVENANCE, "county_code"]
_NAMING = ["county_code", "county", "township_code", "township", "village_code", "village"]


@dataclass(frozen=True)
class Tied:
    """A layer whose rows know their units; `apart` counts places that have no parent unit.

    `senders` says which county each row names, those put aside among them: `file`, `sheet`,
    `row`, `county_code`; its problems go back there.
    """

    frame: pd.DataFrame
    issues: tuple[Issue, ...]
    aside: int = 0
    apart: int = 0
    senders: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=SENDER_COLUMNS))


def make_units(made: Tidy, layer: Layer, counties: pd.DataFrame | None) -> Tied:
    """Turn tidy polygons into units indexed by code, with their parents' codes and names.

    Parameters
    ----------
    counties
        The county units, for townships; their names and prefectures go before the file's own.

    Raises
    ------
    LayerError
        If a row has no code or name, or one code stands for two names: the denominator would
        be wrong without a word.
    """
    frame = made.frame.copy()
    for column in ("code", "name"):
        if column not in frame:
            heading = read_schema(layer.schema).heading(column)
            raise LayerError(f"[{layer.key}] 没有“{heading}”列;可在 columns 中指明")
    _refuse_rows(made.aside, layer, "代码或类型有误")
    _refuse_rows(frame[(frame["code"] == "") | (frame["name"] == "")], layer, "代码或名称为空")
    frame["code"] = [fit_code(c, layer.level) for c in frame["code"]]
    wrong = frame["code"].str.len() != _digits(layer.level)
    _refuse_rows(frame[wrong], layer, f"代码应为 {_digits(layer.level)} 位数字")
    notes = Notes(layer.key, frame, read_schema(layer.schema))
    frame["geometry"] = _valid(frame, notes)
    frame = _merge_parts(frame, layer).set_index("code").sort_index()
    _add_kinds(frame, layer.level)
    _add_parents(frame, layer, counties, notes)
    frame = gpd.GeoDataFrame(frame, geometry="geometry", crs=datum.CGCS2000)
    return Tied(frame, (*made.issues, *notes.issues))


def make_places(made: Tidy, layer: Layer, register: Register, *, same_scheme: bool) -> Tied:
    """Attach places to their township by county and normalised name, or by code in one scheme.

    Places without a parent (functional zones, unknown names) are kept apart and counted, and
    said once a township name.
    """
    frame = made.frame.copy()
    schema = read_schema(layer.schema)
    notes = Notes(layer.key, frame, schema)
    frame["code"] = [fit_code(c, "village") for c in frame.get("code", _blank(frame))]
    nameless = frame.get("name", _blank(frame)) == ""
    codeless = frame["code"] == ""
    _note_missing(frame, nameless, codeless, notes)
    found = _look_up(frame, register, codes=same_scheme, level="township")
    frame["county_code"] = [f.county for f in found]
    frame["stated_township"] = frame.get("township", _blank(frame))
    frame["township_code"] = [f.township for f in found]
    frame["township"] = [register.name("township", f.township) for f in found]
    if "kind" not in frame:
        frame["kind"] = ""
    blank = frame["kind"] == ""
    frame.loc[blank, "kind"] = [kind_of(n, "village") for n in frame.loc[blank, "name"]]
    twice = frame["code"].duplicated() & ~codeless
    notes.cells(
        twice.to_numpy(),
        frame["code"],
        lambda v: f"编号{v}重复,只计第一行",
        rule="E12",
        fix="删去重复行",
    )
    keep = ~(nameless | codeless | twice)
    apart = keep & (frame["township_code"] == "")
    told = pd.Series(
        [f.problems[0] if f.problems else None for f in found], frame.index, dtype=object
    )
    _note_apart(frame[apart], told, notes)
    _note_attached(frame[keep & ~apart], told, notes)
    frame = frame[keep & ~apart].set_index("code").sort_index()
    aside = len(made.aside) + int((~keep).sum())
    issues = (*made.issues, *notes.issues)
    return Tied(frame, issues, aside, int(apart.sum()), _senders(made, register, found))


def tie_facilities(made: Tidy, layer: Layer, register: Register, *, same_scheme: bool) -> Tied:
    """Give every facility an id and the codes of the units its row names and serves.

    Returns
    -------
    tied
        `frame` indexed by id; `county_code`, `township_code`, `village_code` are "" where the
        row names none; `served` is a tuple of codes of any level. Rows that name a unit wrongly,
        repeat an id or have no place are put aside.
    """
    frame = made.frame.copy()
    schema = read_schema(layer.schema)
    notes = Notes(layer.key, frame, schema)
    found = _look_up(frame, register, codes=same_scheme, level="village")
    _note_problems(frame, found, notes)
    for level in ("county", "township", "village"):
        frame[f"{level}_code"] = [getattr(f, level) for f in found]
    frame["served"] = _served(frame, found, register, notes)
    frame["id"] = _ids(frame, layer)
    wrong = np.array([f.wrong for f in found], dtype=bool)
    placeless = frame["x"].isna() & (frame["county_code"] == "") & (frame["township_code"] == "")
    placeless = (placeless & (frame["village_code"] == "")).to_numpy() & ~wrong
    names = frame.get("name", _blank(frame)).rename("名称")
    notes.cells(
        placeless,
        names,
        lambda _: "既无坐标也无所在单元,无法定位",
        rule="E17",
        fix="补填坐标或所在县、乡镇",
    )
    twice = frame["id"].duplicated().to_numpy() & ~wrong & ~placeless
    _note_twice(frame, twice, notes)
    bad = wrong | placeless | twice
    tied = frame[~bad].set_index("id")
    aside = len(made.aside) + int(bad.sum())
    issues = (*made.issues, *notes.issues)
    return Tied(tied, issues, aside, senders=_senders(made, register, found))


def tie_table(made: Tidy, layer: Layer, register: Register, *, same_scheme: bool) -> Tied:
    """Tie the rows of a table to the units of its level, by code and name or county and name.

    Returns
    -------
    tied
        `frame` with `unit_code`; rows that name no unit are put aside and said.
    """
    frame = made.frame.copy()
    notes = Notes(layer.key, frame, read_schema(layer.schema))
    found = _look_up(_as_naming(frame, layer.level), register, codes=same_scheme, level=layer.level)
    _note_problems(frame, found, notes)
    frame["unit_code"] = [getattr(f, layer.level, "") for f in found]
    bad = (frame["unit_code"] == "").to_numpy()
    silent = bad & ~np.array([bool(f.problems) for f in found], dtype=bool)
    names = frame.get("name", _blank(frame)).rename("名称")
    what = LEVEL_NAMES[layer.level]
    notes.cells(
        silent, names, lambda v: f"“{v}”没有对应到{what}", rule="E06", fix="补填代码,或县与名称"
    )
    aside = len(made.aside) + int(bad.sum())
    issues = (*made.issues, *notes.issues)
    senders = _senders(made, register, found)
    return Tied(frame[~bad], issues, aside, senders=senders)


def _senders(made: Tidy, register: Register, found: Sequence[Found]) -> pd.DataFrame:
    """The county each row names, by its own words: also of rows that are wrong otherwise."""
    known = made.frame[PROVENANCE].assign(county_code=[f.county for f in found])
    unknown = pd.concat([made.frame[(known["county_code"] == "").to_numpy()], made.aside])
    words = _look_up(unknown, register, codes=True, level="county")
    asked = unknown[PROVENANCE].assign(county_code=[f.county for f in words])
    return pd.concat([known[known["county_code"] != ""], asked])


def _digits(level: str) -> int:
    return 6 if level in {"province", "prefecture"} else DIGITS[level]


def _blank(frame: pd.DataFrame) -> pd.Series:
    return pd.Series("", frame.index, dtype="str")


def _refuse_rows(rows: pd.DataFrame, layer: Layer, why: str) -> None:
    if len(rows):
        file, sheet, row = rows.iloc[0][PROVENANCE]
        at = f"{file}{f' {sheet}' if sheet else ''} 第{row}行"
        many = f"(共 {len(rows)} 行)" if len(rows) > 1 else ""
        raise LayerError(
            f"{at}:{LEVEL_NAMES[layer.level]}图层 [{layer.key}] {why}{many};分母会因此出错,请先改正"
        )


def _valid(frame: pd.DataFrame, notes: Notes) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Mend invalid rings, and say so; a unit without a shape stays a unit."""
    shapes = frame["geometry"].to_numpy()
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    bad = ~missing & ~shapely.is_valid(shapes)
    names = frame["name"].rename("名称")
    notes.cells(
        missing,
        names,
        lambda v: f"“{v}”没有边界,只能按名称计算",
        rule="W09",
        fix="补充边界",
        severity="warning",
    )
    notes.cells(
        bad,
        names,
        lambda v: f"“{v}”的边界自相交,已修正",
        rule="W09",
        fix="修正边界",
        severity="warning",
    )
    mended = shapely.make_valid(shapes[bad], method="structure", keep_collapsed=False)
    shapes = shapes.copy()
    shapes[bad] = mended
    shapes[missing] = shapely.Polygon()
    kinds = shapely.get_type_id(shapes)
    if not set(np.unique(kinds).tolist()) <= {3, 6}:  # polygons and multipolygons
        first = frame.iloc[int(np.flatnonzero(~np.isin(kinds, (3, 6)))[0])]
        raise LayerError(f"{first['file']} 第{first['row']}行:单元图层应为面图层")
    return np.asarray(shapes)


def _merge_parts(frame: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    """Make one unit of the rows that share a code: enclaves often come as rows of their own."""
    twice = frame["code"].duplicated(keep=False)
    if not twice.any():
        return frame
    names = frame[twice].groupby("code")["name"].nunique()
    for code in names.index[names > 1]:
        both = frame[frame["code"] == code]
        said = "、".join(both["name"])
        raise LayerError(
            f"{both['file'].iloc[0]}:[{layer.key}] 代码 {code} 重复,名称不同({said});请先改正"
        )
    merged = frame[twice].groupby("code")["geometry"].agg(lambda g: shapely.union_all(g.to_numpy()))
    first = frame.drop_duplicates("code").copy()
    first["geometry"] = (
        first["code"].map(merged).where(first["code"].isin(merged.index), first["geometry"])
    )
    return first


def _add_kinds(frame: pd.DataFrame, level: str) -> None:
    if "kind" not in frame:
        frame["kind"] = ""
    blank = frame["kind"] == ""
    frame.loc[blank, "kind"] = [kind_of(n, level) for n in frame.loc[blank, "name"]]


def _add_parents(
    frame: pd.DataFrame, layer: Layer, counties: pd.DataFrame | None, notes: Notes
) -> None:
    """Codes and names of county, prefecture and province; those of the county layer go first."""
    codes = frame.index.to_series()
    if layer.level == "county":
        frame["county_code"], frame["county"] = frame.index, frame["name"]
    else:
        stated = frame.get("county_code", _blank(frame))
        stated = pd.Series([fit_code(c, "county") for c in stated], frame.index, dtype="str")
        frame["county_code"] = stated.where(stated != "", codes.str[:6])
    county = frame["county_code"]
    own = {
        "county": _blank(frame),
        "prefecture_code": county.map(prefecture_code),
        "prefecture": _blank(frame),
        "province_code": county.map(province_code),
        "province": _blank(frame),
    }
    for column, default in own.items():
        values = frame.get(column, _blank(frame))
        if column.endswith("_code"):
            values = default  # computed: the same rule for every layer
        if counties is not None and layer.level != "county":
            known = county.map(counties[column]) if column in counties else _blank(frame)
            values = known.where(known.notna() & (known != ""), values)
        frame[column] = values
    _name_parents(frame, layer)
    direct = frame["prefecture_code"] == county  # run by the province: its own prefecture
    frame["prefecture"] = frame["prefecture"].where(~direct, frame["county"]).fillna("")
    if counties is not None and layer.level == "township":
        lost = ~county.isin(counties.index)
        say = lambda v: f"上级代码{v}不在县级图层中"  # noqa: E731
        part = Notes(layer.key, frame, notes.schema)
        part.cells(
            lost.to_numpy(), county.rename("县代码"), say, rule="E03", fix="核对县代码与 scheme"
        )
        notes.issues.extend(part.issues)


def _name_parents(frame: pd.DataFrame, layer: Layer) -> None:
    """Name the parents that no file names, from the shipped list of the layer's code scheme."""
    if not has_list(layer.scheme):
        return
    for level in ("province", "prefecture", "county"):
        blank = frame[level] == ""
        if blank.any():
            named = frame.loc[blank, f"{level}_code"].map(names_of(layer.scheme, level))
            frame.loc[blank, level] = named.fillna("")


def _look_up(frame: pd.DataFrame, register: Register, *, codes: bool, level: str) -> list[Found]:
    """Look every distinct naming up once."""
    upto = {"county": 2, "township": 4, "village": 6}[level]
    blank = [""] * len(frame)
    columns = [  # lists: going through a text column cell by cell is slow
        frame[c].tolist() if c in _NAMING[:upto] and c in frame else blank for c in _NAMING
    ]
    known: dict[tuple[str, ...], Found] = {}
    made = []
    for key in zip(*columns, strict=True):
        if key not in known:
            known[key] = register.look_up(Naming(*key), codes=codes)
        made.append(known[key])
    return made


def _as_naming(frame: pd.DataFrame, level: str) -> pd.DataFrame:
    """A table's `code` and `name` are those of its level."""
    own = {
        f"{level}_code": frame.get("code", _blank(frame)),
        level: frame.get("name", _blank(frame)),
    }
    return frame.assign(**own)


def _note_problems(frame: pd.DataFrame, found: list[Found], notes: Notes) -> None:
    schema = notes.schema
    for i in [i for i, one in enumerate(found) if one.problems]:
        file, sheet, row = frame.iloc[i][PROVENANCE]
        for p in found[i].problems:
            where = (notes.layer, file, sheet, int(row), schema.heading(p.column), p.value)
            notes.issues.append(Issue(*where, p.rule, p.severity, f"第{row}行 {p.message}", p.fix))


def _served(
    frame: pd.DataFrame, found: list[Found], register: Register, notes: Notes
) -> list[tuple[str, ...]]:
    texts = frame.get("served", _blank(frame))
    served: list[tuple[str, ...]] = []
    missed = np.zeros(len(frame), bool)
    known: dict[tuple[str, Found], tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for i, (text, one) in enumerate(zip(texts.tolist(), found, strict=True)):
        if not text:
            served.append(())
            continue
        key = (text, one)
        if key not in known:
            known[key] = register.serve(text, one)
        codes, unknown = known[key]
        served.append(codes)
        missed[i] = bool(unknown)
    say = lambda v: f"服务范围“{v}”有未能识别为村、乡镇或县的部分,该部分不计入服务覆盖"  # noqa: E731
    fix = "写标准名称,以顿号分隔;或写 全县、全镇"
    notes.cells(missed, texts.rename("服务范围"), say, rule="W06", fix=fix, severity="warning")
    return served


def _ids(frame: pd.DataFrame, layer: Layer) -> pd.Series:
    """The row's own id; a row without one is named by where it stands."""
    own = frame.get("id", _blank(frame))
    place = frame["file"] + frame["sheet"].map(lambda s: f"/{s}" if s else "")
    made = f"{layer.key}:" + place + "#" + frame["row"].astype("str")
    return own.where(own != "", made)


def _note_twice(
    frame: pd.DataFrame, twice: np.ndarray[tuple[int], np.dtype[np.bool_]], notes: Notes
) -> None:
    first = frame.drop_duplicates("id").set_index("id")["row"]
    ids = frame["id"].rename("编号")
    say = lambda v: f"编号{v}重复(首见于第{first.get(v, '?')}行),只计第一行"  # noqa: E731
    notes.cells(twice, ids, say, rule="E12", fix="改正编号,或删去重复行")


def _note_missing(
    frame: pd.DataFrame, nameless: pd.Series, codeless: pd.Series, notes: Notes
) -> None:
    names = frame.get("name", _blank(frame)).rename("名称")
    lacking = (nameless | codeless).to_numpy()
    notes.cells(lacking, names, lambda v: f"村(社区)“{v}”缺少代码或名称", rule="E02", fix="补填")


def _note_apart(apart: pd.DataFrame, told: pd.Series, notes: Notes) -> None:
    """One line a township name, not one a village; functional zones apart from names unknown."""
    zone = pd.Series([_in_zone(c) for c in apart["code"]], apart.index, dtype=bool)
    for (where, name, zonal), rows in _by_township(apart, zone):
        if zonal:
            rule, said = "W11", f"{where}“{name}”是功能区,其 {len(rows)} 个村(社区)单列、不计入合计"
            fix = "要计入时,请把所属乡镇改为功能区所在的法定乡镇(街道)"
        else:
            problem = told[rows.index[0]]
            why = problem.message if problem else "没有写所属乡镇"
            rule, said = "W20", f"{why};其 {len(rows)} 个村(社区)单列、不计入合计"
            fix = "改为现行标准名称;旧名可写入 layers/changes.csv,别名可写入 layers/aliases.csv"
        notes.issues.append(_of_township(rows, notes, str(where), str(name), (rule, said, fix)))


def _note_attached(kept: pd.DataFrame, told: pd.Series, notes: Notes) -> None:
    """Places attached by an old name, or by a name alone where their county is no county; once each."""
    some = kept[told[kept.index].notna().to_numpy()]
    for (where, name, _), rows in _by_township(some, pd.Series(data=False, index=some.index)):
        problem = told[rows.index[0]]
        what = (problem.rule, problem.message, problem.fix)
        if problem.severity == "error":
            code, to = rows.iloc[0][["township_code", "township"]]
            said = f"{problem.message};“{name}”别处没有同名,{len(rows)} 个村(社区)归到 {code} {to}"
            what = ("W20", said, "核对归属;所在县应为法定的县(市、区)")
        notes.issues.append(_of_township(rows, notes, str(where), str(name), what))


def _by_township(
    places: pd.DataFrame, mark: pd.Series
) -> Iterable[tuple[tuple[str, str, bool], pd.DataFrame]]:
    county = places.get("county", _blank(places))
    groups = places.groupby([county, places["stated_township"], mark], sort=True)
    return ((key, rows) for key, rows in groups)


def _of_township(
    rows: pd.DataFrame, notes: Notes, county: str, name: str, what: tuple[str, str, str]
) -> Issue:
    file, sheet, row = rows.iloc[0][PROVENANCE]
    rule, said, fix = what
    at = (notes.layer, file, sheet, int(row), "所属乡镇", name)
    return Issue(*at, rule, "warning", said, fix, county=county)


def _in_zone(village_code: str) -> bool:
    """Whether a village's code lies in what works like a county or township and is none."""
    levels = (("county", 6), ("township", 9))
    return any(is_zone(village_code[:n], level) for level, n in levels)
