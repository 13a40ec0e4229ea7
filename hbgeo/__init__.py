"""Coverage of counties, townships and villages by civil-affairs facilities, against policy."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hbgeo.errors import HbgeoError

__version__ = "0.1.0"
__all__ = ["HbgeoError", "Workspace", "__version__"]


def __getattr__(name: str) -> Any:
    """Load `Workspace` when first asked for: `hbgeo --help` must not wait for geopandas."""
    if name == "Workspace":
        return import_module("hbgeo.workspace").Workspace
    raise AttributeError(name)
