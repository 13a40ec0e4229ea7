"""The standard names that signs are held against: a gazetteer, and what it does not tell of."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hbgeo.measure.locate import UnitIndex
from hbgeo.measure.names.generics import CLASSES
from hbgeo.read.table import LayerTable


def in_townships(
    places: pd.DataFrame, gazetteer: LayerTable, towns: UnitIndex, codes: pd.Index
) -> pd.DataFrame:
    """Places that name no township are of the one they stand in.

    Parameters
    ----------
    places
        As `place_rows` makes them of the gazetteer.
    towns, codes
        What finds the townships, and their codes in its order.
    """
    frame = gazetteer.frame
    silent = (places["unit_code"] == "").to_numpy()
    if not silent.any() or "x" not in frame or "y" not in frame:
        return places
    x, y = (frame[c].to_numpy(dtype=np.float64, na_value=np.nan)[silent] for c in ("x", "y"))
    at = towns.query(x, y)
    made = places["unit_code"].to_numpy(object).copy()
    made[silent] = np.where(at >= 0, codes.to_numpy(object)[np.maximum(at, 0)], "")
    return places.assign(unit_code=pd.Series(made, index=places.index, dtype=object))


def in_any_township(places: pd.DataFrame, towns: pd.DataFrame) -> pd.DataFrame:
    """A place of which only the county is known may be in any of its townships: one row for each.

    Parameters
    ----------
    towns
        Townships by code, with `county_code`.
    """
    silent = (places["unit_code"] == "") & places["county_code"].isin(towns["county_code"])
    if not silent.any():
        return places
    each = pd.DataFrame({"unit_code": towns.index.astype(str), "county_code": towns["county_code"]})
    each = each.astype(object)
    made = places[silent.to_numpy()].drop(columns="unit_code").merge(each, on="county_code")
    return pd.concat([places[~silent.to_numpy()], made[places.columns]], ignore_index=True)


def and_villages(places: pd.DataFrame, villages: pd.DataFrame) -> pd.DataFrame:
    """The places of a gazetteer, and the villages of the list whose codes it lacks.

    Those are found by their codes alone: by name a natural village would be taken for a community.
    """
    more = villages[~villages["code"].isin(places["code"]).to_numpy()]
    return pd.concat([places, more.assign(unit_code="", county_code="")], ignore_index=True)


def kinds_told(gazetteer: LayerTable) -> frozenset[tuple[str, str]]:
    """Counties and kinds of signs of which a gazetteer has any name; without classes of all kinds.

    Of no other sign is it said that its name is unknown.
    """
    frame = gazetteer.frame
    counties = frame["county_code"].astype("str").tolist()
    if "class" not in frame:
        return frozenset((county, kind) for county in set(counties) for kind in CLASSES)
    pairs = set(zip(counties, frame["class"].astype("str").tolist(), strict=True))
    return frozenset(
        (county, kind) for county, sort in pairs for kind, own in CLASSES.items() if sort in own
    )
