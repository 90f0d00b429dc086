"""How long Claude Code waits for each of memsync's hooks, whole process, over plain Python.

    python benchmarks/hooks.py [--runs 15]

Runs are interleaved, so that a busy machine slows all of them alike. Figures, not tests. Target: at
most 100 ms for a SessionStart on an idle machine; Claude Code kills a SessionEnd after 1.5 s.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

TARGET: Final = 100.0  # milliseconds
PYTHON: Final = [sys.executable, "-c", "pass"]
HOOK: Final = [sys.executable, "-P", "-m", "memsync", "hook"]
TOLD: Final = {"session_id": "s-1", "source": "startup", "command_name": "memsync"}
NOTES: Final = 20  # pending ones, as a busy day leaves them


class Run(NamedTuple):
    """One process: milliseconds by the clock, and of the processor."""

    wall: float
    cpu: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=15)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="memsync-bench-") as folder:
        env = machine(Path(folder))
        print_table(measure(env, Path(folder), args.runs))


def machine(folder: Path) -> dict[str, str]:
    """A machine with a memory, pending notes and Claude's folder; a session's environment."""
    (folder / "cloud").mkdir()
    (folder / ".claude").mkdir()
    own = ("PATH", "LANG", "SYSTEMROOT", "TEMP", "TMP")
    env = {name: value for name, value in os.environ.items() if name in own}
    home = str(folder)
    env |= {"HOME": home, "USERPROFILE": home, "WIN_PD_OVERRIDE_LOCAL_APPDATA": home}
    memsync = [sys.executable, "-m", "memsync"]
    run([*memsync, "init", "--sync-root", str(folder / "cloud")], env)
    for number in range(NOTES):
        run([*memsync, "note", f"fact {number}"], env)
    return env | {"CLAUDECODE": "1", "CLAUDE_CODE_ENTRYPOINT": "cli"}


def measure(env: dict[str, str], folder: Path, runs: int) -> dict[str, list[Run]]:
    """Each hook once to warm up, then `runs` times, one after the other."""
    told = TOLD | {"transcript_path": str(folder / "t.jsonl")}
    events = {
        "python": (PYTHON, told),
        "SessionStart": ([*HOOK, "SessionStart"], told),
        "SessionEnd": ([*HOOK, "SessionEnd"], told),
        "/memsync TEXT": ([*HOOK, "UserPromptExpansion"], told | {"command_args": "a fact"}),
    }
    found: dict[str, list[Run]] = {name: [] for name in events}
    for number in range(runs + 1):
        for name, (command, words) in events.items():
            one = run(command, env, json.dumps(words).encode())
            if number:
                found[name].append(one)
    return found


def run(command: list[str], env: dict[str, str], data: bytes = b"") -> Run:
    """Run a command to its end."""
    before, begin = children_cpu(), time.perf_counter()
    done = subprocess.run(command, env=env, check=False, input=data, capture_output=True)
    if done.returncode:
        sys.exit(f"{command[1:]} failed:\n{done.stderr.decode()}")
    wall = time.perf_counter() - begin
    return Run(wall * 1000, (children_cpu() - before) * 1000)


def children_cpu() -> float:
    """Processor seconds of all processes that have ended."""
    if sys.platform == "win32":
        return 0.0
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def print_table(found: dict[str, list[Run]]) -> None:
    """Medians and least times, and how many times plain Python's processor time."""
    base = statistics.median(one.cpu for one in found["python"]) or 1.0
    print(f"{'':<15}{'wall ms':>9}{'least':>8}{'cpu ms':>9}{'ratio':>8}   (target {TARGET:.0f} ms)")
    for name, runs in found.items():
        wall = statistics.median(one.wall for one in runs)
        cpu = statistics.median(one.cpu for one in runs)
        least = min(one.wall for one in runs)
        print(f"{name:<15}{wall:>9.1f}{least:>8.1f}{cpu:>9.1f}{cpu / base:>8.2f}")


if __name__ == "__main__":
    main()
