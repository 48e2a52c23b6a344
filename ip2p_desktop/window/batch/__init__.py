"""The dialog of batches, and what shows one that runs while the dialog is hidden."""
