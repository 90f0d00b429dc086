"""How long `status`, `show` and `note` take, whole process, over Python with four small imports.

    python benchmarks/start.py [--runs 15] [--imports]

Runs are interleaved, so that a busy machine slows all of them alike. Figures, not tests. Target: at
most 2.0 for each. `--imports` adds what each import costs by `-X importtime`.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

TARGET = 2.0
BASE = [sys.executable, "-c", "import argparse, json, pathlib, tomllib"]
COMMANDS = {"status": ["status"], "show": ["show"], "note": ["note", "The staging database moved."]}
SLOWEST = 12


class Run(NamedTuple):
    """One process: seconds by the clock, and of the processor."""

    wall: float
    cpu: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--imports", action="store_true", help="what each import costs, too")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="memsync-bench-") as folder:
        env = machine(Path(folder))
        commands = {"python": BASE} | {name: memsync(words) for name, words in COMMANDS.items()}
        print_table(measure(commands, env, args.runs))
        if args.imports:
            for name, words in COMMANDS.items():
                print_imports(name, words, env)


def machine(folder: Path) -> dict[str, str]:
    """A machine with a memory, in a folder; the environment of its commands."""
    (folder / "cloud").mkdir()
    own = ("HOME", "PATH", "LANG", "SYSTEMROOT", "TEMP", "TMP")
    env = {name: value for name, value in os.environ.items() if name in own}
    home = str(folder)
    env |= {
        "HOME": home,
        "USERPROFILE": home,
        "MEMSYNC_API_KEY": "made-up",
        "WIN_PD_OVERRIDE_LOCAL_APPDATA": home,
    }
    subprocess.run(
        memsync(["init", "--sync-root", str(folder / "cloud")]),
        env=env,
        check=True,
        capture_output=True,
    )
    return env


def memsync(words: list[str]) -> list[str]:
    """The command line of the real program."""
    return [sys.executable, "-m", "memsync", *words]


def measure(commands: dict[str, list[str]], env: dict[str, str], runs: int) -> dict[str, list[Run]]:
    """Each command once to warm up, then `runs` times, one after the other."""
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            run = once(command, env)
            if number:
                found[name].append(run)
    return found


def once(command: list[str], env: dict[str, str]) -> Run:
    """Run a command to its end."""
    before, begin = children_cpu(), time.perf_counter()
    done = subprocess.run(
        command, env=env, check=False, stdin=subprocess.DEVNULL, capture_output=True
    )
    if done.returncode:
        sys.exit(f"{command[1:4]} failed:\n{done.stderr.decode()}")
    return Run(time.perf_counter() - begin, children_cpu() - before)


def children_cpu() -> float:
    """Processor seconds of all processes that have ended."""
    if sys.platform == "win32":
        return 0.0
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def print_table(found: dict[str, list[Run]]) -> None:
    """Medians and ratios over plain Python."""
    base = {"wall": median(found["python"], "wall"), "cpu": median(found["python"], "cpu")}
    print(
        f"{'':<10}{'wall ms':>10}{'ratio':>8}{'cpu ms':>10}{'ratio':>8}   (medians; target "
        f"{TARGET})"
    )
    for name, runs in found.items():
        wall, cpu = median(runs, "wall"), median(runs, "cpu")
        ratio = wall / base["wall"]
        cpu_ratio = cpu / base["cpu"] if base["cpu"] else 0.0
        verdict = "" if name == "python" else "ok" if ratio <= TARGET else "too slow"
        print(
            f"{name:<10}{wall * 1000:>10.1f}{ratio:>8.2f}{cpu * 1000:>10.1f}{cpu_ratio:>8.2f}"
            f"   {verdict}"
        )


def median(runs: list[Run], field: str) -> float:
    """The median of one field."""
    return float(statistics.median(getattr(run, field) for run in runs))


def print_imports(name: str, words: list[str], env: dict[str, str]) -> None:
    """What each import of a command costs by itself: memsync's own, and the slowest others that
    plain Python lacks.
    """
    command = [sys.executable, "-X", "importtime", "-m", "memsync", *words]
    base = [sys.executable, "-X", "importtime", *BASE[1:]]
    mine, plain = import_times(command, env), import_times(base, env)
    extra = {module: cost for module, cost in mine.items() if module not in plain}
    own = {module: cost for module, cost in extra.items() if module.startswith("memsync")}
    others = {module: cost for module, cost in extra.items() if module not in own}
    print(f"\n{name}, beyond what plain Python imports (ms):")
    for title, rows in (("memsync", own), ("others", others)):
        print(f"  {title}: {sum(rows.values()) / 1000:.1f}")
        slowest = sorted(rows.items(), key=lambda row: -row[1])[:SLOWEST]
        print("    " + ", ".join(f"{module} {cost / 1000:.1f}" for module, cost in slowest))


def import_times(command: list[str], env: dict[str, str], runs: int = 5) -> dict[str, int]:
    """Microseconds of each module by itself, the least of some runs."""
    least: dict[str, int] = {}
    for _ in range(runs):
        done = subprocess.run(
            command, env=env, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        for cost, module in re.findall(
            r"^import time:\s+(\d+) \|\s+\d+ \| *(\S+)$", done.stderr, re.MULTILINE
        ):
            least[module] = min(int(cost), least.get(module, int(cost)))
    return least


if __name__ == "__main__":
    main()
