"""Values by name, each found when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Later(Generic[T]):
    """A value to be made of some bytes, which goes to another process as those bytes."""

    make: Callable[[bytes | memoryview], T]
    content: bytes | memoryview

    def __call__(self) -> T:
        """The value."""
        return self.make(self.content)

    def __reduce__(self) -> tuple[Any, ...]:
        return Later, (self.make, bytes(self.content))


class Lazily(MutableMapping[str, T]):
    """A dict in which a value may be left to be found later (`later`); which names there are is known.

    To another process it goes with every value in it, but for those that are to be made of bytes
    (`Later`): these are made there, if anybody asks.
    """

    def __init__(
        self,
        found: Mapping[str, T | None] | None = None,
        finds: Mapping[str, Callable[[], T]] | None = None,
    ) -> None:
        self._found: dict[str, T | None] = dict(found or {})
        self._finds: dict[str, Callable[[], T]] = dict(finds or {})

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

    def __reduce__(self) -> tuple[Any, ...]:
        later = {name: find for name, find in self._finds.items() if isinstance(find, Later)}
        return Lazily, ({name: None if name in later else self[name] for name in self}, later)
