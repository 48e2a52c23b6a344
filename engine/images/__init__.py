"""Photos and results as files: decoding, saving, what is written into them."""
