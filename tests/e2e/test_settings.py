"""Settings, the key, exit statuses and `--json`: what is wrong is said with its place, and breaks
nothing else.
"""

from __future__ import annotations

import shutil
import stat
import tomllib
from pathlib import Path

import pytest

from tests.e2e.ending import fails
from tests.e2e.world import World, told
from tests.systems import posix_only

SECRET = "sk-ant-api03-" + "Zy9" * 12


def settings(world: World, *lines: str) -> Path:
    """Lines at the end of config.toml."""
    path = world.config / "config.toml"
    path.write_text(
        path.read_text(encoding="utf-8") + "".join(f"{line}\n" for line in lines), encoding="utf-8"
    )
    return path


def line_of(path: Path, text: str) -> str:
    rows = path.read_text(encoding="utf-8").splitlines()
    return f"{path}:{next(n for n, row in enumerate(rows, 1) if text in row)}"


@posix_only("Windows keeps no modes")
def test_a_setting_is_set_shown_used_and_taken_back(ready: World) -> None:
    path = ready.config / "config.toml"
    assert ready.ok("config", "path").out == f"{path}\n"
    before = path.read_bytes()
    assert ready.ok("config", "set", "max_lines", "25").out == "max_lines = 25\n"
    assert ready.ok("config", "get", "max_lines").out == "25\n"
    assert "max_lines = 25\n" in ready.ok("config", "show").out
    assert "max_lines = 25\n" in ready.ok("config").out
    assert ready.status()["max_lines"] == 25
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    ready.ok("config", "set", "api_key_command", "pass", "show", "anthropic")
    assert 'api_key_command = [\n    "pass",\n    "show",\n    "anthropic",\n]' in path.read_text(
        encoding="utf-8"
    )
    for key in ("max_lines", "api_key_command"):
        ready.ok("config", "set", key, "default")
    assert path.read_bytes() == before
    assert ready.ok("config", "get", "max_lines").out == "400\n"
    ready.ok("config", "set", "max_lines", "400")
    assert path.read_bytes() == before, "a default is not written"


def test_only_what_init_pins_is_in_the_settings_and_unknown_keys_stay(ready: World) -> None:
    path = ready.config / "config.toml"
    assert "model" not in path.read_text(encoding="utf-8")
    settings(ready, 'colour = "blue"')
    ready.ok("config", "set", "timeout", "60")
    assert 'colour = "blue"' in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ["set", "max_lines", "many"],
        ["set", "max_lines", "3"],
        ["set", "timeout", "0"],
        ["set", "timeout", "1", "2"],
        ["set", "timeout", "999999999"],
        ["set", "keep_days", "999999999"],
        ["set", "provider", "nonsense"],
        ["set", "sync_root", "rel"],
        ["set", "model", "a", "--b"],
        ["set", "max_lines", "-5"],
        ["set", "link", "hard"],
        ["set", "modle", "claude-opus-4-5"],
        ["set", "modle", "default"],
        ["set", "model", ""],
        ["set", "api_key_command"],
        ["set"],
        ["get"],
        ["get", "modle"],
        ["get", "api_key"],
        ["set", "api_key", SECRET],
    ],
)
def test_a_wrong_setting_is_refused_and_nothing_is_written(ready: World, words: list[str]) -> None:
    path = ready.config / "config.toml"
    before = path.read_bytes()
    failed = ready.run("config", *words)
    told(failed, 2 if len(words) == 1 else 1, "memsync ")
    assert SECRET not in failed.out + failed.err
    assert path.read_bytes() == before
    assert not (ready.config / "api_key").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["op", "read", "--no-newline", "op://x/y"],
        ["sh", "-c", "echo 'a key'"],
        ["pass", "--", "-h", "--help"],
    ],
)
@pytest.mark.parametrize("first", [[], ["--"]])
def test_the_words_of_a_command_are_taken_as_they_stand(
    ready: World, first: list[str], words: list[str]
) -> None:
    ready.ok("config", "set", "api_key_command", *first, *words)
    assert (
        tomllib.loads((ready.config / "config.toml").read_text(encoding="utf-8"))["api_key_command"]
        == words
    )
    assert ready.ok("config", "get", "api_key_command").out == " ".join(words) + "\n"


@pytest.mark.parametrize("words", [[], ["set"], ["set", "api_key_command"], ["get"]])
@pytest.mark.parametrize("asked", ["-h", "--help"])
def test_help_is_given_wherever_it_is_the_next_word(
    ready: World, words: list[str], asked: str
) -> None:
    before = (ready.config / "config.toml").read_bytes()
    assert ready.ok("config", *words, asked).out.startswith("usage: memsync config ")
    assert (ready.config / "config.toml").read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [
        ["show", "x"],
        ["show", "x", "y"],
        ["path", "x"],
        ["path", "--json"],
        ["get", "model", "timeout"],
    ],
)
def test_more_words_than_config_takes_are_said(ready: World, words: list[str]) -> None:
    failed = ready.run("config", *words)
    if "--json" in words:
        assert failed.json["error"]["status"] == 2
        return
    told(failed, 2, repr(words[2] if words[0] == "get" else words[1]), f"memsync config {words[0]}")
    assert failed.out == ""


@pytest.mark.parametrize("line", ['provider = "nonsense"', 'sync_root = "cloud"'])
def test_init_sets_anew_what_it_pinned_and_nobody_can_use(ready: World, line: str) -> None:
    path = ready.config / "config.toml"
    key = line.split(" ")[0]
    rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text(
        "".join(f"{line if row.startswith(key) else row}\n" for row in rows), encoding="utf-8"
    )
    for words in (["status"], ["refresh"]):
        failed = ready.run(*words)
        fails(failed, 1, f"{line_of(path, line)}: {key} must be", "Try: memsync init")
    assert "fix: memsync init" in ready.run("doctor").out
    ready.ok("init", "--sync-root", str(ready.cloud))
    assert ready.ok("status").err == ""
    assert (ready.status()["provider"], ready.status()["sync_root"]) == ("custom", str(ready.cloud))


def test_plain_init_looks_again_where_the_pinned_provider_is_none(world: World) -> None:
    folder = world.home / "Dropbox"
    folder.mkdir()
    (folder / "a file").touch()
    world.ok("init")
    path = world.config / "config.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"dropbox"', '"nonsense"'), encoding="utf-8"
    )
    world.ok("init")
    assert (world.status()["provider"], world.status()["sync_root"]) == ("dropbox", str(folder))
    assert world.ok("status").err == ""


@posix_only("Windows makes no links for everybody")
def test_settings_that_are_a_link_to_nowhere_are_named(ready: World) -> None:
    """Dotfiles that were moved: no settings were read, and none could be written."""
    path = ready.config / "config.toml"
    path.rename(ready.home / "dotfiles.toml")
    path.symlink_to(ready.home / "moved.toml")
    words = f"{path} is a link that leads nowhere", f"correct or remove {path}"
    for command in (("status",), ("config", "set", "max_lines", "300"), ("init",), ("show",)):
        told(ready.run(*command), 1, *words)
    assert words[0] in ready.run("doctor").out
    path.unlink()
    path.symlink_to(ready.home / "dotfiles.toml")
    ready.ok("status")


def test_a_link_that_is_none_is_set_anew_by_init(ready: World) -> None:
    path = settings(ready, 'link = "hardlink"')
    fails(
        ready.run("init"),
        1,
        f"{line_of(path, 'hardlink')}: link must be one of",
        "config set link symlink|copy|import",
    )
    ready.ok("init", "--link", "copy")
    assert ready.ok("status").err == ""


def test_an_unknown_key_is_named_with_file_and_line_and_breaks_nothing(ready: World) -> None:
    path = settings(ready, "modle = 'claude-opus-4-5'")
    for words in (["status"], ["note", "Prefer tea"], ["refresh"], ["config"]):
        done = ready.run(*words, MEMSYNC_API_KEY="")
        assert f"{line_of(path, 'modle')}: unknown key 'modle'" in done.err
        assert done.status == (5 if words == ["refresh"] else 0), done


def test_a_wrong_type_is_named_and_only_what_needs_it_fails(ready: World) -> None:
    path = settings(ready, 'timeout = "long"')
    place = f"{line_of(path, 'timeout')}: timeout must be a whole number, not 'long'"
    done = ready.ok("note", "Prefer tea")
    assert place in done.err
    assert "Prefer tea" in ready.notes.values()
    shown = ready.ok("config", "show")
    assert "timeout = (not usable" in shown.out
    failed = ready.run("refresh")
    assert failed.status == 1
    assert "memsync config set timeout" in failed.err
    ready.ok("status")
    ready.ok("config", "set", "timeout", "60")
    assert ready.ok("status").err == ""


def test_bad_toml_is_named_with_file_and_line_and_a_note_is_kept(ready: World) -> None:
    path = settings(ready, "max_lines = = 3")
    before = path.read_bytes()
    place = line_of(path, "= = 3")
    for words in (
        ["status"],
        ["refresh", "-n", "Ship 2.0 in May"],
        ["show"],
        ["config", "set", "timeout", "60"],
    ):
        fails(ready.run(*words), 1, place, "correct or remove")
    done = ready.ok("note", "Prefer tea")
    assert place in done.err
    kept = [*ready.outbox.values(), *ready.notes.values()]
    assert {"Prefer tea", "Ship 2.0 in May"} <= set(kept)
    assert path.read_bytes() == before


@posix_only("Windows keeps no modes")
def test_the_key_is_read_from_stdin_kept_for_this_user_and_never_shown(ready: World) -> None:
    done = ready.ok("config", "set", "api_key", stdin=f"  {SECRET}\n".encode())
    path = ready.config / "api_key"
    assert path.read_text(encoding="utf-8") == f"{SECRET}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert str(path) in done.out
    shown = [done]
    for words in (
        ["status"],
        ["status", "--json"],
        ["config", "show"],
        ["doctor"],
        ["doctor", "--json"],
        ["history"],
    ):
        shown.append(ready.run(*words, MEMSYNC_API_KEY=""))
    assert not [one for one in shown if SECRET in one.out + one.err]
    assert ready.run("status", "--json", MEMSYNC_API_KEY="").json["key"] == str(path)
    files = [
        one
        for one in ready.root.rglob("*")
        if one.is_file() and SECRET.encode() in one.read_bytes()
    ]
    assert files == [path]
    path.chmod(0o644)
    ready.ok("config", "set", "api_key", stdin=SECRET.encode())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "bad", [b"", b" \n", b"sk-ant one two\n", "sk-ant-\u2026\n".encode(), b"sk-ant\x00key"]
)
def test_what_is_no_key_is_not_kept(ready: World, bad: bytes) -> None:
    (ready.config / "api_key").write_text(f"{SECRET}\n", encoding="utf-8")
    told(ready.run("config", "set", "api_key", stdin=bad), 1, "nothing was saved")
    assert (ready.config / "api_key").read_text(encoding="utf-8") == f"{SECRET}\n"


def test_the_first_key_that_exists_is_named(ready: World) -> None:
    def key(**more: str) -> object:
        return ready.run("status", "--json", stdin=None, api=None, **more).json["key"]

    env = {"ANTHROPIC_API_KEY": "sk-ant-a", "ANTHROPIC_AUTH_TOKEN": "t"}
    assert key(**env) == "MEMSYNC_API_KEY"
    assert key(MEMSYNC_API_KEY="", **env) == "ANTHROPIC_API_KEY"
    assert key(MEMSYNC_API_KEY="", ANTHROPIC_AUTH_TOKEN="t") == "ANTHROPIC_AUTH_TOKEN"
    assert key(MEMSYNC_API_KEY="") == "none"
    ready.ok("config", "set", "api_key_command", "false")
    assert key(MEMSYNC_API_KEY="", **env) == "api_key_command"
    ready.ok("note", "Prefer tea")
    failed = ready.run("refresh", stdin=None, api=None, MEMSYNC_API_KEY="", **env)
    fails(failed, 5, "api_key_command failed with exit status 1")


def without_folder(world: World) -> None:
    shutil.rmtree(world.folder)


def without_cloud(world: World) -> None:
    shutil.rmtree(world.cloud)


def test_statuses_before_init(world: World) -> None:
    for words in (
        ["status"],
        ["show"],
        ["diff"],
        ["history"],
        ["undo"],
        ["restore", "-1"],
        ["apply"],
        ["prune"],
    ):
        told(world.run(*words), 3, "memsync init")
    for words in (["forget", "0123"], ["refresh"], ["refresh", "--dry-run"]):
        fails(world.run(*words), 3, "memsync init")
    fails(world.run("note", "Prefer tea"), 3, "memsync init")
    for words in (["config"], ["providers"], ["--version"], ["--help"], ["note", "--help"]):
        world.ok(*words)
    assert world.run("doctor").status == 3


@pytest.mark.parametrize("gone", [without_folder, without_cloud])
def test_statuses_without_the_cloud_folder(ready: World, gone: object) -> None:
    assert callable(gone)
    gone(ready)
    for words in (
        ["status"],
        ["show"],
        ["diff"],
        ["history"],
        ["undo"],
        ["restore", "-1"],
        ["apply"],
        ["prune"],
    ):
        told(ready.run(*words), 4, "is not there")
    assert ready.run("doctor").status == 4
    assert ready.run("refresh").status == 4
    assert ready.run("refresh", CLAUDE_CONFIG_DIR="relative").status == 4, (
        "the memory's own trouble is told"
    )
    ready.ok("note", "Prefer tea")
    assert not ready.folder.exists()


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["frobnicate"],
        ["status", "--frob"],
        ["config", "frob"],
        ["restore"],
        ["prune", "--keep-days", "x"],
    ],
)
def test_a_wrong_command_line_is_status_2(ready: World, words: list[str]) -> None:
    failed = ready.run(*words)
    assert failed.status == 2
    if words:
        told(failed, 2, "--help")


@pytest.mark.parametrize("command", ["status", "refresh", "history", "doctor"])
@pytest.mark.parametrize("state", ["before init", "folder gone", "bad settings"])
def test_a_failure_as_json_is_one_object(world: World, command: str, state: str) -> None:
    status = 3
    if state != "before init":
        world.begin()
        status = 4 if state == "folder gone" else 1
        without_folder(world) if status == 4 else settings(world, "= =")
    failed = world.run(command, "--json")
    assert failed.status == status
    shown = failed.json
    if command == "doctor":
        assert shown["ok"] is False
        assert all({"level", "what", "fix"} <= set(row) for row in shown["findings"])
        return
    assert set(shown) == {"error"}
    assert shown["error"]["status"] == status
    assert shown["error"]["what"]
    assert "try" in shown["error"]
    assert "Error:" not in failed.err


def test_json_of_each_command_holds_what_is_documented(ready: World) -> None:
    status = ready.status()
    documented = (
        "provider sync_root memory revision lines target link in_step pending held edited "
        "kept_reply conflicts backups key model last_merge"
    )
    assert set(documented.split()) <= set(status)
    assert (status["provider"], status["sync_root"]) == ("custom", str(ready.cloud))
    assert (status["memory"], status["target"]) == (str(ready.memory), str(ready.target))
    assert (status["in_step"], status["edited"], status["pending"], status["held"]) == (
        True,
        False,
        0,
        0,
    )
    assert (status["link"], status["model"], status["key"]) == (
        "symlink",
        "claude-sonnet-5-5",
        "MEMSYNC_API_KEY",
    )
    assert ready.ok("refresh", "--json").json["result"] == "no changes"
    assert [row["name"] for row in ready.ok("providers", "--json").json["providers"]][
        -1
    ] == "custom"
    assert ready.ok("doctor", "--json").json["ok"] is True
    assert (
        ready.run("refresh", "-n", "x", "--json", MEMSYNC_API_KEY="").json["error"]["status"] == 5
    )
    wrong = ready.run("status", "--json", "--frob")
    assert wrong.json["error"]["status"] == 2
