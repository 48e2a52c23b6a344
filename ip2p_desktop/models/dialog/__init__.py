"""The dialog of models: those on this computer, and those that can be downloaded."""
