"""The engines, one file a kind. Only `api.py` and `claude_code.py` reach a model."""
