"""Hostile map files end in one line; nothing outside the file is looked at, no network is touched."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import hostile_maps as hostile
import numpy as np
import pytest

from hbgeo.errors import HbgeoError
from hbgeo.read.catalog import Layer
from hbgeo.read.file.vector import list_layers, read_vector
from hbgeo.read.stream.points import open_points


class Listener:
    """A server that counts who calls."""

    def __init__(self) -> None:
        self.calls = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.socket.getsockname()[1])
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.calls += 1
            connection.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.socket.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, listener: Listener) -> list[Path]:
    return hostile.every(tmp_path_factory.mktemp("hostile"), listener.port)


def layer(path: Path) -> Layer:
    return Layer(
        "township", "units", (str(path),), "示例", level="township", schema="unit", crs="WGS84"
    )


def one_line(err: HbgeoError) -> bool:
    return bool(str(err)) and "\n" not in str(err) and len(str(err)) < 400


def test_every_file_ends_in_one_line_that_names_it(files, listener):
    assert len(files) > 130
    for path in files:
        with pytest.raises(HbgeoError) as caught:
            read_vector(path, layer(path))
        assert one_line(caught.value), path.name
        parts = path.parent.glob(f"{path.stem}.*")
        assert any(p.name in str(caught.value) for p in parts) or path.suffix in {".zip", ".kmz"}
    assert listener.calls == 0


def test_passing_them_on_ends_so_too(files, listener):
    for path in files:
        with pytest.raises(HbgeoError) as caught:
            list(open_points(path, layer(path)).batches)
        assert one_line(caught.value), path.name
    assert listener.calls == 0


def test_listing_their_layers_never_breaks_or_calls(files, listener):
    for path in files:
        if path.suffix != ".parquet":
            try:
                list_layers(path)
            except HbgeoError as err:
                assert one_line(err), path.name  # noqa: PT017 - some of them may be listed
    assert listener.calls == 0


def test_flipped_bytes_are_read_or_refused(tmp_path):
    rng = np.random.default_rng(5)
    for suffix, good in hostile.whole(tmp_path).items():
        data = good.read_bytes()
        for n in range(25):
            broken = bytearray(data)
            for at in rng.integers(0, len(data), 1 + n % 8):
                broken[at] ^= int(rng.integers(1, 256))
            path = tmp_path / f"翻{n}{suffix}"
            path.write_bytes(bytes(broken))
            for part in (".shx", ".dbf", ".prj", ".cpg") if suffix == ".shp" else ():
                path.with_suffix(part).write_bytes(good.with_suffix(part).read_bytes())
            try:
                read_vector(path, layer(path))
            except HbgeoError as err:
                assert one_line(err), (path.name, str(err))  # noqa: PT017 - both are right
