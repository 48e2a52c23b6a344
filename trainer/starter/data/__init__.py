"""What the starter learns from: photos, edits, their recipes, and the wordings of instructions."""
