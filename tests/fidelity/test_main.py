"""The command: what it prints, what it returns, and the real SDK against a server on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.fidelity.__main__ import main
from benchmarks.fidelity.cases import Case, load
from benchmarks.fidelity.compare import main as compare
from benchmarks.fidelity.engines.scripted import oracle
from memsync.commands.demo.standin import Answer, Request, StandIn, error, message, text_block

ROOT = Path(__file__).parents[2]
CASES = load()
PICK = ("--case", "101-*", "--case", "118-*", "--case", "146-*")


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("ANTHROPIC_", "MEMSYNC_"))]:
        monkeypatch.delenv(name)
    for name in ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "WIN_PD_OVERRIDE_LOCAL_APPDATA"):
        monkeypatch.setenv(name, str(tmp_path))


@contextmanager
def served(respond: Callable[[Request], Answer]) -> Iterator[StandIn]:
    """The API on loopback, and a key for it."""
    with StandIn(respond) as server, pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("MEMSYNC_API_KEY", "made-up")
        yield server


def _by_oracle(request: Request) -> Answer:
    return message(request, text_block(oracle(_case_of(request))))


def _case_of(request: Request) -> Case:
    return next(case for case in CASES if case.memory.rstrip("\n") in request.user_text)


def test_the_table_names_each_case_and_the_totals(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--engine", "oracle", *PICK]) == 0
    out = capsys.readouterr().out
    rows = out.split("\n")
    assert rows[0].split()[:8] == "case reply appear rules survive gone kept only".split()
    assert rows[1].split()[2:8] == ["3/3", "-", "5/5", "3/3", "2/2", "1/1"]
    assert "3 replies scored" in out
    assert "every point 100.0 %" in out


def test_a_bad_score_is_a_score(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--engine", "truncates", *PICK]) == 0
    assert "every point  0.0 %" in capsys.readouterr().out


def test_recorded_replies_come_with_their_labels(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--engine", "replies", "--json", "--case", "101-*"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["label"] for row in found["cases"]] == ["faithful", "slip", "slip"]
    assert found["totals"]["replies"] == 3
    assert found["totals"]["points"]["gone"] == [8, 9]
    assert found["totals"]["calls"] is None


def test_replies_may_be_narrowed_to_who_wrote_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--engine", "replies", "--by", "claude", "--json", "--case", "[01]0[12]-*"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["case"] for row in found["cases"]] == [
        "001-starter-prose-note",
        "002-starter-bullet-dump",
    ]


def test_verbose_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--engine", "replies", "--case", "101-*", "-v"]) == 0
    brief = capsys.readouterr().out
    assert main(["--engine", "replies", "--case", "101-*", "-vv"]) == 0
    out = capsys.readouterr().out
    assert "all three places; the practice's name" in out
    assert "all three places; the practice's name" not in brief, "that reply was simply taken"
    assert "two of three places only" in brief
    assert "sent: gone '14 Bridge Street'" in out
    assert "the emergency number became the practice's (should: ask)" in out


def test_saved_replies_score_as_they_did(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "saved")
    assert main(["--engine", "softens", "--json", "--save", folder, *PICK]) == 0
    first = json.loads(capsys.readouterr().out)["totals"]
    assert main(["--engine", "replies", "--json", "--replies", folder]) == 0
    again = json.loads(capsys.readouterr().out)["totals"]
    assert again == first | {"calls": None, "cost": None}


def test_the_api_is_called_once_a_case_with_memsyncs_own_prompt(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with served(_by_oracle) as api:
        assert main(["--engine", "api", "--model", "claude-opus-5-5", *PICK]) == 0
    out = capsys.readouterr().out
    assert "calls 3, cost $0.0" in out
    assert "every point 100.0 %" in out
    assert api.calls == 3
    assert {request.body["model"] for request in api.requests} == {"claude-opus-5-5"}
    assert "persistent global memory file" in json.dumps(api.requests[0].body["system"])
    case = _case_of(api.requests[0])
    assert case.name == "101-clinic-moved"
    assert case.notes[0] in api.requests[0].user_text


def test_a_case_that_brought_no_reply_is_named_and_the_others_are_scored(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def respond(request: Request) -> Answer:
        if "久美子" in request.user_text:
            return message(request, stop_reason="refusal")
        return _by_oracle(request)

    with served(respond):
        assert main(["--engine", "api", *PICK]) == 1
    streams = capsys.readouterr()
    assert "118-kumiko-kisoku              not scored: " in streams.out
    assert "2 replies scored, 1 not" in streams.out
    assert "fidelity: not everything could be scored" in streams.err


def test_three_failures_in_a_row_end_the_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with served(lambda _: error(401, "authentication_error", "invalid x-api-key")) as api:
        assert main(["--engine", "api", "--case", "10*"]) == 1
    assert api.calls == 3
    assert capsys.readouterr().out.count("not scored") == 3


def test_without_a_key_nothing_is_scored(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--engine", "api", *PICK]) == 1
    streams = capsys.readouterr()
    assert streams.err == ("fidelity: there is no API key for Claude; memsync config set api_key\n")
    assert streams.out == ""


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--engine", "oracle", "--case", "999-*"], "no case fits 999-*"),
        (["--engine", "replies", "--replies", "nowhere"], "nowhere is not a folder"),
    ],
)
def test_what_cannot_be_scored_is_said_in_one_line(
    words: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 1
    err = capsys.readouterr().err
    assert err.startswith(f"fidelity: {why}")
    assert err.count("\n") == 1


def test_no_reply_at_all_is_not_a_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--engine", "replies", "--replies", str(tmp_path)]) == 1
    assert "no reply to score" in capsys.readouterr().err


def test_it_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "benchmarks.fidelity", "--engine"]
    done = subprocess.run(
        [*command, "unchanged", "--case", "104-*"], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert b"1 replies scored" in done.stdout
    wrong = subprocess.run([*command, "nobody"], cwd=ROOT, capture_output=True, check=False)
    assert wrong.returncode == 2
    assert b"Traceback" not in wrong.stderr


def test_the_comparison_has_a_row_for_each_engine_and_saved_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--engine", "unchanged", "--json", "--case", "101-*"]) == 0
    saved = tmp_path / "opus.json"
    saved.write_text(capsys.readouterr().out, encoding="utf-8")
    assert compare([str(saved), "--case", "101-*"]) == 0
    scores, decisions = capsys.readouterr().out.strip().split("\n\n")
    rows = {line.split(" | ")[0].strip("| "): line for line in scores.split("\n")}
    assert {"opus", "replies of hand", "oracle", "truncates"} <= rows.keys()
    assert rows["oracle"].startswith("| oracle | 1 | 100 % | 100 % | - | 100 % |")
    assert rows["opus"].removeprefix("| opus") == rows["unchanged"].removeprefix("| unchanged")
    assert len(decisions.split("\n")) == len(scores.split("\n"))


def test_a_file_that_is_no_saved_run_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.json"
    path.write_text("{}", encoding="utf-8")
    assert compare([str(path)]) == 1
    assert "x.json is not what --json prints" in capsys.readouterr().err
