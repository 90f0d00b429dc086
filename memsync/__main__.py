"""The start of memsync, as `memsync` and as `python -m memsync`.

Ctrl-C is told in words from the first moment on.
"""

from __future__ import annotations

import gc
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> int:
    """Run one command; the exit status, where the process did not end with it already."""
    # No search for garbage in circles: nearly all that a command makes is in use until its end,
    # which is near. The searches were an eighth of loading the SDK, and more beside a large memory.
    gc.disable()
    try:
        status = _command()()
    except KeyboardInterrupt:  # while the program itself was still being loaded
        sys.stderr.write("Error: interrupted\nTry: memsync status\n")
        return 130
    _end(status)
    return status


def _command() -> Callable[[], int]:
    if sys.argv[1:2] == ["hook"]:  # Claude Code waits for it: no parser, no list of commands
        from memsync.commands.hook import run as answer

        return lambda: answer(sys.argv[2:])
    from memsync.cli import main as run

    return run


def _end(status: int) -> None:
    """End at once: to take the modules apart, which Python would do now, is a tenth of a command.

    A stream that takes nothing more is for Python to tell.
    """
    import atexit
    import os

    try:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        return
    except KeyboardInterrupt:
        pass  # what was asked is done
    os._exit(status)


if __name__ == "__main__":
    sys.exit(main())
