"""Machines unlike most: no home, no locks, a full state folder, texts of old encodings."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.world import World, told
from tests.standin import StandIn
from tests.systems import can_become_another_user, linux_only

pytestmark = linux_only("strace, setpriv and mounts")

OTHER = 54321


@pytest.mark.skipif(not can_become_another_user(), reason="NOT TESTED: it takes root and setpriv")
def test_a_user_without_a_home_is_told_and_nothing_is_called_kept() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, OTHER, OTHER)
        user = ["setpriv", f"--reuid={OTHER}", f"--regid={OTHER}", "--clear-groups"]
        if subprocess.run([*user, sys.executable, "-c", ""], cwd="/", check=False).returncode:
            pytest.skip("NOT TESTED: another user may not run this Python")
        done = subprocess.run(
            [*user, sys.executable, "-B", "-m", "memsync", "note"],
            env={"PATH": os.environ["PATH"]},
            input="the only copy of this fact",
            capture_output=True,
            text=True,
            cwd=folder,
            check=False,
        )
        assert done.returncode == 1, done
        assert "no home folder" in done.stderr
        assert "export HOME=" in done.stderr
        assert "bug" not in done.stderr
        assert "kept" not in done.stderr + done.stdout
        assert os.listdir(folder) == []


@pytest.mark.parametrize("home", ["", "some/where"])
def test_a_home_that_is_no_place_is_told_and_nothing_is_called_kept(
    ready: World, home: str
) -> None:
    failed = ready.start("note", "x", HOME=home).end()
    told(failed, 1, "no home folder", repr(home), "export HOME=")
    assert failed.out == ""


@pytest.mark.skipif(os.getuid() != 0, reason="NOT TESTED: it takes root")
def test_root_in_the_home_of_another_user_refuses(ready: World) -> None:
    os.chown(ready.home, OTHER, OTHER)
    failed = ready.start("note", "x", SUDO_USER="jo").end()
    told(failed, 1, "runs as root in", str(ready.home), "without sudo")
    assert ready.start("note", "x").end().status == 0, "root of a container owns nothing"
    os.chown(ready.home, 0, 0)
    assert ready.start("note", "x", SUDO_USER="jo").end().status == 0, "root's own home"


NO_LOCKS = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=flock:error=ENOLCK"]
strace = pytest.mark.skipif(
    shutil.which("strace") is None, reason="NOT TESTED: strace is not installed"
)


def without_locks(world: World, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*NO_LOCKS, sys.executable, "-m", "memsync", *words],
        env=world.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def owner_file(world: World) -> Path:
    record = next(path for path in world.state.iterdir() if len(path.name) == 12)
    return record / "lock.owner"


@strace
def test_where_no_locks_are_kept_a_file_stands_in(ready: World) -> None:
    ready.edit("Lisbon", "Porto")
    done = without_locks(ready, "refresh")
    assert done.returncode == 0, done
    assert "Porto" in ready.body
    assert not owner_file(ready).exists()
    assert "keeps no locks; a lock file stands in" in without_locks(ready, "doctor").stdout


@strace
def test_a_lock_file_of_a_living_process_is_waited_for(ready: World) -> None:
    owner_file(ready).write_text(f"{os.getpid()} {os.uname().nodename} 00\n", encoding="ascii")
    done = without_locks(ready, "undo")
    assert done.returncode == 1, done
    assert "another memsync is at work" in done.stderr
    assert owner_file(ready).exists()


@strace
def test_a_lock_file_of_a_dead_process_is_taken_over(ready: World) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    owner_file(ready).write_text(f"{dead.pid} {os.uname().nodename} 00\n", encoding="ascii")
    done = without_locks(ready, "refresh")
    assert done.returncode == 0, done
    assert not owner_file(ready).exists()


@strace
@pytest.mark.parametrize(("age", "status"), [(60, 1), (7200, 0)])
def test_a_lock_file_of_another_machine_is_believed_for_an_hour(
    ready: World, age: int, status: int
) -> None:
    path = owner_file(ready)
    path.write_text("1 another-machine 00\n", encoding="ascii")
    when = path.stat().st_mtime - age
    os.utime(path, (when, when))
    assert without_locks(ready, "prune" if status == 0 else "undo").returncode in (status, 0)
    assert path.exists() == (status == 1)


TEXTS = {
    "gb18030": "记住:回答要简短",
    "big5": "請記住我喜歡簡短的回答",
    "cp932": "日本語のメモです。テストを先に書く",
    "cp949": "한국어 메모입니다",
    "cp1252": "Größe: naïve, déjà vu",
    "cp1251": "Привет, это заметка о базе данных",
    "cp1250": "Zażółć gęślą jaźń, nie wypychaj",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_a_note_in_an_old_encoding_is_read_said_and_kept_as_it_was(
    ready: World, encoding: str
) -> None:
    text = TEXTS[encoding]
    raw = text.encode(encoding)
    done = ready.ok("note", stdin=raw)
    assert text in ready.pending.values()
    assert f"the notes were read as {encoding}, which is a guess" in done.err
    kept = list((ready.state / "originals").iterdir())
    assert [path.read_bytes() for path in kept] == [raw]
    assert str(kept[0]) in done.err


@pytest.mark.parametrize("raw", [b"\x89PNG\r\n\x1a\n\x00\x01\xff", bytes(range(128, 256)) * 3])
def test_bytes_that_are_no_text_are_refused_and_never_replaced(ready: World, raw: bytes) -> None:
    before = ready.notes
    failed = ready.run("note", stdin=raw)
    assert failed.status in (0, 1)
    added = {one: text for one, text in ready.notes.items() if one not in before}
    assert all("\ufffd" not in text for text in added.values())
    assert failed.status == 0 or not added


def test_two_files_are_both_read(ready: World) -> None:
    (ready.root / "one.md").write_text("The first fact", encoding="utf-8")
    (ready.root / "two.md").write_text("The second fact\n", encoding="utf-8")
    ready.ok("note", "-f", "one.md", "-f", "two.md")
    assert "The first fact\nThe second fact\n" in ready.pending.values()


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[None]:
    """Mount a disk of 16 KiB there."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("NOT TESTED: nothing may be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.skipif(os.getuid() != 0, reason="NOT TESTED: a mount takes root")
def test_a_full_state_folder_is_seen_before_the_call_is_paid(ready: World) -> None:
    record = next(path for path in ready.state.iterdir() if len(path.name) == 12)
    kept = record / "kept"
    kept.mkdir(exist_ok=True)
    with small_disk(kept), StandIn() as api:
        failed = ready.run("refresh", "-n", "Prefer coffee", api=api)
        assert failed.status == 1, failed
        assert "no space left on device" in failed.err
        assert api.prompts == [], "nothing was paid"
    assert "Prefer coffee" in ready.pending.values()


@pytest.mark.skipif(os.getuid() != 0, reason="NOT TESTED: a mount takes root")
def test_a_refresh_whose_note_a_full_cloud_folder_does_not_take_says_where_it_waits(
    ready: World,
) -> None:
    sessions = ready.folder / "sessions"
    with small_disk(sessions):
        (sessions / "filling").write_bytes(bytes(16 * 1024))
        for words in (["note", "Prefer tea"], ["refresh", "-n", "Prefer coffee"]):
            done = ready.run(*words)
            assert done.status == (0 if words[0] == "note" else 4), done
            (where,) = [
                path
                for path in ready.state.glob("outbox/*/*.md")
                if path.read_text(encoding="utf-8").endswith(words[-1])
            ]
            assert f"the note waits in {where}" in done.err
    assert sorted(ready.outbox.values()) == ["Prefer coffee", "Prefer tea"]
