"""A real PostGIS server holds what was published: whole, readable at any moment, by those who may."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import postgres
import psycopg
import pytest
from psycopg.rows import dict_row
from published import NUMBERS, as_written, of_counties, read_as, rows_of

from hbgeo.errors import OutputError
from hbgeo.job import run
from hbgeo.publish import server
from hbgeo.publish.content import Content, make_content
from hbgeo.publish.copying import copy_parts
from hbgeo.publish.server import publish_to_server
from hbgeo.publish.views import views_of
from hbgeo.read.file.find import Database
from hbgeo.show import words
from hbgeo.workspace import Workspace

pytestmark = pytest.mark.system
TABLES = ("units", "facilities", "indicators", "results", "issues")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with postgres.server(tmp_path_factory.mktemp("pg")) as found:
        with _admin(found, "postgres") as connection:
            connection.execute("ALTER ROLE planner SET lock_timeout = '30s'")  # fails, hangs not
        yield found


def _admin(port: int, database: str, **more: Any) -> psycopg.Connection[Any]:
    return psycopg.connect(
        host="127.0.0.1", port=port, user="planner", password=postgres.PASSWORD, dbname=database,
        autocommit=True, **more,
    )  # fmt: skip


class Place:
    """A database of one's own with PostGIS."""

    def __init__(self, port: int, name: str) -> None:
        self.port, self.name = port, name
        self.database = Database(
            f"postgresql://planner:${{HBGEO_TEST_PASSWORD}}@127.0.0.1:{port}/{name}"
        )

    def admin(self, **more: Any) -> psycopg.Connection[Any]:
        return _admin(self.port, self.name, **more)

    def run(self, *queries: str) -> None:
        with self.admin() as connection:
            for one in queries:
                connection.execute(one)  # type: ignore[arg-type]

    def rows(self, query: str) -> list[dict[str, Any]]:
        with self.admin(row_factory=dict_row) as connection:
            return connection.execute(query).fetchall()  # type: ignore[arg-type,return-value]

    def one(self, query: str) -> Any:
        [row] = self.rows(query)
        return next(iter(row.values()))

    def state(self) -> tuple[Any, ...]:
        """What is published: title of the last run, rows of each table, a sum over the results."""
        title = self.one("SELECT title FROM hbgeo.runs ORDER BY run DESC LIMIT 1")
        counts = [self.one(f"SELECT count(*) FROM hbgeo.{t}") for t in TABLES]  # noqa: S608
        return title, *counts, self.one("SELECT sum(demand * fid) FROM hbgeo.results")

    def as_user(self, user: str) -> Database:
        return Database(
            f"postgresql://{user}:${{HBGEO_TEST_PASSWORD}}@127.0.0.1:{self.port}/{self.name}"
        )


@pytest.fixture
def place(port: int, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("HBGEO_TEST_PASSWORD", postgres.PASSWORD)
    name = f"t{zlib.crc32(request.node.name.encode())}"
    with _admin(port, "postgres") as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    made = Place(port, name)
    made.run("CREATE EXTENSION postgis")
    return made


@pytest.fixture(scope="module")
def content(sample: Workspace) -> Content:
    return make_content(sample, sample.options())


@pytest.fixture(scope="module")
def old(content: Content) -> Content:
    return of_counties(content, "甲")


@pytest.fixture(scope="module")
def new(content: Content) -> Content:
    made = of_counties(content, "乙")
    tables = dict(made.tables)
    tables["results"] = tables["results"].assign(demand=2.0)
    tables["facilities"] = tables["facilities"].head(400)
    return replace(made, tables=tables)


def test_the_tables_are_those_of_the_main_job(
    place: Place, content: Content, sample: Workspace
) -> None:
    said = publish_to_server(content, place.database)
    assert said == []
    report = run(sample)
    for name, table in (("coverage", "results"), ("issues", "issues")):
        wanted = rows_of(report, f"{name}.csv")
        have = place.rows(f"SELECT * FROM hbgeo.{table} ORDER BY fid")  # noqa: S608
        columns = list(wanted[0])
        made = [as_written(row, columns) for row in have]
        assert made == [read_as(row, NUMBERS[name]) for row in wanted]
    counts = {t: place.one(f"SELECT count(*) FROM hbgeo.{t}") for t in TABLES}  # noqa: S608
    assert counts == {t: len(content.tables[t]) for t in TABLES}
    [row] = place.rows("SELECT * FROM hbgeo.runs")
    assert {t: row[t] for t in TABLES} == counts
    assert row["inputs"] == dict(report.snapshot.about["inputs"])
    wrong = "SELECT count(*) FROM hbgeo.units WHERE level = 'township' AND NOT ST_IsValid(geom)"
    assert place.one(wrong) == 0
    _check_views(place, content)
    _check_styles(place, content)


def _check_views(place: Place, content: Content) -> None:
    """Each view has a key, the rows of its indicator, its kind of shapes, and says what it is."""
    box = "geom && ST_MakeEnvelope(100, 20, 120, 40, 4490)"  # as QGIS asks: all shapes there are
    about = place.rows(
        "SELECT f_table_name n, type t, srid s, obj_description(('hbgeo.\"' || f_table_name || '\"')::regclass) d "
        "FROM public.geometry_columns WHERE f_table_schema = 'hbgeo' AND f_table_name LIKE 'v\\_%'"
    )
    known = {row["n"]: row for row in about}
    views = [view for view in views_of(content) if view.indicator]
    assert set(known) == {view.name for view in views}
    rows = content.tables["results"]
    for view in views:
        found = known[view.name]
        assert (found["t"], found["s"]) == (view.shape.upper(), 4490)
        assert words.SAMPLE_MARK in found["d"]
        assert words.NOT_A_MAP in found["d"]
        query = f'SELECT count(*) n, count(DISTINCT fid) k, count(geom) g, count(*) FILTER (WHERE {box}) b FROM hbgeo."{view.name}"'  # noqa: S608
        [counts] = place.rows(query)
        own = int((rows["indicator"] == view.indicator).sum())
        assert (counts["n"], counts["k"]) == (own, own)
        assert counts["b"] == counts["g"] > 0


def _check_styles(place: Place, content: Content) -> None:
    styles = place.rows("SELECT f_table_name n, styleqml::text q FROM public.layer_styles")
    assert {row["n"] for row in styles} == {view.name for view in views_of(content)}
    towns = next(row["q"] for row in styles if row["n"] == "v_cemetery_township")
    assert 'value="已覆盖"' in towns
    assert "LinePatternFill" in towns


def test_publishing_again_replaces_all_and_keeps_the_runs(
    place: Place, old: Content, new: Content
) -> None:
    publish_to_server(old, place.database)
    publish_to_server(new, place.database)
    assert place.state()[:3] == ("乙", len(new.tables["units"]), 400)
    assert place.one("SELECT array_agg(title ORDER BY run) FROM hbgeo.runs") == ["甲", "乙"]


def test_a_reader_at_work_goes_on_with_what_he_began_and_nobody_waits(
    place: Place, old: Content, new: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_to_server(old, place.database)
    seen: list[tuple[Any, ...]] = []

    def look(*given: Any) -> Iterator[bytes]:
        if given[0].name == "issues":  # half of the new state is sent
            seen.append(place.state())
        yield from copy_parts(*given)

    monkeypatch.setattr(server, "copy_parts", look)
    before = place.state()
    with (
        place.admin() as connection,
        connection.transaction(),
        connection.cursor("reading") as cursor,
    ):
        cursor.execute("SELECT demand FROM hbgeo.v_cemetery_county ORDER BY fid")
        first = cursor.fetchone()
        publish_to_server(new, place.database)  # would wait for this reader, and fail
        demands = [first, *cursor.fetchall()]
    assert demands == [(1.0,)] * 103
    assert seen == [before]
    assert {row["demand"] for row in place.rows("SELECT demand FROM hbgeo.v_cemetery_county")} == {
        2.0
    }


def test_a_publisher_killed_in_the_middle_leaves_the_old_state(
    place: Place, old: Content, new: Content, tmp_path: Path
) -> None:
    publish_to_server(old, place.database)
    before, there = place.state(), tmp_path / "there"
    (tmp_path / "new").write_bytes(pickle.dumps(new))
    program = (
        "import pathlib, pickle, sys, time\n"
        "from hbgeo.publish import server\n"
        "from hbgeo.read.file.find import Database\n"
        "send = server.copy_parts\n"
        "def slow(table, rows):\n"
        "    for part in send(table, rows):\n"
        "        yield part[: len(part) // 2] if table.name == 'results' else part\n"
        "        if table.name == 'results':\n"
        "            pathlib.Path(sys.argv[2]).touch()\n"
        "            time.sleep(600)\n"
        "server.copy_parts = slow\n"
        "content = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())\n"
        "server.publish_to_server(content, Database(sys.argv[3]))\n"
    )
    words_ = [sys.executable, "-c", program, str(tmp_path / "new"), str(there), place.database.url]
    process = subprocess.Popen(words_)
    while not there.exists() and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert place.state() == before
    publish_to_server(new, place.database, wait=True)  # nothing of the dead one holds it up
    assert place.state()[0] == "乙"


def test_a_connection_cut_by_the_server_leaves_the_old_state(
    place: Place, old: Content, new: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_to_server(old, place.database)
    before = place.state()

    def cut(*given: Any) -> Iterator[bytes]:
        for part in copy_parts(*given):
            yield part
            if given[0].name == "results":
                place.run(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hbgeo'"
                )
                time.sleep(0.5)

    monkeypatch.setattr(server, "copy_parts", cut)
    with pytest.raises(OutputError, match="原有内容未改动：连接中断") as caught:
        publish_to_server(new, place.database)
    assert "\n" not in str(caught.value)
    assert postgres.PASSWORD not in str(caught.value)
    assert place.state() == before


def test_of_two_publishers_the_second_is_refused_or_waits(
    place: Place, old: Content, new: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go = threading.Event(), threading.Event()

    def hold(*given: Any) -> Iterator[bytes]:
        begun.set()
        assert go.wait(60)
        yield from copy_parts(*given)

    monkeypatch.setattr(server, "copy_parts", hold)
    first = threading.Thread(target=publish_to_server, args=(old, place.database))
    first.start()
    assert begun.wait(60)
    with pytest.raises(OutputError, match=r"别人正在向这个数据库发布；.*--wait"):
        publish_to_server(new, place.database)
    second = threading.Thread(
        target=publish_to_server, args=(new, place.database), kwargs={"wait": True}
    )
    second.start()
    time.sleep(0.5)
    assert second.is_alive()
    go.set()
    first.join(60)
    second.join(60)
    assert place.one("SELECT array_agg(title ORDER BY run) FROM hbgeo.runs") == ["甲", "乙"]
    assert place.state()[0] == "乙"


def _make_roles(place: Place) -> None:
    word = postgres.PASSWORD
    for role in ("writer", "reader"):
        place.run(
            f"DROP ROLE IF EXISTS {place.name}{role}",
            f"CREATE ROLE {place.name}{role} LOGIN PASSWORD '{word}'",
        )
    place.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC")


def test_a_role_that_merely_owns_the_schema_suffices_and_readers_keep_what_they_were_given(
    place: Place, old: Content, content: Content
) -> None:
    _make_roles(place)
    writer, reader = f"{place.name}writer", f"{place.name}reader"
    with pytest.raises(OutputError, match=f"CREATE SCHEMA hbgeo AUTHORIZATION {writer};"):
        publish_to_server(old, place.as_user(writer))
    place.run(f"CREATE SCHEMA hbgeo AUTHORIZATION {writer}")
    [line] = publish_to_server(old, place.as_user(writer))
    assert "public.layer_styles" in line
    assert "search_path" in line
    assert place.one("SELECT count(*) FROM hbgeo.layer_styles") == len(views_of(old))
    place.run(
        f"GRANT USAGE ON SCHEMA hbgeo TO {reader}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA hbgeo TO {reader}",
    )
    extra = replace(content.assessments[0])
    more = _with_view_of(old, content, extra)
    publish_to_server(more, place.as_user(writer))
    with psycopg.connect(
        host="127.0.0.1", port=place.port, user=reader, password=postgres.PASSWORD,
        dbname=place.name, autocommit=True,
    ) as connection:  # fmt: skip
        for view in views_of(more):
            connection.execute(f'SELECT * FROM hbgeo."{view.name}" LIMIT 1')  # type: ignore[arg-type] # noqa: S608
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM hbgeo.results")
    with pytest.raises(OutputError, match="不归这个用户"):
        publish_to_server(old, place.as_user(reader))


def _with_view_of(old: Content, content: Content, one: Any) -> Content:
    """The same with one more indicator under another name: a view that was not there before."""
    other = replace(one, indicator=replace(one.indicator, base="one-more", variant=None))
    tables = dict(old.tables)
    for name, column in (("indicators", "id"), ("results", "indicator")):
        rows = tables[name]
        again = rows[rows[column] == one.indicator.id].assign(**{column: "one-more"})
        both = pd.concat([rows, again], ignore_index=True)
        tables[name] = both.assign(fid=range(1, len(both) + 1)) if name == "results" else both
    legends = {**old.legends, "one-more": content.legends[one.indicator.id]}
    return replace(old, assessments=[*old.assessments, other], tables=tables, legends=legends)


def test_a_view_whose_indicator_is_gone_stays_empty_and_says_so(
    place: Place, old: Content, content: Content
) -> None:
    publish_to_server(_with_view_of(old, content, content.assessments[0]), place.database)
    [line] = publish_to_server(old, place.database)
    assert "v_one_more" in line
    assert place.one("SELECT count(*) FROM hbgeo.v_one_more") == 0
    assert "不再计算" in place.one("SELECT obj_description('hbgeo.v_one_more'::regclass)")


def test_without_postgis_the_administrator_is_told_what_to_type(place: Place, old: Content) -> None:
    place.run("DROP EXTENSION postgis")
    with pytest.raises(OutputError, match="CREATE EXTENSION postgis;"):
        publish_to_server(old, place.database)
    assert place.one("SELECT to_regnamespace('hbgeo') IS NULL")


def test_postgis_may_stand_in_a_schema_of_its_own(place: Place, old: Content) -> None:
    place.run("DROP EXTENSION postgis", "CREATE SCHEMA gis", "CREATE EXTENSION postgis SCHEMA gis")
    publish_to_server(old, place.database)
    publish_to_server(old, place.database)
    assert place.state()[0] == "甲"


def test_tables_of_another_version_are_refused_and_left_alone(place: Place, old: Content) -> None:
    publish_to_server(old, place.database)
    place.run("ALTER TABLE hbgeo.results DROP COLUMN class CASCADE")
    before = place.state()
    with pytest.raises(OutputError, match=r"表 hbgeo\.results 不是这一版.*class.*DROP SCHEMA"):
        publish_to_server(old, place.database)
    assert place.state() == before


def test_a_view_that_differs_is_made_anew_with_its_readers(place: Place, old: Content) -> None:
    publish_to_server(old, place.database)
    _make_roles(place)
    place.run(
        "DROP VIEW hbgeo.v_cemetery_county",
        "CREATE VIEW hbgeo.v_cemetery_county AS SELECT 1 AS fid",
        f"GRANT SELECT ON hbgeo.v_cemetery_county TO {place.name}reader",
    )
    with place.admin() as connection, connection.transaction():
        connection.execute("SELECT * FROM hbgeo.v_cemetery_county")
        with pytest.raises(OutputError, match="有人正在读它"):
            publish_to_server(old, place.database)
    publish_to_server(old, place.database)
    assert place.one("SELECT count(*) FROM hbgeo.v_cemetery_county") == 103
    allowed = (
        f"SELECT has_table_privilege('{place.name}reader', 'hbgeo.v_cemetery_county', 'SELECT')"
    )
    assert place.one(allowed)


def test_styles_that_others_keep_stay(place: Place, old: Content) -> None:
    publish_to_server(old, place.database)
    place.run(
        "INSERT INTO public.layer_styles (f_table_catalog, f_table_schema, f_table_name, "
        "f_geometry_column, stylename, styleqml, useasdefault) VALUES (current_database(), 'hbgeo', "
        "'v_cemetery_county', 'geom', '我的', '<qgis/>', true)"
    )
    publish_to_server(old, place.database)
    rows = place.rows(
        "SELECT stylename, useasdefault FROM public.layer_styles "
        "WHERE f_table_name = 'v_cemetery_county' ORDER BY useasdefault"
    )
    assert [(r["stylename"], r["useasdefault"]) for r in rows] == [("hbgeo", False), ("我的", True)]


def test_a_command_publishes_and_says_where(
    place: Place, sample: Workspace, typed_in: Any, tmp_path: Path
) -> None:
    project = tmp_path / "甲.qgz"
    typed = ("publish", place.database.url, "--in", "420525", "--project", str(project))
    code, out, err = typed_in(sample.root, *typed)
    assert (code, err) == (0, "")
    assert f"127.0.0.1/{place.name} 的模式 hbgeo" in out
    assert postgres.PASSWORD not in out
    assert postgres.PASSWORD.encode() not in project.read_bytes()
    assert place.one("SELECT part FROM hbgeo.runs") == "远安县（420525）"


@pytest.mark.parametrize(
    ("address", "secret", "said"),
    [
        ("postgresql://planner:${HBGEO_TEST_NONE}@127.0.0.1/x", "", "没有设置环境变量"),
        ("postgresql://planner:${HBGEO_TEST_PASSWORD}@127.0.0.1:1/x", "geheim", "连不上服务器"),
    ],
)
def test_a_server_that_cannot_be_reached_is_one_line(
    old: Content, monkeypatch: pytest.MonkeyPatch, address: str, secret: str, said: str
) -> None:
    monkeypatch.setenv("HBGEO_TEST_PASSWORD", secret)
    monkeypatch.delenv("HBGEO_TEST_NONE", raising=False)
    with pytest.raises(ValueError, match=said) as caught:
        publish_to_server(old, Database(address))
    assert "\n" not in str(caught.value)
    assert "geheim" not in str(caught.value)
    assert os.environ.get("HBGEO_TEST_NONE") is None
