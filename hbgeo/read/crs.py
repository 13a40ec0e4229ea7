"""Coordinates: the datums ledgers come in → CGCS2000 (EPSG:4490), and a projection to measure in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pyproj
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError

from hbgeo.arrays import Floats
from hbgeo.errors import LayerError

Transformation = Callable[[Floats, Floats], tuple[Floats, Floats]]

CGCS2000 = "EPSG:4490"
GEOD = Geod(ellps="GRS80")
ALLOWED_CRS = "CGCS2000、WGS84、GCJ-02（高德、腾讯）、BD-09（百度）、CGCS2000-3GK-带号、EPSG:编号"
ZONES_3, ZONES_6 = range(25, 46), range(13, 24)  # Gauss–Krüger zones of China

_SAME = {"CGCS2000", "WGS84", "EPSG4490", "EPSG4326", "CRS84", "OGCCRS84", "2000国家大地"}
_SAME |= {"国家2000", "国家大地2000", "大地2000", "2000", "天地图", "WGS1984", "GPS"}
_SECRET = re.compile(
    r"西安\s*(19)?80|北京\s*(19)?54|XI'?AN(19)?80|BEIJING(19)?54|BJ54|XA80|^[西北](19)?[85][04]"
)
_SECRET_DATUMS = ("Xian 1980", "Beijing 1954", "New Beijing")
_GCJ = {"GCJ02", "火星", "高德", "腾讯", "高德地图", "腾讯地图", "国测局"}
_BD = {"BD09", "BD09LL", "百度", "百度地图"}
# CGCS2000-3GK-38, CGCS2000 3度带38带, CGCS2000 中央经线114, CGCS2000 / 3-degree Gauss-Kruger zone 38
_PLANE = re.compile(r"^(CGCS2000|国家2000|2000国家大地坐标系)\W*(?P<rest>.+)$")
_ZONE = re.compile(r"(?P<width>[36])(?:度|°|DEGREE)?\D*?(?P<zone>\d{2})(?:N|带|分带)?$")
_LIKE_A_NAME = re.compile(r"\d+|(?!.*[\u4e00-\u9fff]).*[A-Za-z]{2}.*|.*\[.*", re.DOTALL)
_MERIDIAN = re.compile(
    r"(?:CM|中央经线|中央子午线)\D*(?P<meridian>\d{2,3})\D*$|^(?P<bare>\d{2,3})E$"
)

# GCJ-02 is defined on the Krasovsky 1940 ellipsoid
_A = 6378245.0
_E2 = 0.00669342162296594323
_BD_ANGLE = np.pi * 3000.0 / 180.0


def to_cgcs2000(x: Floats, y: Floats, crs: str) -> tuple[Floats, Floats]:
    """Bring coordinates to CGCS2000 longitude and latitude.

    Parameters
    ----------
    x, y
        Longitude and latitude in degrees, or easting and northing in metres; NaN stays NaN.
    crs
        One of `ALLOWED`. WGS 84 is taken as CGCS2000: they differ by centimetres.

    Raises
    ------
    LayerError
        If `crs` is not known, or is 西安80 or 北京54, whose parameters are not public.
    """
    return transformation(crs)(np.asarray(x, dtype=float), np.asarray(y, dtype=float))


def transformation(crs: str) -> Transformation:
    """Return the function that `to_cgcs2000` applies for `crs`; the identity where none is due."""
    key = _key(crs)
    if key in _SAME:
        return lambda x, y: (x, y)
    if key in _GCJ:
        return gcj02_to_wgs84
    if key in _BD:
        return bd09_to_wgs84
    if _SECRET.search(key):
        raise LayerError(_secret(crs))
    if zone := zone_of(crs):
        return lambda x, y: from_zone(x, y, zone)
    return _projected(crs)


def from_cgcs2000(x: Floats, y: Floats, crs: str) -> tuple[Floats, Floats]:
    """Undo `to_cgcs2000` for degrees: what the numbers were before, under that declaration.

    Parameters
    ----------
    crs
        Any name `to_cgcs2000` takes; for projected ones the degrees are returned as they are.
    """
    key = _key(crs)
    if key in _GCJ | _BD:
        x, y = wgs84_to_gcj02(x, y)
    return _gcj02_to_bd09(x, y) if key in _BD else (x, y)


def is_shifted(crs: str) -> bool:
    """Tell whether `crs` is one of the enciphered datums, which no file can declare."""
    return _key(crs) in _GCJ | _BD


def is_geographic(crs: str) -> bool:
    """Tell whether `crs` is a name for degrees, whatever the datum."""
    return _key(crs) in _SAME | _GCJ | _BD


def differ(crs: str, other: str) -> bool:
    """Tell whether two names stand for datums that lie apart: metres, not centimetres."""
    return _family(crs) != _family(other)


def zone_of(crs: str) -> int:
    """Return the Gauss–Krüger zone that a name such as `CGCS2000-3GK-38` gives; 0 if none.

    Three-degree zones are 25–45, six-degree ones 13–23, so the number tells the width.
    """
    plane = _PLANE.match(unicodedata.normalize("NFKC", crs).upper().strip())
    if plane is None:
        return 0
    rest = plane["rest"]
    if meridian := _MERIDIAN.search(rest):
        degrees = int(meridian["meridian"] or meridian["bare"])
        return degrees // 3 if degrees % 3 == 0 and degrees // 3 in ZONES_3 else 0
    named = _ZONE.search(rest)
    if named is None:
        return 0
    zone = int(named["zone"])
    return zone if zone in (ZONES_3 if named["width"] == "3" else ZONES_6) else 0


def gauss_zone(crs: str) -> int:
    """Return the zone of a CGCS2000 Gauss–Krüger CRS given by its EPSG number; 0 if it is none.

    4513–4533 and 4534–4554 are the three-degree zones with and without their number before the
    easting, 4491–4501 and 4502–4512 the six-degree ones.
    """
    found = re.fullmatch(r"EPSG(\d{4})", _key(crs))
    number = int(found[1]) if found else 0
    for first, zones in ((4513, ZONES_3), (4534, ZONES_3), (4491, ZONES_6), (4502, ZONES_6)):
        if 0 <= number - first < len(zones):
            return zones[number - first]
    return 0


def from_zone(x: Floats, y: Floats, zone: int) -> tuple[Floats, Floats]:
    """Bring metres in a CGCS2000 Gauss–Krüger zone to degrees.

    Parameters
    ----------
    x, y
        Easting, with the zone's number before it (38529251.8) or without (529251.8), and northing.
    zone
        25–45 of three degrees, 13–23 of six.
    """
    plain = np.where(x >= 1e6, x - zone * 1e6, x)
    code = 4534 + zone - ZONES_3[0] if zone in ZONES_3 else 4502 + zone - ZONES_6[0]
    return _projected(f"EPSG:{code}")(plain, y)


def crs_name(crs: object) -> str:
    """Return the name under which `transformation` knows a CRS that a file declares.

    Raises
    ------
    LayerError
        If it stands on 西安80 or 北京54.
    """
    known = CRS.from_user_input(crs)
    datum = known.datum.name if known.datum else ""
    if any(name in datum for name in _SECRET_DATUMS):
        raise LayerError(_secret(known.name))
    if known.is_geographic and ("2000" in datum or "1984" in datum):
        return "CGCS2000"
    epsg = known.to_epsg(min_confidence=20) if known.is_projected else known.to_epsg()
    return str(known.to_wkt()) if epsg is None else f"EPSG:{epsg}"


def gcj02_to_wgs84(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Undo the GCJ-02 shift: degrees in and out, error below a millimetre."""
    return _invert(wgs84_to_gcj02, x, y)


def bd09_to_wgs84(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Undo the BD-09 shift on top of GCJ-02: degrees in and out, error below a millimetre."""
    return _invert(lambda a, b: _gcj02_to_bd09(*wgs84_to_gcj02(a, b)), x, y)


def wgs84_to_gcj02(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Apply the GCJ-02 shift: degrees in and out. Meant for points in China only."""
    u, v = x - 105.0, y - 35.0
    root = np.sqrt(np.abs(u))
    ripple = _wave(u, (20.0, 6.0), (20.0, 2.0))
    north = -100.0 + 2 * u + 3 * v + 0.2 * v * v + 0.1 * u * v + 0.2 * root + ripple
    north += _wave(v, (20.0, 1.0), (40.0, 1 / 3)) + _wave(v, (160.0, 1 / 12), (320.0, 1 / 30))
    east = 300.0 + u + 2 * v + 0.1 * u * u + 0.1 * u * v + 0.1 * root + ripple
    east += _wave(u, (20.0, 1.0), (40.0, 1 / 3)) + _wave(u, (150.0, 1 / 12), (300.0, 1 / 30))
    phi = np.radians(y)
    w = 1.0 - _E2 * np.sin(phi) ** 2
    meridian, parallel = _A * (1.0 - _E2) / (w * np.sqrt(w)), _A / np.sqrt(w) * np.cos(phi)
    return x + np.degrees(east / parallel), y + np.degrees(north / meridian)


def metric_crs(bounds: tuple[float, float, float, float]) -> CRS:
    """Return the Albers equal-area projection of GRS80 fitted to `bounds`, in metres.

    Areas are exact to 1e-9; over a province lengths are good to about 0.04 %.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees.

    References
    ----------
    Snyder (1987), Map Projections: A Working Manual, USGS PP 1395, ch. 14; the standard
    parallels stand a sixth of the height inside the bounds.
    """
    return CRS.from_proj4(_albers(bounds))


def to_metric(bounds: tuple[float, float, float, float]) -> Transformer:
    """Return the transformer from CGCS2000 degrees to `metric_crs(bounds)`."""
    # the very operation PROJ finds between both, without the ten milliseconds that it looks for it
    degrees = "+proj=unitconvert +xy_in=deg +xy_out=rad"
    return Transformer.from_pipeline(f"+proj=pipeline +step {degrees} +step {_albers(bounds)}")


def _albers(bounds: tuple[float, float, float, float]) -> str:
    west, south, east, north = bounds
    inset = (north - south) / 6 or 0.01
    return (
        f"+proj=aea +lat_1={south + inset:.6f} +lat_2={north - inset:.6f} "
        f"+lat_0={(south + north) / 2:.6f} +lon_0={(west + east) / 2:.6f} +ellps=GRS80 +units=m"
    )


def _invert(
    shift: Callable[[Floats, Floats], tuple[Floats, Floats]], x: Floats, y: Floats
) -> tuple[Floats, Floats]:
    lon, lat = x, y
    for _ in range(8):  # fixed point: each pass shrinks the error about 1000-fold
        east, north = shift(lon, lat)
        lon, lat = lon + (x - east), lat + (y - north)
    return lon, lat


def _wave(t: Floats, *terms: tuple[float, float]) -> Floats:
    total = np.zeros_like(t, dtype=float)
    for amplitude, frequency in terms:
        total += amplitude * np.sin(frequency * np.pi * t)
    return total * 2.0 / 3.0


def _gcj02_to_bd09(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    radius = np.hypot(x, y) + 2e-5 * np.sin(y * _BD_ANGLE)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(x * _BD_ANGLE)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _projected(crs: str) -> Transformation:
    made = _try_projected(crs)
    if isinstance(made, str):
        raise LayerError(made)
    return made


@lru_cache(maxsize=1024)
def _try_projected(crs: str) -> Transformation | str:
    """The transformation, or what is wrong: PROJ takes a fifth of a second to know no name."""
    unknown = f"坐标系“{crs}”无法识别；可用 {ALLOWED_CRS}"
    if not _LIKE_A_NAME.fullmatch(crs):  # it knows numbers, names in Latin letters, and WKT
        return unknown
    try:
        name = crs_name(crs)
        if name == "CGCS2000":
            return lambda x, y: (x, y)
        transformer = Transformer.from_crs(name, CGCS2000, always_xy=True)
    except (CRSError, pyproj.exceptions.ProjError):
        return unknown
    except LayerError as err:
        return str(err)

    def transform(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        lon, lat = transformer.transform(x, y)
        bad = ~(np.isfinite(lon) & np.isfinite(lat))
        return np.where(bad, np.nan, lon), np.where(bad, np.nan, lat)

    return transform


def _key(crs: str) -> str:
    key = re.sub(r"[\s_:\-()()]", "", unicodedata.normalize("NFKC", crs)).upper()
    return re.sub(r"坐标系?统?$", "", key)


def _family(crs: str) -> str:
    key = _key(crs)
    if key in _GCJ | _BD:
        return "GCJ-02" if key in _GCJ else "BD-09"
    secret = _SECRET.search(key)
    return secret[0][:2] if secret else "CGCS2000"


def _secret(crs: str) -> str:
    return f"坐标系“{crs}”的转换参数不公开，hbgeo 不作近似转换；请先由测绘部门转为 CGCS2000"
