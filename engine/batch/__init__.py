"""One edit over many photos: planned as a whole, and resumed where it was after a kill."""
