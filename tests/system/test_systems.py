"""The pretend machines of the tests keep their settings and their record where the program looks,
on every system.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from platformdirs.windows import Windows

from memsync.system.machine import this_machine
from tests.systems import HOME_VARIABLES, own_folders

SYSTEMS: dict[str, type[Unix | MacOS | Windows]] = {
    "linux": Unix,
    "darwin": MacOS,
    "win32": Windows,
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_folders_are_those_of_platformdirs(
    monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    home = "C:/Users/ada" if system == "win32" else "/home/ada"
    for name, below in HOME_VARIABLES.items():
        value = f"{home}/{below}".rstrip("/")
        monkeypatch.setenv(name, value.replace("/", "\\") if system == "win32" else value)
    real = SYSTEMS[system]("memsync", appauthor=False)
    found = [Path(path.replace("\\", "/")) for path in (real.user_config_dir, real.user_state_dir)]
    assert found == list(own_folders(system, Path(home)))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs itself is asked")
@pytest.mark.parametrize("given", [None, "", " ", "/x", "/x/", "//x", "x", "~/x", "."])
@pytest.mark.parametrize("home", ["/home/ada", "/home/ada/", "/", "//home/a b"])
def test_linux_needs_no_platformdirs_to_say_the_same(
    monkeypatch: pytest.MonkeyPatch, given: str | None, home: str
) -> None:
    monkeypatch.setenv("HOME", home)
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(variable, raising=False)
        if given is not None:
            monkeypatch.setenv(variable, given)
    known = Unix("memsync", appauthor=False)
    machine = this_machine()
    assert machine.config_dir == Path(known.user_config_dir)
    assert machine.state_dir == Path(known.user_state_dir)
