"""The findings as values: models by date, the target of each system, modes where a file system
keeps any.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from memsync.commands.doctor import access
from memsync.commands.doctor.findings import (
    Finding,
    Shown,
    exit_status,
    first_of_each,
    imports,
    of_error,
    of_memory,
    of_model,
    of_names,
    of_target,
)
from memsync.memory.text.document import STARTER, compose, parse
from memsync.merge.models import ACTIVE_MODELS, DEFAULT_MODEL, RETIRES
from memsync.system.errors import FolderError
from memsync.system.machine import Machine
from tests.systems import posix_only

BODY = "# Global Memory\n\n- a fact\n"
MEMORY = parse(compose(BODY, [], "-"))


class Mount(NamedTuple):
    """What `os.statvfs` answers."""

    f_flag: int


class Usage(NamedTuple):
    """What `shutil.disk_usage` answers."""

    total: int
    used: int
    free: int


def levels(found: Iterable[Finding]) -> list[str]:
    return [one.level for one in found]


@pytest.mark.parametrize(
    ("model", "day", "level"),
    [
        (DEFAULT_MODEL, date(2026, 11, 22), []),
        ("claude-sonnet-4-20250514", date(2026, 6, 15), ["problem"]),
        ("claude-sonnet-4-5", date(2026, 11, 22), ["warning"]),
        ("claude-sonnet-4-5", date(2026, 11, 30), ["problem"]),
        ("claude-3-7-sonnet-latest", date(2026, 11, 22), ["problem"]),
        ("gpt-x", date(2026, 11, 22), ["warning"]),
    ],
)
def test_a_model_is_judged_by_the_table_and_the_day(
    model: str, day: date, level: list[str]
) -> None:
    found = list(of_model(model, day))
    assert levels(found) == level
    assert exit_status(found) == (5 if level == ["problem"] else 0)


def test_no_active_model_is_in_the_table_of_the_retired() -> None:
    assert not set(ACTIVE_MODELS) & set(RETIRES)


def test_the_status_is_that_of_the_first_problem() -> None:
    found = [
        Finding("warning", "w", "m", 9),
        Finding("problem", "a", "m", 4),
        Finding("problem", "b", "m", 5),
    ]
    assert exit_status(found) == 4
    assert exit_status(found[:1]) == 0
    assert first_of_each([*found, found[1]._replace(fix="other")]) == found


def test_doctor_never_sends_anybody_to_doctor() -> None:
    assert of_error(FolderError("x", "memsync doctor"), "ls").fix == "ls"
    assert of_error(FolderError("x", ""), "ls").fix == "ls"
    assert of_error(FolderError("x", "memsync init"), "ls") == Finding(
        "problem", "x", "memsync init", 4
    )


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (MEMORY.raw, []),
        (compose(STARTER, [], "-"), ["untouched starter"]),
        (compose("---\nname: x\n---\n\n# M\n", [], "-"), ["begins with `---`"]),
        (compose("# M\n" + "- x\n" * 400, [], "-"), ["401 lines, more than 400"]),
        (compose(BODY + "x" * (4 << 20), [], "-"), ["larger than 4 MiB"]),
        (compose(BODY, [], "-").replace(b"a fact", b"a fig"), ["was edited"]),
        (compose("\n", [], "-"), ["holds no text"]),
    ],
)
def test_the_memory_as_a_text(raw: bytes, words: list[str]) -> None:
    found = list(of_memory(parse(raw), "M", 400))
    assert [word in one.what for one, word in zip(found, words, strict=True)] == [True] * len(words)


def test_imports_are_bare_paths_and_no_code() -> None:
    text = (
        "see @~/notes.md and @docs/a.md, again @~/notes.md\n`@code.md`\n\n    "
        "@block.md\n\nme@example.com\n"
    )
    assert sorted(imports(text)) == ["@docs/a.md", "@~/notes.md"]
    assert imports("nothing\n") == []


@pytest.mark.parametrize(
    ("shown", "level"),
    [
        (Shown("p", "p", "link", MEMORY.raw), []),
        (Shown("p", "p", "copy", MEMORY.raw), ["info"]),  # the settings say symlink
        (Shown("p", "p", "copy", b"old"), ["problem", "info"]),
        (Shown("p", "p", "link", None), ["problem"]),
        (Shown("p", "p", "link", b" \n"), ["problem"]),
        (Shown("p", "p", "absent", None), ["problem"]),
        (Shown("p", "p", "folder", None), ["problem"]),
    ],
)
def test_the_target_as_claude_code_sees_it(shown: Shown, level: list[str]) -> None:
    assert levels(of_target(shown, MEMORY, "symlink")) == level


def test_on_windows_a_copy_is_right() -> None:
    assert list(of_target(Shown("p", "p", "copy", MEMORY.raw), MEMORY, "copy")) == []


def test_second_copies_are_told_from_strays() -> None:
    found = list(
        of_names(
            ["GLOBAL_MEMORY.md", "GLOBAL_MEMORY (1).md", "GLOBAL_MEMORY.orig", "notes.md"],
            ["GLOBAL_MEMORY (1).md"],
            "f",
            "q",
        )
    )
    assert [one.fix for one in found] == [
        "memsync refresh",
        "compare it with q, then move it elsewhere",
    ]


def machine(root: Path, mounts: str) -> Machine:
    (root / "proc").mkdir()
    (root / "proc" / "mounts").write_text(mounts, encoding="utf-8")
    return Machine("linux", root, {}, root, root, root=root)


def test_modes_count_only_where_the_file_system_keeps_them(tmp_path: Path) -> None:
    mounts = (
        "/dev/sda / ext4 rw 0 0\nC: /mnt/c 9p rw 0 0\ndrive: /home/me/My\\040Drive fuse.rclone rw\n"
    )
    here = machine(tmp_path, mounts)
    assert access.keeps_modes(here, Path("/home/me/OneDrive"))
    assert not access.keeps_modes(here, Path("/mnt/c/Users/me/OneDrive"))
    assert not access.keeps_modes(here, Path("/home/me/My Drive/x"))
    assert not access.keeps_modes(here._replace(system="windows"), Path("C:/x"))


@posix_only("Windows keeps no modes")
def test_narrowing_spares_links_and_what_they_lead_to(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.write_text("x", encoding="utf-8")
    outside.chmod(0o644)
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "file").touch()
    (folder / "sub" / "file").chmod(0o664)
    (folder / "link").symlink_to(outside)
    folder.chmod(0o755)
    (folder / "sub").chmod(0o750)
    assert access.narrow(folder) == 3
    assert access.narrow(folder) == 0
    paths = (folder, folder / "sub", folder / "sub" / "file")
    modes = {path.name: stat.S_IMODE(path.lstat().st_mode) for path in paths}
    assert modes == {"folder": 0o700, "sub": 0o700, "file": 0o600}
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644


def test_a_young_temp_file_is_a_write_at_work(tmp_path: Path) -> None:
    path = tmp_path / ".~x.0123456789abcdef.tmp"
    path.touch()
    now = path.stat().st_mtime
    assert access.leftovers([tmp_path], now + 3599) == []
    assert access.leftovers([tmp_path], now + 3601) == [str(path)]


def test_what_cannot_be_looked_at_is_passed_by(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert list(access.inside(gone)) == []
    assert access.of_others(gone, 1) == []
    assert access.of_others(gone, None) == []
    assert access.size(gone) == 0
    assert not access.is_wide(gone)
    assert not access.is_full(gone)
    assert access.unwritable(gone / "deeper") is None
    assert access.narrow(gone) == 0


def test_a_full_disk_is_told_from_a_mount_that_knows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9, 0))
    assert access.is_full(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(0, 0, 0))
    assert not access.is_full(tmp_path)


@posix_only("Windows tells this in no such way")
def test_a_disk_that_is_read_only_is_not_called_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "statvfs", lambda path: Mount(os.ST_RDONLY))
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9, 0))
    assert not access.is_full(tmp_path)
    monkeypatch.setattr(os, "statvfs", lambda path: Mount(0))
    assert access.is_full(tmp_path)
