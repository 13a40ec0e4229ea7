"""Units and places with their parents, and every other layer's rows tied to the units they name."""

from hbgeo.read.units.areas import PARENT_COLUMNS as PARENT_COLUMNS
from hbgeo.read.units.areas import make_units as make_units
from hbgeo.read.units.places import make_places as make_places
from hbgeo.read.units.tied import Tied as Tied
from hbgeo.read.units.ties import tie_facilities as tie_facilities
from hbgeo.read.units.ties import tie_table as tie_table
