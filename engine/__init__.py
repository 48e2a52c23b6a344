"""Editing photos from written instructions with InstructPix2Pix models. Knows no window."""
