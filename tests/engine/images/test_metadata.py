"""Texts, keywords and ratings of a photo are in its result, byte for byte, where the format can hold them."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from fakes.image_bytes import (
    Tags,
    as_pixels,
    drawn,
    encoded,
    jpeg_segment,
    jpeg_with,
    png_chunk,
    png_with,
    tiff,
    webp_with,
)
from PIL import ExifTags, Image

from engine.edit_settings import EditSettings
from engine.images.edit_record import read_edit_record
from engine.images.file_metadata.exif import PREFIX, comment_of, output_exif
from engine.images.file_metadata.tiff_directories import TiffBlock, TiffEntry, tiff_block
from engine.images.image_files import decode_photo, open_photo
from engine.images.image_saving import save_image
from engine.request import EditRequest

Base, Ifd = ExifTags.Base, ExifTags.IFD
DRAWN = drawn()
SUFFIXES = ("png", "jpg", "webp")
UTF8 = "© Łukasz Müller 夕方".encode() + b"\0"
LATIN = "© Müller".encode("latin-1") + b"\0"
WIDE = "Müller 雪".encode("utf-16-le") + b"\0\0"
JIS_COMMENT = b"JIS\0\0\0\0\0" + "夕方".encode("iso2022_jp")
NOTE = b"Lumen\0\xff\xfe\x80" + bytes(range(200))
TEXTS = {
    Base.ImageDescription: TiffEntry(2, len(UTF8), UTF8),
    Base.Artist: TiffEntry(2, len(LATIN), LATIN),
    Base.Copyright: TiffEntry(129, len(UTF8), UTF8),
    Base.XPAuthor: TiffEntry(1, len(WIDE), WIDE),
    Base.Rating: TiffEntry(3, 1, b"\4\0"),
}


def block(order: str = "<", *, orientation: int = 1) -> bytes:
    """An EXIF block with texts in several encodings and a maker's note."""
    main = {**TEXTS, Base.Orientation: TiffEntry(3, 1, struct.pack(f"{order}H", orientation))}
    camera = {
        Base.MakerNote: TiffEntry(7, len(NOTE), NOTE, 777),
        Base.UserComment: TiffEntry(7, len(JIS_COMMENT), JIS_COMMENT),
        Base.ExifImageWidth: TiffEntry(4, 1, struct.pack(f"{order}I", 9999)),
    }
    if order == ">":
        main[Base.Rating] = TiffEntry(3, 1, b"\0\4")
    return PREFIX + tiff_block(order, main, {int(Ifd.Exif): camera}, Base.MakerNote)


def saved(photo: Image.Image, suffix: str, tmp_path: Path) -> Path:
    path = tmp_path / f"edited.{suffix}"
    request = EditRequest(
        source_image=photo, instruction="make it snow", model=Path("m"), settings=EditSettings()
    )
    save_image(photo, path, request)
    record = read_edit_record(path)
    assert record is not None
    assert record.instruction == "make it snow"
    return path


def exif_in(path: Path) -> TiffBlock:
    with Image.open(path) as image:
        return TiffBlock(image.info["exif"].removeprefix(PREFIX))


SOURCES = {
    "jpg": lambda exif: jpeg_with(DRAWN, jpeg_segment(0xE1, exif)),
    "png": lambda exif: encoded(DRAWN, "PNG", exif=exif),
    "webp": lambda exif: webp_with(DRAWN, (b"EXIF", exif.removeprefix(PREFIX)), flags=0b1000),
    "raw profile": lambda exif: png_with(DRAWN, raw_profile(b"exif", exif)),
}


def raw_profile(name: bytes, body: bytes) -> bytes:
    text = b"\n" + name + b"\n" + str(len(body)).rjust(8).encode() + b"\n" + body.hex().encode() + b"\n"
    return png_chunk(b"zTXt", b"Raw profile type " + name + b"\0\0" + zlib.compress(text))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("source", SOURCES)
def test_texts_of_any_encoding_stay_byte_for_byte(source: str, suffix: str, tmp_path: Path) -> None:
    photo = decode_photo(SOURCES[source](block(orientation=6)), "photo")
    assert photo.size == DRAWN.size[::-1]
    found = exif_in(saved(photo, suffix, tmp_path))
    main, _ = found.directory(found.first)
    for tag, entry in TEXTS.items():
        assert (main[tag].kind, main[tag].count, main[tag].value) == (entry.kind, entry.count, entry.value)
    assert found.number(main[Base.Orientation]) == 1
    camera = found.inner(main[Ifd.Exif])
    assert (camera[Base.MakerNote].value, camera[Base.MakerNote].place) == (NOTE, 777)
    assert camera[Base.UserComment].value == JIS_COMMENT
    assert [found.number(camera[tag]) for tag in (Base.ExifImageWidth, Base.ExifImageHeight)] == [32, 48]


def test_the_byte_order_stays(tmp_path: Path) -> None:
    found = exif_in(saved(decode_photo(encoded(DRAWN, "PNG", exif=block(">")), "p"), "jpg", tmp_path))
    main, _ = found.directory(found.first)
    assert found.order == ">"
    assert main[Base.Rating].value == b"\0\4"


def test_the_texts_of_a_tiff_file_stay(tmp_path: Path) -> None:
    tags: Tags = {
        int(tag): (2 if entry.kind == 129 else entry.kind, entry.value) for tag, entry in TEXTS.items()
    }
    tags = {**tags, int(Base.Rating): (3, (4,))}
    found = exif_in(saved(decode_photo(tiff((as_pixels(DRAWN), tags)), "photo.tif"), "jpg", tmp_path))
    main, _ = found.directory(found.first)
    assert {tag: main[tag].value for tag in TEXTS} == {tag: entry.value for tag, entry in TEXTS.items()}
    assert set(main) == {*TEXTS, Base.Orientation, Base.Software, Ifd.Exif}


def test_our_comment_gives_way_to_one_of_the_photo() -> None:
    kept = output_exif(block(), comment="ip2p ours")
    with Image.open(io.BytesIO(jpeg_with(DRAWN, jpeg_segment(0xE1, kept)))) as image:
        assert comment_of(image) == "ip2p ours"
        assert comment_of(image, "other") == ""
        assert image.getexif().get_ifd(Ifd.Exif)[Base.UserComment] == JIS_COMMENT


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
@pytest.mark.parametrize("exif", [b"", block()], ids=["no comment", "a comment of the photo"])
def test_the_record_of_an_earlier_edit_is_replaced(exif: bytes, suffix: str, tmp_path: Path) -> None:
    first = saved(decode_photo(encoded(DRAWN, "PNG", exif=exif), "photo.png"), suffix, tmp_path)
    again = open_photo(first)
    assert b"make it snow" not in again.info.get("exif", b"")
    assert (JIS_COMMENT in again.info.get("exif", b"")) == bool(exif)
    assert saved(again, suffix, tmp_path).read_bytes().count(b"make it snow") == 1


def test_a_note_that_leaves_no_room_goes_first(tmp_path: Path) -> None:
    note = TiffEntry(7, 64_000, bytes(64_000), 800)
    exif = PREFIX + tiff_block("<", TEXTS, {int(Ifd.Exif): {Base.MakerNote: note}}, Base.MakerNote)
    photo = decode_photo(encoded(DRAWN, "PNG", exif=exif), "photo.png")
    request = EditRequest(
        source_image=photo, instruction="snow " * 400, model=Path("m"), settings=EditSettings()
    )
    save_image(photo, tmp_path / "edited.jpg", request)
    found = exif_in(tmp_path / "edited.jpg")
    main, _ = found.directory(found.first)
    assert main[Base.Artist].value == LATIN
    assert Base.MakerNote not in found.inner(main[Ifd.Exif])


XMP = (
    "<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>"
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about=''"
    " xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'"
    " xmlns:tiff='http://ns.adobe.com/tiff/1.0/' xmlns:exif='http://ns.adobe.com/exif/1.0/'"
    " xmlns:xmpNote='http://ns.adobe.com/xmp/note/' xmlns:xmpGImg='http://ns.adobe.com/xap/1.0/g/img/'"
    ' xmp:Rating="4" tiff:Orientation="6" exif:PixelXDimension="9999" xmpNote:HasExtendedXMP="GUID">'
    "<tiff:ImageWidth>9999</tiff:ImageWidth><xmp:Thumbnails><rdf:Alt><rdf:li><xmpGImg:image>AAAA</xmpGImg:image>"
    "</rdf:li></rdf:Alt></xmp:Thumbnails><dc:subject><rdf:Bag><rdf:li>Häuser</rdf:li></rdf:Bag></dc:subject>"
    "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
).encode()
EXTENDED = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
IIM = b"\x1c\x02\x19\0\6summer\x1c\x02\x78\0\x08M\xfcller \xa9"
RESOURCES = (
    b"8BIM\x04\x0c\0\0\0\0\0\2xx"
    + b"8BIM\x04\x04\0\0"
    + struct.pack(">I", len(IIM))
    + IIM
    + bytes(len(IIM) % 2)
)


def xmp_of(path: Path) -> bytes:
    with Image.open(path) as image:
        return bytes(image.info["xmp"])


XMP_SOURCES = {
    "jpg": lambda packet: jpeg_with(DRAWN, jpeg_segment(0xE1, XMP_HEADER + packet)),
    "png": lambda packet: png_with(DRAWN, png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet)),
    "compressed in png": lambda packet: png_with(
        DRAWN, png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(packet))
    ),
    "webp": lambda packet: webp_with(DRAWN, (b"XMP ", packet), flags=0b0100),
    "tif": lambda packet: tiff((as_pixels(DRAWN), {700: (1, packet)})),
}


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("source", XMP_SOURCES)
def test_xmp_stays_and_describes_the_upright_result(source: str, suffix: str, tmp_path: Path) -> None:
    photo = decode_photo(XMP_SOURCES[source](XMP), "photo")
    width, height = photo.size
    path = saved(photo, suffix, tmp_path)
    expected = XMP.replace(b'Orientation="6"', b'Orientation="1"')
    expected = expected.replace(b'Dimension="9999"', f'Dimension="{width}"'.encode())
    expected = expected.replace(b"9999</tiff:ImageWidth", f"{width}</tiff:ImageWidth".encode())
    start, end = expected.index(b"<xmp:Thumbnails>"), expected.index(b"<dc:subject>")
    expected = (expected[:start] + expected[end:]).replace(b' xmpNote:HasExtendedXMP="GUID"', b"")
    assert xmp_of(path) == expected
    assert open_photo(path).size == (width, height)


@pytest.mark.parametrize("form", ["tiff:Orientation='6'/>", "><tiff:Orientation>6</tiff:Orientation></x>"])
def test_an_orientation_in_xmp_only_turns_the_photo_too(form: str, tmp_path: Path) -> None:
    packet = f"<x xmlns:tiff='http://ns.adobe.com/tiff/1.0/' {form}".encode()
    photo = decode_photo(XMP_SOURCES["jpg"](packet), "photo.jpg")
    assert photo.size == DRAWN.size[::-1]
    assert xmp_of(saved(photo, "jpg", tmp_path)) == packet.replace(b"6", b"1")


def test_extended_xmp_stays_in_jpeg_files(tmp_path: Path) -> None:
    guid = hashlib.md5(EXTENDED, usedforsecurity=False).hexdigest().upper().encode()
    segments = (
        b"http://ns.adobe.com/xmp/extension/\0" + guid + struct.pack(">II", len(EXTENDED), 0) + EXTENDED
    )
    source = jpeg_with(
        DRAWN,
        jpeg_segment(0xE1, XMP_HEADER + XMP.replace(b"GUID", guid)),
        jpeg_segment(0xE1, segments),
    )
    path = saved(decode_photo(source, "photo.jpg"), "jpg", tmp_path)
    assert jpeg_segment(0xE1, segments) in path.read_bytes()
    assert guid in xmp_of(path)


def test_xmp_in_other_encodings_stays_as_text(tmp_path: Path) -> None:
    packet = "<a xmlns='b' c='Häuser'/>"
    source = tiff((as_pixels(DRAWN), {700: (1, packet.encode("utf-16"))}))
    assert xmp_of(saved(decode_photo(source, "p.tif"), "png", tmp_path)).decode() == packet


def test_xmp_too_long_for_a_jpeg_file_loses_its_padding(tmp_path: Path) -> None:
    padded = XMP.replace(b"<?xpacket end", b" " * 70_000 + b"<?xpacket end")
    photo = decode_photo(XMP_SOURCES["png"](padded), "photo.png")
    assert b"H\xc3\xa4user" in xmp_of(saved(photo, "jpg", tmp_path))
    assert len(xmp_of(saved(photo, "webp", tmp_path))) > 70_000
    long = XMP.replace("Häuser".encode(), b"x" * 70_000)
    with Image.open(saved(decode_photo(XMP_SOURCES["png"](long), "photo.png"), "jpg", tmp_path)) as image:
        assert "xmp" not in image.info


IPTC_SOURCES = {
    "jpg": jpeg_with(DRAWN, jpeg_segment(0xED, b"Photoshop 3.0\0" + RESOURCES)),
    "resources in tif": tiff((as_pixels(DRAWN), {34377: (1, RESOURCES)})),
    "records in tif": tiff((as_pixels(DRAWN), {33723: (7, IIM)})),
    "png": png_with(DRAWN, raw_profile(b"iptc", RESOURCES)),
    "records in png": png_with(DRAWN, raw_profile(b"iptc", IIM)),
}


@pytest.mark.parametrize("source", IPTC_SOURCES)
def test_iptc_stays_without_the_preview(source: str, tmp_path: Path) -> None:
    photo = decode_photo(IPTC_SOURCES[source], "photo")
    jpeg = saved(photo, "jpg", tmp_path)
    with Image.open(jpeg) as image:
        assert image.info["photoshop"] == {0x0404: IIM}
    png = saved(photo, "png", tmp_path)
    with Image.open(saved(open_photo(png), "jpg", tmp_path)) as image:
        assert image.info["photoshop"] == {0x0404: IIM}


def test_fine_colours_stay_in_a_jpeg_file(tmp_path: Path) -> None:
    stripes = np.zeros((32, 48, 3), np.uint8)
    stripes[:, ::2, 0] = stripes[:, 1::2, 2] = 200
    photo = Image.fromarray(stripes)
    path = saved(photo, "jpg", tmp_path)
    difference = np.abs(np.asarray(open_photo(path)).astype(int) - stripes)
    assert difference.mean() < 3
    assert b"\x01\x11\x00\x02\x11\x01\x03\x11\x01" in path.read_bytes(), "no component is halved"
