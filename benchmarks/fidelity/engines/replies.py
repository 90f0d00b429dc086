"""Replies that were recorded: those kept with the cases, or a folder that `--save` wrote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.fidelity.cases import Case
from benchmarks.fidelity.engines.base import Answer, Engine, EngineError, Options


def engine(options: Options) -> Engine:
    """The replies kept with the cases (`by` picks whose), or those in a folder."""
    if not options.replies:
        return lambda case: _kept(case, options.by)
    folder = Path(options.replies)
    if not folder.is_dir():
        raise EngineError(f"{folder} is not a folder of saved replies; --save DIR writes one")
    return lambda case: _saved(case, folder)


def saved_as(case: Case, folder: Path) -> Path:
    """The file that holds the reply to a case."""
    return folder / f"{case.name}.md"


def _kept(case: Case, by: str) -> Iterator[Answer]:
    for reply in case.replies:
        if by in ("", reply.by):
            yield Answer(reply.text, recorded=reply)


def _saved(case: Case, folder: Path) -> Iterator[Answer]:
    path = saved_as(case, folder)
    if path.is_file():
        yield Answer(path.read_bytes().decode("utf-8"))
