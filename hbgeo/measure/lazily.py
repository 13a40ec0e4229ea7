"""Values by name, each found when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from typing import Any, TypeVar

T = TypeVar("T")


class Lazily(MutableMapping[str, T]):
    """A dict in which a value may be left to be found later (`later`); which names there are is known.

    To another process it goes as a plain dict, with every value in it.
    """

    def __init__(self) -> None:
        self._found: dict[str, T | None] = {}
        self._finds: dict[str, Callable[[], T]] = {}

    def later(self, name: str, find: Callable[[], T]) -> None:
        """Have a value found when it is asked for."""
        self._found[name] = None
        self._finds[name] = find

    def __getitem__(self, name: str) -> T:
        if name in self._finds:
            self._found[name] = self._finds.pop(name)()
        found: Any = self._found[name]
        return found  # type: ignore[no-any-return]

    def __setitem__(self, name: str, value: T) -> None:
        self._finds.pop(name, None)
        self._found[name] = value

    def __delitem__(self, name: str) -> None:
        self._finds.pop(name, None)
        del self._found[name]

    def __contains__(self, name: object) -> bool:
        return name in self._found  # or it would be found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __reduce__(self) -> tuple[type[dict[str, T]], tuple[dict[str, T]]]:
        return dict, ({name: self[name] for name in self},)
