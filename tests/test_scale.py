"""Points of any number of files, counted by unit: here or on a cluster, the same figures and words."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from distributed import Client, LocalCluster
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.errors import HbgeoError, LayerError, RequestError
from hbgeo.measure.coverage import by_presence
from hbgeo.measure.point_counts import Census, PointCounts
from hbgeo.read.crs import to_cgcs2000
from hbgeo.read.stream import part
from hbgeo.read.stream.points import Tally
from hbgeo.read.stream.positions import read_positions
from hbgeo.scale import Wanted, cluster, count_points, pieces
from hbgeo.scale.counting import count_in_units, read_where
from hbgeo.scale.files import find_points
from hbgeo.show.counts_table import counts_bytes, counts_lines

ROOT = Path(__file__).parent.parent
CODES = ["420101103", "420101101", "420102102", "420102104"]
SQUARES = [(110, 30), (111, 30), (110, 31), (111, 31)]


def units() -> pd.DataFrame:
    """Four squares around (111, 31), not in the order of their codes."""
    return pd.DataFrame(
        {
            "name": ["甲镇", "乙镇", "丙街道", "丁乡"],
            "kind": ["镇", "镇", "街道", "乡"],
            "county_code": ["420101", "420101", "420102", "420102"],
            "county": ["示例县", "示例县", "示例区", "示例区"],
            "prefecture": "示例市",
            "geometry": [shapely.box(x, y, x + 1, y + 1) for x, y in SQUARES],
        },
        index=CODES,
    )


def points(rows: int, seed: int = 1) -> pd.DataFrame:
    """Plates in and around the squares."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "编号": [f"M{seed}-{i}" for i in range(rows)],
            "经度": rng.uniform(109.8, 112.2, rows).round(6),
            "纬度": rng.uniform(29.8, 32.2, rows).round(6),
            "类别": rng.choice(["楼牌", "户牌", "单元牌"], rows),
        }
    )


def write(frame: pd.DataFrame, path: Path, encoding: str = "utf-8") -> Path:
    """As Parquet or a table of text."""
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        frame.to_csv(path, index=False, encoding=encoding)
    return path


def folder_of(tmp_path: Path, rows: int = 300) -> Path:
    """Files of four kinds, one of them with geometry."""
    folder = tmp_path / "门牌"
    folder.mkdir()
    write(points(rows, 1), folder / "a.parquet")
    write(points(rows, 2), folder / "b.csv", "gb18030")
    write(points(rows, 3), folder / "c.csv", "utf-8-sig")
    plain = points(rows, 4)
    shapes = shapely.points(plain.pop("经度"), plain.pop("纬度"))
    gpd.GeoDataFrame(plain, geometry=shapes, crs="EPSG:4490").to_parquet(folder / "d.parquet")
    return folder


def told(counts: PointCounts) -> tuple[bytes, list[str]]:
    """All that a user sees."""
    return counts_bytes(counts, ".csv", units()), counts_lines(counts)


def brute(x: np.ndarray, y: np.ndarray) -> dict[str, int]:
    """By code, one point and one unit after the other; on a border the smallest code."""
    shapes = units()["geometry"].sort_index()
    found = dict.fromkeys(shapes.index, 0)
    for point in shapely.points(x, y):
        code = next((c for c, s in shapes.items() if s.intersects(point)), "")
        if code:
            found[code] += 1
    return found


@pytest.fixture(scope="module")
def dask() -> Iterator[LocalCluster]:
    """Two processes that all tests share."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
            local_directory=scratch,
            memory_limit=0,
            silence_logs=50,
        ) as made,
    ):
        yield made


def pids(made: LocalCluster) -> list[int]:
    """The processes of the workers."""
    return [one.pid for one in made.workers.values() if one.pid]


# ---------------------------------------------------------------- the figures


def test_points_are_counted_as_shapely_does_one_by_one(tmp_path):
    folder = folder_of(tmp_path)
    counts = count_points(units(), [folder])
    every = pd.concat([points(300, seed) for seed in (1, 2, 3, 4)])
    wanted = brute(every["经度"].to_numpy(), every["纬度"].to_numpy())
    assert counts.units["points"].to_dict() == wanted
    assert counts.census.rows == 1200
    assert counts.census.outside == 1200 - sum(wanted.values()) > 0


def test_units_stand_in_the_order_of_their_codes_with_their_parents(tmp_path):
    path = write(points(5), tmp_path / "a.csv")
    text = counts_bytes(count_points(units(), [path]), ".csv", units()).decode("utf-8-sig")
    head, *rows = text.splitlines()
    assert head == "code,name,kind,county_code,county,prefecture,points"
    assert [r.split(",")[0] for r in rows] == sorted(CODES)
    assert rows[0].startswith("420101101,乙镇,镇,420101,示例县,示例市,")


def test_every_row_is_somewhere_and_once(tmp_path):
    rows = [
        ("110.5", "30.5", "楼牌"),  # 甲镇
        ("111", "30.5", "楼牌"),  # on a border: 乙镇 has the smaller code
        ("115", "30.5", "楼牌"),  # nowhere
        ("", "", "楼牌"),  # no coordinates
        ("110.5", "", "楼牌"),  # half of a pair
        ("北纬三十度", "30.5", "楼牌"),  # no number
        ("0", "0", "楼牌"),  # not in China
        ("110.5", "31.5", "户牌"),  # passed over
    ]
    path = write(pd.DataFrame(rows, columns=["经度", "纬度", "类别"]), tmp_path / "a.csv")
    counts = count_points(units(), [path], Wanted(where={"类别": ("楼牌",)}))
    one = counts.census
    assert counts.units["points"].to_dict() == {
        "420101101": 1,
        "420101103": 1,
        "420102102": 0,
        "420102104": 0,
    }
    assert (one.rows, one.inside, one.outside, one.blank, one.unreadable, one.passed) == (
        (8, 2, 1, 1, 3, 1)
    )
    assert (one.on_border, one.by_row) == (1, 0)
    said = counts_lines(counts)
    assert said[0] == (
        "1 个文件共 8 行：2 行在单元内，1 行不在任何单元内，1 行没有坐标，3 行的坐标不能使用，"
        "1 行不合筛选条件（类别=楼牌）。"
    )


def test_on_a_border_the_unit_that_the_row_names_counts(tmp_path):
    rows = [
        ("111", "30.5", "420101103"),  # named: 甲镇, though 乙镇 has the smaller code
        ("111", "30.5", "420101101"),
        ("111", "30.5", "420102104"),  # names a unit that does not touch the point
        ("111", "30.5", ""),
        ("110.5", "30.5", "420102104"),  # inside 甲镇: what the row names is of no account
    ]
    path = write(pd.DataFrame(rows, columns=["经度", "纬度", "乡镇代码"]), tmp_path / "a.csv")
    counts = count_points(units(), [path], Wanted(names="township_code"))
    assert counts.units["points"].tolist() == [3, 2, 0, 0]
    assert (counts.census.on_border, counts.census.by_row) == (4, 1)
    assert count_points(units(), [path]).units["points"].tolist() == [4, 1, 0, 0]


def test_a_code_that_is_a_number_names_the_unit_as_well(tmp_path):
    rows = pd.DataFrame({"经度": [111.0], "纬度": [30.5], "乡镇代码": [420101103]})
    path = write(rows, tmp_path / "a.parquet")
    counts = count_points(units(), [path], Wanted(names="township_code"))
    assert counts.units["points"].tolist() == [0, 1, 0, 0]


def test_points_of_a_shifted_system_are_brought_back(tmp_path):
    plain = points(400)
    path = write(plain, tmp_path / "a.parquet")
    counts = count_points(units(), [path], Wanted(crs="GCJ-02"))
    wanted = brute(*to_cgcs2000(plain["经度"].to_numpy(), plain["纬度"].to_numpy(), "GCJ-02"))
    assert counts.units["points"].to_dict() == wanted
    assert wanted != brute(plain["经度"].to_numpy(), plain["纬度"].to_numpy())


def test_coverage_by_presence_is_that_of_the_points_themselves(tmp_path):
    some = points(30)
    some = some[some["经度"] < 110.9]
    path = write(some, tmp_path / "a.parquet")
    coverage = count_points(units(), [path]).coverage
    wanted = by_presence(units(), some.rename(columns={"经度": "x", "纬度": "y"}))
    columns = ["name", "demand", "covered", "facilities", "via"]
    pd.testing.assert_frame_equal(
        coverage.units[columns], wanted.units.sort_index()[columns], check_dtype=False
    )
    assert coverage.pct == wanted.pct == 50
    assert (coverage.basis.used, coverage.basis.outside) == (
        wanted.basis.used,
        wanted.basis.outside,
    )


def test_filters_are_values_in_every_column_asked_for(tmp_path):
    plain = points(200)
    plain["户数"] = np.arange(200) % 3
    wanted = plain[plain["类别"].isin(["楼牌", "户牌"]) & (plain["户数"] == 1)]
    asked = Wanted(where=read_where(["类别=楼牌，户牌", "户数=1"]))
    for name in ("a.csv", "a.parquet"):
        counts = count_points(units(), [write(plain, tmp_path / name)], asked)
        assert counts.units["points"].to_dict() == brute(
            wanted["经度"].to_numpy(), wanted["纬度"].to_numpy()
        )
        assert counts.census.passed == 200 - len(wanted)


def test_a_row_that_is_lost_is_never_passed_over_in_silence():
    one = Census(np.array([2, 1]), rows=5, outside=1)
    assert not one.adds_up
    assert replace(one, blank=1).adds_up
    with pytest.raises(ArithmeticError):
        pieces.add_up([pieces.Found(one)])


@settings(max_examples=25)
@given(st.lists(st.integers(0, 4), min_size=60, max_size=60), st.booleans())
def test_any_partition_of_the_rows_gives_the_same_counts(parts, as_text):
    every = points(60)
    every.loc[::7, "经度"] = 111.0  # on a border
    every.loc[::11, ["经度", "纬度"]] = np.nan
    suffix = "csv" if as_text else "parquet"
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        whole = count_points(units(), [write(every, folder / f"whole.{suffix}")])
        files = [
            write(rows, folder / f"part{k}.{suffix}") for k, rows in every.groupby(np.array(parts))
        ]
        counts = count_points(units(), files[::-1])
    assert counts.units.equals(whole.units)
    assert replace(counts.census, points=0) == replace(whole.census, points=0)


# ---------------------------------------------------------------- parts of a large file


def positions(path: Path, some: part.Part = part.ALL) -> list[tuple[float, float]]:
    """Every point that is read."""
    read = list(read_positions(path, Wanted(crs="CGCS2000"), Tally(), some))
    return [pair for one in read for pair in zip(one.x.tolist(), one.y.tolist(), strict=True)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_text_cut_behind_its_line_ends_has_every_row_once(tmp_path, monkeypatch, encoding, end):
    monkeypatch.setattr(part, "_LEAST", 0)
    monkeypatch.setattr(part, "TEXT_BYTES", 3000)
    monkeypatch.setattr(part, "_BLOCK", 1000)
    path = tmp_path / "a.csv"
    lines = points(800).assign(名称="簰洲湾㙍丂").to_csv(index=False, lineterminator=end)
    path.write_bytes(f"门牌台账{end}{lines}合计,800{end}".encode(encoding))
    cuts = part.cut_file(path)
    assert len(cuts) > 8
    assert [one.start for one in cuts[1:]] == [one.end for one in cuts[:-1]]
    assert [p for one in cuts for p in positions(path, one)] == positions(path)
    assert len(positions(path)) == 800


def test_a_text_is_not_cut_where_a_line_end_may_be_inside_a_cell(tmp_path, monkeypatch):
    monkeypatch.setattr(part, "_LEAST", 0)
    monkeypatch.setattr(part, "TEXT_BYTES", 3000)
    monkeypatch.setattr(part, "_BLOCK", 1000)
    text = points(800).to_csv(index=False)
    assert len(text) > 20_000
    quoted = text + 'M,110.5,30.5,"楼牌\n,111.5,30.5,户牌"\n'
    for name, odd in (
        ("quote", quoted.encode()),
        ("return", (text + "M,110.5,30.5,楼牌\rM,110.5,30.5,楼牌\n").encode()),
        ("end", (text + "\x1aM,110.5,30.5,楼牌\n").encode()),
        ("wide", text.encode("utf-16")),
    ):
        path = tmp_path / f"{name}.csv"
        path.write_bytes(odd)
        assert part.cut_file(path) == [part.ALL], name
    (tmp_path / "plain.csv").write_text(text, "utf-8")
    assert len(part.cut_file(tmp_path / "plain.csv")) > 5


def test_a_row_deep_in_a_text_that_is_cut_is_named_by_its_own_number(tmp_path, monkeypatch):
    monkeypatch.setattr(part, "_LEAST", 0)
    monkeypatch.setattr(part, "TEXT_BYTES", 3000)
    monkeypatch.setattr(part, "_BLOCK", 1000)
    text = points(800).to_csv(index=False) + "M,110.5,30.5,楼牌,多,的,列\n"
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")
    assert len(part.cut_file(path)) > 5
    with pytest.raises(LayerError, match=r"a\.csv 第802行：有 7 列，表头只有 4 列"):
        count_points(units(), [path])


def test_parquet_is_cut_between_its_row_groups(tmp_path, monkeypatch):
    monkeypatch.setattr(part, "_LEAST", 0)
    monkeypatch.setattr(part, "GROUP_ROWS", 100)
    path = tmp_path / "a.parquet"
    table = pa.Table.from_pandas(points(1000), preserve_index=False)
    pq.write_table(table, path, row_group_size=30)
    cuts = part.cut_file(path)
    assert [(one.start, one.end, one.rows) for one in cuts[:2]] == [(0, 4, 0), (4, 8, 120)]
    assert [p for one in cuts for p in positions(path, one)] == positions(path)
    assert len(positions(path)) == 1000


# ---------------------------------------------------------------- on a cluster


def test_a_cluster_gives_the_same_bytes_and_words(tmp_path, dask, monkeypatch):
    monkeypatch.setattr(part, "_LEAST", 0)
    monkeypatch.setattr(part, "TEXT_BYTES", 3000)
    monkeypatch.setattr(part, "_BLOCK", 1000)
    folder = folder_of(tmp_path)
    (folder / "e.csv").write_text("经度,纬度\n110.5,30.5\n北,30.5\n合计,2\n", "utf-8")
    asked = Wanted(crs="GCJ-02", names="township_code")
    steps: list[tuple[int, int]] = []
    here = count_points(units(), [folder], asked)
    there = count_points(
        units(),
        [folder],
        asked,
        scheduler=dask.scheduler_address,
        progress=lambda done, of: steps.append((done, of)),
    )
    assert told(there) == told(here)
    assert here.census.unreadable == 1
    many = len(pieces.cut_files(find_points([folder])[0], asked))
    assert many > 5
    assert steps == [(n, many) for n in range(1, many + 1)]


def test_a_worker_killed_midway_loses_nothing_and_counts_nothing_twice(tmp_path, dask):
    folder = tmp_path / "many"
    folder.mkdir()
    for seed in range(16):
        write(points(2000, seed), folder / f"{seed:02}.csv")
    before, killed = pids(dask), list[int]()

    def kill_one(_done: int, _of: int) -> None:
        if not killed:
            killed.append(before[0])
            psutil.Process(before[0]).kill()

    there = count_points(units(), [folder], scheduler=dask.scheduler_address, progress=kill_one)
    assert killed
    assert not psutil.pid_exists(killed[0])
    assert told(there) == told(count_points(units(), [folder]))
    assert there.census.rows == 32_000


def test_the_first_file_that_cannot_be_read_is_named_wherever_it_is_counted(tmp_path, dask):
    folder = folder_of(tmp_path)
    (folder / "b2.parquet").write_bytes(b"PAR1 no parquet at all PAR1")
    (folder / "c2.csv").write_text("名称,地址\n甲,乙\n", "utf-8")
    said = []
    for where in ("", dask.scheduler_address):
        with pytest.raises(LayerError) as err:
            count_points(units(), [folder], scheduler=where)
        said.append(str(err.value))
    assert said[0] == said[1]
    assert said[0].startswith("b2.parquet：")
    assert "\n" not in said[0]


def test_two_programs_may_count_on_one_cluster(tmp_path, dask):
    path = write(points(100), tmp_path / "a.csv")
    client = dask.get_client()
    try:
        first = count_points(units(), [path], scheduler=dask.scheduler_address)
        other = count_points(units()[:1], [path], scheduler=dask.scheduler_address)
        left = client.run(lambda dask_worker: [n for n in dask_worker.plugins if "hbgeo" in n])
    finally:
        client.close()
    assert other.units["points"].tolist() == [first.units["points"][CODES[0]]]
    assert set(map(tuple, left.values())) == {()}


def test_a_cluster_of_another_version_is_refused(tmp_path, dask, monkeypatch):
    path = write(points(10), tmp_path / "a.csv")
    monkeypatch.setattr(cluster, "fingerprint_code", _other_code)
    with pytest.raises(RequestError, match="与本机版本不同；请在各台机器装同一版本"):
        count_points(units(), [path], scheduler=dask.scheduler_address)


def _other_code() -> str:
    return f"{os.getpid()}"  # every process has another


def test_processes_of_our_own_listen_to_this_machine_alone():
    with cluster._connected(cluster.Whose(1)) as client:
        address = client.scheduler.address
        ours = [psutil.Process(), *psutil.Process().children(recursive=True)]
        open_to = {
            c.laddr.ip for p in ours for c in p.net_connections("tcp") if c.status == "LISTEN"
        }
        with pytest.raises(OSError, match=r"timed out|SSL|TLS|closed"):  # a stranger has no key
            Client(address.replace("tls:", "tcp:"), timeout=2, set_as_default=False)
    assert open_to == {"127.0.0.1"}
    assert address.startswith("tls://")


def test_a_scheduler_that_is_not_there_is_one_line(tmp_path, monkeypatch):
    path = write(points(10), tmp_path / "a.csv")
    monkeypatch.setattr(cluster, "_SECONDS", 0.5)
    with pytest.raises(RequestError, match=r"tcp://127\.0\.0\.1:9：0\.5 秒内连不上调度器"):
        count_points(units(), [path], scheduler="tcp://127.0.0.1:9")
    for odd in ("127.0.0.1:8786", "tcp://", "tcp://user:secret@host:1", "inproc://a:1"):
        with pytest.raises(RequestError, match="不可用；应如 tcp://主机:8786"):
            count_points(units(), [path], scheduler=odd)


def test_without_dask_it_counts_here_and_says_what_a_cluster_needs(tmp_path, monkeypatch):
    path = write(points(10), tmp_path / "a.csv")
    for module in [m for m in sys.modules if m.split(".")[0] in ("dask", "distributed")]:
        monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, "hbgeo.scale.plugin", raising=False)
    monkeypatch.delattr("hbgeo.scale.plugin", raising=False)
    assert count_points(units(), [path]).census.rows == 10
    with pytest.raises(RequestError, match=r"pip install 'hbgeo\[dask\]'"):
        count_points(units(), [path], workers=2)


# ---------------------------------------------------------------- what is asked for


def test_a_file_that_workers_cannot_see_or_that_changes_is_refused(tmp_path):
    path = write(points(10), tmp_path / "a.csv")
    [piece] = pieces.cut_files([path], Wanted())
    with path.open("a") as file:
        file.write("M,110.5,30.5,楼牌\n")
    with pytest.raises(LayerError, match="计数期间文件被改动"):
        pieces.count_piece(_index(), piece, Wanted())
    path.unlink()
    with pytest.raises(LayerError, match="计数的进程看不到这个文件"):
        pieces.count_piece(_index(), piece, Wanted())


def _index():
    from hbgeo.measure.locate import UnitIndex

    return UnitIndex(units())


def test_files_are_named_one_by_one_by_glob_or_by_folder(tmp_path):
    folder = folder_of(tmp_path)
    (folder / "_SUCCESS").write_bytes(b"")
    (folder / "说明.docx").write_bytes(b"PK")
    files, said = find_points([folder / "b.csv", str(folder / "*.csv"), folder])
    assert [f.name for f in files] == ["b.csv", "c.csv", "a.parquet", "d.parquet"]
    assert said == [f"{folder} 里没有读的：说明.docx。", "有 3 个文件写了不止一次，各只计一次。"]


@pytest.mark.parametrize(
    ("given_files", "why"),
    [
        (["没有.csv"], "没有.csv：没有这个文件或文件夹"),
        (["*.fgb"], r"\*\.fgb：没有符合的文件"),
        (["空"], "空：文件夹里没有能读的点文件"),
    ],
)
def test_what_means_no_file_is_refused(tmp_path, monkeypatch, given_files, why):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "空").mkdir()
    with pytest.raises(RequestError, match=why):
        find_points(given_files)


def test_filters_that_cannot_be_meant_are_refused(tmp_path):
    path = write(points(10).assign(联系电话=""), tmp_path / "a.csv")
    for odd in ("类别", "=楼牌", "类别=", "类别=楼牌,"):
        with pytest.raises(RequestError, match="写作 列=值，值"):
            read_where([odd])
    with pytest.raises(LayerError, match="没有筛选所用的列“门类”；已有列：编号、经度、纬度、类别"):
        count_points(units(), [path], Wanted(where={"门类": ("楼牌",)}))
    with pytest.raises(LayerError, match="像是个人信息的列"):
        count_points(units(), [path], Wanted(where={"联系电话": ("1",)}))


def test_what_is_asked_for_is_checked_before_anything_is_read(sample, tmp_path):
    path = write(points(10), tmp_path / "a.csv")
    for how, why in (
        ({"level": "hamlet"}, "不在可选值"),
        ({"level": "village"}, "没有"),
        ({"level": "county", "crs": "月球"}, "月球"),
        ({"level": "county", "workers": 2, "scheduler": "tcp://a:1"}, "只能写一个"),
    ):
        with pytest.raises(HbgeoError, match=why):
            count_in_units(sample, [path], **how)


# ---------------------------------------------------------------- the command


def command(*words: str | Path) -> list[str]:
    """The command as it is typed, warnings being errors."""
    return [sys.executable, "-W", "error", "-m", "hbgeo", "-C", str(ROOT), *map(str, words)]


def test_the_command_writes_the_same_file_with_processes_of_its_own(tmp_path, typed_in):
    folder = folder_of(tmp_path)
    asked = ("count", str(folder), "--units", "county", "--where", "类别=楼牌,户牌", "-o")
    code, out, said = typed_in(ROOT, *asked, str(tmp_path / "here.csv"))
    assert (code, out.count("\n")) == (0, 1)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    done = subprocess.run(
        command(*asked, tmp_path / "there.csv", "--workers", "2"),
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "TMPDIR": str(scratch), "TEMP": str(scratch), "PYTHONUTF8": "1"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, said)
    assert (tmp_path / "there.csv").read_bytes() == (tmp_path / "here.csv").read_bytes()
    assert list(scratch.iterdir()) == []


def test_the_command_gives_machines_numbers_that_add_up(tmp_path, typed_in):
    import json

    path = write(points(50), tmp_path / "a.csv")
    code, out, _ = typed_in(ROOT, "count", str(path), "--units", "county", "--json")
    found = json.loads(out)
    assert code == 0
    gone = sum(found[k] for k in ("outside", "blank", "unreadable", "passed"))
    assert found["rows"] == 50 == found["inside"] + gone
    assert found["inside"] == sum(u["points"] for u in found["units"])


def test_a_file_that_cannot_be_read_leaves_what_stood_there(tmp_path, typed_in):
    (tmp_path / "a.csv").write_text("名称\n甲\n", "utf-8")
    (tmp_path / "out.csv").write_text("before", "utf-8")
    asked = ("count", str(tmp_path / "a.csv"), "--units", "county", "-o", str(tmp_path / "out.csv"))
    code, out, said = typed_in(ROOT, *asked)
    assert (code, out) == (1, "")
    assert said.startswith("hbgeo：a.csv：")
    assert said.count("\n") == 1
    assert (tmp_path / "out.csv").read_text("utf-8") == "before"


def test_workers_are_a_number_of_processes(tmp_path, typed_in):
    path = write(points(5), tmp_path / "a.csv")
    code, _, said = typed_in(ROOT, "count", str(path), "--units", "county", "--workers", "两个")
    assert (code, said) == (1, "hbgeo：--workers “两个”不可用；应为 1 至 100 的整数\n")


@pytest.mark.skipif(os.name == "nt", reason="a process group is told to stop in another way there")
def test_ctrl_c_ends_every_process_and_leaves_no_file(tmp_path):
    scratch, folder = tmp_path / "scratch", tmp_path / "many"
    scratch.mkdir()
    folder.mkdir()
    for seed in range(60):
        write(points(20_000, seed), folder / f"{seed:02}.csv")
    running = subprocess.Popen(
        command("count", folder, "--units", "township", "--workers", 2, "-o", tmp_path / "o.csv"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(scratch)},
    )
    ours = psutil.Process(running.pid)
    while running.poll() is None and not any(scratch.glob("hbgeo-*/**/worker-*")):
        pass
    started = ours.children(recursive=True)
    os.killpg(running.pid, signal.SIGINT)
    out, said = running.communicate(timeout=60)
    assert (running.returncode, out, said) == (130, "", "hbgeo：已中断\n")
    assert len(started) >= 2
    _, left = psutil.wait_procs(started, timeout=30)
    assert left == []
    assert list(scratch.iterdir()) == []
    assert not (tmp_path / "o.csv").exists()
