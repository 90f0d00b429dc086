"""Damages that a machine can have, each with the words of its finding, and what fixes it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.e2e.world import World, tree
from tests.standin import StandIn

FIX = "memsync doctor --fix"


def doctor(world: World, *words: str, **env: str) -> Any:
    """What `doctor --json` says; its status is that of the object."""
    done = world.run("doctor", "--json", *words, stdin=None, api=None, **env)
    found = done.json
    assert found["ok"] == (done.status == 0), done
    assert all(
        one["what"] and one["fix"] and "\n" not in one["what"] for one in found["findings"]
    ), found
    assert all(one["fix"] != "memsync doctor" for one in found["findings"]), (
        "doctor sends nobody to doctor"
    )
    return {**found, "status": done.status}


def said(found: Any, words: str, level: str = "problem") -> dict[str, str]:
    """The finding that holds the words; it is of this level."""
    rows: list[dict[str, str]] = [one for one in found["findings"] if words in one["what"]]
    assert len(rows) == 1, found
    assert rows[0]["level"] == level, found
    return rows[0]


def whole(world: World) -> dict[str, str]:
    found = tree(world.root)
    # It names its holder
    return {name: what for name, what in found.items() if not name.endswith(f"{os.sep}lock")}


def settings(world: World, line: str) -> None:
    path = world.config / "config.toml"
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")


class Damage(NamedTuple):
    """A damage, the words and level of its finding, what fixes it, and the exit status."""

    do: Callable[[World], object]
    words: str
    fix: str
    status: int = 1
    level: str = "problem"


def remove(path: Path) -> None:
    path.unlink()


def relink(world: World, to: str) -> None:
    world.target.unlink()
    world.target.symlink_to(to)


def replace(path: Path, data: bytes) -> None:
    path.unlink()
    path.write_bytes(data)


def folder_in_place(world: World) -> None:
    world.target.unlink()
    world.target.mkdir()


def footer_cut(world: World) -> None:
    text = world.memory.read_text(encoding="utf-8")
    world.memory.write_text(text[: text.index("sum:")], encoding="utf-8")


def without_footer(world: World) -> None:
    world.memory.write_text(world.body, encoding="utf-8")


def footer_of_the_future(world: World) -> None:
    text = world.memory.read_text(encoding="utf-8")
    world.memory.write_text(text.replace("memsync:1", "memsync:2"), encoding="utf-8")


def body_emptied(world: World) -> None:
    text = world.memory.read_text(encoding="utf-8")
    world.memory.write_text(text[text.index("<!-- memsync:") :], encoding="utf-8")


def add_lines(world: World, lines: str) -> None:
    world.edit("- Short answers, code first\n", f"- Short answers, code first\n{lines}")


def note_not_arrived(world: World) -> None:
    world.ok("note", "half of this has come")
    path = next(world.folder.glob("sessions/*/*.md"))
    newest = max(world.folder.glob("sessions/*/*.md"), key=lambda one: one.stat().st_mtime_ns)
    assert path.exists()
    newest.write_bytes(newest.read_bytes()[:-5])


def outbox_note(world: World) -> None:
    world.folder.rename(world.cloud / "away")
    world.ok("note", "while it was away")
    (world.cloud / "away").rename(world.cloud / "claude-memory")


def copy_behind(world: World) -> None:
    world.init("--link", "copy")
    with StandIn() as api:
        world.ok("refresh", "-n", "Prefer tea.", api=api)
    stale = next(data for data in world.backups.values() if b"Prefer tea." not in data)
    world.target.write_bytes(stale)


def link_though_copy(world: World) -> None:
    settings(world, 'link = "copy"')


def conflict_copy(world: World) -> None:
    shutil.copy(world.memory, world.folder / "GLOBAL_MEMORY-LAPTOP.md")


def second_folder(world: World) -> None:
    shutil.copytree(world.folder, world.cloud / "claude-memory 2")


def both_folders(world: World) -> None:
    shutil.copytree(world.folder, world.cloud / ".claude-memory")


def leftover(world: World) -> None:
    path = world.folder / "backups" / ".~GLOBAL_MEMORY.md.0123456789abcdef.tmp"
    path.write_bytes(b"half")
    os.utime(path, (time.time() - 7200,) * 2)


def many_lines(world: World) -> None:
    settings(world, "max_lines = 20")
    add_lines(world, "".join(f"- habit {number}\n" for number in range(20)))


def key_file(world: World) -> None:
    (world.config / "api_key").write_text("sk-ant-made-up\n", encoding="utf-8")
    (world.config / "api_key").chmod(0o644)


DAMAGES = {
    "bad TOML": Damage(lambda w: settings(w, "model = = 3"), "config.toml:", "correct or remove"),
    "unknown key": Damage(
        lambda w: settings(w, "modle = 'x'"), "unknown key 'modle'", "remove the line", 0, "warning"
    ),
    "wrong type": Damage(
        lambda w: settings(w, "timeout = 'long'"), "timeout must be", "memsync config set timeout"
    ),
    "a key in the settings": Damage(
        lambda w: settings(w, "api_key = 'x'"),
        "no place for an API key",
        "remove the line",
        0,
        "warning",
    ),
    "folder gone": Damage(
        lambda w: shutil.rmtree(w.folder), "is not there", "wait for the sync client", 4
    ),
    "cloud gone": Damage(
        lambda w: shutil.rmtree(w.cloud), "is not there", "start its sync client", 4
    ),
    "both folders": Damage(both_folders, "two memory folders", "keep the one that is right", 4),
    "memory gone": Damage(
        lambda w: remove(w.memory), "the memory is gone", "memsync restore -1", 4
    ),
    "memory empty": Damage(lambda w: w.memory.write_bytes(b""), "it is empty", FIX, 4),
    "memory of NULs": Damage(lambda w: w.memory.write_bytes(b"\0" * 900), "NUL bytes", FIX, 4),
    "memory not UTF-8": Damage(lambda w: w.memory.write_bytes(b"# caf\xe9\n"), "not UTF-8", FIX, 4),
    "no footer": Damage(without_footer, "has no memsync footer", FIX, 0, "warning"),
    "footer cut": Damage(footer_cut, "its memsync footer is cut", FIX, 0, "warning"),
    "newer": Damage(footer_of_the_future, "a later memsync wrote it", "update memsync", 4),
    "body emptied": Damage(body_emptied, "holds no text any more", FIX, 4),
    "edited": Damage(
        lambda w: add_lines(w, "- Tea\n"), "was edited since", "memsync refresh", 0, "info"
    ),
    "many lines": Damage(many_lines, "more than 20", "memsync refresh --compact", 0, "warning"),
    "front matter": Damage(
        lambda w: w.memory.write_text(f"---\nname: x\n---\n{w.memory.read_text()}"),
        "begins with `---`",
        "move those lines",
        0,
        "warning",
    ),
    "an import": Damage(
        lambda w: add_lines(w, "- see @/etc/hostname\n"),
        "@/etc/hostname",
        "backticks",
        0,
        "warning",
    ),
    "a dead import": Damage(
        lambda w: add_lines(w, "- ask @ada\n"), "not there on this", "backticks", 0, "info"
    ),
    "target gone": Damage(lambda w: remove(w.target), "is not there, so Claude Code", FIX),
    "target a file": Damage(lambda w: replace(w.target, b"mine\n"), "did not write", FIX),
    "target empty": Damage(lambda w: replace(w.target, b""), "is empty", FIX),
    "target elsewhere": Damage(
        lambda w: relink(w, "/etc/hostname"), "link to something else (/etc/hostname)", FIX
    ),
    "target a folder": Damage(folder_in_place, "is not a file", "mv "),
    "target dangling": Damage(
        lambda w: remove(w.memory), "a memory that is not there", "memsync restore -1", 4
    ),
    "target too large": Damage(
        lambda w: replace(w.target, b"x" * (4 << 20) + b"\n"),
        "CLAUDE.md is larger than 4 MiB",
        "--compact",
    ),
    "copy behind": Damage(copy_behind, "copy that is behind", "memsync refresh"),
    "link though copy": Damage(link_though_copy, "though the settings say copy", FIX, 0, "info"),
    "model retired": Damage(
        lambda w: settings(w, "model = 'claude-sonnet-4-20250514'"),
        "was retired",
        "memsync config set model",
        5,
    ),
    "model unknown": Damage(
        lambda w: settings(w, "model = 'claude-x'"),
        "does not know",
        "memsync config set model",
        0,
        "warning",
    ),
    "key file open": Damage(key_file, "can be read by others", "chmod 600", 0, "warning"),
    "folder open": Damage(
        lambda w: w.folder.chmod(0o755), "is open to other users", FIX, 0, "warning"
    ),
    "conflict copy": Damage(
        conflict_copy, "GLOBAL_MEMORY-LAPTOP.md in", "memsync refresh", 0, "warning"
    ),
    "a stray copy": Damage(
        lambda w: shutil.copy(w.memory, w.folder / "GLOBAL_MEMORY.old"),
        "left alone",
        "compare it",
        0,
        "warning",
    ),
    "a second folder": Damage(
        second_folder, "second memory folder", "memsync refresh", 0, "warning"
    ),
    "pending": Damage(
        lambda w: w.ok("note", "x"), "1 note is not merged", "memsync refresh", 0, "info"
    ),
    "not arrived": Damage(
        note_not_arrived, "not arrived whole", "wait for the sync client", 0, "warning"
    ),
    "outbox": Damage(outbox_note, "waits in the outbox", FIX, 0, "warning"),
    "leftover": Damage(leftover, "1 leftover temp file", FIX, 0, "info"),
}
