"""The real Claude Code reads what memsync put at the target: seen in the request that it sends.

Needs the program itself: `npm install --prefix DIR @anthropic-ai/claude-code`, and its path in
`MEMSYNC_TEST_CLAUDE` (or `claude` on PATH). Skipped, and said so, where it is not installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.world import World
from tests.standin import StandIn

CLAUDE = os.environ.get("MEMSYNC_TEST_CLAUDE") or shutil.which("claude") or ""
pytestmark = pytest.mark.skipif(
    not CLAUDE,
    reason=(
        "CLAUDE CODE IS NOT INSTALLED: what it reads was not looked at (MEMSYNC_TEST_CLAUDE=PATH)"
    ),
)


def request_of(world: World, project: Path) -> str:
    """What Claude Code sends for one prompt on this machine."""
    project.mkdir(exist_ok=True)
    with StandIn("401") as api:
        subprocess.run(
            [CLAUDE, "-p", "hello"],
            cwd=project,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(world.home),
                "ANTHROPIC_BASE_URL": api.url,
                "ANTHROPIC_API_KEY": "sk-ant-test-of-claude-code",
                "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
                "CLAUDE_CODE_MAX_RETRIES": "0",
                "DISABLE_AUTOUPDATER": "1",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return str(next(one.body for one in api.requests if one.method == "POST"))


@pytest.mark.parametrize("mode", ["symlink", "copy"])
def test_claude_code_reads_the_memory_and_never_the_footer(
    world: World, tmp_path: Path, mode: str
) -> None:
    world.init("--link", mode)
    world.edit(
        "## Standing preferences\n", "## Standing preferences\n\n- prefers the word marzipan\n"
    )
    world.ok("refresh")
    sent = request_of(world, tmp_path / "project")
    assert "prefers the word marzipan" in sent
    assert "memsync:1" not in sent
    assert sent.count("prefers the word marzipan") == 1


def test_claude_code_still_reads_the_last_memory_while_the_folder_is_gone(
    world: World, tmp_path: Path
) -> None:
    world.init()
    world.edit(
        "## Standing preferences\n", "## Standing preferences\n\n- prefers the word marzipan\n"
    )
    world.ok("refresh")
    world.folder.rename(tmp_path / "away")
    assert world.run("refresh").status == 4
    assert "prefers the word marzipan" in request_of(world, tmp_path / "project")
