"""What is being edited, without widgets or threads: the photo, the settings, the results."""
