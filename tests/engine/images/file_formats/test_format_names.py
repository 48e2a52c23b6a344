"""A file that is not a readable photo is named for what it is."""

from __future__ import annotations

import io
import zipfile

import pytest

from engine.errors import ImageUnreadable
from engine.images.image_files import decode_photo


def krita() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/x-krita")
        archive.writestr("maindoc.xml", "<DOC/>")
    return buffer.getvalue()


FILES = {
    "JPEG XL": b"\xff\x0a\xfa\x1f\x01" + bytes(60),
    "JPEG XL ": b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(60),
    "Photoshop (PSD)": b"8BPS\0\1" + bytes(60),
    "GIMP (XCF)": b"gimp xcf v011\0" + bytes(60),
    "Krita (KRA)": krita(),
    "SVG": b"<?xml version='1.0'?>\n<!-- drawn -->\n<svg xmlns='http://www.w3.org/2000/svg'/>",
    "SVG ": b"\xef\xbb\xbf<svg/>",
    "PDF": b"%PDF-1.7\n",
    "OpenEXR": b"\x76\x2f\x31\x01" + bytes(60),
    "MP4 video": b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(60),
    "QuickTime video": b"\0\0\0\x14ftypqt  \0\0\2\0qt  " + bytes(60),
    "Matroska or WebM video": b"\x1aE\xdf\xa3" + bytes(60),
    "AVI video": b"RIFF\0\0\1\0AVI LIST" + bytes(60),
    "Clip Studio Paint": b"CSFCHUNK" + bytes(60),
    "DICOM": bytes(128) + b"DICM" + bytes(60),
}


@pytest.mark.parametrize("form", FILES)
def test_other_formats_are_named(form: str) -> None:
    with pytest.raises(ImageUnreadable) as refusal:
        decode_photo(FILES[form], "photo.jpg")
    assert refusal.value.code == "image.other-format"
    assert refusal.value.message == f"photo.jpg is not a photo in a supported format; it is {form.strip()}."


LEFT = {
    "a pointer of Git LFS": b"version https://git-lfs.example/spec/v1\noid sha256:0\nsize 1234\n",
    "what macOS keeps beside a file": b"\0\5\x16\7\0\2\0\0Mac OS X" + bytes(60),
    "XML": b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
    "HTML (a web page)": b"<!DOCTYPE html><html><body>Not found</body></html>",
}


@pytest.mark.parametrize("form", LEFT)
def test_what_is_left_in_place_of_a_photo_is_named(form: str) -> None:
    with pytest.raises(ImageUnreadable) as refusal:
        decode_photo(LEFT[form], "photo.jpg")
    assert str(refusal.value) == (
        f"photo.jpg is not a photo; it is {form}. Copy or download the photo itself again."
    )


BEGUN = {
    "heic": b"\0\0\0\x18ftypheic" + bytes(60),
    "tif": b"II*\0\x08\0\0\0\0\0",
    "jpg": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "png": b"\x89PNG\r\n\x1a\n\0\0",
    "webp": b"RIFF\x30\0\0\0WEBPVP8X",
}


@pytest.mark.parametrize("suffix", BEGUN)
def test_a_photo_that_only_begins_is_incomplete(suffix: str) -> None:
    with pytest.raises(ImageUnreadable) as refusal:
        decode_photo(BEGUN[suffix], f"photo.{suffix}")
    assert refusal.value.message == f"photo.{suffix} is damaged or incomplete."


def test_what_is_not_known_has_no_name() -> None:
    for data in (b"I am not a picture.", b"<notes/>", b"\0" * 5):
        with pytest.raises(ImageUnreadable) as refusal:
            decode_photo(data, "photo.jpg")
        assert refusal.value.code == "image.unknown-format"
