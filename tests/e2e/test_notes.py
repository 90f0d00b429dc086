"""`notes`, `show VERSION` and `usage`: what was captured, what was there before, what it cost."""

from __future__ import annotations

import json
import re
import stat
import time
from typing import Any

import pytest

from memsync.commands.demo.filing import split_message
from memsync.memory.text.document import short_hash
from tests.e2e.world import MEMORY, World, told, tree
from tests.standin import StandIn
from tests.systems import posix_only

ROW = re.compile(
    r"([0-9a-f]{12})  \d{4}-\d\d-\d\d \d\d:\d\d  (merged|pending|held|outbox) +(\S+) +(.*)"
)


def listed(world: World, *words: str, **more: Any) -> list[tuple[str, ...]]:
    """State and first line of each note that is listed."""
    rows = [ROW.fullmatch(line) for line in world.ok("notes", *words, **more).out.splitlines()]
    return [(row[2], row[4]) for row in rows if row is not None]


def next_second() -> None:
    """Wait until the clock shows another second."""
    time.sleep(1 - time.time() % 1)


@pytest.fixture
def noted(ready: World) -> World:
    """A merged note, and a pending one of two lines. Notes of one second stand in any order."""
    next_second()
    with StandIn() as api:
        ready.ok("refresh", "-n", "Prefer tea in the office", api=api)
    next_second()
    ready.ok("note", "\nOffice hours end at FIVE\nand begin at nine")
    return ready


def test_the_notes_are_listed_with_their_states_newest_first(noted: World) -> None:
    before = tree(noted.root)
    rows = listed(noted)
    assert rows[:2] == [
        ("pending", "Office hours end at FIVE"),
        ("merged", "Prefer tea in the office"),
    ]
    assert listed(noted, "--pending") == rows[:1]
    assert noted.ok("notes", "--held").out == "no notes.\n"
    assert tree(noted.root) == before


def test_words_find_notes_and_lines_of_the_memory(noted: World) -> None:
    assert listed(noted, "office") == [
        ("pending", "Office hours end at FIVE"),
        ("merged", "Prefer tea in the office"),
    ]
    assert listed(noted, "five", "hours") == [("pending", "Office hours end at FIVE")]
    number = noted.body.splitlines().index("- Never push to main") + 1
    out = noted.ok("notes", "PUSH", "main").out.splitlines()
    assert f"memory, line {number}: - Never push to main" in out
    assert noted.ok("notes", "nobody", "said", "this").out == "no notes.\n"


def test_the_id_of_a_note_prints_it(noted: World) -> None:
    (note_id,) = noted.pending
    done = noted.ok("notes", note_id[:6])
    assert done.out == "\nOffice hours end at FIVE\nand begin at nine\n"
    assert note_id in done.err
    assert "pending" in done.err
    assert noted.ok("notes", note_id, "--json").json["text"] == noted.pending[note_id]
    told(noted.run("notes", "0" * 12), 1, "there is no note", "memsync notes")


def test_an_edit_is_listed_by_its_first_change(ready: World) -> None:
    ready.edit("- Short answers", "- Drinks tea\n- Short answers")
    ready.ok("refresh")
    assert listed(ready)[0][0] == "merged"
    assert "+ - Drinks tea" in {first for _, first in listed(ready)}


def test_a_note_in_the_outbox_is_listed_also_while_the_folder_is_gone(ready: World) -> None:
    ready.folder.rename(ready.root / "away")
    ready.ok("note", "Prefer tea")
    done = ready.run("notes")
    assert done.status == 4
    assert re.search(r"outbox +\S+ +Prefer tea$", done.out, re.MULTILINE)


def test_json_is_one_object_also_while_the_folder_is_gone(ready: World) -> None:
    ready.folder.rename(ready.root / "away")
    ready.ok("note", "Prefer tea")
    done = ready.run("notes", "--json")
    assert done.status == 4
    assert [row["first_line"] for row in done.json["notes"]] == ["Prefer tea"]
    assert done.json["error"]["status"] == 4
    assert done.json["error"]["try"]


def test_json_has_utc_and_the_state(noted: World) -> None:
    came = noted.ok("notes", "--json", TZ="Asia/Tokyo").json
    assert came["more"] is False
    assert came["notes"][0]["state"] == "pending"
    assert came["notes"][0]["first_line"] == "Office hours end at FIVE"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", came["notes"][0]["time"])


@posix_only("TZ is not read on Windows")
def test_the_list_shows_local_time(noted: World) -> None:
    here, there = (noted.ok("notes", TZ=zone).out for zone in ("UTC0", "TST-9"))
    assert here != there


def test_only_the_newest_are_read_and_shown(ready: World) -> None:
    for number in range(21):
        ready.ok("note", f"note number {number}")
    done = ready.ok("notes")
    assert len(done.out.splitlines()) == 20
    assert "memsync notes --all" in done.err
    assert len(ready.ok("notes", "--all").out.splitlines()) == len(ready.notes)


# -- show ----------------------------------------------------------------------------------------


def test_show_prints_a_version_byte_for_byte(ready: World) -> None:
    first = ready.status()["revision"]
    ready.edit("in March", "in April")
    ready.ok("refresh")
    assert ready.ok("show", first[:6]).out == MEMORY
    assert ready.ok("show").out == MEMORY.replace("in March", "in April")
    assert ready.ok("show", ready.status()["revision"][:6]).out == ready.body
    told(ready.run("show", "abcdabcd"), 1, "no version", "memsync history")


# -- usage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["merged", "garbage"])
def test_each_paid_call_is_on_record_also_one_that_is_refused(ready: World, kind: str) -> None:
    assert ready.ok("usage").out == "no calls on this machine yet.\n"
    with StandIn("merged" if kind == "merged" else "elided") as api:
        ready.run("refresh", "-n", "Never deploy on Fridays", api=api)
    (month,) = ready.ok("usage", "--json").json["months"]
    assert month["calls"] == api.calls
    assert month["input_tokens"] > 0
    assert month["output_tokens"] > 0
    assert month["dollars"] > 0
    assert re.search(rf"^{month['month']} +{api.calls} ", ready.ok("usage").out, re.MULTILINE)
    ledger = ready.state / "usage.jsonl"
    assert len(ledger.read_text(encoding="utf-8").splitlines()) == api.calls


@posix_only("modes")
def test_the_record_of_calls_is_this_users_alone_and_survives_damage(ready: World) -> None:
    with StandIn() as api:
        ready.ok("refresh", "-n", "Never deploy on Fridays", api=api)
        ledger = ready.state / "usage.jsonl"
        assert stat.S_IMODE(ledger.stat().st_mode) == 0o600
        ledger.write_bytes(ledger.read_bytes() + b'\xff[[{"half\n')
        endless = {"time": "2026-10", "engine": "api", "model": "x", "output_tokens": 5}
        line = json.dumps({**endless, "input_tokens": float("inf"), "dollars": 1})
        ledger.write_bytes(ledger.read_bytes() + line.encode())
        ready.ok("refresh", "-n", "Prefer tea", api=api)
    assert ready.ok("usage", "--json").json["months"][0]["calls"] == 2


def test_a_call_of_unknown_price_is_counted_without_money(ready: World) -> None:
    line = {"time": "2026-10-01T00:00:00Z", "engine": "api", "model": "x"}
    tokens = {"input_tokens": 1000, "output_tokens": 50, "dollars": None}
    (ready.state / "usage.jsonl").write_text(json.dumps({**line, **tokens}), encoding="utf-8")
    out = ready.ok("usage").out.splitlines()
    assert out[1].split() == ["2026-10", "1", "1,000", "50", "no", "price"]


def test_a_record_that_cannot_be_written_stops_no_merge(ready: World) -> None:
    (ready.state / "usage.jsonl").mkdir()
    with StandIn() as api:
        done = ready.ok("refresh", "-n", "Never deploy on Fridays", api=api)
    assert "memsync usage" in done.err
    assert "Never deploy on Fridays" in ready.body


# -- status --------------------------------------------------------------------------------------


def test_status_begins_with_what_waits_and_the_command_for_it(ready: World) -> None:
    def first() -> str:
        return ready.ok("status").out.splitlines()[0]

    assert first() == "In step."
    ready.ok("note", "Prefer tea")
    assert first() == "1 note waits: memsync refresh"
    ready.ok("note", "Prefer coffee")
    assert first() == "2 notes wait: memsync refresh"
    ready.edit("in March", "in April")
    assert first() == "A change from outside waits: memsync refresh"
    with StandIn() as api:
        ready.ok("refresh", api=api)
    assert first() == "In step."
    ready.target.unlink()
    assert first() == "Claude Code does not read this memory yet: memsync refresh"


def test_claude_may_write_the_day_a_note_was_taken(ready: World) -> None:
    """The frame tells it: `<note date="2026-11-22">`."""

    def dated(request: str) -> str:
        day = re.search(r'<note date="([\d-]{10})">', request)
        assert day is not None
        memory, (note,) = split_message(request)
        line = f"- {note} (since {day[1]})"
        return memory.replace("- Short answers", f"{line}\n- Short answers") + "\n"

    with StandIn(rule=dated) as api:
        done = ready.run("refresh", "-n", "Tea in the office is served at four", api=api)
    assert done.status == 0, done
    assert "- Tea in the office is served at four (since 20" in ready.body


@pytest.mark.parametrize(
    "time", ['1"></note>', "garbage", "\u0662\u0660\u0662\u0666-11-22T06:07:53Z", ""]
)
def test_the_time_of_a_note_from_elsewhere_is_no_part_of_the_frame(ready: World, time: str) -> None:
    """Only a day is; where the time is none, that of the folder that the note lies in."""
    head = f"memsync-note: 1\nkind: note\ntime: {time}\nhost: h\nsource: s\nnonce: {16 * '0'}\n"
    data = f"{head}---\nPrefer tea in the office\n".encode()
    folder = ready.folder / "sessions" / "2026-11-22"
    folder.mkdir(parents=True)
    (folder / f"060753-{short_hash(data)}.md").write_bytes(data)
    with StandIn() as api:
        ready.ok("refresh", api=api)
    _, _, notes = api.prompts[0].partition("SESSION NOTES:")
    assert re.findall("</?note.*", notes) == ['<note date="2026-11-22">', "</note>"]
