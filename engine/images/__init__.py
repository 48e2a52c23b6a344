"""Image files: decoding photos, saving results, and their metadata."""
