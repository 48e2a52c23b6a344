"""Connects the session on disk with the window."""
