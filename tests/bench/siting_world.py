"""Instances of siting that anybody can make again: sites over a province, demand around them.

Only Python's own random numbers and whole metres, so every machine makes the same instance.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path

WEST_EAST, SOUTH_NORTH = 470_000, 400_000  # metres: about the area of Hubei
CITIES, CROWDED, SUBURB = 60, 0.6, 12_000  # so many sites crowd about the cities, so near in metres
SPREAD = 5_500  # metres between demand and the site it lives by
KNOWN = Path(__file__).with_name("siting_optima.csv")


@dataclass(frozen=True)
class World:
    """Whole metres and whole weights; the sites within a radius of each demand."""

    sites: list[tuple[int, int]]
    demand: list[tuple[int, int]]
    weights: list[int]

    def near(self, metres: int) -> list[list[int]]:
        """The sites within `metres` of each demand, ascending."""
        cells: dict[tuple[int, int], list[int]] = {}
        for number, (x, y) in enumerate(self.sites):
            cells.setdefault((x // metres, y // metres), []).append(number)
        found = []
        for x, y in self.demand:
            left, low = x // metres, y // metres
            around = [(left + a, low + b) for a in (-1, 0, 1) for b in (-1, 0, 1)]
            rivals = (k for cell in around for k in cells.get(cell, []))
            found.append(sorted(k for k in rivals if _square(self.sites[k], (x, y)) <= metres**2))
        return found


def make_world(demand: int, sites: int, seed: int) -> World:
    """The instance of a seed."""
    chance = random.Random(seed)  # noqa: S311
    cities = [_anywhere(chance) for _ in range(CITIES)]
    centres = [
        _around(chance, cities[chance.randrange(CITIES)], SUBURB)
        if chance.random() < CROWDED
        else _anywhere(chance)
        for _ in range(sites)
    ]
    homes, weights = [], []
    for _ in range(demand):
        homes.append(_around(chance, centres[chance.randrange(sites)], SPREAD))
        weights.append(max(1, round(chance.lognormvariate(6.9, 0.7))))
    return World(centres, homes, weights)


def _anywhere(chance: random.Random) -> tuple[int, int]:
    return chance.randrange(WEST_EAST), chance.randrange(SOUTH_NORTH)


def _around(chance: random.Random, centre: tuple[int, int], metres: int) -> tuple[int, int]:
    x, y = centre
    return x + round(chance.gauss(0, metres)), y + round(chance.gauss(0, metres))


def known() -> list[dict[str, str]]:
    """The instances with their certified optima."""
    with KNOWN.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _square(a: tuple[int, int], b: tuple[int, int]) -> int:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2
