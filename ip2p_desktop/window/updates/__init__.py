"""The dialog and the menu entry of the check for updates."""
