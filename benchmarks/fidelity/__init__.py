"""How faithfully a note is merged into a memory: cases, a scorer, engines to compare.

`python -m benchmarks.fidelity --help` runs it, README.md explains it. Only `adapter.py` knows what
memsync looks like inside.
"""
