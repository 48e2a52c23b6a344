"""From the settings of a run to its batches: pairs found, cached, and mixed with replay."""
