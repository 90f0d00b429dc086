"""The hashes of footers and ids are SHA-256, whichever module of Python makes them."""

from __future__ import annotations

import hashlib

import pytest

from memsync.system.hashing import MODULES, first_of, sha256_hex


@pytest.mark.parametrize("data", [b"", b"a", "é\n".encode(), bytes(range(256)) * 9])
def test_it_is_the_sha_256_of_hashlib(data: bytes) -> None:
    assert sha256_hex(data) == hashlib.sha256(data).hexdigest()


def test_a_python_without_the_small_modules_hashes_all_the_same() -> None:
    found = first_of(("no_module_of_this_name", "json", MODULES[-1]))
    assert found(b"a").hexdigest() == hashlib.sha256(b"a").hexdigest()
