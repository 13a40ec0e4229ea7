"""Gives Wine's C runtime four functions that it lacks and NumPy imports: complex.py ucrtbase.dll.

They are put into the slack after its code, by the calling convention of x64.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import Any

import pefile

CODE = {
    b"crealf": "660f6ec1c3",
    b"cimagf": "48c1e920660f6ec1c3",
    b"creal": "f20f1001c3",
    b"cimag": "f20f104108c3",
}
STEP = 16  # bytes that each is given


def main(path: Path) -> None:
    """Write the functions, and where the library's table of exports finds them."""
    library: Any = pefile.PE(str(path), fast_load=True)
    library.parse_data_directories(directories=[0])
    text = next(s for s in library.sections if s.Name.startswith(b".text"))
    content = bytearray(path.read_bytes())
    at = (text.PointerToRawData + text.Misc_VirtualSize + STEP - 1) // STEP * STEP
    if at + STEP * len(CODE) > text.PointerToRawData + text.SizeOfRawData:
        sys.exit(f"{path}: no room")
    exports = library.DIRECTORY_ENTRY_EXPORT
    table = library.get_offset_from_rva(exports.struct.AddressOfFunctions)
    moved = text.VirtualAddress - text.PointerToRawData
    for one in exports.symbols:
        if one.name in CODE:
            body = bytes.fromhex(CODE[one.name])
            content[at : at + len(body)] = body
            struct.pack_into(
                "<I", content, table + 4 * (one.ordinal - exports.struct.Base), at + moved
            )
            at += STEP
    used = max(at - text.PointerToRawData, text.Misc_VirtualSize)
    struct.pack_into("<I", content, text.get_file_offset() + 8, used)
    path.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
