"""What two processes share of a run: layers that are not kept, boundaries drawn, names on signs."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from hbgeo.errors import HbgeoError
from hbgeo.worker import Piece, Worker
from hbgeo.workspace import Workspace

_SHARED = 1 << 20  # bytes of layers to be read, from which two processes are quicker than one


def read_together(workspace: Workspace, worker: Worker) -> Piece[None] | None:
    """Read and check the layers that are not kept: the largest here, the others in the worker.

    Who is done with his own goes on with what the other has not begun: what one of them reads, the
    other finds kept. Then the worker draws the boundaries and, when all is read, looks at the names
    on signs, if nobody has, while figures are measured here; whoever asks for either takes what is
    returned before.
    """
    root = workspace.root.absolute()  # the worker may stand in another folder
    mine, others = _shares(workspace)
    if others:
        _read(workspace, worker, root, mine, others)
    from hbgeo.names.papers import are_known

    if are_known(workspace):  # or, as is known after reading, so many that none is looked at
        return None
    if not others:
        worker.give(keep_drawn, root)
    return worker.give(keep_names, root)


def _read(
    workspace: Workspace, worker: Worker, root: Path, mine: list[str], others: list[str]
) -> None:
    for level in ("county", "township"):  # which all others name: read once, and kept
        workspace.find_units(level)
    for key in mine:
        workspace.layers.begin(key)
    workspace.find_units("village")
    reading = {key: worker.give(store_layer, root, key) for key in others}
    worker.give(keep_drawn, root)
    for key in mine:
        workspace.issues_of(key)
    for at in range(len(others) - 1, -1, -1):
        if sum(not reading[one].done for one in others[: at + 1]) > 1:
            with suppress(HbgeoError):  # who reads it next says so, always in the same order
                workspace.issues_of(others[at])
    for key in workspace.catalog.layers:
        if key in reading:
            reading[key].take()


def _shares(workspace: Workspace) -> tuple[list[str], list[str]]:
    """Part the layers that are not kept in two: the largest ledgers, half of all, and the rest.

    Both begin with the largest, and are empty where little is to be read.
    """
    layers, inputs = workspace.catalog.layers, workspace.layers.inputs
    new = [key for key in layers if inputs.of_table(layers[key]) and not workspace.is_checked(key)]
    ledgers = [key for key in new if layers[key].role in {"facilities", "table"}]
    sizes = {key: inputs.bytes_of(layers[key]) for key in ledgers}
    whole = sum(sizes.values())
    if whole < _SHARED or len(new) < 2:
        return [], []
    mine: list[str] = []
    for key in sorted(sizes, key=lambda k: sizes[k], reverse=True):
        if 2 * sum(sizes[k] for k in mine) < whole:
            mine.append(key)
    rest = [key for key in new if key not in mine]
    return mine, sorted(rest, key=lambda k: sizes.get(k, 0), reverse=True)


def store_layer(root: Path, key: str) -> None:
    """Read and check a layer, and keep it for whoever asks next."""
    _opened(root).issues_of(key)


def keep_drawn(root: Path) -> None:
    """Keep the boundaries as the page draws them, which nobody asks for before everything is measured."""
    from hbgeo.products import keep_shapes

    keep_shapes(_opened(root))


def keep_names(root: Path) -> None:
    """Keep what was found of names on signs."""
    from hbgeo.names.papers import names_of

    names_of(_opened(root))


@lru_cache(1)
def _opened(root: Path) -> Workspace:
    return Workspace.open(root)
