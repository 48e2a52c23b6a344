"""What a checkpoint is: its family, its parts, and how each becomes a network."""
