"""The key's places, their order, and that no value ever shows."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from memsync.merge import keys
from memsync.merge.keys import Key
from memsync.system.errors import ClaudeError, InputError, LocalError
from memsync.system.machine import Machine

SECRET = "sk-ant-secret-0123456789"
ALL_VARIABLES = {
    "MEMSYNC_API_KEY": "from-memsync",
    "ANTHROPIC_API_KEY": "from-anthropic",
    "ANTHROPIC_AUTH_TOKEN": "a-token",
    "ANTHROPIC_PROFILE": "work",
}


def command(code: str) -> list[str]:
    return [sys.executable, "-c", code]


posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes and no sh")
PRINTS = command("print('from-command')")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine("linux", tmp_path, {}, tmp_path / "config" / "memsync", tmp_path / "state")


def with_env(machine: Machine, **env: str) -> Machine:
    return machine._replace(env=env)


def put(path: Path, data: bytes, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)
    return path


def test_no_place_has_a_key(machine: Machine) -> None:
    assert keys.find(machine, []) is None
    assert keys.describe(machine, []) == "none"


def test_the_first_place_wins_and_the_next_when_it_is_gone(machine: Machine) -> None:
    path = put(machine.config_dir / "api_key", b"from-file\n")
    put(machine.home / ".config/anthropic/configs/default.json", b"{}")
    env, argv = dict(ALL_VARIABLES), PRINTS
    found: list[Key | None] = []
    described: list[str] = []

    def look() -> None:
        found.append(keys.find(with_env(machine, **env), argv))
        described.append(keys.describe(with_env(machine, **env), argv))

    look()
    del env["MEMSYNC_API_KEY"]
    look()
    path.unlink()
    look()
    argv = []
    look()
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_PROFILE"):
        del env[name]
        look()
    assert found == [
        Key("api_key", "from-memsync", "MEMSYNC_API_KEY"),
        Key("api_key", "from-file", str(path)),
        Key("api_key", "from-command", "api_key_command"),
        Key("api_key", "from-anthropic", "ANTHROPIC_API_KEY"),
        Key("auth_token", "a-token", "ANTHROPIC_AUTH_TOKEN"),
        Key("profile", "work", "ANTHROPIC_PROFILE"),
        Key("profile", "default", "the Anthropic profile on this machine"),
    ]
    assert described == [key.source for key in found if key]


@pytest.mark.parametrize("value", ["", " ", "\n\t "])
def test_an_empty_value_is_no_key(machine: Machine, value: str) -> None:
    put(machine.config_dir / "api_key", value.encode())
    machine = with_env(
        machine, MEMSYNC_API_KEY=value, ANTHROPIC_API_KEY=value, ANTHROPIC_AUTH_TOKEN=value
    )
    assert keys.find(machine, []) is None
    assert keys.describe(machine, []) == "none"


def test_white_space_around_a_key_is_taken_off(machine: Machine) -> None:
    put(machine.config_dir / "api_key", b"\xef\xbb\xbf  " + SECRET.encode() + b"\r\n")
    key = keys.find(machine, [])
    assert key is not None
    assert key.value == SECRET
    assert keys.find(with_env(machine, MEMSYNC_API_KEY=f"\t{SECRET}\n"), []) == (
        "api_key",
        SECRET,
        "MEMSYNC_API_KEY",
    )


@pytest.mark.parametrize(
    "value",
    [
        f"{SECRET} {SECRET}",
        f"{SECRET}\nX-Evil: 1",
        f"{SECRET}\x7f",
        f"{SECRET}é",
        f"\u201c{SECRET}",
    ],
)
def test_a_value_that_cannot_be_a_key_is_named_by_its_place_only(
    machine: Machine, value: str
) -> None:
    with pytest.raises(ClaudeError) as caught:
        keys.find(with_env(machine, ANTHROPIC_API_KEY=value), [])
    assert "ANTHROPIC_API_KEY" in caught.value.what
    assert SECRET not in caught.value.what + caught.value.hint
    assert "\n" not in caught.value.what
    assert caught.value.status == 5


@pytest.mark.parametrize("name", ALL_VARIABLES)
def test_what_to_type_takes_a_bad_variable_away(machine: Machine, name: str) -> None:
    with pytest.raises(ClaudeError) as caught:
        keys.find(with_env(machine, **{name: "no key"}), [])
    assert caught.value.hint == f"unset {name}"  # a key that is set goes behind MEMSYNC_API_KEY


def test_a_file_in_utf_16_is_named(machine: Machine) -> None:
    path = put(machine.config_dir / "api_key", SECRET.encode("utf-16"))
    with pytest.raises(ClaudeError, match=re.escape(str(path))) as caught:
        keys.find(machine, [])
    assert caught.value.hint == keys.SET_KEY


def test_a_file_that_cannot_be_read_is_an_error_and_described(machine: Machine) -> None:
    (machine.config_dir / "api_key").mkdir(parents=True)
    machine = with_env(machine, ANTHROPIC_API_KEY=SECRET)
    with pytest.raises(ClaudeError, match=r"cannot read .*api_key"):
        keys.find(machine, [])
    assert keys.describe(machine, []) == str(machine.config_dir / "api_key")


def test_a_key_never_shows_in_a_repr() -> None:
    assert SECRET not in repr(Key("api_key", SECRET, "MEMSYNC_API_KEY"))


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (command(f"import sys; print('{SECRET}'); sys.exit('{SECRET}')"), "exit status 1"),
        (command("import os; os._exit(7)"), "exit status 7"),
        (command(f"import sys; sys.stderr.write('{SECRET}')"), "printed nothing"),
        (["/no/such/program"], "cannot be run" if sys.platform == "win32" else "no such file"),
        (["bad\0name"], "cannot be run: a word of it holds a NUL"),
        (command(f"print('{SECRET} and more')"), "not a key"),
    ],
)
def test_a_failing_command_is_an_error_without_its_output(
    machine: Machine, argv: list[str], words: str
) -> None:
    with pytest.raises(ClaudeError) as caught:
        keys.find(with_env(machine, ANTHROPIC_API_KEY="another-account"), argv)
    assert words in caught.value.what
    assert "api_key_command" in caught.value.what
    assert SECRET not in caught.value.what + caught.value.hint
    assert caught.value.__cause__ is None


def test_a_command_that_does_not_end_is_an_error(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "COMMAND_SECONDS", 0.2)
    with pytest.raises(ClaudeError, match=r"did not end within 0\.2 s"):
        keys.find(machine, command("import time; time.sleep(20)"))


def test_a_command_that_prints_without_end_is_ended(machine: Machine) -> None:
    begin = time.monotonic()
    with pytest.raises(ClaudeError, match="printed far more than a key"):
        keys.find(machine, command("while True: print('y' * 60)"))
    assert time.monotonic() - begin < 20


def test_what_a_command_leaves_in_the_background_is_not_waited_for(machine: Machine) -> None:
    begin = time.monotonic()
    child = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(30)'])"
    key = keys.find(machine, command(f"import subprocess, sys; print('{SECRET}'); {child}"))
    assert key is not None
    assert key.value == SECRET
    assert time.monotonic() - begin < 20


@pytest.fixture
def _notes_on_stdin() -> Iterator[None]:
    read, write = os.pipe()
    os.write(write, b"notes\n")
    os.close(write)
    before = os.dup(0)
    os.dup2(read, 0)
    yield
    os.dup2(before, 0)
    os.close(before)
    os.close(read)


@posix_only
@pytest.mark.usefixtures("_notes_on_stdin")
def test_a_command_runs_without_a_shell_without_stdin_and_from_home(machine: Machine) -> None:
    script = put(machine.home / "key.sh", b'#!/bin/sh\nread line\necho "key:$1$line"\n', 0o700)
    key = keys.find(machine, [f"~/{script.name}", "$HOME;id"])
    assert key is not None
    assert key.value == "key:$HOME;id"


def test_describe_runs_no_command(machine: Machine) -> None:
    mark = machine.home / "ran"
    assert keys.describe(machine, command(f"open({str(mark)!r}, 'w')")) == "api_key_command"
    assert not mark.exists()


@posix_only
def test_save_is_read_back_and_only_mine(machine: Machine) -> None:
    path = keys.save(machine, f"  {SECRET}\n")
    assert path.read_bytes() == SECRET.encode() + b"\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["api_key"]
    assert keys.find(machine, []) == Key("api_key", SECRET, str(path))


@posix_only
def test_save_closes_a_file_that_was_open_to_others(machine: Machine) -> None:
    path = put(machine.config_dir / "api_key", b"old\n", 0o644)
    keys.save(machine, SECRET)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text() == SECRET + "\n"


@posix_only
def test_save_leaves_what_a_link_leads_to_alone(machine: Machine) -> None:
    shared = put(machine.home / "shared", b"somebody else's\n", 0o644)
    path = machine.config_dir / "api_key"
    path.parent.mkdir(parents=True)
    path.symlink_to(shared)
    keys.save(machine, SECRET)
    assert (shared.stat().st_mode & 0o777, shared.read_bytes()) == (0o644, b"somebody else's\n")
    assert not path.is_symlink()
    assert (path.stat().st_mode & 0o777, path.read_text()) == (0o600, SECRET + "\n")


@posix_only
def test_save_leaves_a_folder_in_the_place_of_the_file_alone(machine: Machine) -> None:
    path = machine.config_dir / "api_key"
    path.mkdir(parents=True, mode=0o755)
    with pytest.raises(LocalError, match="api_key"):
        keys.save(machine, SECRET)
    assert path.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("value", ["", " \n", f"{SECRET} x", f"{SECRET}\nx", "schlüssel"])
def test_save_takes_no_value_that_cannot_be_a_key(machine: Machine, value: str) -> None:
    with pytest.raises(InputError) as caught:
        keys.save(machine, value)
    assert SECRET not in str(caught.value)
    assert not machine.config_dir.exists()


@posix_only
def test_a_file_open_to_others_is_used_and_reported(machine: Machine) -> None:
    path = put(machine.config_dir / "api_key", SECRET.encode(), 0o640)
    problem = keys.file_mode_problem(machine)
    assert problem is not None
    assert "0640" in problem
    assert f"chmod 600 {path}" in problem
    assert SECRET not in problem
    assert keys.find(machine, []) is not None


@posix_only
def test_a_file_of_mine_alone_is_no_problem(machine: Machine) -> None:
    assert keys.file_mode_problem(machine) is None
    path = put(machine.config_dir / "api_key", SECRET.encode())
    assert keys.file_mode_problem(machine) is None
    path.chmod(0o644)
    assert keys.file_mode_problem(machine._replace(system="windows")) is None


def test_the_active_profile_is_the_one_the_sdk_would_take(machine: Machine) -> None:
    put(machine.home / ".config/anthropic/active_config", b"work\n")
    assert keys.find(machine, []) == Key("profile", "work", "the Anthropic profile on this machine")
    elsewhere = with_env(machine, ANTHROPIC_CONFIG_DIR=str(machine.home / "elsewhere"))
    assert keys.find(elsewhere, []) is None
    put(machine.home / "elsewhere/configs/default.json", b"{}")
    assert keys.find(elsewhere, []) is not None


@pytest.mark.parametrize("roaming", [True, False])
def test_the_profile_of_windows_lies_in_roaming_data(machine: Machine, roaming: bool) -> None:
    folder = machine.home / "AppData" / "Roaming"
    env = {"APPDATA": str(folder)} if roaming else {}
    windows = machine._replace(system="windows", env=env)
    assert keys.find(windows, []) is None
    put(folder / "Anthropic/configs/default.json", b"{}")
    assert keys.find(windows, []) == Key(
        "profile", "default", "the Anthropic profile on this machine"
    )


def test_a_workload_identity_counts_when_it_is_whole(machine: Machine) -> None:
    env = {"ANTHROPIC_FEDERATION_RULE_ID": "rule", "ANTHROPIC_ORGANIZATION_ID": "org"}
    assert keys.find(with_env(machine, **env), []) is None
    env["ANTHROPIC_IDENTITY_TOKEN_FILE"] = "/run/token"
    key = keys.find(with_env(machine, **env), [])
    assert key == Key("profile", "rule", "ANTHROPIC_FEDERATION_RULE_ID")
