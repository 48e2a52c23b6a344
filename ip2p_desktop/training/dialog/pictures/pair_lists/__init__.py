"""Lists of pairs with their pictures and words, and how files are matched into pairs."""
