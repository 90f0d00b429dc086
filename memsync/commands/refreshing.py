"""How `memsync refresh` goes: capture, lock, merge with what Claude answers, report."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable

from memsync import sync
from memsync.agents.hooks import refuse_child
from memsync.commands import report
from memsync.commands.calls import Asked, caller
from memsync.commands.intake import Given, read
from memsync.commands.note import keep, stdin
from memsync.commands.reading import bring_up_to_date
from memsync.commands.report import DRY_RUN, Costs
from memsync.commands.showing import tell_outside
from memsync.config import Config
from memsync.memory import target as link
from memsync.memory.sessions import Captured
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
)
from memsync.system.lock import lock

Says = Callable[[str], None]


def refresh(args: argparse.Namespace, config: Config, provider: Place, says: Says) -> int:
    """Capture, then merge; `says`: the words of what turns on a terminal meanwhile."""
    refuse_child(config.machine.env, "memsync refresh")
    costs = Costs()
    try:
        return _refreshed(args, config, provider, costs, says)
    finally:
        if not args.dry_run:
            bring_up_to_date(config, provider)
        costs.tell()


def _refreshed(
    args: argparse.Namespace, config: Config, provider: Place, costs: Costs, says: Says
) -> int:
    text = "\n".join(args.notes) if args.notes else None
    given = read(text, args.file, stdin("notes"), command="refresh")
    if provider.trouble is not None:
        _keep_what_is_given(args, given, config, provider, provider.trouble)
        raise provider.trouble
    if given is None and not terminal.stdin_is_terminal():
        terminal.hint("no notes on stdin; merging what is pending")
    if args.dry_run:
        return _dry(args, given, config, provider, costs)
    captured = None
    if given:  # before anything else can fail
        captured = keep(given, config, memory_folder(provider), outbox(config.machine))
        if captured.why:
            terminal.err(f"{captured.why}; the note waits in {captured.path}")
    work = open_place(config, provider)
    job = _job(args, config, work, costs)

    def while_it_waits() -> bool:
        says("Waiting for another memsync to end...")
        return _is_merged(work, captured)

    with lock(work.lock, config.number("timeout"), while_it_waits) as held:
        if not held or (captured is not None and _is_merged(work, captured)):
            return _merged_elsewhere(args, captured)
        with report.saying_what_stands(work.store):
            run = _refresh(job, _wish(args), config, provider)
    if args.compact and captured is not None:
        terminal.err(f"note {captured.id} stays pending: memsync refresh merges it")
    return report.told(args, work, run, config.machine, costs)


def _keep_what_is_given(
    args: argparse.Namespace,
    given: Given | None,
    config: Config,
    provider: Place,
    trouble: MemsyncError,
) -> None:
    """While the folder is out of reach the note waits on this machine."""
    dry = bool(args.dry_run)
    if given:
        captured = keep(given, config, trouble, outbox(config.machine, dry=dry))
        if not dry:
            terminal.err(f"the note waits in {captured.path}")
    if not dry and not isinstance(trouble, NoAnswerError):
        _keep_readable(config, provider)


def _dry(
    args: argparse.Namespace, given: Given | None, config: Config, provider: Place, costs: Costs
) -> int:
    """The same on disks that keep every write to themselves; what is captured is seen by this run
    alone.
    """
    work = open_place(config, provider, dry=True)
    if given:
        keep(given, config, work.store.disk, work.outbox)
    told = tell_outside(open_place(config, provider))
    try:
        run = sync.run(_job(args, config, work, costs), _wish(args))
    except ReplyError as error:
        _show_dropped(args, error)
        raise
    run = run._replace(said=tuple(line for line in run.said if line not in told))
    if isinstance(run.refused, ReplyError) and not run.merged:
        _show_dropped(args, run.refused)
    return report.told(args, work, run, config.machine, costs)


def _show_dropped(args: argparse.Namespace, error: ReplyError) -> None:
    """A reply that a dry run paid for is shown, then dropped."""
    terminal.err(DRY_RUN)
    if not args.json:
        terminal.out_text(error.reply)


def _wish(args: argparse.Namespace) -> Wish:
    return Compact() if args.compact else Refresh()


def _refresh(job: Job, wish: Wish, config: Config, provider: Place) -> Run:
    """Refresh; while the memory is gone, Claude Code still gets the last copy of it to read. What
    was carried out before a failure is told all the same.
    """
    try:
        return sync.run(job, wish)
    except MemsyncError as error:
        if isinstance(error, FolderError):
            _keep_readable(config, provider)
        for line in report.said_before(error, job.store):
            terminal.err(line)
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


def _job(args: argparse.Namespace, config: Config, work: Workspace, costs: Costs) -> Job:
    agreed = bool(args.yes or args.yes_to_all)
    return Job(
        store=work.store,
        outbox=work.outbox,
        target=work.target,
        ask=caller(Asked(args.model or "", agreed, bool(args.dry_run)), config, work, costs.add),
        person=report.Payer(costs),
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
