"""Validation of a model during or after training: a loss at fixed noise, and fixed edits."""
