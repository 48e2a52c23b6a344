"""The pages of the preferences dialog."""
