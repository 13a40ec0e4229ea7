"""Archives (.xlsx, .docx) as Linux makes them, on whichever system they are made."""

from __future__ import annotations

import struct
import zipfile
from typing import IO

UNIX = 3  # what an entry says it was made on; zipfile says 0 on Windows
_ENTRY = b"PK\x01\x02"
_SYSTEM_AT, _LENGTHS_AT, _ENTRY_BYTES = 5, 28, 46


def say_one_system(file: IO[bytes]) -> None:
    """Have every entry of a zip archive say the same system; its bytes differ in nothing else.

    Parameters
    ----------
    file
        The archive, open for reading and writing.
    """
    with zipfile.ZipFile(file) as archive:
        at, count = archive.start_dir, len(archive.infolist())
    for _ in range(count):
        file.seek(at)
        entry = file.read(_ENTRY_BYTES)
        if entry[:4] != _ENTRY:
            raise zipfile.BadZipFile("no entry where one should be")
        file.seek(at + _SYSTEM_AT)
        file.write(bytes([UNIX]))
        at += _ENTRY_BYTES + sum(struct.unpack_from("<3H", entry, _LENGTHS_AT))
