"""Edits: jobs, the queue, the worker's thread, estimates, and the reading of the instruction."""
