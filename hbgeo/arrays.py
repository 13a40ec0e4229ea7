"""The kinds of arrays that are passed about, by name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Numbers = NDArray[np.intp]  # positions, or the numbers of a column's distinct texts
Shapes = NDArray[np.object_]  # geometries
