"""Questions to the person at the terminal: which answers there are, and how often it is asked."""

from __future__ import annotations

from typing import Final

from memsync.system import terminal
from memsync.system.questions import Question

MOST_ASKED: Final = 3
YES: Final = ("y", "yes")
NO: Final = ("", "n", "no", "q", "quit")


def confirm(question: str, yes: str = "", no: str = "") -> bool:
    """Ask; only a plain yes is one, and what is neither yes nor no is asked again. `yes`, `no`:
    what each does, said between what was found and the last sentence, which asks. Ctrl-C passes
    through.
    """
    told, stop, asked = question.rpartition(". ")
    if stop:
        terminal.err(f"{told}.")
    for line in [f"  {word}: {what}" for word, what in (("yes", yes), ("no", no)) if what]:
        terminal.err(line)
    for _ in range(MOST_ASKED):
        word = terminal.answer(f"{asked} [y/N] ")
        if word is None or word.lower() in NO:
            return False
        if word.lower() in YES:
            return True
        terminal.err("y is yes; n, q or Enter is no.")
    return False


def choose(question: str, count: int) -> int | None:
    """Ask which of so many that are shown; None for no clear answer."""
    answers = [str(number) for number in range(1, count + 1)]
    for _ in range(MOST_ASKED):
        word = terminal.answer(f"{question} [1-{count}] ")
        if word in answers:
            return answers.index(word)
        if word is None or word.lower() in NO:
            return None
        terminal.err(f"Type a number from 1 to {count}; q or Enter takes none.")
    return None


class Person:
    """The person at the terminal, or nobody."""

    def agrees(self, question: Question) -> bool | None:
        """Show reasons and difference and what yes and no do, and wait for a yes; None when nobody
        can be asked.
        """
        if not terminal.has_person():
            return None
        for reason in question.reasons:
            terminal.err(f"  {reason}")
        if question.before != question.after:
            from memsync.system.difference import ask_about

            ask_about(question.before, question.after)
        return confirm(question.words, *question.answers)
