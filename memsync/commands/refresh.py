"""`memsync refresh`: capture notes, then merge all that is pending into the memory."""

from __future__ import annotations

import argparse
import contextlib
import json

from memsync.commands.common import tell_change
from memsync.commands.intake import Given, read
from memsync.commands.note import keep, stdin
from memsync.commands.reading import bring_up_to_date
from memsync.commands.room import make_sure_of_room
from memsync.commands.showing import tell_outside
from memsync.config import Config
from memsync.memory import target as link
from memsync.memory.capture import Captured
from memsync.memory.text.changes import changes
from memsync.memory.text.document import parse
from memsync.merge import models
from memsync.providers.resolve import FOLDERS, Place, last_seen
from memsync.steps.job import Answer, Job, Outcome
from memsync.steps.workspace import Workspace, memory_folder, open_place, outbox, target
from memsync.sync import refresh
from memsync.system import terminal
from memsync.system.errors import ClaudeError, FolderError, MemsyncError, NoAnswerError, ReplyError
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
        "--yes", action="store_true", help="accept what would be asked; never what is refused"
    )
    parser.add_argument("--held", action="store_true", help="send held notes again, too")
    parser.add_argument("--note", type=_word, metavar="ID", help="merge this note again")
    parser.add_argument(
        "--compact", action="store_true", help="shorten the memory; the difference is always shown"
    )
    parser.add_argument("--json", action="store_true", help="print one object")


def _word(value: str) -> str:
    if not value.strip():
        raise argparse.ArgumentTypeError("it needs a value")
    return value


def cmd_refresh(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Capture, then merge; whatever came of it, agents read what there is now."""
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
        terminal.err("no notes on stdin; merging what is pending")
    if dry:
        return _dry(args, given, config, provider)
    if given:  # before anything else can fail
        captured = keep(given, config, memory_folder(provider), outbox(config.machine))
    work = open_place(config, provider)
    job = _job(args, config, work)
    with lock(work.lock, config.number("timeout"), lambda: _is_merged(work, captured)) as held:
        if not held or (captured is not None and _is_merged(work, captured)):
            return _merged_elsewhere(args, captured)
        outcome = _refresh(job, config, provider)
    if args.compact and captured is not None:
        terminal.err(f"note {captured.id} stays pending: memsync refresh merges it")
    return _report(args, work, outcome)


def _dry(args: argparse.Namespace, given: Given | None, config: Config, provider: Place) -> int:
    """The same on disks that keep every write to themselves; what is captured is seen by this run
    alone.
    """
    work = open_place(config, provider, dry=True)
    if given:
        keep(given, config, work.store.disk, work.outbox)
    told = tell_outside(open_place(config, provider))
    try:
        outcome = refresh(_job(args, config, work))
    except ReplyError as error:
        _show_dropped(args, error)
        raise
    outcome.said = [line for line in outcome.said if line not in told]
    if isinstance(outcome.refused, ReplyError) and not outcome.merged:
        _show_dropped(args, outcome.refused)
    return _report(args, work, outcome)


def _show_dropped(args: argparse.Namespace, error: ReplyError) -> None:
    """A reply that a dry run paid for is shown, then dropped."""
    terminal.err(DRY_RUN)
    if not args.json:
        terminal.out_raw(error.reply)


def _refresh(job: Job, config: Config, provider: Place) -> Outcome:
    """Refresh; while the memory is gone, Claude Code still gets the last copy of it to read."""
    try:
        return refresh(job)
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
    return Job(
        store=work.store,
        outbox=work.outbox,
        target=work.target,
        ask=lambda system, user: _ask(args, config, work, system, user),
        person=terminal.Person(),
        # A bad one is told at the call
        model=args.model or str(config.values.get("model") or models.DEFAULT_MODEL),
        max_lines=config.number("max_lines"),
        yes=args.yes,
        send_held=args.held,
        compact=args.compact,
        dry=bool(args.dry_run),
        again=frozenset([work.store.find_note(args.note)] if args.note else ()),
        siblings=work.siblings(),
    )


def _ask(
    args: argparse.Namespace, config: Config, work: Workspace, system: str, user: str
) -> Answer:
    from memsync.merge import claude, keys

    key = keys.find(config.machine, config.api_key_command)
    if key is None:
        kept = "" if args.dry_run else "; the notes are kept"
        raise ClaudeError(f"there is no API key for Claude{kept}", "memsync config set api_key")
    memory = work.store.memory()
    body = memory.body if memory else ""
    # A reply is kept before it is used: whether it can be is seen before it is paid for
    make_sure_of_room(work.store.state, len(body.encode("utf-8")))
    model = args.model or config.text("model")
    room = config.number("max_tokens") or models.default_max_tokens(len(body.encode("utf-8")))
    with terminal.progress("Refreshing global memory...", body.count("\n")) as progress:
        return claude.ask(
            system,
            user,
            key=key,
            model=model,
            max_tokens=room,
            timeout=float(config.number("timeout")),
            progress=progress.lines,
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
    terminal.out(json.dumps({"result": "merged by another refresh"}) if args.json else said)
    return 0


def _report(args: argparse.Namespace, work: Workspace, outcome: Outcome) -> int:
    refused = outcome.refused
    if args.json and refused is None:
        facts = _as_dry_json(outcome) if args.dry_run else _as_json(work, outcome)
        terminal.out(json.dumps({**facts, **_cost(outcome)}, ensure_ascii=False))
        if args.dry_run:
            terminal.err(DRY_RUN)
    elif not args.json and (refused is None or outcome.merged or outcome.changed):
        _tell(args, work, outcome)
    for line in _usage(outcome) if refused is None or outcome.merged else ():
        terminal.err(line)
    if refused is not None:
        raise refused
    return 0


def _tell(args: argparse.Namespace, work: Workspace, outcome: Outcome) -> None:
    if args.dry_run:
        terminal.err(DRY_RUN)
        for line in (*outcome.said, *outcome.repairs):
            terminal.err(f"[DRY RUN] {line}")
        terminal.out_raw(outcome.after)
        return
    terminal.out("done." if outcome.changed else "no changes.")
    if outcome.changed:
        tell_change(work, outcome)
        return
    for line in (*outcome.said, *outcome.repairs):
        terminal.err(line)


def _as_json(work: Workspace, outcome: Outcome) -> dict[str, object]:
    found = changes(outcome.before or "", outcome.after)
    return {
        "result": "done" if outcome.changed else "no changes",
        "revision": parse(outcome.raw).rev if outcome.raw else None,
        "merged": outcome.merged,
        "backup": outcome.backup or None,
        "memory": work.target.memory,
        "target": work.target.path,
        "added": found.added,
        "changed": len(found.reworded),
        "removed": len(found.gone),
        "gone": list(found.gone),
        "reworded": [list(pair) for pair in found.reworded],
        "said": [*outcome.said, *outcome.repairs],
    }


def _as_dry_json(outcome: Outcome) -> dict[str, object]:
    """What a real run would make of the body: nothing was written, so there is no revision and no
    backup.
    """
    return {"result": "dry run", "body": outcome.after, "said": [*outcome.said, *outcome.repairs]}


def _cost(outcome: Outcome) -> dict[str, object]:
    return {
        "calls": outcome.calls,
        "input_tokens": sum(one.input_tokens for one in outcome.usage),
        "output_tokens": sum(one.output_tokens for one in outcome.usage),
    }


def _usage(outcome: Outcome) -> list[str]:
    lines = []
    for one in outcome.usage:
        dollars = models.price(one.model, one.input_tokens, one.output_tokens)
        cost = f", ${dollars:.4f}" if dollars is not None else ""
        lines.append(f"{one.model}: {one.input_tokens} tokens in, {one.output_tokens} out{cost}")
    return lines
