"""Asking Claude, and judging the reply.

Must not know the memory folder, other machines, or the person.
"""
