"""`memsync usage`: what the calls of this machine cost, by month. Writes nothing."""

from __future__ import annotations

import argparse

from memsync.config import Config
from memsync.merge import ledger
from memsync.providers.resolve import Place
from memsync.system import terminal
from memsync.system.disk import RealDisk
from memsync.system.errors import LocalError

EXAMPLE = "memsync usage --json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="print one object")


def cmd_usage(args: argparse.Namespace, config: Config, provider: Place) -> int:
    """Print calls, tokens and money, the newest month first."""
    del provider
    months = ledger.by_month(ledger.read(RealDisk(config.machine.state_dir, LocalError)))
    if args.json:
        terminal.out_json({"months": [month._asdict() for month in months]})
        return 0
    if not months:
        terminal.out("no calls on this machine yet.")
        return 0
    terminal.out(f"{'Month':<9}{'Calls':>6}{'Tokens in':>12}{'Out':>10}  Price")
    for month in months:
        terminal.out(
            f"{month.month:<9}{month.calls:>6}{month.input_tokens:>12,}{month.output_tokens:>10,}"
            f"  {_price(month)}"
        )
    return 0


def _price(month: ledger.Month) -> str:
    """The sum by list price, and how many calls it leaves out."""
    known = f"${month.dollars:.4f}"
    if not month.unpriced:
        return known
    if month.unpriced == month.calls:
        return "no price"
    return f"{known} + {month.unpriced} without a price"
