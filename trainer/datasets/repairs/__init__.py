"""Repairs of pairs: kept in a file beside no dataset, applied where pairs are found and opened."""
