"""Contact sheets of photos and their edits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from engine.files.atomic import atomic_write
from trainer.starter.scoring.scorer import Score

TILE = (200, 150)
CAPTION = 18
PAPER, INK, WRONG = (250, 250, 248), (40, 40, 44), (190, 40, 40)


def contact_sheet(scores: Sequence[Score], photo_folder: Path) -> Image.Image:
    """Returns a sheet with a column for each photo: the photo on top, its edits below, failed ones in red."""
    columns: dict[str, list[Score]] = defaultdict(list)
    for score in scores:
        columns[score.photo].append(score)
    families = list(dict.fromkeys(score.family for score in scores))
    width, height = TILE[0], TILE[1] + CAPTION
    sheet = Image.new("RGB", (width * len(columns), height * (len(families) + 1)), PAPER)
    for column, (name, own) in enumerate(columns.items()):
        with Image.open(photo_folder / "images" / name) as photo:
            _paste(sheet, photo.convert("RGB"), (column * width, 0), "photo", INK)
        for score in own:
            place = (column * width, (families.index(score.family) + 1) * height)
            wording = score.instruction if score.identified else f"{score.instruction}: {score.nearest}"
            _paste(sheet, score.image, place, wording, INK if score.identified else WRONG)
    return sheet


def save_sheet(sheet: Image.Image, path: Path) -> None:
    """Writes a sheet in the format that the name of the file ends with. Raises `OSError`."""
    with atomic_write(path) as temporary:
        sheet.save(temporary, Image.registered_extensions()[path.suffix.lower()])


def _paste(
    sheet: Image.Image, image: Image.Image, place: tuple[int, int], caption: str, ink: tuple[int, int, int]
) -> None:
    tile = image.copy()
    tile.thumbnail(TILE, Image.Resampling.LANCZOS)
    sheet.paste(tile, (place[0] + (TILE[0] - tile.width) // 2, place[1] + CAPTION))
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(11)
    while caption and draw.textlength(caption, font=font) > TILE[0] - 6:
        caption = caption[:-2].rstrip("…") + "…"
    draw.text((place[0] + 3, place[1] + 2), caption, fill=ink, font=font)
