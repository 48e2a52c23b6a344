"""The photo on screen: zoom, tools and the divider. Uses no edit requests."""
