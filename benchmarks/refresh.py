"""How long `refresh` takes over a ten-line script that makes the same call through the same SDK.

    python -m benchmarks.refresh [--runs 15]

Both talk to the same instant stand-in for Claude on loopback; runs are interleaved. Figures, not
tests. Target: at most 1.15.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks import start
from memsync.commands.demo.standin import StandIn
from memsync.memory.text.document import STARTER
from memsync.merge.models import DEFAULT_MODEL
from memsync.merge.prompt import Part, system, user_message

TARGET = 1.15
NOTE = "The staging database moved to Frankfurt."
SCRIPT = """\
import anthropic, sys
client = anthropic.Anthropic(api_key="made-up", max_retries=0)
messages = [{"role": "user", "content": sys.argv[2]}]
text = ""
request = dict(model=sys.argv[3], max_tokens=16384, system=sys.argv[1], messages=messages)
with client.messages.create(**request, output_config={"effort": "low"}, stream=True) as events:
    for event in events:
        if event.type == "content_block_delta" and event.delta.type == "text_delta":
            text += event.delta.text
print(text)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=15)
    args = parser.parse_args()
    user = user_message(STARTER, [Part("", NOTE)])
    commands = {
        "script": [sys.executable, "-c", SCRIPT, system(400), user, DEFAULT_MODEL],
        "refresh": start.memsync(["refresh", "--notes", NOTE]),
    }
    with (
        tempfile.TemporaryDirectory(prefix="memsync-bench-") as folder,
        StandIn(seconds=900) as api,
    ):
        env = start.machine(Path(folder)) | {"ANTHROPIC_BASE_URL": api.url}
        found = start.measure(commands, env, args.runs)
        calls = api.calls
    wall = {name: start.median(runs, "wall") for name, runs in found.items()}
    cpu = {name: start.median(runs, "cpu") for name, runs in found.items()}
    print(f"{'':<10}{'wall ms':>10}{'cpu ms':>10}   (medians of {args.runs}; {calls} calls)")
    for name in commands:
        print(f"{name:<10}{wall[name] * 1000:>10.1f}{cpu[name] * 1000:>10.1f}")
    ratio = wall["refresh"] / wall["script"]
    verdict = "ok" if ratio <= TARGET else "too slow"
    cpu_ratio = cpu["refresh"] / cpu["script"] if cpu["script"] else 0.0
    print(f"ratio     {ratio:>10.2f}{cpu_ratio:>10.2f}   (target {TARGET}) {verdict}")


if __name__ == "__main__":
    main()
