"""Mistakes of a newcomer: what is typed, what memsync answers, what to type then.

    python -m tests.e2e.mistakes      # write the answers that come now into mistakes.toml, and
                                      # docs/mistakes.md from it

tests/e2e/mistakes.toml is the list. Each mistake is typed into a real shell, or at a
pseudo-terminal, on a machine that was put right before.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

from memsync.merge.address import VARIABLE
from tests.e2e import warm
from tests.e2e.person import Person
from tests.e2e.world import KEY, MEMORY, SECONDS, World
from tests.standin import StandIn
from tests.transcripts import HOME, HOST, ROOT, normal

LIST: Final = Path(__file__).with_name("mistakes.toml")
PAGE: Final = ROOT / "docs" / "mistakes.md"
CLOUD: Final = "Cloud"
WHEN: Final = {"Ship 2.0": "sections swapped"}
"""Which notes the stand-in answers otherwise than by filing them."""
SCENES: Final = {
    "new": "",
    "ready": "memsync init --sync-root ~/Cloud && memsync config set api_key < key.txt",
    "merged": 'memsync refresh -n "Prefer tea"',
    "waiting": 'memsync refresh -n "Ship 2.0 in May"; true',
    "found": 'CLAUDECODE=1 memsync note "Prefers tea to coffee"',
}
"""The machines, and what was typed on each; behind the second, each begins with that one."""
KEYS: Final = {"Enter": "\n", "Ctrl-C": "\x03", "Ctrl-D": "\x04"}
INTRODUCTION: Final = """\
# What goes wrong at first

What a newcomer types or does, what memsync answers, and what to type then. In the examples the
home is `/home/ada`, and the cloud folder `~/Cloud`. What cannot be done changes nothing: a note
that was given is kept, and nothing is half done. A test types every line of this page.

Something else went wrong? `memsync doctor` says what, and the command that fixes it.
"""


class Mistake(NamedTuple):
    """One mistake. `typed` and `then` are what a shell is given.

    `on`: the machine (SCENES). `before`: what was done first, and `when`: that in words. `at` and
    `then_at`: each question at a terminal, and what is typed there. `last`: how many lines of the
    answer are shown, 0 for all. `writes`: what it may make or change, as shapes of paths below the
    home. `shows`: words that stand in what comes then. `run`: "cold", a Python of its own, where
    that looks at the environment as it starts; "root", where that is who tests.
    """

    part: str
    typed: str
    status: int
    answered: str
    then: str
    then_status: int = 0
    on: str = "ready"
    before: str = ""
    when: str = ""
    at: Sequence[Sequence[str]] = ()
    then_at: Sequence[Sequence[str]] = ()
    env: dict[str, str] = {}  # noqa: RUF012 - never written to
    last: int = 0
    writes: Sequence[str] = ()
    shows: str = ""
    run: Literal["warm", "cold", "root"] = "warm"

    @property
    def name(self) -> str:
        """For the name of the test."""
        return re.sub(r"[^\w.=~-]+", "-", f"{_keys(self.at)} {self.typed} {self.when}")


class Came(NamedTuple):
    """How a command ended, and the lines that it showed."""

    status: int
    shown: str


def mistakes() -> list[Mistake]:
    """The list, in its order."""
    rows = tomllib.loads(LIST.read_text(encoding="utf-8"))["mistake"]
    return [Mistake(**row) for row in rows]


class Desk:
    """A machine at which mistakes are made: a home with a cloud folder, a shell, a terminal."""

    def __init__(self, root: Path, api: StandIn) -> None:
        self.home = root / "home"
        self._world = World(root, self.home / CLOUD)
        self._api = api
        self._good: dict[str, Path] = {}
        for run in ("warm", "cold"):
            (root / run).mkdir()
            self._write_programs(root / run, run)

    def _write_programs(self, folder: Path, run: str) -> None:
        own, sdk = (
            shlex.join([*warm.CLIENT, address] if run != "cold" and address else warm.COLD)
            for address in (warm.server("status"), warm.server(warm.IMPORT_THE_SDK[0]))
        )
        ready = f'case "$1" in {"|".join(warm.IMPORT_THE_SDK)}) exec {sdk} "$@";; esac'
        for name, lines in (
            ("memsync", f'{ready}\nexec {own} "$@"\n'),
            ("sudo", 'SUDO_USER=ada exec "$@"\n'),
        ):
            (folder / name).write_text(f"#!/bin/sh\n{lines}", encoding="utf-8")
            (folder / name).chmod(0o755)

    def put_right(self, scene: str) -> None:
        """The machine as it is at the beginning of each mistake."""
        if scene not in self._good:
            self._make(scene)
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self._good[scene], self.home, symlinks=True)

    def _make(self, scene: str) -> None:
        if scene in ("new", "ready"):
            shutil.rmtree(self.home, ignore_errors=True)
            for folder in (".claude", CLOUD, "Pictures"):
                (self.home / folder).mkdir(parents=True)
            (self.home / ".claude/CLAUDE.md").write_text(MEMORY, encoding="utf-8")
            (self.home / "key.txt").write_text(f"{KEY}\n", encoding="utf-8")
            (self.home / "notes.md").write_text("Prefer tea.\n", encoding="utf-8")
        else:
            self.put_right("ready")
        came = self.types(SCENES[scene] or "true")
        assert came.status == 0, came
        self._good[scene] = self._world.root / "good" / scene
        shutil.copytree(self.home, self._good[scene], symlinks=True)

    def environment(self, more: dict[str, str], run: str = "warm") -> dict[str, str]:
        """What the shell of this machine has."""
        programs = self._world.root / run
        own = {
            "MEMSYNC_API_KEY": "",
            "PATH": f"{programs}:/usr/bin:/bin",
            "PYTHONUNBUFFERED": "1",  # both streams come in the order in which they were written
            "HTTPS_PROXY": "http://127.0.0.1:9",  # no request leaves this machine, whatever fails
            "LANG": "C.UTF-8",
            "COLUMNS": "160",
        }
        told = {name: value.replace("~", str(self.home), 1) for name, value in more.items()}
        return self._world.environment(self._api, **{**own, **told})

    def types(self, line: str, more: dict[str, str] | None = None, run: str = "warm") -> Came:
        """What a line of the shell shows, on both streams."""
        programs = run if (self._world.root / run).is_dir() else "warm"
        done = subprocess.run(
            ["/bin/sh", "-c", line],
            cwd=self.home,
            env=self.environment(more or {}, programs),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
        return Came(done.returncode, self._plain(done.stdout.decode("utf-8")))

    def answers(
        self, line: str, at: Sequence[Sequence[str]], more: dict[str, str] | None = None
    ) -> Came:
        """What a command shows at a terminal, where each question is answered so."""
        own = self.environment(more or {})
        person = Person(self._world, *shlex.split(line)[1:], api=None, **own)
        for question, keys in at:
            person.sees(question)
            for key in keys.split(" "):
                person.types(KEYS.get(key, key))
        ended = person.ends()
        return Came(ended.status, self._plain("\n".join(ended.lines)))

    def _plain(self, text: str) -> str:
        text = text.replace(str(self.home), HOME)
        text = re.sub(rf"\b{re.escape(os.uname().nodename)}\b", HOST, text)
        return "\n".join(normal(line.rstrip()) for line in text.splitlines())

    def makes(self, mistake: Mistake) -> Came:
        """Do what comes before, then the mistake."""
        if mistake.at:
            return self.answers(mistake.typed, mistake.at, mistake.env)
        return self.types(mistake.typed, mistake.env, mistake.run)

    def goes_on(self, mistake: Mistake) -> Came:
        """Type what the page says. The stand-in stays in the place of Claude's API."""
        if mistake.then_at:
            return self.answers(mistake.then, mistake.then_at)
        again = f"export {VARIABLE}={self._api.url}"
        return self.types(mistake.then.replace(f"unset {VARIABLE}", again))


def shown(mistake: Mistake, came: Came) -> str:
    """The part of an answer that the page has."""
    return "\n".join(came.shown.splitlines()[-mistake.last :])


# -- the page ------------------------------------------------------------------------------------


def page() -> str:
    """docs/mistakes.md."""
    out, part = [INTRODUCTION], ""
    for one in mistakes():
        if one.part != part:
            part = one.part
            out.append(f"\n## {part}\n\n| typed | answered | what to type |\n|---|---|---|\n")
        given = _cell([*_lines(one.typed), *filter(None, [_keys(one.at), one.when])])
        then = _cell([*_lines(one.then), *filter(None, [_keys(one.then_at)])])
        out.append(f"| {given} | {_cell(_lines(one.answered))} | {then} |\n")
    return "".join(out)


def _lines(text: str) -> list[str]:
    return [_code(line) for line in text.splitlines() if line.strip()]


def _cell(lines: Sequence[str]) -> str:
    return "<br>".join(lines).replace("|", "\\|")


def _code(line: str) -> str:
    """A line as it stands, also where it holds what begins and ends one."""
    return f"`` {line} ``" if "`" in line else f"`{line}`"


def _keys(at: Sequence[Sequence[str]]) -> str:
    return ", then ".join(f"at `{question.strip()}` {keys}" for question, keys in at)


# -- written anew --------------------------------------------------------------------------------


def rewrite() -> list[str]:
    """Put the answers that come now into the list, and write the page; what was typed there."""
    blocks = re.split(r"^(?=\[\[mistake\]\])", LIST.read_text(encoding="utf-8"), flags=re.MULTILINE)
    changed = []
    with tempfile.TemporaryDirectory() as folder, StandIn(when=WHEN, seconds=1200) as api:
        desk = Desk(Path(folder).resolve(), api)
        for number, mistake in enumerate(mistakes(), 1):
            answer = _answer(desk, mistake)
            if answer != mistake.answered:
                changed.append(mistake.typed)
                blocks[number] = _with_answer(blocks[number], answer)
    LIST.write_text("".join(blocks), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
    return changed


def _answer(desk: Desk, mistake: Mistake) -> str:
    desk.put_right(mistake.on)
    desk.types(mistake.before or "true", run=mistake.run)
    return shown(mistake, desk.makes(mistake))


def _with_answer(block: str, answer: str) -> str:
    entry = f"answered = '''\n{answer}'''"
    return re.sub(r"^answered = '''.*?'''", lambda _: entry, block, flags=re.MULTILINE | re.DOTALL)


if __name__ == "__main__":
    for typed in rewrite():
        sys.stdout.write(f"{typed}\n")
