"""
Memory refresh logic.
Calls Claude API to merge session notes into GLOBAL_MEMORY.md.
"""

import shutil
from datetime import datetime
from pathlib import Path

import anthropic

from .paths import get_memory_paths, ensure_directories

SYSTEM_PROMPT = """You are maintaining a persistent global memory file for an AI assistant user.
This file is loaded at the start of every Claude Code session, on every machine and project.
It is the user's identity layer — not project docs, not cold storage.

YOUR JOB:
- Merge new session notes into the existing memory file
- Keep the file tight (under 400 lines)
- Update facts that have changed
- Demote completed items from "Current priorities" to a brief "Recent completions" section
- Preserve the user's exact voice, formatting, and section structure
- NEVER remove entries under any "Hard constraints" or "Constraints" section — only append
- If nothing meaningful changed, return the file UNCHANGED

RETURN: Only the updated GLOBAL_MEMORY.md content. No explanation, no preamble."""


def load_or_init_memory(path: Path) -> str:
    if path.exists():
        return path.read_text(encoding="utf-8")
    return """\
# Global Memory

> Loaded by Claude Code at session start on all machines and projects.
> Edit directly or run: memsync refresh --notes "..."

## Identity & context

- (Fill this in — who you are, your roles, active projects)

## Current priorities

- (What you're working on right now)

## Standing preferences

- (How you like to work — communication style, output format, etc.)

## Hard constraints

- (Rules that must never be lost or softened through compaction)
"""


def backup_memory(memory_path: Path, backup_dir: Path) -> Path:
    timestamp = datetime.now().strftime("%Y%m%d_%H%M%S")
    backup_path = backup_dir / f"GLOBAL_MEMORY_{timestamp}.md"
    shutil.copy2(memory_path, backup_path)
    return backup_path


def refresh_memory(notes: str, dry_run: bool = False) -> dict:
    paths = get_memory_paths()
    ensure_directories(paths)

    current_memory = load_or_init_memory(paths["global_memory"])

    client = anthropic.Anthropic()

    user_prompt = f"""\
CURRENT GLOBAL MEMORY:
{current_memory}

SESSION NOTES:
{notes}"""

    response = client.messages.create(
        model="claude-sonnet-4-20250514",  # ← HARDCODED: move to config in refactor
        max_tokens=4000,
        system=SYSTEM_PROMPT,
        messages=[{"role": "user", "content": user_prompt}],
    )

    updated_content = response.content[0].text.strip()
    changed = updated_content != current_memory.strip()

    if dry_run:
        return {
            "updated_content": updated_content,
            "backup_path": None,
            "changed": changed,
            "dry_run": True,
        }

    backup_path = None
    if paths["global_memory"].exists() and changed:
        backup_path = backup_memory(paths["global_memory"], paths["backups"])

    paths["global_memory"].write_text(updated_content, encoding="utf-8")
    sync_to_claude_md(paths)
    log_session_notes(notes, paths["session_log"])

    return {
        "updated_content": updated_content,
        "backup_path": backup_path,
        "changed": changed,
        "dry_run": False,
    }


def sync_to_claude_md(paths: dict) -> None:
    """
    Keep ~/.claude/CLAUDE.md in sync with the OneDrive master.
    Mac/Linux: symlink. Windows: copy.
    """
    import platform

    source = paths["global_memory"]
    dest = paths["claude_md"]
    dest.parent.mkdir(parents=True, exist_ok=True)

    if platform.system() == "Windows":
        shutil.copy2(source, dest)
        return

    if dest.is_symlink():
        if dest.resolve() == source.resolve():
            return
        dest.unlink()

    if dest.exists():
        dest.rename(dest.with_suffix(".pre-memsync.bak"))

    try:
        dest.symlink_to(source)
    except OSError:
        shutil.copy2(source, dest)


def log_session_notes(notes: str, session_dir: Path) -> None:
    today = datetime.now().strftime("%Y-%m-%d")
    log_path = session_dir / f"{today}.md"
    timestamp = datetime.now().strftime("%H:%M:%S")
    with open(log_path, "a", encoding="utf-8") as f:
        f.write(f"\n---\n### {timestamp}\n{notes}\n")


def prune_backups(backup_dir: Path, keep_days: int = 30) -> list[Path]:
    from datetime import timedelta

    cutoff = datetime.now() - timedelta(days=keep_days)
    deleted = []
    for backup in backup_dir.glob("GLOBAL_MEMORY_*.md"):
        try:
            ts_str = backup.stem.replace("GLOBAL_MEMORY_", "")
            ts = datetime.strptime(ts_str, "%Y%m%d_%H%M%S")
            if ts < cutoff:
                backup.unlink()
                deleted.append(backup)
        except ValueError:
            pass
    return deleted
