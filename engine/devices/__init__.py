"""Device and number type, memory, compilation and threads of edits and training."""
