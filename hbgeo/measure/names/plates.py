"""Door plates: counted by unit and street, batch by batch, and their streets held as signs are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hbgeo.arrow import Cells
from hbgeo.measure.names.forms import plain_name
from hbgeo.measure.names.found import SIGN_COLUMNS, Checked
from hbgeo.measure.names.generics import NATURAL, ROAD, VILLAGE, is_road

STREET_COLUMNS = ["county_code", "unit_code", "street", "roman", "plates"]
PLATE_COLUMNS = [*STREET_COLUMNS, "standard", "rule", "severity", "message", "suggestion", "score"]
_NUMBER = (
    "(?:[0-9０-９]|[甲乙丙丁附][0-9０-９]|[一二三四五六七八九十百]+号).*$"  # and what follows it
)
_GROUP = "(.)[一二三四五六七八九十]+组$"  # 双河村三组 is a part of 双河村
# the number of the house, before or behind; that of a street (Zhongshan 2 Lu) stays
_LETTERS = r"(?i)^no\.?\s*[0-9-]+[\s,，]*|[\s,，]+(?:no\.?\s*)?[0-9][0-9-]*(?:\s*h[aà]o)?(?:\s*f[uù]\s*[0-9]+.*)?$"


class Streets:
    """Door plates counted by unit, street and letters.

    What is kept grows with the streets, not with the plates.
    """

    def __init__(self) -> None:
        self.plates = 0
        self._counts: Counter[tuple[str, str, str, str]] = Counter()

    def add(self, counties: Cells, units: Cells, names: Cells, letters: Cells) -> None:
        """Count a batch: of each plate its county, its unit, what stands on it, and its letters."""
        street = pc.replace_substring_regex(names, _NUMBER, "")
        street = pc.replace_substring_regex(pc.utf8_trim_whitespace(street), _GROUP, r"\1")
        said = pc.replace_substring_regex(letters, _LETTERS, "")
        table = pa.table([counties, units, street, said], names=["c", "u", "s", "r"])
        made = table.group_by(["c", "u", "s", "r"]).aggregate([([], "count_all")])
        columns = [made.column(c).to_pylist() for c in ("c", "u", "s", "r", "count_all")]
        for county, unit, name, roman, count in zip(*columns, strict=True):
            self._counts[county or "", unit or "", name or "", roman or ""] += count
        self.plates += len(names)

    def table(self) -> pd.DataFrame:
        """One row a street (`STREET_COLUMNS`), by unit and name; plates without a street have "" for one."""
        rows = sorted((*key, count) for key, count in self._counts.items())
        return pd.DataFrame(rows, columns=STREET_COLUMNS)


def as_signs(streets: pd.DataFrame, parents: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """Streets as signs (`SIGN_COLUMNS`) that show a name and nothing else; `row` is their position."""
    made: dict[str, Any] = dict.fromkeys(SIGN_COLUMNS, "")
    units = streets["unit_code"].where(streets["unit_code"] != "", streets["county_code"])
    made |= {"id": [str(n) for n in range(len(streets))], "name": streets["street"].tolist()}
    made |= {
        "roman": streets["roman"].tolist(),
        "kind": [_kind_of(one) for one in streets["street"]],
    }
    made |= {"township_code": streets["unit_code"].tolist()}
    made |= {"county_code": streets["county_code"].tolist(), "row": range(len(streets))}
    made["parents"] = [parents.get(code, ()) for code in units]
    return pd.DataFrame(made, columns=SIGN_COLUMNS, index=range(len(streets)))


def _kind_of(street: str) -> str:
    name = plain_name(street)
    if name.endswith(("村", "社区")):
        return VILLAGE
    return ROAD[0] if is_road(name) else NATURAL


def with_findings(streets: pd.DataFrame, checked: Checked, rules: Sequence[str]) -> pd.DataFrame:
    """Streets with what was found of them (`PLATE_COLUMNS`): a row a finding, one for those without any.

    Parameters
    ----------
    rules
        Those that are shown. Signs of one place that disagree are no news of plates: their streets
        stand below each other.
    """
    found = checked.rows[checked.rows["rule"].isin(rules)].set_index("row")
    found = found[["standard", "rule", "severity", "message", "suggestion", "score"]]
    made = streets.join(found, how="left")
    texts = ["standard", "rule", "severity", "message", "suggestion"]
    made[texts] = made[texts].astype(object).fillna("")
    return made[PLATE_COLUMNS].reset_index(drop=True)
