"""What the user sets and reads around the photo: each control is a value and a signal."""
