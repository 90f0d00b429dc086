"""Whether Ctrl-C came: a library may make another failure of it.

`__set_name__` does (a RuntimeError, until Python 3.12), and pydantic while the SDK is loaded.
"""

from __future__ import annotations

import contextlib
import signal
from types import FrameType

_came: list[int] = []


def remember() -> None:
    """From now on Ctrl-C is known to have come; it is raised as before, and ignored where it was
    ignored.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        with contextlib.suppress(ValueError):  # not in the main thread
            signal.signal(signal.SIGINT, _raise)


def came() -> bool:
    """Whether it came since."""
    return bool(_came)


def _raise(number: int, frame: FrameType | None) -> None:
    _came.append(number)
    signal.default_int_handler(number, frame)
