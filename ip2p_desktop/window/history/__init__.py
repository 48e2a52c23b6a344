"""The strip below the canvas: the opened photos, and the results of one photo as a tree."""
