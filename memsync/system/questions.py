"""A question to the person, and who answers it. May not know: the terminal, what it is about."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from memsync.system.errors import MemsyncError


class Question(NamedTuple):
    """What a person has to agree to. `key` says later that they did; `otherwise` is raised when
    nobody can be asked. `answers`: what yes does, and what no does.
    """

    key: str
    words: str
    otherwise: MemsyncError
    before: str = ""
    after: str = ""
    reasons: tuple[str, ...] = ()
    answers: tuple[str, str] = ("", "")


class Person(Protocol):
    """The person at the terminal, when there is one."""

    def agrees(self, question: Question) -> bool | None:
        """Show the difference and what yes and no do, and wait for a yes; None when nobody can be
        asked.
        """


class Nobody:
    """Nobody is at the terminal, or nobody is to be asked."""

    def agrees(self, question: Question) -> bool | None:
        """No answer."""
