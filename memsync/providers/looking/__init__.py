"""Where sync clients put their folders, and how a machine shows it.

Must not know memsync's files.
"""
