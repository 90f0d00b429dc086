"""The API says no, nobody answers, or the credential does not work: in words, with what to type."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from memsync.commands.demo.filing import file_notes
from memsync.merge import claude
from memsync.merge.keys import Key
from memsync.merge.models import DEFAULT_MODEL
from tests.merge.claude.asking import KEY, LONG, SECRET, USER, Clock, ask, failure
from tests.standin import StandIn, closed_port_url

# The API says no


@pytest.mark.parametrize(
    ("scenario", "what", "hint", "calls"),
    [
        ("400", "(400): messages: something is wrong", "memsync doctor", 1),
        ("400 credit", "no credit left", "add credit", 1),
        ("400 echo", "(400) [req", "memsync doctor", 1),
        ("401", "the credential from MEMSYNC_API_KEY (401)", "memsync config set api_key", 1),
        ("403", "(403)", "memsync config set api_key", 1),
        ("404 html", "no Messages API at 127.0.0.1", "ANTHROPIC_BASE_URL", 1),
        ("408", "failed (408)", "memsync refresh", 3),
        ("413", "too large", "memsync show", 1),
        ("429", "rate limit", "memsync refresh", 3),
        ("429 date", "rate limit", "memsync refresh", 3),
        ("429 long", "asks to wait 60 min", "memsync refresh", 1),
        ("500", "failed (500)", "memsync refresh", 3),
        ("502 html", "failed (502)", "memsync refresh", 3),
        ("529", "overloaded", "memsync refresh", 3),
        ("redirect", "redirects", "ANTHROPIC_BASE_URL", 1),
        ("html", "not Claude's API", "log in", 1),
        ("json instead of a stream", "not Claude's API", "log in", 1),
    ],
)
def test_an_answer_that_says_no_is_said_in_words(
    standin: Callable[..., StandIn], scenario: str, what: str, hint: str, calls: int
) -> None:
    api = standin(scenario)
    error = failure()
    assert what in error.what
    assert hint in error.hint
    assert "Wi-Fi" not in error.what + error.hint
    assert api.calls == calls


@pytest.mark.parametrize("first", ["529", "500", "429", "408"])
def test_one_bad_answer_is_survived(standin: Callable[..., StandIn], first: str) -> None:
    api = standin(first, "merged")
    assert ask().text == file_notes(USER)
    assert api.calls == 2


def test_the_waits_before_retries_are_kept(standin: Callable[..., StandIn], clock: Clock) -> None:
    api = standin("529")
    failure(waits=(2, 3))
    assert clock.waits == [2, 3]
    assert api.calls == 3
    assert claude.RETRY_WAITS == (5, 20)


def test_a_short_retry_after_takes_the_place_of_the_wait(
    standin: Callable[..., StandIn], clock: Clock
) -> None:
    standin("429 short", "merged")
    ask(waits=(60,))
    assert clock.waits == [1]


@pytest.mark.parametrize("scenario", ["429 never", "429 nan", "429 before"])
def test_a_retry_after_that_is_no_time_is_none(
    standin: Callable[..., StandIn], clock: Clock, scenario: str
) -> None:
    standin(scenario)
    assert "asks to wait" not in failure(waits=(2,)).what
    assert clock.waits == [2]


def test_a_wait_beyond_the_deadline_is_not_begun(
    standin: Callable[..., StandIn], clock: Clock
) -> None:
    api = standin("529")
    assert "overloaded" in failure(waits=(LONG + 1,), timeout=LONG).what
    assert clock.waits == []
    assert api.calls == 1


def test_an_unknown_model_is_answered_with_the_names_the_api_gives(
    standin: Callable[..., StandIn],
) -> None:
    api = standin(models=("claude-sonnet-7", "claude-opus-7"))
    error = failure(model="claude-sonnet-5-5")
    assert "claude-sonnet-5-5 does not exist or was retired (404)" in error.what
    assert "active: claude-sonnet-7, claude-opus-7" in error.what
    assert error.hint == "memsync config set model claude-sonnet-7"
    assert [request.method for request in api.requests] == ["POST", "GET"]


@pytest.mark.parametrize("models", [(), ("claude-opus-9",)])
def test_names_are_offered_also_when_the_api_gives_none_of_the_usual(
    standin: Callable[..., StandIn], models: tuple[str, ...]
) -> None:
    standin("404 model", models=models)
    error = failure(model="claude-sonnet-4-20250514")
    assert error.hint == f"memsync config set model {models[0] if models else DEFAULT_MODEL}"


# No answer at all


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("http://127.0.0.1:1", "nobody answers at 127.0.0.1:1"),
        ("http://user:password@127.0.0.1:1", "nobody answers at 127.0.0.1:1"),
        ("https://no-such-host.invalid", "no-such-host.invalid cannot be found"),
        ("localhost:1234", "not a web address"),
        ("ftp://127.0.0.1", "not a web address"),
        ("https://" + "a" * 70 + ".invalid", "not a web address"),
    ],
)
def test_an_address_without_an_api_is_named(
    monkeypatch: pytest.MonkeyPatch, url: str, what: str
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", url)
    error = failure()
    assert what in error.what
    assert "password" not in error.what


def test_a_refused_connection_is_tried_again(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", closed_port_url())
    failure(waits=(2, 3))
    assert clock.waits == [2, 3]


def test_a_server_without_tls_is_no_api(
    standin: Callable[..., StandIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    api = standin()
    monkeypatch.setenv("ANTHROPIC_BASE_URL", api.url.replace("http:", "https:"))
    assert "(TLS)" in failure().what


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        (
            "SSL_CERT_FILE",
            "/no/such/file",
            "SSL_CERT_FILE or SSL_CERT_DIR cannot be used: No such file",
        ),
        ("ALL_PROXY", "socks5://127.0.0.1:1", "the proxy settings cannot be used"),
        ("NO_PROXY", "localhost,fd07:b51a:cc66:f0::/64", "the proxy settings cannot be used"),
        ("ANTHROPIC_CUSTOM_HEADERS", "x-bad: a\rb", "characters that cannot be sent"),
    ],
)
def test_a_bad_setting_of_the_environment_is_named(
    standin: Callable[..., StandIn],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    name: str,
    value: str,
    what: str,
) -> None:
    standin()
    monkeypatch.setenv(name, value)
    assert what in failure().what
    assert capfd.readouterr() == ("", "")


# Credentials


@pytest.mark.parametrize("kind", ["api_key", "auth_token"])
def test_the_given_key_is_sent_whatever_the_environment_holds(
    standin: Callable[..., StandIn],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    kind: str,
) -> None:
    api = standin()
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-other-account")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "other-token")
    ask(key=KEY._replace(kind=kind))  # type: ignore[arg-type]
    sent = api.requests[0].headers
    assert sent["authorization"] == f"Bearer {SECRET}"
    assert "x-api-key" not in sent
    assert capfd.readouterr() == ("", "")


def test_a_profile_is_left_to_the_sdk(
    standin: Callable[..., StandIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    api = standin()
    monkeypatch.setenv("ANTHROPIC_PROFILE", "missing")
    error = failure(key=Key("profile", "missing", "ANTHROPIC_PROFILE"))
    assert "ANTHROPIC_PROFILE cannot be used" in error.what
    assert "missing" in error.what
    assert api.requests == []


def test_a_profile_of_the_sdk_is_used(
    standin: Callable[..., StandIn], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    api = standin()
    for folder, text in (
        ("configs", '{"authentication": {"type": "user_oauth"}}'),
        ("credentials", '{"type": "oauth_token", "access_token": "token-of-work"}'),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "work.json").write_text(text)
        (tmp_path / folder / "work.json").chmod(0o600)
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("ANTHROPIC_PROFILE", "work")
    ask(key=Key("profile", "work", "ANTHROPIC_PROFILE"))
    assert api.requests[0].headers["authorization"] == "Bearer token-of-work"


def test_no_credential_at_all_is_an_error_in_words(standin: Callable[..., StandIn]) -> None:
    standin()
    assert "cannot be used" in failure(key=Key("profile", "gone", "the Anthropic profile")).what


def test_an_old_model_raises_no_warning(
    standin: Callable[..., StandIn], capfd: pytest.CaptureFixture[str]
) -> None:
    standin(models=("claude-sonnet-4-5",))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ask(model="claude-sonnet-4-5").text == file_notes(USER)
    assert capfd.readouterr() == ("", "")


def test_importing_the_module_does_not_import_the_sdk() -> None:
    code = (
        "import sys, memsync.merge.claude; sys.exit('anthropic' in sys.modules or 'httpx2' in "
        "sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_sdk_that_is_not_there_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "anthropic.py").write_text("raise ImportError('No module named jiter')")
    code = """
        from memsync.merge import claude
        from memsync.merge.keys import Key
        from memsync.system.errors import ClaudeError
        try:
            claude.ask("s", "u", key=Key("api_key", "k", "test"), model="m",
                       max_tokens=1, timeout=9, progress=print)
        except ClaudeError as error:
            print(error.what)
    """
    env = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(claude.__file__).parents[2]}"}
    run = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(run, env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "the anthropic package does not work: No module named jiter\n"
