"""Coordinates as people type them → numbers: decimal, degrees-minutes-seconds, pairs in one cell."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Mask

CHINA = (73.0, 3.0, 136.0, 54.0)  # west, south, east, north in degrees, the sea included
COARSE = 0.9e-3  # degrees: a coordinate given in steps of this or more may miss its township

_DEGREES, _MINUTES_MARKS = "º˚度", "\u2032\u2019\u2018\u02b9`\u00b4\uff07分"
_SECONDS = "\u2033\u201d\u201c\u3003\uff02\u02ba\u02dd秒"
_MARKS = str.maketrans(
    dict.fromkeys(_DEGREES, "°") | dict.fromkeys(_MINUTES_MARKS, "'") | dict.fromkeys(_SECONDS, '"')
)
_AXIS = re.compile(r"东经|北纬|longitude|latitude|lng|lon|lat|[ENen]", re.IGNORECASE)
_N = r"\d{1,2}(?:\.\d+)?"
_DMS = re.compile(rf"(?P<d>\d{{1,3}}(?:\.\d+)?)°(?:(?P<m>{_N})'(?:(?P<s>{_N})(?:\"|'')?)?)?")
_APART = re.compile(rf"(?P<d>\d{{2,3}})(?P<gap>[. :\-,])(?P<m>\d{{1,2}})(?P=gap)(?P<s>{_N})")
_MINUTES = re.compile(r"(?P<d>\d{2,3})[ :](?P<m>\d{1,2}\.\d+)")

_DIGIT = re.compile(r"\d")
# two decimals and what stands behind them: 111.3,30.9,120 and 111.3 30.9 0
_HEIGHT = re.compile(r"^(\d+\.\d+( ?[,;/|] ?| )\d+\.\d+)\2-?\d{1,4}(?:\.\d*)?(?: ?m| ?米)?$")
_PLAIN = re.compile(r"[-+]?\d+(?:\.(?P<decimals>\d*))?")
_TOKEN = re.compile(rf"\d{{1,3}}°(?:{_N}'(?:{_N}(?:\"|'')?)?)?|\d+(?:\.\d+)+")


class Angle(NamedTuple):
    """A coordinate: its value, and the step in which it was given (0.01 for two decimals)."""

    value: float
    step: float


def read_angle(text: str) -> Angle | None:
    """Read one coordinate in any spelling ledgers use; None if it is none.

    114.305, 114°18′18.3″, 114度18分18.3秒, 114.18.18.3, 114 18 18.3, 114°18.305′, E114…,
    东经114…; metres (3385891.5) and packed figures (1141818.3) come back as they stand.
    """
    folded = _AXIS.sub("", fold(text)).strip(" :=,;")
    if plain := _PLAIN.fullmatch(folded):
        return Angle(float(folded), 10.0 ** -len(plain["decimals"] or ""))
    squeezed = re.sub(r"\s*([°'\"])\s*", r"\1", folded)
    for pattern, seconds in ((_DMS, True), (_APART, True), (_MINUTES, False)):
        if match := pattern.fullmatch(squeezed):
            return _from_parts(match, seconds=seconds)
    return None


def split_pair(text: str) -> tuple[str, str] | None:
    """Cut a cell that holds both coordinates into longitude and latitude, as they were typed.

    Their order does not matter: in China longitude is above 73 and latitude below 54, so which
    is which is no guess. Metres keep their order. None if the cell is no pair.
    """
    folded = re.sub(r"^(?:multi)?point\s*z?\s*", "", fold(text), flags=re.IGNORECASE)
    folded = folded.strip("()[]{} ")
    for first, second in _halves(folded):
        one, other = read_angle(first), read_angle(second)
        if one is not None and other is not None:
            return (second, first) if _is_swapped(one.value, other.value) else (first, second)
    return None


def read_pair(text: str) -> tuple[Angle, Angle] | None:
    """Read a cell that holds both coordinates, longitude first; None if it does not."""
    halves = split_pair(text)
    if halves is None:
        return None
    lon, lat = (read_angle(half) for half in halves)
    return None if lon is None or lat is None else (lon, lat)


def unpack(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Turn packed figures (1141818.3, 303535.1) into degrees; all others stay as they are.

    Seven figures that read as 73–135 degrees, minutes and seconds, beside six that read as 3–53:
    a northing of that size would lie in the open sea.
    """
    a, b = _unpacked(lon), _unpacked(lat)
    for first, second in ((a, b), (b, a)):
        packed = (first >= CHINA[0]) & (first < CHINA[2]) & (second > CHINA[1])
        packed &= second < CHINA[3]
        lon, lat = np.where(packed, a, lon), np.where(packed, b, lat)
    return lon, lat


def in_metres(lon: Floats, lat: Floats) -> Mask:
    """Mark the pairs that are metres of a projection: no degree is above 360."""
    return np.asarray((np.abs(lon) > 1000) & (np.abs(lat) > 1000))


def east_north(lon: Floats, lat: Floats) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Tell easting from northing by their size, and the zone before the easting.

    Chinese ledgers call the northing X; it has seven figures. The easting has six, or eight
    with the zone's number before it.

    Returns
    -------
    east, north
        Metres, the zone's number taken off; NaN where the two cannot be told apart.
    zone
        The number taken off, 0 where there was none.
    """
    first, second = _is_northing(lon), _is_northing(lat)
    north = np.where(first & ~second, lon, np.where(second & ~first, lat, np.nan))
    east = np.where(first & ~second, lat, np.where(second & ~first, lon, np.nan))
    zone = np.nan_to_num(np.floor(east / 1e6)).astype(np.int64)
    east = east - zone * 1e6
    return np.where((east > 1e5) & (east < 9e5), east, np.nan), north, zone


def fold(text: str) -> str:
    """Fold full-width forms and the many marks for degrees, minutes and seconds into one each."""
    if text.isascii():
        return " ".join(text.split())
    named = text.replace("经度", "E").replace("纬度", "N")  # before 度 becomes a degree sign
    folded = unicodedata.normalize("NFKC", named.translate(_MARKS)).translate(_MARKS)
    return " ".join(folded.split())


def show_dms(degrees: float, decimals: int = 2) -> str:
    """Write degrees as 114°18′18.30″; `read_angle` reads the same again."""
    units = round(degrees * 3600 * 10**decimals)
    whole, rest = divmod(units, 3600 * 10**decimals)
    minutes, seconds = divmod(rest, 60 * 10**decimals)
    width = decimals + 3 if decimals else 2
    return f"{whole}°{minutes:02d}′{seconds / 10**decimals:0{width}.{decimals}f}″"


def _from_parts(match: re.Match[str], *, seconds: bool) -> Angle | None:
    given = match.groupdict()
    minutes, rest = given.get("m"), given.get("s") if seconds else None
    if float(minutes or 0) >= 60 or float(rest or 0) >= 60:
        return None  # 18′60″ is 19′ or a slip of the pen: not for us to say
    if (minutes and "." in given["d"]) or (rest and "." in (minutes or "")):
        return None
    value = float(given["d"]) + float(minutes or 0) / 60 + float(rest or 0) / 3600
    last, unit = (rest, 3600) if rest else (minutes, 60) if minutes else (given["d"], 1)
    return Angle(value, 10.0 ** -len(str(last).partition(".")[2]) / unit)


def _halves(text: str) -> list[list[str]]:
    """Ways to cut a cell in two: at a comma, at the axes' names, between tokens, at spaces."""
    text = _HEIGHT.sub(r"\1", text)
    ways = [[p for p in re.split(r"[,;、/|\n]", text) if p.strip()]]
    if len(marks := list(_AXIS.finditer(text))) == 2:
        at = marks[1].start() if marks[0].start() == 0 else marks[0].end()
        ways.append([text[:at], text[at:]])
    words = text.split()
    ways.append(words)
    if len(words) == 6:
        ways.append([" ".join(words[:3]), " ".join(words[3:])])
    squeezed = re.sub(r"\s*([°'\"])\s*", r"\1", text)
    if not _DIGIT.search(_TOKEN.sub("", squeezed)):  # a third figure is no one knows what
        ways.append(_TOKEN.findall(squeezed))
    return [way for way in ways if len(way) == 2]


def _is_swapped(first: float, second: float) -> bool:
    west, south, east, north = CHINA
    return west <= second <= east and south <= first <= north


def _unpacked(values: Floats) -> Floats:
    degrees = np.floor(values / 10_000)
    minutes = np.floor(values / 100) - degrees * 100
    seconds = values - degrees * 10_000 - minutes * 100
    fits = (values >= 30_000) & (values < 1_360_000) & (minutes < 60) & (seconds < 60)
    return np.where(fits, degrees + minutes / 60 + seconds / 3600, np.nan)


def _is_northing(values: Floats) -> Mask:
    return np.asarray((values >= 9e5) & (values < 6e6))
