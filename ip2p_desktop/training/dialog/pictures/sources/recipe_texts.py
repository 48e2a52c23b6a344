"""What the recipes of practice sets are called in the window."""

from __future__ import annotations

from PySide6.QtCore import QObject

from trainer.practice.recipes import COLOURED, recipe_names

COLOURS_SHOWN = ("teal", "blue", "purple", "gold")
"""Of the recipes with a colour, those that are offered."""


class RecipeTexts(QObject):
    """Texts of recipes; one without a text here is shown by its name."""

    def offered(self) -> list[tuple[str, str]]:
        """Names and texts of the recipes that are offered."""
        names = [name for name in recipe_names() if self._is_offered(name)]
        known = self._known()
        return [(name, self._text(name, known)) for name in names]

    def _is_offered(self, name: str) -> bool:
        return not name.startswith(COLOURED) or name.rpartition(" ")[2] in COLOURS_SHOWN

    def _text(self, name: str, known: dict[str, str]) -> str:
        text = known.get(name, name)
        return text[:1].upper() + text[1:]

    def _known(self) -> dict[str, str]:
        return {
            "black and white": self.tr("Black and white"),
            "sepia": self.tr("Sepia"),
            "faded": self.tr("Faded"),
            "warmer": self.tr("Warmer"),
            "cooler": self.tr("Cooler"),
            "brighter": self.tr("Brighter"),
            "darker": self.tr("Darker"),
            "more contrast": self.tr("More contrast"),
            "less contrast": self.tr("Less contrast"),
            "more colourful": self.tr("More colourful"),
            "less colourful": self.tr("Less colourful"),
            "negative": self.tr("Negative"),
            "night": self.tr("Night"),
            "golden hour": self.tr("Golden hour"),
            "autumn": self.tr("Autumn"),
            "spring": self.tr("Spring"),
            "underwater": self.tr("Underwater"),
            "teal and orange": self.tr("Teal and orange"),
            "infrared": self.tr("Infrared"),
            "foggy": self.tr("Fog"),
            "snowy": self.tr("Snow"),
            "rainy": self.tr("Rain"),
            "pencil sketch": self.tr("Pencil sketch"),
            "charcoal": self.tr("Charcoal"),
            "watercolour": self.tr("Watercolour"),
            "oil painting": self.tr("Oil painting"),
            "comic": self.tr("Comic"),
            "pop art": self.tr("Pop art"),
            "pointillism": self.tr("Pointillism"),
            "mosaic": self.tr("Mosaic"),
            "pixel art": self.tr("Pixel art"),
            "embossed": self.tr("Embossed"),
            "neon": self.tr("Neon"),
            "blueprint": self.tr("Blueprint"),
            "halftone": self.tr("Halftone"),
            "film grain": self.tr("Film grain"),
            "old film": self.tr("Old film"),
            "blurry": self.tr("Blur"),
            "sharper": self.tr("Sharper"),
            "dreamy": self.tr("Dreamy"),
            "vignette": self.tr("Vignette"),
            "tilt-shift": self.tr("Tilt-shift"),
            "white frame": self.tr("White frame"),
        }
