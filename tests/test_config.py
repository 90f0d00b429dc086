"""Settings: every key survives writing, and a bad one breaks only what needs it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memsync.config import BY_NAME, KEYS, ConfigError, load, parse, render, rewritten, save, typed
from memsync.providers.registry import PROVIDERS
from memsync.system.errors import InputError
from memsync.system.machine import Machine
from tests.systems import posix_only


def machine(folder: Path) -> Machine:
    return Machine("linux", folder, {}, folder / "config", folder / "state")


@posix_only("Windows keeps no modes")
def test_only_what_differs_from_the_defaults_is_written(tmp_path: Path) -> None:
    config = save(
        load(machine(tmp_path)),
        {"model": BY_NAME["model"].default, "max_lines": 300, "account": None},
    )
    assert (tmp_path / "config" / "config.toml").read_text() == "max_lines = 300\n"
    assert config.number("max_lines") == 300
    assert config.text("model") == BY_NAME["model"].default
    assert (tmp_path / "config" / "config.toml").stat().st_mode & 0o777 == 0o600


def test_what_another_command_set_meanwhile_stays(tmp_path: Path) -> None:
    config = load(machine(tmp_path))
    save(load(machine(tmp_path)), {"model": "claude-haiku-5-5"})
    save(config, {"max_lines": 300})
    assert dict(load(machine(tmp_path)).values) == {"max_lines": 300, "model": "claude-haiku-5-5"}


@given(
    values=st.dictionaries(
        st.sampled_from(["provider", "account", "sync_root", "model"]), st.text(min_size=1)
    )
)
def test_any_text_comes_back_as_it_went(values: dict[str, str]) -> None:
    values = {key: text for key, text in values.items() if text.isprintable()}
    assert dict(parse(machine(Path("/x")), render(values)).values) == values


MINE = """\
# the laptop of the lab
max_lines = 300  # long enough

# cheaper
model = "claude-haiku-5-5"
future = "x"

[later]
model = "of somebody else"
"""


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        ({"max_lines": 500}, "max_lines = 300  # long enough\n", "max_lines = 500\n"),
        ({"model": None}, 'model = "claude-haiku-5-5"\nfuture', "future"),
        ({"keep_days": 90}, '"x"\n\n[later]', '"x"\n\nkeep_days = 90\n[later]'),
        ({}, "", ""),
    ],
)
def test_the_persons_own_lines_and_comments_stay(
    tmp_path: Path, changes: dict[str, object], old: str, new: str
) -> None:
    path = tmp_path / "config" / "config.toml"
    path.parent.mkdir()
    path.write_text(MINE)
    save(load(machine(tmp_path)), changes)
    assert path.read_text() == MINE.replace(old, new)


@given(
    before=st.text(st.sampled_from("abmodel_=\n#[]\"'1 ,"), max_size=60),
    values=st.dictionaries(st.sampled_from(["model", "account"]), st.text(min_size=1)),
)
def test_whatever_the_file_looks_like_the_values_are_those_that_were_set(
    before: str, values: dict[str, str]
) -> None:
    values = {key: text for key, text in values.items() if text.isprintable()}
    try:
        others = {
            key: value
            for key, value in tomllib.loads(before).items()
            if key not in ("model", "account")
        }
    except tomllib.TOMLDecodeError:
        return
    wanted = {**others, **values}
    assert tomllib.loads(rewritten(before.encode(), wanted).decode()) == wanted


def test_a_key_of_a_later_version_is_kept_and_said(tmp_path: Path) -> None:
    first = parse(machine(tmp_path), b'# mine\nfuture = "x"\nmax_lines = 300\n')
    assert any("config.toml:2: unknown key 'future'" in line for line in first.warnings)
    save(first, {"model": "claude-haiku-5-5"})
    assert 'future = "x"' in (tmp_path / "config" / "config.toml").read_text()


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ('max_lines = "many"', "max_lines", 1),
        ("\n\ntimeout = 0", "timeout", 3),
        ("timeout = true", "timeout", 1),
        ("model = 5", "model", 1),
        ('model = ""', "model", 1),
        ('link = "hard"', "link", 1),
        ('api_key_command = "pass show"', "api_key_command", 1),
        ("api_key_command = []", "api_key_command", 1),
        ("keep_days = -1", "keep_days", 1),
        ("keep_days = 999999999", "keep_days", 1),
        ('provider = "nonsense"', "provider", 1),
        ('sync_root = "rel"', "sync_root", 1),
        ('sync_root = "~ada/Dropbox"', "sync_root", 1),
        ('sync_root = "/mnt/a\\tb"', "sync_root", 1),
    ],
)
def test_a_wrong_value_breaks_only_its_own_key(
    tmp_path: Path, text: str, key: str, line: int
) -> None:
    config = parse(machine(tmp_path), text.encode())
    assert f"config.toml:{line}: {key} " in config.warnings[0]
    with pytest.raises(ConfigError, match=key):
        config.get(key)
    for other in KEYS:
        if other.name != key:
            config.get(other.name)


@pytest.mark.parametrize("raw", [b"max_lines = \n", b"\xff\xfe\x00", b"= 3", b"[", b'a = "\n"'])
def test_a_file_that_is_no_toml_is_said_with_its_name(tmp_path: Path, raw: bytes) -> None:
    config = parse(machine(tmp_path), raw)
    with pytest.raises(ConfigError, match=r"config\.toml"):
        config.get("model")
    with pytest.raises(ConfigError):
        save(config, {"model": "x"})


def test_the_line_of_bad_toml_is_said(tmp_path: Path) -> None:
    assert "config.toml:2:" in parse(machine(tmp_path), b"max_lines = 3\nmodel = \n").broken


def test_a_folder_in_the_place_of_the_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "config" / "config.toml").mkdir(parents=True)
    assert "config.toml" in load(machine(tmp_path)).broken


def test_an_api_key_in_the_settings_is_warned_of(tmp_path: Path) -> None:
    config = parse(machine(tmp_path), b'api_key = "sk-ant-xxxx"\n')
    assert "config.toml:1: no place for an API key" in config.warnings[0]
    assert "sk-ant" not in config.warnings[0]


@pytest.mark.parametrize(
    ("name", "words", "value"),
    [
        ("max_lines", ["300"], 300),
        ("model", ["claude-opus-5-5"], "claude-opus-5-5"),
        ("api_key_command", ["pass", "show", "a b"], ["pass", "show", "a b"]),
        ("link", ["copy"], "copy"),
        ("provider", ["gdrive"], "gdrive"),
        ("sync_root", ["/mnt/cloud"], "/mnt/cloud"),
        ("sync_root", ["~/cloud"], "~/cloud"),
        ("keep_days", ["100000"], 100_000),
    ],
)
def test_typed_values_get_their_type(name: str, words: list[str], value: object) -> None:
    assert typed(machine(Path("/home/ada")), name, words) == value


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nonsense", ["1"]),
        ("max_lines", ["many"]),
        ("max_lines", ["1.5"]),
        ("max_lines", []),
        ("keep_days", ["100001"]),
        ("timeout", ["999999999"]),
        ("max_tokens", ["1000001"]),
        ("link", ["hard"]),
        ("provider", ["nonsense"]),
        ("sync_root", ["rel"]),
        ("sync_root", ["/mnt/a\nb"]),
        ("sync_root", ["/mnt/\udcff"]),
        ("model", ["a", "b"]),
        ("model", [""]),
    ],
)
def test_a_wrong_typed_value_says_what_to_type(name: str, words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        typed(machine(Path("/home/ada")), name, words)
    assert caught.value.hint.startswith("memsync config set")


def test_the_services_are_those_of_the_registry() -> None:
    assert BY_NAME["provider"].choices == tuple(provider.name for provider in PROVIDERS)


def test_a_path_that_begins_with_a_tilde_is_this_machines() -> None:
    config = parse(machine(Path("/home/ada")), b'sync_root = "~/cloud"\n')
    assert config.text("sync_root") == str(Path("/home/ada/cloud"))
    assert config.values["sync_root"] == "~/cloud", "the person's own words stay in the file"


@pytest.mark.parametrize("text", ['provider = "nonsense"', 'sync_root = "rel"', "account = 3"])
def test_what_init_pins_is_set_anew_by_init(text: str) -> None:
    config = parse(machine(Path("/home/ada")), text.encode())
    assert config.unpinned
    with pytest.raises(ConfigError) as caught:
        config.get(text.split(" ")[0])
    assert caught.value.hint == "memsync init"
