"""Teaching a model a new edit: the dialog, the run behind it, and the trainer's process."""
