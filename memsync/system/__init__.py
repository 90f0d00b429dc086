"""This machine: files, lock, terminal, clock and errors.

Must not know what memsync keeps in them.
"""
