"""How fast a transcript of 1 GB is looked through, and how much memory that takes.

    python benchmarks/harvest.py [--megabytes 1000]

Writes the transcript into a temporary home and removes it. Figures, not tests. Targets: at least
300 MB/s on one core, less than 60 MB of memory. A second pass shows what a session costs that was
looked through before.

Two transcripts of that size: `work`, in which Claude calls some forty tools for each prompt (6,000
prompts), and `talk`, in which it calls five (46,000 prompts, more than anybody types in a session).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

TARGET_SPEED: Final = 300.0  # MB/s
TARGET_MEMORY: Final = 60.0  # MB
CALLS: Final = {"work": 40, "talk": 5}  # of tools, for each prompt on average
MEGABYTE: Final = 1_000_000
SESSION: Final = "5d6cd072-0000-4000-8000-000000000001"
COMMON: Final[dict[str, Any]] = {
    "isSidechain": False,
    "userType": "external",
    "entrypoint": "cli",
    "cwd": "/home/ada/src/parser",
    "sessionId": SESSION,
    "version": "2.1.332",
    "timestamp": "2026-11-28T23:40:31.291Z",
}


class Run(NamedTuple):
    """One pass."""

    wall: float
    cpu: float
    memory: float  # MB at its most
    out: dict[str, Any]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", type=int, default=1000)
    args = parser.parse_args()
    for name, calls in CALLS.items():
        print(f"{name}: ", end="")
        measure(args.megabytes, calls)


def measure(megabytes: int, calls: int) -> None:
    """One transcript, looked through twice."""
    with tempfile.TemporaryDirectory(prefix="memsync-bench-") as folder:
        path = Path(folder, ".claude", "projects", "-home-ada-src-parser", f"{SESSION}.jsonl")
        path.parent.mkdir(parents=True)
        prompts = write(path, megabytes * MEGABYTE, calls)
        size = path.stat().st_size / MEGABYTE
        print(f"{size:.0f} MB, {prompts} prompts   (targets {TARGET_SPEED:.0f} MB/s, ", end="")
        print(f"{TARGET_MEMORY:.0f} MB)")
        base = run([sys.executable, "-m", "memsync", "config", "path"], folder)
        for name in ("first", "again"):
            done = run([sys.executable, "-m", "memsync", "harvest", "--json"], folder)
            cpu = max(1e-9, done.cpu - base.cpu)
            speed = f"{size / cpu:.0f} MB/s of processor" if name == "first" else ""
            print(
                f"{name}: {done.wall:.2f} s by the clock, {done.cpu:.2f} s of processor, ", end=""
            )
            print(f"{done.memory:.0f} MB  {speed}  {len(done.out['new'])} new")


def write(path: Path, size: int, calls: int) -> int:
    """A transcript as a long day of work leaves it; how many prompts were typed in it."""
    pick = random.Random(1)
    words = [f"w{number:x}" for number in range(5000)]
    prompts = written = 0
    with path.open("wb") as file:
        while written < size:
            turn = b"".join(of_turn(pick, words, prompts, calls))
            written += file.write(turn)
            prompts += 1
    return prompts


def of_turn(pick: random.Random, words: list[str], number: int, calls: int) -> Iterator[bytes]:
    """A prompt, then answers, calls and results of many sizes, as they follow one another."""

    def text(most: int) -> str:
        return " ".join(pick.choices(words, k=pick.randint(1, most)))

    cue = "From now on, always " if number % 50 == 0 else ""
    prompt = {"role": "user", "content": cue + text(30)}
    human = {"origin": {"kind": "human"}, "promptSource": "typed"}
    yield row("user", prompt, human)
    for _ in range(pick.randint(2, 2 * calls - 2)):
        yield row("assistant", {"role": "assistant", "content": [{"text": text(80)}]}, {})
        stdout = text(2000 if pick.random() < 0.3 else 60)
        content = [{"type": "tool_result", "content": stdout, "tool_use_id": "toolu_01"}]
        yield row("user", {"role": "user", "content": content}, {"toolUseResult": stdout})


def row(kind: str, message: dict[str, Any], more: dict[str, Any]) -> bytes:
    """One record."""
    uuid = f"00000000-0000-4000-8000-{next(_COUNT):012d}"
    record = {"type": kind, "message": message, "uuid": uuid, **more, **COMMON}
    return json.dumps(record, separators=(",", ":")).encode() + b"\n"


_COUNT: Final = iter(range(1, 1 << 40))


def run(command: list[str], home: str) -> Run:
    """Run a command to its end in this home."""
    own = ("PATH", "LANG", "SYSTEMROOT")
    env = {name: value for name, value in os.environ.items() if name in own} | {"HOME": home}
    with tempfile.TemporaryFile() as out:
        begin = time.perf_counter()
        process = subprocess.Popen(command, env=env, stdout=out, stdin=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - begin
        if process.returncode:
            sys.exit(f"{command[1:]} failed")
        out.seek(0)
        said = out.read()
    unit = 1024 if sys.platform != "darwin" else 1
    memory = used.ru_maxrss * unit / MEGABYTE
    shown = json.loads(said) if said.startswith(b"{") else {}
    return Run(wall, used.ru_utime + used.ru_stime, memory, shown)


if __name__ == "__main__":
    main()
