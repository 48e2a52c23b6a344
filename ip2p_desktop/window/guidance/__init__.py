"""The guidance pad: both guidance scales as a plane, and grids of edits over it."""
