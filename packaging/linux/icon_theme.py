"""Paints the icons of the program and of its files, in the sizes of the theme that all desktops share."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from bundle import NAME
from dev import ROOT
from file_types import OWN_TYPES
from icon import DRAWING, draw_icon

SIDES = (16, 22, 24, 32, 48, 64, 96, 128, 256, 512)
"""Sides in pixels that the theme has folders for."""
DRAWINGS = {
    f"apps/{NAME}": DRAWING,
    **{
        f"mimetypes/{each.icon}": ROOT / "packaging" / "drawings" / f"{each.identifier}.svg"
        for each in OWN_TYPES
    },
}
"""The drawing of each icon, by the icon's folder and name."""


def draw_theme_icons(theme: Path) -> None:
    """Write each drawing in each size, and as it is, below the folder of a theme. Raises `OSError`."""
    for name, drawing in DRAWINGS.items():
        for side in SIDES:
            draw_icon(drawing, side, theme / f"{side}x{side}" / f"{name}.png")
        scalable = theme / "scalable" / f"{name}.svg"
        scalable.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(drawing, scalable)
