"""The photo on screen: pictures, zoom, the before/after divider. Knows no edit requests."""
