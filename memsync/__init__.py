"""One Markdown memory for Claude Code on every machine, through the cloud folder that is already
there.
"""

__version__ = "0.2.0"
