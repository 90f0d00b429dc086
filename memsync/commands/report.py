"""What `memsync refresh` says of what it did: lines, a screen, or one object."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator

from memsync.commands import merged
from memsync.commands.common import CHANGED, backup_of, tell_change
from memsync.memory.store import Store
from memsync.memory.text.changes import changes
from memsync.memory.text.document import parse
from memsync.memory.text.edits import as_it_stands
from memsync.steps.job import Run
from memsync.steps.workspace import Workspace
from memsync.system import dialogue, terminal
from memsync.system.errors import ClaudeError, MemsyncError, ReplyError
from memsync.system.machine import Machine
from memsync.system.questions import Question

DRY_RUN = "[DRY RUN] No files written."
WAY_BACK = "Wrong? memsync undo"


class Costs:
    """What each call cost: told at once, and on a terminal behind what came of the call; in any
    case before a person is asked, and where the command fails.
    """

    def __init__(self) -> None:
        self._waits: list[str] = []
        self._late = terminal.out_is_terminal() and terminal.err_is_terminal()

    def add(self, words: str) -> None:
        """A call was paid for."""
        self._waits.append(words)
        if not self._late:
            self.tell()

    def tell(self) -> None:
        """Say what was not said yet."""
        for words in self._waits:
            terminal.hint(words)
        self._waits.clear()


class Payer:
    """The person at the terminal, who knows what was paid before they are asked."""

    def __init__(self, costs: Costs) -> None:
        self._costs = costs

    def agrees(self, question: Question) -> bool | None:
        """As `dialogue.Person`."""
        self._costs.tell()
        return dialogue.Person().agrees(question)


def told(
    args: argparse.Namespace, work: Workspace, run: Run, machine: Machine, costs: Costs
) -> int:
    """Report a run that came to its end; the status. Raises what did not come about."""
    failed = run.failure
    if args.json and failed is None:
        facts = _as_dry_json(run) if args.dry_run else _as_json(work, run)
        terminal.out_json({**facts, **_cost(run)})
        if args.dry_run:
            terminal.err(DRY_RUN)
    elif not args.json and (failed is None or run.merged or run.is_changed):
        _tell(args, work, run, machine, costs)
    if failed is not None:
        if isinstance(failed, (ReplyError, ClaudeError)):
            _add_what_stands(failed, changed=run.is_changed)
        raise failed
    return 0


@contextlib.contextmanager
def saying_what_stands(store: Store) -> Iterator[None]:
    """Where Claude or the guard says no, the error says for a terminal what became of memory and
    notes.
    """
    before = _body(store)
    try:
        yield
    except (ReplyError, ClaudeError) as error:
        _add_what_stands(error, changed=_body(store) != before)
        raise


def _add_what_stands(error: MemsyncError, *, changed: bool) -> None:
    if error.chosen:
        return  # the answer that was given says it
    memory = "The other notes were merged" if changed else "The memory is unchanged"
    kept = "" if "kept" in error.what else ", and no note is lost"
    error.stands = f"{memory}{kept}."


def said_before(error: MemsyncError, store: Store) -> tuple[str, ...]:
    """What was told of what was carried out before a failure."""
    return as_it_stands(error.said, _body(store)) if error.said else ()


def _body(store: Store) -> str:
    with contextlib.suppress(MemsyncError):
        memory = store.memory()
        return memory.body if memory is not None else ""
    return ""


def _tell(
    args: argparse.Namespace, work: Workspace, run: Run, machine: Machine, costs: Costs
) -> None:
    if args.dry_run:
        terminal.err(DRY_RUN)
        for line in (*run.said, *run.repairs):
            terminal.err(f"[DRY RUN] {line}")
        terminal.out_text(run.after if not args.explain else _explained(run))
        return
    if terminal.out_is_terminal():
        _show(work, run, machine, costs)
        return
    terminal.out("done." if run.is_changed else "no changes.")
    if run.is_changed:
        tell_change(work, run, machine)
        if terminal.err_is_terminal():
            terminal.hint(WAY_BACK)
        return
    for line in (*run.said, *run.repairs):
        terminal.err(line)


def _show(work: Workspace, run: Run, machine: Machine, costs: Costs) -> None:
    """The same on a terminal, where an edit by hand is told, too."""
    merged.show_edit(work, run)
    if run.is_changed:
        terminal.out_marked("✓ done.")
        tell_change(work, run, machine)
    else:
        if not run.edited:
            terminal.out("no changes.")
        for line in (*run.said, *run.repairs):
            terminal.err(line)
    costs.tell()
    if run.is_changed or run.edited:
        terminal.hint(WAY_BACK)


def _explained(run: Run) -> str:
    """Each line of the new body, and those that are gone, with who said it."""
    from memsync.merge.guard.account import explained

    rows = [row for account in run.accounts for row in explained(account.lines, account.notes)]
    return "".join(f"{row}\n" for row in rows)


def _as_json(work: Workspace, run: Run) -> dict[str, object]:
    found = changes(run.before or "", run.after)
    lines = [line for account in run.accounts for line in account.lines]
    return {
        "result": "done" if run.is_changed else "no changes",
        "revision": parse(run.raw).rev if run.raw else None,
        "merged": list(run.merged),
        "backup": backup_of(work, run) or None,
        "memory": work.target.memory,
        "target": work.target.path,
        "added": found.added,
        "changed": len(found.reworded),
        "removed": len(found.gone),
        "new": [line.text for line in lines if line.kind == "new"],
        "new_constraints": [line.text for line in lines if line.kind == "constraint"],
        "unsaid": [line.text for line in lines if line.unsaid and line.kind in CHANGED],
        "gone": list(found.gone),
        "reworded": [list(pair) for pair in found.reworded],
        "said": [*run.said, *run.repairs],
    }


def _as_dry_json(run: Run) -> dict[str, object]:
    """What a real run would make of the body: nothing was written, so there is no revision and no
    backup.
    """
    return {"result": "dry run", "body": run.after, "said": [*run.said, *run.repairs]}


def _cost(run: Run) -> dict[str, object]:
    return {
        "calls": run.calls,
        "input_tokens": sum(one.input_tokens for one in run.usage),
        "output_tokens": sum(one.output_tokens for one in run.usage),
    }
