"""The programs that read the memory, and what memsync puts into their folders.

Knows: which agents there are, what each reads, Claude Code's hooks, candidates, pending notes. May
not know: commands, the steps of a refresh, the terminal, the network.
"""
