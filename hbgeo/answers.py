"""What a command said, kept for as long as all that it rests on is the same.

Nothing is believed: the content of every file of the workspace, the code and the versions of what
writes are taken anew each time (`store.whole`), and where one byte differs the command does its work.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from hbgeo.sample import sample_folder
from hbgeo.store.fingerprint import Seen, digest_of, fingerprint, fingerprint_code
from hbgeo.store.folder import CACHE, StoreFolder
from hbgeo.store.whole import LAYERS, Whole, look_at

_MOST = 96  # answers kept, the newest
_MOST_BYTES = 8 << 20  # of one


@dataclass(frozen=True)
class Answer:
    """What was said, and which files stood there with it.

    Attributes
    ----------
    said
        In order: the kind of each thing said, and what JSON can hold of it.
    files
        Path → SHA-256 of its content, in hexadecimal digits.
    """

    said: list[tuple[str, Any]] = field(default_factory=list)
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def stands(self) -> bool:
        """Whether its files are still there, byte for byte."""
        try:
            return all(digest_of(Path(p)).hex() == was for p, was in self.files.items())
        except OSError:
            return False

    def with_files(self, files: list[Path]) -> Self:
        """The same beside files as they are now."""
        return type(self)(self.said, {str(f): digest_of(f).hex() for f in files})


@dataclass(frozen=True)
class Answers:
    """The answers of a workspace as it is now."""

    whole: Whole
    store: StoreFolder

    @classmethod
    def of(cls, root: Path, seen: Seen = MappingProxyType({})) -> Self:
        """Look at a workspace; every file of its layers is read that the very same command has not `seen`."""
        sample = sample_folder()  # its counties are what the user's own are held against
        others = [sample] if sample.absolute() != (root / "layers").absolute() else []
        store = StoreFolder(root / "maps" / CACHE, "answer", most=_MOST)
        return cls(look_at(root, *others, seen=seen), store)

    def find(self, asked: str) -> Answer | None:
        """What was said when the very same was asked; None where it must be worked out."""
        content = self.store.get(_key(asked), self._of(asked)) if self.whole.fingerprint else None
        if content is None:
            return None
        with suppress(ValueError, KeyError, TypeError):
            kept = json.loads(content)
            answer = Answer([(kind, what) for kind, what in kept["said"]], kept["files"])
            return answer if answer.stands else None
        return None

    def unseen(self, asked: str) -> int:
        """Bytes of layers that are others than when the very same was last worked out; of all where it never was."""
        kept = self.store.get(_key(asked, "seen"), fingerprint_code())
        seen: dict[str, str] = {}
        with suppress(ValueError, TypeError):
            seen = dict(json.loads(kept)) if kept else {}
        now = self.whole.digests.items()
        same = {name for name, one in now if seen.get(_nameless(name)) == one.hex()}
        return sum(size for name, size in self._sizes.items() if name not in same)

    def see(self, asked: str) -> None:
        """Note the files as they are now; their names, which may be anybody's, are not written down."""
        seen = {_nameless(name): one.hex() for name, one in self.whole.digests.items()}
        self.store.put(_key(asked, "seen"), json.dumps(seen).encode(), fingerprint_code())

    @property
    def size(self) -> int:
        """Bytes of all layers; 0 where files do not tell all that a command may read."""
        return sum(self._sizes.values())

    @property
    def _sizes(self) -> dict[str, int]:
        return {name: size for name, size, _ in self.whole.stamps if name.startswith(LAYERS)}

    def keep(self, asked: str, answer: Answer) -> None:
        """Keep what was said, unless a file changed meanwhile."""
        if not self.whole.fingerprint or not self.whole.is_same():
            return
        with suppress(TypeError, ValueError):
            kept = {"said": answer.said, "files": dict(answer.files)}
            content = json.dumps(kept, ensure_ascii=False).encode()
            if len(content) <= _MOST_BYTES:
                self.store.put(_key(asked), content, self._of(asked))

    def _of(self, asked: str) -> str:
        return f"{self.whole.fingerprint} {asked}"


def _nameless(name: str) -> str:
    return fingerprint(name.encode(errors="surrogatepass"))


def _key(asked: str, kind: str = "said") -> str:
    return f"{kind}-{fingerprint(asked.encode(errors='surrogatepass'))}"
