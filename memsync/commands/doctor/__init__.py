"""What is wrong with memsync on this machine, and the command that fixes it."""
