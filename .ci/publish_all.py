"""Publish the sample to a file and to a server of its own, and have QGIS open both.

Started by a Python that has hbgeo with its extra `test`: python .ci/publish_all.py DIR. The pictures that QGIS
draws stand in DIR afterwards; whatever is wrong ends it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))
import postgres  # noqa: E402 - the tests' own server


def hbgeo(home: Path, *given: str, **more: str) -> None:
    """Type a command in a workspace."""
    words = [sys.executable, "-m", "hbgeo", "-C", str(home), *given]
    subprocess.run(words, check=True, env=os.environ | more)


def open_in_qgis(project: Path, home: Path, **more: str) -> None:
    """Have Debian's QGIS hold a project to the table of the main job."""
    table, picture = home / "maps" / "coverage.csv", project.with_suffix(".png")
    words = ["/usr/bin/python3", str(HERE / "in_qgis.py"), str(project), str(table), str(picture)]
    kept = {key: text for key, text in os.environ.items() if not key.startswith("PYTHON")}
    subprocess.run(words, check=True, env=kept | {"HOME": str(project.parent)} | more)


def main(folder: Path) -> None:
    """Do all of it in a folder that is not there yet."""
    home, project = folder / "here", folder / "server.qgz"
    folder.mkdir(parents=True)
    subprocess.run([sys.executable, "-m", "hbgeo", "init", str(home)], check=True)
    hbgeo(home, "run")
    hbgeo(home, "publish", str(folder / "package.qgz"))
    open_in_qgis(folder / "package.qgz", home)
    (folder / "pg").mkdir()
    with postgres.server(folder / "pg") as port:
        import psycopg

        who = {"host": "127.0.0.1", "user": "planner", "password": postgres.PASSWORD}
        with psycopg.connect(port=port, dbname="postgres", **who) as connection:
            connection.execute("CREATE EXTENSION postgis")
        address = f"postgresql://planner:${{SECRET}}@127.0.0.1:{port}/postgres"
        hbgeo(home, "publish", address, "--project", str(project), SECRET=postgres.PASSWORD)
        open_in_qgis(project, home, PGUSER="planner", PGPASSWORD=postgres.PASSWORD)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
