"""The controls around the photo, each with a value and a signal."""
