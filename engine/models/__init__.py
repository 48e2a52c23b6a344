"""Recognises checkpoints, and loads their networks."""
