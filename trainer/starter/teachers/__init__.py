"""Other networks that make training data for the starter: painting styles, and masks of subjects.

They run in an environment of their own with onnxruntime, before training. Only files that they wrote are read
in training, and nothing of them ships.
"""
