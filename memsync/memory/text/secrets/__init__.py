"""What a secret looks like: shapes that nothing else has, and values behind a label. Pure.

May not know: notes, the memory, what becomes of a secret that was found (`redact.py`).
"""
