"""Tidy rows → x, y in CGCS2000; rows whose coordinates cannot be used are put aside, and said."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Mask, Numbers
from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import distinct, spread, without
from hbgeo.read.cell.coordinates import CHINA, east_north, in_metres, unpack
from hbgeo.read.crs import (
    ZONES_3,
    ZONES_6,
    differ,
    from_zone,
    gauss_zone,
    is_geographic,
    is_shifted,
    to_cgcs2000,
    transformation,
    zone_of,
)
from hbgeo.read.issues import Notes, sheet_parts
from hbgeo.read.schema.axes import CoordinateSet
from hbgeo.read.schema.records import Schema
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.shapes import xy_of

Reasons = NDArray[np.object_]  # "" where there is none

NO_DATUM = "未说明坐标系"  # in the message on coordinates of which nobody says the system
_NAMING = (
    *("name", "code"),  # of a village or of a table's row: its own
    *("county", "county_code", "township", "township_code", "village", "village_code"),
    *("division", "area"),  # of a gazetteer's names
)
POINT = "point"  # in `Tidy.unread`: the two coordinates together
PLACELESS, PLACELESS_FIX = "既无坐标也无所在单元，无法定位", "补填坐标或所在县、乡镇"
_SOURCES = "高德、腾讯填 GCJ-02，百度填 BD-09，天地图、RTK 填 CGCS2000"
_NO_COORDINATE = 1e9  # metres of a zone with its number before it have eight figures


def to_points(made: Tidy, layer: Layer, schema: Schema) -> Tidy:
    """Give every row x, y in CGCS2000.

    Degrees are brought from the row's own 坐标系 or the catalogue's; metres from the
    Gauss–Krüger zone before the easting or in the declared CRS, X being the northing.

    Returns
    -------
    located
        `frame` with `x`, `y` (NaN where there are none) and `crs`, the declaration each point
        was read under; `aside` with the rows put aside here as well.

    Raises
    ------
    LayerError
        If no row says its CRS, the two columns are swapped throughout, or no column says where
        a row is.
    """
    frame = made.frame.copy(deep=False)
    notes = Notes(layer.key, frame, schema)
    if "geometry" in frame:
        frame["x"], frame["y"] = xy_of(frame.pop("geometry").to_numpy(), _file(frame))
        _note_shapeless(frame, layer, notes)
        bad = np.zeros(len(frame), bool)
    elif {"lon", "lat"} <= set(frame.columns):
        bad = _convert_pairs(frame, layer, notes, made)
        bad = bad | _refuse_far(frame, bad, notes)
        _note_precision(frame, bad, notes)
    else:
        _refuse_unlocated(frame, layer, schema)
        frame["x"], frame["y"] = np.nan, np.nan
        bad = np.zeros(len(frame), bool)
    aside = _aside_points(made, layer, schema)
    aside = pd.concat([aside, frame[bad]]) if bad.any() else aside
    frame = frame.drop(columns=["lon", "lat", "coord_sys", "coarse"], errors="ignore")
    issues, unread = (*made.issues, *notes.issues), _without_point(made.unread, notes)
    return Tidy(without(frame, bad), aside, issues, made.skipped, unread=unread)


def _aside_points(made: Tidy, layer: Layer, schema: Schema) -> pd.DataFrame:
    """The rows that something else put aside, with their points where they have one."""
    aside = made.aside
    if aside.empty or not {"lon", "lat"} <= set(aside.columns):
        return aside
    numbers = aside["lon"].astype(float), aside["lat"].astype(float)
    try:
        alone = replace(made, frame=aside.assign(lon=numbers[0], lat=numbers[1]), aside=aside[:0])
        found = to_points(alone, layer, schema).frame
    except LayerError:  # of these rows alone nothing can be said
        return aside
    return aside.assign(x=found["x"].reindex(aside.index), y=found["y"].reindex(aside.index))


def _without_point(unread: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """The cells that gave no value, with the points that could not be brought to CGCS2000."""
    lost = [
        (i.file, i.sheet, i.row, POINT, i.value)
        for i in notes.issues
        if i.row is not None and i.severity == "error" and i.rule != "E17"
    ]
    more = pd.DataFrame(lost, columns=unread.columns)
    return pd.concat([unread, more], ignore_index=True) if lost else unread


def _convert_pairs(frame: pd.DataFrame, layer: Layer, notes: Notes, made: Tidy) -> Mask:
    """Set `x`, `y` and `crs`; returns the rows that have no usable point, each of them said."""
    given = (frame["lon"].notna() & frame["lat"].notna()).to_numpy()
    lon, lat = unpack(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    plane = in_metres(lon, lat)
    lon, lat = _straighten(frame, lon, lat, notes, either_order=made.either_order)
    numbers, stated = _stated(frame, layer, made.coordinates)
    known = np.array([bool(word) for word in stated])[numbers]
    parts = sheet_parts(frame)
    if any(given[part].any() and not known[part][given[part]].any() for part in parts):
        # a layer of the catalogue always has its source
        how = f"在 catalog.toml 的 [{layer.key}] 写 crs" if layer.source else "用 --crs 说明"
        msg = f"{_file(frame)}：{NO_DATUM}；请加“坐标系”列，或{how}"
        raise LayerError(f"{msg}（{_SOURCES}）")
    if made.coordinates and made.coordinates.datum and not layer.crs and "coord_sys" not in frame:
        said = f"未声明坐标系，按列名{made.coordinates.headings}取 {made.coordinates.datum}"
        notes.column(made.coordinates.headings, "E10", said, "如不是，请改列名或声明坐标系")
    x, y = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
    why = np.full(len(frame), "", dtype=object)
    for (number, crs), metres in itertools.product(enumerate(stated), (False, True)):
        here = given & (numbers == number) & (plane == metres)
        if here.any():
            if told := contradiction(crs, made.coordinates):
                if crs == layer.crs:
                    raise LayerError(f"{_file(frame)}：{told}")
                why[here] = told
                continue
            x[here], y[here], why[here] = _bring(lon[here], lat[here], crs, layer)
    frame["x"], frame["y"] = x, y
    frame["crs"] = _as_words(np.where(given, numbers, len(stated)), [*stated, ""])
    _say_reasons(notes, spread(stated, numbers, frame.index).rename("坐标系"), why)
    half = (frame["lon"].notna() != frame["lat"].notna()).to_numpy()
    pairs = frame["lon"].fillna(frame["lat"]).rename("经纬度")
    notes.cells(half, pairs, lambda _: "经度、纬度只填了一个", rule="E08", fix="补填另一个")
    return np.asarray((why != "") | half)


def _stated(
    frame: pd.DataFrame, layer: Layer, headings: CoordinateSet | None
) -> tuple[Numbers, list[str]]:
    """The CRS each row states, or else the catalogue, or the headings: its number, and the names."""
    default = layer.crs or (headings.datum if headings else "")
    if "coord_sys" not in frame:
        return np.zeros(len(frame), np.intp), [default]
    numbers, words = distinct(frame["coord_sys"])
    return numbers, [word or default for word in words]


def _as_words(numbers: Numbers, words: list[str]) -> pd.Categorical:
    """A column of few words, those in use its categories in order."""
    used = np.bincount(numbers, minlength=len(words)) > 0
    order = sorted({word for word, here in zip(words, used, strict=True) if here})
    codes = [order.index(word) if word in order else -1 for word in words]
    return pd.Categorical.from_codes(np.array(codes)[numbers], pd.Index(order, dtype="str"))


def _bring(lon: Floats, lat: Floats, crs: str, layer: Layer) -> tuple[Floats, Floats, Reasons]:
    """Bring coordinates from one CRS; where it cannot hold them, NaN and the reason."""
    why = np.full(len(lon), "", dtype=object)
    if not crs:
        why[:] = NO_DATUM
        return np.full(len(lon), np.nan), np.full(len(lon), np.nan), why
    try:
        if in_metres(lon, lat).all() and not _is_other_plane(crs):
            return _from_plane(lon, lat, crs)
        x, y = to_cgcs2000(lon, lat, crs)
    except LayerError as err:
        if crs == layer.crs:
            raise
        why[:] = str(err)
        return np.full(len(lon), np.nan), np.full(len(lon), np.nan), why
    why[np.isnan(x)] = f"坐标与坐标系“{crs}”不符"
    return x, y, why


def bring_point(first: float, second: float, crs: str) -> tuple[float, float]:
    """Bring one pair of coordinates to CGCS2000, as a row's of a ledger is.

    Parameters
    ----------
    first, second
        Longitude and latitude in degrees, or metres of a projection, northing and easting told
        apart as in a ledger.
    crs
        As the catalogue takes it.

    Raises
    ------
    LayerError
        If the CRS is not known, cannot hold the pair, or the place is not in China.
    """
    lon, lat = unpack(np.array([first]), np.array([second]))
    x, y, [why] = _bring(lon, lat, crs, Layer("", "facilities", (), ""))
    west, south, east, north = CHINA
    if not why and not (west <= x[0] <= east and south <= y[0] <= north):
        why = "不在中国范围内，请检查经纬度与坐标系"
    if why:
        raise LayerError(f"坐标（{_told(first)},{_told(second)}）：{why}")
    return float(x[0]), float(y[0])


def contradiction(crs: str, headings: CoordinateSet | None) -> str:
    """What to say of a CRS where the headings of the coordinates name another; "" where not."""
    if not crs or headings is None or not headings.datum or not differ(crs, headings.datum):
        return ""
    told = f"列名{headings.headings}写明是 {headings.datum}，坐标系却是“{crs}”"
    return f"{told}；请核对后改正其一，hbgeo 不作选择"


def _is_other_plane(crs: str) -> bool:
    """Whether metres are to be taken as `crs` has them: a projection that is no zone of ours."""
    if is_geographic(crs) or zone_of(crs):
        return False
    transformation(crs)  # refuses what it does not know, and secret datums
    return gauss_zone(crs) == 0


def _from_plane(lon: Floats, lat: Floats, crs: str) -> tuple[Floats, Floats, Reasons]:
    """Bring metres of Gauss–Krüger zones to degrees; the reason where that cannot be."""
    east, north, written = east_north(lon, lat)
    declared = zone_of(crs) or gauss_zone(crs)
    zone = np.where(written > 0, written, declared)
    known = np.isin(zone, [*ZONES_3, *ZONES_6])
    said = np.full(len(east), "", dtype=object)
    said[~known] = "投影坐标未说明带号；请在横坐标前加带号（如 38），或把坐标系写成 CGCS2000-3GK-38"
    said[np.isnan(east) | np.isnan(north)] = "投影坐标分不清纵、横坐标"
    said[(written > 0) & (declared > 0) & (written != declared)] = (
        f"横坐标前的带号与坐标系“{crs}”不符"
    )
    if is_shifted(crs):
        said[:] = f"投影坐标（米）不可能是“{crs}”；请填经纬度，或改正坐标系"
    x, y = np.full(len(east), np.nan), np.full(len(east), np.nan)
    for z in np.unique(zone[said == ""]):
        here = (zone == z) & (said == "")
        x[here], y[here] = from_zone(east[here], north[here], int(z))
    return x, y, said


def _say_reasons(notes: Notes, shown: pd.Series, why: Reasons) -> None:
    for reason in pd.unique(why[why != ""]):
        say = lambda _, r=reason: r  # noqa: E731
        notes.cells(why == reason, shown, say, rule="E10", fix=_SOURCES)


def _note_shapeless(frame: pd.DataFrame, layer: Layer, notes: Notes) -> None:
    """A feature of a map file without a point is placed by the names in its row, if it has any."""
    lacking = frame["x"].isna().to_numpy()
    if not lacking.any():
        return
    names = frame.get("name", pd.Series("", frame.index, dtype="str")).rename("名称")
    naming = frame[[c for c in _naming(layer) if c in frame]]
    named = (naming.astype("str") != "").any(axis=1).to_numpy()
    say = lambda v: f"“{v}”没有坐标（图形为空或已损坏），只按所在单元的名称归属"  # noqa: E731
    notes.cells(lacking & named, names, say, rule="E08", fix="在地图软件里补上点位后重新导出")
    notes.cells(lacking & ~named, names, lambda _: PLACELESS, rule="E17", fix=PLACELESS_FIX)


def _naming(layer: Layer) -> tuple[str, ...]:
    """The columns whose texts may say where a row is."""
    return _NAMING if layer.role in {"table", "places"} else _NAMING[2:]


def _refuse_unlocated(frame: pd.DataFrame, layer: Layer, schema: Schema) -> None:
    if not set(_naming(layer)) & set(frame.columns):
        columns = [schema.columns[c] for c in ("lon", "lat", *_NAMING) if c in schema.columns]
        wanted = "、".join(c.names[0] for c in columns[:6])
        raise LayerError(f"{_file(frame)}：没有位置列，需要坐标或所在单元（如 {wanted}）")


def _straighten(
    frame: pd.DataFrame, lon: Floats, lat: Floats, notes: Notes, *, either_order: bool
) -> tuple[Floats, Floats]:
    """Undo swapped pairs, row by row and said so; a whole file of them is a mistake to mend.

    In China longitude is always above 73 and latitude below 54: a swap is no guess.
    """
    west, south, east, north = CHINA
    swapped = (lat >= west) & (lat <= east) & (lon >= south) & (lon <= north)
    if either_order:
        return np.where(swapped, lat, lon), np.where(swapped, lon, lat)
    given = np.isfinite(lon) & np.isfinite(lat)
    for part in sheet_parts(frame) if swapped.any() else []:
        count = int(swapped[part].sum())
        if count * 2 > given[part].sum():
            first = part.start + int(np.flatnonzero(swapped[part])[0])
            file, row = frame["file"].iloc[first], frame["row"].iloc[first]
            msg = f"{file} 第{row}行起：经度、纬度两列写反（{count} 行），如经度={lon[first]:g}；"
            raise LayerError(msg + "请对调两列，经度应在 73–136 之间")
    say = lambda v: f"经纬度{_in_words(v)}疑似写反，已对调"  # noqa: E731
    pairs = _pairs(frame, lon, lat, swapped)
    notes.cells(swapped, pairs, say, rule="W01", fix="对调经度、纬度", severity="warning")
    return np.where(swapped, lat, lon), np.where(swapped, lon, lat)


def _refuse_far(frame: pd.DataFrame, bad: Mask, notes: Notes) -> Mask:
    """Coordinates outside China, zeros among them, lie in no workspace."""
    west, south, east, north = CHINA
    x, y = frame["x"].to_numpy(), frame["y"].to_numpy()
    here = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    far = (np.isfinite(x) | np.isfinite(y)) & ~here & ~bad
    say = lambda v: f"坐标{_in_words(v)}不在中国范围内，请检查经纬度与坐标系"  # noqa: E731
    notes.cells(far, _pairs(frame, x, y, far), say, rule="E09", fix="核对坐标")
    return np.asarray(far)


def _note_precision(frame: pd.DataFrame, bad: Mask, notes: Notes) -> None:
    """Warn of coordinates too coarse to tell the township: fewer than four decimals."""
    coarse = frame["x"].notna().to_numpy() & ~bad & frame["coarse"].to_numpy(bool)
    coarse = coarse & (np.abs(frame["lon"].to_numpy()) < 1000)  # whole metres are fine enough
    pairs = _pairs(frame, frame["lon"].to_numpy(), frame["lat"].to_numpy(), coarse)
    say = lambda v: f"坐标{_in_words(v)}不足四位小数（误差可达百米以上），可能落入相邻乡镇"  # noqa: E731
    notes.cells(coarse, pairs, say, rule="W02", fix="补足小数", severity="warning")


def _pairs(frame: pd.DataFrame, lon: Floats, lat: Floats, shown: Mask) -> pd.Series:
    """Pairs as text, for the rows that will be shown only."""
    texts = np.full(len(frame), "", dtype=object)
    pairs = zip(lon[shown].tolist(), lat[shown].tolist(), strict=True)
    texts[shown] = [f"({_told(a)},{_told(b)})" for a, b in pairs]
    return pd.Series(texts, frame.index, dtype=object, name="经纬度")


def _in_words(pair: str) -> str:
    """A pair in a sentence, whose brackets are full-width."""
    return f"（{pair[1:-1]}）"


def _told(number: float) -> str:
    """A coordinate for a message; no telephone that stands in its place."""
    return f"{number:.10g}" if abs(number) < _NO_COORDINATE else "过大的数"


def _file(frame: pd.DataFrame) -> str:
    return str(frame["file"].iloc[0]) if len(frame) else ""
