"""Commands as a person may paste them: quoted by the rules of the system's own shell."""

from __future__ import annotations

import os
import re
import shlex

# what needs no quotes anywhere: letters and figures of every script, and these signs
_PLAIN = re.compile(r"[\w@+=:,./-]+")
_PLAIN_ON_WINDOWS = re.compile(r"[\w@+:./\\-]+")  # cmd parts words at = and ,
_LAST_SLASHES = re.compile(r"\\+$")


def command(*words: str) -> str:
    """A command line that gives exactly these words to the program `hbgeo`."""
    return " ".join(["hbgeo", *map(quote, words)])


def quote(word: str, system: str = os.name) -> str:
    """One word of a command line.

    Parameters
    ----------
    system
        `nt` for cmd (and PowerShell, but for `$` and a backquote); others for a POSIX shell.
    """
    if system == "nt":
        if _PLAIN_ON_WINDOWS.fullmatch(word):
            return word
        # the program takes \" for a quote that is part of the word
        return f'"{_LAST_SLASHES.sub(lambda m: 2 * m[0], word)}"'
    return word if _PLAIN.fullmatch(word) else shlex.quote(word)
