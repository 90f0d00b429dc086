"""The plugin that the repository lists is the one that `memsync connect` writes.

After a change of the plugin or of the version: python -m tests.agents.test_marketplace
"""

from __future__ import annotations

import os
from pathlib import Path

from memsync import __version__
from memsync.agents import plugin

ROOT = Path(__file__).parents[2]
CATALOGUE = ".claude-plugin/marketplace.json"


def wanted() -> dict[str, bytes]:
    """Every file of the listing, with its bytes."""
    files = {f"{plugin.LISTED}/{file.name}": file.data for file in plugin.listed(__version__)}
    return files | {CATALOGUE: plugin.marketplace(__version__)}


def test_the_repository_lists_this_very_plugin() -> None:
    for name, data in wanted().items():
        assert (ROOT / name).read_bytes().replace(b"\r\n", b"\n") == data, name
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / plugin.LISTED).rglob("*.*")}
    assert {name for name in there if (ROOT / name).is_file()} == set(wanted()) - {CATALOGUE}


if __name__ == "__main__":
    for name, data in wanted().items():
        os.makedirs((ROOT / name).parent, exist_ok=True)
        (ROOT / name).write_bytes(data)
