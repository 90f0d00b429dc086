"""stdout is data: UTF-8 on a pipe, whatever code page the system has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.world import World

PAGE = "cp1252"  # what a pipe has on Windows


@pytest.mark.parametrize("command", ["status", "history", "providers", "doctor", "refresh"])
def test_json_is_utf8_on_a_pipe(command: str, tmp_path: Path) -> None:
    world = World(tmp_path / "Zoë 日本")
    world.begin()
    ended = world.start(command, "--json", PYTHONIOENCODING=PAGE).end()  # decodes as UTF-8
    assert ended.status == 0, ended
    json.loads(ended.out)
    assert "?" not in ended.out


def test_diff_is_utf8_on_a_pipe(ready: World) -> None:
    ready.edit("Lisbon", "Łódź, 日本")
    ready.ok("refresh")
    assert (
        "+- Move to Łódź, 日本 in March\n" in ready.start("diff", PYTHONIOENCODING=PAGE).end().out
    )
