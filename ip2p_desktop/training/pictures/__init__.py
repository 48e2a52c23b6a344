"""What a model is trained on: the chosen dataset and what was found in it. Uses no widgets."""
