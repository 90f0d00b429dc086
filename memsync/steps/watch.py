"""What a command that only shows says of changes from outside: what the next refresh would capture.

Looks at names and hashes, and at lines only where the memory was edited, so that showing stays
quick; what exactly would become a note is for `observe` to find out. Writes nothing.
"""

from __future__ import annotations

from memsync.memory.store import MOST_MEMORY_BYTES, Store
from memsync.memory.target import Target
from memsync.memory.text.document import NAME, Memory, half_line, whole_lines


def outside(store: Store, target: Target, memory: Memory) -> list[str]:
    """A line for each kind of change that the next refresh would keep as a note."""
    said = []
    if memory.edited:
        said += _of_memory(store, memory)
    elif memory.footer is None and not memory.newer and (behind := _behind_footer(store, memory)):
        said.append(
            f"{NAME}: {behind} line(s) behind the footer; the next memsync refresh keeps them "
            "as a note"
        )
    if copies := store.conflict_copies():
        said.append(
            f"{len(copies)} conflict copies lie beside the memory; the next memsync refresh "
            "takes them in"
        )
    if target.standing() in ("copy", "foreign"):
        copy = target.copy()
        if copy is not None and copy.body and _is_edited(copy, memory):
            said += _of_copy(store, target, copy)
    return said


def _of_memory(store: Store, memory: Memory) -> list[str]:
    kind = _kind(store, memory)
    if kind == "another file":
        return [
            f"{NAME} holds another text; the next memsync refresh keeps what is new in it as a "
            "note, nothing counts as removed"
        ]
    if kind == "dress":
        return [f"{NAME} was laid out anew; the next memsync refresh takes it as it is"]
    what = f"{NAME} was edited by hand; the next memsync refresh keeps the edit as a note"
    return [what, *_removed(store, memory)]


def _of_copy(store: Store, target: Target, copy: Memory) -> list[str]:
    from memsync.steps.copies import is_taken_in  # only where somebody edited

    if _base(store, copy) is None and is_taken_in(store, copy.raw, target):
        return []
    if _kind(store, copy) == "dress":
        return [f"{target.path} was laid out anew; the next memsync refresh takes that over"]
    what = f"{target.path} was edited; the next memsync refresh keeps the edit as a note"
    return [what, *_removed(store, copy)]


def _base(store: Store, memory: Memory) -> Memory | None:
    return store.version(memory.footer.rev) if memory.footer is not None else None


def _kind(store: Store, memory: Memory) -> str:
    """What was done to a text, from its version, else from what this machine saw last."""
    from memsync.memory.text.edits import kind_of  # only where somebody edited

    base = _base(store, memory)
    before = base or store.last_seen()
    if before is None or len(memory.raw) > MOST_MEMORY_BYTES:
        return "edit"
    return kind_of(before.body, memory.body, base_known=base is not None)


def _behind_footer(store: Store, memory: Memory) -> int:
    """How many lines were appended to a known version, behind its footer."""
    known = store.known(memory.body)
    if known is None:
        return 0
    here = set(known.body.split("\n"))
    lines = f"{whole_lines(memory)}{half_line(memory)}".split("\n")
    return sum(1 for line in lines if line.strip() and line not in here)


def _is_edited(copy: Memory, memory: Memory) -> bool:
    if copy.footer is not None:
        return copy.edited and copy.body != memory.body
    known = set(memory.body.split("\n"))
    return any(
        line not in known for line in whole_lines(copy._replace(raw=copy.raw + b"\n")).split("\n")
    )


def _removed(store: Store, memory: Memory) -> tuple[str, ...]:
    base = _base(store, memory)
    if base is None or len(memory.raw) > MOST_MEMORY_BYTES:
        return ()
    # Only where somebody edited
    from memsync.memory.text.edits import out_of_force

    return out_of_force(base.body, memory.body)
