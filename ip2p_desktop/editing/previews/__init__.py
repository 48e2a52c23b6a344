"""Small previews of edits: while the instruction is typed, and thumbnails of the edits that a model knows."""
