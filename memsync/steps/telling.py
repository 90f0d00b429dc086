"""What a refresh would capture, in words for a command that only shows. Pure.

The words come from what `outside` would write, so that what `status` says of an edit is what the
next refresh does.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from memsync.memory.text.document import NAME, short_hash
from memsync.memory.text.notes import Note, parse, render_edit
from memsync.steps.gather import View, gather
from memsync.steps.job import Job, Run, no_claude
from memsync.steps.outside import Outside, Start, Stop, outside
from memsync.steps.placing import placed
from memsync.steps.workspace import Workspace
from memsync.steps.writes import Deliver, Origin, PutNote, SetAside, Write
from memsync.system.counted import counted
from memsync.system.errors import NeedsAgreementError
from memsync.system.questions import Nobody

NEXT: Final = "the next memsync refresh"

EDITED: Final[dict[Origin, str]] = {
    "memory": f"{NAME} was edited by hand; {NEXT} keeps the edit as a note",
    "behind": f"{NAME} has lines behind the footer; {NEXT} keeps them as a note",
    "footer": f"{NAME} has lines that no version has, and no valid footer; {NEXT} keeps them as a "
    "note",
    "folder": f"a second memory folder holds an edit; {NEXT} keeps it as a note",
    "last seen": f"{NAME} does not hold what this machine saw last; {NEXT} keeps what is new in "
    "that as a note",
}
ANOTHER: Final = (
    f"{NAME} holds another text; {NEXT} keeps what is new in it as a note, nothing counts as "
    "removed"
)
LAID_OUT: Final = f"{NAME} was laid out anew; {NEXT} takes it as it is"


class Coming(NamedTuple):
    """What the next refresh will find."""

    view: View
    came: Outside


def coming(work: Workspace) -> Coming:
    """What a refresh of this workspace would find now."""
    job = Job(work.store, work.outbox, work.target, no_claude, Nobody(), siblings=work.siblings())
    view = gather(job)
    return Coming(view, outside(view, Run()))


def body_after(found: Coming, *, edits_wait: bool = True) -> str | None:
    """The body that the refresh makes by code, before it asks Claude; None where it makes none.

    `edits_wait`: whether an edit is pending; else only what is about to be written is put in.
    """
    view, came = found
    if isinstance(came.then, Stop) and isinstance(came.then.error, NeedsAgreementError):
        view = view._replace(yes=True)  # what becomes of it once a person says so
        came = outside(view, Run())
    if not isinstance(came.then, Start):
        return None
    new = [note for write in came.writes if (note := _note(write)) is not None]
    if not edits_wait and not new:
        return came.then.body
    return placed(view, came.then, Run(fresh=came.fresh), also=new).body


def _note(write: Write) -> Note | None:
    """The note that will be on disk once this is written."""
    if isinstance(write, PutNote):
        return Note(short_hash(render_edit(write.text)), "edit", write.text)
    if isinstance(write, Deliver):
        return parse(write.data, short_hash(write.data))
    return None


def told(found: Coming) -> list[str]:
    """A line for each kind of change that the next refresh would keep as a note."""
    view, came = found
    lines = []
    if (kind := came.kinds.get("memory")) in ("another file", "dress"):
        lines.append(ANOTHER if kind == "another file" else LAID_OUT)
    if came.kinds.get("target") == "dress" and view.target is not None:
        lines.append(f"{view.target.path} was laid out anew; {NEXT} takes that over")
    for write in came.writes:
        if isinstance(write, PutNote) and write.origin == "memory" and kind == "another file":
            continue
        if isinstance(write, PutNote) and write.origin in EDITED:
            lines.append(EDITED[write.origin])
        elif isinstance(write, PutNote) and write.origin == "target" and view.target is not None:
            lines.append(f"{view.target.path} was edited; {NEXT} keeps the edit as a note")
    if copies := sum(isinstance(write, SetAside) for write in came.writes):
        which = counted(copies, "conflict copy lies", "conflict copies lie")
        them = "it" if copies == 1 else "them"
        lines.append(f"{which} beside the memory; {NEXT} takes {them} in")
    if notes := sum(isinstance(write, Deliver) and not write.waits for write in came.writes):
        which = counted(notes, "note lies", "notes lie")
        them = "it" if notes == 1 else "them"
        lines.append(f"{which} in a second memory folder; {NEXT} takes {them} over")
    removed = [line for line in came.said if line.startswith("constraint ")]
    return list(dict.fromkeys([*lines, *removed]))
