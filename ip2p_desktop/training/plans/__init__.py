"""What a run is to do: its settings."""
