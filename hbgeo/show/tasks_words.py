"""督办 in the office's words: by county, marked where data are invented, and how they stand in a sentence."""

from __future__ import annotations

import pandas as pd

from hbgeo.measure.tasks import STATES, Tasks
from hbgeo.show import words

NOWHERE = "未指明县"


def by_county(rows: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    """(code, name) of each county → its tasks, in code order; those of no county last."""
    made = {
        (str(code), str(some["county"].iloc[0]) or str(some["prefecture"].iloc[0]) or NOWHERE): some
        for code, some in rows.groupby("county_code", sort=True)
    }
    return dict(sorted(made.items(), key=lambda item: (not item[0][0], item[0])))


def mark_of(found: Tasks) -> str:
    """What must be said of them: invented data, approximate boundaries."""
    return "；".join(words.which_marks(sample=found.sample, approximate=found.approximate))


def summary(found: Tasks) -> str:
    """How many tasks stand how, in a sentence."""
    counts = [f"{word} {found.count(state):,} 项" for state, word in STATES.items()]
    said = f"督办单共 {len(found.rows):,} 项：{'，'.join(counts)}"
    if found.claimed:
        said += f"；办结的里面，报完成而未覆盖的 {found.claimed:,} 项"
    return f"{said}。办理情况不改变覆盖率。"
