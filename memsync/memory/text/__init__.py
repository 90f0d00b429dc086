"""What the files say, as pure functions over text. Must not know paths, clock or network."""
