"""Faults on the real program: killed, or refused, at every call that changes a file."""
