"""The examples in the documents, run by a real shell and compared with what really came.

A ```console block holds `$ command` lines and the output below each. All blocks of a file run in
order in one prepared world: a home with a OneDrive folder, a stand-in for Claude, no key. What
differs from run to run (ids, times, paths, prices) is made equal before the comparison; an id that
a command names stands for the id that came in its place.

    python -m tests.transcripts COMMANDS.md      # write what comes now into the file
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.e2e import warm
from tests.standin import StandIn

ROOT = Path(__file__).parents[1]
HOME = "/home/ada"
HOST = "laptop"
SECONDS = 120

NOTES = "We moved from Jenkins to GitHub Actions.\n"
KEY = "sk-ant-example-0123456789abcdef\n"
WHEN = {
    "rewrite the whole file": "elided",
    "newsletter": "sections swapped",
    "lock picking": "refusal",
    "cleaning": "constraint dropped",
}
"""Which notes the stand-in answers otherwise than by filing them."""

_ID = re.compile(r"(?<![0-9a-zA-Z])x?[0-9a-f]{12}(?![0-9a-zA-Z])")
_VARYING = (
    (re.compile(r"\d{8}_\d{6}"), "<YYYYMMDD_hhmmss>"),
    (re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z"), "<YYYY-MM-DDThh:mm:ssZ>"),
    (re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}"), "<YYYY-MM-DD hh:mm>"),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), "<YYYY-MM-DD>"),
    (re.compile(r"(?<=/)\d{6}(?=-<id>)"), "<hhmmss>"),
    (re.compile(r"\d+ tokens in, \d+ out, \$\d+\.\d+"), "<price>"),
    (re.compile(r'(?<=_tokens": )\d+'), "<tokens>"),
    (re.compile(r"\d{4}-\d{2} +\d+ +[\d,]+ +[\d,]+  \$\d+\.\d+"), "<month>"),
    (re.compile(r"\d+ KiB"), "<size>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "<the stand-in>"),
)


class Step(NamedTuple):
    """A command of a document with the output below it;

    `first` is the number of the output's first line.
    """

    command: str
    output: list[str]
    first: int


class Shell:
    """A home of its own with a OneDrive folder that is in use, and `memsync` as a command."""

    def __init__(self, root: Path, url: str) -> None:
        self.home = root / "home"
        self._status = 0
        drive, settings, programs = (
            self.home / "OneDrive",
            self.home / ".config/onedrive",
            root / "bin",
        )
        for folder in (drive / "Documents", settings, programs, self.home / "Sync"):
            folder.mkdir(parents=True)
        (settings / "config").write_text('sync_dir = "~/OneDrive"\n', encoding="utf-8")
        (self.home / "notes.md").write_text(NOTES, encoding="utf-8")
        (self.home / "key.txt").write_text(KEY, encoding="utf-8")
        with_sdk = shlex.join(warm.command(warm.IMPORT_THE_SDK[0]))
        ready = f'case "$1" in {"|".join(warm.IMPORT_THE_SDK)}) exec {with_sdk} "$@";; esac\n'
        for name, words, before in (
            ("memsync", warm.command("status"), ready),
            ("python3", [sys.executable], ""),
        ):
            program = programs / name
            program.write_text(
                f'#!/bin/sh\n{before}exec {shlex.join(words)} "$@"\n', encoding="utf-8"
            )
            program.chmod(0o755)
        kept = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
        self.environment = {
            **kept,
            "HOME": str(self.home),
            "PATH": f"{programs}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "COLUMNS": "100",
            # Stdout and stderr come in the order in which a terminal shows them
            "PYTHONUNBUFFERED": "1",
            "ANTHROPIC_BASE_URL": url,
            "SSL_CERT_DIR": str(self.home),  # reading the system's certificates takes longer
        }

    def run(self, command: str) -> list[str]:
        """The lines that a command prints, on stdout and stderr."""
        done = subprocess.run(
            ["/bin/sh", "-c", f"(exit {self._status}); {command}"],
            cwd=self.home,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
        self._status = done.returncode
        return self.readable(done.stdout.decode("utf-8")).splitlines()

    def readable(self, text: str) -> str:
        """What was shown, with one name for the home and one for the machine."""
        text = text.replace(str(self.home), HOME)
        return re.sub(rf"\b{re.escape(os.uname().nodename)}\b", HOST, text)


def steps(text: str) -> Iterator[Step]:
    """The commands in the console blocks of a document."""
    inside, step = False, None
    for number, line in enumerate(text.splitlines()):
        if line.startswith("```"):
            inside = line == "```console"
            step = None
        elif inside and line.startswith("$ "):
            step = Step(line[2:], [], number + 1)
            yield step
        elif inside and step is not None:
            step.output.append(line)


def normal(line: str) -> str:
    """A line without what differs from run to run."""
    line = _ID.sub("<id>", line)
    for shape, word in _VARYING:
        line = shape.sub(word, line)
    return line


class Ids:
    """Which id came where a document has another one."""

    def __init__(self) -> None:
        self._real: dict[str, str] = {}

    def learn(self, written: list[str], came: list[str]) -> None:
        """Pair the ids of an output in a document with those that came."""
        pairs = zip(_ID.findall("\n".join(written)), _ID.findall("\n".join(came)), strict=False)
        self._real |= {one: other for one, other in pairs if one not in self._real}

    def real(self, command: str) -> str:
        """A command with the ids of this run; four digits or more stand for an id, too."""
        return re.sub(r"\b[0-9a-f]{4,12}\b", lambda found: self._of(found[0]), command)

    def _of(self, digits: str) -> str:
        return next(
            (real[: len(digits)] for one, real in self._real.items() if one.startswith(digits)),
            digits,
        )

    def written(self, line: str) -> str:
        """A line that came, with the ids of the document."""
        back = {real: one for one, real in self._real.items()}
        return _ID.sub(lambda found: back.get(found[0], found[0]), line)


def run(document: str, root: Path) -> Iterator[tuple[Step, list[str], Ids]]:
    """Run every command of a document in a new world; each step with what really came."""
    with StandIn(when=WHEN, seconds=1200) as api:
        shell, ids = Shell(root, api.url), Ids()
        for step in list(steps(document)):
            came = shell.run(ids.real(step.command))
            ids.learn(step.output, came)
            yield step, came, ids


def differs(step: Step, came: list[str]) -> bool:
    """Whether something else came than the document says."""
    return [normal(line) for line in step.output] != [normal(line) for line in came]


def rewrite(path: Path) -> None:
    """Put what comes now into a document; outputs that are right stay as they are."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    with tempfile.TemporaryDirectory() as folder:
        found = [
            (step, [ids.written(line) for line in came])
            for step, came, ids in run(text, Path(folder).resolve())
        ]
    for step, came in reversed(found):
        if differs(step, came):
            lines[step.first : step.first + len(step.output)] = came
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        rewrite(ROOT / name)
