"""OneDrive on Windows, as its client leaves it in the registry and in the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.windows.pc import PC, REAL, end

ACCOUNTS = r"Software\Microsoft\OneDrive\Accounts"
SET = """
    import json, sys, winreg
    for account, values in json.loads(sys.argv[1]).items():
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, sys.argv[2] + "\\\\" + account) as key:
            for name, value in values.items():
                winreg.SetValueEx(key, name, 0, winreg.REG_SZ, value)
"""
UNSET = """
    import sys, winreg
    for account in sys.argv[2:]:
        winreg.DeleteKey(winreg.HKEY_CURRENT_USER, sys.argv[1] + "\\\\" + account)
"""

SignIn = Callable[[dict[str, dict[str, str]]], None]


@pytest.fixture
def sign_in(pc: PC) -> Iterator[SignIn]:
    """Write OneDrive's accounts into the registry, as its client does; they go after the test."""
    import json

    if REAL and "CI" not in os.environ:
        pytest.skip("NOT TESTED: the registry of a person's own Windows is left alone")
    made: list[str] = []

    def write(accounts: dict[str, dict[str, str]]) -> None:
        made.extend(accounts)
        assert end(pc.python(SET, json.dumps(accounts), ACCOUNTS)).status == 0

    yield write
    assert end(pc.python(UNSET, ACCOUNTS, *made)).status == 0


def pinned(pc: PC) -> str:
    """The cloud folder that `init` wrote into the settings."""
    return pc.ok("config", "get", "sync_root").text.strip()


def test_the_registry_leads_to_the_personal_account(pc: PC, sign_in: SignIn) -> None:
    folder = pc.root / "Zoë's OneDrive"
    folder.mkdir()
    sign_in({"Personal": {"UserFolder": pc.windows.spell(folder), "UserEmail": "z@example.org"}})
    assert "registry: Personal" in pc.ok("providers").text
    done = pc.ok("init", "--yes")
    assert "Provider:  onedrive (Personal)" in done.text
    assert pinned(pc) == pc.windows.spell(folder)
    assert (folder / ".claude-memory" / "GLOBAL_MEMORY.md").is_file()


def test_two_accounts_and_nobody_to_ask_is_no_guess(pc: PC, sign_in: SignIn) -> None:
    own, firm = pc.root / "OneDrive", pc.root / "OneDrive - Contoso"
    own.mkdir()
    firm.mkdir()
    sign_in(
        {
            "Personal": {"UserFolder": pc.windows.spell(own)},
            "Business1": {"UserFolder": pc.windows.spell(firm), "DisplayName": "Contoso"},
        }
    )
    done = pc.run("init")
    assert done.status == 4
    assert "Contoso" in done.text
    assert "Personal" in done.text
    assert not list(own.iterdir()) + list(firm.iterdir())
    pc.ok("init", "--sync-root", pc.windows.spell(firm))
    assert (firm / ".claude-memory").is_dir()
    assert not list(own.iterdir())


def test_a_signed_out_account_is_told_and_not_used(pc: PC, sign_in: SignIn) -> None:
    sign_in({"Personal": {"UserEmail": "z@example.org"}})
    assert "registry: Personal (signed out)" in pc.ok("providers").text
    assert pc.run("init").status == 4


def test_the_environment_leads_to_the_folder(pc: PC, sign_in: SignIn) -> None:
    sign_in({})
    folder = pc.root / "OneDrive"
    (folder / "Documents").mkdir(parents=True)
    pc.ok("init", "--yes", onedriveconsumer=pc.windows.spell(folder))
    assert (folder / ".claude-memory" / "GLOBAL_MEMORY.md").is_file()


@pytest.mark.parametrize("spelling", ["{lower}", "{slashes}\\", "\\\\?\\{plain}"])
def test_the_override_in_every_spelling_is_the_same_folder(pc: PC, spelling: str) -> None:
    plain = pc.windows.spell(pc.cloud)
    lower, slashes = plain[0].lower() + plain[1:], plain.replace("\\", "/")
    path = spelling.format(plain=plain, lower=lower, slashes=slashes)
    pc.ok("init", "--yes", MEMSYNC_ONEDRIVE=path)
    assert (pc.cloud / ".claude-memory" / "GLOBAL_MEMORY.md").is_file()


@pytest.mark.parametrize("folder", ["NUL", "Q:\\nowhere"])
def test_an_override_that_is_no_folder_is_an_error(pc: PC, folder: str) -> None:
    done = pc.run("init", "--yes", MEMSYNC_ONEDRIVE=folder)
    assert done.status == 4
    assert "MEMSYNC_ONEDRIVE" in done.text
    assert "Try: " in done.text


def test_settings_and_record_lie_in_the_local_application_data(pc: PC) -> None:
    """Asked of Windows itself: no variable leads there."""
    asked = end(pc.python("import os; print(os.path.expandvars('%LOCALAPPDATA%'))"))
    said = pc.run("config", "path", WIN_PD_OVERRIDE_LOCAL_APPDATA="", WIN_PD_OVERRIDE_APPDATA="")
    assert said.text.strip().endswith("\\AppData\\Local\\memsync\\config.toml")
    assert pc.windows.spell(pc.home) in asked.text


def test_the_home_is_the_profile_and_not_what_a_shell_calls_home(pc: PC, root: Path) -> None:
    elsewhere = root / "elsewhere"
    elsewhere.mkdir()
    pc.ok("init", "--sync-root", pc.windows.spell(pc.cloud), HOME=pc.windows.spell(elsewhere))
    assert pc.target.is_file()
    assert not list(elsewhere.iterdir())
