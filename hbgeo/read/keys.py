"""Layers and columns that many know by name: nobody waits for their makers who reads nothing anew."""

from __future__ import annotations

POPULATION = "population"  # the layer of who lives in the units
GAZETTEER = "placename"  # the layer of all place names
PARENT_COLUMNS = ["county_code", "county", "prefecture_code", "prefecture"]
PARENT_COLUMNS += ["province_code", "province"]
WEIGHTS = ("population", "population_60")
DEATHS = ("mortality", "deaths", "burial_share")  # of a unit's own row only: never added up here
YEARS = (
    "population_years"  # of which the population of a unit is: "2023", of its parts "2022、2023"
)
