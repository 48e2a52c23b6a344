"""The live preview on the canvas, and its switches."""
