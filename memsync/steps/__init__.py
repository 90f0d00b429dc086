"""What `sync.py` is made of: look, decide, write. Must not know argv, printing or the SDK."""
