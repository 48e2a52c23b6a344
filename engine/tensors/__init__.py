"""Files of weights in all formats, opened as named tensors without running code in them."""
