"""The ideas: the edits that the model knows, each as a thumbnail of the user's own photo."""
