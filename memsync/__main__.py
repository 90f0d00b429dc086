"""The start of memsync, as `memsync` and as `python -m memsync`.

Ctrl-C is told in words from the first moment on.
"""

import sys


def main() -> int:
    """Run one command; the exit status."""
    try:
        if sys.argv[1:2] == ["hook"]:  # Claude Code waits for it: no parser, no list of commands
            from memsync.commands.hook import run as answer

            return answer(sys.argv[2:])
        from memsync.cli import main as run

        return run()
    except KeyboardInterrupt:  # while the program itself was still being loaded
        sys.stderr.write("Error: interrupted\nTry: memsync status\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
