"""What is painted is pixel by pixel what the image is, at every density of the screen."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from pytestqt.qtbot import QtBot

from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow
from ip2p_desktop.window.canvas.compare.comparison import Layer, Pane
from ip2p_desktop.window.canvas.compare.pane_painting import GRID_FROM, paint_pane
from ip2p_desktop.window.canvas.viewport import Viewport

NOISE = Image.fromarray(np.random.default_rng(5).integers(0, 256, (700, 1000, 3), np.uint8))
PHOTO = DisplayImage.of(NOISE)
VIEW = QSizeF(301, 203)


def painted(viewport: Viewport, density: float, *layers: Layer) -> Image.Image:
    """The view as a screen of this density shows it."""
    screen = QImage(round(VIEW.width() * density), round(VIEW.height() * density), QImage.Format.Format_RGB32)
    screen.setDevicePixelRatio(density)
    screen.fill(0)
    painter = QPainter(screen)
    pane = Pane(area=viewport.visible_rect, layers=layers)
    paint_pane(painter, pane, viewport.photo_rect, density, QGuiApplication.palette())
    painter.end()
    return to_pillow(screen)


def whole(image: DisplayImage, opacity: float = 1.0) -> Layer:
    return Layer(image=image, part=image.levels[0].rect(), opacity=opacity)


def part_on_screen(viewport: Viewport, density: float, image: Image.Image = NOISE) -> Image.Image:
    corner = viewport.photo_rect.topLeft() * density
    left, top = -round(corner.x()), -round(corner.y())
    width, height = round(VIEW.width() * density), round(VIEW.height() * density)
    return image.crop((left, top, left + width, top + height))


@pytest.fixture(params=[1.0, 1.25, 1.5, 2.0])
def density(request: pytest.FixtureRequest) -> float:
    return float(request.param)


@pytest.fixture
def viewport(qtbot: QtBot, density: float) -> Viewport:
    """A photo at 100 %, moved by parts of a pixel."""
    viewport = Viewport()
    viewport.set_view(VIEW, density)
    viewport.set_photo(QSizeF(PHOTO.size))
    viewport.zoom_to(1.0)
    viewport.pan_by(QPointF(7.3, -3.7))
    return viewport


def test_at_100_per_cent_every_pixel_is_that_of_the_image(viewport: Viewport, density: float) -> None:
    assert painted(viewport, density, whole(PHOTO)).tobytes() == part_on_screen(viewport, density).tobytes()


def test_a_cropped_photo_is_sharp_too(viewport: Viewport, density: float) -> None:
    part = QRect(101, 53, 700, 600)
    viewport.set_photo(QSizeF(part.size()))
    viewport.zoom_to(1.0)
    shown = painted(viewport, density, Layer(image=PHOTO, part=part))
    cropped = NOISE.crop((101, 53, 801, 653))
    assert shown.tobytes() == part_on_screen(viewport, density, cropped).tobytes()


@pytest.mark.parametrize("zoom", [4, 8 - 0.01])
def test_enlarged_pixels_are_squares(viewport: Viewport, density: float, zoom: float) -> None:
    viewport.zoom_to(zoom)
    shown = painted(viewport, density, whole(PHOTO))
    corner = viewport.photo_rect.topLeft() * density
    for x, y in ((10, 10), (150, 99), (290, 190)):
        left, top = int((x + 0.5 - corner.x()) / zoom), int((y + 0.5 - corner.y()) / zoom)
        near = NOISE.crop((left - 1, top - 1, left + 2, top + 2))
        assert shown.getpixel((x, y)) in [colour for _, colour in near.getcolors()]
    pixels_shown = (VIEW.width() * density / zoom + 2) * (VIEW.height() * density / zoom + 2)
    assert len(shown.getcolors(100_000)) < 1.5 * pixels_shown, "no colours between those of the pixels"


def test_lines_separate_pixels_from_near_on(viewport: Viewport, density: float) -> None:
    plain = DisplayImage.of(Image.new("RGB", NOISE.size, (250, 250, 250)))
    viewport.zoom_to(GRID_FROM - 0.01)
    assert len(painted(viewport, density, whole(plain)).getcolors()) == 1
    viewport.zoom_to(GRID_FROM)
    pixels = np.asarray(painted(viewport, density, whole(plain)))[:, :, 0]
    rows = [number for number, row in enumerate(pixels) if (row < 250).all()]
    assert set(np.diff(rows)) == {8}
    assert (pixels == 250).mean() > 0.7


@pytest.mark.parametrize("zoom", [0.2, 0.37, 0.5, 0.8])
def test_a_smaller_photo_is_in_its_place(viewport: Viewport, density: float, zoom: float) -> None:
    """Compared with a good scaling of the same part; also for sides that cannot be halved."""
    gradient = Image.radial_gradient("L").resize((997, 701), Image.Resampling.BICUBIC).convert("RGB")
    image = DisplayImage.of(gradient)
    viewport.set_photo(QSizeF(997, 701))
    viewport.zoom_to(zoom)
    shown = np.asarray(painted(viewport, density, whole(image))).astype(int)
    rect = QRectF(viewport.photo_rect.topLeft() * density, viewport.photo_rect.size() * density)
    size = (round(rect.width()), round(rect.height()))
    scaled = Image.new("RGB", (shown.shape[1], shown.shape[0]))
    scaled.paste(gradient.resize(size, Image.Resampling.LANCZOS), (round(rect.left()), round(rect.top())))
    inner = (slice(20, -20), slice(20, -20))
    assert np.abs(shown - np.asarray(scaled))[inner].mean() < 1.5


def test_a_checkerboard_shows_through(viewport: Viewport, density: float) -> None:
    clear = Image.new("RGBA", NOISE.size, (255, 0, 0, 0))
    clear.paste((0, 128, 0, 255), (0, 0, 500, 700))
    viewport.zoom_to(0.5)
    shown = painted(viewport, density, whole(DisplayImage.of(clear)))
    colours = {colour for count, colour in shown.getcolors(10_000) if count > 20}
    assert (0, 128, 0) in colours
    assert len(colours - {(0, 128, 0), (0, 0, 0)}) == 2


def test_a_result_is_mixed_with_its_photo(viewport: Viewport, density: float) -> None:
    result = DisplayImage.of(Image.new("RGB", NOISE.size, (200, 100, 0)))
    shown = np.asarray(painted(viewport, density, whole(PHOTO), whole(result, 0.25))).astype(int)
    photo = np.asarray(part_on_screen(viewport, density)).astype(int)
    expected = photo + 0.25 * (np.array((200, 100, 0)) - photo)
    assert np.abs(shown - expected).max() <= 2
