"""The mutants: the same for the same seed, other programs each, and tests for every module."""

from __future__ import annotations

import ast

import mutate
import pytest
from mutants import PERFORMANCE, Mutant, draw, make

HOME = mutate.ROOT / "hbgeo"
MODULES = [
    path.relative_to(HOME).as_posix()
    for room in ("read", "measure")
    for path in sorted((HOME / room).rglob("*.py"))
    if len(ast.parse(path.read_text("utf-8")).body) > 1  # a package's own words are no code
]


def all_of(source: str) -> list[str]:
    """Every change that is made to a small source, in order."""
    made: list[Mutant] = []
    n = 0
    while True:
        try:
            one = make("x.py", source, n)
        except IndexError:
            return [m.change for m in made]
        made += [one] if one else []
        n += 1


@pytest.fixture(scope="module")
def drawn() -> list[Mutant]:
    return draw(HOME, mutate.ROOMS, seed=20261125, count=60)


def test_the_same_seed_draws_the_same_and_another_seed_others(drawn: list[Mutant]) -> None:
    assert draw(HOME, mutate.ROOMS, seed=20261125, count=60) == drawn
    assert draw(HOME, mutate.ROOMS, seed=20261125, count=10) == drawn[:10]
    other = draw(HOME, mutate.ROOMS, seed=7, count=60)
    assert len({(m.file, m.line, m.change) for m in [*drawn, *other]}) > 100


def test_every_mutant_is_another_program_and_compiles(drawn: list[Mutant]) -> None:
    for mutant in drawn:
        source = (HOME / mutant.file).read_text("utf-8")
        assert ast.dump(ast.parse(mutant.source)) != ast.dump(ast.parse(source))
        assert mutate.diff(mutant).count("\n+") >= 1


def test_only_the_rooms_asked_for_are_drawn_from() -> None:
    assert {m.file for m in draw(HOME, ["measure/pairs.py"], seed=1, count=9)} == {
        "measure/pairs.py"
    }


@pytest.mark.parametrize("file", MODULES)
def test_every_module_has_tests(file: str) -> None:
    found = mutate.tests_of(file)
    assert found
    assert len(set(found)) == len(found)
    assert all((mutate.ROOT / "tests" / name).is_file() for name in found)


def test_the_test_of_its_name_is_the_first() -> None:
    assert mutate.tests_of("measure/coverage.py")[0] == "test_coverage.py"
    assert mutate.tests_of("read/crs.py")[0] == "test_crs.py"


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("a < b", ["a < b → a <= b"]),
        ("a == b and c", ["a == b and c → a == b or c", "a == b → a != b"]),
        ("x = not a", ["not a → a"]),
        ("x = a * b - c", ["a * b - c → a * b + c", "a * b → a / b"]),
        ("x = 'a' + b", []),
        ("x = m & ~n", ["m & ~n → m | ~n", "~n → n"]),
        ("x = min(a)", ["min(a) → max(a)"]),
        ("f(keep='first')", ["f(keep='first') → f()", "'first' → 'last'"]),
        ("f(ascending=True)", ["f(ascending=True) → f()", "True → False"]),
        ("x = {'a': 'b'}", ["'a' → ''"]),
        ("x = y == 'a'", ["y == 'a' → y != 'a'", "'a' → ''"]),
        ("if a: b()", ["a → not a"]),
        ("x = b if a else c", ["b if a else c → b if not a else c"]),
        ("x = [a for a in b if a]", ["a → not a"]),
        ("def f(n: int = 1) -> int:\n    return n", ["1 → 2", "1 → 0", "return n → return None"]),
        ("def f():\n    'a < 1'\n    raise ValueError(f'{a < 1}')", []),
        ("assert a < b", []),
        ("if TYPE_CHECKING:\n    x = 1", []),
        ("__all__ = [1]", []),
        ("Ints = NDArray[A | B]", []),
        ("zip(a, b, strict=True)", []),
        ("_PART = 1 << 20", []),
        ("PARTS = 1 << 20", ["1 << 20 → 1 >> 20", "1 → 2", "1 → 0", "20 → 21", "20 → 19"]),
        ("a.groupby(b, sort=True)", ["True → False"]),
        ("a.groupby(b, sort=False)", ["a.groupby(b, sort=False) → a.groupby(b)", "False → True"]),
        ("x = (a or b) * c", ["(a or b) * c → (a or b) / c", "a or b → a and b"]),
        ("x = not (a or b) and c", [
            "not (a or b) and c → not (a or b) or c", "not (a or b) → (a or b)", "a or b → a and b",
        ]),
    ],
)  # fmt: skip
def test_what_a_mutant_is(source: str, wanted: list[str]) -> None:
    assert all_of(source) == wanted


def test_what_is_left_alone_and_what_is_called_equivalent_has_its_reason() -> None:
    assert all(PERFORMANCE.values())
    assert all(mutate.EQUIVALENT.values())
