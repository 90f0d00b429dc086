"""Text as Windows writes it: CRLF, a mark in front, UTF-16, code pages, the console."""

from __future__ import annotations

import pytest

from tests.windows.console import at_the_console, on_a_console
from tests.windows.pc import KEY, MEMORY, PC
from tests.windows.test_commands import session

LINE = "- Never deploy on Fridays, says Zoë"
NOTEPAD = "\ufeff"


def edited(pc: PC) -> None:
    """The memory with a line more, as Notepad of 2010 saves it: a mark, and CRLF."""
    text = pc.target.read_bytes().decode("utf-8")
    changed = text.replace("- Never push to main\n", f"- Never push to main\n{LINE}\n")
    assert changed != text
    pc.target.write_bytes((NOTEPAD + changed.replace("\n", "\r\n")).encode("utf-8"))


def test_an_edit_of_the_copy_in_notepad_is_the_memory_of_all(pc: PC) -> None:
    pc.init()
    edited(pc)
    pc.ok("refresh")  # nothing but an edit: no call, and no key is needed
    assert pc.body.count(LINE) == 1
    assert pc.body.replace(f"{LINE}\n", "").strip() == MEMORY.strip()
    assert pc.target.read_bytes() == pc.memory.read_bytes()


def test_a_memory_with_crlf_stays_one(pc: PC) -> None:
    pc.init()
    text = pc.memory.read_bytes().decode("utf-8")
    pc.memory.write_bytes(text.replace("Lisbon", "Porto").replace("\n", "\r\n").encode("utf-8"))
    pc.ok("refresh")
    raw = pc.memory.read_bytes()
    assert b"- Move to Porto in March\r\n" in raw
    assert raw.count(b"\n") == raw.count(b"\r\n")


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_notes_from_a_pipe_are_read_as_they_are(pc: PC, encoding: str) -> None:
    """PowerShell 5 pipes UTF-16 or a code page, and ends lines with CRLF."""
    done = pc.run("note", stdin="Zoë prefers naïve words.\r\nTwo lines.\r\n".encode(encoding))
    assert done.status == 3  # it is not set up: the note waits
    outbox = sorted((pc.own / "outbox").rglob("*.md"))
    text = outbox[0].read_bytes().decode("utf-8")
    assert "Zoë prefers naïve words." in text


def test_show_is_the_memory_byte_for_byte_on_every_code_page(pc: PC) -> None:
    pc.init(MEMORY + "- 日本, → and ✓ stand here\n")
    expected = pc.body.strip().encode("utf-8")
    assert pc.run("show").out.strip() == expected
    assert pc.run("show", PYTHONUTF8="1").out.strip() == expected


def test_a_home_with_any_name(pc: PC) -> None:
    other = PC(pc.windows, pc.root / "Zoë 日本 & Söhne (100%) ^b !c 'd' , ; = +")
    other.init()
    assert other.target.read_bytes() == other.memory.read_bytes()


@on_a_console
def test_a_person_at_the_console_is_asked_and_answers(pc: PC) -> None:
    """Wine gives a program on a pseudo-terminal a Windows console."""
    own, firm = pc.root / "OneDrive", pc.root / "OneDrive - Sm\u00f8rg\u00e5s"
    for folder in (own, firm):
        (folder / "Documents").mkdir(parents=True)
    variables = {
        "OneDriveConsumer": pc.windows.spell(own),
        "OneDriveCommercial": pc.windows.spell(firm),
    }
    shown = at_the_console(pc, ["init"], {"[1-2]": "2\r"}, **variables)
    assert "Smørgås" in shown
    assert (firm / ".claude-memory" / "GLOBAL_MEMORY.md").is_file()
    assert not (own / ".claude-memory").exists()


@on_a_console
def test_show_at_the_console_prints_what_no_code_page_has(pc: PC) -> None:
    pc.init(MEMORY + "- 日本, → and ✓ stand here\n")
    assert "日本, → and ✓ stand here" in at_the_console(pc, ["show"], {})


@pytest.mark.parametrize("encoding", ["cp1252:strict", "cp437:strict", "utf-8"])
def test_a_stream_of_any_code_page_stops_no_command(pc: PC, encoding: str) -> None:
    pc.init(MEMORY + "- 日本, → and ✓ stand here\n")
    text = "Zoë says: 日本 →"
    shown = [
        pc.ok(*words, PYTHONIOENCODING=encoding)
        for words in (["note", text], ["notes"], ["status"], ["--help"])
    ]
    assert any(text in note for note in pc.notes())
    assert text in shown[1].text


@on_a_console
def test_the_key_is_asked_for_and_not_shown(pc: PC) -> None:
    shown = at_the_console(pc, ["config", "set", "api_key"], {"key": f"{KEY}\r"})
    assert KEY not in shown
    assert (pc.own / "api_key").read_text().strip() == KEY


@on_a_console
def test_an_editor_whose_path_has_spaces_and_quotes(pc: PC) -> None:
    pc.init()
    script = pc.root / "my tools" / "editor.py"
    script.parent.mkdir()
    script.write_text(
        "import sys\n"
        "text = open(sys.argv[-1], encoding='utf-8', newline='').read()\n"
        f"text = text.replace('- Never push', {LINE!r} + '\\n- Never push')\n"
        "text = text.replace('tabs', 'spaces')\n"
        "open(sys.argv[-1], 'w', encoding='utf-8', newline='').write(text)\n",
        encoding="utf-8",
    )
    editor = f'"{pc.windows.python()[-1]}" "{pc.windows.spell(script)}" --wait'
    assert "done." in at_the_console(pc, ["edit"], {}, EDITOR=editor)
    assert pc.body.count(LINE) == 1
    pc.ok("harvest", "--session", session(pc))
    shown = at_the_console(pc, ["review"], {"note it?": "e\r"}, EDITOR=editor)
    assert "1 noted" in shown
    assert any("always use spaces" in note for note in pc.notes())
