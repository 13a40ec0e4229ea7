"""Polygons → units indexed by code, with their parents' codes and names."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hbgeo.errors import LayerError
from hbgeo.read.catalog import LEVEL_NAMES, Layer
from hbgeo.read.crs import CGCS2000
from hbgeo.read.divisions import DIGITS, fit_code, kind_of, prefecture_code, province_code
from hbgeo.read.divisions.lists import has_list, names_of
from hbgeo.read.issues import PROVENANCE, Notes
from hbgeo.read.schema.records import read_schema
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.shapes import union_of
from hbgeo.read.table import LayerTable, of_layer
from hbgeo.read.units.naming import blank_texts


def make_units(made: Tidy, layer: Layer, counties: pd.DataFrame | None) -> LayerTable:
    """Turn tidy polygons into units indexed by code, with their parents' codes and names.

    Parameters
    ----------
    counties
        The county units, for all but counties themselves; their names and prefectures go before
        the file's own.

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
            raise LayerError(f"[{layer.key}] 没有“{heading}”列；可在 columns 中指明")
    _refuse_rows(made.aside, layer, "代码或类型有误")
    _refuse_rows(frame[(frame["code"] == "") | (frame["name"] == "")], layer, "代码或名称为空")
    codes = [fit_code(c, layer.level) for c in frame["code"].tolist()]
    frame["code"] = pd.Series(codes, frame.index, dtype="str")
    wrong = frame["code"].str.len() != _digits(layer.level)
    _refuse_rows(frame[wrong], layer, f"代码应为 {_digits(layer.level)} 位数字")
    notes = Notes(layer.key, frame, read_schema(layer.schema))
    frame["geometry"] = _valid(frame, notes)
    frame = _merge_parts(frame, layer).set_index("code").sort_index()
    add_kinds(frame, layer.level)
    _add_parents(frame, layer, counties, notes)
    frame = gpd.GeoDataFrame(frame, geometry="geometry", crs=CGCS2000)
    return of_layer(layer, frame, (*made.issues, *notes.issues))


def _digits(level: str) -> int:
    return 6 if level in {"province", "prefecture"} else DIGITS[level]


def _refuse_rows(rows: pd.DataFrame, layer: Layer, why: str) -> None:
    if len(rows):
        file, sheet, row = rows.iloc[0][PROVENANCE]
        at = f"{file}{f' {sheet}' if sheet else ''} 第{row}行"
        many = f"（共 {len(rows)} 行）" if len(rows) > 1 else ""
        raise LayerError(
            f"{at}：{LEVEL_NAMES[layer.level]}图层 [{layer.key}] {why}{many}；分母会因此出错，请先改正"
        )


def _valid(frame: pd.DataFrame, notes: Notes) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Mend invalid rings, and say so; a unit without a shape stays a unit."""
    shapes = frame["geometry"].to_numpy().copy()
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    bad = ~missing & ~shapely.is_valid(shapes)
    shapes[bad] = shapely.make_valid(shapes[bad], method="structure", keep_collapsed=False)
    flat = bad & shapely.is_empty(shapes)
    whole = frame["code"].isin(frame["code"][~missing & ~flat]).to_numpy()
    names = frame["name"].rename("名称")
    for rows, what in ((missing, "没有边界"), (flat, "的边界没有面积")):
        for here, how in ((~whole, "只能按名称计算"), (whole, "按同一代码其他行的边界计算")):
            said = f"“{{}}”{what}，{how}"
            notes.cells(rows & here, names, said.format, rule="W09", fix="补充边界")
    missing, bad = missing | flat, bad & ~flat
    say = lambda v: f"“{v}”的边界自相交，已修正"  # noqa: E731
    notes.cells(bad, names, say, rule="W09", fix="修正边界", severity="warning")
    shapes[missing] = shapely.Polygon()
    kinds = shapely.get_type_id(shapes)
    if not set(np.unique(kinds).tolist()) <= {3, 6}:  # polygons and multipolygons
        first = frame.iloc[int(np.flatnonzero(~np.isin(kinds, (3, 6)))[0])]
        raise LayerError(f"{first['file']} 第{first['row']}行：单元图层应为面图层")
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
            f"{both['file'].iloc[0]}：[{layer.key}] 代码 {code} 重复，名称不同（{said}）；请先改正"
        )
    merged = frame[twice].groupby("code")["geometry"].agg(union_of)
    first = frame.drop_duplicates("code").copy()
    first["geometry"] = (
        first["code"].map(merged).where(first["code"].isin(merged.index), first["geometry"])
    )
    return first


def add_kinds(frame: pd.DataFrame, level: str) -> None:
    """Fill in the kinds that a layer leaves blank, by the endings of the names."""
    if "kind" not in frame:
        frame["kind"] = blank_texts(frame)
    blank = (frame["kind"] == "").to_numpy()
    if blank.any():
        frame.loc[blank, "kind"] = [kind_of(n, level) for n in frame.loc[blank, "name"].tolist()]


def _add_parents(
    frame: pd.DataFrame, layer: Layer, counties: pd.DataFrame | None, notes: Notes
) -> None:
    """Codes and names of county, prefecture and province; those of the county layer go first."""
    codes = frame.index.to_series()
    if layer.level == "county":
        frame["county_code"], frame["county"] = frame.index, frame["name"]
    else:
        stated = frame.get("county_code", blank_texts(frame))
        stated = pd.Series([fit_code(c, "county") for c in stated], frame.index, dtype="str")
        frame["county_code"] = stated.where(stated != "", codes.str[:6])
    county = frame["county_code"]
    own = {
        "county": blank_texts(frame),
        "prefecture_code": county.map(prefecture_code),
        "prefecture": blank_texts(frame),
        "province_code": county.map(province_code),
        "province": blank_texts(frame),
    }
    for column, default in own.items():
        values = frame.get(column, blank_texts(frame))
        if column.endswith("_code"):
            values = default  # computed: the same rule for every layer
        if counties is not None:
            known = county.map(counties[column]) if column in counties else blank_texts(frame)
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
