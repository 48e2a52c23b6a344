"""The small UNet of painted styles: its examples and its training."""
