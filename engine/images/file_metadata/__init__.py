"""The metadata in photo files: EXIF, IPTC, XMP, and where each format keeps them."""
