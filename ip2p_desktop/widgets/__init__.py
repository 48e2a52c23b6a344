"""The theme, and small controls that no feature is tied to."""
