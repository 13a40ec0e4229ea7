"""Inputs that hbgeo could not take once: each is read again, or refused in one Chinese line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fuzz_targets import TARGETS
from fuzzing import Reader

CORPUS = Path(__file__).parent / "corpus"


@pytest.fixture(params=TARGETS)
def reader(request: pytest.FixtureRequest) -> Iterator[tuple[str, Reader]]:
    made = Reader(request.param)
    yield request.param, made
    made.stop()


def test_every_fault_of_before_and_every_sound_file_is_taken(
    reader: tuple[str, Reader], tmp_path: Path
) -> None:
    name, process = reader
    for number, (seed, content) in enumerate(TARGETS[name].seeds().items()):
        path = tmp_path / f"{number}{seed[seed.rindex('.') :]}"
        path.write_bytes(content)
        assert process.read(path, seconds=120) == "", seed
    for path in sorted((CORPUS / name).glob("*")):
        assert process.read(path, seconds=120) == "", path.name


def test_a_fault_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fuzzing import judge

    monkeypatch.setitem(TARGETS, "wrong", TARGETS["csv"].__class__(lambda path: path / 1, dict))
    assert judge("wrong", tmp_path).startswith("traceback: TypeError at test_corpus.py")


def test_a_process_that_dies_is_started_again(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(TARGETS["csv"].seeds()[".csv"])
    process = Reader("csv")
    assert process.read(tmp_path / "a.csv", seconds=120) == ""
    assert process._process
    process._process.kill()
    process._process.wait()
    assert process.read(tmp_path / "a.csv", seconds=120) == ""
    assert process.read(tmp_path / "a.csv", seconds=0).startswith("hang")
    assert process.read(tmp_path / "a.csv", seconds=120) == ""
    process.stop()
