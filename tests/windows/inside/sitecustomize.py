"""Run by each Python of a test machine before anything else.

`INSIDE` is JSON: environment variables. Wine sets USERPROFILE, APPDATA and LOCALAPPDATA anew for
each process from its registry, and a test's machine has a home of its own. Unused on real Windows.

`DIE_AT` is an event of Python's audit hooks and a number, "os.rename 2": the process ends there at
once, before that rename is made, as when the power goes. Nothing is flushed and no handler runs.
"""

from __future__ import annotations

import json
import os
import sys

BYTECODE = os.path.join(sys.prefix, "bytecode.bin")  # made by setup.sh, under Wine only


def _die_at(wanted: str, number: int) -> None:
    count = 0

    def hook(event: str, args: tuple[object, ...]) -> None:
        nonlocal count
        if event != wanted:
            return
        count += 1
        if count == number:
            os._exit(9)

    sys.addaudithook(hook)


if os.path.exists(BYTECODE):
    from importlib import import_module

    # Behind what is built in and frozen.
    sys.meta_path.insert(2, import_module("bytecode").Finder(BYTECODE))

# Once: what a program gives its children, they keep.
os.environ.update(json.loads(os.environ.pop("INSIDE", "{}")))

if os.environ.get("DIE_AT"):
    _event, _number = os.environ.pop("DIE_AT").split()
    _die_at(_event, int(_number))
