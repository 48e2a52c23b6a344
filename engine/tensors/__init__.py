"""Files of weights in every format as named tensors, opened without running anything in them."""
