"""From transcripts and auto memory to candidates: only what a person typed, only what sounds like
something to remember. All of it stays on this machine.

A transcript is read from where it was left, whole lines only; the offsets lie in the state folder.
Only a line that can hold typed text is parsed (facts, claude-code-332.md 5).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from memsync.agents import auto_memory, candidates, cues, transcript
from memsync.agents.candidates import Candidate
from memsync.agents.transcript import Typed
from memsync.memory.text.redact import redact
from memsync.system.disk import ANYTHING, Disk, RealDisk
from memsync.system.errors import InputError, LocalError, MemsyncError
from memsync.system.lines import chunks, lines
from memsync.system.machine import Machine
from memsync.system.visible import whole

FILE: Final = "harvest.json"
MOST_LINE: Final = 4 * 1024 * 1024  # with an image beside the text; a longer one is passed by
MOST_CONTEXT: Final = 2000  # characters of the prompt that are shown beside the words

# What Claude Code writes into the records that count. In a text these bytes have backslashes
_HUMAN: Final = b'"kind":"human"'
_EDITOR: Final = b'"' + transcript.EDITORS.encode() + b'"'
_RESULT: Final = b'"toolUseResult":'


class Sources(NamedTuple):
    """What is looked through: transcripts, and folders of auto memory."""

    transcripts: tuple[Path, ...]
    memories: tuple[Path, ...]


class Harvested(NamedTuple):
    """What came of it. `new`: the candidates that were not known before."""

    transcripts: int
    prompts: int
    new: tuple[Candidate, ...]


def everywhere(machine: Machine) -> Sources:
    """Every transcript and auto memory of this machine's Claude Code. Links are left alone."""
    projects = machine.claude_dir / "projects"
    folders = [projects / name for name in machine.names(projects)]
    files = [folder / name for folder in folders for name in machine.names(folder)]
    found = tuple(path for path in files if path.suffix == ".jsonl" and not path.is_symlink())
    return Sources(found, tuple(folder / auto_memory.FOLDER for folder in folders))


def of_session(machine: Machine, path: str) -> Sources:
    """One transcript, and the auto memory of its project.

    Raises `InputError` for what is not a transcript of this machine's Claude Code: a file from
    elsewhere may say of anything that a person typed it.
    """
    given = Path(os.path.realpath(machine.expand(path)))
    projects = Path(os.path.realpath(machine.claude_dir / "projects"))
    if given.suffix != ".jsonl" or given.parent.parent != projects:
        raise InputError(
            f"{path} is not a transcript in {projects}", "memsync harvest   (looks at all of them)"
        )
    if not given.is_file():
        raise InputError(f"there is no transcript {path}", "memsync harvest")
    return Sources((given,), (given.parent / auto_memory.FOLDER,))


def harvest(machine: Machine, sources: Sources) -> Harvested:
    """Keep what sounds like something to remember; what is known or was refused never again."""
    state, kept = RealDisk(machine.state_dir, LocalError), candidates.store(machine)
    offsets = _offsets(state)
    reader = _Reader(machine, kept)
    try:
        for path in sources.transcripts:
            offsets[str(path)] = reader.read(path, offsets.get(str(path), 0))
    finally:
        _save(state, offsets)
    for folder in sources.memories:
        for candidate in auto_memory.candidates_of(machine, folder):
            reader.put(candidate)
    return Harvested(len(sources.transcripts), reader.prompts, tuple(reader.new))


class _Reader:
    """One pass over transcripts: what was seen, and what was kept."""

    def __init__(self, machine: Machine, kept: Disk) -> None:
        self._history = machine.claude_dir / "history.jsonl"
        self._kept = kept
        self._seen: set[str] = set()
        self._elsewhere: dict[str, str] | None = None
        self._noted: list[tuple[str, str]] | None = None
        self.prompts = 0
        self.new: list[Candidate] = []

    def read(self, path: Path, offset: int) -> int:
        """Look through one transcript from an offset on; the offset behind its last whole line."""
        typed: list[Typed] = []
        end = whole_lines(path, _start(path, offset), lambda line: self._take(line, typed))
        cued = [prompt for prompt in typed if not self._is_copy(prompt, path)]
        unmarked = any(not prompt.marked for prompt in cued)
        history = lines(self._history) if unmarked else ()
        for prompt in transcript.without_pastes(cued, history):
            for candidate in of_prompt(prompt, str(path)):
                if not self._is_noted(candidate):
                    self.put(candidate)
        return end

    def put(self, candidate: Candidate) -> None:
        """Keep a candidate that is not known."""
        if candidates.put(self._kept, candidate):
            self.new.append(candidate)

    def _take(self, line: bytes, typed: list[Typed]) -> None:
        prompt = transcript.typed(transcript.parsed(line))
        if prompt is None or not prompt.uuid or prompt.uuid in self._seen:
            return
        self._seen.add(prompt.uuid)
        self.prompts += 1
        if cues.to_remember(prompt.text):
            typed.append(prompt)

    def _is_noted(self, candidate: Candidate) -> bool:
        """Whether a note of the same session says these very words, and perhaps more."""
        if self._noted is None:
            rows = (row for row in self._of("accepted") if row.door == "claude")
            self._noted = [(row.session, _plain(row.text)) for row in rows]
        said = _plain(candidate.text)
        return any(one == candidate.session and said in text for one, text in self._noted)

    def _is_copy(self, prompt: Typed, path: Path) -> bool:
        """Whether this prompt was kept from another transcript: a fork copies it, uuid and all."""
        if self._elsewhere is None:
            rows = [row for name in candidates.STATUSES for row in self._of(name)]
            self._elsewhere = {row.uuid: row.where for row in rows if row.uuid}
        return self._elsewhere.get(prompt.uuid, str(path)) not in (str(path), "")

    def _of(self, status: candidates.Status) -> list[Candidate]:
        return candidates.every(self._kept, status)


def _plain(text: str) -> str:
    """The words, without spacing, case, and what stands at the ends."""
    return " ".join(text.casefold().split()).strip(" .!?;:,\"'")


def of_prompt(prompt: Typed, where: str) -> Iterator[Candidate]:
    """The candidates of one prompt, secrets out."""
    clean = redact(whole(prompt.text)).text  # of the whole: a label may stand in another sentence
    for text in cues.to_remember(clean):
        context = "" if text == clean.strip() else around(clean, text)
        yield candidates.of(text, "session")._replace(
            project=prompt.project,
            session=prompt.session,
            time=prompt.time,
            where=where,
            uuid=prompt.uuid,
            context=context,
        )


def around(prompt: str, text: str) -> str:
    """The prompt, or of a long one what stands around these words."""
    if len(prompt) <= MOST_CONTEXT:
        return prompt.strip()
    begin = max(0, prompt.find(text) - (MOST_CONTEXT - len(text)) // 2)
    return f"... {prompt[begin : begin + MOST_CONTEXT].strip()} ..."


def whole_lines(path: Path, offset: int, take: Callable[[bytes], None]) -> int:
    """Hand over each whole line that can hold typed text; the offset behind the last whole line.

    `offset` is the beginning of a line. A line above the bound is passed by.
    """
    at, rest, skipped = offset, b"", 0
    for chunk in chunks(path, offset):
        block = rest + chunk
        end = block.rfind(b"\n") + 1
        if not end and len(block) > MOST_LINE:
            rest, skipped = b"", skipped + len(block)
            continue
        begin = block.find(b"\n") + 1 if skipped and end else 0
        for line in _marked(block, begin, end):
            take(line)
        if end:
            at, skipped = at + skipped + end, 0
        rest = block[end:]
    return at


def _marked(block: bytes, begin: int, end: int) -> Iterator[bytes]:
    """The lines of a block that can hold typed text, in their order. Those without the mark of a
    person are never looked at one by one.
    """
    starts: set[int] = set()
    for mark in (_HUMAN, _EDITOR):
        found = block.find(mark, begin, end)
        while found >= 0:
            starts.add(block.rfind(b"\n", begin, found) + 1 or begin)
            found = block.find(mark, block.find(b"\n", found, end), end)
    for start in sorted(starts):
        line = block[start : block.find(b"\n", start, end) + 1]
        if transcript.MARKER in line and _RESULT not in line and len(line) <= MOST_LINE:
            yield line


def _start(path: Path, offset: int) -> int:
    """The offset, where a line begins there; else 0, for it is another file by now."""
    if offset <= 0:
        return 0
    before = next(lines(path, offset - 1), b"")
    return offset if before[:1] == b"\n" else 0


def _offsets(state: Disk) -> dict[str, int]:
    """Where each transcript was left; nothing where that cannot be read: then all is read again."""
    try:
        rows = json.loads(state.read(FILE) or b"{}")
        return {str(path): int(at) for path, at in rows.items()}
    except (ValueError, AttributeError, TypeError, RecursionError, MemsyncError):
        return {}


def _save(state: Disk, offsets: dict[str, int]) -> None:
    there = {path: at for path, at in offsets.items() if os.path.exists(path)}
    state.replace(FILE, json.dumps(there).encode(), ANYTHING)
