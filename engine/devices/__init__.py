"""What edits and training run on: device and number type, memory, compilation, threads."""
