"""Photo files: opened, saved, asked for."""
