"""The desktop app: a window around the engine and the trainer. Handles no tensors."""

from engine import __version__ as __version__
