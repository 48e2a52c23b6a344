"""Trying a model out while it is trained or just after: a loss at fixed noise, and fixed edits."""
