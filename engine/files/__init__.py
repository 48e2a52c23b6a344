"""Checkpoint files of every format as named tensors, opened without running anything in them."""
