"""Profiles of greys count whatever form the greys are stored in."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from fakes.image_bytes import encoded
from PIL import Image

from engine.images.image_files import decode_photo

SHOWN = np.tile(np.linspace(100, 255, 32), (16, 1))
"""The greys in sRGB."""
LINEAR = Image.fromarray((255 * ((SHOWN / 255 + 0.055) / 1.055) ** 2.4).round().astype(np.uint8))


def linear_profile() -> bytes:
    """An ICC profile of greys whose values are proportional to the light."""
    white = struct.pack(">3i", 63190, 65536, 54061)
    tags = {
        b"wtpt": b"XYZ \0\0\0\0" + white,
        b"kTRC": b"curv" + struct.pack(">III", 0, 1, 0x0100_0000),
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"desc": b"desc" + struct.pack(">II", 0, 5) + b"grey\0" + bytes(79),
    }
    table, body, start = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", start + len(body), len(content))
        body += content
    head = struct.pack(">I4sI", start + len(body), b"lcms", 0x0210_0000) + b"mntrGRAYXYZ " + bytes(12)
    return head + b"acsp" + bytes(28) + white + bytes(48) + table + body


FORMS = {
    "grey": LINEAR,
    "grey and alpha": LINEAR.convert("LA"),
    "palette": LINEAR.convert("P"),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_profile_of_greys_is_applied(form: str) -> None:
    photo = decode_photo(encoded(FORMS[form], "PNG", icc_profile=linear_profile()), "grey.png")
    assert np.abs(np.asarray(photo) - SHOWN[:, :, None]).max() < 4


def test_a_clear_ground_is_white_under_a_profile_of_greys() -> None:
    clear = LINEAR.convert("LA")
    clear.putpixel((0, 0), (90, 0))
    photo = decode_photo(encoded(clear, "PNG", icc_profile=linear_profile()), "grey.png")
    assert photo.getpixel((0, 0)) == (255, 255, 255)
