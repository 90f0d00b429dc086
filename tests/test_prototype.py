"""
What the prototype does, faults included, as its user would notice it.

Real files in a home of their own, the real program in a process of its own, and for refresh the
real SDK against a small server on 127.0.0.1. Tests whose name begins with test_fault_ pin what
is to be mended; whoever mends it turns the test round.
"""

import json
import os
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="pins links and /dev/null, which only macOS and Linux have"
)

MEMORY = "# Global Memory\n\n## Identity & context\n\n- Ada, writes compilers\n\n## Hard constraints\n\n- Never push to main\n"
MERGED = MEMORY.replace("compilers\n", "compilers\n- Moved to Lisbon\n")


class Claude:
    """A Messages API that answers every request with the same text, or with an error status."""

    def __init__(self) -> None:
        self.reply = ""
        self.status = 200
        self.requests: list[dict] = []
        claude = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                claude.requests.append({"path": self.path, **json.loads(body)})
                answer = json.dumps(claude.answer()).encode()
                self.send_response(claude.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self) -> dict:
        if self.status != 200:
            return {"type": "error", "error": {"type": "api_error", "message": "the server says no"}}
        return {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "claude-sonnet-4-20250514",
            "content": [{"type": "text", "text": self.reply}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 10, "output_tokens": 10},
        }

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Machine:
    """A home with a OneDrive folder, and the program run in it."""

    def __init__(self, home: Path, base_url: str = "http://127.0.0.1:9") -> None:
        self.home = home
        self.base_url = base_url
        self.onedrive = home / "OneDrive"
        self.folder = self.onedrive / ".claude-memory"
        self.memory = self.folder / "GLOBAL_MEMORY.md"
        self.backups = self.folder / "backups"
        self.sessions = self.folder / "sessions"
        self.claude_md = home / ".claude" / "CLAUDE.md"
        self.onedrive.mkdir(parents=True)

    def run(self, *args: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "memsync", *args],
            check=False,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            cwd=self.home,
            timeout=60,
            env={
                "PATH": os.environ.get("PATH", ""),
                "HOME": str(self.home),
                "PYTHONUTF8": "1",
                "ANTHROPIC_API_KEY": "test-key",
                "ANTHROPIC_BASE_URL": self.base_url,
                **env,
            },
        )

    def with_memory(self, text: str = MEMORY) -> None:
        self.backups.mkdir(parents=True)
        self.sessions.mkdir()
        self.memory.write_text(text, encoding="utf-8")

    def backup(self, when: datetime, text: str) -> Path:
        path = self.backups / f"GLOBAL_MEMORY_{when:%Y%m%d_%H%M%S}.md"
        path.write_text(text, encoding="utf-8")
        return path

    def files(self) -> dict[str, bytes]:
        return {
            str(p.relative_to(self.home)): p.read_bytes()
            for p in self.home.rglob("*")
            if p.is_file()
        }


@pytest.fixture
def claude():
    server = Claude()
    yield server
    server.close()


@pytest.fixture
def machine(tmp_path: Path, claude: Claude) -> Machine:
    return Machine(tmp_path / "home", claude.url)


def test_init_makes_the_folders_and_links_claude_md(machine: Machine) -> None:
    result = machine.run("init")

    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [
        "memsync initialized.",
        f" Memory: {machine.memory}",
        f" CLAUDE.md: {machine.claude_md}",
    ]
    assert machine.backups.is_dir()
    assert machine.sessions.is_dir()
    assert machine.claude_md.is_symlink()
    assert machine.claude_md.resolve() == machine.memory.resolve()


def test_init_leaves_a_memory_alone_unless_forced(machine: Machine) -> None:
    machine.with_memory()

    result = machine.run("init")
    assert result.returncode == 0
    assert result.stdout == (
        f"Memory file already exists: {machine.memory}\nUse --force to reinitialize.\n"
    )
    assert machine.memory.read_text(encoding="utf-8") == MEMORY
    assert not machine.claude_md.is_symlink()


def test_without_onedrive_init_and_status_say_what_to_set(machine: Machine) -> None:
    machine.onedrive.rmdir()

    for command in ("init", "status"):
        result = machine.run(command)
        assert result.returncode == 1
        assert result.stderr == (
            "Error: OneDrive directory not found. "
            "Set MEMSYNC_ONEDRIVE env var to your OneDrive path.\n"
        )
    assert machine.files() == {}


def test_memsync_onedrive_goes_before_the_folder_at_home(machine: Machine) -> None:
    other = machine.home / "work drive"
    other.mkdir()

    assert machine.run("init", MEMSYNC_ONEDRIVE=str(other)).returncode == 0
    assert (other / ".claude-memory" / "GLOBAL_MEMORY.md").exists()
    assert list(machine.onedrive.iterdir()) == []


def test_status_says_where_everything_is(machine: Machine) -> None:
    before = machine.run("status").stdout
    assert f"Memory file: {machine.memory} ✗ (not created yet)\n" in before
    assert f"CLAUDE.md: {machine.claude_md} ✗ (not synced)\n" in before
    assert "Backups:" not in before

    machine.run("init")
    machine.backup(datetime(2026, 1, 2, 3, 4, 5), MEMORY)
    (machine.sessions / "2026-01-02.md").write_text("\n---\n### 03:04:05\nnote\n")

    result = machine.run("status")
    assert result.returncode == 0
    assert result.stdout.splitlines()[1:] == [
        f"OneDrive root: {machine.onedrive}",
        f"Memory file: {machine.memory} ✓",
        f"CLAUDE.md: {machine.claude_md} → symlink to {machine.memory.resolve()}",
        f"Backups: 1 file(s) in {machine.backups}",
        f"Session logs: 1 day(s) logged in {machine.sessions}",
    ]


def test_show_prints_the_memory(machine: Machine) -> None:
    missing = machine.run("show")
    assert missing.returncode == 1
    assert missing.stdout == "No global memory file yet. Run: memsync init\n"

    machine.with_memory()
    result = machine.run("show")
    assert result.returncode == 0
    assert result.stdout == MEMORY + "\n"


def test_diff_compares_with_the_newest_backup(machine: Machine) -> None:
    assert machine.run("diff").returncode == 1

    machine.with_memory(MERGED)
    assert machine.run("diff").stdout == "No backups found.\n"

    machine.backup(datetime(2026, 1, 1), "something much older\n")
    newest = machine.backup(datetime(2026, 1, 2), MEMORY)
    result = machine.run("diff")
    assert result.returncode == 0
    assert f"--- backup ({newest.name})\n+++ current\n" in result.stdout
    assert "\n+- Moved to Lisbon\n" in result.stdout
    assert "much older" not in result.stdout

    newest.write_text(MERGED, encoding="utf-8")
    assert machine.run("diff").stdout == "No differences from last backup.\n"


def test_prune_removes_by_the_date_in_the_name(machine: Machine) -> None:
    machine.with_memory()
    now = datetime.now()
    old = machine.backup(now - timedelta(days=40), "old")
    recent = machine.backup(now - timedelta(days=20), "recent")
    foreign = machine.backups / "GLOBAL_MEMORY_by-hand.md"
    foreign.write_text("mine")

    result = machine.run("prune")
    assert result.returncode == 0
    assert result.stdout == f"Pruned 1 backup(s) older than 30 days.\n removed: {old.name}\n"
    assert sorted(machine.backups.iterdir()) == sorted([recent, foreign])

    assert machine.run("prune").stdout == "No backups older than 30 days.\n"
    assert machine.run("prune", "--keep-days", "10").returncode == 0
    assert list(machine.backups.iterdir()) == [foreign]


@pytest.mark.parametrize(
    ("args", "stdin", "words"),
    [
        (["--file", "missing.md"], "", "Error: file not found: missing.md\n"),
        (["--notes", "   "], "", "Error: notes are empty.\n"),
        ([], "\n \n", "Error: notes are empty.\n"),
        (["--notes", ""], "", "Error: notes are empty.\n"),
    ],
)
def test_refresh_without_notes_makes_no_call(
    machine: Machine, claude: Claude, args: list[str], stdin: str, words: str
) -> None:
    machine.with_memory()

    result = machine.run("refresh", *args, stdin=stdin)
    assert result.returncode == 1
    assert result.stderr == words
    assert claude.requests == []


def test_refresh_merges_backs_up_links_and_logs(machine: Machine, claude: Claude) -> None:
    machine.with_memory()
    claude.reply = MERGED

    result = machine.run("refresh", "--notes", "I moved to Lisbon")

    assert result.returncode == 0, result.stderr
    [backup] = machine.backups.iterdir()
    assert result.stdout.splitlines() == [
        "Refreshing global memory... done.",
        f" Backup: {backup}",
        f" Memory: {machine.memory}",
        f" CLAUDE.md: {machine.claude_md}",
    ]
    assert backup.read_text(encoding="utf-8") == MEMORY
    assert machine.claude_md.read_text(encoding="utf-8") == MERGED.strip()
    [log] = machine.sessions.iterdir()
    lines = log.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["", "---"]
    assert lines[2].startswith("### ")
    assert lines[3:] == ["I moved to Lisbon"]


def test_refresh_sends_the_memory_and_the_notes(machine: Machine, claude: Claude) -> None:
    machine.with_memory()
    claude.reply = MEMORY
    (machine.home / "notes.md").write_text("from a file")

    assert machine.run("refresh", "--notes", "from an option").returncode == 0
    assert machine.run("refresh", "--file", "notes.md").returncode == 0
    assert machine.run("refresh", stdin="from a pipe").returncode == 0

    first = claude.requests[0]
    assert first["path"] == "/v1/messages"
    assert first["model"] == "claude-sonnet-4-20250514"
    assert first["max_tokens"] == 4000
    assert first["system"].startswith("You are maintaining a persistent global memory file")
    assert first["system"].endswith("No explanation, no preamble.")
    kept = MEMORY.strip()
    assert [request["messages"] for request in claude.requests] == [
        [{"role": "user", "content": f"CURRENT GLOBAL MEMORY:\n{memory}\n\nSESSION NOTES:\n{notes}"}]
        for memory, notes in [
            (MEMORY, "from an option"),
            (kept, "from a file"),
            (kept, "from a pipe"),
        ]
    ]


def test_refresh_with_the_same_memory_back_says_no_changes(
    machine: Machine, claude: Claude
) -> None:
    machine.with_memory()
    claude.reply = MEMORY

    result = machine.run("refresh", "--notes", "nothing new")
    assert result.returncode == 0
    assert result.stdout == "Refreshing global memory... no changes.\n"
    assert list(machine.backups.iterdir()) == []
    assert len(list(machine.sessions.iterdir())) == 1


def test_refresh_dry_run_shows_the_result_and_writes_nothing(
    machine: Machine, claude: Claude
) -> None:
    machine.with_memory()
    claude.reply = MERGED
    before = machine.files()

    result = machine.run("refresh", "--dry-run", "--notes", "I moved to Lisbon")
    assert result.returncode == 0
    assert "[DRY RUN] No files written.\n" in result.stdout
    assert result.stdout.endswith(MERGED.strip() + "\n")
    assert machine.files() == before


def test_a_link_to_another_place_is_turned_to_the_memory(machine: Machine) -> None:
    elsewhere = machine.home / "dotfiles.md"
    elsewhere.write_text("my dotfiles")
    machine.claude_md.parent.mkdir()
    machine.claude_md.symlink_to(elsewhere)

    assert machine.run("init").returncode == 0
    assert machine.claude_md.resolve() == machine.memory.resolve()
    assert elsewhere.read_text() == "my dotfiles"


def test_fault_init_reads_dev_null_and_writes_an_empty_memory(machine: Machine) -> None:
    machine.run("init")
    assert machine.memory.read_bytes() == b""


def test_fault_init_force_empties_a_memory_without_a_backup(machine: Machine) -> None:
    machine.with_memory()

    assert machine.run("init", "--force").returncode == 0
    assert machine.memory.read_bytes() == b""
    assert list(machine.backups.iterdir()) == []


def test_fault_the_second_pre_memsync_bak_overwrites_the_first(
    machine: Machine, claude: Claude
) -> None:
    machine.claude_md.parent.mkdir()
    machine.claude_md.write_text("written by hand for a year")
    machine.run("init")
    kept = machine.claude_md.with_name("CLAUDE.pre-memsync.bak")
    assert kept.read_text() == "written by hand for a year"

    machine.claude_md.unlink()
    machine.claude_md.write_text("an editor replaced the link")
    claude.reply = MERGED
    machine.run("refresh", "--notes", "I moved to Lisbon")

    assert kept.read_text() == "an editor replaced the link"
    assert not any(b"for a year" in content for content in machine.files().values())


def test_fault_notes_are_logged_only_after_success(machine: Machine, claude: Claude) -> None:
    machine.with_memory()
    claude.status = 400
    before = machine.files()

    result = machine.run("refresh", "--notes", "an hour of work")
    assert result.returncode == 1
    assert "the server says no" in result.stderr
    assert "Traceback" in result.stderr
    assert machine.files() == before


def test_fault_a_refusal_in_prose_becomes_the_memory(machine: Machine, claude: Claude) -> None:
    machine.with_memory()
    claude.reply = "I'm sorry, I can't help with that."

    assert machine.run("refresh", "--notes", "I moved to Lisbon").returncode == 0
    assert machine.memory.read_text(encoding="utf-8") == "I'm sorry, I can't help with that."


