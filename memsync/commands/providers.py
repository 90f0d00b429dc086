"""`memsync providers`: which cloud folders were looked for and found."""

from __future__ import annotations

import argparse

from memsync.config import Config
from memsync.providers.base import NOT_ALLOWED
from memsync.providers.registry import PROVIDERS, Provider
from memsync.providers.resolve import Place
from memsync.system import terminal
from memsync.system.machine import Machine

EXAMPLE = "memsync providers --json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="print one object")


def cmd_providers(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Print each provider, its folders, and what was looked at."""
    machine = config.machine
    if args.json:
        terminal.out_json({"providers": [_as_json(one, machine) for one in PROVIDERS]})
        return 0
    for one in PROVIDERS:
        found = one.detect(machine)
        in_use = one.name == provider.provider
        words = "in use" if in_use else "" if found else "not found"
        terminal.out(f"{one.title} ({one.name}): {words}".rstrip())
        for row in found:
            label = f" ({row.account})" if row.account else ""
            terminal.out(f"  {row.state}: {row.path}{label}: {row.evidence}")
            for warning in row.warnings:
                terminal.out(f"    {warning}")
        for path in one.blocked(machine):
            terminal.out(f"  unreadable: {path}")
            terminal.out(f"    {NOT_ALLOWED[machine.system]}")
        if not found:
            for place, look in one.looked(machine):
                terminal.out(f"  {look}: {place}")
    return 0


def _as_json(one: Provider, machine: Machine) -> dict[str, object]:
    rows = [{**row._asdict(), "path": str(row.path)} for row in one.detect(machine)]
    looked = [{"place": place, "look": look} for place, look in one.looked(machine)]
    return {"name": one.name, "title": one.title, "found": rows, "looked": looked}
