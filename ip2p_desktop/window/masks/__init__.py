"""Painted masks in the window: tools, options, the overlay, and the area of the edit."""
