"""The registry: which services memsync knows, in the order in which it offers them.

To add one: a file beside this one, and a line here. Where the line stands is a decision users feel.
"""

from __future__ import annotations

from pathlib import Path

from memsync.errors import UsageError
from memsync.machine import Machine
from memsync.providers.base import Candidate, Provider, Spot, look_at, real, refused
from memsync.providers.custom import CustomProvider
from memsync.providers.dropbox import DropboxProvider
from memsync.providers.gdrive import GoogleDriveProvider
from memsync.providers.icloud import ICloudProvider
from memsync.providers.onedrive import SHARED_LIBRARY, OneDriveProvider, is_shared_library

__all__ = ["PROVIDERS", "Candidate", "Provider", "by_name", "detect_all", "given", "provider_of"]

PROVIDERS: tuple[Provider, ...] = (
    OneDriveProvider(),
    ICloudProvider(),
    GoogleDriveProvider(),
    DropboxProvider(),
    CustomProvider(),
)


def by_name(name: str) -> Provider:
    """The provider of that name. Raises UsageError, which lists the names there are."""
    for provider in PROVIDERS:
        if provider.name == name:
            return provider
    names = ", ".join(provider.name for provider in PROVIDERS)
    raise UsageError(f"there is no provider {name!r}", f"use one of: {names}")


def detect_all(machine: Machine) -> list[Candidate]:
    """Every candidate of every provider, in the order of the registry."""
    return [candidate for provider in PROVIDERS for candidate in provider.detect(machine)]


def provider_of(path: Path, machine: Machine) -> tuple[Provider, str]:
    """The provider and account whose folder `path` is or lies in; custom when it lies in none."""
    place = real(path)
    holders = [one for one in detect_all(machine) if place.is_relative_to(real(one.path))]
    if not holders:
        return by_name("custom"), ""
    best = max(holders, key=lambda one: len(real(one.path).parts))
    return by_name(best.provider), best.account


def given(path: Path, machine: Machine) -> Candidate:
    """A folder a person named, judged as a detected one would be; one that is absent is `unreadable`."""
    provider, account = provider_of(path, machine)
    found = look_at(provider.name, [Spot(path, "given", account)], machine).candidates
    if not found:
        return Candidate(provider.name, path, account, "given", ("there is no such folder",), "unreadable")
    why_not = refused(path, machine)
    if why_not:
        return found[0]._replace(warnings=(why_not, *found[0].warnings), state="unreadable")
    if is_shared_library(real(path), machine):
        return found[0]._replace(warnings=(SHARED_LIBRARY, *found[0].warnings))
    return found[0]
