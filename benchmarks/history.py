"""Ten years of notes: what `status`, `note` and the local part of `refresh` cost, over an empty
folder.

36,500 merged notes in 3,650 days and 1,000 backups, as memsync itself would have left them. Prints
the medians of one interleaved run and their ratios; the target is at most 1.5. Run: python
benchmarks/history.py
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from memsync.memory.text import notes
from memsync.memory.text.document import STARTER, compose, short_hash

DAYS, NOTES_A_DAY, BACKUPS, RUNS = 3650, 10, 1000, 15
COMMANDS = (("status",), ("note", "one more"), ("refresh",))


def environment(home: Path) -> dict[str, str]:
    """A pretend machine without a key: with nothing pending none is needed."""
    keep = {
        name: os.environ[name] for name in ("PATH", "VIRTUAL_ENV", "LANG") if name in os.environ
    }
    return {**keep, "HOME": str(home)}


def run(home: Path, *words: str) -> float:
    """Seconds that one command took."""
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "memsync", *words],
        env=environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return time.perf_counter() - begin


def machine(folder: Path) -> Path:
    """A machine that has just been set up; its home."""
    (folder / "cloud").mkdir(parents=True)
    run(folder, "init", "--provider", "custom", "--sync-root", str(folder / "cloud"), "--yes")
    return folder


def fill(home: Path) -> None:
    """Ten years: notes, bundles, backups, and a memory whose set holds them all."""
    memory = home / "cloud" / "claude-memory"
    first = datetime(2016, 11, 22, 8, 0, 0, tzinfo=UTC)
    ids: list[str] = []
    for day in range(DAYS):
        folder = memory / "sessions" / f"{first + timedelta(days=day):%Y-%m-%d}"
        folder.mkdir(parents=True)
        for number in range(NOTES_A_DAY):
            when = first + timedelta(days=day, hours=number)
            nonce = f"{day * 100 + number:016x}"
            data = notes.render(
                f"note {day}.{number}", time=when, host="old", source="text", nonce=nonce
            )
            ids.append(short_hash(data))
            (folder / f"{when:%H%M%S}-{ids[-1]}.md").write_bytes(data)
        os.utime(folder, (1_500_000_000, 1_500_000_000))
    (memory / "bundles").mkdir()
    tokens = []
    for start in range(0, len(ids), 600):
        data = "".join(f"{one}\n" for one in sorted(ids[start : start + 600])).encode()
        tokens.append(f"b-{short_hash(data)}")
        (memory / "bundles" / f"{short_hash(data)}.ids").write_bytes(data)
    for number in range(BACKUPS):
        body = STARTER.replace("(Fill", f"(Version {number}: fill")
        raw = compose(body, tokens, "-")
        rev = raw.decode().split("rev: ")[1][:12]
        when = first + timedelta(days=number * 3)
        (memory / "backups" / f"GLOBAL_MEMORY_{when:%Y%m%d_%H%M%S}_{rev}.md").write_bytes(raw)
    (memory / "GLOBAL_MEMORY.md").write_bytes(compose(STARTER, tokens, "-"))


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as temp:
        empty, full = machine(Path(temp) / "empty"), machine(Path(temp) / "full")
        fill(full)
        first = run(full, "refresh")
        run(empty, "refresh")
        print(f"the first refresh over ten years, without a cache: {first * 1000:.0f} ms")
        for words in COMMANDS:
            times: dict[Path, list[float]] = {empty: [], full: []}
            for _ in range(RUNS):
                for home in (empty, full):
                    if words[0] == "note":
                        for old in (home / "cloud" / "claude-memory" / "sessions").glob(
                            "2026-*/*.md"
                        ):
                            old.unlink()
                    times[home].append(run(home, *words))
            for home in (empty, full):
                for old in (home / "cloud" / "claude-memory" / "sessions").glob(
                    f"{datetime.now(UTC):%Y}-*/*.md"
                ):
                    if words[0] == "note":
                        old.unlink()
            small, large = statistics.median(times[empty]), statistics.median(times[full])
            figures = (
                f"empty {small * 1000:6.1f} ms  ten years {large * 1000:6.1f} ms  ratio "
                f"{large / small:.2f}"
            )
            print(f"{words[0]:<8} {figures}")


if __name__ == "__main__":
    main()
