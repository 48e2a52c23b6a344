"""Networks, loss, optimiser, average and checkpoints: all that an optimiser step needs."""
