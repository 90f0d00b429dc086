"""Prices and room, by arithmetic done by hand."""

from __future__ import annotations

import subprocess
import sys

import pytest

from memsync.merge.models import ACTIVE_MODELS, DEFAULT_MODEL, default_max_tokens, price


@pytest.mark.parametrize(
    ("model", "input_tokens", "output_tokens", "dollars"),
    [
        ("claude-sonnet-5-5", 1_000_000, 1_000_000, 12),
        ("claude-sonnet-5-5", 9_300, 8_000, 0.0986),
        ("claude-haiku-4-5-20251001", 10_000, 1_000, 0.015),
        ("claude-haiku-5-5", 100_000, 0, 0.01),
        ("claude-haiku-5-5", 200_000, 10_000, 0.125),
        ("claude-opus-5-5", 0, 0, 0),
    ],
)
def test_price(model: str, input_tokens: int, output_tokens: int, dollars: float) -> None:
    assert price(model, input_tokens, output_tokens) == pytest.approx(dollars)


def test_the_price_of_an_unknown_model_is_not_guessed() -> None:
    assert price("claude-sonnet-9", 1, 1) is None


@pytest.mark.parametrize(
    ("memory_bytes", "tokens"),
    [(0, 16_384), (12_288, 16_384), (24_000, 24_192), (300_000, 128_000)],
)
def test_a_reply_has_room_for_the_memory_twice_and_for_thinking(
    memory_bytes: int, tokens: int
) -> None:
    assert default_max_tokens(memory_bytes) == tokens


def test_the_default_model_is_one_that_is_offered() -> None:
    assert DEFAULT_MODEL in ACTIVE_MODELS
    assert price(DEFAULT_MODEL, 1, 1) is not None


def test_reading_the_models_is_cheap() -> None:
    code = (
        "import sys, memsync.merge.models; sys.exit(any(m in sys.modules for m in "
        "('anthropic', 'memsync.merge.claude')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
