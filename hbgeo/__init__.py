"""Coverage of counties, townships and villages by civil-affairs facilities, against policy."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hbgeo.errors import HbgeoError

__version__ = "0.1.0"
__all__ = ["Finder", "HbgeoError", "UnitIndex", "Workspace", "__version__", "by_presence", "run"]

_HOMES = {
    "Finder": "hbgeo.names.finding",
    "UnitIndex": "hbgeo.measure.locate",
    "Workspace": "hbgeo.workspace",
    "by_presence": "hbgeo.measure.coverage",
    "run": "hbgeo.job",
}


def __getattr__(name: str) -> Any:
    """Load what one imports when it is first asked for: `hbgeo --help` must not wait for geopandas."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(name)
