"""A sheet of thumbnails with a label below each."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

CELL = 512
"""Longer side of a thumbnail in pixels."""
GAP, TEXT_SIZE = 12, 20
LINE = TEXT_SIZE + GAP


def thumbnail(image: Image.Image) -> Image.Image:
    """The image scaled down for the sheet; never enlarged."""
    small = image.copy()
    small.thumbnail((CELL, CELL), Image.Resampling.LANCZOS)
    return small


def contact_sheet(images: Sequence[tuple[str, Image.Image]], columns: int) -> Image.Image:
    """Labelled thumbnails in rows on white. All must have the size of the first."""
    width, height = images[0][1].size
    rows = -(-len(images) // columns)
    sheet = Image.new("RGB", (columns * (width + GAP) + GAP, rows * (height + LINE + GAP) + GAP), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(TEXT_SIZE)
    for number, (label, image) in enumerate(images):
        row, column = divmod(number, columns)
        left, top = GAP + column * (width + GAP), GAP + row * (height + LINE + GAP)
        sheet.paste(image, (left, top))
        draw.text((left, top + height + GAP // 2), label, fill="black", font=font)
    return sheet
