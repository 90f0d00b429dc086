"""How many of something, in words. Pure."""

from __future__ import annotations


def counted(number: int, noun: str, many: str = "") -> str:
    """`1 note`, `2 notes`; `many` where an s is not enough."""
    return f"{number} {noun if number == 1 else many or noun + 's'}"
