"""Streams that are closed, full, or that nobody reads; and a bug: two plain lines, and a log
without the key.
"""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.world import KEY, MEMORY, Result, World, told

pytestmark = pytest.mark.skipif(
    not os.path.exists("/dev/full"),
    reason="ODD STREAMS AND BUGS ARE NOT TESTED: this system has no /dev/full",
)
NO_SPACE = "no space left on device"


def shell(
    world: World, words: str, redirection: str = "", unbuffered: str = "", stdout: int | None = None
) -> Result:
    """A command as a shell starts it. Python says nothing of its own, whatever its streams are."""
    line = f"{shlex.join([sys.executable, '-m', 'memsync', *words.split()])} {redirection}"
    done = subprocess.run(
        ["sh", "-c", line],
        env=world.environment(None, PYTHONUNBUFFERED=unbuffered),
        cwd=world.root,
        stdout=subprocess.PIPE if stdout is None else stdout,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    if stdout is not None:
        os.close(stdout)
    err = done.stderr.decode()
    for word in ("Traceback", "Exception ignored", "has a bug"):
        assert word not in err
    return Result(done.returncode, (done.stdout or b"").decode(), err, 0)


def nobody_reads() -> int:
    """The end of a pipe whose reader went away."""
    read, write = os.pipe()
    os.close(read)
    return write


# -- stdout and stderr ---------------------------------------------------------------------------


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", ["show", "status", "status --json", "history", "--help"])
def test_a_reader_that_went_away_is_no_error(ready: World, words: str, unbuffered: str) -> None:
    done = shell(ready, words, "", unbuffered, nobody_reads())
    assert done.status in (0, 1)  # Python's own help takes it for done
    assert done.err == ""


def test_a_reader_that_goes_away_in_the_middle_is_no_error(world: World) -> None:
    world.begin(MEMORY + "- a habit\n" * 20_000)  # more than a pipe holds
    done = shell(world, "show", "| head -c 1")
    assert (done.out, done.err) == ("#", "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", ["show", "status", "status --json", "history", "doctor --json"])
def test_a_result_that_cannot_be_written_is_one_clear_error(
    ready: World, words: str, unbuffered: str
) -> None:
    told(shell(ready, words, ">/dev/full", unbuffered), 1, NO_SPACE)


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_error_that_cannot_be_written_as_json_is_told_in_words(
    world: World, unbuffered: str
) -> None:
    told(shell(world, "status --json", ">/dev/full", unbuffered), 3, "memsync init")
    told(shell(world, "status --json", "", unbuffered, nobody_reads()), 3, "memsync init")


def test_a_hook_ends_well_whatever_its_streams_take(ready: World) -> None:
    shutil.rmtree(ready.cloud)  # so that there is something to say
    assert "memsync doctor" in shell(ready, "hook SessionStart").out
    for redirection in (">/dev/full", ">&-", "<&- >&- 2>&-"):
        done = shell(ready, "hook SessionStart", redirection)
        assert (done.status, done.err) == (0, ""), redirection
    assert shell(ready, "hook SessionStart", "", "", nobody_reads()).status == 0


def test_a_stderr_that_takes_nothing_changes_no_status(ready: World) -> None:
    assert shell(ready, "config get nope", "2>/dev/full").status == 1
    assert shell(ready, "refresh", "2>/dev/full </dev/null").status == 0
    assert shell(ready, "show", "2>/dev/full").out == MEMORY


def test_a_command_whose_streams_are_closed_does_its_work(ready: World) -> None:
    for number, closed in enumerate(("<&-", ">&-", "2>&-", "<&- >&- 2>&-")):
        done = shell(ready, f"note tea{number}", closed)
        assert (done.status, done.err) == (0, ""), closed
    assert sorted(ready.pending.values()) == ["tea0", "tea1", "tea2", "tea3"]
    ready.edit("- Short answers, code first\n", "- Tabs\n")
    assert shell(ready, "undo", "<&- >&- 2>&-").status == 0
    assert ready.body == MEMORY
    told(shell(ready, "note", "<&-"), 1, "no note was given")


# -- a bug ---------------------------------------------------------------------------------------


def broken(world: World, *names: str) -> Result:
    """`memsync diff` with a Python in which these fail, telling the key; of memsync's own nothing
    is touched.
    """
    folder = world.root / "broken"
    folder.mkdir()
    lines = ["import difflib, os, tempfile", "def fail(*args, **more):"]
    lines += [
        (
            "    raise ZeroDivisionError(os.environ['MEMSYNC_API_KEY'], 'sk-ant-from-a-file', 'the "
            "details')"
        )
    ]
    lines += [f"{name} = fail" for name in names]
    (folder / "sitecustomize.py").write_text("\n".join(lines), encoding="utf-8")
    world.edit("- Short answers, code first\n", "- Tabs\n")
    world.ok("refresh")
    return world.run("diff", stdin=None, api=None, PYTHONPATH=str(folder))


def test_a_bug_is_two_plain_lines_and_a_log_without_the_key(ready: World) -> None:
    failed = broken(ready, "difflib.unified_diff")
    told(
        failed,
        1,
        "memsync has a bug: ZeroDivisionError (details: ",
        "memsync doctor; memsync status shows which notes are kept",
    )
    log = Path(failed.errors[0].partition("details: ")[2].removesuffix(")"))
    assert log.parent == ready.state
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    text = log.read_text(encoding="utf-8")
    assert text.startswith("Traceback (most recent call last):")
    assert "the details" in text
    assert KEY not in text
    assert "sk-ant" not in text


@pytest.mark.parametrize("writing", ["tempfile.mkstemp", "os.fdopen"])
def test_a_bug_whose_log_cannot_be_written_is_still_two_plain_lines(
    ready: World, writing: str
) -> None:
    failed = broken(ready, "difflib.unified_diff", writing)
    told(failed, 1, "memsync has a bug: ZeroDivisionError", "no log could be written")
