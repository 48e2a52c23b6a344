"""Finds the subject of a photo, so that an edit changes only the subject or only the background."""
