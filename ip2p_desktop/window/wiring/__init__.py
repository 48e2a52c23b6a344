"""Connects the document, the services and the dialogs with the main window."""
