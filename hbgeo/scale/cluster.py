"""Pieces of work on the processes of a Dask cluster: our own on this machine, or one that is there."""

from __future__ import annotations

import contextlib
import logging
import re
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from hbgeo.errors import LayerError, RequestError
from hbgeo.measure.locate import UnitIndex
from hbgeo.read.stream.positions import Wanted
from hbgeo.scale.pieces import Found, Piece
from hbgeo.store.fingerprint import fingerprint_code

if TYPE_CHECKING:
    from distributed import Client, Future

Progress = Callable[[int, int], None]

_LOCAL = "127.0.0.1"
_ADDRESS = re.compile(r"(?:tcp|tls)://[^\s/:@]+:\d{1,5}")
_SECONDS = 15  # to reach a scheduler
_SETTINGS = {  # of our own processes
    "distributed.scheduler.http.routes": [],  # no pages
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,  # nobody looks at it, and it takes a share
    # memory given back after every batch is asked for again by the next: a tenth of all the work
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
}
_SAME = ("python", "dask", "distributed")  # whose versions must be the same everywhere
_NEEDED = "多进程计数要用 Dask：pip install 'hbgeo[dask]'；不写 --workers、--scheduler 时不需要"
_LOST = "与计数进程的连接中断，没有完成；请检查集群后重试"


class Whose(NamedTuple):
    """Whose processes count: so many of our own on this machine, or those of a cluster, by address."""

    workers: int = 0
    scheduler: str = ""


def count_on_cluster(
    units: pd.DataFrame,
    index: UnitIndex,
    pieces: Sequence[Piece],
    wanted: Wanted,
    whose: Whose,
    progress: Progress | None = None,
) -> list[Found]:
    """Count pieces on the processes of a Dask cluster.

    A piece whose process ends is counted again by another; each counts once, by its own result.

    Returns
    -------
    found
        In the order of the pieces, whoever was first.

    Raises
    ------
    LayerError
        Of the first piece, in their order, that could not be counted.
    RequestError
        If Dask is not installed, or the cluster cannot be reached or is of another version.
    """
    try:
        from hbgeo.scale.plugin import UnitsPlugin, count_there
    except ImportError:
        raise RequestError(_NEEDED) from None
    sent = UnitsPlugin(units, index, local=not whose.scheduler)
    with _quietly(), _connected(whose) as client:
        client.register_plugin(sent)
        try:
            with contextlib.closing(_Work(client, count_there, pieces, wanted, sent.name)) as work:
                return work.results(progress)
        finally:
            with contextlib.suppress(Exception):  # the cluster may be gone; ours will be
                client.unregister_worker_plugin(sent.name)


class _Work:
    """Pieces that are being counted."""

    def __init__(
        self,
        client: Client,
        count: Callable[..., Found],
        pieces: Sequence[Piece],
        wanted: Wanted,
        name: str,
    ) -> None:
        self._client, self._pieces = client, pieces
        self._futures: list[Future[Any]] = client.map(
            count, pieces, wanted=wanted, name=name, pure=False
        )

    def results(self, progress: Progress | None) -> list[Found]:
        """Each piece's own, when all are there; what lies behind one that failed is given up."""
        from distributed import as_completed

        place = {future.key: at for at, future in enumerate(self._futures)}
        failed = len(place)
        for done, future in enumerate(as_completed(self._futures, loop=self._client.loop), 1):
            at = place[future.key]
            if future.status == "finished":
                if progress:
                    progress(done, len(place))
            elif at < failed:
                self._client.cancel(self._futures[at + 1 : failed])
                failed = at
        if failed < len(place):
            raise _why(self._futures[failed], self._pieces[failed])
        return list(self._client.gather(self._futures))

    def close(self) -> None:
        """Leave nothing on a cluster that goes on without us."""
        with contextlib.suppress(Exception):
            self._client.cancel(self._futures)


def _why(future: Future[Any], piece: Piece) -> BaseException:
    """What to say of a piece that could not be counted."""
    from distributed.scheduler import KilledWorker

    err = future.exception() if future.status == "error" else None
    if isinstance(err, KilledWorker):
        said = "读到它的进程几次都中途退出（文件异常，或内存不足）；请单独检查这个文件"
        return LayerError(f"{piece.path}：{said}")
    return err or RequestError(_LOST)


@contextlib.contextmanager
def _connected(whose: Whose) -> Iterator[Client]:
    """A client of processes of our own, which end with the context, or of a cluster that is there."""
    import dask
    from distributed import Client

    if whose.scheduler:
        with _reached(whose.scheduler) as client:
            _check_versions(client)
            yield client
        return
    with contextlib.ExitStack() as stack:
        scratch = tempfile.TemporaryDirectory(prefix="hbgeo-", ignore_cleanup_errors=True)
        folder = stack.enter_context(scratch)
        stack.enter_context(dask.config.set({**_SETTINGS, "temporary-directory": folder}))
        cluster = stack.enter_context(_own_processes(whose.workers, folder))
        yield stack.enter_context(Client(cluster, set_as_default=False))


def _own_processes(workers: int, folder: str) -> Any:
    """Processes that listen to this machine alone, and there to nobody but us; none shows a page.

    Who may talk to a worker may have it run anything: so others who use this machine need a key,
    made for this run and held in memory. Ctrl-C is ours: they start from a thread in which it
    waits, and so it never reaches them.
    """
    from distributed import LocalCluster
    from distributed.security import Security

    try:
        with _ctrl_c_waits():
            return LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                host=_LOCAL,
                security=Security.temporary(),
                dashboard_address=None,
                scheduler_kwargs={
                    "dashboard_address": f"{_LOCAL}:0"
                },  # where its port is, not a page
                local_directory=folder,
                memory_limit=0,  # constant, and nothing to be moved to the disk
                silence_logs=logging.CRITICAL,
            )
    except ImportError:  # of what makes keys
        raise RequestError(_NEEDED) from None
    except (OSError, RuntimeError, TimeoutError) as err:
        said = f"本机起不了 {workers} 个计数进程（{type(err).__name__}）；请减少 --workers，或不写"
        raise RequestError(said) from None


@contextlib.contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Threads begun here, and the processes they start, leave Ctrl-C to others; Windows has no such mask."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing.resource_tracker import ensure_running

    ensure_running()  # who starts it later takes the mask away
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _reached(scheduler: str) -> Client:
    from distributed import Client

    if not _ADDRESS.fullmatch(scheduler):
        raise RequestError(f"--scheduler “{scheduler}”不可用；应如 tcp://主机:8786")
    try:
        return Client(scheduler, timeout=_SECONDS, set_as_default=False)
    except (OSError, RuntimeError, ValueError):
        said = f"{_SECONDS} 秒内连不上调度器，或它不是 Dask 的；请检查地址、端口与防火墙"
        raise RequestError(f"{scheduler}：{said}") from None


def _check_versions(client: Client) -> None:
    """Refuse a cluster that could give other figures, or none.

    Raises
    ------
    RequestError
        If it has no worker, or one of another version, of hbgeo or of what it stands on.
    """
    known: Any = client.get_versions()
    if not known["workers"]:
        raise RequestError("集群里没有计数进程；请先启动 dask worker")
    own = known["client"]["packages"]
    for where, there in {"调度器": known["scheduler"], **known["workers"]}.items():
        for name in _SAME:
            theirs = (there or {}).get("packages", {}).get(name)
            if theirs != own[name]:
                said = f"{name} 版本不同（本机 {own[name]}，该处 {theirs}）"
                raise RequestError(f"{where}：{said}；请在各台机器装同一版本")
    try:
        codes = client.run(fingerprint_code)
    except (ImportError, AttributeError):
        raise RequestError("集群的计数进程没有装 hbgeo；请在各台机器装同一版本") from None
    for where, code in codes.items():
        if code != fingerprint_code():
            said = "hbgeo 或它所依赖的库（numpy、pandas、pyarrow、GEOS、PROJ 等）与本机版本不同"
            raise RequestError(f"{where}：{said}；请在各台机器装同一版本")


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """What Dask has to say on the way is no line for a planner: what went wrong is said at the end."""
    log = logging.getLogger("distributed")
    before = log.level
    log.setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="distributed")
        try:
            yield
        finally:
            log.setLevel(before)
