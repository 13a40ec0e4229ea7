"""Branching: a tree of questions, each with its prices, whose leaves together bound every plan.

Best bound first (Land & Doig 1960). Before a node is split, sites that no better plan can have, or
do without, are settled by its own prices; whoever checks the tree settles them again the same way.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np

from hbgeo.arrays import Floats, Mask
from hbgeo.measure.siting.instance import Instance
from hbgeo.measure.siting.prices import FINE, Bound, Prices, bound_of
from hbgeo.measure.siting.relaxation import Relaxed, relax
from hbgeo.measure.siting.search import Search

_OFTEN = 40  # nodes at each of which the relaxation is rounded; then every fourth


@dataclass
class Node:
    """A question: which sites are in, which are out by branching, and the prices that bound it.

    Attributes
    ----------
    site
        The site it was split by; -1 at a leaf.
    without, with_it
        Numbers of the two nodes it was split into.
    bound
        Whole weight that no plan of it exceeds.
    """

    chosen: Mask
    barred: Mask
    prices: int
    relaxed: Relaxed | None
    bound: int
    site: int = -1
    without: int = -1
    with_it: int = -1


@dataclass
class Tree:
    """What a search found and proved.

    Attributes
    ----------
    plans
        The best plans found, best first: their value, and their sites.
    bound
        Whole weight that no plan exceeds which is not among `plans`, or is not better than the
        worst of them.
    beat
        Plans up to this value were not looked for.
    solved, work
        How many linear programmes it took, and what they cost in programmes of the usual size.
    """

    instance: Instance
    nodes: list[Node] = field(default_factory=list)
    prices: list[Prices] = field(default_factory=list)
    plans: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    bound: int = 0
    beat: int = -1
    solved: int = 0
    work: int = 0

    @property
    def closed(self) -> bool:
        """Whether nothing better than what was found is left."""
        return self.bound <= self.floor

    @property
    def floor(self) -> int:
        """The value that a plan must beat to matter."""
        return self.plans[-1][0] if self.plans else -1


class Growing:
    """A tree while it grows."""

    def __init__(
        self,
        instance: Instance,
        *,
        keep: int = 1,
        beat: int = -1,
        stop_at: int | None = None,
        near: Relaxed | None = None,
    ) -> None:
        """Begin.

        Parameters
        ----------
        keep
            How many different plans to look for.
        beat
            Plans up to this value do not matter.
        stop_at
            A plan of this value is all that is asked.
        near
            The relaxation of a question near by.
        """
        self.instance, self.keep, self.beat, self.stop_at = instance, keep, beat, stop_at
        self.near = near
        self.tree = Tree(instance, beat=beat)
        self.search = Search(instance)
        self.known: dict[tuple[int, ...], int] = {}
        self.heap: list[tuple[int, int]] = []

    @property
    def threshold(self) -> int:
        """No plan up to this value is looked for any more."""
        full = len(self.tree.plans) == self.keep
        return max(self.beat, self.tree.floor if full else -1)

    def offer(self, chosen: Mask) -> None:
        """Keep a plan that is among the best."""
        if not self.search.complete(chosen) or not self._admissible(chosen):
            return
        plan = tuple(np.flatnonzero(chosen).tolist())
        if plan in self.known:
            return
        value = self.known[plan] = self.instance.value(chosen)
        if self.instance.reaches(chosen):
            self.tree.plans.append((value, plan))
            self.tree.plans.sort(key=lambda one: (-one[0], one[1]))
            del self.tree.plans[self.keep :]

    def grow(self, effort: int, *, shaken: bool = True) -> Tree:
        """Split nodes, best bound first, until nothing is open or `effort` is spent."""
        instance = self.instance
        root = self._node(instance.held.copy(), instance.barred & ~instance.held, None)
        if shaken and self.tree.nodes[root].bound > self.threshold and not self.enough:
            self.offer(self.search.shake(self._best_mask(self.tree.nodes[root])))
        self._push(root)
        return self.go_on(effort)

    def go_on(self, effort: int) -> Tree:
        """The same for a tree that has grown before, perhaps with a better plan known since."""
        while self.heap and not self.enough and self.tree.work < effort:
            number = heapq.heappop(self.heap)[1]
            if self.tree.nodes[number].bound > self.threshold:
                self._split(number)
        waiting = [self.tree.nodes[k].bound for _, k in self.heap]
        self.tree.bound = max([self.threshold, *waiting])
        return self.tree

    @property
    def enough(self) -> bool:
        """Whether a plan is known that is all that was asked."""
        found = self.tree.plans[:1]
        return self.stop_at is not None and bool(found) and found[0][0] >= self.stop_at

    def _best_mask(self, node: Node) -> Mask:
        mask = np.zeros(self.instance.sites.shape[0], bool)
        if self.tree.plans:
            mask[list(self.tree.plans[0][1])] = True
            return mask
        return self.search.grow(node.chosen)

    def _push(self, number: int) -> None:
        bound = self.tree.nodes[number].bound
        if bound > self.threshold:
            heapq.heappush(self.heap, (-bound, number))

    def _split(self, number: int) -> None:
        """Settle what the prices settle, then ask for one site: without it, and with it."""
        node = self.tree.nodes[number]
        found = self._bound(node)
        chosen, barred = self._settle(node, found)
        free = ~chosen & ~barred
        left = self.instance.n - int(chosen.sum())
        if left <= 0 or int(free.sum()) <= left:  # one plan at most
            self.offer(chosen | free if left > 0 else chosen)
            return
        site = self._pick(node, found, free)
        node.site = site
        for inside in (False, True):
            more, less = chosen.copy(), barred.copy()
            (more if inside else less)[site] = True
            child = self._node(more, less, node)
            if inside:
                node.with_it = child
            else:
                node.without = child
            self._push(child)

    def settled(self, node: Node) -> tuple[Mask, Mask]:
        """The sites that a better plan of a node must have, and those that it cannot."""
        return self._settle(node, self._bound(node))

    def _bound(self, node: Node) -> Bound:
        return bound_of(self.instance, self.tree.prices[node.prices], node.chosen, node.barred)

    def _settle(self, node: Node, found: Bound) -> tuple[Mask, Mask]:
        limit = (self.threshold + 1) * FINE
        free = ~node.chosen & ~node.barred
        barred = node.barred | (free & (found.with_site < limit))
        chosen = node.chosen | (free & (found.without_site < limit))
        return chosen, barred

    def _pick(self, node: Node, found: Bound, free: Mask) -> int:
        """The site to split by: undecided by the relaxation, and worth much."""
        share = node.chosen.astype(float) if node.relaxed is None else node.relaxed.share
        share = np.minimum(share, 1 - share)
        score = np.where(free, (share + 1e-9) * (found.worth.astype(float) + 1), -1.0)
        return int(score.argmax())

    def _node(self, chosen: Mask, barred: Mask, parent: Node | None) -> int:
        """Bound a question by its parent's prices, then by its own if those leave it open."""
        made = Node(chosen, barred, -1, None, self.threshold + 1)
        if parent is not None:
            made.prices = parent.prices
            made.bound = self._bound(made).value // FINE
        if made.bound > self.threshold:
            self._relax(made, parent)
        made.bound = max(-1, made.bound)
        self.tree.nodes.append(made)
        return len(self.tree.nodes) - 1

    def _relax(self, node: Node, parent: Node | None) -> None:
        """Bound a node by prices of its own, where that is better; round what they come from."""
        near = self.near if parent is None else parent.relaxed
        relaxed = node.relaxed = relax(self.instance, node.chosen, node.barred, near)
        self.tree.solved += 1
        self.tree.work += relaxed.work
        own = bound_of(self.instance, relaxed.prices, node.chosen, node.barred).value // FINE
        if parent is None or own < node.bound:
            self.tree.prices.append(relaxed.prices)
            node.bound, node.prices = own, len(self.tree.prices) - 1
        if node.bound > self.threshold:
            self.search.pay(relaxed.prices)
            self._round(node.chosen, relaxed.share)

    def _round(self, chosen: Mask, share: Floats) -> None:
        rounded = self.search.grow(chosen, np.where(chosen, -1, share))
        self.offer(rounded)
        if self.tree.solved <= _OFTEN or self.tree.solved % 4 == 0:
            self.offer(self.search.exchange(rounded))

    def _admissible(self, chosen: Mask) -> bool:
        group = self.instance.group
        return bool(
            not (chosen & self.instance.barred & ~self.instance.held).any()
            and (chosen | ~self.instance.held).all()
            and (group is None or np.bincount(group[chosen]).max(initial=0) <= self.instance.most)
        )
