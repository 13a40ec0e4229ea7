"""Mutants: small mistakes in the source, one at a time, by its syntax tree.

A mutant is what a slip of a hand would leave: < for <=, `and` for `or`, the last for the first, a
mask that is not turned round, an `if` the other way about, a number off by one, an argument
forgotten, nothing returned. What no figure can come from is left alone: docstrings, annotations,
decorators, assertions, the text of errors, and the limits of `PERFORMANCE`.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

# names of constants, arguments and functions that decide how fast or in how much memory, never what
# comes out
PERFORMANCE = {
    "strict": "zip's guard against lengths that never differ",
    "copy": "whether pandas copies what nobody writes to",
    "deep": "the same",
    "validate": "whether pandas looks at codes that are right",
    "maxsize": "how much an lru_cache holds",
    "use_arrow": "by which way GDAL hands over the same cells",
    "encoding": "what the system's own would be on Linux; the tests on Windows hold it",
    **dict.fromkeys(
        ("BATCH", "_BATCH", "_BLOCK", "CHUNK", "_CHUNK", "_PART", "_PIECE", "STEP", "BAND_CELLS"),
        "how much is worked on at a time",
    ),
    **dict.fromkeys(
        (
            "ACROSS", "CELLS_A_POINT", "CELLS_A_CORNER", "CELLS_A_POLYGON", "SHIFT", "SLACK", "_fit",
            "count_cells",
        ),
        "how fine the grid is, and how many cells are marked for nothing: it is exact on any",
    ),
    **dict.fromkeys(
        ("_REPEATS", "_repeats"),
        "from when on a column is kept as numbers of texts, which read the same",
    ),
    "CONNECT_S": "how long a server is waited for",
    **dict.fromkeys(
        (
            "_MEMBER_LIMIT", "_TOTAL_LIMIT", "_SPARSE_LIMIT", "_DENSE_LIMIT", "_TEXT_LIMIT",
            "_LINE_LIMIT", "_ODD_LIMIT", "_SIZE_LIMIT", "_LONGEST", "_MOST_TEXT", "_MOST_DEPTH",
            "_MOST_BYTES", "_MOST_FILES", "_FREE_BYTES", "_MOST_RATIO", "_ROWS_PER_BYTE",
        ),
        "the size from which a file is a bomb: a choice, and far from any real file",
    ),
    "_DEEP": "after how many changes a table is taken to go in a circle: a choice, and far off",
    **dict.fromkeys(
        ("_LOOK", "_LOOKED_AT", "_HEAD", "_MOST_SEEN"),
        "how much of a file, or how many files, are looked at: a choice",
    ),
}  # fmt: skip
# function, argument and value that say what holds without them: forgotten, they change nothing
_DEFAULTS = {
    ("groupby", "sort", True), ("factorize", "sort", False), ("duplicated", "keep", "first"),
    ("drop_duplicates", "keep", "first"), ("sort_values", "ascending", True),
}  # fmt: skip
_OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div,
    ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
_PAIRS = (
    ("min", "max"), ("minimum", "maximum"), ("any", "all"), ("head", "tail"), ("floor", "ceil"),
    ("startswith", "endswith"), ("idxmin", "idxmax"), ("argmin", "argmax"), ("first", "last"),
)  # fmt: skip
_NAMES = dict(_PAIRS) | {b: a for a, b in _PAIRS}
_WORDS = {"first": "last", "last": "first", "left": "right", "right": "left"}  # keep=, side=


@dataclass(frozen=True)
class Mutant:
    """One mistake: where it stands, what stood there, and the whole file without and with it.

    Attributes
    ----------
    file
        Inside the package: `measure/pairs.py`.
    line, text
        The first line it changes, and what that line says.
    was, now
        The expression or statement before and after.
    """

    file: str
    line: int
    text: str
    was: str
    now: str
    before: str
    source: str

    @property
    def change(self) -> str:
        """The change in one line."""
        return f"{self.was} → {self.now}"


def draw(home: Path, rooms: Sequence[str], *, seed: int, count: int) -> list[Mutant]:
    """Draw mutants of the files under `home`; the same seed draws the same of the same files.

    Parameters
    ----------
    home
        The package's folder.
    rooms
        Files and folders in it.
    count
        Fewer are drawn only where there are no more.
    """
    files = sorted({file for room in rooms for file in _python_files(home / room)})
    sources = {file: file.read_text("utf-8") for file in files}
    places = [(f, n) for f in files for n in range(len(list(_sites(ast.parse(sources[f])))))]
    random.Random(seed).shuffle(places)  # noqa: S311 - a draw, not a secret
    found: list[Mutant] = []
    for file, n in places:
        if len(found) == count:
            break
        made = make(file.relative_to(home).as_posix(), sources[file], n)
        found += [made] if made else []
    return found


def make(name: str, source: str, n: int) -> Mutant | None:
    """The n-th mutant of a file; None where it is no other program."""
    tree = ast.parse(source)
    old, new = list(_sites(tree))[n]
    line = source.splitlines()[old.lineno - 1].strip()
    was = ast.get_source_segment(source, old) or ""
    tree = _Put(old, new).visit(tree)
    wanted = ast.dump(tree)
    for text in (ast.unparse(new), f"({ast.unparse(new)})"):
        changed = _replace(source, old, text)
        try:
            again = ast.parse(changed)
            same = _steps(compile(changed, name, "exec")) == _steps(compile(source, name, "exec"))
        except SyntaxError:
            continue
        if ast.dump(again) == wanted:
            return (
                None
                if same
                else Mutant(name, old.lineno, line, " ".join(was.split()), text, source, changed)
            )
    return None


def _python_files(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


class _Put(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        """The new node for the old one; every other as it is."""
        return self.new if node is self.old else self.generic_visit(node)


def _replace(source: str, node: ast.expr | ast.stmt, text: str) -> str:
    """The source with other text where a node stands: columns are counted in bytes."""
    lines = source.encode().splitlines(keepends=True)
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    before = b"".join(lines[:first]) + lines[first][: node.col_offset]
    after = lines[last][node.end_col_offset or 0 :] + b"".join(lines[last + 1 :])
    return (before + text.encode() + after).decode()


def _steps(code: CodeType) -> tuple[object, ...]:
    """What a program does, without the lines it is written on."""
    consts = tuple(_steps(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts)
    return (code.co_code, consts, code.co_names, code.co_varnames, code.co_exceptiontable)


Site = tuple[ast.expr | ast.stmt, ast.expr | ast.stmt]  # what stands there, what to put there


def _sites(node: ast.AST, parent: ast.AST | None = None) -> Iterator[Site]:
    """Every mutant of a tree, in the order of the text."""
    if _is_left_alone(node):
        return
    if isinstance(node, (ast.expr, ast.stmt)):
        yield from ((node, made) for made in _changed(node, parent))
    for child in _parts(node):
        yield from _sites(child, node)


def _is_left_alone(node: ast.AST) -> bool:
    match node:
        case ast.Raise() | ast.Assert() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Constant()):  # a docstring
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript() | ast.BinOp() as value):
            named_as_type = name[:1].isupper() and not name.isupper()
            return name in PERFORMANCE or (named_as_type and _is_type(value))
        case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id=name), *_])]):
            return name in PERFORMANCE
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.keyword(arg=str(name)):
            return name in PERFORMANCE
        case ast.FunctionDef(name=name):
            return name in PERFORMANCE
        case ast.Call(func=ast.Attribute(value=ast.Name(id="logging" | "warnings"))):
            return True
    return False


def _is_type(node: ast.AST) -> bool:
    """Whether an expression can be nothing but a type: names, brackets and | only."""
    allowed = (
        ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.BinOp, ast.BitOr, ast.Load,
        ast.Constant,
    )  # fmt: skip
    return all(isinstance(part, allowed) for part in ast.walk(node))


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """The children that can be mutated: no annotations, decorators, bases."""
    match node:
        case ast.FunctionDef():
            yield from (d for d in (*node.args.defaults, *node.args.kw_defaults) if d)
            yield from node.body
        case ast.ClassDef():
            yield from node.body
        case ast.AnnAssign():
            yield from [node.value] if node.value else []
        case ast.Call(func=ast.Name(id="cast")):
            yield from node.args[1:]
        case _:
            yield from ast.iter_child_nodes(node)


def _changed(node: ast.AST, parent: ast.AST | None) -> Iterator[ast.expr | ast.stmt]:
    """What may stand in a node's place."""
    match node:
        case ast.Constant():
            yield from map(ast.Constant, _other_constants(node, parent))
        case ast.Return(value=ast.expr() as value):
            if not (isinstance(value, ast.Constant) and value.value is None):
                yield ast.Return(ast.Constant(None))
        case ast.IfExp():
            yield _copy(node, test=_negated(node.test))
        case ast.Call():
            yield from _other_calls(node)
        case _:
            yield from _other_operators(node)
    if node is getattr(parent, "test", None) and isinstance(parent, (ast.If, ast.While)):
        yield _negated(node)
    if isinstance(parent, ast.comprehension) and node in parent.ifs:
        yield _negated(node)


def _other_operators(node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                yield _copy(node, ops=[*ops[:at], _OPERATORS[type(op)](), *ops[at + 1 :]])
        case ast.UnaryOp(op=ast.Not() | ast.Invert()):
            yield node.operand
        case ast.BinOp(left=left, right=right) if _is_text(left) or _is_text(right):
            return
        case ast.BoolOp() | ast.AugAssign() | ast.BinOp():
            if type(node.op) in _OPERATORS:
                yield _copy(node, op=_OPERATORS[type(node.op)]())


def _copy(node: ast.AST, **changed: object) -> ast.AST:
    return type(node)(**{name: getattr(node, name) for name in node._fields} | changed)


def _negated(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def _is_text(node: ast.expr) -> bool:
    """Whether an operand is surely text: nothing can be subtracted from it."""
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _other_constants(node: ast.Constant, parent: ast.AST | None) -> Iterator[object]:
    value = node.value
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 1
        if isinstance(value, int) and value > 0:
            yield value - 1
    elif isinstance(value, str) and value in _WORDS:
        yield _WORDS[value]
    elif isinstance(value, str) and value:
        as_key = isinstance(parent, ast.Dict) and any(key is node for key in parent.keys)
        if as_key or isinstance(parent, ast.Compare):
            yield ""


def _other_calls(node: ast.Call) -> Iterator[ast.Call]:
    """Another function of the kind, and the call with an argument forgotten."""
    match node.func:
        case ast.Name(id=name) if name in _NAMES:
            yield _copy(node, func=ast.Name(_NAMES[name], ast.Load()))
        case ast.Attribute(attr=name) if name in _NAMES:
            yield _copy(node, func=ast.Attribute(node.func.value, _NAMES[name], ast.Load()))
    for at, keyword in enumerate(node.keywords):
        if keyword.arg and keyword.arg not in PERFORMANCE and not _is_default(node, keyword):
            yield _copy(node, keywords=node.keywords[:at] + node.keywords[at + 1 :])


def _is_default(call: ast.Call, keyword: ast.keyword) -> bool:
    """Whether an argument says what the function does without it."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    value = getattr(keyword.value, "value", None)
    return (name, keyword.arg, value) in _DEFAULTS
