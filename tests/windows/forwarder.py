"""Write bcryptprimitives.dll, which Wine 8 lacks: `python forwarder.py PATH`.

Programs made with current Rust (pydantic_core, jiter) take random bytes from its one function,
`ProcessPrng`. This library holds no code: a 64-bit PE file whose export table says that it is
`SystemFunction036` of advapi32, the older name of the same service. Only for Wine.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import Final

NAME: Final = b"bcryptprimitives.dll"
EXPORT: Final = b"ProcessPrng"
FORWARD: Final = b"advapi32.SystemFunction036"

SECTION_AT: Final = 0x1000  # in memory
FILE_AT: Final = 0x200  # in the file
IMAGE_SIZE: Final = 0x2000
IMAGE_BASE: Final = 0x180000000


def export_table() -> bytes:
    """The section: an export directory with one name, whose address is a text in it: a forward."""
    functions_at = SECTION_AT + 40
    names_at, ordinals_at = functions_at + 4, functions_at + 8
    texts_at = ordinals_at + 4
    dll_at, export_at = texts_at, texts_at + len(NAME) + 1
    forward_at = export_at + len(EXPORT) + 1
    directory = struct.pack(
        "<IIHHIIIIIII", 0, 0, 0, 0, dll_at, 1, 1, 1, functions_at, names_at, ordinals_at
    )
    rows = struct.pack("<IIHH", forward_at, export_at, 0, 0)
    return directory + rows + NAME + b"\0" + EXPORT + b"\0" + FORWARD + b"\0"


def library() -> bytes:
    """The whole file, 1,024 bytes."""
    section = export_table()
    dos = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    coff = struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x2022)  # x86-64, a DLL
    optional = struct.pack("<HBBIIIII", 0x20B, 0, 0, 0, len(section), 0, 0, 0)
    optional += struct.pack("<QII", IMAGE_BASE, 0x1000, 0x200)
    optional += struct.pack("<HHHHHHI", 6, 0, 0, 0, 6, 0, 0)
    optional += struct.pack("<IIIHH", IMAGE_SIZE, FILE_AT, 0, 3, 0x160)
    optional += struct.pack("<QQQQII", 1 << 20, 1 << 12, 1 << 20, 1 << 12, 0, 16)
    optional += struct.pack("<II", SECTION_AT, len(section)).ljust(128, b"\0")
    row = struct.pack(
        "<8sIIIIIIHHI", b".edata", len(section), SECTION_AT, 0x200, FILE_AT, 0, 0, 0, 0, 0x40000040
    )
    head = dos + b"PE\0\0" + coff + optional + row
    return head.ljust(FILE_AT, b"\0") + section.ljust(0x200, b"\0")


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(library())
