"""The result of a run before it is kept: judged, tried, exported. Uses no widgets."""
