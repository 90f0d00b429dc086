"""`memsync refresh`: capture notes, then merge all that is pending into the memory."""

from __future__ import annotations

import argparse
import contextlib

from memsync import sync
from memsync.commands.calls import Asked, caller
from memsync.commands.common import CHANGED, backup_of, tell_change
from memsync.commands.intake import Given, read
from memsync.commands.note import keep, stdin
from memsync.commands.reading import bring_up_to_date
from memsync.commands.showing import tell_outside
from memsync.config import Config
from memsync.memory import target as link
from memsync.memory.sessions import Captured
from memsync.memory.text.changes import changes
from memsync.memory.text.document import parse
from memsync.merge import models
from memsync.providers.resolve import FOLDERS, Place, last_seen
from memsync.steps.job import Job, Run
from memsync.steps.workspace import Workspace, memory_folder, open_place, outbox, target
from memsync.steps.writes import Compact, Refresh, Wish
from memsync.system import terminal
from memsync.system.errors import (
    FolderError,
    MemsyncError,
    NoAnswerError,
    ReplyError,
    UsageError,
)
from memsync.system.lock import lock

DRY_RUN = "[DRY RUN] No files written."
EXAMPLE = 'memsync refresh --notes "Finished the importer. Never deploy on Fridays."'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "-n",
        "--notes",
        metavar="TEXT",
        action="append",
        help="the notes, whatever they begin with; several are joined",
    )
    parser.add_argument(
        "-f",
        "--file",
        metavar="FILE",
        action="append",
        help="a file with the notes; - is stdin; several are joined",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print the new memory, write nothing"
    )
    parser.add_argument("--model", type=_word, metavar="ID", help="the Claude model for this once")
    parser.add_argument(
        "--yes", action="store_true", help="accept what would be lost; never what is refused"
    )
    parser.add_argument(
        "--yes-to-all", action="store_true", help="accept also lines that no note says"
    )
    parser.add_argument("--held", action="store_true", help="send held notes again, too")
    parser.add_argument(
        "--compact", action="store_true", help="shorten the memory; the difference is always shown"
    )
    parser.add_argument("--explain", action="store_true", help="with --dry-run: who said each line")
    parser.add_argument("--json", action="store_true", help="print one object")


def _word(value: str) -> str:
    if not value.strip():
        raise argparse.ArgumentTypeError("it needs a value")
    return value


def cmd_refresh(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Capture, then merge; whatever came of it, agents read what there is now."""
    if args.explain and not args.dry_run:
        raise UsageError("--explain goes with --dry-run", "memsync refresh --dry-run --explain")
    try:
        return _refreshed(args, config, provider)
    finally:
        if not args.dry_run:
            bring_up_to_date(config, provider)


def _refreshed(args: argparse.Namespace, config: Config, provider: Place) -> int:
    text = "\n".join(args.notes) if args.notes else None
    given = read(text, args.file, stdin("notes"), command="refresh")
    dry = bool(args.dry_run)
    captured = None
    if provider.trouble is not None:
        if given:
            captured = keep(given, config, provider.trouble, outbox(config.machine, dry=dry))
            if not dry:
                terminal.err(f"the note waits in {captured.path}")
        if not dry and not isinstance(provider.trouble, NoAnswerError):
            _keep_readable(config, provider)
        raise provider.trouble
    if given is None and not terminal.stdin_is_terminal():
        terminal.hint("no notes on stdin; merging what is pending")
    if dry:
        return _dry(args, given, config, provider)
    if given:  # before anything else can fail
        captured = keep(given, config, memory_folder(provider), outbox(config.machine))
    work = open_place(config, provider)
    job = _job(args, config, work)
    with lock(work.lock, config.number("timeout"), lambda: _is_merged(work, captured)) as held:
        if not held or (captured is not None and _is_merged(work, captured)):
            return _merged_elsewhere(args, captured)
        run = _refresh(job, _wish(args), config, provider)
    if args.compact and captured is not None:
        terminal.err(f"note {captured.id} stays pending: memsync refresh merges it")
    return _report(args, work, run)


def _dry(args: argparse.Namespace, given: Given | None, config: Config, provider: Place) -> int:
    """The same on disks that keep every write to themselves; what is captured is seen by this run
    alone.
    """
    work = open_place(config, provider, dry=True)
    if given:
        keep(given, config, work.store.disk, work.outbox)
    told = tell_outside(open_place(config, provider))
    try:
        run = sync.run(_job(args, config, work), _wish(args))
    except ReplyError as error:
        _show_dropped(args, error)
        raise
    run = run._replace(said=tuple(line for line in run.said if line not in told))
    if isinstance(run.refused, ReplyError) and not run.merged:
        _show_dropped(args, run.refused)
    return _report(args, work, run)


def _show_dropped(args: argparse.Namespace, error: ReplyError) -> None:
    """A reply that a dry run paid for is shown, then dropped."""
    terminal.err(DRY_RUN)
    if not args.json:
        terminal.out_text(error.reply)


def _wish(args: argparse.Namespace) -> Wish:
    return Compact() if args.compact else Refresh()


def _refresh(job: Job, wish: Wish, config: Config, provider: Place) -> Run:
    """Refresh; while the memory is gone, Claude Code still gets the last copy of it to read."""
    try:
        return sync.run(job, wish)
    except FolderError:
        _keep_readable(config, provider)
        raise


def _keep_readable(config: Config, provider: Place) -> None:
    """While the memory is out of reach, Claude Code still reads the last copy of it.

    What stands in the way of that is not what is told: the memory's own trouble is.
    """
    with contextlib.suppress(MemsyncError):
        raw = last_seen(provider)
        if raw is None or provider.root is None:
            return
        for name in FOLDERS:
            said = link.keep_readable(target(config, provider.root / name), raw)
            if said:
                terminal.err(said)


def _job(args: argparse.Namespace, config: Config, work: Workspace) -> Job:
    agreed = bool(args.yes or args.yes_to_all)
    return Job(
        store=work.store,
        outbox=work.outbox,
        target=work.target,
        ask=caller(Asked(args.model or "", agreed, bool(args.dry_run)), config, work),
        person=terminal.Person(),
        # A bad one is told at the call
        model=args.model or str(config.values.get("model") or models.DEFAULT_MODEL),
        max_lines=config.number("max_lines"),
        yes=args.yes,
        yes_to_all=args.yes_to_all,
        constraint_headings=config.guarded_headings,
        send_held=args.held,
        dry=bool(args.dry_run),
        siblings=work.siblings(),
    )


def _is_merged(work: Workspace, captured: Captured | None) -> bool:
    """Whether another refresh, whose lock we wait for, has merged our note meanwhile."""
    if captured is None:
        return False
    try:
        memory = work.store.memory()
        return (
            memory is not None and memory.footer is not None and captured.id in memory.footer.merged
        )
    except MemsyncError:
        return False


def _merged_elsewhere(args: argparse.Namespace, captured: Captured | None) -> int:
    said = f"done. (note {captured.id if captured else ''} was merged by another refresh)"
    if args.json:
        terminal.out_json({"result": "merged by another refresh"})
    else:
        terminal.out(said)
    return 0


def _report(args: argparse.Namespace, work: Workspace, run: Run) -> int:
    refused = run.failure
    if args.json and refused is None:
        facts = _as_dry_json(run) if args.dry_run else _as_json(work, run)
        terminal.out_json({**facts, **_cost(run)})
        if args.dry_run:
            terminal.err(DRY_RUN)
    elif not args.json and (refused is None or run.merged or run.is_changed):
        _tell(args, work, run)
    if refused is not None:
        raise refused
    return 0


def _tell(args: argparse.Namespace, work: Workspace, run: Run) -> None:
    if args.dry_run:
        terminal.err(DRY_RUN)
        for line in (*run.said, *run.repairs):
            terminal.err(f"[DRY RUN] {line}")
        terminal.out_text(run.after if not args.explain else _explained(run))
        return
    terminal.out("done." if run.is_changed else "no changes.")
    if run.is_changed:
        tell_change(work, run)
        if terminal.err_is_terminal():
            terminal.hint("Wrong? memsync undo")
        return
    for line in (*run.said, *run.repairs):
        terminal.err(line)


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
