"""The page of all training runs."""
