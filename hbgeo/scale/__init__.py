"""The same measures over any number of files, on one processor or on many (Dask)."""

from hbgeo.read.stream.positions import Wanted as Wanted
from hbgeo.scale.counting import count_points as count_points
