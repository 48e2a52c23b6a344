"""Training data of the starter: photos, edits, their recipes, and the wordings of instructions."""
