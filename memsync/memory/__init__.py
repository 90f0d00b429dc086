"""The memory folder, this machine's record of it, and what Claude Code reads.

Must not know the network or a merge.
"""
