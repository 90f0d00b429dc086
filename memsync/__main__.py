"""`python -m memsync`."""

import sys

from memsync.cli import main

if __name__ == "__main__":
    sys.exit(main())
