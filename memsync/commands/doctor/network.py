"""The way to Claude's API: where it leads, and whether it is open, with the client of a refresh."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from memsync.commands.doctor.findings import Finding, info, problem, warning
from memsync.merge import address
from memsync.merge.keys import Key
from memsync.system.errors import ClaudeError, UncheckedError


def of_address(env: Mapping[str, str]) -> Iterator[Finding]:
    """What is to be said of the address: one that is no address is told by whoever needs a key."""
    found = address.of_environment(env)
    if found.trouble or found.own:
        return
    what = f"the memory and the key go to {found.host}, not to Anthropic ({address.VARIABLE})"
    if found.local:
        yield info(what, f"unset {address.VARIABLE}   (unless a program of yours answers there)")
    else:
        yield warning(what, f"unset {address.VARIABLE}   (unless you trust whoever runs it)")


def of_key(key: Key) -> Iterator[Finding]:
    """Ask the API whether it accepts the key, with the very client of a refresh. Costs nothing."""
    from memsync.merge import claude

    refused = claude.check(key)
    if isinstance(refused, UncheckedError):
        what = f"whether the key is accepted could not be asked: {refused.what}"
        yield info(what, "memsync doctor   (once the network is there)")._replace(unasked=True)
    elif refused is not None:
        hint = refused.hint.replace(", then: memsync doctor", "")
        yield problem(refused.what, hint, ClaudeError.status)
