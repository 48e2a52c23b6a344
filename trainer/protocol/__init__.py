"""The protocol between a training process and the process that started it: events out, commands in."""
