"""The training examples of a run: pairs, caches and replay."""
