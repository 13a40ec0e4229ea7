"""Good plans, quickly: the best site next, then exchanges, then shaken and exchanged again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Mask
from hbgeo.measure.siting.instance import Instance, Whole
from hbgeo.measure.siting.prices import Prices, scaled

_SHAKES = 24
_SEED = 19


class Search:
    """Plans of one instance, each a mask of sites, tried by exchange."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        weights = instance.weights
        self.weights: Whole = weights
        if weights.dtype == object:  # to order by only: values are recomputed in whole numbers
            self.weights = weights.astype(float)
        self.open = ~instance.barred

    def pay(self, prices: Prices) -> None:
        """Let what must be covered count as much as the prices say it is worth."""
        if self.instance.must is not None:
            paid = scaled(self.instance, prices.need + prices.need // 16)
            self.weights = paid.astype(float)

    def grow(self, start: Mask, share: Floats | None = None) -> Mask:
        """Add sites until there are enough: by share of the relaxation, else by what each gains."""
        chosen = start.copy()
        left = self.instance.n - int(chosen.sum())
        if share is not None:
            for site in np.argsort(-share, kind="stable").tolist():
                if left <= 0:
                    break
                if not chosen[site] and self._admissible(chosen)[site]:
                    chosen[site] = True
                    left -= 1
        count = self.instance.covering(chosen)
        while left > 0:
            gain = self._gains(count, self._admissible(chosen) & ~chosen)
            site = int(gain.argmax())
            if gain[site] < 0:
                break
            chosen[site] = True
            count[self.instance.rows_of(site)] += 1
            left -= 1
        return chosen

    def next_site(self, chosen: Mask, count: NDArray[np.int64]) -> tuple[int, int]:
        """The site that adds most, and how much."""
        gain = self._gains(count, self._admissible(chosen) & ~chosen)
        site = int(gain.argmax())
        rows = self.instance.rows_of(site)
        more = int(self.instance.weights[rows[count[rows] == 0]].sum())
        return site, more if gain[site] >= 0 else 0

    def exchange(self, chosen: Mask, rounds: int = 50) -> Mask:
        """Exchange one site for a better one as long as that gains (Teitz & Bart 1968)."""
        chosen = chosen.copy()
        count = self.instance.covering(chosen)
        for _ in range(rounds):
            better = False
            for site in np.flatnonzero(chosen & ~self.instance.held).tolist():
                rows = self.instance.rows_of(site)
                loss = self.weights[rows[count[rows] == 1]].sum()
                count[rows] -= 1
                chosen[site] = False
                gain = self._gains(count, self._admissible(chosen) & ~chosen)
                best = int(gain.argmax())
                if gain[best] > loss:
                    better, site = True, best
                chosen[site] = True
                count[self.instance.rows_of(site)] += 1
            if not better:
                break
        return chosen

    def shake(self, chosen: Mask, times: int = _SHAKES) -> Mask:
        """Take a few sites out, fill up, exchange; keep what is better."""
        random = np.random.default_rng(_SEED)
        best, value = chosen, self.instance.value(chosen)
        loose = np.flatnonzero(chosen & ~self.instance.held)
        for _ in range(times if len(loose) > 1 else 0):
            loose = np.flatnonzero(best & ~self.instance.held)
            out = random.choice(loose, min(len(loose), max(2, len(loose) // 12)), replace=False)
            trial = best.copy()
            trial[out] = False
            trial = self.exchange(self.grow(trial))
            worth = self.instance.value(trial)
            if worth > value and self.complete(trial) and self.instance.reaches(trial):
                best, value = trial, worth
        return best

    def complete(self, chosen: Mask) -> bool:
        """Whether there are as many sites as asked."""
        return int(chosen.sum()) == self.instance.n

    def _gains(self, count: NDArray[np.int64], among: Mask) -> Whole:
        gain = self.instance.sites @ np.where(count == 0, self.weights, 0)
        return np.where(among, gain, -1)

    def _admissible(self, chosen: Mask) -> Mask:
        group = self.instance.group
        if group is None:
            return self.open
        full = np.bincount(group[chosen], minlength=int(group.max()) + 1) >= self.instance.most
        return np.asarray(self.open & ~full[group])
