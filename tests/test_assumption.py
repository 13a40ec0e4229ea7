"""Numbers that no ledger gives are read with their source, and refused without."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from hbgeo.errors import CatalogError, PolicyError
from hbgeo.read.assumption import read_assumption
from hbgeo.read.indicator import Assumption


def test_a_number_stands_with_its_source() -> None:
    deaths = read_assumption("deaths", {"per_mille": Decimal("6.5"), "source": "年鉴"}, "x")
    assert deaths == Assumption(Decimal("6.5"), "年鉴")
    share = read_assumption("share", {"pct": 100, "source": "年鉴"}, "x")
    assert share == Assumption(Decimal(100), "年鉴")


@pytest.mark.parametrize(
    ("key", "row", "said"),
    [
        ("deaths", {"per_mille": 0, "source": "甲"}, "x：deaths.per_mille = 0 应大于 0、不超过 100"),
        ("deaths", {"per_mille": 101, "source": "甲"}, "不超过 100"),
        ("share", {"pct": Decimal("100.1"), "source": "甲"}, "x：share.pct = 100.1 应大于 0、不超过 100"),
        ("share", {"pct": 60}, "x：share：缺少键 source"),
        ("share", {"source": "甲"}, "x：share：缺少键 pct"),
        ("share", {"pct": 60, "source": " "}, "x：share.source 不能为空；请写明数字的出处"),
        ("share", {"per_mille": 6, "source": "甲"}, "x：share：不认识的键 “per_mille”"),
    ],
)  # fmt: skip
def test_a_wrong_number_is_refused_in_one_line(key: str, row: dict[str, Any], said: str) -> None:
    for error in (PolicyError, CatalogError):
        with pytest.raises(error) as err:
            read_assumption(key, row, "x", error)
        assert said in str(err.value)
