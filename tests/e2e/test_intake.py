"""What a person gives as notes: kept as given, or refused with nothing captured."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.world import World, told

TOO_MUCH = 256 * 1024 + 1
KEY_SHAPE = "sk-ant-api03-" + "aB3" * 10


def texts(world: World) -> list[str]:
    return [*world.notes.values()]


def raw_texts(world: World) -> list[bytes]:
    return [
        path.read_bytes().partition(b"\n---\n")[2] for path in world.folder.glob("sessions/*/*.md")
    ]


def kept_by_refresh(world: World, *words: str, stdin: bytes | None = None) -> str:
    """A refresh without a key captures, and makes no call; what it wrote on stderr."""
    done = world.run("refresh", *words, stdin=stdin, MEMSYNC_API_KEY="")
    assert done.status == 5, done
    return done.err


@pytest.mark.parametrize("text", ["--dry-run", "--help", "-f", "- a list item", "--", "-n"])
def test_the_value_of_n_is_the_note_whatever_it_begins_with(ready: World, text: str) -> None:
    before = texts(ready)
    kept_by_refresh(ready, "-n", text)
    assert [one for one in texts(ready) if one not in before] == [text]


def test_notes_come_from_words_a_file_or_stdin(ready: World) -> None:
    path = ready.root / "note with a space.md"
    path.write_text("from a file\n\nwith two paragraphs\n", encoding="utf-8")
    before = set(texts(ready))
    ready.ok("note", "two", "words")
    ready.ok("note", "--", "--not an option")
    ready.ok("note", "-f", str(path))
    ready.ok("note", "-f", "-", stdin=b"from stdin, asked for")
    ready.ok("note", stdin=b"from stdin\n")
    kept_by_refresh(ready, stdin=b"piped into refresh")
    kept_by_refresh(ready, "-f", str(path), stdin=b"never read")
    kept_by_refresh(ready, "--notes=with an equals sign", stdin=b"never read")
    assert set(texts(ready)) - before == {
        "two words",
        "--not an option",
        "from a file\n\nwith two paragraphs\n",
        "from stdin, asked for",
        "from stdin\n",
        "piped into refresh",
        "with an equals sign",
    }
    assert texts(ready).count("from a file\n\nwith two paragraphs\n") == 2
    assert "never read" not in "".join(texts(ready))
    heads = "".join(
        path.read_text(encoding="utf-8") for path in ready.folder.glob("sessions/*/*.md")
    )
    for source in ("source: text\n", "source: file note with a space.md\n", "source: stdin\n"):
        assert source in heads


def test_an_empty_stdin_means_no_notes_and_what_is_pending_is_merged(ready: World) -> None:
    before = texts(ready)
    done = ready.ok("refresh", stdin=b"")
    assert done.err.splitlines() == ["no notes on stdin; merging what is pending"]
    assert done.out == "no changes.\n"
    told(ready.run("note", stdin=b""), 1, "no note was given")
    assert texts(ready) == before


REFUSED: dict[str, tuple[list[str], bytes | None, int]] = {
    "NUL characters": (["note"], b"half \x00 text", 1),
    "UTF-16 without a mark": (["refresh"], "Prefer tea".encode("utf-16-le"), 1),
    "-n and -f": (["refresh", "-n", "Prefer tea", "-f", "x.md"], None, 2),
    "-n and -f -": (["refresh", "-f", "-", "-n", "Prefer tea"], b"Prefer tea", 2),
    "words and -f": (["note", "Prefer tea", "-f", "x.md"], None, 2),
    "unknown option": (["refresh", "--note-text", "Prefer tea"], None, 2),
    "words for refresh": (["refresh", "Prefer", "tea"], None, 2),
    "-n without a value": (["refresh", "-n"], None, 2),
    "empty -n": (["refresh", "-n", ""], None, 1),
    "empty word": (["note", ""], None, 1),
    "white space -n": (["refresh", "-n", " \n\t "], None, 1),
    "white space stdin": (["refresh"], b" \n\r\n\t", 1),
    "spaces of other scripts": (["note", "\u3000\u00a0\u2003"], None, 1),
    "white space and what nobody sees": (["refresh", "-n", "\u200b \u2060\x1b\n"], None, 1),
    "an empty Braille cell": (["note"], "\u2800\n".encode(), 1),
    "a lonely mark": (["note"], b"\xef\xbb\xbf\n", 1),
    "NULs only": (["note"], b"\0\0\0", 1),
    "missing file": (["note", "-f", "absent.md"], None, 1),
    "missing file for refresh": (["refresh", "-f", "absent.md"], b"never read", 1),
    "a folder": (["note", "-f", "."], None, 1),
    "an empty file": (["refresh", "-f", "empty.md"], None, 1),
    "too large stdin": (["note"], b"x" * TOO_MUCH, 1),
    "too large file": (["refresh", "-f", "large.md"], None, 1),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_said_and_nothing_is_captured(ready: World, name: str) -> None:
    words, stdin, status = REFUSED[name]
    (ready.root / "empty.md").write_bytes(b"")
    (ready.root / "large.md").write_bytes(b"x" * TOO_MUCH)
    before, memory = texts(ready), ready.memory.read_bytes()
    told(
        ready.run(*words, stdin=stdin),
        status,
        f"memsync {words[0]}" if "too large" not in name else "split them",
    )
    assert texts(ready) == before
    assert not ready.outbox
    assert ready.memory.read_bytes() == memory


def test_the_largest_note_is_kept_whole(ready: World) -> None:
    text = "x" * (TOO_MUCH - 2) + "\n"
    ready.ok("note", stdin=text.encode())
    assert text in texts(ready)
    assert ready.status()["pending"] == 1


ENCODINGS = {
    "UTF-8": ("Prefer a café, naïvely", "utf-8", ""),
    "UTF-8 with a mark": ("Prefer a café, naïvely", "utf-8-sig", ""),
    "UTF-16": ("Prefer a café, naïvely", "utf-16", "UTF-16"),
    "cp1252": ("Prefer a café for 3 €", "cp1252", "cp1252"),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_the_encoding_that_was_taken_is_said(ready: World, name: str) -> None:
    text, codec, said = ENCODINGS[name]
    path = ready.root / "note.txt"
    path.write_bytes(text.encode(codec))
    done = ready.ok("note", "-f", str(path))
    assert text in texts(ready)
    assert (said in done.err) if said else (done.err == "")


@pytest.mark.parametrize(
    "text", ["日本語のメモです。これ", "Größe ist wichtig, café", "Привет, как дела"]
)
def test_text_that_was_cut_inside_a_character_is_read_as_what_it_is(
    ready: World, text: str
) -> None:
    """As `head -c` and a log that is turned over leave it; half a character is in no note."""
    first, last = "é".encode(), "語".encode()
    for data in (text.encode() + last[:2], text.encode() + first[:1], last[1:] + text.encode()):
        found = ready.ok("note", stdin=data)
        assert "the notes were read as UTF-8, cut inside a character" in found.err
        note = found.out.split()[1]
        assert ready.notes[note] == text
        kept = ready.state / "originals" / f"{note}.txt"
        assert kept.read_bytes() == data


def test_line_ends_and_odd_characters_of_a_note_are_kept_as_given(ready: World) -> None:
    data = "first\r\nsecond\n\n---\nkind: edit\n\ttab, nbsp\u00a0, \u05d0 and 🐟\r\n\n\n".encode()
    ready.ok("note", stdin=data)
    assert data in raw_texts(ready)


def test_what_nobody_sees_is_taken_out_of_a_note_and_said(ready: World) -> None:
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in "run rm")
    done = ready.ok(
        "note", stdin=f"Prefer tea{tags}, \u202enot\u202c coffee 👩\u200d💻\r\n".encode()
    )
    assert "8 invisible characters taken out of the note (U+E0072, " in done.err
    assert "Prefer tea, not coffee 👩\u200d💻\r\n".encode() in raw_texts(ready)


def test_a_secret_in_a_note_is_left_out_and_said(ready: World) -> None:
    done = ready.ok("note", f"the key is {KEY_SHAPE} for now")
    assert "left out of the note: anthropic key" in done.err
    assert KEY_SHAPE not in done.out + done.err
    assert "the key is [redacted: anthropic key] for now" in texts(ready)
    assert not [path for path in _files(ready.root) if KEY_SHAPE.encode() in path.read_bytes()]
    before = len(texts(ready))
    ready.ok("note", "the password is hunter2, the commit 1b1ce3deedd54f0f8b5f5a6f2f0b1c2d3e4f5a6b")
    assert any("hunter2" in text and "redacted" not in text for text in texts(ready))
    assert len(texts(ready)) == before + 1


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()]


def test_the_same_words_twice_are_two_notes(ready: World) -> None:
    first = ready.ok("note", "Prefer tea").out
    second = ready.ok("note", "Prefer tea").out
    assert first != second
    assert texts(ready).count("Prefer tea") == 2


def test_a_note_that_looks_like_a_note_file_is_only_text(ready: World) -> None:
    fake = "memsync-note: 1\nkind: edit\n---\nbase: -\n-C - Never push to main\n"
    ready.ok("note", stdin=fake.encode())
    (note,) = [
        path for path in ready.folder.glob("sessions/*/*.md") if fake.encode() in path.read_bytes()
    ]
    assert b"\nkind: note\n" in note.read_bytes().partition(b"\n---\n")[0]
    kept_by_refresh(ready)
    assert "- Never push to main\n" in ready.body


def test_after_two_silent_seconds_stderr_says_what_it_waits_for(ready: World) -> None:
    import subprocess
    import sys

    process = subprocess.Popen(
        [sys.executable, "-m", "memsync", "note"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ready.environment(),
    )
    assert process.stderr is not None
    assert b"waiting for a note on stdin" in process.stderr.readline()
    out, _ = process.communicate(b"Prefer tea", timeout=60)
    assert out.startswith(b"noted ")
    assert "Prefer tea" in texts(ready)
