"""Many small images on one sheet, with a line below each."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

CELL = 512
"""Longer side of an image on the sheet, in pixels."""
GAP, TEXT_SIZE = 12, 20
LINE = TEXT_SIZE + GAP


def thumbnail(picture: Image.Image) -> Image.Image:
    """The image as it comes onto a sheet; never enlarged."""
    small = picture.copy()
    small.thumbnail((CELL, CELL), Image.Resampling.LANCZOS)
    return small


def contact_sheet(pictures: Sequence[tuple[str, Image.Image]], columns: int) -> Image.Image:
    """Labelled thumbnails, row by row, on white. All of them have the size of the first."""
    width, height = pictures[0][1].size
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (width + GAP) + GAP, rows * (height + LINE + GAP) + GAP), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(TEXT_SIZE)
    for number, (label, picture) in enumerate(pictures):
        row, column = divmod(number, columns)
        left, top = GAP + column * (width + GAP), GAP + row * (height + LINE + GAP)
        sheet.paste(picture, (left, top))
        draw.text((left, top + height + GAP // 2), label, fill="black", font=font)
    return sheet
