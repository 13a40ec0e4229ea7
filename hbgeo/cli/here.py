"""Where the command works: known before any command is loaded."""

from __future__ import annotations

from pathlib import Path


class Here:
    """Where the command works; set before any command runs."""

    root = Path()
