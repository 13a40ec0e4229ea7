"""The house keeps its order: imports only go down, and everything public says what it is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "hbgeo"
ROOMS = {
    "read": [
        "cache", "prints", "cells", "columns", "readings", "texts", "coordinates", "values", "schema", "datum", "divisions",
        "catalog", "guard", "vector", "ledger", "points", "layer", "cleaned", "textrows", "fit",
        "stream", "passing", "units", "kept", "shelf",
    ],
    "measure": [
        "grid", "locate", "tag", "coverage", "reach", "select", "desk", "rows", "ground", "methods",
        "targets", "snapshot", "record", "trend",
        "check", "check_texts", "check_rows", "check_units", "check_datum", "check_tables",
    ],
    "show": [
        "page", "book", "lines", "tables", "streamed", "cleaned", "errata", "sheet", "areas", "listed", "workbook", "papers", "standing",
        "picture", "brief", "poster", "terminal",
    ],
}  # fmt: skip
TOP = ["errors", "read", "measure", "show", "workspace", "beside", "usage", "cli", "__main__"]
INSIDE = {  # parts of a package in their order; __init__ first where it is what they build on
    "divisions": ["__init__", "lists", "changes", "crosswalk", "register"],
    "vector": ["encoding", "shapefile", "archive", "kml", "__init__", "postgis"],
    "ledger": ["containers", "delimited", "sheets", "header", "__init__"],
    "units": ["tied", "areas", "places", "ties", "__init__"],
    "grid": ["__init__", "table", "lay", "index"],
    "page": [
        "classes", "texts", "pack", "topology", "units", "facilities", "layers", "pairs", "content",
        "tables", "payload", "basemap", "figure", "__init__",
    ],
}  # fmt: skip
MODULES = sorted(PACKAGE.rglob("*.py"))


def _name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)


def _imported(path: Path) -> list[str]:
    """Every hbgeo module a file imports, wherever in the file."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hbgeo"):
            assert node.level == 0, f"{path}: relative import"
            found += [f"{node.module}.{a.name}" for a in node.names]
        elif isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.startswith("hbgeo")]
    return found


def _place(module: str) -> tuple[int, ...]:
    """Where a module stands in the order; a room's own page comes with its parts after it."""
    parts = module.split(".")[1:]
    if not parts:
        return (len(TOP),)
    if parts[0] == "policy":
        return (-1,)
    if parts[0] not in ROOMS or len(parts) == 1:
        return (TOP.index(parts[0]),) if parts[0] in TOP else (len(TOP),)
    room = ROOMS[parts[0]]
    if parts[1] not in room:  # the room's own package: read/__init__.py
        return (TOP.index(parts[0]),)
    place = (TOP.index(parts[0]), room.index(parts[1]))
    if order := INSIDE.get(parts[1]):
        part = parts[2] if len(parts) > 2 and parts[2] in order else "__init__"
        place += (order.index(part),)
    return place


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_imports_only_go_down(path: Path) -> None:
    module = _name(path).removesuffix(".__init__")
    if module == "hbgeo":
        return  # offers Workspace, lazily
    mine = _place(module)
    for other in _imported(path):
        if other.startswith(f"{module}."):
            continue  # a package and its own parts
        assert _place(other) <= mine, f"{module} imports {other}"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_everything_public_has_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    lacking = [] if ast.get_docstring(tree) else ["the module"]
    for node in tree.body:
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or node.name.startswith("_"):
            continue
        lacking += [] if ast.get_docstring(node) else [node.name]
        inner = node.body if isinstance(node, ast.ClassDef) else []
        lacking += [
            f"{node.name}.{m.name}"
            for m in inner
            if isinstance(m, ast.FunctionDef)
            and not m.name.startswith("_")
            and not ast.get_docstring(m)
        ]
    assert not lacking, f"{_name(path)}: no docstring on {', '.join(lacking)}"


def test_every_module_has_its_place_in_the_order() -> None:
    for room, order in ROOMS.items():
        have = {p.stem if p.is_file() else p.name for p in (PACKAGE / room).iterdir()}
        have -= {"__init__", "__pycache__", "schemas"}
        assert have == set(order), f"{room}: {have ^ set(order)}"


def test_measure_touches_no_disk_and_only_cli_prints() -> None:
    for path in MODULES:
        calls = {
            n.func.id
            for n in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        room = path.relative_to(PACKAGE).parts[0]
        if room == "measure":
            assert "open" not in calls, path
            assert "pathlib" not in path.read_text("utf-8"), path
        if path.name != "cli.py":
            assert "print" not in calls, path


def test_nothing_else_stands_at_the_top() -> None:
    allowed = {
        "hbgeo", "layers", "maps", "tests", "pyproject.toml", "README.md", "LICENSE", "NOTICE",
    }  # fmt: skip
    have = {p.name for p in PACKAGE.parent.iterdir() if not p.name.startswith(".")}
    assert have <= allowed, have - allowed


def test_every_part_of_a_package_has_its_place_in_the_order() -> None:
    for package, order in INSIDE.items():
        [folder] = [p for p in PACKAGE.glob(f"*/{package}") if p.is_dir()]
        assert {p.stem for p in folder.glob("*.py")} == set(order), package
