"""One file a command:

`cmd_NAME(args, config, provider) -> int`. They know neither disk nor network.
"""
