"""Hostile ledgers end in one clear line; none is half read, and none takes the reader down."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hostile import MAKERS, damaged, truncated
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hbgeo.errors import HbgeoError, LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.layer import read_layer


def read(path: Path) -> None:
    layer = Layer("cemetery", "facilities", (path.name,), "示例", schema="cemetery")
    read_layer(layer, path.parent)


@pytest.mark.parametrize("name", MAKERS)
def test_a_hostile_file_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(MAKERS[name]())
    with pytest.raises(LayerError) as caught:
        read(path)
    said = str(caught.value)
    assert said.startswith(name)
    assert "\n" not in said
    assert len(said) < 500


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    for name, data in truncated(25):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(LayerError, match=r"有效|损坏|文本|空"):
            read(path)


def test_damaged_bytes_raise_nothing_else(tmp_path: Path) -> None:
    for name, data in damaged(range(60)):
        path = tmp_path / name
        path.write_bytes(data)
        with contextlib.suppress(HbgeoError):
            read(path)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=400), st.sampled_from([".csv", ".tsv", ".xlsx", ".xls", ".ods"]))
def test_any_bytes_under_any_name_raise_nothing_else(
    tmp_path: Path, data: bytes, suffix: str
) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_bytes(data)
    with contextlib.suppress(HbgeoError):
        read(path)


@pytest.mark.parametrize("data", [b"\r\x01", b"\r", b"a,b\rc,d\r", b'"\r\n', b"\x00,\r"])
def test_odd_line_ends_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    with contextlib.suppress(HbgeoError):
        read(tmp_path / "a.csv")
