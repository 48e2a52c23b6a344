"""Sentences for the starter's edits that no training run sees, to measure with."""

from __future__ import annotations

HELD_OUT: dict[str, tuple[str, ...]] = {
    "black and white": (
        "please make this a black and white picture",
        "change it to grayscale please",
        "i want it in monochrome",
        "take all the color away",
        "turn the colours to grey",
    ),
    "sepia": (
        "could you add sepia to this",
        "make the photo look sepia toned",
        "i want an old sepia look",
        "give this photo an antique brown tone",
        "convert it to sepia",
    ),
    "warmer": (
        "could the colours be warmer",
        "add a warm light",
        "give the picture some warmth",
        "change it to warmer tones",
        "i want warm colours",
    ),
    "cooler": (
        "could the colours be cooler",
        "add a cold light",
        "change it to colder tones",
        "i want cool colours",
        "give the picture a bluer look",
    ),
    "brighter": (
        "could it be brighter",
        "add light to the picture",
        "i want it lighter",
        "more brightness please",
        "the photo should be brighter",
    ),
    "darker": (
        "could it be darker",
        "take away some light",
        "i want it darker",
        "less brightness please",
        "the photo should be darker",
    ),
    "night": (
        "could it be night",
        "change it to a night photo",
        "i want it to be night",
        "the scene at midnight",
        "show the picture at night",
    ),
    "negative": (
        "could you invert it",
        "change it to a negative",
        "i want the colours inverted",
        "show this as a film negative",
        "give me the negative of the image",
    ),
    "more colourful": (
        "could the colours be more vivid",
        "give it more saturation",
        "i want stronger colours",
        "give the photo more vibrant colors",
        "more colourful please",
    ),
    "blurry": (
        "could it be blurry",
        "give it a blur",
        "i want it blurred",
        "the photo should be out of focus",
        "blur everything",
    ),
    "pencil sketch": (
        "could you sketch it",
        "change it to a pencil drawing",
        "i want it as a sketch",
        "show this as a line drawing",
        "draw the photo in pencil",
    ),
    "snowy": (
        "could it be snowing",
        "change it to a snowy scene",
        "i want snow in it",
        "put some snow in the picture",
        "show it in winter snow",
    ),
}
"""Five sentences for each edit."""
