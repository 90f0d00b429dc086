"""
memsync CLI — see COMMANDS.md for full spec.
"""

import sys
import argparse
from pathlib import Path

from .paths import get_memory_paths, ensure_directories, get_platform
from .sync import refresh_memory, prune_backups, load_or_init_memory


def cmd_refresh(args: argparse.Namespace) -> int:
    notes = ""
    if args.notes:
        notes = args.notes
    elif args.file:
        note_path = Path(args.file)
        if not note_path.exists():
            print(f"Error: file not found: {args.file}", file=sys.stderr)
            return 1
        notes = note_path.read_text(encoding="utf-8")
    else:
        if not sys.stdin.isatty():
            notes = sys.stdin.read()
        else:
            print("Error: provide --notes, --file, or pipe notes via stdin.", file=sys.stderr)
            return 1

    if not notes.strip():
        print("Error: notes are empty.", file=sys.stderr)
        return 1

    print("Refreshing global memory...", end=" ", flush=True)
    result = refresh_memory(notes, dry_run=args.dry_run)

    if args.dry_run:
        print("\n[DRY RUN] No files written.\n")
        if result["changed"]:
            print("Changes detected. Updated content:")
            print("─" * 60)
            print(result["updated_content"])
        else:
            print("No changes detected.")
        return 0

    if result["changed"]:
        print("done.")
        if result["backup_path"]:
            print(f" Backup: {result['backup_path']}")
        paths = get_memory_paths()
        print(f" Memory: {paths['global_memory']}")
        print(f" CLAUDE.md: {paths['claude_md']}")
    else:
        print("no changes.")
    return 0


def cmd_status(args: argparse.Namespace) -> int:
    try:
        paths = get_memory_paths()
    except FileNotFoundError as e:
        print(f"Error: {e}", file=sys.stderr)
        return 1

    print(f"Platform: {get_platform()}")
    print(f"OneDrive root: {paths['onedrive_root']}")
    print(f"Memory file: {paths['global_memory']} ", end="")
    print("✓" if paths["global_memory"].exists() else "✗ (not created yet)")
    print(f"CLAUDE.md: {paths['claude_md']} ", end="")
    claude_md = paths["claude_md"]
    if claude_md.is_symlink():
        print(f"→ symlink to {claude_md.resolve()}")
    elif claude_md.exists():
        print("✓ (copy)")
    else:
        print("✗ (not synced)")

    backup_dir = paths["backups"]
    if backup_dir.exists():
        backups = list(backup_dir.glob("GLOBAL_MEMORY_*.md"))
        print(f"Backups: {len(backups)} file(s) in {backup_dir}")

    session_dir = paths["session_log"]
    if session_dir.exists():
        sessions = list(session_dir.glob("*.md"))
        print(f"Session logs: {len(sessions)} day(s) logged in {session_dir}")
    return 0


def cmd_show(args: argparse.Namespace) -> int:
    paths = get_memory_paths()
    if not paths["global_memory"].exists():
        print("No global memory file yet. Run: memsync init")
        return 1
    print(paths["global_memory"].read_text(encoding="utf-8"))
    return 0


def cmd_diff(args: argparse.Namespace) -> int:
    import difflib

    paths = get_memory_paths()
    backup_dir = paths["backups"]

    if not paths["global_memory"].exists():
        print("No global memory file yet.")
        return 1

    backups = sorted(backup_dir.glob("GLOBAL_MEMORY_*.md"))
    if not backups:
        print("No backups found.")
        return 0

    latest_backup = backups[-1]
    current = paths["global_memory"].read_text(encoding="utf-8").splitlines(keepends=True)
    previous = latest_backup.read_text(encoding="utf-8").splitlines(keepends=True)

    diff = list(difflib.unified_diff(
        previous, current,
        fromfile=f"backup ({latest_backup.name})",
        tofile="current",
    ))
    if diff:
        print("".join(diff))
    else:
        print("No differences from last backup.")
    return 0


def cmd_prune(args: argparse.Namespace) -> int:
    paths = get_memory_paths()
    deleted = prune_backups(paths["backups"], keep_days=args.keep_days)
    if deleted:
        print(f"Pruned {len(deleted)} backup(s) older than {args.keep_days} days.")
        for p in deleted:
            print(f" removed: {p.name}")
    else:
        print(f"No backups older than {args.keep_days} days.")
    return 0


def cmd_init(args: argparse.Namespace) -> int:
    try:
        paths = get_memory_paths()
    except FileNotFoundError as e:
        print(f"Error: {e}", file=sys.stderr)
        print("Set MEMSYNC_ONEDRIVE env var to your OneDrive path and retry.")
        return 1

    ensure_directories(paths)

    if paths["global_memory"].exists() and not args.force:
        print(f"Memory file already exists: {paths['global_memory']}")
        print("Use --force to reinitialize.")
        return 0

    starter = load_or_init_memory(Path("/dev/null"))
    paths["global_memory"].write_text(starter, encoding="utf-8")

    from .sync import sync_to_claude_md
    sync_to_claude_md(paths)

    print("memsync initialized.")
    print(f" Memory: {paths['global_memory']}")
    print(f" CLAUDE.md: {paths['claude_md']}")
    return 0


def main():
    parser = argparse.ArgumentParser(
        prog="memsync",
        description="Cross-platform global memory manager for Claude Code.",
    )
    subparsers = parser.add_subparsers(dest="command", required=True)

    p_refresh = subparsers.add_parser("refresh", help="Merge session notes into global memory")
    p_refresh.add_argument("--notes", "-n", help="Session notes as a string")
    p_refresh.add_argument("--file", "-f", help="Path to a file containing session notes")
    p_refresh.add_argument("--dry-run", action="store_true", help="Preview changes without writing")
    p_refresh.set_defaults(func=cmd_refresh)

    p_status = subparsers.add_parser("status", help="Show paths and sync status")
    p_status.set_defaults(func=cmd_status)

    p_show = subparsers.add_parser("show", help="Print current global memory")
    p_show.set_defaults(func=cmd_show)

    p_diff = subparsers.add_parser("diff", help="Diff current memory against last backup")
    p_diff.set_defaults(func=cmd_diff)

    p_prune = subparsers.add_parser("prune", help="Remove old backups")
    p_prune.add_argument("--keep-days", type=int, default=30)
    p_prune.set_defaults(func=cmd_prune)

    p_init = subparsers.add_parser("init", help="Initialize memory structure")
    p_init.add_argument("--force", action="store_true")
    p_init.set_defaults(func=cmd_init)

    args = parser.parse_args()
    sys.exit(args.func(args))


if __name__ == "__main__":
    main()
