"""A new bare `@path` never reaches the memory: Claude Code would load that file without asking."""

from __future__ import annotations

import pytest

from memsync.memory.text.imports import wrapped
from memsync.memory.text.markdown import outline
from memsync.merge.guard.verdict import judge


def wrap(text: str, old: str = "") -> str:
    return wrapped(text, outline(old))[0]


@pytest.mark.parametrize(
    ("line", "safe"),
    [
        ("@~/.ssh/id_rsa", "`@~/.ssh/id_rsa`"),
        ("- @/etc/passwd", "- `@/etc/passwd`"),
        ("see @./notes.md.", "see `@./notes.md`."),
        ("see @../x, and @README", "see `@../x`, and `@README`"),
        ("# Title @docs/a.md", "# Title `@docs/a.md`"),
        ("Title @docs/a.md\n===", "Title `@docs/a.md`\n==="),
        ("> @~/x", "> `@~/x`"),
        ("**@~/x**", "**`@~/x`**"),
        ("_@~/x_", "_`@~/x`_"),
        ("__@~/x__", "__`@~/x`__"),
        ("a *_@~/x_*", "a *_`@~/x`_*"),
        ("~~@~/x~~", "~~`@~/x`~~"),
        ("`a`@~/x", "`a`\\@~/x"),
        ("[a](b)@~/x", "[a](b)`@~/x`"),
        ("<b>@~/x", "<b>`@~/x`"),
        ("<div>\n@~/x\n</div>", "<div>\n`@~/x`\n</div>"),
        ("| @~/x | b |\n|---|---|\n| c | @~/y |", "| `@~/x` | b |\n|---|---|\n| c | `@~/y` |"),
        ("a\u00a0@~/x", "a\u00a0`@~/x`"),
        ("a\u3000@~/x", "a\u3000`@~/x`"),
        ("a\t@~/x", "a\t`@~/x`"),
        (r"@~/My\ Drive/G.md now", r"`@~/My\ Drive/G.md` now"),
        (r"@C:\x\y.md", r"`@C:\x\y.md`"),
        ("@é.md", "`@é.md`"),
        ("@kim will know", "`@kim` will know"),
        ("@anthropic-ai/sdk", "`@anthropic-ai/sdk`"),
        ("<!-- a --> @~/x", r"<!-- a --> \@~/x"),
        # a lonely backtick must not open a span that the wrapping closes
        ("a ` b @~/x", r"a ` b \@~/x"),
        ("a ` `` b @~/x", r"a ` `` b \@~/x"),
        ("a ` b\n@~/x", "a ` b\n\\@~/x"),
        # a span that ends before it protects nothing
        ("a ` b\n`@~/x` c", "a ` b\n`\\@~/x` c"),
        (r"\`@~/x`", r"\`\@~/x`"),
        ("| ` @~/x | ` |\n|---|---|", "| ` \\@~/x | ` |\n|---|---|"),
        # Claude Code begins a new piece of text after any escaped character
        (r"see \(@~/x end)", r"see \(`@~/x` end)"),
        (r"a \_@~/x", r"a \_`@~/x`"),
        (r"\-@~/x", r"\-`@~/x`"),
        (r"\@@~/x", r"\@`@~/x`"),
        (r"a\\@~/x", r"a\\\@~/x"),
        # ... at the start of a link's text, and inside emphasis wherever that begins
        ("[@~/x](https://a.example)", "[`@~/x`](https://a.example)"),
        ("[@~/x][r]\n\n[r]: https://a.example", "[`@~/x`][r]\n\n[r]: https://a.example"),
        ("see [@~/x]\n\n[@~/x]: https://a.example", "see [`@~/x`]\n\n[`@~/x`]: https://a.example"),
        ("(_@~/x_)", "(_`@~/x`_)"),
        ('"_@~/x_"', '"_`@~/x`_"'),
        ("_note:_@~/x", "_note:_`@~/x`"),
        ("@~/x**b**", "`@~/x`**b**"),
        # it takes the text of a list item as it stands, code and all
        ("- run `cat @~/x now`", r"- run `cat \@~/x now`"),
        ("- run `cat\n  @~/x` now", "- run `cat\n  \\@~/x` now"),
        ("- ``` ` @~/x `", r"- ``` ` \@~/x `"),
        ("1. a\n\n   `b @~/x c`", "1. a\n\n   `b \\@~/x c`"),
        (r"- @a\ @~/x", r"- `@a`\ `@~/x`"),
        # indented lines below a list or a quote, and odd fences, are text to it
        (">\t  b @~/x", ">\t  b \\@~/x"),
        ("1. a\n>\n    - b @~/x", "1. a\n>\n    - b \\@~/x"),
        ("- a\n\n        b @~/x", "- a\n\n        b \\@~/x"),
        ("a\n\t\n    @~/x", "a\n\t\n    \\@~/x"),
        ("- \n``` @~/x", "- \n``` \\@~/x"),
        ("```\n```~\n@~/x\n```", "```\n```~\n\\@~/x\n```"),
        ("```\na\n```\t\n\nb\n\n```\n@~/x", "```\na\n```\t\n\nb\n\n```\n\\@~/x"),
        ("---\n```\na ---\n@~/x\n```", "---\n```\na ---\n\\@~/x\n```"),
        # what stands in a link or a tag takes its backtick along
        ("[a](`) @~/x `", r"[a](`) \@~/x `"),
        ("<a b='`'> @~/x `", r"<a b='`'> \@~/x `"),
        ("[a`b]: c\n\n[a`b] @~/x `", "[a`b]: c\n\n[a`b] \\@~/x `"),
        ("*a `` b* @~/x`` c", r"*a `` b* \@~/x`` c"),
    ],
)
def test_a_bare_import_is_wrapped(line: str, safe: str) -> None:
    assert wrap(line) == safe
    assert wrap(safe) == safe


@pytest.mark.parametrize(
    "line",
    [
        "`@~/x`",
        "``a @~/x``",
        "`a\n@~/x`",
        "```\n@~/x\n```",
        "    @~/x",
        "jo@example.com",
        "a.b@c.example",
        "(@~/x)",
        '"@~/x"',
        "'@~/x'",
        r"\@~/x",
        "https://a.example/@kim",
        "@",
        "@ home",
        "@, @.",
        "@!x",
        "- 5 @ 3 euro",
        "<!-- @~/x -->",
        "[a](@~/x)",
        "&#64;~/x",
        "x@y",
        "5@",
        "@@x",
        r"- \@~/x",
        "- `@~/x`",
        "- `a` and ``@~/x``",
        "> `@~/x`",
        "- jo@example.com",
        "- <jo@example.com>",
        "- `npm i @types/node @scope/pkg@1.2 -D`",
        "- `x @property`\n- b",
        "`cat @~/x now`",
        "# `cat @~/x now`",
        "- a\n\n  ```python\n  @app.route('/x')\n  ```",
        "- a:\n  ```sh\n  curl -d @x.json\n  ```\n- b",
        "a\n\n    @~/x\n\nb\n\n    @~/y",
        "[a](b) and `@x`, [c](d)",
        "`List<int>` and `@x`",
        "`a <` `@x` `> b`",
        "| a | b |\n|---|---|\n| `@x` | `c @y` |",
        "---\nname: x\n---\n\n```\n@~/x\n```",
    ],
)
def test_what_is_no_import_is_left_alone(line: str) -> None:
    assert wrap(line) == line


def test_an_old_import_is_wanted() -> None:
    assert wrap("- see @~/x.md and @~/y.md", old="- @~/x.md") == "- see @~/x.md and `@~/y.md`"
    assert wrap("- see @~/x.md", old="- `@~/x.md`") == "- see `@~/x.md`"
    assert wrap("- see @~/x.md", old="<!-- @~/x.md -->") == "- see `@~/x.md`"


def test_a_new_line_before_an_old_one_cannot_bare_its_import() -> None:
    old = "# M\n\nuse `@~/x` here\n"
    verdict = judge(old, old.replace("use", "ticks ` are odd\nuse"), ["ticks ` are odd"])
    assert verdict.kind == "accept"
    assert not set(wrapped(verdict.body, outline(old))[1])
