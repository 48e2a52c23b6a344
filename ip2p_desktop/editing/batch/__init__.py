"""Batches in the window: prepared in the background, run on the thread of the edits."""
