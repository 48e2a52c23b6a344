"""The dialog of training: choose pairs, plan, follow the run."""
