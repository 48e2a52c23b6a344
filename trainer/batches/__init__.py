"""Batches of training examples: order, crops, mirroring, noise and dropped conditions."""
