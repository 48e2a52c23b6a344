"""The dialog of training: dataset, plan, progress."""
