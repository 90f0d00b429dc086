"""memsync at home in the real Claude Code, from npm, in a scratch home, against loopback."""
