"""The golden cases hold."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from golden_cases import Case, assess_again, assess_case, expected, found, read_cases

from hbgeo.errors import HbgeoError
from hbgeo.workspace import Workspace

CASES = read_cases()
LOOKED_AT = [case for case in CASES if "rule" not in case.text]


@pytest.mark.parametrize("case", CASES, ids=[f"{c.file}: {c.name}" for c in CASES])
def test_case(case: Case, tmp_path: Path) -> None:
    assessment, errors = assess_case(case, tmp_path)
    assert found(case, assessment, errors, tmp_path) == expected(case)


@pytest.mark.parametrize("case", LOOKED_AT, ids=[f"{c.file}: {c.name}" for c in LOOKED_AT])
def test_the_second_look_tells_the_same(case: Case, tmp_path: Path) -> None:
    """Layers and figures are those that were kept at the first."""
    assess_case(case, tmp_path)
    with suppress(HbgeoError):  # of another indicator than the case's own
        Workspace.open(tmp_path).measure(with_nearest=True)
    kept = {path.suffix for path in (tmp_path / "maps" / ".cache").iterdir()}
    assert ".frames" in kept
    assert found(case, *assess_again(case, tmp_path), tmp_path) == expected(case)
