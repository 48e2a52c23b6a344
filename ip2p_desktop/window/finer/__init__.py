"""Repeating an edit at a higher resolution."""
