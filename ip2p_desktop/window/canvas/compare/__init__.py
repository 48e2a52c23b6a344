"""Two images on the canvas: the modes of comparing them, their painting and the bar to choose with."""
