"""The guard: what may become of Claude's reply (`verdict.judge`). Text in, verdict out.

Must not know: files, clock, network, how the reply was asked for. Nothing is imported here: a
command that only compares lines does not load what a verdict needs.
"""
