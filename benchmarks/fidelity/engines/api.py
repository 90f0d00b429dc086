"""The API, through memsync's own call: works against any ANTHROPIC_BASE_URL."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.fidelity import adapter
from benchmarks.fidelity.cases import Case
from benchmarks.fidelity.engines.base import Answer, Engine, EngineError, Options


def engine(options: Options) -> Engine:
    """One call a case. Raises `EngineError` when there is no key."""
    try:
        call = adapter.api_caller(options.model or adapter.default_model())
    except adapter.CallFailedError as error:
        raise EngineError(str(error)) from error

    def answers(case: Case) -> Iterator[Answer]:
        try:
            paid = call(adapter.request(case.memory, case.notes))
        except adapter.CallFailedError as error:
            raise EngineError(str(error)) from error
        yield Answer(paid.text, calls=1, cost=paid.cost)

    return answers
