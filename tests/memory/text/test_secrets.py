"""Each kind of secret is found, and what only looks so is left alone."""

from __future__ import annotations

import re
import sys
import time

import pytest

from memsync.memory.text.redact import masked, redact, unmasked
from memsync.memory.text.secrets.shapes import SHAPES
from tests.memory.text.secret_samples import SAMPLES, cut, filled, put

KINDS = sorted({name for name, _ in SAMPLES})


def without(text: str, secret: str) -> bool:
    """Whether no long piece of the secret is left."""
    pieces = re.findall(r"[A-Za-z0-9]{12,}", secret)
    return not any(piece in text for piece in pieces if not piece.isdigit())


def drawn(template: str, seed: int) -> str:
    """What was drawn for a template: the part that must be gone."""
    whole, fixed = filled(template, seed), re.split(r"\{[a-z]\d+\}", template)
    for part in fixed:
        whole = whole.replace(part, " ", 1) if part else whole
    return whole


def test_there_are_sixty_kinds_and_each_row_has_a_sample() -> None:
    assert len({shape.name for shape in SHAPES}) >= 60
    assert {shape.name for shape in SHAPES} <= set(KINDS)


@pytest.mark.parametrize(("name", "template"), SAMPLES, ids=[f"{n}-{t[:12]}" for n, t in SAMPLES])
def test_a_secret_of_a_known_shape_is_left_out(name: str, template: str) -> None:
    for seed in range(20):
        secret = filled(template, seed)
        for before, after in (("the key is ", " for staging"), ("`", "`"), ("(x=", ").")):
            done = redact(f"{before}{secret}{after}")
            assert without(done.text, drawn(template, seed)), done
            assert done.text.endswith(after)
        assert name in redact(f"a {secret} b").found or "token or key" in redact(secret).found


@pytest.mark.parametrize(("name", "template"), SAMPLES, ids=[f"{n}-{t[:12]}" for n, t in SAMPLES])
def test_what_documentation_writes_in_its_place_is_kept(name: str, template: str) -> None:
    texts = [f"{cut(template)} is the prefix", f"{cut(template)}... is a {name}"]
    if "PRIVATE KEY" not in template:
        texts.append(f"put {put(template, 'x')} there")
        texts.append(f"put {cut(template)}<your key> there")
        texts.append(f"our regex is {cut(template)}[A-Za-z0-9]{{36}}")
    for text in texts:
        assert redact(text).found == (), text


ASSIGNED = (
    "DB_PASSWORD={}",
    "export API_TOKEN='{}'",
    'SECRET_KEY="{}"',
    "password: {}",
    "  client_secret: '{}'",
    '{{"password": "{}", "user": "jo"}}',
    '{{"apiKey":"{}"}}',
    "X-Api-Key: {}",
    "Authorization: Bearer {}",
    "Authorization: Basic {}aGVsbG8=",
    "mysql --password={} -u root",
    "login --token {}",
    "sshpass -p {} ssh birch",
    "curl -u jo:{} https://x.example",
    "postgres://jo:{}@db.example:5432/x",
    "redis://:{}@cache.example/0",
    "mongodb+srv://jo:{}@db.example/x?retryWrites=true",
    "jdbc:mysql://db/x?user=jo&password={}&ssl=true",
    "Server=db;Uid=sa;Pwd={};",
    "https://x.example/cb?access_token={}&state=1",
    "Cookie: theme=dark; sessionid={}",
    "machine x.example login jo password {}",
    "CREATE USER jo IDENTIFIED BY '{}'",
    "the password for the wiki is {}",
    "**Password:** {}",
    "Das Passwort für den Router lautet {}.",
    "Le mot de passe est {}",
    "La contraseña es {}",
    "Lösenordet är {}",
    "Пароль: {}",
    "密码: {}",
    "the API token is `{}`",
)


@pytest.mark.parametrize("line", ASSIGNED)
def test_the_value_behind_a_label_is_left_out(line: str) -> None:
    for seed in range(10):
        value = filled("{a14}7b{w6}x9", seed).replace("-", "Q").replace("_", "R")
        done = redact(line.format(value))
        assert value not in done.text, done
        assert len(done.found) == 1
        assert redact(done.text).text == done.text, "twice is the same as once"


HARMLESS = (
    "The task-anthropic-skill repo uses sk-learn and npm_config.",
    "commit 1b1ce3deedd5 fixed issue #4711 on 2026-11-22",
    "path ~/Library/CloudStorage/OneDrive-Personal, mail jo@tide.example",
    "https://tide.example/a:b@c and http://localhost:8080/x",
    "The password policy is in the handbook.",
    "SHA-256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "uses @scope/pkg and -----BEGIN CERTIFICATE-----",
    "Passwords are kept in 1Password; the token expires after 12 hours.",
    "DB_PASSWORD=op://tide/db/password",
    "DB_PASSWORD=${DB_PASSWORD}",
    "token: ${{ secrets.GITHUB_TOKEN }}",
    "password=<your password>",
    "API_KEY=your_api_key_here",
    "PASSWORD=changeme",
    "SECRET_KEY_FILE=/run/secrets/key",
    "MAX_TOKENS=4096",
    "max_tokens: 20000, tokens: 12",
    "password = getpass.getpass()",
    "token = os.environ['API_TOKEN']",
    "const token = await client.login(user)",
    'if (password === "") return',
    "password: str | None = None",
    "def login(user: str, password: str) -> Token:",
    "The secret is to keep functions short.",
    "Password: at-least-12-characters",
    "api_key_command = pass show anthropic",
    "GPIO pin 17, PIN header J12",
    "The team PIN board is on floor 3",
    "postgres://postgres:postgres@localhost/test",
    "http://user:pass@proxy.example:3128 is how it is written",
    "uuid 042e1c19-673b-be89-3e1e-233ff030f8e3",
    "token bucket of 100 requests",
    "recovery codes are in the safe",
    "the seed phrase is in the vault",
    "Bearer tokens are checked in auth.py",
    "Authorization: Bearer <token>",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIjjdFzjzeyJC2oeF3ejKyROVyksHdjJdmIjrZURihTdv jo",
    "Schlüssel: liegt im Tresor. Passwort: steht im Handbuch.",
    "secret santa is on 12-06, token ring was IEEE802",
)


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_text_is_kept_as_it_is(text: str) -> None:
    assert redact(text).text == text


def test_a_secret_is_masked_with_one_name_and_comes_back() -> None:
    token = filled("ghp_{a36}")
    text = f"a {token} b {token} c DB_PASSWORD=Tide4711!x\n"
    hidden = masked(text)
    assert token not in hidden.text
    assert "4711" not in hidden.text
    assert hidden.text.count("[secret-1: github token]") == 2
    assert unmasked(hidden.text, hidden.secrets) == text


MIB = 1024 * 1024
BOMBS = (
    "-eyJ",
    "_eyJ",
    ".eyJ",
    "eyJaaaaaaaa.",
    "password=",
    "password is ",
    'password="',
    "pw a ",
    "token ",
    "passwordpassword",
    "://a:",
    "-----BEGIN PRIVATE KEY-----",
    "mysql - ",
    "curl -u ",
    "recovery codes: a1b ",
    "seed phrase abc ",
    "Authorization: ",
    "Cookie: sess=a;",
    "sk-ant-",
    "gh",
    "A-",
    "\\n",
    "a",
)


@pytest.mark.parametrize("unit", BOMBS)
def test_any_text_takes_time_in_proportion_to_its_length(unit: str) -> None:
    """Processor time, so a busy machine changes nothing; twice the text takes twice the time."""

    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        tracer = sys.gettrace()
        sys.settrace(None)  # counting lines for the coverage takes as long as the work itself
        try:
            begin = time.process_time()
            redact(text)
            return time.process_time() - begin
        finally:
            sys.settrace(tracer)

    whole = min(seconds(MIB) for _ in range(2))
    assert whole < 2
