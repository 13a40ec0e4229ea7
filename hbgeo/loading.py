"""What libraries are told as they are loaded, by the names of the environment they ask."""

from __future__ import annotations

import os
from types import MappingProxyType

SETTINGS = MappingProxyType({
    # Arrow's own pool keeps a third more than is in use, and takes a gigabyte of addresses at once:
    # no bound could be set
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    # the threads that a library begins by being loaded: nothing here multiplies dense matrices, and a
    # process with other threads cannot be copied
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "OPENBLAS_NUM_THREADS": "1",
})  # fmt: skip


def settle() -> None:
    """Tell them so, unless the user has told them something else."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
