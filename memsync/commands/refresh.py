"""`memsync refresh`: capture notes, then merge all that is pending into the memory."""

from __future__ import annotations

import argparse
import json

from memsync import edits, models, terminal
from memsync.capture import Captured
from memsync.commands.common import tell_change
from memsync.commands.note import keep, stdin
from memsync.config import Config
from memsync.errors import ClaudeError, MemsyncError
from memsync.intake import read
from memsync.job import Answer, Job, Outcome
from memsync.lock import lock
from memsync.memory import parse
from memsync.place import Place, Workspace, open_place
from memsync.sync import refresh

EXAMPLE = 'memsync refresh --notes "Finished the importer. Never deploy on Fridays."'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("-n", "--notes", metavar="TEXT", help="the notes, whatever they begin with")
    parser.add_argument("-f", "--file", metavar="FILE", help="a file with the notes; - is stdin")
    parser.add_argument("--dry-run", action="store_true", help="print the new memory, write nothing")
    parser.add_argument("--model", metavar="ID", help="the Claude model for this once")
    parser.add_argument("--yes", action="store_true", help="accept what would be asked; never what is refused")
    parser.add_argument("--held", action="store_true", help="send held notes again, too")
    parser.add_argument("--compact", action="store_true", help="shorten the memory; the difference is always shown")
    parser.add_argument("--json", action="store_true", help="print one object")


def cmd_refresh(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Capture, then merge."""
    given = read(args.notes, args.file, stdin("notes"), command="refresh")
    captured = keep(given, config, provider, dry=False) if given and not args.dry_run else None
    if provider.trouble is not None:
        if captured:
            terminal.err(f"the note is kept in {captured.path}")
        raise provider.trouble
    if given is None and not args.notes and not terminal.stdin_is_terminal():
        terminal.err("no notes on stdin; merging what is pending")
    work = open_place(config, provider, dry=args.dry_run)
    if given and args.dry_run:
        captured = _keep_dry(given, config, work)
    job = _job(args, config, work)
    if args.dry_run:
        outcome = refresh(job)
    else:
        with lock(work.lock, config.number("timeout"), lambda: _is_merged(work, captured)) as held:
            if not held:
                return _merged_elsewhere(args, captured)
            outcome = refresh(job)
    return _report(args, work, outcome, captured)


def _keep_dry(given, config: Config, work: Workspace) -> Captured:  # type: ignore[no-untyped-def]
    from memsync.capture import note_bytes, put

    now = config.machine.now()
    return put(work.store.disk, note_bytes(given.text, now=now, host=config.machine.hostname, source=given.source), now)


def _job(args: argparse.Namespace, config: Config, work: Workspace) -> Job:
    return Job(
        store=work.store,
        outbox=work.outbox,
        target=work.target,
        ask=lambda system, user: _ask(args, config, work, system, user),
        person=terminal.Person(),
        max_lines=config.number("max_lines"),
        yes=args.yes,
        send_held=args.held,
        compact=args.compact,
        siblings=work.siblings(),
    )


def _ask(args: argparse.Namespace, config: Config, work: Workspace, system: str, user: str) -> Answer:
    from memsync import claude, keys

    key = keys.find(config.machine, config.api_key_command)
    if key is None:
        raise ClaudeError("there is no API key for Claude; the notes are kept", "memsync config set api_key")
    memory = work.store.memory()
    body = memory.body if memory else ""
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
        return memory is not None and memory.footer is not None and captured.id in memory.footer.merged
    except MemsyncError:
        return False


def _merged_elsewhere(args: argparse.Namespace, captured: Captured | None) -> int:
    said = f"done. (note {captured.id if captured else ''} was merged by another refresh)"
    terminal.out(json.dumps({"result": "merged by another refresh"}) if args.json else said)
    return 0


def _report(args: argparse.Namespace, work: Workspace, outcome: Outcome, captured: Captured | None) -> int:
    refused = outcome.refused
    if args.json and refused is None:
        terminal.out(json.dumps(_as_json(work, outcome), ensure_ascii=False))
    elif not args.json and (refused is None or outcome.merged or outcome.changed):
        _tell(args, work, outcome, captured)
    for line in _usage(outcome):
        terminal.err(line)
    if refused is not None:
        raise refused
    return 0


def _tell(args: argparse.Namespace, work: Workspace, outcome: Outcome, captured: Captured | None) -> None:
    if args.dry_run:
        terminal.err("[DRY RUN] No files written.")
        terminal.out_raw(outcome.after)
        return
    terminal.out("done." if outcome.changed else "no changes.")
    if outcome.changed:
        tell_change(work, outcome)
        return
    for line in (*outcome.said, *outcome.repairs):
        terminal.err(line)


def _as_json(work: Workspace, outcome: Outcome) -> dict[str, object]:
    summary = edits.summary(outcome.before or "", outcome.after)
    return {
        "result": "done" if outcome.changed else "no changes",
        "revision": parse(outcome.raw).rev if outcome.raw else None,
        "merged": outcome.merged,
        "backup": outcome.backup or None,
        "memory": work.target.memory,
        "target": work.target.path,
        "added": summary.added,
        "changed": summary.changed,
        "removed": len(summary.gone),
        "gone": list(summary.gone),
        "said": [*outcome.said, *outcome.repairs],
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
