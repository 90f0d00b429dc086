"""The line that imports the memory: escaped, in force, and gone again byte for byte."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest

from memsync.memory.imported import forbidden, holds, import_line, with_line, without_line

LINE = "@~/my\\ cloud/M.md"


@pytest.mark.parametrize(
    "raw",
    [
        None,
        b"",
        b"# Mine",
        b"# Mine\n",
        b"# Mine\r\n- a\r\n",
        b"\xef\xbb\xbf# Mine\n",
        b"---\na: b\n---\n# Mine\n",
        b"---\nno end\n",
        b"```\nopen\n",
        b"\n\n\n",
    ],
)
def test_the_file_comes_back_as_it_was(raw: bytes | None) -> None:
    with_it = with_line(raw, LINE)
    assert holds(with_it, LINE)
    assert without_line(with_it, LINE) == raw


def test_it_stands_behind_front_matter_and_before_the_rest() -> None:
    assert with_line(b"---\na: b\n---\n# Mine\n", LINE).splitlines()[3:5] == [LINE.encode(), b""]
    assert with_line(b"# Mine\n", LINE).startswith(LINE.encode())


def test_a_line_that_somebody_moved_goes_alone() -> None:
    moved = f"# Mine\n- a\n{LINE}\n- b\n".encode()
    assert without_line(moved, LINE) == b"# Mine\n- a\n- b\n"


def test_below_the_home_it_is_relative_to_it_and_spaces_are_escaped() -> None:
    home = PurePosixPath("/home/ada")
    assert import_line(home / "my cloud" / "M.md", home) == "@~/my\\ cloud/M.md"
    assert import_line(PurePosixPath("/mnt/a b/M.md"), home) == "@/mnt/a\\ b/M.md"
    windows = PureWindowsPath("C:/Users/ada")
    assert import_line(windows / "One Drive" / "M.md", windows) == "@~/One\\ Drive/M.md"


@pytest.mark.parametrize(
    ("path", "sign"),
    [
        ("/a/M.md", ""),
        ("/ö é/共有/it's & [a] (b) 100% $x;y~z=1,2+3/M_N.md", ""),
        ("/a#b/M.md", "#"),
        ("/a\\b/M.md", "\\"),
        ("/<x>/M.md", "<"),
        ("/_em_ x/M.md", "_"),
        ("/**b**/M.md", "*"),
        ("/[l](u)/M.md", "]("),
        ("/a`b/M.md", "`"),
        ("/a\nb/M.md", "\n"),
        ("/~~s~~/M.md", "~~"),
        ("/a\u00a0b/M.md", "\u00a0"),
    ],
)
def test_what_no_import_can_hold_is_named(path: str, sign: str) -> None:
    assert forbidden(path) == sign
