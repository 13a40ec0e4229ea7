"""Foreign files are read apart, in the worker: one that ends its reader ends nothing else, and is named.

    sheets = read_apart(read_workbook, path)

A file that crashes its reader, or takes more memory or time than its size explains, is one line with
the way out. Where no process can be started it is read here, within the guards that readers have.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from hbgeo.errors import HbgeoError, LayerError
from hbgeo.process import GoneError, Parts, at_risk, inside
from hbgeo.read.cell.personal import fit_to_show
from hbgeo.read.file.endings import RASTERS, WORKBOOKS
from hbgeo.worker import Piece, shared

T = TypeVar("T")

_TRIES = 2
_ahead: dict[tuple[Any, ...], Piece[Any]] = {}  # what the worker was asked for and nobody has taken


def read_ahead(work: Callable[..., Any], path: Path, *given: Any) -> None:
    """Have the worker read a file that `read_apart` will be asked for."""
    path = path.absolute()
    piece = shared().give(_read_named, work, path, given)
    if piece.answer is not None:
        _ahead[(work, path)] = piece


def read_apart(work: Callable[..., T], path: Path, *given: Any) -> T:
    """Read a foreign file in the worker, with bounds on memory and time.

    Parameters
    ----------
    work
        A module's function of the path and what is given.

    Raises
    ------
    LayerError
        If the reader crashes, or takes more than a file of this size may; and what it raises.
    """
    if inside():
        return _read_named(work, path, given)
    worker, path = shared(), path.absolute()  # the folder it started in may not be today's
    piece: Piece[T] | None = _ahead.pop((work, path), None)
    for _ in range(_TRIES):  # a worker may have died of something else
        if piece is None or piece.given != (work, path, given):
            piece = worker.give(_read_named, work, path, given, now=True)
        if piece.answer is None:
            return piece.take()
        with contextlib.suppress(GoneError):
            return piece.answer.result()
        piece = None
    raise _died(path.name)


def stream_apart(work: Callable[..., Iterator[T]], path: Path, *given: Any) -> Iterator[T]:
    """As `read_apart`, for a file that is read in parts; meanwhile nothing else can be read apart.

    Parameters
    ----------
    work
        A module's generator.
    """
    worker, path, parts = shared(), path.absolute(), Parts()
    piece = worker.give(_stream_named, work, path, given, now=True, parts=parts)
    if piece.answer is None:
        yield from piece.take()
        return
    try:
        yield from parts.take(piece.answer)
    except GoneError:
        raise _died(path.name) from None
    finally:
        if not piece.answer.done():  # nobody wants the rest
            worker.close()


def _read_named(work: Callable[..., T], path: Path, given: tuple[Any, ...]) -> T:
    with _one_line(path), _bounded_to(path):
        return work(path, *given)


def _stream_named(
    work: Callable[..., Iterator[T]], path: Path, given: tuple[Any, ...]
) -> Iterator[T]:
    parts = work(path, *given)
    while True:
        with _one_line(path), _bounded_to(path):
            part = next(parts, None)
        if part is None:
            return
        yield part


@contextlib.contextmanager
def _one_line(path: Path) -> Iterator[None]:
    """Whatever a reader raises is one line that names the file."""
    try:
        yield
    except (HbgeoError, ImportError):  # the latter tells of the machine, not of the file
        raise
    except MemoryError:
        raise _too_much(path.name) from None
    except OSError as err:
        if err.errno:  # the file itself cannot be had
            raise
        raise _unreadable(path.name, err) from None
    except Exception as err:  # noqa: BLE001 - readers of foreign files raise anything
        raise _unreadable(path.name, err) from None


def _bounded_to(path: Path) -> contextlib.AbstractContextManager[None]:
    size = sum(p.stat().st_size for p in (path, path.with_suffix(".dbf")) if p.is_file())
    return at_risk(_died(path.name), _late(path.name), size)


def _way_out(name: str) -> str:
    if Path(name).suffix.lower() in WORKBOOKS:
        return "请用 Excel 或 WPS 打开，另存为 .xlsx 或 .csv；数据确实很多的请按县拆分"
    if Path(name).suffix.lower() in RASTERS:
        return "请从源头重新导出为 GeoTIFF；很大的请先裁到本地范围"
    return "请从源头重新导出，如 .gpkg、.shp；数据确实很多的请按县拆分"


def _died(name: str) -> LayerError:
    return LayerError(f"{name}：读取时程序中途退出，文件已损坏或异常；{_way_out(name)}")


def _late(name: str) -> LayerError:
    return LayerError(f"{name}：读取很久没有结果，已停止，文件已损坏或异常；{_way_out(name)}")


def _too_much(name: str) -> LayerError:
    return LayerError(f"{name}：读取所需的内存与文件大小不相称，已停止；{_way_out(name)}")


def _unreadable(name: str, err: Exception) -> LayerError:
    why = fit_to_show(str(err))[:80]
    return LayerError(
        f"{name}：无法读取，文件已损坏或异常（{type(err).__name__}：{why}）；{_way_out(name)}"
    )
