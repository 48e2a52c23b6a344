"""Connects models and edit packs with the window."""
