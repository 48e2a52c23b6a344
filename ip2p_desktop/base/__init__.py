"""What every part of the window stands on: paths, preferences, background work, observable values."""
