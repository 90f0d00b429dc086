"""Every failure memsync can report: what happened, what to type next, and the exit status.

Knows nothing else of the program. `cli.main` is the only place that turns these into words on
stderr (or JSON) and a status; everything below it raises.
"""

from __future__ import annotations

from typing import Self


class MemsyncError(Exception):
    """A failure a person can act on: `what` is one line, `hint` one line that says what to type."""

    status = 1

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.chosen = False
        self.stands = ""  # what became of memory and notes, for a person at a terminal
        self.said: tuple[str, ...] = ()  # what was told of what was carried out before it

    @property
    def shown(self) -> dict[str, str | int]:
        """The failure as JSON shows it, and as stderr does: there is always something to type."""
        hint = self.hint or "memsync doctor"
        return {"what": self.what, "try": hint, "status": self.status}

    def behind(self, said: tuple[str, ...]) -> Self:
        """The same, behind what was carried out: no later command tells that again."""
        self.said = said
        return self

    def by_choice(self, what: str = "") -> Self:
        """The same, where a person was asked and said no: that is no error to them. `what`: what
        became of it then.
        """
        self.what, self.chosen = what or self.what, True
        return self


class InputError(MemsyncError):
    """The given notes, file or value cannot be used; nothing was captured."""


class LocalError(MemsyncError):
    """Something on this machine, outside the cloud folder, said no."""


class BusyError(MemsyncError):
    """Another memsync holds the lock of this memory folder."""


class UsageError(MemsyncError):
    """The command line itself is wrong."""

    status = 2


class NotSetUpError(MemsyncError):
    """This machine has no memsync configuration yet."""

    status = 3


class FolderError(MemsyncError):
    """The cloud folder: none found, several, not there, not downloaded, not writable."""

    status = 4


class MissingError(FolderError):
    """The memory folder is there and the memory is not."""


class NotDownloadedError(FolderError):
    """A file is in the cloud but its bytes are not on this machine yet."""


class NoAnswerError(FolderError):
    """The cloud folder hangs: whoever looks at it again hangs, too."""


class StrangeFileError(FolderError):
    """A link, pipe, socket or device where memsync keeps files: neither opened nor followed."""

    def __init__(self, path: str, words: str, hint: str = "") -> None:
        what = f"{path} is {words}, so it was left alone: only plain files belong there"
        super().__init__(what, hint or f"see what it is: ls -l '{path}'; then remove it")
        self.path = path


class TooLargeFileError(FolderError):
    """A file with more bytes than memsync reads of its kind; it was left alone."""


class NotReplaceableError(FolderError):
    """The memory must not be replaced as it lies there (design.md section 2, promise 6)."""


class NeedsAgreementError(NotReplaceableError):
    """The memory may be written again once a person says so."""


class ClaudeError(MemsyncError):
    """No key, no network, or the API or its stream said no. The notes are kept.

    `paid`: the model and the tokens in and out of a call that is paid all the same, where told.
    """

    status = 5
    paid: tuple[str, int, int] | None = None


class NotAcceptedError(ClaudeError):
    """The API itself does not accept the key."""


class UncheckedError(ClaudeError):
    """Nobody could be asked whether a key is accepted: there is no network, or no such answer."""


class DeclinedError(ClaudeError):
    """Claude's safety classifiers declined the request (`stop_reason` refusal)."""


class ReplyError(MemsyncError):
    """The guard refused the reply's text.

    The notes and the reply are kept; `reply` is what a dry run prints of it.
    """

    status = 6

    def __init__(self, what: str, hint: str = "", *, reply: str = "") -> None:
        super().__init__(what, hint)
        self.reply = reply


class NeedsYesError(ReplyError):
    """The reply can be used once a person says yes. The notes and the reply are kept."""


class InterruptedByUserError(MemsyncError):
    """Ctrl-C, or a terminal that closed."""

    status = 130
