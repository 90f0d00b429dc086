"""The picture of a terminal in the README is of today's program, and loads nothing."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from tests import picture
from tests.systems import linux_only
from tests.transcripts import ROOT, normal

SHAPES = ("svg", "style", "defs", "clipPath", "g", "circle", "rect", "text")


@linux_only("the session shows Linux paths, on a pseudo-terminal")
def test_the_picture_shows_what_the_readmes_session_leaves_on_a_terminal() -> None:
    there = picture.words(picture.PICTURE.read_text(encoding="utf-8"))
    now = picture.words(picture.drawn(picture.session()))
    assert [normal(line) for line in there] == [normal(line) for line in now], (
        "python -m tests.picture"
    )
    assert [line[2:] for line in there if line.startswith("$ ")] == picture.commands()


def test_the_picture_loads_nothing_and_is_small() -> None:
    text = picture.PICTURE.read_text(encoding="utf-8")
    assert len(text) < 60_000
    for one in ElementTree.fromstring(text).iter():
        assert one.tag.rpartition("}")[2] in SHAPES
        for name, value in one.attrib.items():
            assert "href" not in name
            assert not name.startswith("on"), name
            assert "://" not in value, name
    styles = "".join(re.findall(r"<style>.*?</style>", text, re.DOTALL))
    assert "@" not in styles  # no @font-face, no @import
    assert "url(" not in styles
    assert set(re.findall(r"url\((.)", text)) == {"#"}


def test_the_readme_shows_the_picture_with_words_for_those_who_do_not_see_it() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"!\[([^\]]+)\]\(([^)]+)\)", readme)
    assert found is not None
    assert ROOT / found[2] == picture.PICTURE
    assert "memsync refresh" in found[1]


def test_what_a_spinner_erased_is_not_left_standing() -> None:
    sent = (
        "\x1b[?25l⠋ wait\r\x1b[2K⠙ wait 1 s\r          \r\x1b[?25h\x1b[32m✓\x1b[0m done.\n\n  +1\n"
    )
    assert picture.left_standing(sent) == ["\x1b[32m✓\x1b[0m done.", "", "  +1"]


def test_a_line_that_is_too_long_breaks_at_the_edge_and_is_read_back_whole() -> None:
    lines = ["\x1b[32m✓\x1b[0m In  step", "", "x" * 100, "last <&>"]
    drawn = picture.drawn("\n".join(lines))
    assert picture.words(drawn) == ["✓ In  step", "", "x" * 100, "last <&>"]
    assert "x" * 81 not in drawn
