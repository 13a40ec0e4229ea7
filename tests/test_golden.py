"""The golden cases hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden_cases import Case, assess_case, expected, found, read_cases

CASES = read_cases()


@pytest.mark.parametrize("case", CASES, ids=[f"{c.file}: {c.name}" for c in CASES])
def test_case(case: Case, tmp_path: Path) -> None:
    assessment, errors = assess_case(case, tmp_path)
    assert found(case, assessment, errors, tmp_path) == expected(case)
