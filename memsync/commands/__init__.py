"""One file a command: `cmd_NAME(args, config, provider) -> int`.

They decide nothing about the memory. A file that `register.COMMANDS` does not name serves several.
"""
