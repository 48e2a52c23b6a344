"""Saving, exporting and dragging out results."""
