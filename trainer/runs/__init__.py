"""A whole run: prepared, looped, interrupted and resumed, probed, exported."""
