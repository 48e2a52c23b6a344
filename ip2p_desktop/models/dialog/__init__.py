"""The dialog of models: those on this computer, and those to download."""
