"""The desktop app: a window and a command line for the engine and the trainer. Uses no tensors."""

from engine import __version__ as __version__
