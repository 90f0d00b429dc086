"""The real SDK pointed at a stand-in, and at nothing else of this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from memsync.merge import claude
from memsync.merge.models import ACTIVE_MODELS
from tests.merge.claude.asking import Clock
from tests.standin import StandIn


@pytest.fixture(autouse=True)
def _no_credentials_and_no_proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if (
            name.startswith("ANTHROPIC_")
            or name.upper().endswith("_PROXY")
            or name.startswith("SSL_CERT")
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))  # reading the system's ones takes 50 ms


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(claude, "time", clock)
    return clock


@pytest.fixture
def standin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., StandIn]]:
    running: list[StandIn] = []

    def start(*script: str, models: Sequence[str] = ACTIVE_MODELS) -> StandIn:
        api = StandIn(*script, models=models).__enter__()
        running.append(api)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", api.url)
        return api

    yield start
    for api in running:
        api.__exit__(None, None, None)
