"""No command prints a live escape: whatever stands in files, names, replies and settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e.world import KEY, World
from tests.standin import StandIn

EVIL = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\u202e\u2066\u200b\u200d\U000e0072\ufe02\u2028\x85\x9b31m\r"
NAME = "x\x1b[31m\u202e\u200b y"
LIVE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f"
    "\ufeff\U000e0000-\U000e0fff]"
)
COMMANDS = (
    ("status",),
    ("status", "--json"),
    ("diff",),
    ("diff", "-1"),
    ("diff", NAME),
    ("history",),
    ("history", "--json"),
    ("history", EVIL),
    ("doctor",),
    ("doctor", "--json"),
    ("providers",),
    ("providers", "--json"),
    ("config",),
    ("config", "get", NAME),
    ("config", "set", "model", EVIL),
    ("config", "get", "model"),
    ("refresh", "--dry-run"),
    ("refresh", "--held"),
    ("refresh", "--json"),
    ("refresh", f"--{NAME}"),
    ("apply",),
    ("restore", EVIL),
    ("restore", "-1"),
    ("undo",),
    ("forget", EVIL),
    ("purge", EVIL, "--dry-run"),
    ("prune", "--dry-run"),
    ("note", "-f", NAME),
    ("note", EVIL),
    ("init", "--sync-root", NAME),
    ("init",),
    ("doctor", "--fix"),
    (EVIL,),
)


@pytest.fixture
def hostile(ready: World) -> World:
    """A machine whose every text and name was written by somebody who wishes it ill."""
    with StandIn() as api:
        ready.ok("refresh", "-n", "Prefer tea.", api=api)
    sessions = next((ready.folder / "sessions").iterdir())
    for name in (f"GLOBAL_MEMORY-{NAME}.md", f"GLOBAL_MEMORY{NAME}.md"):
        (ready.folder / name).write_bytes(ready.memory.read_bytes())
    (ready.folder / "backups" / f"GLOBAL_MEMORY_{NAME}.md").write_text("x", encoding="utf-8")
    (ready.folder / "conflicts").mkdir(exist_ok=True)
    (ready.folder / "conflicts" / NAME).write_text(EVIL, encoding="utf-8")
    (sessions / NAME).write_text(EVIL, encoding="utf-8")
    Path(ready.root, NAME).write_text(f"a {EVIL} b", encoding="utf-8")
    ready.edit("- Short answers", f"- Short {EVIL} answers")
    config = ready.config / "config.toml"
    config.write_text(
        config.read_text(encoding="utf-8") + f'\n"un\\u202eknown {chr(0x200B)}" = 1\n',
        encoding="utf-8",
    )
    return ready


def live(text: str) -> str:
    found = LIVE.search(text)
    return "" if found is None else text[max(found.start() - 60, 0) : found.end() + 20]


def test_no_command_prints_a_live_escape(hostile: World) -> None:
    with StandIn("says evil", "400 evil") as api:
        for words in COMMANDS:
            done = hostile.run(*words, api=api)
            assert not live(done.out), words
            assert not live(done.err), words
            assert KEY not in done.out + done.err


def test_the_memory_goes_to_a_pipe_byte_for_byte(hostile: World) -> None:
    shown = hostile.ok("show").out
    assert "\x1b]52;c;ZXZpbA==\x07" in shown
