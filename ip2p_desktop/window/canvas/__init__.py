"""The photo on screen: zoom, tools, the before/after divider. Knows no edit requests."""
