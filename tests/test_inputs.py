"""Fingerprints of a catalogue's files: each thing a table comes from, and nothing else, changes it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hbgeo.read.catalog import Catalog, read_catalog
from hbgeo.read.inputs import Inputs, layer_of
from hbgeo.store.fingerprint import fingerprint, joined

CATALOG = """
title = "示例"
as_of = 2023-12-31
scheme = "MCA-2025"

[county]
role = "units"
level = "county"
path = "county.geojson"
crs = "CGCS2000"
source = "示例"

[eldercare]
role = "facilities"
path = "eldercare*.csv"
crs = "CGCS2000"
source = "示例"

[village]
role = "places"
level = "village"
path = "village.csv"
source = "示例"
"""
FILES = ("county.geojson", "eldercare1.csv", "eldercare2.csv", "village.csv")


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    (tmp_path / "catalog.toml").write_text(CATALOG, "utf-8")
    for name in FILES:
        (tmp_path / name).write_text(name, "utf-8")
    return read_catalog(tmp_path)


def test_texts_together_are_one_and_one_unknown_makes_all_unknown() -> None:
    assert joined(["甲", "乙"]) == fingerprint("甲\n乙".encode())
    assert joined(["甲", ""]) == joined(["", ""]) == ""
    assert joined([]) == fingerprint(b"")


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("county.geojson", {"county", "eldercare", "village"}),  # any row may name its units
        ("village.csv", {"county", "eldercare", "village"}),
        ("eldercare2.csv", {"eldercare"}),
        ("changes.csv", {"county", "eldercare", "village"}),
        ("other.csv", set()),
    ],
)
def test_what_a_table_comes_from(catalog: Catalog, name: str, changed: set[str]) -> None:
    def of_tables() -> dict[str, str]:
        inputs = Inputs(catalog)
        return {key: inputs.of_table(layer) for key, layer in catalog.layers.items()}

    before = of_tables()
    (catalog.folder / name).write_text("另一份", "utf-8")
    after = of_tables()
    assert all(before.values())
    assert {key for key in before if before[key] != after[key]} == changed


def test_files_are_unchanged_while_every_one_is(catalog: Catalog) -> None:
    inputs = Inputs(catalog)
    assert inputs.unchanged()
    inputs.of_table(catalog.layers["eldercare"])
    assert inputs.unchanged()
    last = catalog.folder / FILES[1]
    os.utime(last, ns=(1, 1))
    assert not inputs.unchanged()
    again = Inputs(catalog)
    again.of_table(catalog.layers["eldercare"])
    assert again.unchanged()
    last.unlink()
    assert not again.unchanged()


def test_the_size_of_a_layer_is_that_of_its_files(catalog: Catalog) -> None:
    inputs, layers = Inputs(catalog), catalog.layers
    assert [inputs.bytes_of(layer) for layer in layers.values()] == [14, 28, 11]
    (catalog.folder / FILES[0]).unlink()
    assert (inputs.bytes_of(layers["county"]), inputs.of_layer(layers["county"])) == (0, "")


def test_the_layer_of_a_level_is_that_of_polygons_before_places(catalog: Catalog) -> None:
    assert [getattr(layer_of(catalog, at), "key", None) for at in ("county", "township", "village")] == [
        "county", None, "village",
    ]  # fmt: skip
