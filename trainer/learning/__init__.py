"""What learns: networks, loss, optimiser, average, one step at a time, and its checkpoints."""
