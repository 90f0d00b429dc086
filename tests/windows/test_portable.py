"""Pure tests of the whole suite, run by Windows' Python.

Real Windows runs the whole suite in the workflow. Wine is slow: pure text and paths, without what
measures time or tries thousands of texts.
"""

from __future__ import annotations

import pytest

from tests.windows.pc import CHECKOUT, PC, REAL, end

FILES = (
    "tests/memory/text",
    "tests/system/test_layout.py",
    "tests/merge/test_models.py",
    "tests/merge/test_keys.py",
    "tests/providers/test_onedrive.py",
)
LEFT_OUT = (
    "not bombs and not time and not any_text and not edits and not markdown"
    " and not override_that_is_no_folder"  # Wine calls listing a file an invalid name
)


RUN = "import os, pytest, sys; os.chdir(sys.argv[1]); sys.exit(pytest.main(sys.argv[2:]))"


@pytest.mark.skipif(REAL, reason="the workflow runs the whole suite on real Windows")
def test_pure_text_and_paths(pc: PC) -> None:
    words = ("-p", "no:cacheprovider", "-ra", "--tb=short", "-k", LEFT_OUT)
    done = end(pc.python(RUN, pc.windows.spell(CHECKOUT), *words, *FILES))
    assert done.status == 0, done.text
    assert int(done.text.rpartition(" passed")[0].rsplit(None, 1)[-1]) > 300, done.text
