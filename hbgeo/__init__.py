"""Coverage of counties, townships and villages by civil-affairs facilities, against policy."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from hbgeo.errors import HbgeoError

__version__ = "0.1.0"
__all__ = [
    "Finder",
    "HbgeoError",
    "UnitIndex",
    "Workspace",
    "__version__",
    "by_presence",
    "draw",
    "run",
]

_HOMES = {
    "Finder": "hbgeo.names.finding",
    "UnitIndex": "hbgeo.measure.locate",
    "Workspace": "hbgeo.workspace",
    "by_presence": "hbgeo.measure.coverage",
    "draw": "hbgeo.notebook",
    "run": "hbgeo.job",
}


def __getattr__(name: str) -> Any:
    """Load what one imports when it is first asked for: `hbgeo --help` must not wait for geopandas."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(name)


if "IPython" in sys.modules:  # in a notebook figures show themselves
    _shell = sys.modules["IPython"].get_ipython()
    if _shell is not None:
        import_module("hbgeo.notebook").show_in(_shell)
