"""The desktop app: a window around the engine and the trainer. Handles no tensors."""

__version__ = "0.1.0"
