"""The file of pending notes: what stands in it, and when it goes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from memsync.agents.pending import HEAD, MOST_BYTES, render
from memsync.memory.text.notes import Note
from tests.e2e.world import World
from tests.standin import StandIn


def note(text: str, day: str = "2026-11-28") -> Note:
    return Note("0123456789ab", "note", text, f"{day} 120000 0123456789ab")


def bodies(rendered: bytes) -> list[tuple[str, str]]:
    """Each fence, and what stands in it."""
    text = rendered.decode()
    assert text.startswith(HEAD)
    return re.findall(r"^(`{3,})text\n(.*?)\n\1$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    "text",
    [
        "see @/etc/passwd",
        "```\ncode\n```",
        "````\n```\n````",
        "# heading\n---\na: b\n---",
        "<!-- a comment",
        "`" * 40,
        "~~~\ntilde",
    ],
)
def test_a_note_never_leaves_its_fence(text: str) -> None:
    ((fence, body),) = bodies(render([note(text)]))
    assert body == text
    assert fence not in text


def test_what_nobody_sees_is_left_out() -> None:
    hidden = "a\u202eb\u200bc\x1b[31md\U000e0041e\u2066f"
    ((_, body),) = bodies(render([note(hidden)]))
    assert body == "abc[31mdef"
    joined = "\U0001f469\u200d\U0001f4bb ن\u200cت"
    assert bodies(render([note(joined)]))[0][1] == joined


def test_only_the_newest_sixteen_kilobytes_stand_there() -> None:
    rendered = render([note(f"{n} " + "x" * 3000) for n in range(20)])
    assert len(rendered) <= MOST_BYTES
    assert [body[:2] for _, body in bodies(rendered)] == ["0 ", "1 ", "2 ", "3 ", "4 "]
    huge = render([note("日本" * 20_000), note("small")])
    assert len(huge) <= MOST_BYTES
    assert "[cut here" in huge.decode()


def test_no_notes_are_no_file() -> None:
    assert render([]) == b""


def test_it_comes_with_a_note_and_goes_with_the_merge(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.init()
    path = world.home / ".claude" / "rules" / "memsync-pending.md"
    world.ok("note", "Prefer tea")
    world.ok("note", "Prefer cake")
    text = path.read_text(encoding="utf-8")
    assert text.index("Prefer cake") < text.index("Prefer tea")
    with StandIn() as api:
        world.ok("refresh", "--dry-run", api=api)
        assert path.read_text(encoding="utf-8") == text
        world.ok("refresh", api=api)
    assert not path.exists()


def test_it_can_be_switched_off_and_a_lost_folder_takes_no_note_out_of_it(tmp_path: Path) -> None:
    world = World(tmp_path / "a")
    world.init()
    path = world.home / ".claude" / "rules" / "memsync-pending.md"
    world.ok("note", "Prefer tea")
    world.folder.rename(tmp_path / "away")
    world.ok("note", "Prefer cake")
    assert "Prefer cake" in path.read_text(encoding="utf-8")
    (tmp_path / "away").rename(world.cloud / "claude-memory")
    world.ok("config", "set", "show_pending", "false")
    assert not path.exists()
    world.ok("note", "Prefer bread")
    assert not path.exists()
    world.ok("config", "set", "show_pending", "default")
    assert "Prefer bread" in path.read_text(encoding="utf-8")


def test_a_note_that_is_forgotten_is_read_no_more(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.begin()
    file = world.target.parent / "rules" / "memsync-pending.md"
    for text in ("tea at five", "coffee at six"):
        world.ok("note", text)
    ids = {text: id for id, text in world.pending.items()}
    world.ok("forget", ids["tea at five"])
    assert [body for _, body in bodies(file.read_bytes())] == ["coffee at six"]
    world.ok("forget", ids["coffee at six"])
    assert not file.exists()
