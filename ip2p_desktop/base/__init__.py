"""Paths, preferences, background work and observable values, used by all parts of the window."""
