"""Sessions on disk: every photo and result with its settings, and what the window shows."""
