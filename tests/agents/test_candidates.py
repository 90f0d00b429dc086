"""Candidates: kept once, decided once, never out of this machine's record."""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memsync.agents import candidates
from memsync.agents.candidates import Candidate
from memsync.system.disk import RealDisk
from memsync.system.errors import InputError, LocalError
from tests.systems import posix_only

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def test_a_candidate_comes_back_as_it_was_put(tmp_path: Path) -> None:
    disk = RealDisk(tmp_path, LocalError)
    given = candidates.of("I prefer tabs", "session")._replace(
        project="/p", session="s1", uuid="u1", time="2026-11-28T11:00Z"
    )
    assert candidates.put(disk, given)
    assert candidates.pending(disk) == [given]
    assert candidates.count(disk) == 1


def test_the_same_words_are_one_candidate_on_every_door(tmp_path: Path) -> None:
    disk = RealDisk(tmp_path, LocalError)
    assert candidates.put(disk, candidates.of("I prefer  tabs", "session"))
    assert not candidates.put(disk, candidates.of("i prefer tabs\n", "claude"))
    assert [one.text for one in candidates.pending(disk)] == ["I prefer  tabs"]


@pytest.mark.parametrize("status", ["refused", "accepted"])
def test_what_was_decided_never_comes_again(tmp_path: Path, status: candidates.Status) -> None:
    disk = RealDisk(tmp_path, LocalError)
    given = candidates.of("I prefer tabs", "session")._replace(project="/p")
    candidates.put(disk, given)
    candidates.decide(disk, given, status, NOW, note="d27822d2b0b3")
    assert candidates.pending(disk) == []
    assert not candidates.put(disk, given)
    assert candidates.count(disk) == 0
    (done,) = candidates.every(disk, status)
    assert (done.status, done.decided) == (status, "2026-11-28T12:00:00Z")


def test_a_refused_one_keeps_none_of_its_words(tmp_path: Path) -> None:
    disk = RealDisk(tmp_path, LocalError)
    given = candidates.of("the marzipan secret", "session")._replace(project="/marzipan")
    candidates.put(disk, given)
    candidates.decide(disk, given, "refused", NOW)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))
    assert b"marzipan" not in kept


def test_a_decision_that_was_cut_short_counts(tmp_path: Path) -> None:
    disk = RealDisk(tmp_path, LocalError)
    given = candidates.of("I prefer tabs", "session")
    candidates.put(disk, given)
    pending = (tmp_path / "pending" / f"{given.id}.json").read_bytes()
    candidates.decide(disk, given, "refused", NOW)
    (tmp_path / "pending" / f"{given.id}.json").write_bytes(pending)
    assert not candidates.put(disk, given)
    assert candidates.pending(disk) == []
    assert candidates.count(disk) == 0


def test_a_secret_never_gets_into_one(tmp_path: Path) -> None:
    given = candidates.of(f"the key is sk-ant-api03-{'Zy9' * 12}", "session")
    assert "Zy9" not in given.text
    assert "[redacted: anthropic key]" in given.text


@pytest.mark.parametrize("text", ["", " \n\t", "x" * (candidates.MOST_BYTES + 1)])
def test_blank_and_endless_ones_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        candidates.of(text, "session")


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null", b'{"id": "other", "text": "x"}'])
def test_a_damaged_file_is_passed_by(tmp_path: Path, damage: bytes) -> None:
    disk = RealDisk(tmp_path, LocalError)
    good, bad = candidates.of("one", "session"), candidates.of("two", "session")
    candidates.put(disk, good)
    candidates.put(disk, bad)
    (tmp_path / "pending" / f"{bad.id}.json").write_bytes(damage)
    assert candidates.pending(disk) == [good]


def test_they_are_listed_oldest_first_and_found_by_four_digits(tmp_path: Path) -> None:
    disk = RealDisk(tmp_path, LocalError)
    late = candidates.of("late", "session")._replace(time="2026-11-28T12:00Z")
    early = candidates.of("early", "session")._replace(time="2026-11-28T11:00Z")
    for one in (late, early):
        candidates.put(disk, one)
    assert candidates.pending(disk) == [early, late]
    assert candidates.find(disk, late.id[:4]) == late
    for wrong in (late.id[:3], "zzzz"):
        with pytest.raises(InputError):
            candidates.find(disk, wrong)


@posix_only("modes")
def test_a_candidate_is_its_owners_alone(tmp_path: Path) -> None:
    disk = RealDisk(tmp_path / "state", LocalError)
    given = candidates.of("I prefer tabs", "claude")
    candidates.put(disk, given)
    path = Path(disk.where(f"pending/{given.id}.json"))
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(path.parent).st_mode) == 0o700
    assert set(json.loads(path.read_text())) == set(Candidate._fields)
