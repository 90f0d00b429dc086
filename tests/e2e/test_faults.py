"""What Claude's API can do to a refresh, and that none of it touches memory, backups or
CLAUDE.md.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.e2e.world import KEY, MEMORY, Result, World, told, tree
from tests.standin import StandIn, closed_port_url
from tests.systems import posix_only

NOTE = "Never deploy on Fridays."

GOOD = ["merged", "thinking first", "two text blocks", "fenced", "preamble"]

BAD = {
    "max_tokens": (5, "max_tokens"),
    "refusal": (5, "declined"),
    "empty": (5, "empty"),
    "elided": (6, "refused"),
    "sections swapped": (6, "needs a yes"),
    "400 credit": (5, "credit"),
    "401": (5, "MEMSYNC_API_KEY"),
    "404 model": (5, "memsync config set model"),
    "429 long": (5, "60 min"),
    "html": (5, "ANTHROPIC_BASE_URL"),
    "cut stream": (5, "broke off"),
    "early end": (5, "broke off"),
    "no message_stop": (5, "broke off"),
}


class Before:
    """How a machine stood before a refresh that fails."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tree = self._tree()
        self.notes = set(world.notes)

    def _tree(self) -> dict[str, str]:
        paths = [self.world.memory, self.world.folder / "backups", self.world.target.parent]
        return {name: what for path in paths for name, what in tree(path).items()}

    def is_kept(self) -> None:
        """Memory, backups and CLAUDE.md are byte for byte as before; the note waits, and Claude
        Code may read it until it is merged; no key lies anywhere.
        """
        waiting = self.world.target.parent / "rules" / "memsync-pending.md"
        assert NOTE in waiting.read_text(encoding="utf-8")
        now = self._tree()
        del now[str(waiting)]
        del now[str(waiting.parent)]
        assert now == self.tree
        assert [text.strip() for text in self.world.pending.values()] == [NOTE]
        assert set(self.world.notes) - self.notes == set(self.world.pending)
        assert not [path for path in _files(self.world.root) if KEY.encode() in path.read_bytes()]


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("scenario", GOOD)
def test_a_note_becomes_a_line_of_the_memory(ready: World, scenario: str) -> None:
    with StandIn(scenario) as api:
        done = ready.run("refresh", "-n", NOTE, api=api)
    assert (done.status, done.out.splitlines()[0]) == (0, "done."), done
    assert ready.body == MEMORY.replace("is deleted\n", f"is deleted\n- {NOTE}\n")
    assert not ready.pending
    assert ready.target.read_bytes() == ready.memory.read_bytes()
    assert api.calls == 1


@pytest.mark.parametrize("scenario", ["nothing changed", "unchanged"])
def test_a_note_that_changes_nothing_is_merged_all_the_same(ready: World, scenario: str) -> None:
    with StandIn(scenario) as api:
        done = ready.run("refresh", "-n", "Ada is a compiler engineer.", api=api)
        again = ready.run("refresh", api=api)
    assert (done.status, done.out) == (0, "no changes.\n"), done
    assert (again.status, again.out) == (0, "no changes.\n"), again
    assert ready.body == MEMORY
    assert not ready.pending
    assert api.calls == 1


def test_a_constraint_that_the_reply_drops_is_put_back_and_said(ready: World) -> None:
    with StandIn("constraint dropped") as api:
        done = ready.run("refresh", "-n", "Prefer tea", api=api)
    assert done.status == 0, done
    assert ready.body == MEMORY + "- Prefer tea\n"
    assert "Never push to main" in done.out + done.err


@pytest.mark.parametrize("yes", [[], ["--yes"], ["--yes-to-all"]])
def test_a_constraint_that_the_reply_softens_stays_as_it_was(ready: World, yes: list[str]) -> None:
    with StandIn("constraint softened") as api:
        done = ready.run("refresh", *yes, "-n", "Prefer tea", api=api)
    assert done.status == 0, done
    assert ready.body == MEMORY + "- Prefer tea\n"
    assert "Try not to push to main" in done.err, "what the reply had is told"


def test_a_section_that_no_note_speaks_of_is_put_back(ready: World) -> None:
    with StandIn("section dropped") as api:
        done = ready.ok("refresh", "-n", NOTE, api=api)
    assert "## Standing preferences" in done.err
    assert ready.body.replace(f"- {NOTE}\n", "") == MEMORY


@pytest.mark.parametrize("scenario", BAD)
def test_a_failure_changes_nothing_and_keeps_the_note(ready: World, scenario: str) -> None:
    status, words = BAD[scenario]
    before = Before(ready)
    with StandIn(scenario) as api:
        failed = ready.run("refresh", "-n", NOTE, api=api)
    told(failed, status, words)
    assert failed.out == ""
    assert api.calls == (2 if "refused" in words else 1), "a refused reply is answered once"
    before.is_kept()


def test_an_endless_answer_ends_at_the_timeout(ready: World) -> None:
    ready.ok("config", "set", "timeout", "2")
    before = Before(ready)
    with StandIn("pings") as api:
        failed = ready.run("refresh", "-n", NOTE, api=api)
    told(failed, 5, "2 s", "memsync config set timeout")
    before.is_kept()


def test_what_failed_is_merged_by_the_next_refresh(ready: World) -> None:
    with StandIn("cut stream", "merged") as api:
        told(ready.run("refresh", "-n", NOTE, api=api), 5)
        done = ready.ok("refresh", api=api)
    assert done.out.startswith("done.\n")
    assert ready.body.count(NOTE) == 1
    assert api.calls == 2


def test_what_may_pass_is_tried_three_times_and_what_stays_is_told(tmp_path: Path) -> None:
    """The waits are 5 and 20 s, so the four run at the same time."""
    worlds = {
        name: World(tmp_path / name.replace(" ", "_"))
        for name in ("529 once", "529", "500", "refused")
    }
    for world in worlds.values():
        world.begin()
    before = {name: Before(world) for name, world in worlds.items()}
    with StandIn("529", "merged") as once, StandIn("529") as busy, StandIn("500") as broken:
        where: dict[str, StandIn | str] = {
            "529 once": once,
            "529": busy,
            "500": broken,
            "refused": closed_port_url(),
        }
        running = {
            name: one.start_ready("refresh", "-n", NOTE, api=where[name])
            for name, one in worlds.items()
        }
        ended = {name: one.end() for name, one in running.items()}
    assert (ended["529 once"].status, once.calls) == (0, 2), ended["529 once"]
    assert NOTE in worlds["529 once"].body
    told(ended["529"], 5, "overloaded")
    told(ended["500"], 5, "500")
    told(ended["refused"], 5, "connection refused")
    assert (busy.calls, broken.calls) == (3, 3)
    for name in ("529", "500", "refused"):
        assert ended[name].seconds >= 25
        before[name].is_kept()


@posix_only("SIGINT is sent the POSIX way")
def test_ctrl_c_keeps_the_note(ready: World) -> None:
    before = Before(ready)
    with StandIn("silence") as api:
        running = ready.start("refresh", "-n", NOTE, api=api)
        _until_called(api)
        running.process.send_signal(signal.SIGINT)
        stopped = running.end()
    told(stopped, 130, "interrupted")
    assert "Traceback" not in stopped.err
    before.is_kept()


def _until_called(api: StandIn) -> None:
    for _ in range(1200):
        if api.calls:
            return
        time.sleep(0.05)
    raise AssertionError("no call came")


def test_without_a_key_no_call_is_made(ready: World) -> None:
    before = Before(ready)
    with StandIn() as api:
        failed = ready.run("refresh", "-n", NOTE, api=api, MEMSYNC_API_KEY="")
    told(failed, 5, "memsync config set api_key")
    assert api.calls == 0
    before.is_kept()


def test_a_failure_as_json_is_one_object(ready: World) -> None:
    with StandIn("401") as api:
        failed = ready.run("refresh", "--json", "-n", NOTE, api=api)
    assert failed.status == 5
    assert failed.json["error"].keys() == {"what", "try", "status"}
    assert failed.json["error"]["status"] == 5
    assert failed.errors == []


def test_a_refused_reply_is_not_paid_twice(ready: World) -> None:
    with StandIn("elided") as api:
        first = ready.run("refresh", "-n", NOTE, api=api)
        second = ready.run("refresh", api=api)
    told(first, 6)
    told(_without(second, "no notes on stdin"), 6)
    assert api.calls == 2, "it is answered once, and not sent again by itself"


def test_a_reply_that_needs_a_yes_is_not_paid_twice_and_can_be_applied(ready: World) -> None:
    with StandIn("sections swapped") as api:
        first = ready.run("refresh", "-n", NOTE, api=api)
        second = ready.run("refresh", api=api)
        told(first, 6, "Current priorities", "memsync apply")
        told(_without(second, "no notes on stdin"), 6)
        ready.ok("apply", api=api)
    assert api.calls == 1
    body = ready.body
    assert body.index("## Standing preferences") < body.index("## Current priorities")
    assert NOTE in ready.body
    assert not ready.pending


def _without(result: Result, words: str) -> Result:
    lines = [line for line in result.err.splitlines(keepends=True) if words not in line]
    return result._replace(err="".join(lines))


@pytest.mark.parametrize("scenario", ["max_tokens", "refusal", "unknown stop", "blank"])
def test_a_reply_that_is_none_is_paid_all_the_same(ready: World, scenario: str) -> None:
    """What it cost is told, stands in `usage`, and counts for `max_cost_per_month`."""
    with StandIn(scenario) as api:
        done = ready.run("refresh", "-n", "Prefer tea", api=api)
        assert (done.status, api.calls) == (5, 1)
    assert " tokens in, " in done.err
    (month,) = ready.ok("usage", "--json").json["months"]
    assert month["calls"] == 1
    assert month["input_tokens"] > 0
    assert month["dollars"] > 0


@posix_only("SIGINT is sent the POSIX way")
def test_ctrl_c_that_a_library_makes_another_failure_of_is_no_bug(
    ready: World, tmp_path: Path
) -> None:
    """While the SDK is loaded, pydantic and Python itself (`__set_name__`) do that."""
    before = Before(ready)
    (tmp_path / "anthropic.py").write_text(
        "import os, signal, time\n"
        "try:\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    time.sleep(60)\n"
        "except KeyboardInterrupt:\n"
        "    raise RuntimeError('Error building the serializer') from None\n",
        encoding="utf-8",
    )
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    told(ready.run("refresh", "-n", NOTE, PYTHONPATH=path), 130, "interrupted")
    assert not list(ready.state.glob("bug*"))
    before.is_kept()
