"""People in cells: what a GeoTIFF says of itself, and its populated cells strip by strip."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from hbgeo.arrays import Floats, Mask
from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.crs import is_geographic, transformation, zone_of
from hbgeo.read.file.apart import read_apart, stream_apart
from hbgeo.read.file.endings import RASTERS
from hbgeo.read.file.guard import OFFLINE
from hbgeo.read.file.vector import crs_in

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

CELLS = 1 << 20  # cells of a strip, unless a row has more
_MOST_CELLS = 1 << 22  # of a strip that holds whole blocks of the file
_MOST_ROW = 1 << 22  # cells side by side: around the earth it is one each ten metres
_CACHE, _MOST_CACHE = 32 << 20, 512 << 20  # bytes of GDAL
_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_DEGREE_M = 111_320.0
PER_M2, AT_LEAST = 1.0, 1_000.0  # people a square metre, and in any cell, beyond which is no number
_ALL = slice(None)
Cells = NDArray[np.int64]


@dataclass(frozen=True)
class Raster:
    """Bands of one GeoTIFF in whose cells people are.

    Attributes
    ----------
    width, height
        Cells.
    west, north
        The outer corner of the first cell, in the units of `crs`.
    across, down
        From a cell to the next, and from a row to the next; `down` is negative where north is up.
    crs
        As `read.crs.transformation` takes it.
    metres
        Of one unit of the CRS; 0 for degrees.
    block
        Rows that the file keeps together.
    """

    path: Path
    name: str
    bands: tuple[int, ...]
    width: int
    height: int
    west: float
    north: float
    across: float
    down: float
    crs: str
    metres: float
    block: int = 1

    @property
    def cell(self) -> str:
        """The size of a cell, in words."""
        wide, high = abs(self.across), abs(self.down)
        same = abs(wide - high) <= 1e-9 * wide
        if self.metres:
            sizes = [f"{v * self.metres:.6g}" for v in ((wide,) if same else (wide, high))]
            return " × ".join(sizes) + " 米"
        sizes = [f"{v * 3600:.6g}" for v in ((wide,) if same else (wide, high))]
        return " × ".join(sizes) + f" 角秒（约 {high * _DEGREE_M:.0f} 米）"

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north in the units of the CRS."""
        xs = sorted((self.west, self.west + self.width * self.across))
        ys = sorted((self.north, self.north + self.height * self.down))
        return xs[0], ys[0], xs[1], ys[1]

    @property
    def cache(self) -> int:
        """Bytes for GDAL: a row of blocks is unpacked once, however many strips are cut from it."""
        return min(max(_CACHE, 8 * self.block * self.width), _MOST_CACHE)

    @property
    def rows(self) -> int:
        """How many rows a strip has, unless somebody says."""
        if self.block > 1 and self.block * self.width <= _MOST_CELLS:
            return self.block * max(1, CELLS // (self.block * self.width))
        return max(1, CELLS // self.width)

    def plane(self, cells: Cells) -> tuple[Floats, Floats]:
        """The centres of cells (row · width + column), in the units of the CRS."""
        row, column = np.divmod(cells, self.width)
        return self.west + (column + 0.5) * self.across, self.north + (row + 0.5) * self.down

    def degrees(self, cells: Cells) -> tuple[Floats, Floats]:
        """The centres of cells, longitude and latitude in CGCS2000."""
        return transformation(self.crs)(*self.plane(cells))

    def cells_at(self, x: Floats, y: Floats) -> Cells:
        """The cell that each point of the plane lies in; -1 outside."""
        column = np.floor((x - self.west) / self.across)
        row = np.floor((y - self.north) / self.down)
        inside = (column >= 0) & (column < self.width) & (row >= 0) & (row < self.height)
        found = np.where(inside, row, 0) * self.width + np.where(inside, column, 0)
        return np.where(inside, found, -1).astype(np.int64)

    def limits(self, rows: NDArray[np.int64]) -> Floats:
        """More people than this no cell of these rows can hold."""
        area = np.full(len(rows), abs(self.across * self.down) * self.metres**2)
        if not self.metres:
            lat = np.radians(self.north + (rows + 0.5) * self.down)
            area = abs(self.across * self.down) * _DEGREE_M**2 * np.abs(np.cos(lat))
        return np.maximum(area * PER_M2, AT_LEAST)


@dataclass(frozen=True)
class Found:
    """Some cells of a strip, in the order of the file, and what they say."""

    cells: Cells
    people: Floats

    def row_sums(self, width: int, some: Mask | slice = _ALL) -> list[float]:
        """People row by row: the same however high the strips are."""
        if not len(self.cells[some]):
            return []
        row = self.cells[some] // width
        row -= row[0]
        return list(np.bincount(row, weights=self.people[some]).tolist())


@dataclass(frozen=True)
class Strip:
    """Some whole rows: cells with people, cells below nought, cells with more than can be.

    Attributes
    ----------
    done
        Rows of the file read with this one.
    negative, excess
        Those that are set aside; people of an infinite cell stand as 0.
    """

    done: int
    populated: Found
    negative: Found
    excess: Found


def open_raster(path: Path, name: str, layer: Layer) -> Raster:
    """Read what a GeoTIFF says of itself; its cells are left where they are.

    Parameters
    ----------
    name
        What the file is called in messages.

    Raises
    ------
    LayerError
        If the extra `raster` is not installed, the file is no GeoTIFF, is rotated, has no
        place, no CRS or not the bands asked for, or is a picture or a map of classes.
    """
    if path.suffix.lower() not in RASTERS:
        raise LayerError(f"{name}：人口格网应为 GeoTIFF（.tif），不是“{path.suffix or '无扩展名'}”")
    return read_apart(_read_header, path, name, layer)


def read_strips(raster: Raster, rows: int = 0) -> Iterator[Strip]:
    """Read the cells, north to south as the file has them, in memory that does not grow.

    No data, NaN and nought are no cells. Where several bands are asked for they are added up; a
    band without data adds nothing. A scale and an offset of the file are applied.

    Parameters
    ----------
    rows
        Of a strip; what is found does not depend on it.

    Raises
    ------
    LayerError
        If the file is damaged.
    """
    return stream_apart(_cut_strips, raster.path, raster, rows or raster.rows)


@contextlib.contextmanager
def _opened(path: Path, cache: int = _CACHE) -> Iterator[DatasetReader]:
    try:
        import rasterio
    except ImportError:
        raise LayerError('读取人口格网需要安装：pip install "hbgeo[raster]"') from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        warnings.simplefilter("ignore", PendingDeprecationWarning)  # of rasterio's own modules
        with rasterio.Env(**OFFLINE, GDAL_CACHEMAX=cache):  # bytes, other than GDAL has it
            try:
                with rasterio.open(path, driver="GTiff") as dataset:
                    yield dataset
            except rasterio.errors.RasterioIOError:
                again = "文件不完整、已损坏，或压缩方式不认识；请重新复制或导出"
                raise LayerError(f"{path.name}：{again}") from None


def _read_header(path: Path, name: str, layer: Layer) -> Raster:
    with path.open("rb") as file:
        if file.read(4) not in _MAGIC:
            raise LayerError(f"{name}：不是 GeoTIFF（只是名字像）；请在 GIS 软件里导出为 GeoTIFF")
    with _opened(path) as dataset:
        _refuse_shape(dataset, name)
        if "示例" in str(dataset.tags().get("TIFFTAG_IMAGEDESCRIPTION", "")) and not layer.sample:
            _refuse(name, "文件写明是示例（虚构）数据", f"请在 [{layer.key}] 写 sample = true")
        bands = _bands(dataset, name, layer)
        for band in bands:
            _refuse_classes(dataset, band, name)
        own = None if dataset.crs is None else CRS.from_wkt(dataset.crs.to_wkt())
        crs = crs_in(own, name, layer)
        transformation(crs)  # refuses what nobody knows
        place = dataset.transform
        made = Raster(
            path, name, bands, dataset.width, dataset.height,
            place.c, place.f, place.a, place.e, crs, _metres(crs), dataset.block_shapes[0][0],
        )  # fmt: skip
    _refuse_degrees(made)
    return made


def _refuse_shape(dataset: DatasetReader, name: str) -> None:
    """Refuse what has no cells, no place on earth, or rows that do not run from west to east."""
    place = dataset.transform
    if dataset.width > _MOST_ROW:
        raise LayerError(f"{name}：一行有 {dataset.width:,} 个格子，太宽；请先裁到本地范围")
    if place.is_identity:
        _refuse(name, "没有写明格子在哪里（不是带坐标的 GeoTIFF）", "请在 GIS 软件里配准后重新导出")
    if place.b or place.d:
        _refuse(name, "格子是斜的（旋转过的栅格）", "请在 GIS 软件里重投影为正南正北后导出")
    if not (place.a > 0 and place.e):
        _refuse(name, "格子没有大小，或东西颠倒", "请在 GIS 软件里重新导出")


def _bands(dataset: DatasetReader, name: str, layer: Layer) -> tuple[int, ...]:
    """The bands that the catalogue asks for; a file of one band need not be asked about."""
    have = [f"{k} {said or ''}".strip() for k, said in enumerate(dataset.descriptions, 1)]
    told = f"有 {len(have)} 个波段（{'、'.join(have[:12])}{'等' if len(have) > 12 else ''}）"
    if not layer.bands and len(have) > 1:
        ask = f"请在 catalog.toml 的 [{layer.key}] 写 band = 1，或要相加的几个 band = [1, 2]"
        _refuse(name, told, ask)
    if missing := [b for b in layer.bands if b > len(have)]:
        _refuse(name, f"没有第 {missing[0]} 波段，{told}", f"请改 [{layer.key}] 的 band")
    return layer.bands or (1,)


def _refuse_classes(dataset: DatasetReader, band: int, name: str) -> None:
    """Refuse colours, classes and complex numbers: none of them counts people."""
    from rasterio.enums import ColorInterp

    colours = {ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha}
    if dataset.colorinterp[band - 1] in colours:
        _refuse(name, f"第 {band} 波段是颜色（图片），不是人数", "请换成每格写人数的格网")
    if dataset.colorinterp[band - 1] == ColorInterp.palette:
        _refuse(name, f"第 {band} 波段是分类（带色表），不是人数", "请换成每格写人数的格网")
    kind = dataset.dtypes[band - 1]
    if "complex" in kind:
        _refuse(name, f"第 {band} 波段是复数（{kind}），不是人数", "请换成每格写人数的格网")


def _refuse(name: str, what: str, way_out: str) -> NoReturn:
    raise LayerError(f"{name}：{what}；{way_out}")


def _metres(crs: str) -> float:
    """The length of a unit of a CRS; 0 for degrees, and for names of datums, which are degrees."""
    if is_geographic(crs):
        return 0.0
    if zone_of(crs):
        return 1.0
    with contextlib.suppress(CRSError):  # names of the house's own, of which PROJ knows nothing
        known = CRS.from_user_input(crs)
        return 0.0 if known.is_geographic else float(known.axis_info[0].unit_conversion_factor)
    return 0.0


def _refuse_degrees(raster: Raster) -> None:
    """Refuse metres that are said to be degrees."""
    west, south, east, north = raster.box
    slack = max(abs(raster.across), abs(raster.down))
    if raster.metres or (south >= -90 - slack and north <= 90 + slack and -360 <= west <= 360):
        return
    box = f"{west:.6g} 至 {east:.6g}、{south:.6g} 至 {north:.6g}"
    _refuse(raster.name, f"范围 {box} 不是经纬度", "坐标疑为米，请核对坐标系（crs）")


def _cut_strips(path: Path, raster: Raster, rows: int) -> Iterator[Strip]:
    with _opened(path, raster.cache) as dataset:
        for first in range(0, raster.height, rows):
            yield _strip(dataset, raster, first, min(rows, raster.height - first))


def _strip(dataset: DatasetReader, raster: Raster, first: int, rows: int) -> Strip:
    """The cells of some rows: those that count, and those that cannot be."""
    from rasterio.windows import Window

    window = Window(0, first, raster.width, rows)
    shape = (rows, raster.width)
    total, below = np.zeros(shape), np.zeros(shape, dtype=bool)
    beyond = np.zeros(shape, dtype=bool)
    for band in raster.bands:
        values = _values(dataset, band, window)
        below |= values < 0
        infinite = np.isinf(values)
        if infinite.any():
            beyond |= values == np.inf
            values[infinite] = 0
        total += values
    limit = raster.limits(np.arange(first, first + rows))
    beyond |= total > limit[:, None]
    beyond &= ~below
    counted = (total > 0) & ~below & ~beyond
    start = first * raster.width
    found = [_found(mask, total, start) for mask in (counted, below, beyond)]
    return Strip(first + rows, *found)


def _values(dataset: DatasetReader, band: int, window: Any) -> Floats:
    """What a band says, 0 where it has no data."""
    got = dataset.read(band, window=window, masked=True)
    values = np.asarray(got.data, dtype=float)
    scale, offset = dataset.scales[band - 1], dataset.offsets[band - 1]
    if (scale, offset) != (1, 0):
        values = values * scale + offset
    mask = got.mask
    if mask is not np.ma.nomask:
        values[mask] = 0
    values[np.isnan(values)] = 0
    return values


def _found(mask: Mask, total: Floats, start: int) -> Found:
    at = np.flatnonzero(mask)
    return Found(at + start, total.ravel()[at])
