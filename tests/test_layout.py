"""The house keeps its order: imports only go down, and everything public says what it is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "hbgeo"
# every module, from the ground up; a package stands for its own __init__
ORDER = [
    "errors",
    "arrays",
    "arrow",
    "bounds",
    "process",
    "worker",
    "store.plain",
    "store.fingerprint",
    "store.rests",
    "store.lock",
    "store.moves",
    "store.folder",
    "store.frames",
    "store.search",
    "store",
    "read.cell.text",
    "read.cell.personal",
    "read.cell.dates",
    "read.cell.eras",
    "read.cell.numbers",
    "read.cell.double",
    "read.cell.decimals",
    "read.cell.coordinates",
    "read.cell.pinyin",
    "read.cell.column",
    "read.near",
    "read.toml",
    "read.characters",
    "read.characters.readings",
    "read.characters.variants",
    "read.indicator",
    "read.assumption",
    "read.schema.records",
    "read.catalog",
    "read.catalog_text",
    "read.clauses",
    "read.links",
    "read.target",
    "read.policy",
    "read.schema.personal",
    "read.issues",
    "read.table",
    "read.cell.choices",
    "read.cell.parts",
    "read.cell.velocity",
    "read.cell.values",
    "read.cell",
    "read.schema.axes",
    "read.schema.match",
    "read.schema.impossible",
    "read.schema.ranges",
    "read.schema.tidy",
    "read.schema",
    "read.crs",
    "read.file.endings",
    "read.file.separator",
    "read.file.quotes",
    "read.divisions",
    "read.divisions.lists",
    "read.divisions.changes",
    "read.divisions.heirs",
    "read.divisions.crosswalk",
    "read.divisions.naming",
    "read.divisions.spelling",
    "read.divisions.served",
    "read.divisions.register",
    "read.shapes",
    "read.file.others",
    "read.file.find",
    "read.file.apart",
    "read.file.width",
    "read.file.encoding",
    "read.file.strings",
    "read.file.guard",
    "read.file.parquet",
    "read.file.archive",
    "read.file.shapefile",
    "read.file.kml",
    "read.file.roads",
    "read.file.vector",
    "read.file.postgis",
    "read.file.csv",
    "read.file.raster",
    "read.file.excel_xml",
    "read.file.workbook",
    "read.file.excel",
    "read.file.stated",
    "read.file.header",
    "read.file.data_rows",
    "read.file.ledger",
    "read.file.json_rows",
    "read.file.raw",
    "read.file",
    "read.points",
    "read.batch",
    "read.origin",
    "read.layer",
    "read.stream.plain",
    "read.stream.sources",
    "read.stream.points",
    "read.stream",
    "read.units.naming",
    "read.units.ids",
    "read.units.copies",
    "read.units.polygons",
    "read.units.villages",
    "read.units.facilities",
    "read.units.classes",
    "read.units.placenames",
    "read.units.tables",
    "read.units.background",
    "read.units.tasks",
    "read.units.lines",
    "read.units.grid",
    "read.units",
    "read.probe",
    "read.cleaning",
    "read.costs",
    "read.inputs",
    "read.around",
    "read.enrich",
    "read.layers",
    "read.about",
    "read",
    "measure.grid",
    "measure.grid.table",
    "measure.grid.lay",
    "measure.grid.index",
    "measure.locate",
    "measure.locate_stream",
    "measure.rounding",
    "measure.doubt.question",
    "measure.doubt.result",
    "measure.options",
    "measure.source",
    "measure.placing",
    "measure.pairs",
    "measure.names",
    "measure.names.forms",
    "measure.named",
    "measure.placements",
    "measure.context",
    "measure.filters",
    "measure.counting",
    "measure.hamlets",
    "measure.roads",
    "measure.places",
    "measure.distance",
    "measure.discs",
    "measure.speeds",
    "measure.graph",
    "measure.snapping",
    "measure.routing",
    "measure.network",
    "measure.network_words",
    "measure.basis",
    "measure.coverage",
    "measure.burial_room",
    "measure.basis_words",
    "measure.beside",
    "measure.reach",
    "measure.people",
    "measure.people_reach",
    "measure.people_of",
    "measure.catchment",
    "measure.nearest_stream",
    "measure.serving",
    "measure.burials",
    "measure.capacity",
    "measure.methods",
    "measure.chain",
    "measure.assessment",
    "measure.assess",
    "measure.planned",
    "measure.radii",
    "measure.beyond",
    "measure.reasons",
    "measure.tasks",
    "measure.snapshot",
    "measure.snapshot_file",
    "measure.bridge",
    "measure.carry",
    "measure.trend_words",
    "measure.two_dates",
    "measure.trend",
    "measure.pace",
    "measure.names.rules",
    "measure.names.columns",
    "measure.names.generics",
    "measure.names.letters",
    "measure.names.reading",
    "measure.names.writing",
    "measure.names.text",
    "measure.names.roman",
    "measure.names.tokens",
    "measure.names.wanted",
    "measure.names.places",
    "measure.names.closely",
    "measure.names.plainly",
    "measure.names.disagree",
    "measure.names.together",
    "measure.names.check",
    "measure.names.plates",
    "measure.names.namesakes",
    "measure.names.heritage",
    "measure.touching",
    "measure.names.found",
    "measure.check.choices",
    "measure.check.positions",
    "measure.check.policy",
    "measure.check.texts",
    "measure.check.rows",
    "measure.check.units",
    "measure.check.lacking",
    "measure.check.datum",
    "measure.check.tables",
    "measure.check.people",
    "measure.check.layer",
    "measure.check",
    "measure.siting.given",
    "measure.siting.problem",
    "measure.siting.instance",
    "measure.siting.prices",
    "measure.siting.part",
    "measure.siting.kinks",
    "measure.siting.relaxation",
    "measure.siting.search",
    "measure.siting.tree",
    "measure.siting.result",
    "measure.siting.neighbourhood",
    "measure.siting.solver",
    "measure.siting.essential",
    "measure.siting.best",
    "measure.siting.count",
    "measure.siting.covering",
    "measure.siting.asking",
    "measure.siting.cost",
    "measure.siting.median",
    "measure.siting.supply",
    "measure.siting.alternatives",
    "measure.siting.certificate",
    "measure.siting",
    "measure",
    "show.zipped",
    "show.words",
    "show.doubt_words",
    "show.look",
    "show.progress",
    "show.tasks_words",
    "show.names_words",
    "show.plan_words",
    "show.table.csv",
    "show.table.values",
    "show.table.effects",
    "show.excel.book",
    "show.excel.rows",
    "show.table.headings",
    "show.table.files",
    "show.table.formats",
    "show.table.units",
    "show.table.stats",
    "show.table.targets",
    "show.table.plan",
    "show.table",
    "show.collected",
    "show.excel.sheet",
    "show.table.batches",
    "show.excel.listing",
    "show.excel.cover",
    "show.excel.ranking",
    "show.excel.areas",
    "show.excel.norms",
    "show.excel.lists",
    "show.excel.progress",
    "show.excel.problems",
    "show.excel.tasks",
    "show.excel.doubts",
    "show.excel.cleaned",
    "show.excel.collected",
    "show.excel.names",
    "show.excel.beyond",
    "show.excel.plans",
    "show.excel.report",
    "show.excel",
    "show.page.cells",
    "show.page.breaks",
    "show.page.classes",
    "show.page.pack",
    "show.page.topology",
    "show.page.polygons",
    "show.page.points",
    "show.page.layer",
    "show.page.crowd",
    "show.page.background",
    "show.page.scenario",
    "show.page.inputs",
    "show.page.signs",
    "show.page.beyond",
    "show.page.plans",
    "show.page.doubts",
    "show.page.phrases",
    "show.page.reasons",
    "show.page.units",
    "show.page.head",
    "show.page.parts",
    "show.page.basemap",
    "show.page.figure",
    "show.page.script",
    "show.page.draw",
    "show.page",
    "show.paper.picture",
    "show.paper.document",
    "show.paper.letter",
    "show.paper.annexes",
    "show.paper.brief",
    "show.paper.tasks",
    "show.paper.poster_map",
    "show.paper.poster",
    "show.paper.slide",
    "show.paper",
    "show.screen",
    "show.terminal",
    "show.terminal_data",
    "show.doubts_table",
    "show.progress_table",
    "show.tasks_table",
    "show.collected_page",
    "show.collected_table",
    "show.names_table",
    "show.plan_table",
    "show.finding_table",
    "show.reached_table",
    "show.beyond_table",
    "show.name_lists_table",
    "show",
    "sample",
    "workspace",
    "history",
    "tasks",
    "names",
    "names.rows",
    "names.standards",
    "names.kept",
    "names.signs",
    "names.known",
    "names.finding",
    "names.whereis",
    "names.lists",
    "names.papers",
    "plan",
    "plan.asking",
    "plan.demand",
    "plan.lattice",
    "plan.candidates",
    "plan.cover",
    "plan.existing",
    "plan.supply",
    "plan.task",
    "plan.evenly",
    "plan.solving",
    "plan.capacities",
    "plan.file",
    "plan.scenario",
    "plan.made",
    "plan.kept",
    "plan.keeping",
    "plan.planning",
    "plan.papers",
    "late_sample",
    "showing",
    "products",
    "names.plates",
    "listed",
    "reached",
    "access",
    "dialogue",
    "questions",
    "adding",
    "mending",
    "job",
    "collect.counties",
    "collect.base",
    "collect.senders",
    "collect.parts",
    "collect.kept",
    "collect.merging",
    "collect.neighbours",
    "collect.made",
    "collect.expected",
    "collect.states",
    "collect.work",
    "collect.collecting",
    "collect",
    "cli.help",
    "cli.quoting",
    "cli.console",
    "cli.options",
    "cli.adding",
    "cli.collecting",
    "cli.planning",
    "cli.doubting",
    "cli.names",
    "cli.finding",
    "cli.points",
    "cli.reaching",
    "cli.beyond",
    "cli.commands",
    "cli.app",
    "cli",
    "__main__",
]
PLACE = {module: at for at, module in enumerate(ORDER)}
MODULES = sorted(PACKAGE.rglob("*.py"))


def _name(path: Path) -> str:
    """The module's name inside the package; "" for the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path) -> list[str]:
    """Every module of the package that a file imports, wherever in the file."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "hbgeo":
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{a.name}" for a in node.names]
            found += [n if n.removeprefix("hbgeo.") in PLACE else str(node.module) for n in names]
        elif isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.split(".")[0] == "hbgeo"]
    return [name.removeprefix("hbgeo").removeprefix(".") for name in found]


def test_every_module_has_its_place_in_the_order() -> None:
    have = {_name(path) for path in MODULES} - {""}
    assert have == set(ORDER), have ^ set(ORDER)
    assert len(set(ORDER)) == len(ORDER)


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_imports_only_go_down(path: Path) -> None:
    module = _name(path)
    if not module:
        return  # offers what one imports, lazily
    for other in _imported(path):
        if other:  # "" is the package: its version
            assert PLACE[other] < PLACE[module], f"{module} imports {other}"


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
        if room != "cli":
            assert "print" not in calls, path


def test_nothing_travels_in_the_walls_of_a_frame() -> None:
    for path in MODULES:
        marks = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if _is_attrs(n)]
        assert not marks, f"{path}: .attrs in line {marks[0].lineno}"


def _is_attrs(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "attrs"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_file_can_be_held_in_the_head(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= 40, f"{node.name} has {lines} lines"


def test_nothing_else_stands_at_the_top() -> None:
    allowed = {
        "hbgeo", "layers", "maps", "tests", "pyproject.toml", "README.md", "LICENSE", "NOTICE",
    }  # fmt: skip
    have = {p.name for p in PACKAGE.parent.iterdir() if not p.name.startswith(".")}
    assert have <= allowed, have - allowed
