"""What the mouse does on the photo: one module for each tool."""
