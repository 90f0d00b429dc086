"""SHA-256 without OpenSSL, which `hashlib` loads: a twelfth of a start, and each command hashes.

CPython's own module is asked first, as `random` of the standard library does; it is named `_sha2`
since Python 3.12. Where neither is there, `hashlib` is, with the same digests.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

MODULES: Final = ("_sha2", "_sha256", "hashlib")


def first_of(names: tuple[str, ...]) -> Callable[[bytes], Any]:
    """The `sha256` of the first of these modules that has one; the last must."""
    for name in names[:-1]:
        try:
            found: Callable[[bytes], Any] = import_module(name).sha256
        except (ImportError, AttributeError):
            continue
        return found
    last: Callable[[bytes], Any] = import_module(names[-1]).sha256
    return last


_sha256: Final = first_of(MODULES)


def sha256_hex(data: bytes) -> str:
    """The SHA-256 of some bytes, in 64 hexadecimal digits."""
    return str(_sha256(data).hexdigest())
