"""The sample that ships with the package: where it is, and a new workspace made from it."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

from hbgeo.errors import RequestError


def make_workspace(folder: Path) -> None:
    """Make a new workspace from the sample.

    Raises
    ------
    RequestError
        If the folder is there and not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RequestError(f"{folder}：文件夹不为空；请换一个新文件夹")
    shutil.copytree(
        sample_folder(),
        folder / "layers",
        ignore=shutil.ignore_patterns("__pycache__", "make_*.py"),
    )
    (folder / "maps").mkdir()


def sample_folder() -> Path:
    """Where the sample's layers are."""
    shipped = Path(str(files("hbgeo"))) / "_sample"
    # a checkout: layers/ is the sample's only copy
    return shipped if shipped.is_dir() else Path(str(files("hbgeo"))).parent / "layers"
