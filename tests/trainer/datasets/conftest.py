"""Small real pictures, and every layout made of them."""

from fakes.pair_folders import find, metadata_folder, packed, photos, write_pair

__all__ = ["find", "metadata_folder", "packed", "photos", "write_pair"]
