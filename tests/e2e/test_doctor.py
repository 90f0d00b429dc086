"""doctor: each damage is named with what fixes it, and nothing is written."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from memsync.commands.doctor.examine import examine
from memsync.commands.doctor.findings import Finding
from memsync.config import load
from memsync.memory.text.document import compose
from memsync.providers.resolve import resolve
from memsync.system.machine import Machine
from tests.e2e.damages import DAMAGES, doctor, said, settings, whole
from tests.e2e.test_permissions import Nobody, nobody
from tests.e2e.world import World
from tests.standin import StandIn
from tests.systems import can_become_another_user, posix_only

__all__ = ["nobody"]

pytestmark = posix_only("links and modes are those of POSIX")


SO_FAR = "all good so far: a refresh would work, if Claude accepts the key."


class Usage(NamedTuple):
    """What `shutil.disk_usage` answers."""

    total: int
    used: int
    free: int


def test_all_is_good_after_init_and_a_refresh(ready: World) -> None:
    with StandIn() as api:
        ready.ok("refresh", "-n", "Prefer tea.", api=api)
    done = ready.ok("doctor")
    assert done.out.splitlines()[-1] == SO_FAR
    assert "Problem" not in done.out
    assert "Warning" not in done.out


def test_a_heading_that_sounds_like_constraints_and_guards_nothing_is_told(ready: World) -> None:
    with ready.memory.open("r+", encoding="utf-8", newline="\n") as file:
        text = file.read()
        body, mark, footer = text.partition("\n<!-- memsync")
        more = "\n## House rules\n\n- Tea first.\n\n## Never\n\n- Push to main.\n"
        file.seek(0)
        file.write(body + more + mark + footer)
    before = ready.status()["constraints"]
    told = ready.ok("doctor").out
    assert (
        'Warning: "House rules" and "Never" sound like headings of constraints, and nothing below '
        "them is guarded\n"
        "  fix: memsync config set constraint_headings 'House rules' Never\n"
    ) in told
    ready.ok("config", "set", "constraint_headings", "House rules")
    told = ready.ok("doctor").out
    assert "fix: memsync config set constraint_headings 'House rules' Never\n" in told
    assert "next: memsync config set constraint_headings 'House rules' TITLE " in told
    ready.ok("config", "set", "constraint_headings", "House rules", "Never")
    assert ready.status()["constraints"] == before + 2
    assert "sound" not in ready.ok("doctor").out


def test_before_init_it_says_so_and_writes_nothing(world: World) -> None:
    before = whole(world)
    for words in ((), ("--fix",)):
        found = doctor(world, *words)
        assert found["status"] == 3
        assert said(found, "not set up")["fix"] == "memsync init"
    assert whole(world) == before


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damage_is_named_with_what_fixes_it_and_nothing_is_written(
    ready: World, name: str
) -> None:
    damage = DAMAGES[name]
    damage.do(ready)
    before = whole(ready)
    found = doctor(ready)
    assert damage.fix in said(found, damage.words, damage.level)["fix"]
    assert found["status"] == damage.status
    assert whole(ready) == before


@pytest.mark.parametrize("name", ["no footer", "target gone", "cloud gone"])
def test_all_good_is_said_only_when_a_refresh_would_work(ready: World, name: str) -> None:
    DAMAGES[name].do(ready)
    done = ready.run("doctor")
    lines = done.out.splitlines()
    assert done.status == DAMAGES[name].status
    assert ("all good" in done.out) == (done.status == 0)
    assert lines[-1] in (
        f"{SO_FAR.removesuffix('.')}; 1 warning.",
        "1 problem, 0 warnings.",
    )
    assert sum(line.startswith(("Problem: ", "Warning: ")) for line in lines) == 1
    assert all(
        line.startswith(("Problem: ", "Warning: ", "Note: ", "  fix: ", "  next: "))
        for line in lines[:-1]
    )


def without_key(world: World, **env: str) -> Any:
    return doctor(world, MEMSYNC_API_KEY="", **env)


def test_a_key_is_looked_for_where_refresh_looks_and_never_shown(ready: World) -> None:
    found = without_key(ready)
    assert said(found, "there is no API key")["fix"] == "memsync config set api_key"
    assert found["status"] == 5
    secret = "sk-ant-made-up-0123456789"
    found = without_key(ready, ANTHROPIC_API_KEY=secret)
    assert "unset ANTHROPIC_API_KEY" in said(found, "billed by the API", "warning")["fix"]
    assert found["status"] == 0
    assert secret not in str(found)
    assert without_key(ready, MEMSYNC_API_KEY_="", ANTHROPIC_AUTH_TOKEN="two words")["status"] == 5
    settings(ready, f"api_key_command = ['{sys.executable}', '-c', 'raise SystemExit(3)']")
    assert "exit status 3" in said(without_key(ready), "api_key_command failed")["what"]
    bad_address = doctor(ready, ANTHROPIC_BASE_URL="example.com:80")
    assert said(bad_address, "ANTHROPIC_BASE_URL")["fix"] == "unset ANTHROPIC_BASE_URL"


def test_held_notes_and_kept_replies_are_named(ready: World) -> None:
    with StandIn("prose refusal") as api:
        ready.run("refresh", "-n", "bad", api=api)
    with StandIn(when={"bad": "prose refusal"}) as api:
        ready.run("refresh", "-n", "good", api=api)
        ready.run("refresh", api=api)
    found = doctor(ready)
    note = next(iter(ready.pending))
    assert f"memsync forget {note}" in said(found, f"note {note} is held", "warning")["fix"]
    assert "memsync apply" in said(found, "was refused and is kept", "info")["fix"]


@pytest.mark.skipif(
    not can_become_another_user(),
    reason="NOT TESTED: to become another user takes root and setpriv",
)
@pytest.mark.parametrize("which", ["folder", "state", "claude"])
def test_a_folder_that_may_not_be_written_is_named(nobody: Nobody, which: str) -> None:
    folders = {"folder": nobody.folder, "state": nobody.state, "claude": nobody.target.parent}
    closed = folders[which]
    closed.chmod(0o500)
    done = nobody.run("doctor", "--json")
    told = said(done.json, f"{closed} cannot be written")
    assert f"chmod u+rwx {closed}" in told["fix"], done.err
    assert done.status == (4 if which == "folder" else 1)


@pytest.mark.skipif(
    not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give files away"
)
def test_files_of_another_user_are_named(ready: World) -> None:
    os.chown(ready.memory, 65534, 65534)
    assert "sudo chown -R 0" in said(doctor(ready), "to another user", "warning")["fix"]


def look(world: World, root: Path) -> list[Finding]:
    """What doctor finds in this process, on a machine whose /proc lies elsewhere."""
    env = {"MEMSYNC_API_KEY": "k", "ANTHROPIC_BASE_URL": "http://[::1"}
    config = load(Machine("linux", world.home, env, world.config, world.state, root=root))
    return examine(config, resolve(config))


def test_what_only_the_system_knows_is_asked_of_it(
    ready: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    proc = ready.root / "elsewhere" / "proc"
    proc.mkdir(parents=True)
    (proc / "mounts").write_text(
        f"gvfsd {proc.parent / str(ready.cloud)[1:]} fuse.gvfsd-fuse rw 0 0\n"
    )
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9, 0))
    monkeypatch.setitem(sys.modules, "anthropic", None)
    for number in range(501):
        name = f"GLOBAL_MEMORY_20250101_{number:06d}_0123456789ab.md"
        (ready.folder / "backups" / name).write_bytes(b"")
    many = [f"{number:012x}" for number in range(1500)]
    ready.memory.write_bytes(compose(ready.body, many, "-"))
    found = {one.what: one for one in look(ready, proc.parent)}
    words = {
        "is full": ("problem", 4),
        "is not installed": ("problem", 5),
        "ANTHROPIC_BASE_URL is not": ("problem", 5),
        "502 backups": ("warning", 1),
        "footer has": ("warning", 1),
    }
    for word, kind in words.items():
        assert [(one.level, one.status) for what, one in found.items() if word in what] == [kind], (
            found
        )


def test_a_provider_that_warns_is_heard(ready: World) -> None:
    proc = ready.root / "elsewhere" / "proc"
    proc.mkdir(parents=True)
    inside = proc.parent / str(ready.cloud)[1:]
    inside.parent.mkdir(parents=True)
    ready.cloud.rename(inside)
    settings(ready, "")
    path = ready.config / "config.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace(str(ready.cloud), str(inside)), encoding="utf-8"
    )
    (proc / "mounts").write_text(f"gvfsd {ready.cloud} fuse.gvfsd-fuse rw 0 0\n")
    found = [one for one in look(ready, proc.parent) if one.fix == "memsync providers"]
    assert len(found) == 1
    assert "gvfs" in found[0].what


@pytest.mark.parametrize("which", ["conflicts", "sessions", "bundles", "claude"])
def test_a_file_in_the_place_of_a_folder_is_named_with_what_fixes_it(
    ready: World, which: str
) -> None:
    place = ready.target.parent if which == "claude" else ready.folder / which
    if place.is_dir():
        place.rename(place.with_name(f"{place.name}-aside"))
    place.write_text("", encoding="utf-8")
    found = doctor(ready)
    assert found["ok"] is False
    assert said(found, f"{place} is not a folder", "problem")["fix"] == f"mv {place} {place}.old"
