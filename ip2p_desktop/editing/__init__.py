"""The course of an edit: jobs, the worker's thread, estimates, reading the instruction."""
