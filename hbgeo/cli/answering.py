"""Commands that only look: asked the same of the same workspace, they say again what they said."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_type_hints

from hbgeo.cli.console import Heard, Names, say_again
from hbgeo.cli.here import Here
from hbgeo.cli.options import Command


def looks(command: Command) -> Command:
    """Keep what a command says, for as long as nothing it rests on changes.

    The command reads its workspace and nothing else, and writes nothing but its answer.
    """

    def find_or_run(**given: Any) -> None:
        if given.get("policy"):  # a folder that nobody looked at
            command(**given)
            return
        from hbgeo.answers import Answer, Answers

        asked, answers = asked_of(command.__name__, given), Answers.of(Here.root)
        if known := answers.find(asked):
            say_again(known.said)
            return
        with listening() as said:
            command(**given)
        if said:
            answers.keep(asked, Answer(said))

    hints = get_type_hints(command, include_extras=True)
    own = inspect.signature(command)
    typed = [p.replace(annotation=hints.get(p.name, p.annotation)) for p in own.parameters.values()]
    find_or_run.__signature__ = own.replace(parameters=typed)  # type: ignore[attr-defined]
    find_or_run.__doc__, find_or_run.__name__ = command.__doc__, command.__name__
    return find_or_run


def asked_of(name: str, given: dict[str, Any]) -> str:
    """All that was asked: the command, where, its options, and how columns are called."""
    options = {k: str(v) if isinstance(v, Path) else v for k, v in sorted(given.items())}
    return repr((name, str(Here.root), options, Names.machine, Names.chinese))


@contextmanager
def listening() -> Iterator[list[tuple[str, Any]]]:
    """Note what is said within; the list is empty where that cannot be said again."""
    said: list[tuple[str, Any]] = []
    noted: list[tuple[str, Any]] = []
    Heard.said = noted
    try:
        yield said
        if Heard.said is noted:
            said += noted
    finally:
        Heard.said = None
