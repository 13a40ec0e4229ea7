"""What is kept from one run to the next comes back as it was, and only for what it was made from."""

from __future__ import annotations

import shutil
import tracemalloc
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from hbgeo.read import inputs
from hbgeo.read import layer as layer_of_files
from hbgeo.read.catalog import Layer, read_catalog
from hbgeo.read.layer import read_layer
from hbgeo.read.layers import Layers
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.table import from_frames, to_frames
from hbgeo.sample import make_workspace
from hbgeo.store.frames import FrameStore
from hbgeo.workspace import Workspace

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Frames of every kind of column that a layer may have, empty ones too."""
    n = draw(st.integers(0, 12))
    many = {"min_size": n, "max_size": n}
    texts = pd.Series(draw(st.lists(TEXT, **many)), dtype="str")
    ints = draw(st.lists(st.integers(-(2**62), 2**62), **many))
    days = draw(st.lists(st.sampled_from(["2021-06-01", "1931-01-31", None]), **many))
    made = pd.DataFrame(
        {
            "text": texts,
            "none": texts.where(pd.Series(draw(st.lists(st.booleans(), **many)), dtype=bool)),
            "repeated": pd.Series(["甲", "", "乙"] * n, dtype="str").head(n),
            "number": pd.Series(draw(st.lists(st.floats(), **many)), dtype="float64"),
            "row": pd.Series(ints, dtype="int64"),
            "row_or_none": pd.Series([None if i % 3 == 0 else i for i in ints], dtype="Int64"),
            "day": pd.Series(pd.to_datetime(days), dtype="datetime64[s]"),
            "coarse": pd.Series(draw(st.lists(st.booleans(), **many)), dtype=bool),
            "precision": pd.Series(
                draw(st.lists(st.sampled_from(["day", "year", None]), **many)), dtype="str"
            ).astype("category"),
            "served": pd.Series(
                [tuple(t) for t in draw(st.lists(st.lists(TEXT, max_size=3), **many))],
                dtype=object,
            ),
            "words": pd.Series(draw(st.lists(TEXT, **many)), dtype=object),
        }
    )
    index = draw(st.sampled_from(["counted", "numbers", "codes"]))
    if index == "numbers":
        made.index = pd.Index(np.arange(n) * 2)
    elif index == "codes":
        made = made.set_index(pd.Index([f"42{i}" for i in range(n)], dtype="str", name="code"))
    return made


@given(st.lists(frames(), max_size=3))
def test_frames_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, made: list[pd.DataFrame]
) -> None:
    store = FrameStore(tmp_path_factory.mktemp("kept"))
    store.put("a", "key", made)
    found = store.get("a", "key")
    assert found is not None
    assert len(found) == len(made)
    for was, now in zip(made, found, strict=True):
        assert_frame_equal(was, now, check_exact=True)


@pytest.mark.parametrize("storage", ["python", "pyarrow"])
def test_texts_come_back_in_either_storage(tmp_path: Path, storage: str) -> None:
    with pd.option_context("mode.string_storage", storage):
        made = pd.DataFrame({"a": pd.Series(["甲", "乙"] * 500, dtype="str")})
        FrameStore(tmp_path).put("a", "key", [made])
        found = FrameStore(tmp_path).get("a", "key")
    assert found is not None
    assert_frame_equal(found[0], made)
    assert found[0]["a"].dtype.storage == storage


def test_boundaries_come_back_to_the_last_digit(tmp_path: Path) -> None:
    shapes = [shapely.Point(1 / 3, 2 / 3).buffer(0.1), shapely.Polygon(), shapely.box(0, 0, 1, 1)]
    made = gpd.GeoDataFrame({"name": ["a", "b", "c"]}, geometry=shapes, crs="EPSG:4490")
    FrameStore(tmp_path).put("a", "key", [made])
    found = FrameStore(tmp_path).get("a", "key")
    assert found is not None
    assert_geodataframe_equal(found[0], made)
    assert shapely.equals_identical(found[0].geometry, made.geometry).all()


def test_what_was_got_may_be_changed(tmp_path: Path) -> None:
    FrameStore(tmp_path).put("a", "key", [pd.DataFrame({"x": [1.0, 2.0]})])
    found = FrameStore(tmp_path).get("a", "key")
    assert found is not None
    found[0].loc[0, "x"] = 5.0
    assert found[0]["x"].tolist() == [5.0, 2.0]


def test_what_was_got_keeps_no_more_in_memory_than_itself(tmp_path: Path) -> None:
    rows = 50_000
    words = {f"示例{n}": pd.Series([f"示例{n}甲", f"示例{n}乙"] * (rows // 2)) for n in range(20)}
    frame = pd.DataFrame(words | {"kind": pd.Categorical(words["示例0"])})
    frame["id"] = [f"{n:05}" for n in range(rows)]
    store = FrameStore(tmp_path)
    with pd.option_context("mode.string_storage", "pyarrow"):
        store.put("a", "key", [frame.set_index("id")])
        [file] = tmp_path.iterdir()
        tracemalloc.start()
        found = store.get("a", "key")
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert found is not None
    assert file.stat().st_size > 4_000_000
    assert held < 1_500_000  # ids, codes of kinds; Arrow's own memory is not counted


def test_another_key_finds_nothing(tmp_path: Path) -> None:
    store = FrameStore(tmp_path)
    store.put("a", "key", [])
    assert store.get("a", "key") == []
    assert store.get("a", "other") is None
    assert store.get("b", "key") is None


def test_no_key_keeps_nothing(tmp_path: Path) -> None:
    FrameStore(tmp_path).put("a", "", [])
    assert FrameStore(tmp_path).get("a", "") is None
    assert list(tmp_path.iterdir()) == []


def test_a_column_that_would_come_back_otherwise_is_not_kept(tmp_path: Path) -> None:
    for odd in ([1, "a"], [("a", 1)], [None, "a"], [1 + 2j]):
        store = FrameStore(tmp_path / "x")
        store.put("a", "key", [pd.DataFrame({"odd": pd.Series(odd, dtype=object)})])
        assert store.get("a", "key") is None


def test_a_frame_whose_geometry_has_no_crs_is_not_kept_and_nobody_is_told(tmp_path: Path) -> None:
    store, points = FrameStore(tmp_path), gpd.points_from_xy([111.0], [30.0])
    store.put("p", "1", [gpd.GeoDataFrame({"a": [1]}, geometry=points)])
    assert store.get("p", "1") is None
    store.put("p", "1", [gpd.GeoDataFrame({"a": [1]}, geometry=points, crs="EPSG:4490")])
    [kept] = store.get("p", "1") or []
    assert kept.crs == "EPSG:4490"
    assert kept.geometry.x.tolist() == [111.0]


def test_a_damaged_entry_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    store = FrameStore(tmp_path)
    store.put("a", "key", [pd.DataFrame({"text": pd.Series(["甲", "乙"], dtype="str")})])
    [entry] = tmp_path.iterdir()
    whole = entry.read_bytes()
    harmed = [whole[:length] for length in range(len(whole))]
    harmed += [whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1 :] for n in range(len(whole))]
    zeroed = [whole[:n] + bytes(16) + whole[n + 16 :] for n in range(0, len(whole) - 16, 16)]
    for content in [*harmed, *(z for z in zeroed if z != whole), b"PAR1" + whole, whole + b"\0"]:
        entry.write_bytes(content)
        assert store.get("a", "key") is None
        assert not store.has("a", "key") or len(content) == len(whole)
    entry.write_bytes(whole)
    assert store.get("a", "key") is not None


# what a workspace keeps


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    make_workspace(tmp_path / "ws")
    return tmp_path / "ws"


def _never_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("read again")

    monkeypatch.setattr(layer_of_files, "read_layer", refuse)


def test_layers_of_the_sample_come_back_as_read(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Workspace.open(copy)
    issues = first.issues()
    read = {key: first.layers.table(key) for key in first.catalog.layers}
    _never_read(monkeypatch)
    again = Workspace.open(copy)
    assert_frame_equal(again.issues(), issues)
    for key, was in read.items():
        now = again.layers.table(key)
        same = assert_geodataframe_equal if isinstance(was.frame, gpd.GeoDataFrame) else assert_frame_equal  # fmt: skip
        same(now.frame, was.frame)
        assert_frame_equal(now.senders, was.senders)
        assert_frame_equal(now.issues, was.issues)
        assert_frame_equal(now.left_out, was.left_out, check_column_type=False)
        assert_frame_equal(now.unread, was.unread, check_dtype=False)
        parts = dict.fromkeys(("frame", "issues", "senders", "left_out", "unread"))
        assert vars(now) | parts == vars(was) | parts


def test_tied_layers_survive_being_taken_apart(sample: Workspace) -> None:
    table = sample.layers.table("cemetery")
    back = from_frames(sample.catalog.layers["cemetery"], to_frames(table))
    assert_frame_equal(back.issues, table.issues)
    assert (back.key, back.schema, back.sample) == ("cemetery", "cemetery", True)


def _edit(path: Path, old: str, new: str) -> None:
    content = path.read_bytes()
    assert old.encode() in content
    path.write_bytes(content.replace(old.encode(), new.encode(), 1))


@pytest.mark.parametrize(
    ("file", "old", "new", "again"),
    [
        ("population.csv", ",2023,1", ",2023,2", {"population"}),
        ("catalog.toml", "虚构，2023年", "虚构,二〇二三年", {"population"}),
        ("villages.csv", "村委会", "居委会", {"population", "cemetery", "village"}),
    ],
)
def test_what_changed_is_read_again(
    copy: Path, monkeypatch: pytest.MonkeyPatch, file: str, old: str, new: str, again: set[str]
) -> None:
    for key in ("population", "cemetery"):
        Workspace.open(copy).layer(key)
    _edit(copy / "layers" / file, old, new)
    seen = set()

    def watch(layer: Layer, folder: Path, **more: Any) -> Tidy:
        seen.add(layer.key)
        return read_layer(layer, folder, **more)

    monkeypatch.setattr(layer_of_files, "read_layer", watch)
    changed = Workspace.open(copy)
    for key in ("population", "cemetery"):
        changed.layer(key)
    assert again <= seen
    assert ("cemetery" in seen) == ("cemetery" in again)


def test_a_layer_whose_rows_are_all_put_aside_is_not_read_again(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog, ledger = copy / "layers" / "catalog.toml", copy / "layers" / "none.csv"
    ledger.write_text("名称,所在县,所在乡镇,状态\n示例公墓,无此示例县,无此示例镇,运营\n", "utf-8")
    own = '\n[none]\nrole = "facilities"\nschema = "cemetery"\npath = "none.csv"\nsource = "示例"\nsample = true\n'  # fmt: skip
    catalog.write_text(catalog.read_text("utf-8") + own, "utf-8")
    first = Workspace.open(copy).layers.table("none")
    assert (len(first), len(first.left_out)) == (0, 1)
    monkeypatch.setattr(layer_of_files, "read_layer", lambda *_, **__: pytest.fail("read again"))
    again = Workspace.open(copy).layers.table("none")
    assert_frame_equal(again.left_out, first.left_out)


@pytest.mark.parametrize("table", ["aliases.csv", "changes.csv"])
def test_names_given_later_are_heard(copy: Path, table: str) -> None:
    before = Workspace.open(copy).layers.fingerprint_of("cemetery")
    (copy / "layers" / table).write_text("x\n", "utf-8")
    assert Workspace.open(copy).layers.fingerprint_of("cemetery") != before


def test_another_code_reads_again(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Workspace.open(copy).layers.fingerprint_of("cemetery")
    monkeypatch.setattr(inputs, "fingerprint_code", lambda: "another")
    assert Workspace.open(copy).layers.fingerprint_of("cemetery") != before


def test_a_file_changed_while_it_was_read_is_not_kept(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = copy / "layers" / "population.csv"

    def read_and_change(layer: Layer, folder: Path, **more: Any) -> Tidy:
        made = read_layer(layer, folder, **more)
        if layer.key == "population":
            path.write_bytes(path.read_bytes() + b"\n")
        return made

    kept = copy / "maps" / ".cache" / "population.frames"
    with monkeypatch.context() as patch:
        patch.setattr(layer_of_files, "read_layer", read_and_change)
        Workspace.open(copy).layer("population")
        assert not kept.exists()
    Workspace.open(copy).layer("population")
    assert kept.exists()


def test_a_file_that_came_while_a_glob_was_read_is_not_kept(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog, path = copy / "layers" / "catalog.toml", copy / "layers" / "population.csv"
    said = catalog.read_text("utf-8").replace('"population.csv"', '"population*.csv"')
    catalog.write_text(said, "utf-8")

    def read_and_add(layer: Layer, folder: Path, **more: Any) -> Tidy:
        made = read_layer(layer, folder, **more)
        if layer.key == "population":
            path.with_stem("population-2").write_bytes(path.read_bytes())
        return made

    kept = copy / "maps" / ".cache" / "population.frames"
    with monkeypatch.context() as patch:
        patch.setattr(layer_of_files, "read_layer", read_and_add)
        Workspace.open(copy).layer("population")
        assert not kept.exists()
    Workspace.open(copy).layer("population")
    assert kept.exists()


def test_seats_are_kept_for_as_long_as_villages_and_townships_are_the_same(copy: Path) -> None:
    first = Workspace.open(copy).units("township")
    again = Workspace.open(copy)
    pd.testing.assert_frame_equal(again.units("township"), first)
    assert "village" not in again.layers._tables  # nobody asked for them
    again.layers.miss_names()  # which asks of every layer that figures rest on
    assert "village" in again.layers._tables
    path = copy / "layers" / "villages.csv"
    lines = path.read_text("utf-8-sig").splitlines()
    at = next(n for n, line in enumerate(lines) if n and "是" in line.split(","))
    path.write_text("\n".join([*lines[:at], *lines[at + 1 :]]), "utf-8")
    changed = Workspace.open(copy).units("township")
    assert (changed["seat_x"] != first["seat_x"]).sum() == 1


def test_layers_without_a_store_keep_nothing(copy: Path) -> None:
    Layers(read_catalog(copy / "layers")).table("population")
    assert not (copy / "maps" / ".cache").exists()


def test_the_folder_may_be_deleted_at_any_time(copy: Path) -> None:
    first = Workspace.open(copy).layer("population")
    shutil.rmtree(copy / "maps" / ".cache")
    assert_frame_equal(Workspace.open(copy).layer("population"), first)
