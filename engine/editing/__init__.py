"""One edit, from request to result, on a loaded model."""
