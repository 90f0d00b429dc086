"""What somebody else may put into the cloud folder, and what memsync makes of it."""
