"""The state of editing without widgets and threads: photo, settings, results, undo."""
