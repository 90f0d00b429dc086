"""How a command ends that captured a note, or had no notes, and then failed."""

from __future__ import annotations

from tests.e2e.world import Result


def fails(result: Result, status: int, *words: str) -> None:
    """The command failed as documented: its status, and its last two lines are the error and what
    to type.
    """
    assert result.status == status, result
    what, hint = result.errors[-2:]
    assert what.startswith("Error: "), result.err
    assert hint.startswith("Try: "), result.err
    assert result.err.count("Error: ") == 1, result.err
    assert all(line.isprintable() for line in result.errors)
    for word in words:
        assert word in result.err, result.err
