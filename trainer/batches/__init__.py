"""From pairs to batches: which pairs, cut where, with which noise and which conditions."""
