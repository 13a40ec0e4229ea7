"""The units on every worker of a Dask cluster: sent once to each process, to those that come later too.

Imported only where Dask is.
"""

from __future__ import annotations

import gc
import logging
import signal
import threading
from typing import Any
from uuid import uuid4

import pandas as pd
import shapely
from distributed import Worker, WorkerPlugin, get_worker

from hbgeo.errors import RequestError
from hbgeo.measure.locate import UnitIndex
from hbgeo.process import STORAGE
from hbgeo.read.stream.positions import Wanted
from hbgeo.scale.pieces import Found, Piece, count_piece
from hbgeo.store.fingerprint import fingerprint_code


class UnitsPlugin(WorkerPlugin):
    """Codes, shapes and grid of units; the index is put together when it is first asked for.

    Parameters
    ----------
    local
        Whether the workers are our own: then they say nothing and leave Ctrl-C to us.
    """

    def __init__(self, units: pd.DataFrame, index: UnitIndex, *, local: bool) -> None:
        self.name = f"hbgeo-units-{uuid4().hex}"  # another program may count on the same cluster
        self.code, self._local = fingerprint_code(), local
        self.storage, self._garbage = pd.get_option(STORAGE), gc.get_threshold()
        self._codes = units.index.to_numpy().astype(str).tolist()
        self._shapes = shapely.to_wkb(units["geometry"].to_numpy())
        self._grid = index.to_bytes()

    def setup(self, worker: Worker) -> None:  # noqa: ARG002 - Dask calls it so
        """Refuse a worker whose code is not ours: its figures could be others."""
        if self._local:
            logging.getLogger("distributed").setLevel(logging.CRITICAL)
            gc.set_threshold(*self._garbage)
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGINT, signal.SIG_IGN)
        if fingerprint_code() != self.code:
            raise RequestError(
                "集群上的 hbgeo 或所依赖的库与本机版本不同；请在各台机器装同一版本后重试"
            )
        self._lock = threading.Lock()
        self._index: UnitIndex | None = None

    def find_index(self) -> UnitIndex:
        """The index, made once a process."""
        with self._lock:
            if self._index is None:
                shapes = shapely.from_wkb(self._shapes)
                units = pd.DataFrame({"geometry": shapes}, index=pd.Index(self._codes))
                self._index = UnitIndex.from_bytes(units, self._grid)
            return self._index


def count_there(piece: Piece, wanted: Wanted, name: str) -> Found:
    """On a worker: count a piece against the units that were sent under a name."""
    plugin: Any = get_worker().plugins[name]
    with pd.option_context(STORAGE, plugin.storage):  # texts are kept as with us
        return count_piece(plugin.find_index(), piece, wanted)
