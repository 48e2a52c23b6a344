"""Several processes that train as one, on one machine or on many."""
