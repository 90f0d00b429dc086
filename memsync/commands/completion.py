"""`memsync completion`: print the script that makes a shell complete memsync's commands."""

from __future__ import annotations

import argparse

from memsync.commands.register import whole
from memsync.config import Config
from memsync.providers.resolve import Place
from memsync.system import terminal

EXAMPLE = "memsync completion bash > ~/.local/share/bash-completion/completions/memsync"
SHELLS = ("bash", "zsh", "fish", "powershell")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help=", ".join(SHELLS))


def cmd_completion(args: argparse.Namespace, _config: Config, _provider: Place) -> int:
    """Print the script on stdout."""
    import shtab  # no other command needs it

    terminal.out_raw(shtab.complete(whole(), shell=args.shell).rstrip("\n") + "\n")
    return 0
