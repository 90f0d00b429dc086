"""Seeded simulation: several machines, a lossy sync client, crashes; the real memsync over disks in
memory.

`python -m tests.simulation RUNS SEED` runs schedules SEED, SEED+1, ...; a failing one is printed,
shrunk.
"""
