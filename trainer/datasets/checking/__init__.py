"""Checks of pairs and whole datasets, and the report of the findings."""
