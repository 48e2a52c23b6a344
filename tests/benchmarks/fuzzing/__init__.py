"""Parts of the fuzz run: mutations, inputs made of them, doors they go through, and processes to do it in."""
