"""What the terminal says of a publication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from hbgeo.show.said import written

_NAMES = {
    "units": "单元", "facilities": "设施", "indicators": "指标", "results": "结果", "issues": "问题",
}  # fmt: skip


def published_lines(
    tables: Mapping[str, pd.DataFrame],
    mark: str,
    place: str,
    files: Sequence[Path],
    said: Sequence[str],
) -> list[Any]:
    """How many rows of what went where, the marks, and what the user must know.

    Parameters
    ----------
    place
        The server and database; "" of files.
    """
    views = int((tables["indicators"]["view_name"] != "").sum())
    counts = "，".join(f"{name} {len(tables[key]):,}" for key, name in _NAMES.items())
    lines: list[Any] = [f"{counts}；指标视图 {views} 个。"]
    if mark:
        lines.append(f"{mark}。")
    if place:
        lines.append(f"已发布到 {place} 的模式 hbgeo。")
    return [*lines, *said, *([written(list(files))] if files else [])]
