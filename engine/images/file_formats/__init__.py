"""What Pillow alone does not read or write: camera RAW, pages and depths of TIFF files, compression."""
