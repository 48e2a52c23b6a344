"""A training run: preparation, loop, resumption, probe and export."""
