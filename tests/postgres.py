"""A private PostGIS server in a folder of its own, for the tests that need a real one."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "p@ss/w:ord-示例"  # noqa: S105 - characters that an address must not trip over


def binaries() -> Path:
    """The folder of the newest PostgreSQL installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    assert on_path, "PostgreSQL is not installed (Debian: postgresql, postgresql-postgis)"
    return Path(on_path).parent


def _version(path: Path) -> int:
    return int(path.parts[-3])


@contextmanager
def server(folder: Path) -> Iterator[int]:
    """Start a cluster with PostGIS in `folder` as an unprivileged user; give its port."""
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()
    data, secret = folder / "data", folder / "secret"
    secret.write_text(PASSWORD, encoding="utf-8")
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, user)
        shutil.chown(secret, user)
        for above in folder.parents:
            if above.owner() == "root" and not above.stat().st_mode & 0o001:
                above.chmod(above.stat().st_mode | 0o011)

    def run(program: str, *options: str) -> None:
        subprocess.run(
            [binaries() / program, *options], check=True, cwd=folder, capture_output=True,
            user=user if os.geteuid() == 0 else None, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        )  # fmt: skip

    port = _free_port()
    run("initdb", "-D", str(data), "-U", "planner", "-A", "scram-sha-256", "-E", "UTF8",
        f"--pwfile={secret}", "--no-sync")  # fmt: skip
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    )
    run("pg_ctl", "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield port
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
