"""Patterns that are compiled when they are first used: a table of a hundred takes 50 ms at a start
that may need none of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Generic, TypeVar

_Text = TypeVar("_Text", str, bytes)


class Late(Generic[_Text]):
    """A pattern of text or of bytes, with the methods of `re.Pattern` that are in use."""

    def __init__(self, pattern: _Text, flags: int = 0) -> None:
        self._pattern: _Text = pattern
        self._flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[_Text]:
        """The pattern, compiled once."""
        return re.compile(self._pattern, self._flags)

    def match(self, text: _Text, at: int = 0) -> re.Match[_Text] | None:
        """See `re.Pattern.match`."""
        return self.compiled.match(text, at)

    def search(self, text: _Text) -> re.Match[_Text] | None:
        """See `re.Pattern.search`."""
        return self.compiled.search(text)

    def fullmatch(self, text: _Text) -> re.Match[_Text] | None:
        """See `re.Pattern.fullmatch`."""
        return self.compiled.fullmatch(text)

    def finditer(self, text: _Text) -> Iterator[re.Match[_Text]]:
        """See `re.Pattern.finditer`."""
        return self.compiled.finditer(text)

    def findall(self, text: _Text) -> list[Any]:
        """See `re.Pattern.findall`."""
        return self.compiled.findall(text)

    def split(self, text: _Text) -> list[Any]:
        """See `re.Pattern.split`."""
        return self.compiled.split(text)

    def sub(self, by: _Text | Callable[[re.Match[_Text]], _Text], text: _Text) -> _Text:
        """See `re.Pattern.sub`."""
        return self.compiled.sub(by, text)
