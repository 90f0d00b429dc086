"""Names and paths as only Windows has them: devices, long paths, links of three kinds."""

from __future__ import annotations

import os

import pytest

from tests.windows.pc import MEMORY, PC, REAL, end


@pytest.mark.parametrize("device", ["NUL", "nul", "CON", "AUX", "COM1", "PRN.txt"])
def test_a_device_is_no_file_of_notes(pc: PC, device: str) -> None:
    done = pc.run("note", "-f", device)
    assert done.status == 1
    assert f"{device} is a device, not a file" in done.text
    assert "Try: " in done.text
    assert not (pc.own / "outbox").exists()


def test_a_device_is_no_cloud_folder(pc: PC) -> None:
    assert pc.run("init", "--new", "--sync-root", "NUL").status in (1, 2, 4)
    assert not pc.target.exists()


def test_a_path_longer_than_260_characters(pc: PC) -> None:
    """Wine cannot tell the real name of such a path; then words say so."""
    deep = pc.cloud
    while len(pc.windows.spell(deep)) < 300:
        deep = deep / ("a rather long name for a folder " + "x" * 20)
    made = end(
        pc.python(
            "import os, sys; os.makedirs('\\\\\\\\?\\\\' + sys.argv[1])", pc.windows.spell(deep)
        )
    )
    assert made.status == 0, made
    pc.target.parent.mkdir()
    pc.target.write_bytes(MEMORY.encode())
    done = pc.run("init", "--new", "--sync-root", pc.windows.spell(deep))
    assert done.status in (0, 4), done
    if done.status == 0:
        pc.ok("note", "Buy milk.")
        assert list((deep / "claude-memory" / "sessions").glob("*/*.md"))
    assert "- Move to Lisbon in March" in pc.target.read_bytes().decode()


@pytest.mark.skipif(not REAL, reason="NOT TESTED HERE: Wine 8 has no reparse points")
@pytest.mark.parametrize("name", ["backups", "sessions", "conflicts"])
def test_a_planted_junction_in_the_memory_folder_is_not_followed(pc: PC, name: str) -> None:
    pc.init()
    elsewhere = pc.root / "elsewhere"
    inside = pc.folder / name
    if inside.exists():
        inside.rename(elsewhere)
    else:
        elsewhere.mkdir()
    before = {path: path.read_bytes() for path in elsewhere.rglob("*") if path.is_file()}
    end(pc.start([*pc.windows.cmd(), "/c", "mklink", "/J", str(inside), str(elsewhere)]))
    assert (inside / "..").exists(), "no junction could be made"
    raw = pc.memory.read_bytes()
    pc.memory.write_bytes(raw.replace(b"- Never push", b"- Never deploy\n- Never push"))
    (pc.folder / "GLOBAL_MEMORY-LAPTOP.md").write_bytes(raw.replace(b"Lisbon", b"Porto"))
    done = pc.run("refresh")
    assert {path: path.read_bytes() for path in elsewhere.rglob("*") if path.is_file()} == before, (
        done
    )
    assert done.status == 4
    assert name in done.text


def test_where_no_link_can_be_made_claude_md_is_a_copy(pc: PC) -> None:
    """A link needs a right that few people have. Wine says that it made one, and did not."""
    pc.init()
    done = pc.run("init", "--link", "symlink", "--sync-root", pc.windows.spell(pc.cloud))
    assert done.status == 0, done
    assert pc.target.read_bytes() == pc.memory.read_bytes()
    assert os.path.islink(pc.target) or "so CLAUDE.md is a copy" in done.text
