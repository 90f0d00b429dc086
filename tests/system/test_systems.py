"""The pretend machines of the tests keep their settings and their record where the program looks,
on every system.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from platformdirs.windows import Windows

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
