"""Read `layers/catalog.toml` into records, strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from hbgeo.errors import CatalogError
from hbgeo.read.toml import check_keys, read_toml

ROLES = ("units", "facilities", "places", "table")
ROLE_NAMES = {"units": "单元", "facilities": "设施", "places": "村点", "table": "表"}
LEVELS = ("province", "prefecture", "county", "township", "village")
LEVEL_NAMES = {
    "province": "省",
    "prefecture": "市州",
    "county": "县(市、区)",
    "township": "乡镇(街道)",
    "village": "村(社区)",
}
# a database: the password stands in the environment, the catalogue holds its variable's name
DATABASE = re.compile(
    r"postgresql://(?P<user>[^:/@\s]+)(?::\$\{(?P<password>[A-Za-z_][A-Za-z0-9_]*)\})?"
    r"@(?P<host>[^:/@\s]+)(?::(?P<port>\d+))?/(?P<database>[^/?\s]+)(?P<rest>\?\S*)?"
)

_LAYER_KEYS: dict[str, tuple[type, ...]] = {
    "role": (str,),
    "level": (str,),
    "path": (str, list),
    "layer": (str,),
    "schema": (str,),
    "scheme": (str,),
    "crs": (str,),
    "encoding": (str,),
    "columns": (dict,),
    "year": (int,),
    "source": (str,),
    "sample": (bool,),
    "approximate": (bool,),
}
_TOP_KEYS: dict[str, tuple[type, ...]] = {
    "title": (str,),
    "as_of": (date,),
    "scheme": (str,),
    "approval": (str,),
    "basemap": (str,),
}


@dataclass(frozen=True)
class Layer:
    """One `[key]` of the catalogue: where a layer is and how to read it."""

    key: str
    role: str
    paths: tuple[str, ...]
    source: str
    level: str = ""
    table: str = ""
    schema: str = ""
    scheme: str = ""
    crs: str = ""
    encoding: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    year: int | None = None
    sample: bool = False
    approximate: bool = False


@dataclass(frozen=True)
class Catalog:
    """`layers/catalog.toml`: what the workspace holds and the date its figures hold for."""

    folder: Path
    title: str
    as_of: date
    scheme: str
    approval: str
    basemap: str
    layers: Mapping[str, Layer]


def read_catalog(folder: Path) -> Catalog:
    """Read `folder/catalog.toml`.

    Parameters
    ----------
    folder
        The workspace's `layers/`.

    Raises
    ------
    CatalogError
        If the file is absent or not TOML, or a key is unknown, missing or of the wrong kind.
        Whether a layer's files exist is asked when it is read.
    """
    path = folder / "catalog.toml"
    table = read_toml(path, CatalogError, "不是工作区;用 hbgeo init 目录 新建一个,或用 -C 指明")
    layers = {k: v for k, v in table.items() if isinstance(v, dict)}
    top = {k: v for k, v in table.items() if not isinstance(v, dict)}
    check_keys(top, _TOP_KEYS, ("title", "as_of", "scheme"), "catalog.toml", CatalogError)
    scheme = top["scheme"]
    return Catalog(
        folder=folder,
        title=top["title"],
        as_of=top["as_of"],
        scheme=scheme,
        approval=top.get("approval", ""),
        basemap=top.get("basemap", ""),
        layers={key: _layer(key, row, scheme) for key, row in layers.items()},
    )


def _layer(key: str, row: dict[str, Any], scheme: str) -> Layer:
    at = f"catalog.toml [{key}]"
    check_keys(row, _LAYER_KEYS, ("role", "path", "source"), at, CatalogError)
    if row["role"] not in ROLES:
        raise CatalogError(f"{at}:role = “{row['role']}”不在可选值 {'、'.join(ROLES)} 中")
    level = row.get("level", "")
    if level and level not in LEVELS:
        raise CatalogError(f"{at}:level = “{level}”不在可选值 {'、'.join(LEVELS)} 中")
    if not level and row["role"] in {"units", "places", "table"}:
        raise CatalogError(f"{at}:缺少键 level;可选值 {'、'.join(LEVELS)}")
    if not row["source"].strip():
        raise CatalogError(f"{at}:source 不能为空;请写明由谁提供、何时提供")
    paths = row["path"] if isinstance(row["path"], list) else [row["path"]]
    if not paths or not all(isinstance(p, str) and p for p in paths):
        raise CatalogError(f"{at}:path 应为文件名,或文件名的列表")
    _check_databases(paths, row, at)
    return Layer(
        key=key,
        role=row["role"],
        paths=tuple(paths),
        source=row["source"],
        level=level,
        table=row.get("layer", ""),
        schema=row.get("schema", "unit" if row["role"] == "units" else key),
        scheme=row.get("scheme", scheme),
        crs=row.get("crs", ""),
        encoding=row.get("encoding", ""),
        columns=row.get("columns", {}),
        year=row.get("year"),
        sample=row.get("sample", False),
        approximate=row.get("approximate", False),
    )


def _check_databases(paths: list[str], row: Mapping[str, Any], at: str) -> None:
    """A database's address names its password's variable; what was written is not repeated."""
    for path in paths:
        if "://" not in path:
            continue
        if not DATABASE.fullmatch(path):
            allowed = "postgresql://用户:${环境变量}@主机:端口/数据库;密码只能放在环境变量里"
            raise CatalogError(f"{at}:path 不是可用的数据库地址;应写作 {allowed}")
        if not row.get("layer"):
            raise CatalogError(f"{at}:path 是数据库,缺少键 layer(表名,或 模式.表名)")
