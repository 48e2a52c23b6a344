"""What a training process and the one that started it say to each other: events out, commands in."""
