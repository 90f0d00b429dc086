"""Findings: what is wrong with what was looked at, and the command that fixes it. Pure.

Knows what the memory, the target, the model and the names in a folder should be like. May not know:
disk, clock, environment.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

from memsync.memory.conflicts import MOST_MEMORY_BYTES
from memsync.memory.target import Mode, Standing
from memsync.memory.text.copy_names import is_conflict_copy, is_sibling
from memsync.memory.text.document import NAME, Memory, count_lines, is_starter
from memsync.memory.text.imports import bare
from memsync.memory.text.markdown import outline
from memsync.memory.text.warnings import Warning, few_of_each, warnings
from memsync.merge.faults import too_large
from memsync.merge.models import ACTIVE_MODELS, DEFAULT_MODEL, KNOWN_DATE, RETIRES, is_retired
from memsync.system.errors import MemsyncError

Level = Literal["problem", "warning", "info", "good"]

FIX: Final = "memsync doctor --fix"
REFRESH: Final = "memsync refresh"
BRING_BACK: Final = "wait for the sync client; to bring back the last version: memsync restore -1"
SET_MODEL: Final = "memsync config set model default"
# As Claude Code has it: any `---` ends it
_FRONT_MATTER: Final = re.compile(r"---(?>\s*\n)(?!---)[\s\S]*?---")
_RAW_HTML: Final = re.compile(
    r" {0,3}<(pre|script|style|textarea|!\[CDATA)(?:[\s>[]|$)", re.IGNORECASE
)
_END_OF_RAW_HTML: Final = re.compile(r"</(?:pre|script|style|textarea)>", re.IGNORECASE)
_END_OF_CDATA: Final = re.compile(r"\]\]>")
NOTICE: Final = timedelta(days=60)  # Anthropic's own notice before a model is retired


class Finding(NamedTuple):
    """One thing that was found. A `problem` means that a refresh, or what Claude Code reads, is
    broken.

    `fix` is what to type; `status` is the exit status of a problem. `unasked`: Claude was to be
    asked, and could not be.
    """

    level: Level
    what: str
    fix: str
    status: int = 1
    unasked: bool = False


def problem(what: str, fix: str, status: int = 1) -> Finding:
    """Something that keeps a refresh from working, or Claude Code from reading the memory."""
    return Finding("problem", what, fix, status)


def warning(what: str, fix: str) -> Finding:
    """Something that works and may bite."""
    return Finding("warning", what, fix)


def info(what: str, fix: str) -> Finding:
    """Something to know."""
    return Finding("info", what, fix)


def good(what: str) -> Finding:
    """A part with nothing wrong in it."""
    return Finding("good", what, "")


def of_error(error: MemsyncError, instead: str) -> Finding:
    """A failure as a finding. One whose hint is this very command gets another hint."""
    hint = error.hint if error.hint not in ("", "memsync doctor") else instead
    return problem(error.what, hint, error.status)


def first_of_each(found: Iterable[Finding]) -> list[Finding]:
    """The findings, each thing said once."""
    seen: dict[str, Finding] = {}
    for one in found:
        seen.setdefault(one.what, one)
    return list(seen.values())


def exit_status(found: Iterable[Finding]) -> int:
    """0 when there is no problem, else the status of the first."""
    return next((one.status for one in found if one.level == "problem"), 0)


def of_memory(memory: Memory, where: str, max_lines: int) -> Iterator[Finding]:
    """What is wrong with the memory as a text that Claude Code reads."""
    if len(memory.raw) > MOST_MEMORY_BYTES:
        yield problem(
            f"{where} is larger than 4 MiB, so Claude Code skips it", f"{REFRESH} --compact", 4
        )
        return  # what else is wrong with it nobody reads
    if memory.footer is not None and not memory.body.strip():
        yield problem(f"{where} holds no text any more", FIX, 4)
        return
    if memory.edited:
        yield info(
            f"{where} was edited since the last merge; the next refresh keeps the edit", REFRESH
        )
    if (error := too_large(memory.body)) is not None:
        yield problem(error.what, error.hint, error.status)
    elif (lines := count_lines(memory.body)) > max_lines:
        yield warning(
            f"the memory has {lines} lines, more than {max_lines}", f"{REFRESH} --compact"
        )
    front = _FRONT_MATTER.match(memory.body)
    if front is not None:
        end = front[0].count("\n") + 1
        what = (
            f"{where} begins with `---`: Claude Code does not read what stands before the "
            f"second `---` (line {end})"
        )
        yield warning(what, "move those lines below it, then memsync refresh")
    yield from _left_open(memory.body, where)
    if is_starter(memory.body):
        yield info(
            "the memory is the untouched starter",
            f'{REFRESH} --notes "what Claude should remember"',
        )


def _left_open(body: str, where: str) -> Iterator[Finding]:
    """A comment, code or HTML that runs to the end, into memsync's footer."""
    view = outline(body)
    last = len(view.lines) - 2
    if view.unclosed is not None and (last in view.code or last in view.comments):
        number, what = view.unclosed, "comment" if view.unclosed in view.comments else "code fence"
    else:
        number, what = next(_open_html(view.lines, view.code | view.comments), (-1, ""))
    if what == "comment":
        told = "is left open: Claude Code reads nothing from there on"
        yield warning(
            f"a comment in line {number + 1} of {where} {told}",
            "close it with -->, then memsync refresh",
        )
    elif what:
        told = (
            "is left open: Claude Code takes all that follows for a part of it, memsync's "
            "footer too"
        )
        yield warning(
            f"a {what} in line {number + 1} of {where} {told}", "close it, then memsync refresh"
        )


def _open_html(lines: tuple[str, ...], other: frozenset[int]) -> Iterator[tuple[int, str]]:
    """Where a block of HTML begins that no line ends, and how: such a block runs over blank
    lines.
    """
    closing: re.Pattern[str] | None = None
    begun = (0, "")
    for n, line in enumerate(lines):
        if closing is None and "<" not in line:
            continue
        found = _RAW_HTML.match(line) if closing is None and n not in other else None
        if found is not None:
            begun = (n, f"{found[1].lstrip('![')} block")
            closing = _END_OF_CDATA if found[1].startswith("!") else _END_OF_RAW_HTML
        if closing is not None and closing.search(line):
            closing = None
    if closing is not None:
        yield begun


def imports(body: str) -> list[str]:
    """The bare `@path` tokens in a body: Claude Code loads those files without asking."""
    return list(dict.fromkeys(one.token for one in bare(outline(body))))


def of_import(token: str, there: bool) -> Finding:
    """A bare `@path` in the memory."""
    fix = f"if you do not want that, put it in backticks: `{token}`, then memsync refresh"
    if there:
        return warning(
            f"the memory imports {token}: Claude Code reads that file without asking", fix
        )
    return info(f"the memory imports {token}, which is not there on this machine", fix)


_ALWAYS: Final = ("invisible characters", "image", "hidden text", "download that is run")


def of_lines(new: Sequence[Warning], body: str, quoted_memory: str) -> Iterator[Finding]:
    """What to look at in the memory: what no memory needs, whenever it came; and of what came
    lately, or comes with the next refresh (`new`), also words that a person may well have written.
    Imports that stand there are told on their own.
    """
    every = [one for one in warnings("", body) if one.kind in _ALWAYS]
    told = {(one.kind, one.text.strip()) for one in every}
    there = set(body.split("\n"))
    others = [
        one
        for one in new
        if (one.kind, one.text.strip()) not in told
        and not (one.kind == "import" and one.text in there)
    ]
    shown, more = few_of_each([*every, *others])
    for words in (*(one.words for one in shown), *more):
        yield warning(words, f"look at it: memsync show; to change it, edit {quoted_memory}")


class Shown(NamedTuple):
    """The target as it stands.

    `text`: what Claude Code reads there, None when nothing. `quoted`: for a shell.
    """

    path: str
    quoted: str
    standing: Standing
    text: bytes | None
    leads_to: str = ""


def of_target(shown: Shown, memory: Memory, mode: Mode) -> Iterator[Finding]:
    """What is wrong with the target as Claude Code will see it."""
    broken = {
        "absent": f"{shown.path} is not there, so Claude Code reads no memory",
        "dangling": f"{shown.path} is a link to a memory that is not there",
        "foreign link": (
            f"{shown.path} is a link to something else ({shown.leads_to}), so Claude "
            "Code reads no memory"
        ),
        "foreign": (
            f"{shown.path} is a file that memsync did not write, so Claude Code does not "
            "read the memory"
        ),
    }
    if shown.standing == "folder":
        what = f"{shown.path} is not a file, so Claude Code reads no memory"
        yield problem(what, f"mv {shown.quoted} {shown.quoted}.old, then {FIX}")
    elif shown.standing in broken:
        yield problem(broken[shown.standing], FIX if shown.standing != "dangling" else BRING_BACK)
    if shown.text is None:
        if shown.standing in ("link", "copy", "imported"):
            yield problem(f"{shown.path} cannot be read", f"ls -lL {shown.quoted}")
    elif not shown.text.strip():
        yield problem(f"{shown.path} is empty, so Claude Code reads no memory", FIX)
    elif len(shown.text) > MOST_MEMORY_BYTES:
        yield problem(
            f"{shown.path} is larger than 4 MiB, so Claude Code skips it", f"{REFRESH} --compact"
        )
    elif shown.standing == "copy" and shown.text != memory.raw:
        yield problem(f"{shown.path} is a copy that is behind the memory, or was edited", REFRESH)
    if (shown.standing, mode) in (("copy", "symlink"), ("link", "copy")):
        yield info(f"{shown.path} is a {shown.standing}, though the settings say {mode}", FIX)


def of_model(model: str, today: date) -> Iterator[Finding]:
    """Whether the model is one that still answers."""
    last = RETIRES.get(model)
    if is_retired(model, today.isoformat()):
        yield problem(f"the model {model} was retired: every request fails", SET_MODEL, 5)
    elif last is not None and date.fromisoformat(last) - today <= NOTICE:
        yield warning(f"the model {model} is deprecated and will be retired on {last}", SET_MODEL)
    elif model not in ACTIVE_MODELS:
        what = (
            f"memsync does not know the model {model} (as of {KNOWN_DATE}; {DEFAULT_MODEL} is "
            "the default)"
        )
        yield warning(what, SET_MODEL)


def of_reply(verdict: str) -> Finding:
    """What a kept reply waits for, and what to type."""
    if verdict == "reject":
        return info(
            "a reply of Claude's was refused and is kept", "memsync apply --discard   (drops it)"
        )
    if verdict == "write":
        return info("a reply of Claude's is kept and not used yet", REFRESH)
    way_on = "memsync apply   (or drop it: memsync apply --discard)"
    return info("a reply of Claude's is kept and waits for a yes", way_on)


def of_names(
    names: Iterable[str], copies: Collection[str], folder: str, quoted_memory: str
) -> Iterator[Finding]:
    """Second copies of the memory that a sync client, or a person, made beside it. `copies`: those
    that a refresh takes in.
    """
    every = list(names)
    for name in every:
        if name.lower() == NAME.lower() and NAME not in every:
            continue  # the memory itself, on a disk that does not tell case apart
        if name in copies:
            yield warning(
                f"a sync client made a second copy of the memory: {name} in {folder}", REFRESH
            )
        elif is_sibling(name):
            what = f"{name} in {folder} looks like the memory and is left alone"
            if is_conflict_copy(name):
                what += ", since it has no whole footer"
            yield warning(what, f"compare it with {quoted_memory}, then move it elsewhere")
