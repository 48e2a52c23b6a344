"""Practice sets: pairs made of photos and a recipe, to try training without pairs of one's own."""
