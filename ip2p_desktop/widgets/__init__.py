"""The look of the window, and small controls that know no feature."""
