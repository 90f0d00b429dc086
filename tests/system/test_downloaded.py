"""A folder that hangs is looked at by a child that can be left behind."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

from tests.providers.machines import build, folder, write
from tests.systems import posix_only


@posix_only("Windows has no fork: there the look is not guarded")
def test_a_folder_that_hangs_is_given_up_in_time(tmp_path: Path) -> None:
    """In a process with one thread, as the program has: pytest's own has more, and Python warns of
    a fork there.
    """
    code = """
        import sys, time
        from memsync.system.downloaded import answers
        there = sys.argv[1]
        hangs = answers(there, 0.2, lambda path: time.sleep(3600))
        print(answers(there, 60), answers(there + "/absent", 60), hangs)
    """
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(code), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout, done.stderr) == ("True True False\n", ""), (
        "an error is an answer, silence is none"
    )


@posix_only("Windows has no fork: there the look is not guarded")
def test_a_look_that_is_left_behind_holds_nobodys_pipe() -> None:
    """A child that is stuck in the kernel cannot be killed;

    `memsync status | cat` must end all the same.
    """
    program = (
        "import os, time; from memsync.system.downloaded import answers; os.kill = lambda *a: "
        "None; print(answers('/', 0.2, lambda path: time.sleep(120)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=90
    )
    assert done.stdout == "False\n"


def test_what_may_hang_is_known_through_links_and_not_touched(tmp_path: Path) -> None:
    linux = build(tmp_path / "linux", "linux")
    mount = folder(linux.root / "mnt/my od/deep").parent
    write(linux.root / "proc/mounts", "onedrive: /mnt/my\\040od fuse.rclone rw 0 0\n")
    (linux.home / "Cloud").symlink_to(mount)
    (linux.home / "mine").symlink_to("Cloud/deep")
    (linux.home / "loop").symlink_to("loop")
    hanging = [
        mount,
        mount / "deep",
        linux.home / "Cloud",
        linux.home / "mine",
        linux.home / "x/../mine/y",
    ]
    assert [path for path in hanging if not linux.may_hang(path)] == []
    assert not any(linux.may_hang(linux.home / name) for name in (".", "loop", "other"))
    mac = build(tmp_path / "mac", "mac")
    folder(mac.home / "Library/CloudStorage/Dropbox")
    (mac.home / "Dropbox").symlink_to("Library/CloudStorage/Dropbox")
    assert mac.may_hang(mac.home / "Dropbox")
    assert not mac.may_hang(mac.home / "Library")
