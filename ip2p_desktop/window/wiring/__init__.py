"""Connects the document, the services and the dialogs to the main window."""
