"""The examples in the docstrings of what one imports are right."""

from __future__ import annotations

import doctest
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from golden_cases import make_workspace

import hbgeo

WORLD = {
    "county": [{"code": "420525", "name": "远安县"}],
    "township": [
        {"code": "420525101", "name": "示例甲镇", "kind": "镇"},
        {"code": "420525102", "name": "示例乙镇", "kind": "镇"},
    ],
    "cemetery": """
        编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇
        G1 | 示例公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2019-05-01 | 远安县 | 示例甲镇
    """,
}
NAMES = sorted(set(hbgeo.__all__) - {"__version__"})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One small workspace for all examples, in the folder `我的县`."""
    home = tmp_path_factory.mktemp("examples")
    (home / "我的县").mkdir()
    make_workspace(WORLD, home / "我的县")
    yield home
    shutil.rmtree(home)


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of(name: str, world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(world)
    one = getattr(hbgeo, name)
    found = doctest.DocTestFinder(recurse=False).find(one, name, globs={"hbgeo": hbgeo})
    assert sum(len(test.examples) for test in found), f"{name} has no example"
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    said: list[str] = []
    for test in found:
        runner.run(test, out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)
