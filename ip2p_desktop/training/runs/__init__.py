"""Runs of the trainer: on disk, as a process, and as the state that the dialog shows. Uses no widgets."""
