"""What was worked out of some objects lately, found again by the objects themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """What was worked out of some objects, as long as few others have been asked about since.

    An object is known by being the very same, not by being alike: a frame with the same rows is
    another. It must not be changed while it is known here.

    Parameters
    ----------
    most
        How many answers are kept; of more the oldest goes.
    """

    def __init__(self, most: int = 64) -> None:
        self._most = most
        # with each answer the objects, of which no other can have the number then
        self._known: dict[tuple[object, ...], tuple[tuple[object, ...], T]] = {}

    def get(self, make: Callable[[], T], *of: Any, name: object = "") -> T:
        """What `make` gives, or gave when it was asked of the same objects under the same name."""
        key = (name, *map(id, of))
        if key not in self._known:
            made = make()
            while len(self._known) >= self._most:
                del self._known[next(iter(self._known))]
            self._known[key] = (of, made)
        return self._known[key][1]
