"""Training: the runs, the trainer's process, and the dialog."""
