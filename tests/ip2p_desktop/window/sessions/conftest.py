"""A photo of one colour."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.session_steps import COLOUR
from PIL import Image, PngImagePlugin

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>'
)


@pytest.fixture
def coloured(tmp_path: Path) -> Path:
    """A photo of one colour with what a camera and a person wrote into it."""
    file = tmp_path / "harbour & sea.png"
    exif = Image.Exif()
    exif[0x013B], exif[0x8298] = "A. Painter", "no rights"
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", XMP)
    Image.new("RGB", (90, 60), COLOUR).save(file, exif=exif, dpi=(300, 300), pnginfo=texts)
    return file
