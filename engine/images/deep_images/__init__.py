"""Photos and results with 16 bits for each colour: read, kept beside their images, written."""
