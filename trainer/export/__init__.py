"""Trained weights as models that others load, checked by loading them back, with a model card."""
