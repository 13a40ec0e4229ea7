"""What rows add to a figure that adds up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hbgeo.arrays import Floats
from hbgeo.measure.counting import Case, part_of
from hbgeo.read.cell.decimals import exact_product


def row_amounts(case: Case, frame: pd.DataFrame) -> tuple[Floats, Floats]:
    """What each row adds to an amount or a numerator, and to the denominator of a ratio.

    Parameters
    ----------
    frame
        Rows under the columns of the case's layer. NaN where one does not say it.
    """
    one = case.one
    ones, none = np.ones(len(frame)), np.zeros(len(frame))
    if one.measure == "count":
        return ones, none
    if one.measure == "sum":
        return frame[one.column].to_numpy(float), none
    if one.measure != "ratio":
        return none, none
    if one.shares:
        top, bottom = part_of(one, frame, case.context.options.as_of).astype(float), ones
    else:
        top = frame[one.numerator].to_numpy(float)
        bottom = none if one.beside else frame[one.denominator].to_numpy(float)
    if one.weight:
        heavy = frame[one.weight].to_numpy(float)
        top, bottom = exact_product(top, heavy), exact_product(bottom, heavy)
    return top, bottom
