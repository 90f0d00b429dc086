"""The registry: which services memsync knows, in the order in which it offers them.

To add one: a file beside this one, and a line here. Where the line stands is a decision users feel.
"""

from __future__ import annotations

from pathlib import Path

from memsync.providers.base import (
    NO_ANSWER,
    CloudFolder,
    Provider,
    Spot,
    hangs,
    look_at,
    real,
    refused,
)
from memsync.providers.custom import CustomProvider
from memsync.providers.dropbox import TEAM, DropboxProvider
from memsync.providers.gdrive import ACCOUNT_FOLDER, GoogleDriveProvider, beside_my_drive
from memsync.providers.icloud import ICloudProvider
from memsync.providers.onedrive import SHARED_LIBRARY, OneDriveProvider, is_shared_library
from memsync.system.errors import UsageError
from memsync.system.machine import Machine

__all__ = ["PROVIDERS", "CloudFolder", "Provider", "by_name", "detect_all", "given"]

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


def detect_all(machine: Machine) -> list[CloudFolder]:
    """Every folder of every provider, in the order of the registry."""
    return [folder for provider in PROVIDERS for folder in provider.detect(machine)]


def _holder(path: Path, machine: Machine) -> CloudFolder | None:
    """The innermost folder that `path` is or lies in."""
    place = real(path)
    answering = [one for one in detect_all(machine) if NO_ANSWER not in one.warnings]
    holders = [one for one in answering if place.is_relative_to(real(one.path))]
    return max(holders, key=lambda one: len(real(one.path).parts), default=None)


def given(path: Path, machine: Machine) -> CloudFolder:
    """A folder a person named, judged as a detected one would be; one that is absent is
    `unreadable`.
    """
    if hangs(path, machine):
        return CloudFolder("custom", path, "", "given", (NO_ANSWER,), "unreadable")
    held = _holder(path, machine)
    provider, account = ("custom", "") if held is None else (held.provider, held.account)
    known: tuple[str, ...] = ()
    if held is not None and held.state == "found":
        inside = real(path) != real(held.path)
        known = tuple(one for one in held.warnings if not (inside and one == TEAM))
    found = look_at(provider, [Spot(path, "given", account, known)], machine).folders
    if not found:
        return CloudFolder(
            provider, path, account, "given", ("there is no such folder",), "unreadable"
        )
    beside = beside_my_drive(real(path), machine)
    why_not = refused(path, machine) or (beside if beside == ACCOUNT_FOLDER else "")
    if why_not:
        return found[0]._replace(warnings=(why_not, *found[0].warnings), state="unreadable")
    shared = SHARED_LIBRARY if is_shared_library(real(path), machine) else beside
    if shared and shared not in known:
        return found[0]._replace(warnings=(shared, *found[0].warnings))
    return found[0]
