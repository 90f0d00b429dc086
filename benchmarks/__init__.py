"""Figures, not tests: each prints what it measured. Run from the top of the repository."""
