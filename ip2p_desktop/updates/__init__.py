"""Whether there is a newer version of the program: asked when the user asks or allows it, never installed."""
