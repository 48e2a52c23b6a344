"""Tools of the canvas: what pressing, moving and releasing the mouse does."""
