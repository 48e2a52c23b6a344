"""Painted masks: immutable values in tiles, what changes them, and their files."""
