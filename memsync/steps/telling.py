"""What a refresh would capture, in words for a command that only shows. Pure.

The words come from what `outside` would write, so that what `status` says of an edit is what the
next refresh does.
"""

from __future__ import annotations

from typing import Final

from memsync.memory.text.document import NAME
from memsync.steps.gather import View, gather
from memsync.steps.job import Job, Run, no_claude
from memsync.steps.outside import outside
from memsync.steps.workspace import Workspace
from memsync.steps.writes import Deliver, Origin, PutNote, SetAside
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


def told_of(work: Workspace) -> list[str]:
    """The same of a workspace as it is now."""
    job = Job(work.store, work.outbox, work.target, no_claude, Nobody(), siblings=work.siblings())
    return told(gather(job))


def told(view: View) -> list[str]:
    """A line for each kind of change that the next refresh would keep as a note."""
    came = outside(view, Run())
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
        which = "1 conflict copy lies" if copies == 1 else f"{copies} conflict copies lie"
        them = "it" if copies == 1 else "them"
        lines.append(f"{which} beside the memory; {NEXT} takes {them} in")
    if notes := sum(isinstance(write, Deliver) and not write.waits for write in came.writes):
        which = "1 note lies" if notes == 1 else f"{notes} notes lie"
        them = "it" if notes == 1 else "them"
        lines.append(f"{which} in a second memory folder; {NEXT} takes {them} over")
    removed = [line for line in came.said if line.startswith("constraint ")]
    return list(dict.fromkeys([*lines, *removed]))
